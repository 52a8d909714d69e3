"""Trackers of texts that are parts of one: a notebook's cells, taken from the whole and put together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.provenance.runs import Line, joined
from vetline.provenance.tracker import Tracker

if TYPE_CHECKING:
    from collections.abc import Sequence


def part(tracker: Tracker, first: int, count: int) -> Tracker:
    """The owners of `count` lines from the line `first`, counted from 0; reports yet to match go along."""
    made = Tracker(tracker.lines[first : first + count], dict(tracker.sources))
    made.human = tracker.human
    made._claims = [*tracker._claims]  # noqa: SLF001 - of its own class
    return made


def whole(trackers: Sequence[Tracker]) -> Tracker:
    """The owners of the texts one behind the other, each ended by a line feed."""
    lines: list[Line] = []
    made = Tracker(lines)
    for each in trackers:
        number = {owner: made.add(source) for owner, source in each.sources.items()}
        number[0] = 0
        lines += [
            Line(joined((length, number[owner]) for length, owner in line.runs), number[line.end])
            for line in each.lines
        ]
        made.human = each.human
    lines.append(Line((), lines[-1].end if lines else 0))
    return made
