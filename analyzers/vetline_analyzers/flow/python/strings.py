"""Python's strings and numbers: escapes resolved, interpolations told from text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.lowering import text

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

_ESCAPE = re.compile(
    r"\\(?:(?P<code>[0-7]{1,3})|x(?P<byte>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})"
    r"|U(?P<long>[0-9a-fA-F]{8})|(?P<named>N\{[^}]*\})|(?P<one>\r\n|.))",
    re.DOTALL,
)
_ONE = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "\n": "",
    "\r\n": "",
    "\r": "",
}
_SHOWN = {"!r": "repr", "!a": "ascii"}  # these change the text, `!s` does not
_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_DIGITS = 4000  # of a decimal number: Python itself reads no more than 4,300


def string(low: Lowering, node: Node) -> ir.Expr:
    """A string literal of any kind."""
    start, end = node.start_byte - low.base, node.end_byte - low.base
    parts, binary = _parts(low, node)
    return _joined(start, end, parts, binary=binary)


def concatenated(low: Lowering, node: Node) -> ir.Expr:
    """Literals next to each other."""
    parts: list[str | ir.Expr] = []
    binary = True
    for child in node.named_children:
        if child.type == "string":
            more, is_bytes = _parts(low, child)
            parts += more
            binary = binary and is_bytes
        else:
            low.set_aside(child)
    return _joined(node.start_byte - low.base, node.end_byte - low.base, parts, binary=binary)


def _joined(start: int, end: int, parts: list[str | ir.Expr], *, binary: bool) -> ir.Expr:
    value = text(start, end, parts)
    if binary and isinstance(value, ir.Const) and isinstance(value.value, str):
        value.value = value.value.encode("latin-1", "replace")
    return value


def _parts(low: Lowering, node: Node) -> tuple[list[str | ir.Expr], bool]:
    """The parts of one literal, and whether it is of bytes."""
    parts: list[str | ir.Expr] = []
    raw = binary = formatted = False
    for child in node.children:
        kind = child.type
        if kind == "string_content":
            literal = low.read(child)
            if formatted and ("{{" in literal or "}}" in literal):
                literal = literal.replace("{{", "{").replace("}}", "}")
            if not raw and "\\" in literal:
                literal = _ESCAPE.sub(_resolved, literal)
            parts.append(literal)
        elif kind == "string_start":
            prefix = low.read(child).lower()
            raw, binary = "r" in prefix, "b" in prefix
            formatted = "f" in prefix or "t" in prefix
        elif kind == "interpolation":
            parts += _interpolation(low, child)
        elif kind != "string_end" and child.is_named:
            low.set_aside(child)
    return parts, binary


def _resolved(found: re.Match[str]) -> str:
    kind, escape = found.lastgroup, found[found.lastgroup or 0]
    if kind == "one":
        return _ONE.get(escape, found[0])
    if kind == "named":
        return "?"
    code = int(escape, 8 if kind == "code" else 16)
    return chr(code) if code <= _LAST and code not in _SURROGATES else "?"


def _interpolation(low: Lowering, node: Node) -> list[str | ir.Expr]:
    """`{value=!r:format}`: the value as it is shown, then what its format is made of."""
    parts: list[str | ir.Expr] = []
    values: list[ir.Expr] = []
    for child in node.children:
        kind = child.type
        if kind == "=" and values:
            shown = low.data[node.start_byte + 1 : child.end_byte]
            parts.append(shown.decode("utf-8", "replace"))
        elif kind == "type_conversion":
            values = [_shown(low, child, value) for value in values]
        elif kind == "format_specifier":
            values += low.expressions(
                one
                for part in child.named_children
                if part.type == "format_expression"
                for one in part.named_children
            )
        elif child.is_named and kind not in low.grammar.skipped:
            values.append(low.expression(child))
    return parts + values


def _shown(low: Lowering, node: Node, value: ir.Expr) -> ir.Expr:
    name = _SHOWN.get(low.read(node))
    if name is None:
        return value
    start, end = value.start, value.end
    return ir.Call(start, end, ir.Name(start, end, name), (value,), (), new=False)


def integer(low: Lowering, node: Node) -> ir.Expr:
    """A whole number, also as Python 2 wrote it; an imaginary one is an Other."""
    written = low.read(node).replace("_", "").rstrip("lL")
    if len(written) > _DIGITS:
        return low.other(node, ())
    try:
        value = int(written, 8 if written.startswith("0") and written.isdigit() else 0)
    except ValueError:
        return low.other(node, ())
    return ir.Const(node.start_byte - low.base, node.end_byte - low.base, value)


def real(low: Lowering, node: Node) -> ir.Expr:
    """A number with a fraction or an exponent; an imaginary one is an Other."""
    try:
        value = float(low.read(node))
    except ValueError:
        return low.other(node, ())
    return ir.Const(node.start_byte - low.base, node.end_byte - low.base, value)
