"""JavaScript's functions and classes, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.javascript.targets import annotation, key, parameters

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

_NAMES = frozenset({"property_identifier", "private_property_identifier", "identifier"})


def function(low: Lowering, node: Node) -> ir.Function:
    """A function of any kind."""
    return method(low, node, (), "")


def method(low: Lowering, node: Node, decorators: tuple[ir.Expr, ...], owner: str) -> ir.Function:
    """A function, as a member of a class or not."""
    outer, low.owner = low.owner, ""
    named = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    taken = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    returns = node.child_by_field_name("return_type")
    own: list[ir.Expr] = []
    first: list[ir.Stmt] = []
    is_async = False
    for child in node.children:
        if child.type == "async":
            is_async = True
        elif child.type == "decorator":
            own.append(low.expression(child))
        elif child.type == "ERROR":
            low.set_aside(child)
    start, end = node.start_byte - low.base, node.end_byte - low.base
    made = ir.Function(
        start,
        end,
        member_name(low, named),
        parameters(low, taken, first) if taken is not None else (),
        (),
        (*decorators, *own),
        is_async,
        owner,
        annotation(low, returns) if returns is not None else "",
    )
    made.body = (*first, *_body(low, body))
    low.owner = outer
    return made


def _body(low: Lowering, node: Node | None) -> tuple[ir.Stmt, ...]:
    if node is None:
        return ()
    if node.type == "statement_block":
        return low.body(node.named_children)
    value = low.expression(node)
    return (ir.Return(value.start, value.end, value),)


def member_name(low: Lowering, node: Node | None) -> str:
    """The name of a function or member; "" when it is computed."""
    if node is None:
        return ""
    if node.type in _NAMES:
        return low.read(node)
    name = key(low, node)
    return name.value if isinstance(name, ir.Const) and isinstance(name.value, str) else ""


def class_value(low: Lowering, node: Node) -> ir.Expr:
    """A class as a value: it is defined before, the value is its name."""
    return named_class(low, node, "")


def named_class(low: Lowering, node: Node, name: str) -> ir.Expr:
    """A class as a value, under its own name or that of what it is assigned to."""
    found: list[ir.Stmt] = []
    define_class(low, node, (), found, name)
    low.stray += found
    made = found[-1]
    if isinstance(made, ir.Class) and made.name:
        return ir.Name(made.start, made.end, made.name)
    return low.other(node, ())


def define_class(
    low: Lowering,
    node: Node,
    decorators: tuple[ir.Expr, ...],
    found: list[ir.Stmt],
    name: str = "",
) -> None:
    """Adds a class; `name` is for one without."""
    named = node.child_by_field_name("name")
    own: list[ir.Expr] = []
    bases: tuple[ir.Expr, ...] = ()
    body: tuple[ir.Stmt, ...] = ()
    name = low.read(named) if named is not None else name
    for child in node.children:
        kind = child.type
        if kind == "decorator":
            own.append(low.expression(child))
        elif kind == "class_heritage":
            bases = _bases(low, child)
        elif kind == "class_body":
            outer, low.owner = low.owner, name
            body += class_body(low, child)
            low.owner = outer
        elif kind == "ERROR":
            body += low.broken(child.children)
    start, end = node.start_byte - low.base, node.end_byte - low.base
    found.append(ir.Class(start, end, name, bases, body, (*decorators, *own)))


def _bases(low: Lowering, node: Node) -> tuple[ir.Expr, ...]:
    found: list[Node] = []
    for child in low.told(node.children):
        found += low.told(child.children) if child.type == "extends_clause" else [child]
    return low.expressions(found)


def class_body(low: Lowering, node: Node) -> tuple[ir.Stmt, ...]:
    """The members of a class."""
    return low.gathered(lambda found: members(low, node, found))


def members(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """Adds the members of a class body. In TypeScript decorators stand before what they decorate."""
    decorators: list[ir.Expr] = []
    for child in node.named_children:
        if child.type == "decorator":
            decorators.append(low.expression(child))
        elif child.type == "method_definition":
            define_method(low, child, found, tuple(decorators))
            decorators = []
        elif child.type != "comment":
            found += [ir.Do(one.start, one.end, one) for one in decorators]
            decorators = []
            low.statement(child, found)
    found += [ir.Do(one.start, one.end, one) for one in decorators]


def define_method(
    low: Lowering, node: Node, found: list[ir.Stmt], decorators: tuple[ir.Expr, ...] = ()
) -> None:
    """Adds a method, or a function with a name."""
    made = method(low, node, decorators, low.owner)
    found.append(ir.Define(made.start, made.end, made))


def define_field(low: Lowering, node: Node, found: list[ir.Stmt]) -> None:
    """Adds a field: an assignment in the class."""
    start, end = node.start_byte - low.base, node.end_byte - low.base
    named = node.child_by_field_name("property") or node.child_by_field_name("name")
    value = node.child_by_field_name("value")
    for child in node.named_children:  # decorators, a computed name, what is broken
        if child != value:
            low.set_aside(child)
    if named is None:
        return
    place = named.start_byte - low.base, named.end_byte - low.base
    target = ir.Name(*place, member_name(low, named))
    lowered = low.expression(value) if value is not None else None
    found.append(ir.Assign(start, end, (target,), lowered, ""))
