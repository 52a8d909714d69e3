"""Text that becomes HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_PLACES = {"insertAdjacentHTML": 1, "execCommand": 2}  # the argument that becomes HTML
_SAFE = re.compile(
    r"(?i)(?:.*\.)?\w*(?:sanit|escape|purify|encode|trustedhtml|createHTML|^t$|i18n)\w*"
)


def _check(hit: Hit) -> Report | None:
    value = _value(hit)
    if value is None or hit.constant(value):
        return None
    pieces = hit.scope.pieces(value)
    holes = [value] if pieces is None else [p for p in pieces if p is not None]
    open_holes = [p for p in holes if not isinstance(p, str) and not _safe(hit, p)]
    if not open_holes:
        return None
    plain = pieces is None and not hit.from_outside(value)
    return Report(
        "Text becomes HTML here: a value in it can be a script. Use textContent, or sanitize it "
        "(DOMPurify).",
        tentative=True if plain else None,
        confidence=Confidence.LOW if plain else None,
    )


def _value(hit: Hit) -> Node | None:
    """What becomes HTML: the right side, the property's value, the argument."""
    if hit.node.type in hit.scope.dialect.calls:
        function = callee(hit.node)
        last = hit.text(function).rpartition(".")[2] if function is not None else ""
        return hit.argument(_PLACES.get(last, 0))
    return hit.node.child_by_field_name("right") or hit.node.child_by_field_name("value")


def _safe(hit: Hit, node: Node) -> bool:
    node = hit.scope.bare(node)
    function = callee(node)
    if function is not None:
        return bool(_SAFE.fullmatch(hit.text(function)))
    if node.type == "identifier" and (values := hit.scope.values(node)):
        return all(_safe(hit, value) or hit.constant(value) for value in values)
    return node.type == "member_expression" and hit.text(node).endswith((".innerHTML", ".length"))


RULE = PatternRule(
    id="javascript/dom-xss",
    title="Text that becomes HTML",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(79, 80, 116),
    page="""
A value is put into `innerHTML`, `outerHTML`, `document.write`, `insertAdjacentHTML` or React's
`dangerouslySetInnerHTML`. If it comes from another user or from the address bar, `<img src=x
onerror=…>` in it runs as a script on your page, with your visitor's session.

A plain variable that nothing shows the origin of is reported tentatively.
""",
    attack="Leaves a comment with an image whose onerror sends the reader's cookies home.",
    advice="Use `textContent`, let the framework render the value, or put it through `DOMPurify.sanitize`.",
    bad=(
        """\
function hello(name) {
  box.innerHTML = `<b>${name}</b>`;
}
""",
        """\
function hello(name) {
  document.write("<b>" + name + "</b>");
}
""",
        """\
function search() {
  box.innerHTML = decodeURIComponent(location.search);
}
""",
        "const page = <div dangerouslySetInnerHTML={{ __html: comment.body }} />;\n",
        'box.insertAdjacentHTML("beforeend", `<li>${item}</li>`);\n',
        """\
function search(html) {
  box.outerHTML = html;
}
""",
    ),
    good=(
        """\
function hello(name) {
  box.textContent = `Hello ${name}`;
}
""",
        'box.innerHTML = "<b>Hello</b>";\n',
        """\
function hello(name) {
  box.innerHTML = DOMPurify.sanitize(`<b>${name}</b>`);
}
""",
        """\
function hello(name) {
  box.innerHTML = `<b>${escapeHtml(name)}</b>`;
}
""",
        'const page = <div dangerouslySetInnerHTML={{ __html: "<b>x</b>" }} />;\n',
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/DOM_based_XSS_Prevention_Cheat_Sheet.html",
    language="javascript",
    languages=("javascript", "typescript", "tsx"),
    names=("document.write", "document.writeln", "document.execCommand", "createNodesFromMarkup"),
    methods=("insertAdjacentHTML", "createContextualFragment", "setHTMLUnsafe"),
    query="""
        ([(assignment_expression left: (member_expression property: (property_identifier) @_p))
          (augmented_assignment_expression
            left: (member_expression property: (property_identifier) @_p))] @hit
          (#any-of? @_p "innerHTML" "outerHTML" "srcdoc"))
        ((pair key: (property_identifier) @_p) @hit (#any-of? @_p "__html" "innerHTML"))
    """,
    check=_check,
)
