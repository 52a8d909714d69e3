"""Templates that a visitor writes."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES

_ENGINES = (
    "ejs",
    "pug",
    "jade",
    "handlebars",
    "Handlebars",
    "nunjucks",
    "mustache",
    "Mustache",
    "dot",
    "doT",
)
_MORE = (
    "eta",
    "twig",
    "swig",
    "hogan.js",
    "lodash",
    "_",
    "underscore",
    "marko",
    "liquidjs",
    "art-template",
)
_VERBS = (
    "render",
    "compile",
    "template",
    "renderString",
    "precompile",
    "compileClient",
    "renderAsync",
    "parse",
)


def _judge(arrival: Arrival) -> bool:
    return bool(arrival.traced) and arrival.value.items is None


RULE = FlowRule(
    id="javascript/template-from-request",
    title="Template that a visitor writes",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(1336, 94),
    page="""
What a request brought is a template, or a part of the text of one, instead of being handed over beside it. A
template is a program: whoever writes it reads the server's keys with `<%= process.env %>`, and
`require('child_process')` is not far.
""",
    attack="Chooses the name `<%= process.mainModule.require('child_process').execSync('id') %>`, "
    "which runs a program.",
    advice='Keep the template constant and hand values over: `ejs.render("Hello <%= name %>", { name })`.',
    bad=(
        """\
const ejs = require("ejs");

app.get("/hello", (req, res) => {
  res.send(ejs.render("<h1>Hello " + req.query.name + "</h1>"));
});
""",
        """\
import pug from "pug";

export default function handler(req, res) {
  const { layout } = req.body;
  res.send(pug.compile(layout)({}));
}
""",
        """\
const Handlebars = require("handlebars");

router.post("/preview", async (ctx) => {
  const make = Handlebars.compile(ctx.request.body.template);
  ctx.body = make({});
});
""",
    ),
    good=(
        """\
const ejs = require("ejs");

app.get("/hello", (req, res) => {
  res.send(ejs.render("<h1>Hello <%= name %></h1>", { name: req.query.name }));
});
""",
        """\
import pug from "pug";

export const page = (name) => pug.compileFile("page.pug")({ name });
""",
    ),
    url="https://portswigger.net/web-security/server-side-template-injection",
    language="javascript",
    languages=LANGUAGES,
    kind="template",
    sinks=(Sink(names=tuple(f"{e}.{v}" for e in (*_ENGINES, *_MORE) for v in _VERBS)),),
    traced="{label} is a part of this template, and a template is a program: hand it over as data.",
    judge=_judge,
)
