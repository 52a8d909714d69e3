"""SQL that is built from a string."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax import sql
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    query = next((q for q in (hit.argument(0), *map(hit.keyword, _NAMES)) if q is not None), None)
    pieces = hit.built(query)
    if query is None or pieces is None:
        return None
    text = sql.statement(pieces)
    if text is None:
        return None
    if sql.only_names(text) and not hit.from_outside(query):
        return Report(
            "A name in this SQL comes from a variable: take it from a fixed list or quote it as an "
            "identifier.",
            query,
            persona=Persona.PEDANTIC,
            confidence=Confidence.LOW,
        )
    return Report(
        "SQL is built from a string: a value in it becomes SQL. Pass values as parameters.",
        query,
        made=hit.made(query),
    )


_NAMES = ("sql", "query", "operation", "statement")

RULE = PatternRule(
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
    methods=(
        *("execute", "executemany", "executescript", "raw", "exec_driver_sql", "query", "fetch"),
        *(
            "fetchrow",
            "fetchval",
            "fetch_all",
            "fetch_one",
            "read_sql",
            "read_sql_query",
            "mogrify",
        ),
    ),
    names=("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text"),
    check=_check,
)
