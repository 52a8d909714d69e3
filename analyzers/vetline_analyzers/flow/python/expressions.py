"""Python's expressions, lowered; targets too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.lowering import PAIR, choice
from vetline_analyzers.flow.python import strings
from vetline_analyzers.flow.python.parameters import parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering


def _constant(value: object) -> Callable[[Lowering, Node], ir.Expr]:
    def lowered(low: Lowering, node: Node) -> ir.Expr:
        return ir.Const(node.start_byte - low.base, node.end_byte - low.base, value)

    return lowered


def _display(kind: str) -> Callable[[Lowering, Node], ir.Expr]:
    def lowered(low: Lowering, node: Node) -> ir.Expr:
        items = low.expressions(node.named_children)
        return ir.Display(node.start_byte - low.base, node.end_byte - low.base, kind, items)

    return lowered


def _operand(low: Lowering, node: Node) -> ir.Expr:
    """What stands in brackets, is awaited, is a type: the expression itself."""
    inner = node
    while True:
        parts = low.told(inner.children)
        if len(parts) != 1:
            return low.other(node, low.expressions(parts))
        inner = parts[0]
        if inner.type not in {"parenthesized_expression", "await"}:
            return low.expression(inner)


def _parts(low: Lowering, node: Node) -> ir.Expr:
    return low.other(node, low.expressions(node.named_children))


def _star(low: Lowering, node: Node) -> ir.Expr:
    parts = low.told(node.children)
    if len(parts) != 1:
        return low.other(node, low.expressions(parts))
    if parts[0].type in {"list_splat", "dictionary_splat"}:  # with brackets around
        return low.expression(parts[0])
    value = low.expression(parts[0])
    return ir.Star(node.start_byte - low.base, node.end_byte - low.base, value)


def _table(low: Lowering, node: Node) -> ir.Expr:
    pairs: list[tuple[ir.Expr | None, ir.Expr]] = []
    for child in low.told(node.children):
        parts = low.told(child.children)
        if child.type == "pair" and len(parts) == PAIR:
            pairs.append((low.expression(parts[0]), low.expression(parts[1])))
        elif child.type == "dictionary_splat":
            pairs += [(None, value) for value in low.expressions(parts)]
        else:
            low.set_aside(child)
    return ir.Table(node.start_byte - low.base, node.end_byte - low.base, tuple(pairs))


def _comparison(low: Lowering, node: Node) -> ir.Expr:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    operators = []
    operands = []
    for child in node.children:
        if child.is_named:
            operands.append(child)
        else:
            operators.append("!=" if child.type == "<>" else child.type)
    values = low.expressions(low.told(operands))
    if not operators or len(values) != len(operators) + 1:
        return low.other(node, values)
    if len(operators) == 1:
        return ir.Compare(start, end, operators[0], *values)
    chain = [
        ir.Compare(left.start, right.end, op, left, right)
        for op, left, right in zip(operators, values, values[1:], strict=False)
    ]
    return ir.Logic(start, end, "and", tuple(chain))


def _not(low: Lowering, node: Node) -> ir.Expr:
    parts = low.told(node.children)
    if len(parts) != 1:
        return low.other(node, low.expressions(parts))
    return ir.Not(node.start_byte - low.base, node.end_byte - low.base, low.expression(parts[0]))


def _unary(low: Lowering, node: Node) -> ir.Expr:
    parts = low.told(node.children)
    if len(parts) != 1:
        return low.other(node, low.expressions(parts))
    start, end = node.start_byte - low.base, node.end_byte - low.base
    return ir.Unary(start, end, node.children[0].type, low.expression(parts[0]))


def _conditional(low: Lowering, node: Node) -> ir.Expr:
    return choice(low, node, test=1, then=0)


def _store(low: Lowering, node: Node) -> ir.Expr:
    """`name := value`; a keyword argument that has lost its call too."""
    parts = low.told(node.children)
    if len(parts) != PAIR:
        return low.other(node, low.expressions(parts))
    target, value = low.expression(parts[0]), low.expression(parts[1])
    return ir.Store(node.start_byte - low.base, node.end_byte - low.base, target, value, "")


def _named_as(low: Lowering, node: Node) -> ir.Expr:
    """`value as target`, wherever it stands but in a pattern."""
    value, target = halves(low, node)
    if target is None:
        return value
    return ir.Store(node.start_byte - low.base, node.end_byte - low.base, target, value, "")


def halves(low: Lowering, node: Node) -> tuple[ir.Expr, ir.Expr | None]:
    """Value and target of `value as target`; the target of anything else is None."""
    if node.type != "as_pattern":
        return low.expression(node), None
    parts = low.told(node.children)
    if len(parts) != PAIR:
        return low.other(node, low.expressions(parts)), None
    return low.expression(parts[0]), low.expression(parts[1])


def _generator(kind: str) -> Callable[[Lowering, Node], ir.Expr]:
    def lowered(low: Lowering, node: Node) -> ir.Expr:
        clauses: list[tuple[ir.Expr, ir.Expr, tuple[ir.Expr, ...]]] = []
        body: list[Node] = []
        for child in low.told(node.children):
            parts = low.told(child.children)
            if child.type == "for_in_clause":
                clauses.append(_clause(low, child, parts))
            elif child.type == "if_clause" and clauses:
                target, iterable, tests = clauses[-1]
                clauses[-1] = (target, iterable, tests + low.expressions(parts))
            else:
                body.append(child)
        return _comprehension(low, node, kind, body, tuple(clauses))

    return lowered


def _clause(
    low: Lowering, node: Node, parts: list[Node]
) -> tuple[ir.Expr, ir.Expr, tuple[ir.Expr, ...]]:
    values = low.expressions(parts)
    if len(values) < PAIR:
        return low.other(node, ()), low.other(node, values), ()
    if len(values) == PAIR:
        return values[0], values[1], ()
    rest = ir.Display(values[1].start, values[-1].end, "tuple", values[1:])
    return values[0], rest, ()


def _comprehension(
    low: Lowering,
    node: Node,
    kind: str,
    body: list[Node],
    clauses: tuple[tuple[ir.Expr, ir.Expr, tuple[ir.Expr, ...]], ...],
) -> ir.Expr:
    key: ir.Expr | None = None
    if len(body) == 1 and body[0].type == "pair":
        parts = low.expressions(low.told(body[0].children))
        key = parts[0] if len(parts) == PAIR else None
        element = parts[1] if len(parts) == PAIR else low.other(body[0], parts)
    else:
        values = low.expressions(body)
        element = values[0] if len(values) == 1 else low.other(node, values)
    start, end = node.start_byte - low.base, node.end_byte - low.base
    return ir.Generator(start, end, kind, element, key, clauses)


def _dotted(low: Lowering, node: Node) -> ir.Expr:
    """A dotted name where it is an expression: in decorators and patterns."""
    parts = [child for child in node.named_children if child.type == "identifier"]
    if not parts:
        return low.other(node, ())
    value = low.expression(parts[0])
    for part in parts[1:]:
        value = ir.Attr(value.start, part.end_byte - low.base, value, low.read(part))
    return value


def _lambda(low: Lowering, node: Node) -> ir.Expr:
    start, end = node.start_byte - low.base, node.end_byte - low.base
    found: tuple[ir.Parameter, ...] = ()
    body: tuple[ir.Stmt, ...] = ()
    for child in low.told(node.children):
        if child.type == "lambda_parameters":
            found = parameters(low, child.named_children)
        else:
            value = low.expression(child)
            body = (ir.Return(value.start, value.end, value),)
    return ir.Function(start, end, "", found, body, (), is_async=False, owner="", returns="")


EXPRESSIONS: Mapping[str, Callable[[Lowering, Node], ir.Expr]] = {
    "string": strings.string,
    "concatenated_string": strings.concatenated,
    "integer": strings.integer,
    "float": strings.real,
    "true": _constant(value=True),
    "false": _constant(value=False),
    "none": _constant(None),
    "ellipsis": _constant(...),
    "parenthesized_expression": _operand,
    "await": _operand,
    "type": _operand,
    "as_pattern_target": _operand,
    "format_expression": _operand,
    "decorator": _operand,
    "chevron": _operand,
    "yield": _unary,
    "slice": _parts,
    "interpolation": _parts,
    "list": _display("list"),
    "list_pattern": _display("list"),
    "tuple": _display("tuple"),
    "tuple_pattern": _display("tuple"),
    "pattern_list": _display("tuple"),
    "expression_list": _display("tuple"),
    "set": _display("set"),
    "dictionary": _table,
    "list_splat": _star,
    "list_splat_pattern": _star,
    "parenthesized_list_splat": _star,
    "dictionary_splat": _star,
    "dictionary_splat_pattern": _star,
    "comparison_operator": _comparison,
    "not_operator": _not,
    "unary_operator": _unary,
    "conditional_expression": _conditional,
    "named_expression": _store,
    "keyword_argument": _store,
    "as_pattern": _named_as,
    "list_comprehension": _generator("list"),
    "set_comprehension": _generator("set"),
    "dictionary_comprehension": _generator("dict"),
    "generator_expression": _generator("generator"),
    "dotted_name": _dotted,
    "lambda": _lambda,
}
