"""One text's authors: who owns each character, through every edit.

Pure: no clock, no disk; times are given. A keystroke costs what its line is long, whatever the text's size.
Each observed change gets an id of its own, which a report resolves later or has resolved before: so a
hook that comes before its change and one that comes after it end the same.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vetline.provenance import claims, matching, view
from vetline.provenance.changes import Change, Guess, guess, is_bulk
from vetline.provenance.memory import Memory, place_of
from vetline.provenance.origin import Origin
from vetline.provenance.rewritten import rewritten
from vetline.provenance.runs import Line, cut, flat, joined, lines_of, plain, respaced
from vetline.provenance.window import splice_of, texts, window_of
from vetline_analyzers.core.text import Edit, Span, difference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vetline.provenance.claims import Claim
    from vetline.provenance.memory import Place
    from vetline.provenance.origin import Attribution
    from vetline.provenance.runs import Run, Runs
    from vetline.provenance.window import Splice, Window
    from vetline_analyzers.core.text import Snapshot

UNKNOWN = 0  # the id of what was there before anybody watched
WINDOW = 300.0  # seconds between a change and the report of it (provenance research)
_BREATH = 1.0  # seconds between two keystrokes that one id will do for

Source = Origin | Change


class Tracker:
    """Who owns each character of one text.

    Attributes:
        lines: the owners, a line each, by id.
        sources: what is known of each id; `UNKNOWN` is not in it.
        newest: the id of the last change, 0 for none.
        human: who is at the keyboard, "" when not known.
    """

    def __init__(self, lines: list[Line], sources: dict[int, Source] | None = None) -> None:
        """Hold what is known."""
        self.lines = lines
        self.sources: dict[int, Source] = sources if sources is not None else {}
        self.newest = UNKNOWN
        self.human = ""
        self._memory = Memory(max(self.sources, default=UNKNOWN))
        self._claims: list[Claim] = []

    @classmethod
    def fresh(cls, snapshot: Snapshot, source: Source | None = None) -> Tracker:
        """A text of which only `source` is known, or nothing."""
        made = cls([])
        owner = made.add(source) if source else UNKNOWN
        made.lines = [plain(text, owner) for text in texts(snapshot)]
        return made

    def add(self, source: Source) -> int:
        """A new id for a source."""
        self._memory.newest += 1
        owner = self._memory.newest
        self.sources[owner] = source
        return owner

    # -- what happens to the text

    def edit(
        self, before: Snapshot, after: Snapshot, edit: Edit, at: float, *, fresh: bool = False
    ) -> int:
        """Take an edit that was watched: `edit` of `before` gave `after` at the time `at`.

        Args:
            before: the text before.
            after: the text after.
            edit: what was done.
            at: when, seconds since the epoch.
            fresh: a keystroke gets an id of its own even when it goes on from the last one.

        Returns:
            The id of what it inserted, should it turn out not to be what it looks like; 0 when it
            inserted nothing of its own.
        """
        window = window_of(before, after, edit)
        own = self.lines[window.first : window.first + len(window.old)]
        first = self._memory.newest + 1
        splice = splice_of(before, edit, window)
        if splice is None:
            ids = self._align(window, own, lambda text: self._changed(at, at, text))
            self.newest = ids[-1] if ids else UNKNOWN
        else:
            self.newest = self._spliced(window, own, splice, at, fresh=fresh)
        if self._claims:
            self._claims = [claim for claim in self._claims if claim.at + WINDOW >= at]
            if self.is_open(self.newest):
                last = window.first + len(window.new)
                for claim in claims.nearest(self._claims, at):
                    matching.apply(
                        self, after, claim, WINDOW, lines=(window.first, last), newest=first
                    )
        return self.newest

    def rewrite(
        self, before: Snapshot, after: Snapshot, source: Origin | tuple[float, float]
    ) -> None:
        """Take a change of the text as a whole, by `source`, or by nobody knows whom between two times."""
        change = difference(before.text, after.text)
        if change is None:
            return
        window = window_of(before, after, change)
        own = self.lines[window.first : window.first + len(window.old)]
        if isinstance(source, Origin):
            owner = self.add(source)
            self._align(window, own, lambda _: owner)
        else:
            since, at = source
            self._align(window, own, lambda text: self._changed(since, at, text))

    def claim(self, snapshot: Snapshot, claim: Claim) -> bool:
        """Take a report of an agent: explains changes that were seen, and those to come for a while.

        Returns:
            Whether it explained something.
        """
        self._claims.append(claim)
        explained = matching.apply(self, snapshot, claim, WINDOW)
        claim.narrow(snapshot)
        return explained

    def mark(self, snapshot: Snapshot, span: Span, origin: Origin) -> None:
        """Take an editor's word that `span` came from `origin`.

        An AI's origin goes over everything but what is known better and what was typed before; any
        other only explains changes that nobody else has explained.
        """
        owner = self.add(origin)

        def owned(old: int) -> int:
            known = self.sources.get(old)
            if isinstance(known, Origin):
                stays = known.tier < origin.tier or not origin.ai
            elif known is None:
                stays = not origin.ai
            else:
                stays = known.firm and (old != self.newest or not origin.ai)
            return old if stays else owner

        self.repaint(snapshot, span, owned)

    def settle(self, snapshot: Snapshot, span: Span, owner: int) -> bool:
        """Give what is open in a span to an owner; whether there was anything."""
        found = False

        def owned(old: int) -> int:
            nonlocal found
            if not self.is_open(old):
                return old
            found = True
            return owner

        self.repaint(snapshot, span, owned)
        return found

    def fill(self, snapshot: Snapshot, other: Tracker) -> None:
        """Take from another tracker of the same text the origins of what nobody here can explain."""
        ids: dict[int, int] = {}
        for number, line in enumerate(other.lines):
            at = snapshot.line_starts[number]
            for length, owner in line.runs:
                origin = other.sources.get(owner)
                if isinstance(origin, Origin):
                    new = ids.get(owner) or ids.setdefault(owner, self.add(origin))
                    self.repaint(snapshot, Span(at, at + length), partial(self._filled, new))
                at += length

    def _filled(self, new: int, old: int) -> int:
        source = self.sources.get(old)
        known = isinstance(source, Origin) or (source and source.guess is Guess.TYPED)
        return old if known else new

    def repaint(self, snapshot: Snapshot, span: Span, owned: Callable[[int], int]) -> None:
        """Give the characters of a span, newlines included, the owners that `owned` gives for theirs."""
        if span.start >= span.end:
            return
        first, last = snapshot.position(span.start), snapshot.position(span.end)
        for number in range(first.line, last.line + 1):
            line = self.lines[number]
            length = sum(run[0] for run in line.runs)
            start = min(first.column, length) if number == first.line else 0
            end = min(last.column, length) if number == last.line else length
            inside = [(count, owned(own)) for count, own in cut(line.runs, start, end)]
            runs = joined([*cut(line.runs, 0, start), *inside, *cut(line.runs, end, length)])
            self.lines[number] = Line(runs, owned(line.end) if number < last.line else line.end)

    def disown(self, snapshot: Snapshot, owner: int) -> bool:
        """What looked typed was not: the editor read the text anew from the disk.

        Returns:
            Whether a report explains it now.
        """
        source = self.sources.get(owner)
        if not isinstance(source, Change) or source.guess is not Guess.TYPED:
            return False
        self.sources[owner] = source._replace(guess=Guess.UNKNOWN, firm=False)
        reports = claims.nearest(self._claims, source.at)
        return sum(matching.apply(self, snapshot, report, WINDOW) for report in reports) > 0

    # -- what is known of it

    def is_open(self, owner: int) -> bool:
        """Whether nothing explains it yet and a report may."""
        source = self.sources.get(owner)
        return isinstance(source, Change) and not source.firm

    def attributions(self, snapshot: Snapshot) -> list[Attribution]:
        """What is said of each line of the text."""
        return view.attributions(texts(snapshot), self.lines, self.sources)

    def touching(self, snapshot: Snapshot, span: Span) -> Attribution | None:
        """What is said of the lines that `span` touches: of several the one that needs most care."""
        first = snapshot.position(span.start).line
        last = snapshot.position(max(span.start, span.end - 1)).line
        lines = [snapshot.line_text(number) for number in range(first, last + 1)]
        return view.foremost(lines, self.lines[first : last + 1], self.sources)

    # -- inside

    def _changed(self, since: float, at: float, text: str) -> int:
        # Much that came while nobody watched may have come bit by bit.
        bulk = since == at and is_bulk(text)
        return self.add(Change(since, at, Guess.BULK if bulk else Guess.UNKNOWN))

    def _spliced(
        self, window: Window, own: list[Line], splice: Splice, at: float, *, fresh: bool
    ) -> int:
        """Cut one stretch out and put another in; the id of what came, 0 when it is not a change."""
        runs = flat(own)
        start, end = splice.start, splice.start + len(splice.removed)
        place = place_of(window.old_text, start, end, window.first)
        if splice.removed:
            self._memory.removed(place, splice.removed, cut(runs, start, end))
            if "\n" in splice.removed:
                self._remember(window, own, start, end)
        around = cut(runs, 0, start), cut(runs, end, sum(length for length, _ in runs))
        known = self._again(window, own, place, splice)
        made, owner = (
            (known, UNKNOWN)
            if known is not None
            else self._owners(place, splice, around, at, fresh=fresh)
        )
        texts_made = lines_of([*around[0], *made, *around[1]], window.new)
        self.lines[window.first : window.first + len(own)] = texts_made
        return owner

    def _again(self, window: Window, own: list[Line], place: Place, splice: Splice) -> Runs | None:
        """Who owned what was put in, when it was removed from this place by itself or with its line."""
        inserted, number = splice.inserted, place.line - window.first
        if not inserted:
            return None
        runs, end = own[number].runs, place.column + len(splice.removed)
        beside = *cut(runs, 0, place.column), *cut(runs, end, len(window.old[number]))
        typed = max((owner for _, owner in beside if self._is_typed(owner)), default=UNKNOWN)
        known = self._memory.put_back(place, inserted, typed)
        if known is None and splice.removed and "\n" not in inserted:
            line = window.new[number]
            known = self._memory.put_back_in(line, place, inserted, typed)
        return known

    def _is_typed(self, owner: int) -> bool:
        source = self.sources.get(owner)
        return isinstance(source, Change) and source.guess is Guess.TYPED

    def _remember(self, window: Window, own: list[Line], start: int, end: int) -> None:
        """Remember the lines that were removed whole."""
        at = 0
        for text, line in zip(window.old, own, strict=True):
            if at >= start and at + len(text) <= end:
                self._memory.lines_removed([text], [line])
            at += len(text) + 1

    def _owners(
        self,
        place: Place,
        splice: Splice,
        around: tuple[Sequence[Run], Sequence[Run]],
        at: float,
        *,
        fresh: bool,
    ) -> tuple[Sequence[Run], int]:
        """Who owns what was put in between `around`, and the id of the change if it is one."""
        inserted = splice.inserted
        kind, firm = guess(inserted, at_start=not place.column)
        if kind is Guess.TYPED and not splice.keys:
            kind, firm = Guess.UNKNOWN, False
        if (known := self._known(place, inserted, kind, around)) is not None:
            return known, UNKNOWN
        owner = self.newest
        last = self.sources.get(owner)
        goes_on = isinstance(last, Change) and last.firm and firm and at - last.at < _BREATH
        if fresh or not goes_on:
            owner = self.add(Change(at, at, kind, firm, self.human))
        if kind is Guess.TYPED:
            return [(len(inserted), owner)], owner
        pieces = inserted.split("\n")
        made: list[Run] = []
        for number, piece in enumerate(pieces):
            if number:
                made.append((1, owner))
            ended = number < len(pieces) - 1 or splice.ends_line
            whole = ended and (number or not place.column)
            made += self._fresh(piece, owner).runs if whole else [(len(piece), owner)]
        return made, owner

    def _known(
        self, place: Place, inserted: str, kind: Guess, around: tuple[Sequence[Run], Sequence[Run]]
    ) -> Sequence[Run] | None:
        """Who owns what was put in where that is no change: it was there before, or it is space."""
        if not inserted:
            return ()
        if inserted.isspace() and "\n" not in inserted:
            beside = around[0][-1] if place.column else around[1][0]
            return [(len(inserted), beside[1])]
        if kind is Guess.TYPED and "\n" not in inserted:
            return None
        return self._memory.brought(inserted)

    def _fresh(self, text: str, owner: int) -> Line:
        """Who owns a line that came whole: who owned it when it was removed, else the change."""
        known = self._memory.line(text)
        if known is None:
            return plain(text, owner)
        return Line(respaced(text.strip(), known.runs, text), known.end)

    def _align(self, window: Window, own: list[Line], owner_of: Callable[[str], int]) -> list[int]:
        """Put the new lines in the place of the old, what survived with its owners.

        Returns:
            The ids of what is new.
        """
        made, ids = rewritten(window, own, self._memory, owner_of)
        self.lines[window.first : window.first + len(own)] = made
        return ids
