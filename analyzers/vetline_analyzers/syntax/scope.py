"""What is known of the expressions in one block: names, strings, constants, where a value came from.

Every question is bounded: a block has a budget of steps, and `OutOfBudget` ends what a hostile text
would make endless. Nothing here looks beyond the block but for the file's context, so that a block's
answers are a function of its text and that context.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Node, Query, QueryCursor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.dialect import Dialect, Piece
    from vetline_analyzers.syntax.tree import Source

_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*")
_STEPS = 20_000  # expressions looked at in one block: an ordinary one needs some dozens
_UP = 400  # levels climbed for one question
_CALLS = 20  # calls in a chain that is named
_PARTS = 500  # parts of one string


class OutOfBudget(Exception):  # noqa: N818 - an outcome, not an error
    """A block asks for more steps than any block written by a person."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the blocks of a file share.

    Attributes:
        aliases: name → what it stands for, each thing a file binds it to.
        strings: name → parts of the string a module-level assignment gives it, None for what is put
            in at run time; empty for a constant that is no string or a long one.
        modules: the first parts of what the aliases stand for.
    """

    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    strings: dict[str, tuple[str | None, ...]] = field(default_factory=dict)
    modules: frozenset[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Tell the modules."""
        tops = (target.partition(".")[0] for found in self.aliases.values() for target in found)
        object.__setattr__(self, "modules", frozenset(tops))


