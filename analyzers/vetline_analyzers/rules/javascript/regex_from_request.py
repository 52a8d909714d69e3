"""Patterns that a visitor writes."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of_browser


def _judge(arrival: Arrival) -> bool:
    return any(not of_browser(taint.label) for taint in arrival.traced)


RULE = FlowRule(
    id="javascript/regex-from-request",
    title="Pattern that a visitor writes",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1333, 400, 625, 185),
    page="""
What a request brought is a part of a regular expression as it is. `(a+)+$` keeps the process, and with it every
other visitor, busy for hours; a bracket makes the call throw; a dot matches any character.
""",
    attack="Searches for (a+)+$ and lets the server work on it.",
    advice="Escape the value, `text.replace(/[.*+?^${}()|[\\]\\\\]/g, '\\\\$&')` or `RegExp.escape(text)`, or use `includes`.",
    bad=(
        """\
app.get("/find", (req, res) => {
  const pattern = new RegExp(req.query.word, "i");
  res.json(names.filter((name) => pattern.test(name)));
});
""",
        """\
router.get("/find", async (ctx) => {
  const { word } = ctx.query;
  ctx.body = { found: RegExp("^" + word).test(text) };
});
""",
        """\
export default async function handler(req, res) {
  const found = await users.find({ name: new RegExp(`^${req.body.name}$`) });
  res.json(found);
}
""",
    ),
    good=(
        """\
app.get("/find", (req, res) => {
  const word = req.query.word.replace(/[.*+?^${}()|[\\]\\\\]/g, "\\\\$&");
  res.json(names.filter((name) => new RegExp(word, "i").test(name)));
});
""",
        """\
app.get("/find", (req, res) => {
  res.json(names.filter((name) => name.includes(req.query.word)));
});
""",
        "const find = (word) => new RegExp(word).test(text);\n",
    ),
    url="https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS",
    language="javascript",
    languages=LANGUAGES,
    kind="regex",
    sinks=(Sink(names=("RegExp",)),),
    traced="{label} is a part of this pattern: it can match anything or take hours. Escape it first.",
    judge=_judge,
)
