"""Python's `match`, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.lowering import LEVELS

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

_STRUCTURES = frozenset(
    {"list_pattern", "tuple_pattern", "dict_pattern", "class_pattern", "splat_pattern"}
    | {"as_pattern", "keyword_pattern", "case_pattern"}
)
_NAMED = frozenset({"class_pattern", "keyword_pattern"})  # their first child is no pattern


def match(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """`match`: several subjects are a tuple."""
    subjects: list[Node] = []
    cases = []
    for child in low.told(node.children):
        if child.type != "block":
            subjects.append(child)
            continue
        for clause in child.named_children:
            if clause.type == "case_clause":
                cases.append(_case(low, clause))
            else:
                low.set_aside(clause)
    values = low.expressions(subjects)
    if len(values) == 1:
        subject = values[0]
    else:
        first = node.start_byte - low.base
        place = (values[0].start, values[-1].end) if values else (first, first)
        subject = ir.Display(*place, "tuple", values)
    start, end = node.start_byte - low.base, node.end_byte - low.base
    found.append(ir.Match(start, end, subject, tuple(cases), falls=False))


def _case(
    low: Lowering, node: Node
) -> tuple[tuple[ir.Expr, ...], ir.Expr | None, tuple[ir.Stmt, ...]]:
    patterns: list[Node] = []
    guard: ir.Expr | None = None
    body: tuple[ir.Stmt, ...] = ()
    several = False
    for child in node.children:
        kind = child.type
        if kind == "case_pattern":
            patterns.append(child)
        elif kind == "if_clause":
            guard = low.expression(low.told(child.children)[0]) if child.named_children else None
        elif kind == "block":
            body += low.body(child.named_children)
        elif kind == "ERROR":
            body += low.broken(child.children)
        elif kind == ",":
            several = True
    if several or len(patterns) > 1:
        inside = tuple(one for part in patterns for one in _alternatives(low, part))
        return (low.other(node, inside),), guard, body
    return tuple(one for part in patterns for one in _alternatives(low, part)), guard, body


def _alternatives(low: Lowering, node: Node) -> tuple[ir.Expr, ...]:
    """What a pattern compares with or binds; nothing for `_`."""
    while node.type == "case_pattern" and node.child_count == 1:
        node = node.children[0]
    if node.type == "_":
        return ()
    if node.type in {"case_pattern", "union_pattern"} and not _bracketed(node):
        return _listed(low, node.children)
    if node.type in _STRUCTURES:
        return _structure(low, node)
    return (low.expression(node),)


def _bracketed(node: Node) -> bool:
    return any(child.type in {"as", "("} for child in node.children)


def _listed(low: Lowering, nodes: list[Node]) -> tuple[ir.Expr, ...]:
    """`1 | -2 | name`: the sign of a number stands before it."""
    found: list[ir.Expr] = []
    sign: Node | None = None
    for node in nodes:
        if node.type == "-":
            sign = node
        elif node.is_named and sign is not None:
            value = low.expression(node)
            found.append(ir.Unary(sign.start_byte - low.base, value.end, "-", value))
            sign = None
        elif node.is_named and node.type != "comment":
            found += _inner(low, node)
    return tuple(found)


def _structure(low: Lowering, node: Node) -> tuple[ir.Expr, ...]:
    children = node.named_children
    if node.type in _NAMED:
        children = children[1:]
    if node.type == "tuple_pattern" and len(children) == 1 and node.children[-2] == children[0]:
        return _alternatives(low, children[0])  # brackets only
    keys = set(node.children_by_field_name("key")) if node.type == "dict_pattern" else set()
    return (low.other(node, _listed(low, [child for child in children if child not in keys])),)


def _inner(low: Lowering, node: Node) -> tuple[ir.Expr, ...]:
    if low.depth >= LEVELS:
        return (low.cut(node),)
    low.depth += 1
    found = _alternatives(low, node)
    low.depth -= 1
    return found
