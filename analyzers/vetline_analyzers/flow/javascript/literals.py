"""JavaScript's literals: strings with their escapes resolved, templates, numbers, patterns of text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.lowering import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

_ESCAPE = re.compile(
    r"\\(?:x(?P<byte>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})|u\{(?P<long>[0-9a-fA-F]{1,8})\}"
    r"|(?P<one>\r\n|.))",
    re.DOTALL,
)
_ONE = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "\0",
} | dict.fromkeys(("\n", "\r", "\r\n", "\u2028", "\u2029"), "")
_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_DIGITS = 4000  # of a decimal number: Python itself reads no more than 4,300


def constant(value: object) -> Callable[[Lowering, Node], ir.Expr]:
    """Lowers a node that always means the same."""

    def lowered(low: Lowering, node: Node) -> ir.Expr:
        return ir.Const(node.start_byte - low.base, node.end_byte - low.base, value)

    return lowered


def name(low: Lowering, node: Node) -> ir.Expr:
    """A name, by whatever word."""
    return ir.Name(node.start_byte - low.base, node.end_byte - low.base, low.read(node))


def plain(low: Lowering, node: Node) -> ir.Expr:
    """The text itself: of a property, in an element."""
    return ir.Const(node.start_byte - low.base, node.end_byte - low.base, low.read(node))


def string(low: Lowering, node: Node) -> ir.Expr:
    """A string in quotes."""
    value = low.read(node)[1:-1]
    if "\\" in value:
        value = _ESCAPE.sub(_resolved, value)
    return ir.Const(node.start_byte - low.base, node.end_byte - low.base, value)


def _resolved(found: re.Match[str]) -> str:
    kind, escape = found.lastgroup, found[found.lastgroup or 0]
    if kind == "one":
        return _ONE.get(escape, escape)
    code = int(escape, 16)
    return chr(code) if code <= _LAST and code not in _SURROGATES else "?"


def template(low: Lowering, node: Node) -> ir.Expr:
    """A template literal; one without substitutions is a constant."""
    start, end = node.start_byte - low.base, node.end_byte - low.base
    parts: list[str | ir.Expr] = []
    for child in node.named_children:
        kind = child.type
        if kind == "string_fragment":
            parts.append(low.read(child))
        elif kind == "escape_sequence":
            parts.append(_ESCAPE.sub(_resolved, low.read(child)))
        else:
            parts += low.expressions(substituted(child))
    return text(start, end, parts)


def substituted(node: Node) -> list[Node]:
    """What stands in `${…}`; anything else is itself."""
    return node.named_children if node.type == "template_substitution" else [node]


def number(low: Lowering, node: Node) -> ir.Expr:
    """A number of any kind; one too long is an Other."""
    written = low.read(node).replace("_", "")
    whole = written.removesuffix("n")
    try:
        if len(written) > _DIGITS:
            return low.other(node, ())
        if whole[:1] == "0" and whole.isdigit():
            value: float = int(whole, 8 if set(whole) <= set("01234567") else 10)
        elif whole.isdigit() or whole[:2].lower() in {"0x", "0o", "0b"}:
            value = int(whole, 0)
        else:
            value = float(written)
    except ValueError:
        return low.other(node, ())
    return ir.Const(node.start_byte - low.base, node.end_byte - low.base, value)


def regex(low: Lowering, node: Node) -> ir.Expr:
    """`/pattern/flags` is `new RegExp("pattern", "flags")`."""
    start, end = node.start_byte - low.base, node.end_byte - low.base
    parts = tuple(plain(low, child) for child in node.named_children if child.type != "ERROR")
    return ir.Call(start, end, ir.Name(start, end, "RegExp"), parts, (), new=True)
