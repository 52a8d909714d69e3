"""Python's statements, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.lowering import PAIR
from vetline_analyzers.flow.python.chains import SKIPPED, given
from vetline_analyzers.flow.python.expressions import halves
from vetline_analyzers.flow.python.parameters import parameters
from vetline_analyzers.flow.python.patterns import match
from vetline_analyzers.syntax.python import DIALECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

# -- simple statements


def _expression(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    children = node.children
    if len(children) == 1 and (lower := STATEMENTS.get(children[0].type)) is not None:
        lower(low, children[0], found)
        return
    parts = low.told(children)
    start, end = node.start_byte - low.base, node.end_byte - low.base
    values = low.expressions(parts)
    if len(values) == 1 and len(children) == 1:
        found.append(ir.Do(start, end, values[0]))
    elif values:
        found.append(ir.Do(start, end, ir.Display(start, end, "tuple", values)))


def _assignment(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """`a = b = value`; of `a: type = value` the type is left out."""
    start, end = node.start_byte - low.base, node.end_byte - low.base
    targets: list[ir.Expr] = []
    value: ir.Expr | None = None
    while True:
        children = [child for child in node.children if child.type != "type"]
        parts = low.told(children)
        if parts:
            targets.append(low.expression(parts[0]))
        if len(parts) > 1 and parts[1].type == "assignment":
            node = parts[1]
            continue
        values = low.expressions(parts[1:])
        if values:
            value = values[0] if len(values) == 1 else low.other(node, values)
        found.append(ir.Assign(start, end, tuple(targets), value, ""))
        return


def _augmented(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    parts = low.told(node.children)
    op = next((child.type for child in node.children if not child.is_named), "=")
    values = low.expressions(parts)
    if len(values) == PAIR:
        found.append(ir.Assign(start, end, values[:1], values[1], op[:-1]))
    else:
        found.append(ir.Do(start, end, low.other(node, values)))


def _return(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    values = low.expressions(low.told(node.children))
    found.append(ir.Return(start, end, _single(low, node, values)))


def _raise(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    parts = low.told(node.children)
    for cause in parts[1:]:
        low.set_aside(cause)
    values = low.expressions(parts[:1])
    found.append(ir.Raise(start, end, values[0] if values else None))


def _single(low: Lowering, node: Node, values: tuple[ir.Expr, ...]) -> ir.Expr | None:
    if len(values) > 1:
        return low.other(node, values)
    return values[0] if values else None


def _leave(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    kind = node.type.removesuffix("_statement")
    found.append(ir.Leave(node.start_byte - low.base, node.end_byte - low.base, kind))


def _nothing(_low: Lowering, _node: Node, _found: list[ir.Stmt]) -> None:
    """`pass`, `global`: what changes nothing."""


def _delete(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    targets: list[ir.Expr] = []
    for value in low.expressions(low.told(node.children)):
        targets += value.items if isinstance(value, ir.Display) else (value,)
    start, end = node.start_byte - low.base, node.end_byte - low.base
    found.append(ir.Delete(start, end, tuple(targets)))


def _assert(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    values = low.expressions(low.told(node.children))
    if values:
        message = _single(low, node, values[1:])
        found.append(ir.If(start, end, values[0], (), (ir.Raise(start, end, message),)))


def _old_call(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """Python 2's `print` and `exec`."""
    start, end = node.start_byte - low.base, node.end_byte - low.base
    name = node.type.removesuffix("_statement")
    arguments: list[ir.Expr] = []
    keywords: list[tuple[str, ir.Expr]] = []
    for child in low.told(node.children):
        if child.type == "chevron":
            keywords.append(("file", low.expression(child)))
        else:
            arguments.append(low.expression(child))
    function = ir.Name(start, start + len(name), name)
    call = ir.Call(start, end, function, tuple(arguments), tuple(keywords), new=False)
    found.append(ir.Do(start, end, call))


