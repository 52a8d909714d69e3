"""Templates that are put together at run time."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    template = hit.argument(0)
    if template is None or hit.constant(template) or hit.string(template) is not None:
        return None
    if hit.from_request(template) or not hit.built(template):
        return None  # what a request brings is followed by the flow rules
    return Report(
        "A value is a part of this template, and a template is a program: hand it over as data.",
        template,
    )


RULE = PatternRule(
    id="javascript/template-from-variable",
    title="Template put together at run time",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(1336, 94, 79),
    page="""
A template engine turns its text into a program. With a value put into the text itself, instead of handed over
beside it, whoever chooses the value writes a part of that program: `<%= process.env %>` shows the keys, and
`require('child_process')` is not far.
""",
    attack="Chooses the name `<%= global.process.mainModule.require('child_process').execSync('id') %>`.",
    advice='Keep the template constant and hand values over: `ejs.render("Hello <%= name %>", { name })`.',
    bad=(
        'const ejs = require("ejs");\n\nconst page = ejs.render("<h1>Hello " + name + "</h1>");\n',
        'import pug from "pug";\n\nexport const page = (name) => pug.compile(`h1 Hello ${name}`)();\n',
        "const text = _.template('Hello ' + name)();\n",
    ),
    good=(
        'const ejs = require("ejs");\n\nconst page = ejs.render("<h1>Hello <%= name %></h1>", { name });\n',
        'import pug from "pug";\n\nexport const page = pug.compile(readFileSync("page.pug", "utf8"));\n',
    ),
    url="https://portswigger.net/web-security/server-side-template-injection",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *("ejs.render", "ejs.compile", "pug.render", "pug.compile", "jade.render", "jade.compile"),
        *(*of("handlebars", "compile"), *of("mustache", "render"), *of("nunjucks", "renderString")),
        *(
            *of("lodash", "template"),
            "dot.template",
            "doT.template",
            "eta.render",
            "hogan.js.compile",
        ),
    ),
    check=_check,
)
