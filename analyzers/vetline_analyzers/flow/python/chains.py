"""Python's expressions that begin with an expression, lowered: calls, members, items, operators.

Each is given its children and the lowered first of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.lowering import TRIPLE, logic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

SKIPPED = frozenset({"comment", "line_continuation", "type_parameter", "keyword_separator"}) | {
    "positional_separator",
    "type_alias_statement",
}


def _attribute(low: Lowering, node: Node, children: list[Node], base: ir.Expr) -> ir.Expr:
    last = children[-1]
    for child in children[1:-1]:
        if child.is_named:
            low.set_aside(child)
    if last.type != "identifier":
        return low.other(node, (base,))
    return ir.Attr(node.start_byte - low.base, node.end_byte - low.base, base, low.read(last))


def _subscript(low: Lowering, node: Node, children: list[Node], base: ir.Expr) -> ir.Expr:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    keys = low.told(children[1:])
    several = any(child.type == "," for child in children)
    if len(keys) == 1 and not several:
        if keys[0].type == "slice":
            return ir.Slice(start, end, base, *_bounds(low, keys[0]))
        return ir.Item(start, end, base, low.expression(keys[0]))
    if not keys:
        return low.other(node, (base,))
    inside = (keys[0].start_byte - low.base, keys[-1].end_byte - low.base)
    key = ir.Display(*inside, "tuple", low.expressions(keys))
    return ir.Item(start, end, base, key)


def _bounds(low: Lowering, node: Node) -> list[ir.Expr | None]:
    bounds: list[ir.Expr | None] = [None, None, None]
    at = 0
    for child in node.children:
        if child.type == ":":
            at = min(at + 1, 2)
        elif bounds[at] is None and child.type != "ERROR" and child.type not in SKIPPED:
            bounds[at] = low.expression(child)
        else:
            low.set_aside(child)
    return bounds


def _call(low: Lowering, node: Node, children: list[Node], function: ir.Expr) -> ir.Expr:
    arguments: tuple[ir.Expr, ...] = ()
    keywords: tuple[tuple[str, ir.Expr], ...] = ()
    for child in children[1:]:
        if child.type == "argument_list":
            arguments, keywords = given(low, child.named_children)
        elif child.type == "ERROR":
            low.set_aside(child)
        elif child.type not in SKIPPED:  # a generator without brackets of its own
            arguments = (low.expression(child),)
    return ir.Call(
        node.start_byte - low.base,
        node.end_byte - low.base,
        function,
        arguments,
        keywords,
        new=False,
    )


def given(
    low: Lowering, nodes: Iterable[Node]
) -> tuple[tuple[ir.Expr, ...], tuple[tuple[str, ir.Expr], ...]]:
    """What a call is given: by place, by name."""
    arguments: list[ir.Expr] = []
    keywords: list[tuple[str, ir.Expr]] = []
    for node in nodes:
        kind = node.type
        if kind == "keyword_argument":
            parts = low.told(node.children)
            name = low.read(parts[0]) if len(parts) > 1 else ""
            keywords += [(name, low.expression(part)) for part in parts[1:] or parts]
        elif kind == "dictionary_splat":
            keywords += [("", value) for value in low.expressions(node.named_children)]
        elif kind not in SKIPPED:
            arguments.append(low.expression(node))
    return tuple(arguments), tuple(keywords)


def _binary(low: Lowering, node: Node, children: list[Node], left: ir.Expr) -> ir.Expr:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    if len(children) == TRIPLE:
        return ir.Binary(start, end, children[1].type, left, low.expression(children[2]))
    op = next((child.type for child in children if not child.is_named), "")
    rest = low.told(children[1:])
    if len(rest) != 1 or not op:
        return low.other(node, (left, *low.expressions(rest)))
    return ir.Binary(start, end, op, left, low.expression(rest[0]))


def _boolean(low: Lowering, node: Node, children: list[Node], left: ir.Expr) -> ir.Expr:
    op = next((child.type for child in children if not child.is_named), "or")
    rest = low.told(children[1:])
    if len(rest) != 1:
        return low.other(node, (left, *low.expressions(rest)))
    right = low.expression(rest[0])
    return logic(node.start_byte - low.base, node.end_byte - low.base, op, left, right)


CHAINS: Mapping[str, Callable[[Lowering, Node, list[Node], ir.Expr], ir.Expr]] = {
    "attribute": _attribute,
    "subscript": _subscript,
    "call": _call,
    "binary_operator": _binary,
    "boolean_operator": _boolean,
}