def _import(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    bindings = tuple((one.name, one.target) for one in DIALECT.bindings(node, low.read))
    found.append(ir.Import(node.start_byte - low.base, node.end_byte - low.base, bindings))


# -- compound statements


def _split(low: Lowering, node: Node) -> tuple[list[Node], tuple[ir.Stmt, ...], list[Node]]:
    """What stands before the body, the body, the clauses after it."""
    head: list[Node] = []
    clauses: list[Node] = []
    body: tuple[ir.Stmt, ...] = ()
    opened = False
    for child in node.children:
        kind = child.type
        if kind == "block":
            body += low.body(child.named_children)
            opened = True
        elif kind == "ERROR" and opened:
            body += low.broken(child.children)
        elif kind == "ERROR":
            low.set_aside(child)
        elif kind == ":":
            opened = True
        elif kind.endswith("_clause") and kind != "with_clause":
            clauses.append(child)
        elif child.is_named and kind not in SKIPPED:
            head.append(child)
    return head, body, clauses


def _inside(low: Lowering, clause: Node) -> tuple[ir.Stmt, ...]:
    """The body of `else`, `finally`."""
    head, body, _ = _split(low, clause)
    for part in head:
        low.set_aside(part)
    return body


def _clauses(low: Lowering, clauses: list[Node], kind: str) -> tuple[ir.Stmt, ...]:
    return tuple(one for part in clauses if part.type == kind for one in _inside(low, part))


def _test(low: Lowering, node: Node, head: list[Node]) -> ir.Expr:
    value = _single(low, node, low.expressions(head))
    return low.other(node, ()) if value is None else value


def _if(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """A chain of `elif` is built from its end."""
    head, body, clauses = _split(low, node)
    branches = [(node, _test(low, node, head), body)]
    other: tuple[ir.Stmt, ...] = ()
    for clause in clauses:
        if clause.type == "elif_clause":
            head, body, _ = _split(low, clause)
            branches.append((clause, _test(low, clause, head), body))
        else:
            other += _inside(low, clause)
    for level, test, body in reversed(branches):
        start, end = level.start_byte - low.base, level.end_byte - low.base
        other = (ir.If(start, end, test, body, other),)
    found += other


def _for(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    head, body, clauses = _split(low, node)
    values = low.expressions(head)
    other = _clauses(low, clauses, "else_clause")
    if len(values) < PAIR:
        found.append(ir.While(start, end, low.other(node, values), body, other, first=False))
        return
    iterable = values[1] if len(values) == PAIR else low.other(node, values[1:])
    found.append(ir.For(start, end, values[0], iterable, body, other, keys=False))


def _while(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    head, body, clauses = _split(low, node)
    test = _test(low, node, head)
    other = _clauses(low, clauses, "else_clause")
    found.append(ir.While(start, end, test, body, other, first=False))


def _try(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    head, body, clauses = _split(low, node)
    for part in head:
        low.set_aside(part)
    handlers = tuple(_handler(low, part) for part in clauses if part.type == "except_clause")
    other = _clauses(low, clauses, "else_clause")
    final = _clauses(low, clauses, "finally_clause")
    found.append(ir.Try(start, end, body, handlers, other, final))


def _handler(low: Lowering, node: Node) -> tuple[ir.Expr | None, str, tuple[ir.Stmt, ...]]:
    head, body, _ = _split(low, node)
    if not head:
        return None, "", body
    if len(head) == 1:
        types, name = halves(low, head[0])
        if isinstance(name, ir.Name):
            return types, name.id, body
        if name is not None:
            body = (ir.Do(name.start, name.end, name), *body)
        return types, "", body
    values = low.expressions(head)
    last = values[-1]
    if isinstance(last, ir.Name) and last.id[:1].islower():  # Python 2: `except Error, name`
        return values[0], last.id, body
    return ir.Display(values[0].start, last.end, "tuple", values), "", body


def _with(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    items: list[tuple[ir.Expr, ir.Expr | None]] = []
    head, body, _ = _split(low, node)
    for part in head:
        for item in low.told(part.children) if part.type == "with_clause" else (part,):
            inner = low.told(item.children) if item.type == "with_item" else [item]
            items += [halves(low, one) for one in inner]
    found.append(ir.With(start, end, tuple(items), body))


# -- definitions


def _function(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    _define(low, node, node, (), found)


def _define(
    low: Lowering,
    outer: Node,
    node: Node,
    decorators: tuple[ir.Expr, ...],
    found: list[ir.Stmt],
) -> None:
    owner, low.owner = low.owner, ""
    name = returns = ""
    taken: tuple[ir.Parameter, ...] = ()
    head, body, _ = _split(low, node)
    for part in head:
        kind = part.type
        if kind == "identifier" and not name:
            name = low.read(part)
        elif kind == "parameters":
            taken = parameters(low, part.named_children)
        elif kind == "type":
            returns = low.read(part)
        else:
            low.set_aside(part)
    low.owner = owner
    is_async = node.children[0].type == "async"
    start, end = node.start_byte - low.base, node.end_byte - low.base
    function = ir.Function(start, end, name, taken, body, decorators, is_async, owner, returns)
    found.append(ir.Define(outer.start_byte - low.base, end, function))


def _class(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    _members(low, node, node, (), found)


def _members(
    low: Lowering,
    outer: Node,
    node: Node,
    decorators: tuple[ir.Expr, ...],
    found: list[ir.Stmt],
) -> None:
    named = node.child_by_field_name("name")
    name = low.read(named) if named is not None else ""
    owner, low.owner = low.owner, name
    bases: tuple[ir.Expr, ...] = ()
    head, body, _ = _split(low, node)
    low.owner = owner
    for part in head:
        if part.type == "argument_list":
            arguments, keywords = given(low, part.named_children)
            more = tuple(ir.Other(value.start, value.end, (value,)) for _, value in keywords)
            bases += arguments + more
        elif part != named:
            low.set_aside(part)
    start, end = outer.start_byte - low.base, node.end_byte - low.base
    found.append(ir.Class(start, end, name, bases, body, decorators))


def _decorated(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    parts = low.told(node.children)
    decorators = low.expressions(part for part in parts if part.type == "decorator")
    for part in parts:
        if part.type == "function_definition":
            _define(low, node, part, decorators, found)
        elif part.type == "class_definition":
            _members(low, node, part, decorators, found)
        elif part.type != "decorator":
            low.set_aside(part)


def _suite(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    found += low.body(node.named_children)


STATEMENTS: Mapping[str, Callable[[Lowering, Node, list[ir.Stmt]], None]] = {
    "module": _suite,
    "block": _suite,
    "expression_statement": _expression,
    "assignment": _assignment,
    "augmented_assignment": _augmented,
    "return_statement": _return,
    "raise_statement": _raise,
    "break_statement": _leave,
    "continue_statement": _leave,
    "pass_statement": _nothing,
    "global_statement": _nothing,
    "nonlocal_statement": _nothing,
    "type_alias_statement": _nothing,
    "delete_statement": _delete,
    "assert_statement": _assert,
    "print_statement": _old_call,
    "exec_statement": _old_call,
    "import_statement": _import,
    "import_from_statement": _import,
    "future_import_statement": _nothing,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "try_statement": _try,
    "with_statement": _with,
    "match_statement": match,
    "function_definition": _function,
    "class_definition": _class,
    "decorated_definition": _decorated,
}
