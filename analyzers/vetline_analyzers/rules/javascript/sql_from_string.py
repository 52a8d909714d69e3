"""SQL that is built from a string."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Opinion, Sink
from vetline_analyzers.syntax import sql

if TYPE_CHECKING:
    from vetline_analyzers.flow.value import Value
from vetline_analyzers.syntax.around_javascript import LANGUAGES

_METHODS = (
    *("query", "execute", "raw", "all", "get", "run", "exec", "each", "prepare", "unsafe", "one"),
    *("many", "none", "any", "oneOrNone", "manyOrNone", "queryRaw", "executeSql", "batch", "sql"),
    *("select", "queryAsync", "simpleQuery"),
)
# What they are given is SQL, or a part of it, whatever it looks like.
_RAW = (
    *("$queryRawUnsafe", "$executeRawUnsafe", "whereRaw", "havingRaw", "orderByRaw", "joinRaw"),
    *("fromRaw", "groupByRaw", "andWhereRaw", "orWhereRaw", "selectRaw", "literal", "executeRaw"),
)
_DATABASE = re.compile(
    r"(?i)(?:^|[._])(?:db|pool|client|conn\w*|sequelize|knex|sql\w*|mysql\w*|pg|database|manager"
    r"|entitymanager|query_?runner|data_?source|tx|trx|transaction)(?:\(\))?$|createConnection|createPool|Client\(\)|Pool\(\)"
)


def _judge(arrival: Arrival) -> bool | Opinion | None:
    if arrival.value.items is not None:
        return None
    text = sql.statement(tuple(None if _is_fixed(p) else p for p in arrival.pieces))
    if arrival.traced:
        return text is not None or _is_database(arrival)
    if text is None or not arrival.is_built:
        return None
    if sql.only_names(text):
        return Opinion(
            "A name in this SQL comes from a variable: take it from a fixed list.",
            confidence=Confidence.LOW,
            severity=Severity.LOW,
        )
    return True


def _is_fixed(piece: str | Value) -> bool:
    """Whether a part is a constant, of which only the name may be known."""
    return not isinstance(piece, str) and piece.is_known


def _is_database(arrival: Arrival) -> bool:
    """Whether something that runs SQL is called, when the text itself does not look like it."""
    call = arrival.call
    if call is None or call.method in _RAW:
        return call is not None
    return call.method in {"query", "execute", "raw"} and any(
        _DATABASE.search(name) for name in call.receiver.names
    )


RULE = FlowRule(
    id="javascript/sql-from-string",
    title="SQL built from a string",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(89,),
    page="""
A query is put together with a template literal or `+` and then executed. Whoever controls a value in it
controls the query: the name `x' OR '1'='1` selects every row, `'; DROP TABLE users; --` does what it says.

Where nothing shows whose the value is, the finding is tentative.
""",
    attack="The name `x' OR '1'='1` makes the condition true for every row.",
    advice='Pass values as parameters: `db.query("SELECT … WHERE name = $1", [name])`.',
    bad=(
        """\
async function find(db, name) {
  return db.query(`SELECT * FROM users WHERE name = '${name}'`);
}
""",
        """\
function find(db, name) {
  const sql = "SELECT * FROM users WHERE name = '" + name + "'";
  db.all(sql, (error, rows) => console.log(rows));
}
""",
        "const rows = await prisma.$queryRawUnsafe(`SELECT * FROM t WHERE id = ${id}`);\n",
        """\
const { Pool } = require("pg");
const pool = new Pool();

app.get("/users", async ({ query: { name } }, res) => {
  let text = "SELECT * FROM users";
  if (name) text += " WHERE name = '" + name + "'";
  const { rows } = await pool.query({ text });
  res.json(rows);
});
""",
        """\
export async function GET(request) {
  const order = request.nextUrl.searchParams.get("order");
  return Response.json(await knex("users").orderByRaw(order));
}
""",
    ),
    good=(
        """\
async function find(db, name) {
  return db.query("SELECT * FROM users WHERE name = $1", [name]);
}
""",
        "const rows = await prisma.$queryRaw`SELECT * FROM t WHERE id = ${id}`;\n",
        """\
function find(list, name) {
  return list.get(`select one of ${name}`);
}
""",
        """\
function page(db, n) {
  return db.query(`SELECT * FROM t LIMIT ${Number(n)}`);
}
""",
        """\
function some(db, ids) {
  const marks = ids.map((_, i) => `$${i + 1}`).join();
  return db.query(`SELECT * FROM t WHERE id IN (${marks})`, ids);
}
""",
        """\
const ORDERS = new Set(["name", "age"]);

app.get("/users", async (req, res) => {
  const order = ORDERS.has(req.query.order) ? req.query.order : "name";
  res.json(await db.query(`SELECT * FROM users ORDER BY ${order}`));
});
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    kind="sql",
    sinks=(Sink(methods=(*_METHODS, *_RAW), arguments=(0, "text", "sql")),),
    traced="{label} becomes SQL here: whoever sends it can change the statement. Pass values as parameters.",
    possible="SQL is built from a string: a value in it becomes SQL. Pass values as parameters.",
    sources=PEOPLE,
    judge=_judge,
)
