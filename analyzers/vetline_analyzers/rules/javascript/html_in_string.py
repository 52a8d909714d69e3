"""Values put into HTML without being escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_ELEMENT = (
    r"(?:a|abbr|article|aside|audio|b|blockquote|body|br|button|center|code|dd|div|dl|dt|em|embed|fieldset"
    r"|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|label|li|link|main|meta|nav|object"
    r"|ol|option|p|pre|script|section|select|small|span|strong|style|sub|sup|svg|table|tbody|td|textarea"
    r"|th|thead|title|tr|u|ul|video)"
)
_TAG = re.compile(rf"</{_ELEMENT}>|<{_ELEMENT}(?:\s+[^<>]*)?/?>|<{_ELEMENT}\s+[\w-]+\s*=")
_SAFE = re.compile(
    r"(?i)(?:.*\.)?\w*(?:sanit|escape|purify|encode|i18n|^t$|join|number|parseint|tofixed|render|html|count)\w*"
)
_SINKS = r"append|prepend|after|before|html|replaceWith|wrap\w*|insertAdjacentHTML|write(?:ln)?|\$|jQuery"
_TELLS = re.compile(
    r"(?:console|logger|log|debug|winston)\."
    rf"|.*(?:Error|warn|warning|invariant|assert|debug|log|describe|it|test|expect|equal|{_SINKS})$"
)


def _check(hit: Hit) -> Report | None:
    if not _is_put_together(hit) or _is_elsewhere(hit):
        return None
    pieces = hit.scope.pieces(hit.node)
    if pieces is None or not any(isinstance(p, str) and _TAG.search(p) for p in pieces):
        return None
    holes = [piece for piece in pieces if piece is not None and not isinstance(piece, str)]
    if all(_clean(hit, hole) for hole in holes):
        return None
    return Report(
        "This value becomes a part of the page, scripts too: escape it, or let a template put it in."
    )


def _is_put_together(hit: Hit) -> bool:
    above = hit.node.parent
    if above is None or above.type in {"binary_expression", "template_substitution"}:
        return False
    if hit.node.type == "template_string":
        return any(child.type == "template_substitution" for child in hit.node.named_children)
    operator = hit.node.child_by_field_name("operator")
    return operator is not None and operator.type == "+"


def _is_elsewhere(hit: Hit) -> bool:
    """Whether it is a part of a larger text, a tagged template, a message, or told of by another rule."""
    above = hit.node.parent
    if above is None:
        return True
    if (
        above.type in {"binary_expression", "template_substitution"}
        or above.type == "call_expression"
    ):
        return True
    for node in hit.scope.up(hit.node):
        if node.type in {"assignment_expression", "augmented_assignment_expression"}:
            left = node.child_by_field_name("left")
            return left is not None and hit.text(left).endswith(("innerHTML", "outerHTML"))
        function = callee(node) if node.type in hit.scope.dialect.calls else None
        if function is not None:
            return bool(_TELLS.match(hit.text(function)))
        if node.type.endswith("statement") or node.type in hit.scope.dialect.functions:
            return False
    return False


def _clean(hit: Hit, node: Node) -> bool:
    node = hit.scope.bare(node)
    if node.type in {"number", "binary_expression", "unary_expression"}:
        return node.type != "binary_expression" or "+" not in hit.text(node)
    function = callee(node)
    if function is not None:
        return bool(_SAFE.fullmatch(hit.text(function)))
    return hit.text(node).endswith((".length", "index", "Html", "HTML", "html", "i"))


RULE = PatternRule(
    id="javascript/html-in-string",
    title="Value put into HTML as it is",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    tentative=True,
    cwe=(79, 80, 116),
    page="""
A string that holds HTML elements is put together with a value that nothing has escaped. Wherever the string
becomes a page, in a mail, an answer or an element, a `<script>` in the value becomes a part of it. Whether a
stranger can choose the value is not known, so the finding is tentative.
""",
    attack="Chooses a name that closes the element and opens a script.",
    advice="Escape the value (`escapeHtml(value)`), or leave the page to a template engine or a framework.",
    bad=(
        "const page = `<h1>Hello ${name}</h1>`;\n",
        """\
function row(item) {
  return "<tr><td>" + item.title + "</td></tr>";
}
""",
        'send(`<a href="${address}">here</a>`);\n',
    ),
    good=(
        "const page = `<h1>Hello ${escapeHtml(name)}</h1>`;\n",
        """\
function row(item) {
  return "<tr><td>" + item.cells.length + "</td></tr>";
}
""",
        "const page = html`<h1>Hello ${name}</h1>`;\n",
        "throw new Error(`<select> has no option ${name}`);\n",
        "const path = `${root}/${name}`;\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Cross_Site_Scripting_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    query="[(template_string) (binary_expression)] @hit",
    check=_check,
)
