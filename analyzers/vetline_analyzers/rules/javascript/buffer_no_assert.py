"""Reads and writes of a buffer that do not look where it ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_MAKERS = re.compile(
    r"(?:buffer\.)?Buffer(?:\.(?:alloc|allocUnsafe|allocUnsafeSlow|from|concat))?|(?:crypto\.)?randomBytes"
)
_KINDS = ("UInt8", "Int8", "UInt16LE", "UInt16BE", "UInt32LE", "UInt32BE", "Int16LE", "Int16BE")
_MORE = ("Int32LE", "Int32BE", "FloatLE", "FloatBE", "DoubleLE", "DoubleBE")


def _check(hit: Hit) -> Report | None:
    function = callee(hit.node)
    arguments = hit.scope.dialect.argument_nodes(hit.node)
    place = 2 if function is not None and ".write" in hit.text(function)[-16:] else 1
    if len(arguments) != place + 1 or not is_text(hit, arguments[place], "true"):
        return None
    start = hit.scope.source.span(arguments[place - 1]).end
    end = hit.scope.source.span(arguments[place]).end
    return Report(
        "noAssert lets this reach beyond the buffer in old releases of Node: leave it out.",
        fix=Fix(
            "Leave noAssert out", (Edit(Span(start, end), ""),), safe=_is_buffer(hit, function)
        ),
    )


def _is_buffer(hit: Hit, function: Node | None) -> bool:
    """Whether the code shows that it is Node's buffer: a method of that name may be anybody's."""
    owner = function.child_by_field_name("object") if function is not None else None
    if owner is None:
        return False
    named = owner.type in hit.scope.dialect.identifiers
    makers = [
        callee(hit.scope.bare(each)) for each in (hit.scope.values(owner) if named else [owner])
    ]
    return bool(makers) and all(_MAKERS.fullmatch(hit.resolve(each)) for each in makers)


RULE = PatternRule(
    id="javascript/buffer-no-assert",
    title="Buffer read or written beyond its end",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(119, 125, 787),
    page="""
The last argument of `readUInt16BE` and its siblings, `noAssert`, let an offset point beyond the buffer. Up
to Node 9 the call then reads or writes memory that is not the buffer's; since Node 10 the argument is
ignored, and an offset that used to pass throws.
""",
    attack="Sends a packet whose length field is larger than the packet, and reads what lies behind it.",
    advice="Leave the argument out, and compare the offset with `buffer.length` where it comes from outside.",
    bad=(
        "const port = buffer.readUInt16BE(at + 2, true);\n",
        "packet.writeInt32LE(value, at, true);\n",
        "const size = message.body.readUInt8(0, true);\n",
        "const first = Buffer.from(text).readUInt8(0, true);\n",
    ),
    good=(
        "const port = buffer.readUInt16BE(at + 2);\n",
        "packet.writeInt32LE(value, at);\n",
        "const size = message.body.readUInt8(0, false);\n",
    ),
    url="https://nodejs.org/api/buffer.html",
    language="javascript",
    languages=LANGUAGES,
    methods=tuple(f"{verb}{kind}" for verb in ("read", "write") for kind in (*_KINDS, *_MORE)),
    check=_check,
)
