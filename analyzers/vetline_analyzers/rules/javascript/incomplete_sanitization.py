"""Replacements that stop after the first character."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_MEANT = frozenset(
    {"<", ">", "'", '"', "&", "\\", "`", "../", "..", "\n", "\r", "\0", "\t", "\\n", "\\r", "\\t"}
)
_PLAIN = frozenset("<>'\"&`")  # a pattern of one of them finds it alone
_ENTITY = re.compile(r"&(?:\w+|#\w+);")
_MEANT_AS_WRITTEN = frozenset({"\\'", '\\"', "\\\\", "\\0"})


def _check(hit: Hit) -> Report | None:
    found, put = hit.argument(0), hit.argument(1)
    function = callee(hit.node)
    if found is None or put is None or function is None or found.type not in {"string", "regex"}:
        return None
    method = function.child_by_field_name("property")
    if method is None:
        return None
    message = "Only the first of them is replaced: use replaceAll, or a pattern with the flag g."
    if found.type == "regex":
        body, flags = (found.child_by_field_name(field) for field in ("pattern", "flags"))
        if body is None or (flags is not None and "g" in hit.text(flags)):
            return None
        if hit.text(body) not in {
            "<",
            ">",
            "'",
            '"',
            "&",
            "\\\\",
            "`",
            "[<>]",
            "\\.\\.\\/",
            "\\.\\.",
        }:
            return None
        return Report(
            message,
            fix=Fix("Replace all", (hit.insert_after(found, "g"),), safe=_escapes(hit, put)),
        )
    inner = hit.text(found)[1:-1]
    if inner not in _MEANT and inner not in _MEANT_AS_WRITTEN:
        return None
    if inner in _PLAIN and _escapes(hit, put):  # old releases have no replaceAll
        return Report(message, fix=Fix("Replace all", (hit.edit(found, f"/{inner}/g"),), safe=True))
    return Report(message, fix=Fix("Replace all", (hit.edit(method, "replaceAll"),), safe=False))


def _escapes(hit: Hit, put: Node) -> bool:
    """Whether what is put in says that all of them are meant: an HTML entity."""
    return _ENTITY.fullmatch(hit.string(put) or "") is not None


RULE = PatternRule(
    id="javascript/incomplete-sanitization",
    title="Replacement that stops after the first",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(116, 20, 184),
    page="""
`replace` with a string, or with a pattern without the flag `g`, replaces the first place only. Meant to
escape quotes or angle brackets, or to take `../` out of a path, it lets the second through, and with it
what it was to keep out.
""",
    attack="Writes the forbidden character twice.",
    advice="Use `text.replaceAll(\"'\", \"''\")` or `/'/g`; better a function made for the language the text goes into.",
    bad=(
        'const safe = text.replace("\'", "\'\'");\n',
        'const safe = text.replace("<", "&lt;").replace(">", "&gt;");\n',
        "const file = name.replace('../', '');\n",
        "const safe = text.replace(/</, '&lt;');\n",
    ),
    good=(
        "const safe = text.replace(/'/g, \"''\");\n",
        'const safe = text.replaceAll("<", "&lt;");\n',
        "const greeting = text.replace('NAME', name);\n",
    ),
    url="https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/String/replaceAll",
    language="javascript",
    languages=LANGUAGES,
    methods=("replace",),
    check=_check,
)
