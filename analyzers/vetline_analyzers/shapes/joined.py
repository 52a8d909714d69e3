"""Tokens that are written as strings which the program joins: `"AKIA" + "…"`, `"rk_live_…" "…"`."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers import tokens
from vetline_analyzers.core.finding import Confidence
from vetline_analyzers.core.regex import late
from vetline_analyzers.secret.detector import Detector, Hit, Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

_JOINT = late(
    r"(?P<quote>[\"'])\s{0,3}(?:[+.&]|\.\.|<>|\|\||~)?\s{0,3}[rbu]?(?P=quote)(?=[\w+/=.-])"
)
_MOST = 20  # joints in a line that are followed
_WINDOW = 2_000  # characters of a line that are joined


def _find(passage: Passage) -> Iterator[Hit]:
    """The tokens that are whole only when the strings of a line are joined, joints and all."""
    line = passage.line[:_WINDOW]
    pieces: list[str] = []
    starts: list[int] = []  # of each piece in what is joined
    shifts: list[int] = []  # and how much further on it stands in the line
    at = length = 0
    for joint in [*_JOINT.finditer(line)][:_MOST]:
        pieces.append(line[at : joint.start()])
        starts.append(length)
        shifts.append(at - length)
        length += len(pieces[-1])
        at = joint.end()
    if not pieces:
        return
    starts.append(length)
    shifts.append(at - length)
    joined = "".join([*pieces, line[at:]])
    for hit in _tokens(joined):
        first, last = bisect_right(starts, hit.start) - 1, bisect_right(starts, hit.end - 1) - 1
        if first < last:
            start, end = hit.start + shifts[first], hit.end + shifts[last]
            yield hit._replace(start=passage.start + start, end=passage.start + end)


def _tokens(text: str) -> Iterator[Hit]:
    lowered = text.lower()
    for detector in _detectors():
        if any(anchor in lowered for anchor in detector.anchors):
            yield from detector.find(Passage(text, 0, len(text)))


@cache
def _detectors() -> tuple[Detector, ...]:
    """Those of the formats that have a mark of their own."""
    return tuple(f.detector for f in tokens.formats() if f.confidence is Confidence.HIGH)


DETECTORS = (
    Detector(
        tuple(q + s + q for q in "\"'" for s in ("+", " + ", " ", " . ", ".", "&", " & ", " b")),
        _find,
    ),
)
