"""The shape of a rule on syntax: what it asks to see, and how it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Rule
from vetline_analyzers.core.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from vetline_analyzers.core.finding import Confidence, Fix, Persona, Severity
    from vetline_analyzers.syntax.dialect import Piece
    from vetline_analyzers.syntax.scope import Scope


class Report(NamedTuple):
    """What a rule says of a place.

    Attributes:
        message: one sentence: what is wrong here and what to do.
        node: where; the node the rule was shown when None.
        fix: a change inside the node's statement.
        severity, confidence, persona, tentative: when they differ from the rule's.
        made: where the value that is at fault was put together, when that is another place.
    """

    message: str
    node: Node | None = None
    fix: Fix | None = None
    confidence: Confidence | None = None
    persona: Persona | None = None
    made: tuple[Node, ...] = ()
    severity: Severity | None = None
    tentative: bool | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that a rule asked to see, with the questions a rule may ask of it.

    Attributes:
        node: the call, or what the rule's query captured.
        name: the resolved name that matched, "" for a query or a method.
        scope: names and values around it.
    """

    node: Node
    name: str
    scope: Scope

    def text(self, node: Node) -> str:
        """The node's text."""
        return self.scope.read(node)

    def argument(self, number: int) -> Node | None:
        """The positional argument of that number, from 0; None when absent or behind a splat."""
        found = self.scope.dialect.argument_nodes(self.node)[: number + 1]
        if len(found) <= number or any("splat" in n.type or "spread" in n.type for n in found):
            return None
        return found[number]

    def keyword(self, name: str) -> Node | None:
        """A named argument's value; in JavaScript a property of an object that is passed."""
        return self.scope.dialect.keyword(self.node, name, self.scope.read)

    def either(self, number: int, name: str) -> Node | None:
        """An argument that may be given by place or by name."""
        return self.keyword(name) or self.argument(number)

    def constant(self, node: Node) -> bool:
        """Whether nothing in the expression is known only at run time."""
        return self.scope.constant(node)

    def string(self, node: Node | None) -> str | None:
        """The text of a constant string, None when it is not known."""
        pieces = self.scope.pieces(node) if node is not None else None
        if pieces is None:
            return None
        known = [piece for piece in pieces if isinstance(piece, str)]
        return "".join(known) if len(known) == len(pieces) else None

    def built(self, node: Node | None) -> tuple[Piece, ...] | None:
        """The parts of a string that something is put into at run time; None for all else."""
        pieces = self.scope.pieces(node) if node is not None else None
        if pieces is None or all(piece is None or isinstance(piece, str) for piece in pieces):
            return None
        return pieces

    def made(self, node: Node) -> tuple[Node, ...]:
        """Where the value of a plain name was put together."""
        if node.type not in self.scope.dialect.identifiers:
            return ()
        return tuple(value for value in self.scope.values(node) if self.built(value))

    def from_request(self, node: Node) -> bool:
        """Whether the expression visibly holds what a request or the address bar brought."""
        return self.scope.holds(node, self.scope.dialect.requests)

    def from_outside(self, node: Node) -> bool:
        """The same, or what a prompt or the command line gave."""
        return self.scope.holds(node, self.scope.dialect.requests, self.scope.dialect.prompts)

    def resolve(self, node: Node | None) -> str:
        """The dotted name an expression stands for, "" for none."""
        return self.scope.name(node)

    def before(self) -> str:
        """The text of the enclosing function up to the place, where a check would stand."""
        function = self.scope.function(self.node)
        start = (function or self.scope.block).start_byte
        return self.scope.source.data[start : self.node.start_byte].decode("utf-8", "replace")

    def uses(self, *modules: str) -> bool:
        """Whether the file imports one of the modules, or something of it."""
        return not self.scope.context.modules.isdisjoint(modules)

    def is_excerpt(self) -> bool:
        """Whether the text has no import at all, as one has that was cut out of a file."""
        return not self.scope.context.aliases

    def edit(self, node: Node, text: str) -> Edit:
        """An edit that puts `text` in the node's place."""
        return Edit(self.scope.source.span(node), text)

    def insert_after(self, node: Node, text: str) -> Edit:
        """An edit that puts `text` behind the node."""
        end = self.scope.source.span(node).end
        return Edit(Span(end, end), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRule(Rule):
    """A rule that looks at trees.

    It is shown each call of one of `names`, each call of a method in `methods`, whatever it is called
    on, and each node that `query` captures as `@hit` (other captures, for predicates, start with `_`).

    Attributes:
        check: says what is wrong there, None for nothing.
        names: dotted names of callees, seen through imports and aliases: "yaml.load".
        methods: names of methods: "execute".
        query: a tree-sitter query.
        languages: the languages it is for; empty means the language of its examples.
        fed: arguments, by number or name, through which the harm comes: a call of one of `names` in which data
            flow shows all of them to be constants, or checked, is no fault.
    """

    check: Callable[[Hit], Report | None]
    names: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    query: str = ""
    languages: tuple[str, ...] = ()
    fed: tuple[int | str, ...] = ()
