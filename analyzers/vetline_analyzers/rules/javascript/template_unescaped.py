"""Templates that put values in as they are."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, body_of, is_text, of
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_SAFE = re.compile(r"(?i).*(?:sanit|escape|purify|encode)\w*\(")
_OFF = {"noEscape": "true", "autoescape": "false", "autoEscape": "false"}
_SAME = re.compile(
    r"(?:function\s*\w*)?\s*\(?\s*(\w+)(?:\s*:\s*\w+)?\s*\)?\s*(?::\s*\w+\s*)?(?:=>)?\s*(?:\{\s*return\s+)?\(?\1\)?;?\s*\}?"
)
_MESSAGE = "This template puts values in as they are, scripts too: leave escaping on."


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "pair":
        return _switch(hit)
    if hit.node.type == "assignment_expression":
        if is_text(hit, hit.node.child_by_field_name("right"), "false"):
            return Report(_MESSAGE)
        body = body_of(hit, hit.node.child_by_field_name("right"))
        return Report(_MESSAGE) if body is not None and _SAME.fullmatch(hit.text(body)) else None
    value = hit.argument(0)
    if value is None or hit.constant(value) or _SAFE.match(hit.text(value)):
        return None
    return Report(
        "SafeString tells the template not to escape this text: escape what is put into it.",
        tentative=None if hit.built(value) else True,
    )


def _switch(hit: Hit) -> Report | None:
    key, value = (hit.node.child_by_field_name(field) for field in ("key", "value"))
    if key is None or value is None:
        return None
    name = hit.text(key).strip("'\"")
    if name == "escape":
        body = body_of(hit, value)
        return Report(_MESSAGE) if body is not None and _SAME.fullmatch(hit.text(body)) else None
    if hit.text(value) != _OFF.get(name):
        return None
    on = "false" if hit.text(value) == "true" else "true"
    return Report(_MESSAGE, fix=Fix("Escape values", (hit.edit(value, on),), safe=False))


RULE = PatternRule(
    id="javascript/template-unescaped",
    title="Template that does not escape",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(79, 116),
    page="""
A template engine is told not to escape: `noEscape` of Handlebars, `autoescape: false` of Nunjucks or Eta, an
`escape` function that gives back what it got, or a `SafeString` put together from values. Each value that a
visitor wrote becomes a part of the page, its scripts included.
""",
    attack="Registers with a script as the name; every page that greets its owner runs it.",
    advice="Leave escaping on and mark only your own constant markup as safe, with `Handlebars.escapeExpression` around values.",
    bad=(
        "const page = Handlebars.compile(source, { noEscape: true });\n",
        "nunjucks.configure('views', { autoescape: false, express: app });\n",
        "Mustache.escape = (text) => text;\n",
        "Mustache.escape = function (value) { return value; };\n",
        """\
Handlebars.registerHelper("bold", (text) => {
  return new Handlebars.SafeString("<b>" + text + "</b>");
});
""",
    ),
    good=(
        "const page = Handlebars.compile(source);\n",
        "nunjucks.configure('views', { autoescape: true, express: app });\n",
        "Mustache.escape = (text) => encode(text);\n",
        """\
Handlebars.registerHelper("bold", (text) => {
  return new Handlebars.SafeString("<b>" + Handlebars.escapeExpression(text) + "</b>");
});
""",
    ),
    url="https://handlebarsjs.com/api-reference/compilation.html",
    language="javascript",
    languages=LANGUAGES,
    names=of("handlebars", "SafeString"),
    query="""
        ((pair key: [(property_identifier) (string)] @_k) @hit
          (#match? @_k "^['\\"]?(noEscape|autoescape|autoEscape|escape)['\\"]?$"))
        ((assignment_expression left: (member_expression property: (property_identifier) @_p)) @hit
          (#any-of? @_p "escape" "escapeMarkup" "autoescape"))
    """,
    check=_check,
)
