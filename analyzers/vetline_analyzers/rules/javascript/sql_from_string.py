"""SQL that is built from a string."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax import sql
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    query = hit.keyword("text") or hit.keyword("sql") or hit.argument(0)
    pieces = hit.built(query)
    text = sql.statement(pieces) if pieces is not None else None
    if query is None or text is None:
        return None
    if sql.only_names(text) and not hit.from_outside(query):
        return Report(
            "A name in this SQL comes from a variable: take it from a fixed list.",
            query,
            persona=Persona.PEDANTIC,
            confidence=Confidence.LOW,
        )
    return Report(
        "SQL is built from a string: a value in it becomes SQL. Pass values as parameters.", query
    )


RULE = PatternRule(
    id="javascript/sql-from-string",
    title="SQL built from a string",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(89,),
    page="""
A query is put together with a template literal or `+` and then executed. Whoever controls a value in it
controls the query: the name `x' OR '1'='1` selects every row.

Where only names of tables or columns are put in, the finding is shown to `--persona pedantic`.
""",
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
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=("javascript", "typescript", "tsx"),
    methods=(
        *("query", "execute", "raw", "all", "get", "run", "exec", "each", "prepare", "unsafe"),
        *("$queryRawUnsafe", "$executeRawUnsafe", "whereRaw", "one", "many", "none", "any"),
    ),
    check=_check,
)
