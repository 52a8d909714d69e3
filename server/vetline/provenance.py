"""Who wrote which characters: regions of a text and how they move with edits.

Pure functions; nothing here knows an editor, a file or a clock. Characters without a region are of
unknown origin: the absence of evidence is never evidence of a human.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline_analyzers.core.text import Edit


class State(StrEnum):
    """What is known of a stretch of text."""

    AI = "ai"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stretch of text came from.

    Attributes:
        state: what is known.
        agent: the tool that inserted it, as it names itself ("copilot"); "" when not said.
        model: the model's name; "" when not said.
        source: the way it came in: "completion", "chat", "agent", "paste", …
    """

    state: State
    agent: str = ""
    model: str = ""
    source: str = ""

    def __str__(self) -> str:
        who = " ".join(
            part for part in (self.agent, f"({self.model})" if self.model else "") if part
        )
        return f"{self.state.upper()}: {who}" if who else self.state.upper()


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of text with one origin."""

    span: Span
    origin: Origin


Regions = tuple[Region, ...]  # in the order of the text, not overlapping, none empty


def carry(regions: Regions, edit: Edit) -> Regions:
    """The regions after `edit`: those behind it move, those it touches lose what it replaced.

    What the edit inserts belongs to nobody yet; inside a region it splits the region.
    """
    (start, end), inserted = edit
    grown = len(inserted) - (end - start)
    moved: list[Region] = []
    for region in regions:
        first, last = region.span
        if last <= start:
            moved.append(region)
        elif first >= end:
            moved.append(Region(region.span.shifted(grown), region.origin))
        else:
            if first < start:
                moved.append(Region(Span(first, start), region.origin))
            if last > end:
                moved.append(Region(Span(start + len(inserted), last + grown), region.origin))
    return tuple(moved)


def mark(regions: Regions, span: Span, origin: Origin) -> Regions:
    """The regions with `span` given to `origin`, whatever it was before."""
    if span.start >= span.end:
        return regions
    kept = [
        Region(part, region.origin) for region in regions for part in _without(region.span, span)
    ]
    return join([*kept, Region(span, origin)])


def join(regions: Iterable[Region]) -> Regions:
    """The regions in order, neighbours of one origin made one."""
    joined: list[Region] = []
    for region in sorted(regions, key=lambda r: r.span):
        last = joined[-1] if joined else None
        if last and last.origin == region.origin and last.span.end == region.span.start:
            joined[-1] = Region(Span(last.span.start, region.span.end), region.origin)
        else:
            joined.append(region)
    return tuple(joined)


def origin_of(regions: Regions, span: Span) -> Origin | None:
    """The origin of the first region that `span` touches, or None when nothing is known of it."""
    first = max(0, bisect_left(regions, span.start, key=lambda r: r.span.start) - 1)
    last = bisect_left(regions, max(span.end, span.start + 1), key=lambda r: r.span.start)
    for region in regions[first:last]:
        if region.span.overlaps(span):
            return region.origin
    return None


def _without(span: Span, hole: Span) -> list[Span]:
    parts = (Span(span.start, min(span.end, hole.start)), Span(max(span.start, hole.end), span.end))
    return [part for part in parts if part.start < part.end]
