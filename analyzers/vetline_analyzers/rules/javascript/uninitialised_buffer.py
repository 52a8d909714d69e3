"""Memory that is handed out as it was."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_NEAR = 2_000  # bytes behind it in which the buffer is expected to be written


def _check(hit: Hit) -> Report | None:
    function = callee(hit.node)
    if function is None or hit.argument(0) is None or is_text(hit, hit.argument(0), "0"):
        return None
    if _is_written(hit):
        return None
    known = function.type == "member_expression"
    fix = (
        Fix("Use Buffer.alloc", (hit.edit(function, "Buffer.alloc"),), safe=True) if known else None
    )
    return Report(
        "This memory still holds what was in it before: use Buffer.alloc, unless every byte is "
        "written first.",
        fix=fix,
    )


def _is_written(hit: Hit) -> bool:
    """Whether something is visibly put into the buffer, or another part of the program may do so."""
    above = hit.node.parent
    if above is None or above.type == "assignment_expression":
        return True
    name = above.child_by_field_name("name") if above.type == "variable_declarator" else None
    if name is None:
        return above.type not in {"return_statement", "arguments"}
    after = hit.scope.source.data[hit.node.end_byte : hit.node.end_byte + _NEAR].decode(
        "utf-8", "replace"
    )
    own = re.escape(hit.text(name))
    return bool(
        re.search(rf"(?<![\w$]){own}(?:\[|\.(?:write|fill|set|copy)|,)|\(\s*{own}\b", after)
    )


RULE = PatternRule(
    id="javascript/uninitialised-buffer",
    title="Memory handed out as it was",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(908, 200),
    page="""
`Buffer.allocUnsafe` and `SlowBuffer` give memory with what the process kept there before: parts of other
visitors' requests, keys, passwords. If one byte of it is sent or stored before it is written, that leaks.
""",
    attack="Asks for a longer answer than there is data, and reads the rest of the buffer.",
    advice="Use `Buffer.alloc(size)`, which clears the memory and is fast enough for all but the hottest loop.",
    bad=(
        "const block = Buffer.allocUnsafe(1024);\nsend({ block });\n",
        'const { SlowBuffer } = require("buffer");\n\nconst block = SlowBuffer(size);\n',
        "socket.write(Buffer.allocUnsafeSlow(length));\n",
    ),
    good=(
        "const block = Buffer.allocUnsafe(4);\nblock.writeUInt32BE(size);\n",
        "const block = Buffer.alloc(1024);\n",
        "const block = pool.allocUnsafe(1024);\n",
    ),
    url="https://nodejs.org/api/buffer.html#static-method-bufferallocunsafesize",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *("Buffer.allocUnsafe", "Buffer.allocUnsafeSlow", "buffer.Buffer.allocUnsafe"),
        *("buffer.SlowBuffer", "SlowBuffer"),
    ),
    check=_check,
)
