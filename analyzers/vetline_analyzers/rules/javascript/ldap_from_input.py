"""LDAP filters that are built from input."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES


def _judge(arrival: Arrival) -> bool:
    text = "".join(piece for piece in arrival.pieces if isinstance(piece, str))
    return bool(arrival.traced) and "(" in text and "=" in text


RULE = FlowRule(
    id="javascript/ldap-from-input",
    title="LDAP filter built from input",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(90,),
    page="""
A value from outside is put into the filter of a search in a directory. A bracket or a star in it changes the
filter: with `*` as a name everybody is found, and `)(uid=*` ends one condition and begins another.
""",
    attack="The name `*)(uid=*))(|(uid=*` finds every person of the directory.",
    advice="Build the filter of objects, `new EqualityFilter({ attribute, value })`, or escape the value with `ldap-escape`.",
    bad=(
        """\
app.post("/find", (req, res) => {
  client.search("ou=people", { filter: `(uid=${req.body.name})`, scope: "sub" }, done);
});
""",
        """\
router.get("/find", async (ctx) => {
  const filter = "(&(mail=" + ctx.query.mail + ")(active=1))";
  ctx.body = await directory.search("ou=people", { filter });
});
""",
        """\
export default async function handler(req, res) {
  const options = { scope: "sub", filter: `(cn=*${req.query.part}*)` };
  res.json(await ldap.search("dc=example", options));
}
""",
    ),
    good=(
        """\
app.post("/find", (req, res) => {
  const filter = new EqualityFilter({ attribute: "uid", value: req.body.name });
  client.search("ou=people", { filter, scope: "sub" }, done);
});
""",
        """\
app.post("/find", (req, res) => {
  client.search("ou=people", { filter: `(number=${Number(req.body.number)})` }, done);
});
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/LDAP_Injection_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    kind="ldap",
    sinks=(Sink(methods=("search",), arguments=("filter",)),),
    traced="{label} is a part of this filter: a bracket in it changes the question. Escape it.",
    sources=PEOPLE,
    judge=_judge,
)
