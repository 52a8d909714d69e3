"""A finding in its place: with its line, its author, and what people decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.text import Position, Span

if TYPE_CHECKING:
    from vetline.provenance import Attribution
    from vetline.review import Standing
    from vetline_analyzers.core.finding import Finding

_NOWHERE = Span(0, 0)


class Place(NamedTuple):
    """A stretch of the text and the words that go with it: a replacement or an explanation.

    Attributes:
        start, end: as of Sighting; of another file only the line is known.
        text: the words.
        path: the other file, as `Sighting.path`; "" when it is the finding's.
    """

    start: Position
    end: Position
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A finding in its place.

    Attributes:
        path: POSIX path relative to where the check started.
        finding: what was found.
        start, end: its place, lines and columns from 0, columns in code points, `end` exclusive.
        excerpt: the line it starts on, every secret masked, a long one cut around the finding.
        caret: the finding's part of `excerpt`.
        edits: the fix's edits in their places; empty without a fix.
        related: other places that explain the finding.
        flow: the steps of a value from its source to its sink.
        ascii: the lines it and its edits are on are ASCII: columns are the same in every unit.
        origin: who wrote it, as far as its lines tell; None when nothing is known.
        accepted: the baseline or the base commit has it already.
        review: what a person's review of it is worth now; None when nobody asked for one.
        silencer: who wrote the comment that silences it, as far as known; None when nothing is known, or none does.
        repeated: another sighting of the same trigger, in the same function, class or run of lines, speaks for it.
    """

    path: str
    finding: Finding
    start: Position
    end: Position
    excerpt: str = ""
    caret: Span = _NOWHERE
    edits: tuple[Place, ...] = ()
    related: tuple[Place, ...] = ()
    flow: tuple[Place, ...] = ()
    ascii: bool = False
    origin: Attribution | None = None
    accepted: bool = False
    review: Standing | None = None
    silencer: Attribution | None = None
    repeated: bool = False
