"""Who wrote one open document, from the moment it is opened: also while what is remembered is still read.

What happens before that is there is told again to it, so nothing is lost. Nothing here asks a disk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vetline import files
from vetline.provenance import Origin, Tracker
from vetline_analyzers.core.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vetline.provenance import Claim
    from vetline_analyzers.core.text import Snapshot

_FEW = 16  # changes; an editor that reads a file anew needs no more


class Edited(NamedTuple):
    """An edit, and the texts around it."""

    before: Snapshot
    edit: Edit
    after: Snapshot


class _Edited(NamedTuple):
    edit: Edit
    at: float
    fresh: bool


class _Marked(NamedTuple):
    span: Span
    origin: Origin


class Authorship:
    """The authors of one document.

    Attributes:
        tracker: who owns which characters.
        revision: counts what happened; what was made of an older one is out of date.
        saved: the revision that was stored last.
        changed: when the text was last changed, seconds since the epoch.
        since_disk: the ids of the changes since the text was the disk's; None when they are too many for
            a file that was read anew, or known to be none.
        lines_opened: how many lines it had.
        is_whole: what was remembered is in it; else it must not take the place of that.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        """A document was opened; who wrote it is not known yet."""
        self.tracker = Tracker.fresh(snapshot)
        self.revision = self.saved = 0
        self.changed = 0.0
        self._has_file = files.path_of(snapshot.uri) is not None
        self.since_disk: list[int] | None = [] if self._has_file else None
        self.lines_opened = len(self.tracker.lines)
        self.is_whole = False
        self._opened: Snapshot | None = snapshot
        self._early: list[_Edited | _Marked] = []

    @property
    def is_awaited(self) -> bool:
        """Whether what is remembered of it has not come yet."""
        return self._opened is not None

    def edits(self, done: Sequence[Edited], at: float) -> bool:
        """Take edits made at once, at a time; whether an agent's report had told of one."""
        return any([self._edit(*each, at) for each in _removals_first(done)])  # noqa: C419 - all of them

    def _edit(self, before: Snapshot, edit: Edit, after: Snapshot, at: float) -> bool:
        done = _Edited(edit, at, self.since_disk is not None)
        owner = self.tracker.edit(before, after, edit, at, fresh=done.fresh)
        if self.is_awaited:
            self._early.append(done)
        if self.since_disk is not None:
            self.since_disk.append(owner)
            if len(self.since_disk) > _FEW:
                self.since_disk = None
        self.changed = at
        self.revision += 1
        return isinstance(self.tracker.sources.get(owner), Origin)

    def mark(self, snapshot: Snapshot, spans: Iterable[Span], origin: Origin) -> None:
        """Take a client's word that the spans came from `origin`."""
        for span in spans:
            self.tracker.mark(snapshot, span, origin)
            if self.is_awaited:
                self._early.append(_Marked(span, origin))
        self.revision += 1

    def claim(self, snapshot: Snapshot, report: Claim) -> bool:
        """Take an agent's report; whether it explained something."""
        explained = self.tracker.claim(snapshot, report)
        self.revision += explained
        return explained

    def know(self, tracker: Tracker) -> None:
        """What is remembered of the text as it was opened is there: go on from it."""
        if (at := self._opened) is None:
            return
        owners: list[int] = []
        for done in self._early:
            if isinstance(done, _Marked):
                human = done.origin.human or tracker.human
                tracker.mark(at, done.span, replace(done.origin, human=human))
                continue
            after = at.edited(done.edit, at.version)
            owners.append(tracker.edit(at, after, done.edit, done.at, fresh=done.fresh))
            at = after
        if self.since_disk:
            self.since_disk = owners[-len(self.since_disk) :]
        self.tracker = tracker
        self.is_whole = True
        self.revision += 1
        self.settle()

    def settle(self) -> None:
        """Nothing is remembered, or nothing can be: go on with what was seen."""
        self._opened = None
        self._early.clear()

    def saved_to_disk(self) -> None:
        """The text is the disk's now. That says nothing of who wrote it."""
        self.since_disk = [] if self._has_file else None

    def read_anew(self, snapshot: Snapshot) -> bool:
        """What was changed since the text was the disk's came from the disk; whether that says anything."""
        owners = self.since_disk or []
        before = [self.tracker.sources.get(owner) for owner in owners]
        for owner in owners:
            self.tracker.disown(snapshot, owner)
        self.since_disk = []
        self.revision += 1
        return before != [self.tracker.sources.get(owner) for owner in owners]


def came(snapshot: Snapshot, at: float) -> Authorship:
    """The authors of a text that was put in whole at a time, as a notebook's new cell is."""
    empty = snapshot.edited(Edit(Span(0, len(snapshot.text)), ""), snapshot.version)
    made = Authorship(empty)
    made.settle()
    made.is_whole = True
    if snapshot.text:
        made.edits([Edited(empty, Edit(Span(0, 0), snapshot.text), snapshot)], at)
    return made


def _removals_first(done: Sequence[Edited]) -> Sequence[Edited]:
    """The edits in an order in which a line that is moved is taken away before it is put elsewhere.

    Only edits that go from the end of a text to its start can change places. The result is the same.
    """
    ends = [each.edit.span.end for each in done[1:]]
    falling = all(end <= each.edit.span.start for end, each in zip(ends, done, strict=False))
    ordered = sorted(done, key=lambda each: bool(each.edit.text))
    if not falling or ordered == [*done]:
        return done
    at = done[0].before
    applied: list[Edit] = []
    made: list[Edited] = []
    for each in ordered:
        (start, end), text = each.edit
        above = (edit for edit in applied if edit.span.start < start)
        moved = sum(len(edit.text) - (edit.span.end - edit.span.start) for edit in above)
        after = at.edited(Edit(Span(start + moved, end + moved), text), each.after.version)
        made.append(Edited(at, Edit(Span(start + moved, end + moved), text), after))
        applied.append(each.edit)
        at = after
    return made


def left(spans: Iterable[Span], edit: Edit) -> list[Span]:
    """What is left of spans after an edit of their text; what it put inside of one belongs to none."""
    (start, end), inserted = edit
    moved: list[Span] = []
    for span in spans:
        head = Span(span.start, min(span.end, start))
        tail = Span(max(span.start, end), span.end).shifted(len(inserted) - (end - start))
        moved += [part for part in (head, tail) if part.start < part.end]
    return moved