@dataclass(slots=True)
class Scope:
    """A block and its surroundings."""

    source: Source
    dialect: Dialect
    context: Context
    block: Node
    steps: int = _STEPS
    _assigned: dict[tuple[int, int], dict[str, list[tuple[Node, Node, bool]]]] = field(
        default_factory=dict
    )
    _parents: dict[int, Node | None] = field(default_factory=dict)

    def spend(self, steps: int = 1) -> None:
        """Counts a step.

        Raises:
            OutOfBudget: there were too many.
        """
        self.steps -= steps
        if self.steps < 0:
            raise OutOfBudget

    def read(self, node: Node) -> str:
        """The node's text."""
        return self.source.read(node)

    def bare(self, node: Node) -> Node:
        """The expression inside parentheses and type assertions."""
        while node.type in self.dialect.wrappers and node.named_child_count:
            self.spend()
            node = node.named_child(0)
        return node

    def names(self, node: Node, calls: int = _CALLS) -> tuple[str, ...]:
        """The dotted names an expression may stand for, through imports and aliases.

        There are none for an expression that is no chain of names, or one of more than `calls` calls.
        """
        members: list[str] = []
        node = self.bare(node)
        while node.type in self.dialect.members:
            self.spend()
            base, name = self.dialect.member(node, self.read) or (None, "")
            if base is None:
                return ()
            members.append(name)
            node = self.bare(base)
        if node.type in self.dialect.identifiers or node.type == "this":
            roots = self._resolved(self.read(node))
        elif root := self.dialect.root(node, self.read):
            roots = (root,)
        elif calls and node.type in self.dialect.calls and (function := callee(node)) is not None:
            roots = tuple(f"{name}()" for name in self.names(function, calls - 1))
        else:
            return ()
        tail = "".join(f".{name}" for name in reversed(members))
        found = (_global(root + tail) for root in roots)
        return tuple(dict.fromkeys(found))

    def name(self, node: Node | None) -> str:
        """The first of `names`, "" when there is none."""
        return next(iter(self.names(node)), "") if node is not None else ""

    def _resolved(self, name: str, hops: int = 3) -> tuple[str, ...]:
        found: list[str] = []
        for target in self.context.aliases.get(name, (name,)):
            head, dot, tail = target.partition(".")
            if hops and head != name and head in self.context.aliases:
                found += [root + dot + tail for root in self._resolved(head, hops - 1)]
            else:
                found.append(target)
        return tuple(found)

    def up(self, node: Node) -> Iterator[Node]:
        """The nodes around `node` inside the block, the nearest first."""
        at, levels = node, 0
        while at != self.block and levels < _UP and (parent := self._parent(at)) is not None:
            if parent.start_byte < self.block.start_byte or parent.end_byte > self.block.end_byte:
                return
            self.spend()
            yield parent
            at, levels = parent, levels + 1

    def _parent(self, node: Node) -> Node | None:
        """The node around one; remembered, since finding it takes a walk from the root."""
        if node.id not in self._parents:
            self._parents[node.id] = node.parent
        return self._parents[node.id]

    def function(self, node: Node) -> Node | None:
        """The innermost function around `node`."""
        return next((n for n in self.up(node) if n.type in self.dialect.functions), None)

    def values(self, name: Node) -> list[Node]:
        """The expressions a plain name may hold here.

        They are its last assignment in the function, those before it that a branch may have kept,
        and what was added since. Where a function neither assigns nor takes the name, the one around
        it does.
        """
        function, text = self.function(name), self.read(name)
        while True:
            found = self._given(function or self.block, name, text)
            if found or function is None or self._takes(function, text):
                return found
            function = self.function(function)

    def _given(self, body: Node, name: Node, text: str) -> list[Node]:
        found: list[Node] = []
        for statement, value, adds in reversed(self._assignments(body).get(text, [])):
            if value.end_byte > name.start_byte:
                continue
            found.append(value)
            if not adds and self._dominates(statement, name):
                break
        return found[::-1]

    def _dominates(self, statement: Node, use: Node) -> bool:
        """Whether the suite that holds the assignment holds the use as well."""
        suite = statement.parent.parent if statement.parent is not None else None
        return suite is None or suite.start_byte <= use.start_byte < suite.end_byte

    def _assignments(self, body: Node) -> dict[str, list[tuple[Node, Node, bool]]]:
        key = (body.start_byte, body.end_byte)
        if key not in self._assigned:
            cursor = QueryCursor(
                _assignments_query(self.source.tree.language, self.dialect.assignments_query)
            )
            table: dict[str, list[tuple[Node, Node, bool]]] = {}
            nodes = cursor.captures(body).get("assignment", [])
            self.spend(len(nodes) // 10)
            for node in sorted(nodes, key=lambda n: n.start_byte):
                if found := self.dialect.assigned(node, self.read):
                    name, value, adds = found
                    table.setdefault(name, []).append((node, value, adds))
            self._assigned[key] = table
        return self._assigned[key]

    def pieces(self, node: Node) -> tuple[Piece, ...] | None:
        """The parts of the string an expression makes, None when nothing shows that it makes one.

        A part is literal text, None for a constant of unknown text, or an expression put in.
        """
        parts: list[Piece] = []
        stack: list[Piece] = [node]
        literal = False
        while stack:
            self.spend()
            piece = stack.pop()
            if not isinstance(piece, Node):
                literal = literal or piece is not None
                parts.append(piece)
            elif module := self._module_string(piece):
                # Its own nodes belong to another block: the name stands for what is put in.
                literal = True
                parts += [piece if part is None else part for part in module]
            elif (inner := self._expanded(self.bare(piece))) is not None and len(parts) < _PARTS:
                stack += reversed(inner)
            else:
                parts.append(None if self.constant(piece) or self._fixed_list(piece) else piece)
        return tuple(parts) if literal else None

    def _expanded(self, node: Node) -> list[Piece] | None:
        if node.type not in self.dialect.identifiers:
            return self.dialect.expand(node, self.read)
        if values := self.values(node):
            if len(values) > _PARTS // 10:
                return None
            return list(values)
        return None

    def _module_string(self, node: Node) -> tuple[str | None, ...]:
        """What the module level makes of a name, when nothing nearer does."""
        if node.type not in self.dialect.identifiers:
            return ()
        parts = self.context.strings.get(self.read(node))
        if not parts or self._is_parameter(node, self.read(node)) or self.values(node):
            return ()
        return parts

    def _is_parameter(self, node: Node, name: str) -> bool:
        function = self.function(node)
        return function is not None and self._takes(function, name)

    def _takes(self, function: Node, name: str) -> bool:
        """Whether a function has a parameter of that name."""
        parameters = function.child_by_field_name("parameters")
        if parameters is None:
            parameters = function.child_by_field_name(
                "parameter"
            )  # of an arrow without parentheses
        return parameters is not None and bool(
            re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", self.read(parameters))
        )

    def constant(self, node: Node) -> bool:
        """Whether an expression has no part that is known only at run time, or only numbers."""
        stack = [node]
        while stack:
            self.spend()
            node = self.bare(stack.pop())
            if node.type in self.dialect.literals:
                continue
            if node.type in self.dialect.composed:
                stack += node.named_children
            elif not self._fixed(node):
                return False
        return True

    def _fixed(self, node: Node) -> bool:
        """Whether a name or call is as good as a constant."""
        dialect = self.dialect
        if node.type in dialect.identifiers:
            name = self.read(node)
            if _CONSTANT.fullmatch(name):
                return None not in self.context.strings.get(name, ())
            values = self.values(node)
            if values:
                return all(value.type in dialect.literals | {"string"} for value in values)
            known = self.context.strings.get(name, (None,))
            return None not in known and not self._is_parameter(node, name)
        if node.type in dialect.members:
            found = dialect.member(node, self.read)
            if self.read(node) in dialect.harmless:
                return True
            return found is not None and bool(_CONSTANT.fullmatch(found[1]))
        if node.type in dialect.calls and (function := callee(node)) is not None:
            if self.read(function) in dialect.harmless:
                return True
            pieces = dialect.expand(node, self.read)
            return pieces is not None and all(
                not isinstance(piece, Node) or self._fixed_list(piece) for piece in pieces
            )
        return False

    def _fixed_list(self, node: Node) -> bool:
        """Whether what is joined holds only constants: `["%s"] * n`, `("?" for _ in x)`."""
        node = self.bare(node)
        if node.type in {"generator_expression", "list_comprehension"}:
            body = node.child_by_field_name("body")
            return body is not None and self.constant(body)
        if (
            node.type == "binary_operator"
            and (left := node.child_by_field_name("left")) is not None
        ):
            operator = node.child_by_field_name("operator")
            if operator is not None and operator.type == "*":
                return self.constant(left)
        return node.type in self.dialect.literals | {"string", "list", "tuple"} and self.constant(
            node
        )

    def holds(self, node: Node, *patterns: re.Pattern[str]) -> bool:
        """Whether a part of an expression matches one of the patterns, and is not sanitized.

        What its names were given here is looked at too.
        """
        stack: list[Node] = [node]
        followed: set[str] = set()
        while stack:
            self.spend()
            node = stack.pop()
            kind = node.type
            if kind in self.dialect.identifiers:
                if self.read(node) not in followed:
                    followed.add(self.read(node))
                    stack += self.values(node)
                continue
            function = callee(node) if kind in self.dialect.calls else None
            if function is not None and self.dialect.sanitizers.fullmatch(self.read(function)):
                continue
            if function is not None or kind in self.dialect.members or kind.startswith("subscript"):
                head = self.source.data[node.start_byte : min(node.end_byte, node.start_byte + 200)]
                text = head.decode("utf-8", "replace")
                if any(pattern.match(text) for pattern in patterns):
                    return True
            stack += node.named_children
        return False


def callee(call: Node) -> Node | None:
    """The expression that is called."""
    return call.child_by_field_name("function") or call.child_by_field_name("constructor")


def _global(name: str) -> str:
    for prefix in ("window.", "globalThis.", "builtins.", "global."):
        name = name.removeprefix(prefix)
    return name


@cache
def _assignments_query(language: object, text: str) -> Query:
    return Query(language, text)  # type: ignore[arg-type]
