"""Where a report is borne out: the stretches of a text that came unexplained and have the report's words."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from vetline.provenance.align import says_something
from vetline.provenance.changes import Change, Guess
from vetline.provenance.claims import GAP, START, words_of
from vetline.provenance.memory import MUCH, telling, weight
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vetline.provenance.claims import Claim
    from vetline.provenance.tracker import Tracker
    from vetline_analyzers.core.text import Snapshot

_SOON = 10.0  # seconds; a file written whole explains nothing that was seen longer before
_PLACES = 64  # at which words are looked for in a report
_LARGEST = 400_000_000  # characters that are looked through for lines which stand alone


class _Part(NamedTuple):
    line: int
    start: int
    end: int
    owner: int


class _Stretch(NamedTuple):
    """Neighbouring characters that came with changes which a claim may explain.

    Attributes:
        parts: where.
        words: what it says; without a gap where a word goes on in what is beside it.
        whole: what the whole lines say that it stands on.
        typed: it may have been typed.
        starts, ends: its first word starts a line, and its last one ends one.
    """

    parts: list[_Part]
    words: str
    whole: str
    typed: bool
    starts: bool = True
    ends: bool = True

    @property
    def owners(self) -> set[int]:
        """The ids of the changes it came with."""
        return {part.owner for part in self.parts}


class _Search(NamedTuple):
    """What is looked through for what a claim explains."""

    tracker: Tracker
    snapshot: Snapshot
    claim: Claim
    within: float
    pieces: str  # of the claim, as they were
    known: dict[int, bool]  # whether the claim may explain the change of an id
    beside: list[tuple[int, int]]  # what else of the pieces is on lines that are explained

    def may_be(self, owner: int) -> bool:
        """Whether the claim may explain a change."""
        known = self.known.get(owner)
        if known is None:
            known = self.known[owner] = self._may_be(self.tracker.sources.get(owner))
        return known

    def _may_be(self, change: object) -> bool:
        if not isinstance(change, Change) or change.firm:
            return False
        at, edit = self.claim.at, self.claim.edit
        if not change.since - self.within <= at <= change.at + self.within:
            return False
        return edit.after is None or edit.before is not None or change.at >= at - _SOON


def apply(
    tracker: Tracker,
    snapshot: Snapshot,
    claim: Claim,
    within: float,
    *,
    lines: tuple[int, int] | None = None,
    newest: int = 0,
) -> bool:
    """Explain changes by a claim.

    Args:
        tracker: the text's owners.
        snapshot: the text.
        claim: the claim; what it explains is used up.
        within: seconds that may lie between a change and the report of it.
        lines: only in these, the first and the one behind the last.
        newest: the ids from this one on are found in those lines only.

    Returns:
        Whether it explained something.
    """
    if not claim.pieces:
        return False
    search = _Search(tracker, snapshot, claim, within, claim.pieces, {}, [])
    found = list(_stretches(search, range(*(lines or (0, len(tracker.lines))))))
    explained, doubted = _matched(search, found)
    for stretch in explained:
        _give(search, stretch.parts)
    for start, end in search.beside:
        claim.use(start, end)
    for owner in {owner for stretch in explained for owner in _spoken(search, stretch)} - doubted:
        if lines is None or owner >= newest:
            # Its blank lines, and its copies in the memory of what was removed, are explained too.
            tracker.sources[owner] = claim.origin
    return bool(explained)


def _matched(search: _Search, found: Iterable[_Stretch]) -> tuple[list[_Stretch], set[int]]:
    """The stretches that the claim explains, and the changes of which something is left over."""
    explained: list[_Stretch] = []
    little: list[_Stretch] = []
    doubted: set[int] = set()
    for stretch in found:
        if not telling(stretch.words):
            little.append(stretch)
        elif _explains(search, stretch):
            explained.append(stretch)
        else:
            known = len(little)
            pieces = _in_part(search, stretch, little)
            explained += pieces
            taken = {part for piece in [*pieces, *little[known:]] for part in piece.parts}
            doubted |= {part.owner for part in stretch.parts if part not in taken}
    # What says little is only believed of a change that nothing else speaks against.
    for stretch in little:
        if not stretch.owners & doubted and _explains(search, stretch):
            explained.append(stretch)
        else:
            doubted |= stretch.owners
    return explained, doubted


def _spoken(search: _Search, stretch: _Stretch) -> Iterator[int]:
    """The ids of the changes that a stretch has words of; spaces prove nothing."""
    for part in stretch.parts:
        if says_something(search.snapshot.line_text(part.line)[part.start : part.end]):
            yield part.owner


def _explains(search: _Search, stretch: _Stretch) -> bool:
    """Whether the claim has the words of a stretch, which are used up then."""
    claim, words = search.claim, stretch.words
    if stretch.typed:
        # A word accepted of a completion; once the rest has come it is anybody's.
        at = claim.pieces.find(START + words) + 1 if telling(words) else 0
        if at:
            claim.use(at, at + len(words))
        return at > 0
    for pieces in (claim.pieces, search.pieces):
        line = pieces.find(stretch.whole)
        at = claim.pieces.find(words, line, line + len(stretch.whole)) if line >= 0 else -1
        if at >= 0 and _fits(claim, stretch, at):
            # What stands beside it on its lines and in the claim was there before, and will not come.
            search.beside.append((line, line + len(stretch.whole)))
            break
    else:
        at = _found(claim, stretch)
    if at >= 0:
        claim.use(at, at + len(words))
    return at >= 0


def _found(claim: Claim, stretch: _Stretch) -> int:
    at = -1
    for _ in range(_PLACES):
        at = claim.pieces.find(stretch.words, at + 1)
        if at < 0 or _fits(claim, stretch, at):
            return at
    return -1


def _fits(claim: Claim, stretch: _Stretch, at: int) -> bool:
    """Whether what starts or ends a line does so in the claim, too."""
    starts = not stretch.starts or at in claim.edges
    return starts and (not stretch.ends or at + len(stretch.words) - 1 in claim.edges)


def _in_part(search: _Search, stretch: _Stretch, little: list[_Stretch]) -> list[_Stretch]:
    """Of a stretch that is not explained as a whole: what one change brought, else lines by themselves.

    What says little by itself is added to `little`.
    """
    if stretch.typed:
        return []
    made: list[_Stretch] = []
    left: list[_Part] = []
    by_change = [list(parts) for _, parts in groupby(stretch.parts, key=lambda part: part.owner)]
    for parts in by_change:
        piece = _stretch(search, parts) if len(by_change) > 1 else None
        if piece and not telling(piece.words):
            little.append(piece)
        elif piece and _explains(search, piece):
            made.append(piece)
        else:
            left += parts
    return [*made, *_by_lines(search, left)]


def _by_lines(search: _Search, parts: Sequence[_Part]) -> Iterator[_Stretch]:
    """Those whole lines that stand together in the claim too."""
    lines = [list(own) for _, own in groupby(parts, key=lambda part: part.line)]
    if len(lines) * len(search.claim.pieces) > _LARGEST:
        return
    at = 0
    while at < len(lines):
        taken, start, words = at, -1, ""
        while taken < len(lines) and _is_whole(search, lines[taken]):
            more = words_of(search.snapshot.line_text(lines[taken][0].line))
            longer = words + more[len(GAP) if words else 0 :]
            found = (
                _found(search.claim, _Stretch([], longer, longer, typed=False)) if longer else -1
            )
            if longer and found < 0:
                break
            taken, start, words = taken + 1, found, longer
        if telling(words) and _stand_out(search, lines[at:taken]):
            search.claim.use(start, start + len(words))
            yield _Stretch(
                [part for own in lines[at:taken] for part in own], words, words, typed=False
            )
        at = max(taken, at + 1)


def _stand_out(search: _Search, lines: Sequence[Sequence[_Part]]) -> bool:
    """Whether lines cannot well be another's: seen as they came, or too much for a coincidence."""
    changes = [search.tracker.sources[part.owner] for own in lines for part in own]
    if all(isinstance(change, Change) and change.since == change.at for change in changes):
        return True
    said = [search.snapshot.line_text(own[0].line) for own in lines]
    return weight("\n".join(said)) >= MUCH or sum(map(telling, said)) > 1


