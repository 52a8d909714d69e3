"""What the lowerings of all languages share: the walk over a tree, its bounds, and what is broken in it.

Nothing here recurses over a chain: `a + b + c`, `a.b().c()` are walked down their left side and built up again.
Everything else may nest to `LEVELS`; what lies deeper is a `Cut`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.flow import ir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tree_sitter import Node

LEVELS = 80  # of statements and expressions: each costs up to eight frames of Python's thousand
PAIR = 2  # parts of a whole pair
TRIPLE = 3
_FLAT = 64  # values of one Logic: a longer chain is nested, so that it costs no square


class Grammar(NamedTuple):
    """How the nodes of a language are lowered, by their kind.

    Attributes:
        expressions: kinds that are an expression.
        chains: kinds whose first child is an expression that may be as deep as the text is long. What lowers one is
            given its children and the lowered first of them.
        statements: kinds that are a statement; what lowers one adds to a list.
        broken: lowers what the parser could not put together, in the order of the text.
        skipped: kinds in which nothing is run, unless they are broken.
    """

    expressions: Mapping[str, Callable[[Lowering, Node], ir.Expr]]
    chains: Mapping[str, Callable[[Lowering, Node, list[Node], ir.Expr], ir.Expr]]
    statements: Mapping[str, Callable[[Lowering, Node, list[ir.Stmt]], None]]
    broken: Callable[[Lowering, list[Node], list[ir.Stmt]], None]
    skipped: frozenset[str]

    def lower(self, node: Node, data: bytes, owner: str = "") -> tuple[ir.Stmt, ...]:
        """The statements of a tree: of a module, a top-level statement, a member of a class.

        Args:
            node: the tree.
            data: the text of its file.
            owner: the class it is a member of.
        """
        return Lowering(self, data, node.start_byte, owner).body((node,))


@dataclass(slots=True)
class Lowering:
    """A block while it is lowered.

    Attributes:
        grammar: of its language.
        data: the text of the file.
        base: where the block starts in it.
        owner: the class whose members are lowered just now, "" for none.
        depth: levels above.
        stray: what stood where nothing can stand; done before the statement it was found in.
    """

    grammar: Grammar
    data: bytes
    base: int
    owner: str = ""
    depth: int = 0
    stray: list[ir.Stmt] = field(default_factory=list)

    def read(self, node: Node) -> str:
        """The text of a node."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def expression(self, node: Node) -> ir.Expr:
        """An expression; of a node that is none, an Other."""
        kind = node.type
        if kind == "identifier":
            start, end = node.start_byte, node.end_byte
            name = self.data[start:end].decode("utf-8", "replace")
            return ir.Name(start - self.base, end - self.base, name)
        if self.depth >= LEVELS:
            return self.cut(node)
        self.depth += 1
        if kind in self.grammar.chains:
            value = self._chain(node)
        elif (lower := self.grammar.expressions.get(kind)) is not None:
            value = lower(self, node)
        else:
            value = self._unknown(node)
        self.depth -= 1
        return value

    def _chain(self, node: Node) -> ir.Expr:
        chains = self.grammar.chains
        levels = []
        while (lower := chains.get(node.type)) is not None and (children := node.children):
            levels.append((lower, node, children))
            node = children[0]
        value = self.expression(node) if node.type not in chains else self.other(node, ())
        for lower, level, children in reversed(levels):
            value = lower(self, level, children, value)
        return value

    def _unknown(self, node: Node) -> ir.Expr:
        """A node that is no expression: the expressions in it, and before them the statements."""
        found: list[ir.Stmt] = []
        if node.type in self.grammar.statements:
            self.statement(node, found)
        else:
            self.grammar.broken(self, node.children, found)
        parts = []
        for statement in found:
            if isinstance(statement, ir.Do):
                parts.append(statement.value)
            else:
                self.stray.append(statement)
        return self.other(node, tuple(parts))

    def expressions(self, nodes: Iterable[Node]) -> tuple[ir.Expr, ...]:
        """Those of `nodes` in which something is run."""
        skipped = self.grammar.skipped
        found = [
            self.expression(node) for node in nodes if node.type not in skipped or node.has_error
        ]
        return tuple(found)

    def told(self, nodes: Iterable[Node]) -> list[Node]:
        """The named ones among `nodes`; what is broken between them is set aside."""
        skipped = self.grammar.skipped
        found = []
        for node in nodes:
            if node.is_named and ((kind := node.type) not in skipped or node.has_error):
                if kind == "ERROR":
                    self.set_aside(node)
                else:
                    found.append(node)
        return found

    def other(self, node: Node, parts: tuple[ir.Expr, ...]) -> ir.Other:
        """An expression with the place of `node` of which only the parts are known."""
        return ir.Other(node.start_byte - self.base, node.end_byte - self.base, parts)

    def cut(self, node: Node) -> ir.Cut:
        """What stands for a node that lies too deep."""
        return ir.Cut(node.start_byte - self.base, node.end_byte - self.base, ())

    def set_aside(self, node: Node) -> None:
        """Keeps what stands where nothing can stand."""
        if node.type not in self.grammar.skipped or node.has_error:
            value = self.expression(node)
            if not isinstance(value, (ir.Name, ir.Const)) and not (
                type(value) is ir.Other and not value.parts
            ):
                self.stray.append(ir.Do(value.start, value.end, value))

    def statement(self, node: Node, found: list[ir.Stmt]) -> None:
        """Adds a statement, after what stands astray in it."""
        at = len(found)
        kind = node.type
        if (lower := self.grammar.statements.get(kind)) is not None:
            lower(self, node, found)
        elif kind not in self.grammar.skipped or node.has_error:
            start, end = node.start_byte - self.base, node.end_byte - self.base
            if kind == "ERROR":
                found.append(ir.Suite(start, end, self.broken(node.children)))
            else:
                found.append(ir.Do(start, end, self.expression(node)))
        if self.stray:
            found[at:at] = self.stray
            self.stray.clear()

    def gathered(self, add: Callable[[list[ir.Stmt]], None]) -> tuple[ir.Stmt, ...]:
        """The statements that `add` adds, one level further in."""
        if self.depth >= LEVELS:
            return (ir.Do(0, 0, ir.Cut(0, 0, ())),)
        found: list[ir.Stmt] = []
        outer, self.stray = self.stray, []
        self.depth += 1
        add(found)
        found[:0] = self.stray
        self.depth -= 1
        self.stray = outer
        return tuple(found)

    def body(self, nodes: Iterable[Node]) -> tuple[ir.Stmt, ...]:
        """Statements in a row."""

        def add(found: list[ir.Stmt]) -> None:
            for node in nodes:
                self.statement(node, found)

        return self.gathered(add)

    def broken(self, nodes: list[Node]) -> tuple[ir.Stmt, ...]:
        """What the parser could not put together, as statements."""
        return self.gathered(lambda found: self.grammar.broken(self, nodes, found))


