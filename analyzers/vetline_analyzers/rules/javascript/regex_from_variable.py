"""Patterns that are put together at run time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, last_name
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPED = re.compile(r"(?i)escape|quote|\\\\\$&|sanit")
_PATTERN = re.compile(r"(?i)(?:.*(?:re|regex|regexp|pattern|rx|source|expr|re[0-9]?)|_+)")


def _check(hit: Hit) -> Report | None:
    pattern = hit.argument(0)
    if pattern is None or hit.constant(pattern) or hit.string(pattern) is not None:
        return None
    if _is_at_load(hit):
        return None
    holes = _holes(hit, pattern)
    given = [value for hole in holes for value in _held(hit, hole)]
    if any(_ESCAPED.search(hit.text(node)) for node in (pattern, *given)):
        return None
    if all(_PATTERN.fullmatch(last_name(hit, hole)) for hole in holes):
        return None
    outside = hit.from_request(pattern)
    return Report(
        "Special characters in this value are part of the pattern, and can make it match anything or take hours: "
        "escape it first.",
        severity=Severity.MEDIUM if outside else None,
        confidence=Confidence.HIGH if outside else None,
        tentative=False if outside else None,
    )


def _is_at_load(hit: Hit) -> bool:
    """Whether it is put together once, when the module is loaded."""
    block = hit.scope.block
    return (
        hit.scope.function(hit.node) is None
        and not block.has_error
        and block.type.endswith("declaration")
    )


def _holes(hit: Hit, pattern: Node) -> list[Node]:
    """What is put into the pattern at run time."""
    pieces = hit.built(pattern) or (pattern,)
    fixed = hit.scope.context.strings  # put together when the module is loaded
    nodes = [piece for piece in pieces if piece is not None and not isinstance(piece, str)]
    return [node for node in nodes if hit.text(node) not in fixed]


def _held(hit: Hit, hole: Node) -> list[Node]:
    return hit.scope.values(hole) if hole.type in hit.scope.dialect.identifiers else []


RULE = PatternRule(
    id="javascript/regex-from-variable",
    title="Pattern put together at run time",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(1333, 185, 400, 625),
    page="""
A value is put into a regular expression as it is. A dot in it matches any character, a bracket makes the call
throw, and `(a+)+$` keeps the process busy for hours. Whether a stranger chooses the value is only known
where it visibly comes from a request; otherwise the finding is tentative.
""",
    attack="Searches for (a+)+$ and lets the server work on it.",
    advice="Escape the value, `text.replace(/[.*+?^${}()|[\\]\\\\]/g, '\\\\$&')` or `RegExp.escape(text)`, or use `includes`.",
    bad=(
        'const find = (word) => new RegExp("^" + word + "$", "i").test(text);\n',
        """\
app.get("/find", (req, res) => {
  res.json(names.filter((name) => new RegExp(req.query.name).test(name)));
});
""",
        "parts = text.split(RegExp(`[${separators}]`));\n",
    ),
    good=(
        'const find = (word) => new RegExp("^" + escapeRegExp(word) + "$", "i").test(text);\n',
        'const find = () => new RegExp("^word$", "i").test(text);\n',
        "const found = new RegExp(regex.source, 'g');\n",
        "const found = text.includes(word);\n",
    ),
    url="https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/RegExp/escape",
    language="javascript",
    languages=LANGUAGES,
    names=("RegExp",),
    check=_check,
)
