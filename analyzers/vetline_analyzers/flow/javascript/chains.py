"""JavaScript's expressions that begin with an expression, lowered: calls, members, operators, assertions.

Each is given its children and the lowered first of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.javascript.literals import substituted
from vetline_analyzers.flow.lowering import TRIPLE, logic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

SKIPPED = frozenset(
    {"comment", "html_comment", "hash_bang_line", "optional_chain", "empty_statement"}
    | {"accessibility_modifier", "override_modifier", "implements_clause", "ambient_declaration"}
    | {"interface_declaration", "type_alias_declaration"}
    | {"index_signature", "property_signature"}
    | {"type_annotation", "omitting_type_annotation", "adding_type_annotation", "type_arguments"}
    | {"opting_type_annotation", "asserts_annotation", "type_predicate_annotation"}
    | {"type_parameters", "type_parameter", "type_identifier", "nested_type_identifier"}
    | {"predefined_type", "generic_type", "array_type", "tuple_type", "union_type"}
    | {"intersection_type", "function_type", "constructor_type", "object_type", "literal_type"}
    | {"readonly_type", "conditional_type", "lookup_type", "type_query", "index_type_query"}
    | {"template_literal_type", "parenthesized_type", "infer_type", "type_predicate", "this_type"}
    | {"existential_type", "flow_maybe_type", "interface_body", "call_signature", "asserts"}
    | {"construct_signature", "default_type", "constraint", "extends_type_clause", "rest_type"}
    | {"optional_type", "statement_identifier", "jsx_closing_element", "export_clause"}
    | {"namespace_export", "import_attribute"}
)
_LOGIC = {"&&": "and", "||": "or", "??": "??"}
_COMPARE = {"===": "==", "!==": "!=", "instanceof": "is", "in": "in"} | {
    op: op for op in ("==", "!=", "<", "<=", ">", ">=")
}


def operator(text: str) -> str:
    """The operator of an augmented assignment as the machine knows it: "or" for `||=`."""
    op = text.removesuffix("=")
    return _LOGIC.get(op, op.replace(">>>", ">>"))


def _member(low: Lowering, node: Node, children: list[Node], base: ir.Expr) -> ir.Expr:
    last = children[-1]
    for child in children[1:-1]:
        if child.is_named:
            low.set_aside(child)
    if not last.is_named or last.type == "ERROR":
        low.set_aside(last)
        return low.other(node, (base,))
    return ir.Attr(node.start_byte - low.base, node.end_byte - low.base, base, low.read(last))


def _subscript(low: Lowering, node: Node, children: list[Node], base: ir.Expr) -> ir.Expr:
    keys = low.expressions(low.told(children[1:]))
    if len(keys) != 1:
        return low.other(node, (base, *keys))
    return ir.Item(node.start_byte - low.base, node.end_byte - low.base, base, keys[0])


def _call(low: Lowering, node: Node, children: list[Node], function: ir.Expr) -> ir.Expr:
    arguments = given(low, children[1:])
    start, end = node.start_byte - low.base, node.end_byte - low.base
    return ir.Call(start, end, function, arguments, (), new=False)


def given(low: Lowering, nodes: list[Node]) -> tuple[ir.Expr, ...]:
    """What a call is given; of a tagged template what is put into it."""
    arguments: tuple[ir.Expr, ...] = ()
    for node in nodes:
        kind = node.type
        if kind == "arguments":
            arguments = low.expressions(node.named_children)
        elif kind == "template_string":
            parts = (child for child in node.named_children if child.type not in _FRAGMENTS)
            arguments = low.expressions(one for part in parts for one in substituted(part))
        elif node.is_named:
            low.set_aside(node)
    return arguments


_FRAGMENTS = frozenset({"string_fragment", "escape_sequence"})


def _binary(low: Lowering, node: Node, children: list[Node], left: ir.Expr) -> ir.Expr:
    op = next((child.type for child in children[1:] if not child.is_named), "")
    rest = children[2:] if len(children) == TRIPLE else low.told(children[1:])
    values = low.expressions(rest)
    if len(values) != 1 or not op:
        return low.other(node, (left, *values))
    start, end = node.start_byte - low.base, node.end_byte - low.base
    if op in _LOGIC:
        return logic(start, end, _LOGIC[op], left, values[0])
    if op in _COMPARE:
        return ir.Compare(start, end, _COMPARE[op], left, values[0])
    return ir.Binary(start, end, op.replace(">>>", ">>"), left, values[0])


def _sequence(low: Lowering, node: Node, children: list[Node], first: ir.Expr) -> ir.Expr:
    """Its parts in order; what a nested one begins with is kept as a part."""
    return low.other(node, (first, *low.expressions(low.told(children[1:]))))


def _asserted(low: Lowering, _node: Node, children: list[Node], value: ir.Expr) -> ir.Expr:
    """`value as Type`, `value!`: the value."""
    for child in children[1:]:
        if child.type == "ERROR":
            low.set_aside(child)
    return value


CHAINS: Mapping[str, Callable[[Lowering, Node, list[Node], ir.Expr], ir.Expr]] = {
    "member_expression": _member,
    "nested_identifier": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "binary_expression": _binary,
    "sequence_expression": _sequence,
    "as_expression": _asserted,
    "satisfies_expression": _asserted,
    "non_null_expression": _asserted,
    "instantiation_expression": _asserted,
}