def choice(low: Lowering, node: Node, test: int, then: int) -> ir.Expr:
    """A conditional expression of three parts, the last of them what holds otherwise; a chain is built from its end.

    Args:
        low: the lowering.
        node: the first of the chain.
        test: which part is the condition.
        then: which part is the value where that holds.
    """
    levels = []
    kind = node.type
    value: ir.Expr | None = None
    while value is None:
        parts = low.told(node.children)
        if len(parts) != TRIPLE:
            value = low.other(node, low.expressions(parts))
            break
        first, second = low.expression(parts[0]), low.expression(parts[1])
        levels.append((node, (first, second)))
        node = parts[2]
        if node.type != kind:
            value = low.expression(node)
    for level, pair in reversed(levels):
        start, end = level.start_byte - low.base, level.end_byte - low.base
        value = ir.Choice(start, end, pair[test], pair[then], value)
    return value


def logic(start: int, end: int, op: str, left: ir.Expr, right: ir.Expr) -> ir.Logic:
    """`left op right`; a chain of the same operator is one node."""
    if isinstance(left, ir.Logic) and left.op == op and len(left.values) < _FLAT:
        return ir.Logic(start, end, op, (*left.values, right))
    return ir.Logic(start, end, op, (left, right))


def text(start: int, end: int, parts: Iterable[str | ir.Expr]) -> ir.Expr:
    """A string that is put together; a constant when nothing is put in."""
    joined: list[str | ir.Expr] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, str) and isinstance(last, str):
            joined[-1] = last + part
        else:
            joined.append(part)
    if not joined:
        return ir.Const(start, end, "")
    if len(joined) == 1 and isinstance(joined[0], str):
        return ir.Const(start, end, joined[0])
    return ir.Text(start, end, tuple(joined))


def flat(nodes: list[Node]) -> list[Node]:
    """The nodes, those of broken stretches among them in their place."""
    found = []
    stack = nodes[::-1]
    while stack:
        node = stack.pop()
        if node.type == "ERROR":
            stack += reversed(node.children)
        else:
            found.append(node)
    return found