def _is_whole(search: _Search, parts: Sequence[_Part]) -> bool:
    """Whether the parts of a line are all of it but for spaces."""
    text = search.snapshot.line_text(parts[0].line)
    said = "".join(text[part.start : part.end] for part in parts)
    return said.split() == text.split()


def _give(search: _Search, parts: Sequence[_Part]) -> None:
    """Give the parts to the claim's origin; a person's change of a proposal makes lines mixed."""
    tracker, snapshot, claim, *_ = search
    owner = tracker.add(claim.origin)
    as_proposed = owner
    proposed: set[str] = set()
    if claim.origin.modified and claim.edit.proposed is not None:
        as_proposed = tracker.add(replace(claim.origin, modified=False))
        proposed = {line.strip() for line in claim.edit.proposed.splitlines()}
    following = [part.line for part in parts[1:]] + [parts[-1].line + 1]
    for part, after in zip(parts, following, strict=True):
        span = snapshot.line_span(part.line)
        same = snapshot.line_text(part.line).strip() in proposed
        to = as_proposed if same else owner
        end = span.start + part.end
        if end == span.end and after > part.line:  # with the blank lines between
            end = snapshot.line_starts[after] if after < len(snapshot.line_starts) else end
        tracker.settle(snapshot, Span(span.start + part.start, end), to)


