"""Which lines an AI inserted, remembered thinly: keyed digests of lines, never their text.

An editor that starts again, and `check --scope ai`, find the lines again by their content: in the order
in which they were inserted and next to each other, so that a human's identical stray line elsewhere is
not taken for the AI's. A gap is acceptable, a false claim is not.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import provenance
from vetline.ledger import Draft, Kind
from vetline.provenance import Origin, State
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vetline.ledger import AuditEvent
    from vetline.provenance import Regions
    from vetline_analyzers.core.text import Snapshot

    Pair = tuple[int, int]

# Enough to say something: at least four letters or digits. "})" stands everywhere.
_TELLING = re.compile(r"(?:[^\W_][\W_]*+){4}")
_START, _END = "start", "end"  # stand for the text's own ends among the digests
_CONTEXT = 10  # lines above and below that are looked at for one that tells something


class Line(NamedTuple):
    """A line that is not blank.

    Attributes:
        number: from 0.
        digest: keyed, of what stands on it, the edges' spaces apart.
        telling: it says enough to know it by.
    """

    number: int
    digest: str
    telling: bool = True


def lines_of(snapshot: Snapshot, key: bytes, numbers: Iterable[int]) -> Iterator[Line]:
    """Those lines of the given numbers that are not blank."""
    keyed = hashlib.blake2b(key=key, digest_size=8)
    for number in numbers:
        text = snapshot.line_text(number).strip()
        if text:
            one = keyed.copy()
            one.update(text.encode("utf-8", "surrogatepass"))
            yield Line(number, one.hexdigest(), _TELLING.search(text) is not None)


def insertion(
    snapshot: Snapshot, span: Span, origin: Origin, *, key: bytes, subject: str
) -> Draft | None:
    """What to append to the ledger when `origin` inserted what stands at `span` of `snapshot`.

    Returns:
        The draft, or None when no line of it tells anything.
    """
    first = snapshot.position(span.start).line
    last = snapshot.position(max(span.start, span.end - 1)).line
    lines = list(lines_of(snapshot, key, range(first, last + 1)))
    if not any(line.telling for line in lines):
        return None
    count = len(snapshot.line_starts)
    above = lines_of(snapshot, key, range(first - 1, max(first - _CONTEXT, 0) - 1, -1))
    below = lines_of(snapshot, key, range(last + 1, min(last + _CONTEXT, count)))
    # Of a line that was there in part: how much stood before and behind, the edges' spaces apart.
    head = snapshot.text[snapshot.line_starts[first] : span.start].lstrip()
    tail = snapshot.text[span.end : snapshot.line_span(last).end].rstrip()
    payload = {
        "agent": origin.agent,
        "model": origin.model,
        "source": origin.source,
        "digest": snapshot.digest,
        "lines": [line.digest for line in lines],
        "before": _context(above, _START if first < _CONTEXT else "")[::-1],
        "after": _context(below, _END if last + _CONTEXT >= count else ""),
        "head": len(head) if lines[0].number == first else 0,
        "tail": len(tail) if lines[-1].number == last else 0,
    }
    return Draft(Kind.INSERTION, subject, payload)


def _context(lines: Iterable[Line], edge: str) -> list[str]:
    """The digests as far as the first line that tells something, or to the text's edge."""
    digests = []
    for line in lines:
        digests.append(line.digest)
        if line.telling:
            return digests
    return [*digests, edge] if edge else digests


def recall(events: Iterable[AuditEvent], key: bytes, snapshot: Snapshot) -> Regions:
    """The regions of `snapshot` that the insertion events among `events`, all of its path, tell of."""
    told = [event.payload for event in events if event.kind == Kind.INSERTION]
    if not told:
        return ()
    numbers = range(len(snapshot.line_starts))
    have = [Line(0, _START), *lines_of(snapshot, key, numbers), Line(numbers[-1], _END)]
    count = Counter(line.digest for line in have)
    unique = {
        line.digest: j for j, line in enumerate(have) if line.telling and count[line.digest] == 1
    }
    regions: Regions = ()
    for payload in told:
        origin = Origin(State.AI, *(str(payload.get(n, "")) for n in ("agent", "model", "source")))
        before, lines, after = (_digests(payload, name) for name in ("before", "lines", "after"))
        for run in align([*before, *lines, *after], have, unique):
            own = [(i, have[j].number) for i, j in run if 0 <= i - len(before) < len(lines)]
            if own:
                span = _span(snapshot, own[0][1], own[-1][1])
                head = _count(payload.get("head")) if own[0][0] == len(before) else 0
                ends = own[-1][0] == len(before) + len(lines) - 1
                tail = _count(payload.get("tail")) if ends else 0
                span = Span(span.start + head, span.end - tail)
                regions = provenance.mark(regions, span, origin)
    return regions


def align(
    wanted: Sequence[str], have: Sequence[Line], unique: dict[str, int]
) -> Iterator[list[Pair]]:
    """Which of `wanted` stands where in `have`: runs of pairs of indices, a run without a gap.

    Telling lines that are unique on both sides are the anchors; the longest rising chain of them
    holds and grows over equal neighbours. One telling line alone proves nothing and is dropped.

    Args:
        wanted: digests in their order.
        have: the lines of the text.
        unique: the index in `have` of each telling line that it holds once, by digest.
    """
    once = Counter(wanted)
    anchors = [(i, unique[d]) for i, d in enumerate(wanted) if d in unique and once[d] == 1]
    chain = [*_rising(anchors), (len(wanted), len(have))]
    runs: list[list[Pair]] = []
    for (i, j), (next_i, next_j) in pairwise(chain):
        floor_i, floor_j = runs[-1][-1] if runs else (-1, -1)
        first = last = 0
        while min(i + first - floor_i, j + first - floor_j) > 1:
            if wanted[i + first - 1] != have[j + first - 1].digest:
                break
            first -= 1
        while i + last + 1 < next_i and j + last + 1 < next_j:
            if wanted[i + last + 1] != have[j + last + 1].digest:
                break
            last += 1
        if not runs or (i + first - 1, j + first - 1) != (floor_i, floor_j):
            runs.append([])
        runs[-1] += [(i + step, j + step) for step in range(first, last + 1)]
    return (run for run in runs if sum(have[j].telling for _, j in run) > 1)


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest chain of pairs in which both indices rise; the first index rises already."""
    lasts: list[int] = []  # the smallest j that ends a chain of each length
    ends: list[int] = []  # and the pair it is of
    before: list[int] = []
    for at, (_, j) in enumerate(pairs):
        length = bisect_left(lasts, j)
        before.append(ends[length - 1] if length else -1)
        lasts[length : length + 1] = [j]
        ends[length : length + 1] = [at]
    chain = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _span(snapshot: Snapshot, first: int, last: int) -> Span:
    """From the first character of one line to the last of another, the edges' spaces left out."""
    start, end = snapshot.line_span(first).start, snapshot.line_span(last).end
    inside = snapshot.text[start:end]
    return Span(end - len(inside.lstrip()), start + len(inside.rstrip()))


def _digests(payload: Mapping[str, Any], name: str) -> list[str]:
    found = payload.get(name)
    return list(map(str, found)) if isinstance(found, list) else []


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
