"""JavaScript's statements, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.javascript import loops
from vetline_analyzers.flow.javascript.functions import (
    define_class,
    define_field,
    define_method,
    members,
    named_class,
)
from vetline_analyzers.flow.javascript.targets import key, target
from vetline_analyzers.flow.lowering import PAIR
from vetline_analyzers.syntax.javascript import DIALECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

# -- expressions as statements, declarations


def _expression(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    for child in low.told(node.children):
        low.statement(child, found)


def _bracketed(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """`({a} = b);`: what stands inside, if it alone does."""
    inner = node
    while inner.type == "parenthesized_expression" and inner.named_child_count == 1:
        inner = inner.named_children[0]
    if inner.type in _EFFECTS:
        STATEMENTS[inner.type](low, inner, found)
    else:
        value = low.expression(inner)
        found.append(ir.Do(value.start, value.end, value))


def _sequence(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """`a, b`: one after the other. In some versions of the grammar the rest is nested."""
    rest = [node]
    while rest:
        parts = low.told(rest.pop().children)
        for part in parts:
            if part.type == "sequence_expression" and part == parts[-1]:
                rest.append(part)
            else:
                low.statement(part, found)


def _assignment(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """`a = b = value`, all targets of one statement."""
    start, end = node.start_byte - low.base, node.end_byte - low.base
    targets: list[ir.Expr] = []
    later: list[ir.Stmt] = []
    value: ir.Expr | None = None
    while value is None:
        parts = low.told(node.children)
        if len(parts) != PAIR:
            value = low.other(node, low.expressions(parts))
            break
        targets.append(target(low, parts[0], later))
        node = parts[1]
        if node.type != "assignment_expression":
            value = _given(low, parts[0], node)
    found.append(ir.Assign(start, end, tuple(targets), value, ""))
    found += later


def _given(low: Lowering, left: Node, right: Node) -> ir.Expr:
    """The value of an assignment; a class without a name has that of the target."""
    if right.type == "class":
        return named_class(low, right, low.read(left) if left.type == "identifier" else "")
    return low.expression(right)


def _augmented(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    store = low.expression(node)
    if isinstance(store, ir.Store):
        found.append(ir.Assign(store.start, store.end, (store.target,), store.value, store.op))
    else:
        found.append(ir.Do(store.start, store.end, store))


def _declaration(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    for child in low.told(node.children):
        if child.type == "variable_declarator":
            _declarator(low, child, found)
        else:
            low.set_aside(child)


def _declarator(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    later: list[ir.Stmt] = []
    parts = low.told(node.children)
    if not parts:
        return
    left = target(low, parts[0], later)
    value = _given(low, parts[0], parts[1]) if len(parts) == PAIR else None
    if len(parts) > PAIR:
        value = low.other(node, low.expressions(parts[1:]))
    found.append(ir.Assign(start, end, (left,), value, ""))
    found += later


def _enum(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """An enum is a table; a member without value is a number nobody asks for."""
    start, end = node.start_byte - low.base, node.end_byte - low.base
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    pairs: list[tuple[ir.Expr | None, ir.Expr]] = []
    for child in low.told(body.children) if body is not None else ():
        parts = low.told(child.children) if child.type == "enum_assignment" else [child]
        if parts:
            values = low.expressions(parts[1:])
            pairs.append((key(low, parts[0]), values[0] if values else low.other(child, ())))
    if name is not None:
        table = ir.Table(start, end, tuple(pairs))
        found.append(ir.Assign(start, end, (low.expression(name),), table, ""))


# -- modules


def _import(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    bindings = tuple((one.name, one.target) for one in DIALECT.bindings(node, low.read))
    found.append(ir.Import(node.start_byte - low.base, node.end_byte - low.base, bindings))


def _alias(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """`import a = b.c`."""
    parts = low.expressions(low.told(node.children))
    if len(parts) == PAIR:
        found.append(ir.Assign(parts[0].start, parts[1].end, parts[:1], parts[1], ""))


def _export(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """What is declared; `export default value` assigns to the name "default", `export = value` to `module.exports`."""
    start, end = node.start_byte - low.base, node.end_byte - low.base
    tokens = [child.type for child in node.children if not child.is_named]
    source = node.child_by_field_name("source")
    decorators: list[ir.Expr] = []
    for child in low.told(node.children):
        kind = child.type
        if kind == "decorator":
            decorators.append(low.expression(child))
        elif kind in _CLASSES:
            define_class(low, child, tuple(decorators), found)
        elif kind in STATEMENTS:
            low.statement(child, found)
        elif child != source and ("default" in tokens or "=" in tokens):
            name = ir.Name(start, start, "default" if "default" in tokens else "module")
            left = name if "default" in tokens else ir.Attr(start, start, name, "exports")
            found.append(ir.Assign(start, end, (left,), low.expression(child), ""))


_CLASSES = frozenset({"class", "class_declaration", "abstract_class_declaration"})

# -- control


def _block(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    found += low.body(node.named_children)


def _module(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    body = node.child_by_field_name("body")
    if body is not None:
        start, end = node.start_byte - low.base, node.end_byte - low.base
        found.append(ir.Suite(start, end, low.body(body.named_children)))


def _value(low: Lowering, node: Node) -> ir.Expr | None:
    values = low.expressions(low.told(node.children))
    if len(values) > 1:
        return low.other(node, values)
    return values[0] if values else None


def _return(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    value = _value(low, node)
    found.append(ir.Return(node.start_byte - low.base, node.end_byte - low.base, value))


def _throw(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    value = _value(low, node)
    found.append(ir.Raise(node.start_byte - low.base, node.end_byte - low.base, value))


def _leave(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    kind = node.type.removesuffix("_statement")
    found.append(ir.Leave(node.start_byte - low.base, node.end_byte - low.base, kind))


def _nothing(_low: Lowering, _node: Node, _found: list[ir.Stmt]) -> None:
    """`debugger`: what changes nothing."""


def _signature(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """A function without body, of which nothing is done; a broken one may hold what is."""
    if node.has_error:
        start, end = node.start_byte - low.base, node.end_byte - low.base
        found.append(ir.Suite(start, end, low.broken(node.children)))


def _labelled(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    while node.type == "labeled_statement":
        parts = low.told(node.children)
        for part in parts[:-1]:
            low.set_aside(part)
        if not parts:
            return
        node = parts[-1]
    low.statement(node, found)


_EFFECTS = frozenset(
    {"assignment_expression", "augmented_assignment_expression", "update_expression"}
    | {"sequence_expression"}
)

STATEMENTS: Mapping[str, Callable[[Lowering, Node, list[ir.Stmt]], None]] = {
    "program": _block,
    "statement_block": _block,
    "class_body": members,
    "expression_statement": _expression,
    "parenthesized_expression": _bracketed,
    "sequence_expression": _sequence,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _augmented,
    "update_expression": _augmented,
    "variable_declaration": _declaration,
    "lexical_declaration": _declaration,
    "using_declaration": _declaration,
    "variable_declarator": _declarator,
    "function_declaration": define_method,
    "generator_function_declaration": define_method,
    "method_definition": define_method,
    "field_definition": define_field,
    "public_field_definition": define_field,
    "function_signature": _signature,
    "method_signature": _signature,
    "abstract_method_signature": _signature,
    "class_static_block": _module,
    "class_declaration": lambda low, node, found: define_class(low, node, (), found),
    "abstract_class_declaration": lambda low, node, found: define_class(low, node, (), found),
    "enum_declaration": _enum,
    "internal_module": _module,
    "module": _module,
    "import_statement": _import,
    "import_alias": _alias,
    "export_statement": _export,
    "return_statement": _return,
    "throw_statement": _throw,
    "break_statement": _leave,
    "continue_statement": _leave,
    "debugger_statement": _nothing,
    "labeled_statement": _labelled,
    **loops.STATEMENTS,
}
