"""Who owns each character of a line: runs of a length and an id, and how they are cut and joined.

A text's newlines are owned too. A line's `end` is the owner of the newline behind it, of the last line a
virtual one; it says who made a blank line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Run = tuple[int, int]  # how many characters, and the id of their source
    Runs = tuple[Run, ...]  # neighbours differ, none is empty


class Line(NamedTuple):
    """Who owns a line: its characters, and the newline behind it."""

    runs: Runs
    end: int


def joined(runs: Iterable[Run]) -> Runs:
    """The runs, neighbours of one owner made one and empty ones left out."""
    made: list[Run] = []
    for length, owner in runs:
        if length <= 0:
            continue
        if made and made[-1][1] == owner:
            made[-1] = (made[-1][0] + length, owner)
        else:
            made.append((length, owner))
    return tuple(made)


def cut(runs: Iterable[Run], start: int, end: int) -> list[Run]:
    """The runs of the characters from `start` to `end`."""
    kept: list[Run] = []
    at = 0
    for length, owner in runs:
        first, last = max(start, at), min(end, at + length)
        if first < last:
            kept.append((last - first, owner))
        at += length
        if at >= end:
            break
    return kept


def flat(lines: Iterable[Line]) -> list[Run]:
    """The runs of lines as one text, each line's newline included."""
    runs: list[Run] = []
    for line in lines:
        runs += line.runs
        runs.append((1, line.end))
    return runs


def lines_of(runs: Iterable[Run], texts: Sequence[str]) -> list[Line]:
    """The lines that `flat` runs are of, given the texts they are made of."""
    made: list[Line] = []
    pieces = iter(runs)
    left, owner = next(pieces, (0, 0))
    for text in texts:
        own: list[Run] = []
        wanted = len(text)
        while wanted:
            if not left:
                left, owner = next(pieces)
                continue
            taken = min(wanted, left)
            own.append((taken, owner))
            wanted -= taken
            left -= taken
        while not left:
            left, owner = next(pieces, (1, 0))
        left -= 1
        made.append(Line(joined(own), owner))
    return made


def plain(text: str, owner: int) -> Line:
    """A line of one owner."""
    return Line(((len(text), owner),) if text else (), owner)


def respaced(old: str, runs: Runs, new: str) -> Runs:
    """The runs of `new`, which is `old` but for the spaces at its edges."""
    if old == new:
        return runs
    core = old.strip()
    if not core:
        return joined([(len(new), runs[0][1] if runs else 0)])
    start = len(old) - len(old.lstrip())
    kept = cut(runs, start, start + len(core))
    lead = len(new) - len(new.lstrip())
    tail = len(new) - lead - len(core)
    return joined([(lead, kept[0][1]), *kept, (tail, kept[-1][1])])
