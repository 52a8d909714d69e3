"""A text on a desk: edited as editors tell it, its lines' authors asked for. For tests of provenance."""

from __future__ import annotations

import itertools

from vetline.agents import FileEdit
from vetline.provenance import Origin, Tier, Tracker, claim
from vetline_analyzers.core.text import Edit, Position, Snapshot, Span, difference

PERSON = Origin(Tier.OBSERVED, source="typed", ai=False)
NOON = 1_800_000_000.0


def agent(name: str, **more) -> Origin:
    return Origin(Tier.REPORTED, agent=name, source="hook", **more)


class Desk:
    """A text, its tracker and a clock.

    Attributes:
        sync: how edits are told: "incremental" as they are; "minimal" with what stays at their edges left
            out (Neovim); "whole" the text as a whole.
        ends: what ends a line that is written on this desk.
    """

    def __init__(self, text="", *, source=PERSON, sync="incremental", ends="\n"):
        self.snapshot = Snapshot("file:///desk.py", "python", 0, text.replace("\n", ends))
        self.tracker = Tracker.fresh(self.snapshot, source)
        self.sync, self.ends, self.now = sync, ends, NOON
        self._back: list[Edit] = []
        self._forth: list[Edit] = []

    # -- where

    @property
    def text(self) -> str:
        return self.snapshot.text

    @property
    def lines(self) -> list[str]:
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def at(self, line: int, column: int = 0) -> int:
        """The offset of a column; -1 is the line's end."""
        if column < 0:
            return self.snapshot.line_span(line).end
        return self.snapshot.offset(Position(line, column))

    def find(self, what: str) -> Span:
        """The one place of `what`."""
        assert self.text.count(what) == 1, what
        start = self.text.index(what)
        return Span(start, start + len(what))

    # -- what people, editors and agents do

    def edit(self, start: int, end: int, text: str, *, seconds: float = 0.2) -> int:
        """Replace a stretch, as one change of the editor."""
        text = text.replace("\n", self.ends) if self.ends != "\n" else text
        self._forth.clear()
        self._back.append(Edit(Span(start, start + len(text)), self.text[start:end]))
        return self._told(Edit(Span(start, end), text), seconds)

    def _told(self, edit: Edit, seconds: float = 0.2) -> int:
        """Tell the tracker in the way of this desk."""
        before = self.snapshot
        after = before.edited(edit, before.version + 1)
        self.now += seconds
        if self.sync == "whole":
            edit = Edit(Span(0, len(before.text)), after.text)
        elif self.sync == "minimal":
            edit = difference(before.text, after.text) or edit
        self.snapshot = after
        return self.tracker.edit(before, after, edit, self.now)

    def type(self, at: int, keys: str, *, seconds: float = 0.2) -> None:
        """Type at an offset, key by key."""
        for key in keys:
            self.edit(at, at, key, seconds=seconds)
            at += len(self.ends) if key == "\n" else 1

    def burst(self, at: int, keys: str, *, size: int = 6) -> None:
        """Type at an offset as Neovim tells it: what came within 150 ms at once."""
        for start in range(0, len(keys), size):
            piece = keys[start : start + size]
            self.edit(at, at, piece, seconds=0.15)
            at += len(piece.replace("\n", self.ends))

    def erase(self, start: int, end: int) -> None:
        """Erase backwards, key by key."""
        for at in range(end, start, -1):
            self.edit(at - 1, at, "")

    def insert_lines(self, line: int, text: str) -> int:
        """Put whole lines in front of a line, or behind the last one."""
        if line < len(self.lines):
            return self.edit(self.at(line), self.at(line), text + "\n")
        return self.edit(len(self.text), len(self.text), "\n" + text)

    def delete_lines(self, first: int, behind: int) -> str:
        """Take whole lines out, and give their text."""
        gone = "\n".join(self.lines[first:behind])
        if behind < len(self.lines):
            self.edit(self.at(first), self.at(behind), "")
        elif first:
            self.edit(self.at(first - 1, -1), len(self.text), "")
        else:
            self.edit(0, len(self.text), "")
        return gone

    def move_lines(self, first: int, behind: int, to: int) -> None:
        """Cut lines and paste them in front of what is line `to` then."""
        self.insert_lines(to, self.delete_lines(first, behind))

    def become(self, text: str, *, seconds: float = 0.2) -> int:
        """Get another text, told as one whole: a reload, a formatter, a checkout."""
        return self.edit(0, len(self.text), text, seconds=seconds)

    def undo(self, steps: int = 1, *, together: bool = False) -> None:
        """Take the last steps back, each by itself or in one change."""
        self._turn(self._back, self._forth, steps, together=together)

    def redo(self, steps: int = 1, *, together: bool = False) -> None:
        """Do again what was undone."""
        self._turn(self._forth, self._back, steps, together=together)

    def _turn(self, stack, other, steps, *, together):
        before = self.snapshot
        for edit in [stack.pop() for _ in range(min(steps, len(stack)))]:
            start, end = edit.span
            other.append(Edit(Span(start, start + len(edit.text)), self.text[start:end]))
            if together:
                self.snapshot = self.snapshot.edited(edit, self.snapshot.version + 1)
            else:
                self._told(edit)
        if together and (edit := difference(before.text, self.text)):
            self.snapshot = before
            self._told(edit)

    # -- what agents say

    def report(self, origin: str | Origin = "agent", *, added="", pairs=(), **edit) -> bool:
        """A hook's report: text that was added, (old, new) pairs, or `before` and `after` whole."""
        pairs = tuple(pairs) or ((("", added),) if added else ())
        origin = agent(origin) if isinstance(origin, str) else origin
        self.now += 0.05
        made = claim(self.now, origin, FileEdit("desk.py", changes=pairs, **edit))
        return self.tracker.claim(self.snapshot, made)

    # -- what is said of it

    def states(self) -> list[str]:
        return [str(said.state) for said in self.tracker.attributions(self.snapshot)]

    def told(self) -> str:
        """The states of lines that are not blank, a letter each, runs of three or more counted."""
        said = [s for s, line in zip(self.states(), self.lines, strict=True) if line.strip()]
        runs = [(state[0], len(list(group))) for state, group in itertools.groupby(said)]
        return "".join(f"{count}{state}" if count > 2 else state * count for state, count in runs)

    def state_of(self, what: str) -> str:
        """The state of the one line that has `what` on it."""
        numbers = [n for n, line in enumerate(self.lines) if what in line]
        assert len(numbers) == 1, (what, numbers)
        return self.states()[numbers[0]]

    def agents(self) -> list[str]:
        return [said.agent for said in self.tracker.attributions(self.snapshot)]
