"""Python that the parser could not put together: what can still be understood of it.

Such a stretch is a row of statements, expressions and loose tokens. It is cut into lines again, by where they start;
a line is read as the beginning of a statement, an open bracket as one that is closed at its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING

from vetline_analyzers.flow import ir
from vetline_analyzers.flow.lowering import flat
from vetline_analyzers.flow.python.chains import SKIPPED, given
from vetline_analyzers.flow.python.parameters import parameters
from vetline_analyzers.flow.python.statements import STATEMENTS

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.flow.lowering import Lowering

_OPENS = frozenset({"(", "[", "{"})
_CLOSES = frozenset({")", "]", "}"})
_SILENT = SKIPPED | {"string_start", "string_end"}
_DEFINES = frozenset({"def", "class"})
_PARAMETERS = frozenset({"identifier", "default_parameter", "typed_parameter", ","}) | frozenset(
    {"typed_default_parameter", "list_splat_pattern", "dictionary_splat_pattern", "("}
    | {"keyword_separator", "positional_separator", "type", ":", ")", "keyword_argument"}
)


def broken(low: Lowering, nodes: list[Node], found: list[ir.Stmt]) -> None:
    """Adds the statements of a broken stretch."""
    line: list[Node] = []
    decorators: list[ir.Expr] = []
    nodes = flat(nodes)
    at = 0
    while at < len(nodes):
        node = nodes[at]
        kind = _kind(low, node)
        starts = not line or _starts_line(line, node)
        if starts or kind in STATEMENTS or kind in _DEFINES:
            _line(low, line, found)
            line = []
        if kind in _DEFINES:
            at = _definition(low, nodes, at, decorators, found)
            decorators = []
            continue
        if kind == "decorator":
            decorators.append(low.expression(node))
        elif kind in STATEMENTS:
            low.statement(node, found)
        elif kind not in SKIPPED:
            line.append(node)
        at += 1
    _line(low, line, found)
    found += [ir.Do(one.start, one.end, one) for one in decorators]


def _kind(low: Lowering, node: Node) -> str:
    """Its kind; of a keyword that was taken for a name, the keyword."""
    if node.type == "identifier" and iskeyword(name := low.read(node)):
        return name
    return node.type


def _starts_line(line: list[Node], node: Node) -> bool:
    """Whether it stands on a later row, no further in than the line began."""
    first, last = line[0].start_point, line[-1].end_point
    return node.start_point[0] > last[0] and node.start_point[1] <= first[1]


def _definition(
    low: Lowering,
    nodes: list[Node],
    at: int,
    decorators: list[ir.Expr],
    found: list[ir.Stmt],
) -> int:
    """A function or class whose head stands among loose tokens; gives where it ends."""
    head = nodes[at]
    row, column = head.start_point
    named = len(nodes) > at + 1 and nodes[at + 1].type == "identifier"
    name = low.read(nodes[at + 1]) if named else ""
    first = begin = at + 1 + named
    while begin < len(nodes) and _in_head(low, nodes[begin]):
        begin += 1
    end = begin
    while end < len(nodes) and (
        nodes[end].start_point[0] == row or nodes[end].start_point[1] > column
    ):
        end += 1
    where = head.start_byte - low.base
    until = nodes[end - 1].end_byte - low.base
    owner, low.owner = low.owner, name if head.type == "class" else ""
    body = low.broken(nodes[begin:end])
    low.owner = owner
    inside = _opened(nodes[first:begin])
    marks = tuple(decorators)
    if head.type == "class":
        bases = low.expressions(node for node in inside if node.is_named)
        found.append(ir.Class(where, until, name, bases, body, marks))
        return end
    taken = parameters(low, (node for node in inside if node.is_named and node.type != "type"))
    returns = "".join(low.read(node) for node in nodes[first:begin] if node.type == "type")
    function = ir.Function(where, until, name, taken, body, marks, False, owner, returns)  # noqa: FBT003 - by place, as all of IR
    found.append(ir.Define(where, until, function))
    return end


def _in_head(low: Lowering, node: Node) -> bool:
    kind = _kind(low, node)
    return kind in _PARAMETERS or kind in {"parameters", "argument_list", "->"}


def _opened(nodes: list[Node]) -> list[Node]:
    """The nodes of a head, those of its list of parameters in the list's place."""
    found: list[Node] = []
    for node in nodes:
        if node.type in {"parameters", "argument_list"}:
            found += node.named_children
        else:
            found.append(node)
    return found