def _stretches(search: _Search, numbers: Iterable[int]) -> Iterator[_Stretch]:
    parts: list[_Part] = []

    def gathered() -> Iterator[_Stretch]:
        if found := _stretch(search, parts):
            yield found
        parts.clear()

    for number in numbers:
        runs, end = search.tracker.lines[number]
        at = 0
        for length, owner in runs:
            if search.may_be(owner):
                parts.append(_Part(number, at, at + length, owner))
            elif parts:
                yield from gathered()
            at += length
        if parts and not search.may_be(end):
            yield from gathered()
    yield from gathered()


def _stretch(search: _Search, parts: Sequence[_Part]) -> _Stretch | None:
    """The stretch of the parts; None when there is no word in it."""
    if not parts:
        return None
    lines = {part.line: search.snapshot.line_text(part.line) for part in parts}
    said = {
        line: "".join(lines[line][part.start : part.end] for part in own)
        for line, own in groupby(parts, key=lambda part: part.line)
    }
    words = words_of("\n".join(said.values()))
    if not says_something(words):
        return None
    first, last = parts[0], parts[-1]
    spoken = [line for line in said if words_of(said[line])]
    starts = spoken[0] != first.line or not words_of(lines[first.line][: first.start])
    ends = spoken[-1] != last.line or not words_of(lines[last.line][last.end :])
    if _goes_on(lines[first.line], first.start):
        words = words[len(GAP) :]
    if _goes_on(lines[last.line], last.end):
        words = words[: -len(GAP)]
    changes = [search.tracker.sources[part.owner] for part in parts]
    typed = all(isinstance(c, Change) and c.guess is Guess.TYPED for c in changes)
    return _Stretch(
        list(parts), words, words_of("\n".join(lines[line] for line in spoken)), typed, starts, ends
    )


def _goes_on(text: str, at: int) -> bool:
    """Whether a word goes on across a place in a line."""
    return words_of(text[max(at - 1, 0) : at + 1]).find(GAP, 1) == 1 + 2 * len(GAP)
