"""What JavaScript assigns to, and what its functions take.

A default in a pattern is an assignment of its own, `target ??= default`, done after the pattern was unpacked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.javascript.literals import plain
from vetline_analyzers.flow.lowering import LEVELS, PAIR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

_DEFAULTED = frozenset({"assignment_pattern", "object_assignment_pattern"})
_PATTERNS = frozenset({"object_pattern", "array_pattern", "rest_pattern"}) | _DEFAULTED
_PLAIN = frozenset(
    {"property_identifier", "private_property_identifier", "shorthand_property_identifier"}
    | {"shorthand_property_identifier_pattern", "identifier"}
)


def target(low: Lowering, node: Node, later: list[ir.Stmt]) -> ir.Expr:
    """What is assigned to; adds to `later` what its defaults assign."""
    kind = node.type
    if kind == "shorthand_property_identifier_pattern":
        return ir.Name(node.start_byte - low.base, node.end_byte - low.base, low.read(node))
    if kind not in _PATTERNS:
        return low.expression(node)
    if low.depth >= LEVELS:
        return low.cut(node)
    low.depth += 1
    start, end = node.start_byte - low.base, node.end_byte - low.base
    if kind == "object_pattern":
        found: ir.Expr = ir.Table(start, end, tuple(_pairs(low, node, later)))
    elif kind == "array_pattern":
        found = ir.Display(start, end, "list", tuple(_items(low, node, later)))
    elif kind in _DEFAULTED:
        found = _defaulted(low, node, later)
    else:
        inner = [target(low, child, later) for child in low.told(node.children)]
        found = ir.Star(start, end, inner[0]) if len(inner) == 1 else low.other(node, tuple(inner))
    low.depth -= 1
    return found


def _defaulted(low: Lowering, node: Node, later: list[ir.Stmt]) -> ir.Expr:
    parts = low.told(node.children)
    if len(parts) != PAIR:
        return low.other(node, low.expressions(parts))
    left, right = target(low, parts[0], later), low.expression(parts[1])
    later.append(ir.Assign(left.start, right.end, (left,), right, "??"))
    return left


def _pairs(
    low: Lowering, node: Node, later: list[ir.Stmt]
) -> Iterable[tuple[ir.Expr | None, ir.Expr]]:
    for child in low.told(node.children):
        parts = low.told(child.children)
        if child.type == "pair_pattern" and len(parts) == PAIR:
            yield key(low, parts[0]), target(low, parts[1], later)
        elif child.type == "rest_pattern":
            for part in parts:
                yield None, target(low, part, later)
        else:
            inner = target(low, child, later)
            name = inner.id if isinstance(inner, ir.Name) else None
            yield ir.Const(inner.start, inner.end, name), inner


def _items(low: Lowering, node: Node, later: list[ir.Stmt]) -> Iterable[ir.Expr]:
    """The items of a list; an Other stands for what is left out."""
    filled = True  # the bracket before the first
    for child in node.children:
        if child.type == ",":
            if not filled:
                yield low.other(child, ())
            filled = False
        elif child.type == "[":
            filled = False
        elif child.is_named and child.type not in low.grammar.skipped:
            filled = True
            yield target(low, child, later)


def key(low: Lowering, node: Node) -> ir.Expr:
    """The name of a property: a constant, or what is computed."""
    if node.type in _PLAIN:
        return plain(low, node)
    if node.type == "computed_property_name":
        values = low.expressions(low.told(node.children))
        return values[0] if len(values) == 1 else low.other(node, values)
    return low.expression(node)


def parameters(low: Lowering, node: Node, body: list[ir.Stmt]) -> tuple[ir.Parameter, ...]:
    """What a function takes; adds to its body what the patterns' defaults assign, and `this.name = name`."""
    if node.type != "formal_parameters":
        return (_parameter(low, node, node, body),)
    found = []
    for child in low.told(node.children):
        if child.type in {"required_parameter", "optional_parameter"}:
            inner = child.child_by_field_name("pattern") or child.child_by_field_name("name")
            if inner is not None and inner.type == "this":
                continue
            found.append(_parameter(low, child, inner, body))
        else:
            found.append(_parameter(low, child, child, body))
    return tuple(found)


def _parameter(low: Lowering, node: Node, inner: Node | None, body: list[ir.Stmt]) -> ir.Parameter:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    one = ir.Parameter(start, end, "", "", "", None, None, keyword=False)
    if node != inner:
        _typed(low, node, inner, one)
    if inner is not None and inner.type == "rest_pattern":
        one.kind = "*"
        inner = next(iter(inner.named_children), None)
    elif inner is not None and inner.type == "assignment_pattern":
        parts = low.told(inner.children)
        if len(parts) == PAIR:
            inner, one.default = parts[0], low.expression(parts[1])
    if inner is not None and inner.type == "identifier":
        one.name = low.read(inner)
    elif inner is not None:
        one.pattern = target(low, inner, body)
    if one.name and any(child.type in _PROPERTY for child in node.children):
        this = ir.Attr(start, end, ir.Name(start, start, "this"), one.name)
        body.append(ir.Assign(start, end, (this,), ir.Name(start, end, one.name), ""))
    return one


_PROPERTY = frozenset({"accessibility_modifier", "readonly", "override_modifier"})


def _typed(low: Lowering, node: Node, inner: Node | None, one: ir.Parameter) -> None:
    """Type, default and decorators of a parameter of TypeScript."""
    decorators = []
    for child in node.children:
        if child == inner or child.type in {"accessibility_modifier", "override_modifier"}:
            continue
        if child.type == "type_annotation":
            one.annotation = annotation(low, child)
        elif child.type == "decorator":
            decorators.append(low.expression(child))
        elif child.type == "ERROR":
            low.set_aside(child)
        elif child.is_named and child.type not in low.grammar.skipped:
            one.default = low.expression(child)
    one.decorators = tuple(decorators)


def annotation(low: Lowering, node: Node) -> str:
    """A type as written."""
    return low.read(node).removeprefix(":").strip()
