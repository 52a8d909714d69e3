"""One plain tree for all declarative languages: mappings, sequences and scalars, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})
_MERGED = 10  # mappings that `<<` brings in


class Pair(NamedTuple):
    """A key, its place, and its value."""

    key: str
    span: Span
    value: Node

    @property
    def whole(self) -> Span:
        """The place of key and value."""
        return Span(self.span.start, max(self.span.end, self.value.span.end))


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A scalar, a sequence (`items`) or a mapping (`pairs`, a key as often as it stands there).

    Attributes:
        span: its place, quotes included.
        text: a scalar's characters as they are written, without quotes; escapes are not resolved.
        at: the offset of `text`.
        quoted: it is a string by its quotes or its block.
        items: the members of a sequence.
        pairs: the members of a mapping; in Terraform its attributes and blocks.
        labels: of a Terraform block: the words behind its type.
        known: False for an expression, whose `text` is its source.
    """

    span: Span
    text: str = ""
    at: int = 0
    quoted: bool = False
    items: tuple[Node, ...] = ()
    pairs: tuple[Pair, ...] = ()
    labels: tuple[str, ...] = ()
    known: bool = True

    def pair(self, key: str) -> Pair | None:
        """The first pair of that key, also one that YAML's `<<` brings in."""
        for pair in self.pairs:
            if pair.key == key:
                return pair
        for merged in self.each("<<")[:_MERGED] if key != "<<" else ():
            for pair in merged.pairs:
                if pair.key == key:
                    return pair
        return None

    def get(self, *path: str) -> Node | None:
        """The value that the keys lead to; the first of several blocks or items on the way."""
        node: Node | None = self
        for key in path:
            while node is not None and node.items:
                node = node.items[0]
            pair = node.pair(key) if node is not None else None
            node = pair.value if pair is not None else None
        return node

    def string(self, *path: str) -> str:
        """The text of the scalar that the keys lead to, "" for none."""
        node = self.get(*path)
        return node.text if node is not None else ""

    def each(self, key: str) -> tuple[Node, ...]:
        """The values of a key, one by one, whether it is repeated or holds a sequence."""
        values = [pair.value for pair in self.pairs if pair.key == key]
        return tuple(one for value in values for one in (value.items or (value,)))

    def is_true(self, *path: str) -> bool:
        """Whether the keys lead to a yes."""
        return self.string(*path).lower() in _TRUE

    def is_false(self, *path: str) -> bool:
        """Whether the keys lead to a no."""
        return self.string(*path).lower() in _FALSE

    def part(self, match: re.Match[str], group: int | str = 0) -> Span:
        """The place of what a pattern matched in `text`."""
        return Span(self.at + match.start(group), self.at + match.end(group))

    def walk(self) -> Iterator[Node]:
        """This node and all below it, each once however often YAML's aliases lead there."""
        stack = [self]
        seen: set[int] = set()
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            stack += reversed((*node.items, *(pair.value for pair in node.pairs)))


NOTHING = Node(Span(0, 0))
