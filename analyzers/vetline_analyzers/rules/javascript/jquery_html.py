"""Text that jQuery makes into HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, opening
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.syntax.dialect import Piece

_SAFE = re.compile(
    r"(?i)(?:.*\.)?\w*(?:sanit|escape|purify|encode|i18n|number|parseint|tofixed)\w*"
)
_SETTINGS = re.compile(
    r"(?:this\.|self\.)?(?:_?options|opts|settings|config|defaults|messages|strings)\."
)
_JQUERY = re.compile(r"(?:\$|jQuery|angular\.element)\s*\(|\$\w|this\.\$")
_TAKEN = (
    "html",
    "append",
    "prepend",
    "after",
    "before",
    "replaceWith",
    "wrap",
    "wrapAll",
    "wrapInner",
)
_MESSAGE = "jQuery makes HTML of this text, and runs the scripts in it: use .text(), or sanitize it (DOMPurify)."


def _check(hit: Hit) -> Report | None:
    value = hit.argument(0)
    if value is None or hit.constant(value) or value.type in hit.scope.dialect.functions:
        return None
    if hit.name in {"$", "jQuery"}:
        return _selected(hit, value)
    if not hit.name and not _on_jquery(hit):
        return None
    pieces = hit.scope.pieces(value)
    if hit.from_request(value):
        return Report(_MESSAGE, value)
    if pieces and _has_tag(pieces) and _holes(hit, pieces):
        return Report(_MESSAGE, value, tentative=True if _is_own(hit, pieces) else None)
    function = callee(hit.node)
    last = hit.text(function).rpartition(".")[2] if function is not None else ""
    if last in {"html", "parseHTML"} and not _clean(hit, value):
        return Report(_MESSAGE, value, confidence=Confidence.LOW, tentative=True)
    return None


def _selected(hit: Hit, value: Node) -> Report | None:
    """`$("<b>" + name)` makes an element; `$(location.hash)` did so up to jQuery 1.8."""
    pieces = hit.scope.pieces(value)
    if pieces and opening(pieces).lstrip().startswith("<") and _holes(hit, pieces):
        return Report(_MESSAGE, value)
    if not hit.from_request(value):
        return None
    return Report(
        "Old releases of jQuery make HTML of such a selector: use document.getElementById.",
        value,
        tentative=True,
    )


def _on_jquery(hit: Hit) -> bool:
    function = callee(hit.node)
    base = function.child_by_field_name("object") if function is not None else None
    if base is None:
        return False
    texts = [hit.text(base)]
    if base.type in hit.scope.dialect.identifiers:
        texts += [hit.text(value) for value in hit.scope.values(base)]
    return any(_JQUERY.match(text) for text in texts)


def _has_tag(pieces: tuple[Piece, ...]) -> bool:
    return any(isinstance(piece, str) and "<" in piece for piece in pieces)


def _holes(hit: Hit, pieces: tuple[Piece, ...]) -> bool:
    nodes = [piece for piece in pieces if piece is not None and not isinstance(piece, str)]
    return any(not _clean(hit, node) for node in nodes)


def _is_own(hit: Hit, pieces: tuple[Piece, ...]) -> bool:
    """Whether all that is put in are settings, which the page's maker wrote."""
    nodes = [piece for piece in pieces if piece is not None and not isinstance(piece, str)]
    return all(_clean(hit, node) or _SETTINGS.match(hit.text(node)) for node in nodes)


def _clean(hit: Hit, node: Node) -> bool:
    node = hit.scope.bare(node)
    function = callee(node)
    if function is not None:
        return bool(_SAFE.fullmatch(hit.text(function)))
    return hit.text(node).endswith((".length", "index", "Id", ".id"))


RULE = PatternRule(
    id="javascript/jquery-html",
    title="Text that jQuery makes into HTML",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(79, 80, 116),
    page="""
`.html()`, `.append()` and their like, and `$("<…>")`, parse their text as HTML and run the scripts they find.
A name, a comment or a part of the address put into such a text becomes a part of the page's program. A plain
variable given to `.html()` is reported tentatively.
""",
    attack="Chooses the name `<img src=x onerror=…>` and waits until somebody lists the members.",
    advice="Use `.text(value)`, build elements with `$('<li>').text(value)`, or `DOMPurify.sanitize(value)`.",
    bad=(
        '$("#list").append("<li>" + item.name + "</li>");\n',
        "$('#title').html(title);\n",
        """\
function show($box, name) {
  $box.prepend(`<b>${name}</b>`);
}
""",
        "jQuery('<p>' + location.hash + '</p>').appendTo('body');\n",
        "$(location.hash).show();\n",
    ),
    good=(
        '$("#list").append($("<li>").text(item.name));\n',
        "$('#title').html('<b>Title</b>');\n",
        """\
function show($box, name) {
  $box.prepend(`<b>${escapeHtml(name)}</b>`);
}
""",
        "form.append('name', `<b>${name}</b>`);\n",
        "const text = $('#title').html();\n",
    ),
    url="https://api.jquery.com/html/#html2",
    language="javascript",
    languages=LANGUAGES,
    names=("$", "jQuery", "$.parseHTML", "jQuery.parseHTML"),
    methods=_TAKEN,
    check=_check,
)
