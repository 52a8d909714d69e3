"""JSX, lowered: an element is a call of what it names, with its attributes by name and its children by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.javascript import literals

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

_NAMED = frozenset({"identifier", "member_expression", "nested_identifier", "jsx_namespace_name"})


def element(low: Lowering, node: Node) -> ir.Expr:
    """An element; one without a name is an Other of its children."""
    opening = node if node.type == "jsx_self_closing_element" else None
    children: list[ir.Expr] = []
    for child in node.children if opening is None else ():
        if child.type == "jsx_opening_element":
            opening = child
        elif child.type == "jsx_text":
            if low.read(child).strip():
                children.append(literals.plain(low, child))
        elif child.is_named and (child.type != "jsx_expression" or low.told(child.children)):
            children += low.expressions((child,))
    function, keywords = _opened(low, opening) if opening is not None else (None, ())
    start, end = node.start_byte - low.base, node.end_byte - low.base
    if function is None:
        return low.other(node, (*children, *(value for _, value in keywords)))
    return ir.Call(start, end, function, tuple(children), keywords, new=False)


def _opened(low: Lowering, node: Node) -> tuple[ir.Expr | None, tuple[tuple[str, ir.Expr], ...]]:
    function: ir.Expr | None = None
    keywords: list[tuple[str, ir.Expr]] = []
    for child in low.told(node.children):
        if child.type == "jsx_attribute":
            keywords.append(_attribute(low, child))
        elif function is None and child.type in _NAMED and not keywords:
            named = child.type != "jsx_namespace_name"
            function = low.expression(child) if named else literals.name(low, child)
        else:
            value = low.expression(child)
            keywords.append(("", value.value if isinstance(value, ir.Star) else value))
    return function, tuple(keywords)


def _attribute(low: Lowering, node: Node) -> tuple[str, ir.Expr]:
    parts = low.told(node.children)
    name = low.read(parts[0]) if parts else ""
    values = low.expressions(parts[1:])
    if not values:
        return name, ir.Const(node.start_byte - low.base, node.end_byte - low.base, value=True)
    return name, values[0] if len(values) == 1 else low.other(node, values)


def spread_or_value(low: Lowering, node: Node) -> ir.Expr:
    """`{value}` or `{...value}` in an element."""
    values = low.expressions(low.told(node.children))
    return values[0] if len(values) == 1 else low.other(node, values)
