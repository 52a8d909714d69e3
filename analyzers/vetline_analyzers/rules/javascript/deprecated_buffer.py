"""Buffers made by the constructor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    number,
    text_before,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_ASKED = re.compile(
    r"Buffer\.(?:alloc|from)\s*(?:\?|&&|\)|[!=]==)"
)  # older releases are served too
_TEXTS = frozenset({"string", "template_string", "array"})
_NUMERIC = frozenset(
    {"*", "/", "%", "-", "<<", ">>", ">>>"}
)  # whatever they are given, it is a number


def _check(hit: Hit) -> Report | None:
    first = hit.argument(0)
    if first is None or _ASKED.search(text_before(hit, 200)):
        return None
    return Report(
        "new Buffer(value) gives memory that was not cleared when the value is a number: use "
        "Buffer.from or Buffer.alloc.",
        fix=_fix(hit, first),
    )


def _fix(hit: Hit, first: Node) -> Fix | None:
    arguments = hit.node.child_by_field_name("arguments")
    if arguments is None:
        return None
    given = hit.text(arguments)
    bare = hit.scope.bare(first)
    operator = bare.child_by_field_name("operator")
    counted = operator is not None and operator.type in _NUMERIC
    if hit.argument(1) is None and (counted or number(hit, first) is not None):
        return Fix("Use Buffer.alloc", (hit.edit(hit.node, f"Buffer.alloc{given}"),), safe=True)
    return Fix(
        "Use Buffer.from", (hit.edit(hit.node, f"Buffer.from{given}"),), safe=bare.type in _TEXTS
    )


RULE = PatternRule(
    id="javascript/deprecated-buffer",
    title="Buffer made by its constructor",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(908, 770, 477, 20),
    page="""
`new Buffer(value)` copies a text but reserves memory for a number. Where JSON may bring either, a visitor who
sends `100000000` instead of a text makes the process reserve that much, and in old releases of Node gets
back what was in that memory. It has been deprecated since Node 6.
""",
    attack="Sends a number where a text is expected, and reads the keys that were in the memory before.",
    advice="Write `Buffer.from(text)` for a text or an array, `Buffer.alloc(size)` for a size.",
    bad=(
        'const bytes = new Buffer("text", "utf8");\n',
        "const bytes = new Buffer(req.body.text);\n",
        "const empty = Buffer(1024);\n",
        """\
import { Buffer } from "node:buffer";

export const copy = (list) => new Buffer(list);
""",
    ),
    good=(
        'const bytes = Buffer.from("text", "utf8");\n',
        "const empty = Buffer.alloc(1024);\n",
        'import { Buffer } from "./audio";\n\nconst sound = new Buffer(1024);\n',
    ),
    url="https://nodejs.org/api/deprecations.html#DEP0005",
    language="javascript",
    languages=LANGUAGES,
    names=("Buffer", "buffer.Buffer"),
    check=_check,
)
