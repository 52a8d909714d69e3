"""SQL that is built from a string."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Opinion, Sink
from vetline_analyzers.syntax import sql

if TYPE_CHECKING:
    from vetline_analyzers.flow.value import Value

_METHODS = (
    *(
        "execute",
        "executemany",
        "executescript",
        "raw",
        "exec_driver_sql",
        "query",
        "fetch",
        "fetchrow",
    ),
    *(
        "fetchval",
        "fetch_all",
        "fetch_one",
        "read_sql",
        "read_sql_query",
        "mogrify",
        "executeQuery",
        "from_statement",
    ),
)


def _judge(arrival: Arrival) -> bool | Opinion | None:
    text = sql.statement(tuple(None if _is_fixed(p) else p for p in arrival.pieces))
    if arrival.traced:
        return text is not None or (not arrival.sink.like and _is_database(arrival))
    if text is None or not arrival.is_composed:
        return None
    if not arrival.is_built:
        return Opinion(
            "SQL is built from a string, if only with a number: pass values as parameters.",
            severity=Severity.LOW,
            confidence=Confidence.LOW,
        )
    if sql.only_names(text):
        return Opinion(
            "A name in this SQL comes from a variable: take it from a fixed list or quote it as an identifier.",
            confidence=Confidence.LOW,
        )
    return True


def _is_fixed(piece: str | Value) -> bool:
    """Whether a part is a constant, of which only the name may be known."""
    return not isinstance(piece, str) and piece.is_known and bool(piece.names or piece.constants)


def _is_database(arrival: Arrival) -> bool:
    """Whether something that runs SQL is called, when the text itself does not look like it."""
    call = arrival.call
    return call is not None and call.method not in {"query", "fetch", "raw"}


RULE = FlowRule(
    id="python/sql-from-string",
    title="SQL built from a string",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(89,),
    page="""
A query is put together with an f-string, `%`, `+` or `.format()` and then executed. Whoever controls
a value in it controls the query: the name `x' OR '1'='1` selects every row, `'; DROP TABLE users; --`
does what it says. Quoting by hand does not help, since databases differ in what ends a string.

A table or column name cannot be a parameter. Where only names are put in, the finding is shown to
`--persona pedantic`.
""",
    advice="Write a placeholder (`?` or `%s`, as your driver has it) and pass the values as the second "
    'argument: `cursor.execute("SELECT … WHERE name = ?", (name,))`.',
    bad=(
        """\
def find(cursor, name):
    cursor.execute(f"SELECT * FROM users WHERE name = '{name}'")
""",
        """\
def find(cur, name):
    cur.execute("SELECT * FROM users WHERE id = %s" % name)
""",
        """\
def find(db, name):
    query = "SELECT * FROM users WHERE name = '" + name + "'"
    return db.execute(query).fetchone()
""",
        """\
def find(db, n):
    q = "SELECT a FROM t WHERE n = {}".format(n)
    db.execute(q)
""",
        """\
def find(db, n):
    q = "SELECT a FROM t"
    if n:
        q += f" WHERE n = {n}"
    db.execute(q)
""",
        """\
from sqlalchemy import text as t

def drop(session, n):
    session.execute(t(f"DELETE FROM users WHERE id = {n}"))
""",
        """\
def find(n):
    return User.objects.raw(f'SELECT * FROM users WHERE n = {n}')
""",
    ),
    good=(
        """\
def find(cursor, name):
    cursor.execute("SELECT * FROM users WHERE name = ?", (name,))
""",
        """\
def find(cursor, ids):
    marks = ", ".join("?" for _ in ids)
    cursor.execute(f"SELECT * FROM users WHERE id IN ({marks})", ids)
""",
        """\
TABLE = "users"

def find(cur, name):
    cur.execute(f"SELECT * FROM {TABLE} WHERE n = %s", (name,))
""",
        """\
def page(cur, n):
    cur.execute(f"SELECT * FROM users LIMIT {int(n)}")
""",
        """\
def run(task, name):
    task.execute(f"select one of {name}")
""",
    ),
    same_as=("bandit/B608", "bandit/B610", "bandit/B611"),
    url="https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html",
    kind="sql",
    sinks=(
        Sink(methods=_METHODS, arguments=(0, "sql", "query", "operation", "statement")),
        Sink(
            names=(
                *(
                    "sqlalchemy.text",
                    "sqlalchemy.sql.text",
                    "sqlalchemy.sql.expression.text",
                    "text",
                ),
                *(
                    "django.db.models.expressions.RawSQL",
                    "RawSQL",
                    "pandas.read_sql",
                    "pandas.read_sql_query",
                ),
            ),
        ),
        Sink(
            like=r"(?i)sql|quer(?:y|ies)|exec(?!utable|utor)|db_|_db|cursor|^run_command$|fetch|select",
            arguments=("*",),
        ),
        Sink(methods=("extra",), arguments=("where", "select", "tables", "order_by")),
    ),
    traced="{label} becomes SQL here: whoever sends it can change the statement. Pass values as parameters.",
    possible="SQL is built from a string: a value in it becomes SQL. Pass values as parameters.",
    sources=PEOPLE,
    judge=_judge,
    attack="The name `x' OR '1'='1` makes the condition true for every row.",
)
