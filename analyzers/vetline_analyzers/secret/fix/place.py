"""Where in a program a secret stands written, told for all languages alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.tree import Source

_DEEPEST = 1_000
_LINE_END = late(r"[ \t]*(?:\r?\n|\r|\Z)")


class Place(NamedTuple):
    """A string literal with a secret in it.

    Attributes:
        node: what is replaced: the literal or, where it stands in for an unset variable, all of
            `getenv("NAME", "…")`.
        secret: the secret's characters.
        whole: they are the literal's whole content.
        name: what the program calls it; "" for nothing.
        variable: the variable that is read already, with the secret for a default; "" for none.
    """

    node: Node
    secret: Span
    whole: bool
    name: str = ""
    variable: str = ""


def up(node: Node) -> Iterator[Node]:
    """What stands around a node, the nearest first."""
    at = node.parent
    for _ in range(_DEEPEST):
        if at is None:
            return
        yield at
        at = at.parent


def whole_lines(source: Source, span: Span) -> Span | None:
    """The lines of a span with the last one's end; None where something else stands on them."""
    start = span.start
    while start and source.text[start - 1] in " \t":
        start -= 1
    end = _LINE_END.match(source.text, span.end)
    if end is None or (start and source.text[start - 1] not in "\r\n"):
        return None
    return Span(start, end.end())


def apart(source: Source, span: Span, text: str) -> str:
    """The text with blanks where it would grow together with a word that stands beside it."""
    before = source.text[span.start - 1 : span.start] if span.start else ""
    after = source.text[span.end : span.end + 1]
    left = " " if _is_word(before) else ""
    right = " " if _is_word(after) else ""
    return left + text + right


def _is_word(character: str) -> bool:
    return character.isalnum() or character in {"_", "$"} if character else False
