"""JavaScript's other expressions, lowered: displays, assignments, choices, elements of JSX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.javascript import literals
from vetline_analyzers.flow.javascript.chains import given, operator
from vetline_analyzers.flow.javascript.functions import class_value, function, method
from vetline_analyzers.flow.javascript.jsx import element, spread_or_value
from vetline_analyzers.flow.javascript.targets import key, target
from vetline_analyzers.flow.lowering import PAIR, choice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

_WRAPPERS = frozenset({"parenthesized_expression", "await_expression"})


def operand(low: Lowering, node: Node) -> ir.Expr:
    """What stands in brackets, is awaited or asserted."""
    inner = node
    while True:
        parts = low.told(inner.children)
        if len(parts) != 1:
            return low.other(node, low.expressions(parts))
        inner = parts[0]
        if inner.type not in _WRAPPERS:
            return low.expression(inner)


def _parts(low: Lowering, node: Node) -> ir.Expr:
    return low.other(node, low.expressions(low.told(node.children)))


def _pattern(low: Lowering, node: Node) -> ir.Expr:
    return target(low, node, low.stray)


def _new(low: Lowering, node: Node) -> ir.Expr:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    made = node.child_by_field_name("constructor")
    rest = [child for child in node.children if child != made and child.is_named]
    called = low.expression(made) if made is not None else low.other(node, ())
    return ir.Call(start, end, called, given(low, rest), (), new=True)


def _array(low: Lowering, node: Node) -> ir.Expr:
    items = low.expressions(node.named_children)
    return ir.Display(node.start_byte - low.base, node.end_byte - low.base, "list", items)


def _object(low: Lowering, node: Node) -> ir.Expr:
    pairs: list[tuple[ir.Expr | None, ir.Expr]] = []
    for child in low.told(node.children):
        kind = child.type
        if kind == "pair" and len(parts := low.told(child.children)) == PAIR:
            pairs.append((key(low, parts[0]), low.expression(parts[1])))
        elif kind == "shorthand_property_identifier":
            pairs.append((key(low, child), literals.name(low, child)))
        elif kind == "spread_element":
            pairs += [(None, value) for value in low.expressions(low.told(child.children))]
        elif kind == "method_definition":
            named = child.child_by_field_name("name")
            name = low.other(child, ()) if named is None else key(low, named)
            pairs.append((name, method(low, child, (), "")))
        else:
            low.set_aside(child)
    return ir.Table(node.start_byte - low.base, node.end_byte - low.base, tuple(pairs))


def _spread(low: Lowering, node: Node) -> ir.Expr:
    values = low.expressions(low.told(node.children))
    if len(values) != 1:
        return low.other(node, values)
    return ir.Star(node.start_byte - low.base, node.end_byte - low.base, values[0])


def _unary(low: Lowering, node: Node) -> ir.Expr:
    values = low.expressions(low.told(node.children))
    op = next((child.type for child in node.children if not child.is_named), "")
    if len(values) != 1 or not op:
        return low.other(node, values)
    start, end = node.start_byte - low.base, node.end_byte - low.base
    if op == "!":
        return ir.Not(start, end, values[0])
    return ir.Unary(start, end, op, values[0])


def _update(low: Lowering, node: Node) -> ir.Expr:
    values = low.expressions(low.told(node.children))
    op = next((child.type[:1] for child in node.children if child.type in {"++", "--"}), "")
    if len(values) != 1 or not op:
        return low.other(node, values)
    start, end = node.start_byte - low.base, node.end_byte - low.base
    return ir.Store(start, end, values[0], ir.Const(start, end, 1), op)


def _ternary(low: Lowering, node: Node) -> ir.Expr:
    return choice(low, node, test=0, then=1)


def _assignment(low: Lowering, node: Node) -> ir.Expr:
    """A chain of them is built from its end; what defaults in a pattern assign is set aside."""
    levels = []
    value: ir.Expr | None = None
    while value is None:
        parts = low.told(node.children)
        if len(parts) != PAIR:
            value = low.other(node, low.expressions(parts))
            break
        levels.append((node, target(low, parts[0], low.stray)))
        node = parts[1]
        if node.type != "assignment_expression":
            value = low.expression(node)
    for level, left in reversed(levels):
        start, end = level.start_byte - low.base, level.end_byte - low.base
        value = ir.Store(start, end, left, value, "")
    return value


def _augmented(low: Lowering, node: Node) -> ir.Expr:
    values = low.expressions(low.told(node.children))
    op = node.child_by_field_name("operator")
    if len(values) != PAIR or op is None:
        return low.other(node, values)
    start, end = node.start_byte - low.base, node.end_byte - low.base
    target, value = values
    return ir.Store(start, end, target, value, operator(op.type))


def _meta(low: Lowering, node: Node) -> ir.Expr:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    base, _, name = low.read(node).partition(".")
    return ir.Attr(start, end, ir.Name(start, start + len(base), base), name.strip())


EXPRESSIONS: Mapping[str, Callable[[Lowering, Node], ir.Expr]] = {
    "this": literals.name,
    "super": literals.name,
    "import": literals.name,
    "property_identifier": literals.name,
    "private_property_identifier": literals.name,
    "shorthand_property_identifier": literals.name,
    "shorthand_property_identifier_pattern": literals.name,
    "true": literals.constant(value=True),
    "false": literals.constant(value=False),
    "null": literals.constant(None),
    "undefined": literals.constant(None),
    "number": literals.number,
    "string": literals.string,
    "string_fragment": literals.plain,
    "template_string": literals.template,
    "regex": literals.regex,
    "jsx_text": literals.plain,
    "html_character_reference": literals.plain,
    "meta_property": _meta,
    "parenthesized_expression": operand,
    "await_expression": operand,
    "decorator": operand,
    "computed_property_name": operand,
    "template_substitution": operand,
    "type_assertion": operand,
    "yield_expression": _unary,
    "new_expression": _new,
    "array": _array,
    "object": _object,
    "spread_element": _spread,
    "unary_expression": _unary,
    "update_expression": _update,
    "ternary_expression": _ternary,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _augmented,
    "object_pattern": _pattern,
    "array_pattern": _pattern,
    "assignment_pattern": _pattern,
    "object_assignment_pattern": _pattern,
    "rest_pattern": _pattern,
    "function_expression": function,
    "function": function,
    "generator_function": function,
    "arrow_function": function,
    "class": class_value,
    "jsx_element": element,
    "jsx_self_closing_element": element,
    "jsx_fragment": element,
    "jsx_expression": spread_or_value,
}
