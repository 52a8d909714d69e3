"""XPath that is built from input."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES


def _judge(arrival: Arrival) -> bool:
    return bool(arrival.traced) and arrival.value.items is None


RULE = FlowRule(
    id="javascript/xpath-from-input",
    title="XPath built from input",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(643, 91),
    page="""
A value from outside is put into an XPath expression. A quote in it ends the text it stands in: with
`' or '1'='1` the expression selects every node, and others read the document one answer at a time.
""",
    attack="The name `' or '1'='1` logs in as the first user of the document.",
    advice='Pass the value as a variable: `xpath.parse("//user[@name=$name]").select({ node, variables: { name } })`.',
    bad=(
        """\
const xpath = require("xpath");

app.post("/login", (req, res) => {
  const found = xpath.select(`//user[@name='${req.body.name}']`, users);
  res.json(found.length);
});
""",
        """\
import { select1 } from "xpath";

export default function handler(req, res) {
  const path = "//item[id='" + req.query.id + "']";
  res.json(select1(path, store));
}
""",
        """\
function find() {
  const name = new URLSearchParams(location.search).get("name");
  return document.evaluate("//p[@id='" + name + "']", document, null, 0, null);
}
""",
    ),
    good=(
        """\
const xpath = require("xpath");

app.post("/login", (req, res) => {
  const found = xpath.select(`//user[@id='${Number(req.body.id)}']`, users);
  res.json(found.length);
});
""",
        """\
const xpath = require("xpath");

const find = (name) => xpath.parse("//user[@name=$name]").select({ node, variables: { name } });
""",
    ),
    url="https://owasp.org/www-community/attacks/XPATH_Injection",
    language="javascript",
    languages=LANGUAGES,
    kind="xpath",
    sinks=(
        Sink(
            names=(
                *("xpath.select", "xpath.select1", "xpath.evaluate", "xpath.parse"),
                *("document.evaluate", "xpath.createExpression", "document.createExpression"),
            ),
        ),
    ),
    traced="{label} is a part of this XPath: a quote in it changes the question. Pass it as a variable.",
    sources=PEOPLE,
    judge=_judge,
)
