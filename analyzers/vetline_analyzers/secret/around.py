"""What detectors that look beyond their line find; after an edit only those near it are asked again."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.text import Edit, Span, difference
from vetline_analyzers.secret.detector import AHEAD, AROUND, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.secret.detector import Hit
    from vetline_analyzers.secret.search import Seen


class _Answer(NamedTuple):
    """The hits of a detector that was asked about a line, and the part of the text that it may look at."""

    start: int
    end: int
    hits: tuple[Hit, ...]


class _Known(NamedTuple):
    """A text, and the answers about it that hold anything."""

    path: str
    text: str
    answers: list[_Answer]


def find(
    snapshot: Snapshot, lines: Iterable[tuple[int, Seen]], memo: Memo, *, bare: bool
) -> list[Hit]:
    """The hits that lines have by what stands around them, at their offsets in the text.

    Args:
        snapshot: the text.
        lines: in their order the numbers of lines and what they hold by themselves.
        memo: a dictionary that the caller keeps for this document, with the answers about the text before.
        bare: as of a Passage.
    """
    text = snapshot.text
    known: _Known | None = memo.get("around")
    edit, answers = Edit(Span(0, 0), text), []
    if known is not None and known.path == snapshot.path:
        change = difference(known.text, text)
        if change is None:
            return [hit for answer in known.answers for hit in answer.hits]
        edit, answers = change, list(_untouched(known.answers, change))
    answers += _asked(snapshot, lines, edit, bare=bare)
    # Who finds a secret first names it, so the order must not tell what was typed when.
    answers.sort(key=lambda answer: answer[:2])
    memo["around"] = _Known(snapshot.path, text, answers)
    return [hit for answer in answers for hit in answer.hits]


def _untouched(answers: Iterable[_Answer], edit: Edit) -> Iterator[_Answer]:
    """The answers that an edit leaves as they are, where it puts them."""
    (begin, end), added = edit
    by = len(added) - (end - begin)
    for answer in answers:
        if answer.end <= begin:
            yield answer
        elif answer.start >= end:
            hits = (hit._replace(start=hit.start + by, end=hit.end + by) for hit in answer.hits)
            yield _Answer(answer.start + by, answer.end + by, tuple(hits))


def _asked(
    snapshot: Snapshot, lines: Iterable[tuple[int, Seen]], edit: Edit, *, bare: bool
) -> Iterator[_Answer]:
    """What detectors answer now that may look at what an edit put into the text."""
    begin, end = edit.span.start, edit.span.start + len(edit.text)
    starts = snapshot.line_starts
    first, last = bisect_right(starts, begin - AHEAD) - 1, bisect_right(starts, end + AROUND)
    for number, held in lines:
        if not held.beyond or not first <= number < last:
            continue
        offset = starts[number]
        for detector, start, stop in held.beyond:
            # As far as it may look, be there text or not: what is added at an end is seen, too.
            left, right = offset + start - AROUND, offset + stop + detector.ahead
            if right <= begin or left >= end:
                continue
            at = max(0, left)
            passage = Passage(
                snapshot.text[at:right],
                offset + start - at,
                offset + stop - at,
                bare,
                snapshot.path,
            )
            if hits := tuple(
                hit._replace(start=hit.start + at, end=hit.end + at)
                for hit in detector.find(passage)
            ):
                yield _Answer(left, right, hits)
