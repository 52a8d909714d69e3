"""Fixes put into a text: those that fit beside each other, where it parses no worse for them."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers import languages
from vetline_analyzers.core.text import Edit, Span, apply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vetline_analyzers.core.finding import Fix
    from vetline_analyzers.core.text import Snapshot

_COUNTED = 1_000  # places that do not parse; nobody tells more of them apart
_LINE_END = re.compile(r"\r\n|\n|\r")


class Mended(NamedTuple):
    """What became of a text.

    Attributes:
        text: the text with the fixes in it.
        done: numbers of the fixes that are in it.
        spoiling: numbers of those left out because the text would parse worse with them.
    """

    text: str
    done: tuple[int, ...] = ()
    spoiling: tuple[int, ...] = ()


def mend(snapshot: Snapshot, fixes: Sequence[Fix]) -> Mended:
    """Put fixes into a text.

    Of fixes that overlap the first by place is taken; the others are told neither as done nor as
    spoiling and may fit the next time. Two that make the very same edit share it.

    Args:
        snapshot: the text.
        fixes: fixes of findings in that text.
    """
    numbers, native = fitting(snapshot, fixes)
    text = _with(snapshot, (native[n] for n in numbers))
    worst = errors(snapshot, snapshot.text)
    if errors(snapshot, text) <= worst:
        return Mended(text, tuple(numbers))
    good: list[int] = []
    text = snapshot.text
    for number in numbers:
        tried = _with(snapshot, (native[n] for n in (*good, number)))
        if errors(snapshot, tried) <= worst:
            good.append(number)
            text = tried
    return Mended(text, tuple(good), tuple(n for n in numbers if n not in set(good)))


def fitting(
    snapshot: Snapshot, fixes: Sequence[Fix]
) -> tuple[list[int], dict[int, tuple[Edit, ...]]]:
    """The numbers of the fixes that fit beside each other, the first by place first, and their edits.

    Their line ends are those of the text.
    """
    found = _LINE_END.search(snapshot.text)
    end = found[0] if found else "\n"
    taken: list[Span] = []
    known: set[Edit] = set()
    native: dict[int, tuple[Edit, ...]] = {}
    by_place = sorted(
        (n for n, fix in enumerate(fixes) if fix.edits), key=lambda n: min(fixes[n].edits)
    )
    for number in by_place:
        edits = tuple(Edit(e.span, _LINE_END.sub(end, e.text)) for e in fixes[number].edits)
        new = sorted({*edits} - known)
        if any(one.span.overlaps(two.span) for one, two in pairwise(new)):
            continue
        if any(_is_taken(taken, edit.span) for edit in new):
            continue
        for edit in new:
            insort(taken, edit.span)
        known.update(new)
        native[number] = edits
    return list(native), native


def errors(snapshot: Snapshot, text: str) -> int:
    """How many places of `text`, in the snapshot's language, do not parse; 0 without a grammar."""
    if languages.named(snapshot.language).grammar is None:
        return 0
    from vetline_analyzers.syntax import tree  # noqa: PLC0415 - only who mends pays for a parser

    root = tree.parse(replace(snapshot, text=text), {}).root
    return sum(1 for _ in tree.broken(root, _COUNTED)) if root.has_error else 0


def _with(snapshot: Snapshot, edits: Iterable[tuple[Edit, ...]]) -> str:
    return apply(snapshot.text, {edit for each in edits for edit in each})


def _is_taken(taken: Sequence[Span], span: Span) -> bool:
    """Whether a span overlaps one of those taken, which are sorted and apart from each other."""
    at = bisect_left(taken, span)
    return any(other.overlaps(span) for other in taken[max(0, at - 1) : at + 1])