def _line(low: Lowering, line: list[Node], found: list[ir.Stmt]) -> None:
    if not line:
        return
    at = len(found)
    start, end = line[0].start_byte - low.base, line[-1].end_byte - low.base
    kind = _kind(low, line[0])
    kinds = [node.type for node in line]
    if kind == "return":
        value = _value(low, line[1:])
        found.append(ir.Return(start, end, value))
    elif kind == "for" and "in" in kinds:
        middle = kinds.index("in")
        parts = [_value(low, line[1:middle]), _value(low, line[middle + 1 :])]
        target, iterable = (ir.Other(start, end, ()) if part is None else part for part in parts)
        found.append(ir.For(start, end, target, iterable, (), (), keys=False))
    elif kind == "keyword_argument" or (len(line) > 1 and "=" in kinds[1:2]):
        _assigned(low, line, found)
    elif (value := _value(low, line)) is not None:
        found.append(ir.Do(start, end, value))
    if low.stray:
        found[at:at] = low.stray
        low.stray.clear()


def _assigned(low: Lowering, line: list[Node], found: list[ir.Stmt]) -> None:
    start, end = line[0].start_byte - low.base, line[-1].end_byte - low.base
    if line[0].type == "keyword_argument":
        store = low.expression(line[0])
        if isinstance(store, ir.Store):
            found.append(ir.Assign(start, end, (store.target,), store.value, ""))
        line = line[1:]
        if (rest := _value(low, line)) is not None:
            found.append(ir.Do(rest.start, rest.end, rest))
        return
    target = low.expression(line[0])
    found.append(ir.Assign(start, end, (target,), _value(low, line[2:]), ""))


@dataclass(slots=True)
class _Bracket:
    """An open bracket.

    Attributes:
        start: where it stands, or what is called with it.
        function: what is called with it, if anything.
        items: the expressions in it so far.
        keywords: the same with names.
    """

    start: int
    function: ir.Expr | None
    items: list[ir.Expr]
    keywords: list[tuple[str, ir.Expr]]

    def closed(self, end: int) -> ir.Expr:
        """What it holds, as an expression."""
        if self.function is None:
            values = (*self.items, *(value for _, value in self.keywords))
            return values[0] if len(values) == 1 else ir.Other(self.start, end, values)
        arguments, keywords = tuple(self.items), tuple(self.keywords)
        return ir.Call(self.start, end, self.function, arguments, keywords, new=False)


def _value(low: Lowering, nodes: list[Node]) -> ir.Expr | None:
    """An expression that lost its end: open calls are calls, the rest are parts."""
    if not nodes:
        return None
    stack = [_Bracket(nodes[0].start_byte - low.base, None, [], [])]
    end = nodes[-1].end_byte - low.base
    for node in nodes:
        kind = node.type
        if kind in _OPENS:
            _open(stack, kind, node.start_byte - low.base)
        elif kind in _CLOSES:
            if len(stack) > 1:
                closed = stack.pop().closed(node.end_byte - low.base)
                stack[-1].items.append(closed)
        elif kind == "string_content":
            text = ir.Const(node.start_byte - low.base, node.end_byte - low.base, low.read(node))
            stack[-1].items.append(text)
        elif node.is_named and kind not in _SILENT and _kind(low, node) == kind:
            arguments, keywords = given(low, (node,))
            stack[-1].items += arguments
            stack[-1].keywords += keywords
    while len(stack) > 1:
        closed = stack.pop().closed(end)
        stack[-1].items.append(closed)
    return stack[0].closed(end) if stack[0].items or stack[0].keywords else None


def _open(stack: list[_Bracket], kind: str, start: int) -> None:
    items = stack[-1].items
    if kind == "(" and items and items[-1].end == start and not isinstance(items[-1], ir.Const):
        function = items.pop()
        stack.append(_Bracket(function.start, function, [], []))
    else:
        stack.append(_Bracket(start, None, [], []))
