"""JavaScript's statements with statements in them, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.javascript.targets import target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering


def _inside(low: Lowering, node: Node | None) -> tuple[ir.Stmt, ...]:
    """A block, or the one statement that stands for it."""
    if node is None:
        return ()
    return low.body(node.named_children if node.type == "statement_block" else (node,))


def _astray(low: Lowering, node: Node) -> None:
    for child in node.children:
        if child.type == "ERROR":
            low.set_aside(child)


def _test(low: Lowering, node: Node, name: str = "condition") -> ir.Expr:
    test = node.child_by_field_name(name)
    return low.expression(test) if test is not None else low.other(node, ())


def _if(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """A chain of `else if` is built from its end."""
    branches = []
    other: tuple[ir.Stmt, ...] = ()
    level: Node | None = node
    while level is not None:
        _astray(low, level)
        test = _test(low, level)
        branches.append((level, test, _inside(low, level.child_by_field_name("consequence"))))
        clause = level.child_by_field_name("alternative")
        level = None
        rest = low.told(clause.children) if clause is not None else []
        if len(rest) == 1 and rest[0].type == "if_statement":
            level = rest[0]
        elif rest:
            other = tuple(one for part in rest for one in _inside(low, part))
    for branch, test, body in reversed(branches):
        start, end = branch.start_byte - low.base, branch.end_byte - low.base
        other = (ir.If(start, end, test, body, other),)
    found += other


def _for_in(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    _astray(low, node)
    later: list[ir.Stmt] = []
    left = node.child_by_field_name("left")
    how = node.child_by_field_name("operator")
    named = target(low, left, later) if left is not None else low.other(node, ())
    initial = node.child_by_field_name("value")
    if initial is not None:
        low.set_aside(initial)
    body = (*later, *_inside(low, node.child_by_field_name("body")))
    keys = how is not None and how.type == "in"
    found.append(ir.For(start, end, named, _test(low, node, "right"), body, (), keys))


def _for(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    _astray(low, node)
    first = node.child_by_field_name("initializer")
    if first is not None and first.is_named:
        low.statement(first, found)
    test = node.child_by_field_name("condition")
    body = _inside(low, node.child_by_field_name("body"))
    step = node.child_by_field_name("increment")
    if step is not None:
        body += low.body((step,))
    found.append(ir.While(start, end, _condition(low, test), body, (), first=False))


def _condition(low: Lowering, node: Node | None) -> ir.Expr | None:
    if node is None or not node.is_named or node.type == "empty_statement":
        return None
    if node.type != "expression_statement":
        return low.expression(node)
    values = low.expressions(low.told(node.children))
    return values[0] if len(values) == 1 else low.other(node, values)


def _while(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    _astray(low, node)
    test = _test(low, node)
    body = _inside(low, node.child_by_field_name("body"))
    found.append(ir.While(start, end, test, body, (), first=node.type == "do_statement"))


def _try(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    _astray(low, node)
    body = _inside(low, node.child_by_field_name("body"))
    handlers: list[tuple[ir.Expr | None, str, tuple[ir.Stmt, ...]]] = []
    final: tuple[ir.Stmt, ...] = ()
    for child in node.named_children:
        if child.type == "catch_clause":
            handlers.append(_handler(low, child))
        elif child.type == "finally_clause":
            _astray(low, child)
            final += _inside(low, child.child_by_field_name("body"))
    found.append(ir.Try(start, end, body, tuple(handlers), (), final))


def _handler(low: Lowering, node: Node) -> tuple[ir.Expr | None, str, tuple[ir.Stmt, ...]]:
    """A destructured error is one without a name, unpacked from something unknown."""
    _astray(low, node)
    caught = node.child_by_field_name("parameter")
    body = _inside(low, node.child_by_field_name("body"))
    if caught is None or caught.type == "identifier":
        return None, "" if caught is None else low.read(caught), body
    later: list[ir.Stmt] = []
    start, end = caught.start_byte - low.base, caught.end_byte - low.base
    pattern = target(low, caught, later)
    unpacked = ir.Assign(start, end, (pattern,), low.other(caught, ()), "")
    return None, "", (unpacked, *later, *body)


def _switch(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    _astray(low, node)
    body = node.child_by_field_name("body")
    cases = []
    subject = _test(low, node, "value")
    for child in low.told(body.children) if body is not None else ():
        value = child.child_by_field_name("value") if child.type == "switch_case" else None
        rest = [part for part in child.named_children if part != value]
        patterns = (low.expression(value),) if value is not None else ()
        cases.append((patterns, None, low.body(rest)))
    found.append(ir.Match(start, end, subject, tuple(cases), falls=True))


def _with(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    value = _test(low, node, "object")
    body = _inside(low, node.child_by_field_name("body"))
    found.append(ir.With(start, end, ((value, None),), body))


STATEMENTS: Mapping[str, Callable[[Lowering, Node, list[ir.Stmt]], None]] = {
    "if_statement": _if,
    "for_in_statement": _for_in,
    "for_statement": _for,
    "while_statement": _while,
    "do_statement": _while,
    "try_statement": _try,
    "switch_statement": _switch,
    "with_statement": _with,
}
