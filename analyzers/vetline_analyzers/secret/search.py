"""Lines searched for secrets: which detector is asked of which, of very long ones of which part.

All anchors are looked for at once; a detector sees the lines that hold one of its own. A line of a
minified file is as long as the file, so there it sees what lies around its anchors.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers import shapes, tokens
from vetline_analyzers.core.regex import late
from vetline_analyzers.secret.detector import Passage
from vetline_analyzers.secret.prefilter import Prefilter
from vetline_analyzers.secret.rules import KEY, PASSWORD
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vetline_analyzers.secret.detector import Detector, Hit

LONGEST = 2_000_000  # characters of a line that are searched
_LONG = 4_000  # of longer lines only parts are shown
# Anchors are looked for in chunks of a long line. A part is at most so many of them in a row, with what
# stands before and after; it does not end within what may be a token: those of Azure have 2,500 characters.
_CHUNK, _ROW, _BEFORE, _AFTER = 200, 20, 200, 400
_DATA, _DEEP = (
    late(r"[A-Za-z0-9+/\\]*"),
    5,
)  # chunks of base64 in a row, in which one may still begin
_TOKEN = late(r"[\w.~%+/=-]{0,3000}")


class Ask(NamedTuple):
    """A detector that looks beyond its line, and where in the line it is to start."""

    detector: Detector
    start: int
    end: int


class Seen(NamedTuple):
    """What a line holds by itself, and who must be asked about the text around it."""

    hits: tuple[Hit, ...] = ()
    beyond: tuple[Ask, ...] = ()


def search(lines: Sequence[str], path: str, *, bare: bool) -> dict[str, Seen]:
    """What the lines hold, by line; those that hold nothing are left out.

    Args:
        lines: different from each other, without their ends.
        path: as of a Passage.
        bare: as of a Passage.
    """
    found: dict[str, Seen] = {}
    usual = [line for line in lines if len(line) <= _LONG]
    always = [d for d in shapes.detectors() if d.files is not None and d.files.search(path)]
    asked = dict(_asked(usual))
    for number in range(len(usual)) if always else asked:
        line = usual[number]
        who = dict.fromkeys((*asked.get(number, ()), *always))
        _note(found, line, [Ask(detector, 0, len(line)) for detector in who], path, bare=bare)
    if len(usual) < len(lines):
        for line in lines:
            if len(line) > _LONG:
                _note(found, line, _parts(line), path, bare=bare)
    return found


def best(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in their order, of those that overlap only the one that says most."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=_rank):
        at = bisect_left(kept, hit.end, key=lambda other: other.start)
        # Those kept never overlap, so the last that starts before the end decides.
        if at == 0 or kept[at - 1].end <= hit.start:
            kept.insert(at, hit)
    return kept


def detectors() -> dict[str, tuple[Detector, ...]]:
    """By anchor, those that it makes look."""
    groups: dict[str, tuple[Detector, ...]] = {}
    for detector in (*(f.detector for f in tokens.formats()), *shapes.detectors()):
        for anchor in detector.anchors:
            groups[anchor] = (*groups.get(anchor, ()), detector)
    return groups


def _note(
    found: dict[str, Seen], line: str, asked: Iterable[Ask], path: str, *, bare: bool
) -> None:
    hits: list[Hit] = []
    beyond: list[Ask] = []
    said: dict[tuple[Detector, str], tuple[Hit, ...]] = {}  # a line may be the same over and over
    for ask in asked:
        if ask.detector.beyond:
            beyond.append(ask)
            continue
        part = line[ask.start : ask.end]
        own = said.get((ask.detector, part))
        if own is None:
            passage = Passage(part, 0, len(part), bare, path)
            own = said[ask.detector, part] = tuple(ask.detector.find(passage))
        hits += (
            hit._replace(start=hit.start + ask.start, end=hit.end + ask.start)
            for hit in own
            if hit.start or not ask.start  # what starts where a part was cut off started earlier
        )
    if hits or beyond:
        found[line] = Seen(tuple(best(hits)), tuple(beyond))


@cache
def _machine() -> tuple[Prefilter, tuple[tuple[Detector, ...], ...], int]:
    """The search for anchors, who is asked at each, and the length of the longest."""
    by_anchor = detectors()
    return Prefilter(tuple(by_anchor)), tuple(by_anchor.values()), max(map(len, by_anchor))


def _asked(lines: Sequence[str]) -> Iterator[tuple[int, Iterable[Detector]]]:
    """The numbers of lines with anchors, and the detectors to be asked of them."""
    prefilter, by_number, _ = _machine()
    for number, anchors in prefilter.lines_with(lines).items():
        yield number, dict.fromkeys(d for anchor in sorted(anchors) for d in by_number[anchor])


def _parts(line: str) -> list[Ask]:
    """Of a long line, who is asked about which part."""
    _, _, overlap = _machine()
    length = min(len(line), LONGEST)
    wanted: dict[Detector, list[int]] = {}
    for number, asked in sorted(_asked(list(_chunks(line, length, overlap)))):
        for detector in asked:
            wanted.setdefault(detector, []).append(number)
    asks = (
        Ask(detector, max(0, first * _CHUNK - _BEFORE), _end(line, (last + 1) * _CHUNK + _AFTER))
        for detector, numbers in wanted.items()
        for first, last in _rows(numbers)
    )
    # In the order of the line, since detectors that are asked of the same part share what they read there.
    return sorted(asks, key=lambda ask: ask[1:])


def _chunks(line: str, length: int, overlap: int) -> Iterator[str]:
    """A line in pieces; empty are those deep in an image, a font or a digest, where nothing is a token."""
    row = 0
    for at in range(0, length, _CHUNK):
        row = row + 1 if _DATA.fullmatch(line, at, at + _CHUNK) else 0
        yield line[at : at + _CHUNK + overlap] if row <= _DEEP else ""


def _end(line: str, at: int) -> int:
    """Where a part ends that goes to `at` or, when a token stands there, to its end."""
    match = _TOKEN.match(line, min(at, len(line)))
    return match.end() if match else at


def _rows(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each row of numbers without a gap; no row is longer than _ROW."""
    first = last = -1
    for number in numbers:
        if number != last + 1 or number - first >= _ROW or first < 0:
            if first >= 0:
                yield first, last
            first = number
        last = number
    if first >= 0:
        yield first, last


def _rank(hit: Hit) -> tuple[bool, bool, int, bool, bool, int, int]:
    order = {KEY: 0, PASSWORD: 2, "url-password": 2}.get(hit.rule, 1)
    weak = hit.strength is Strength.WEAK  # what is worth little hides no password within it
    length = hit.end - hit.start
    return (hit.doubtful, not hit.proven, order, weak, hit.unsure, -length, hit.start)
