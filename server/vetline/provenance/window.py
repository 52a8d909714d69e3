"""The lines around an edit, and what was done there: one stretch cut out, one put in, or more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline.provenance.changes import Guess, guess
from vetline_analyzers.core.text import difference

if TYPE_CHECKING:
    from vetline_analyzers.core.text import Edit, Snapshot


class Window(NamedTuple):
    """The lines around an edit, before and after it."""

    first: int
    old: list[str]
    new: list[str]

    @property
    def old_text(self) -> str:
        """The old lines as one text."""
        return "\n".join(self.old)


def texts(snapshot: Snapshot) -> list[str]:
    """The lines of a text without their line ends."""
    return _split(snapshot.text)


def _split(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def window_of(before: Snapshot, after: Snapshot, edit: Edit) -> Window:
    """The lines that an edit touches, and a character more on each side, where line ends may melt."""
    size = len(before.text)
    first = before.position(max(edit.span.start - 1, 0)).line
    last = before.position(min(edit.span.end + 1, size)).line
    grown = len(after.line_starts) - len(before.line_starts)
    old = _split(before.text[before.line_starts[first] : before.line_span(last).end])
    end = last + grown
    new = _split(after.text[after.line_starts[first] : after.line_span(end).end])
    return Window(first, old, new)


class Splice(NamedTuple):
    """One stretch cut out of the window's old lines and one put in, which gives the new.

    Attributes:
        start: where in the window.
        removed, inserted: the texts, lines ended by line feeds.
        keys: it may be keystrokes, by how the editor told it.
        ends_line: a line's end stands behind it.
    """

    start: int
    removed: str
    inserted: str
    keys: bool = False
    ends_line: bool = False


def splice_of(before: Snapshot, edit: Edit, window: Window) -> Splice | None:
    """The one splice that an edit was; None when it was more than that."""
    old, new = window.old_text, "\n".join(window.new)
    # The editor says where; among equal lines the text alone does not tell.
    start = _in_window(before, window, edit.span.start)
    end = _in_window(before, window, edit.span.end)
    inserted = "\n".join(_split(edit.text))
    whole = edit.span.end - edit.span.start == len(before.text)
    if whole or not (
        _is_one(old[start:end], inserted)
        and len(old) - (end - start) + len(inserted) == len(new)
        and old[:start] + inserted + old[end:] == new
    ):
        small = difference(old, new)
        if small is None:
            return Splice(len(old), "", "")
        (start, end), inserted = small
        if not _is_one(old[start:end], inserted):
            return None
    by = _slide(old, start, end, inserted)
    if by:
        inserted = inserted[by:] + inserted[:by]
        start, end = start + by, end + by
    return Splice(
        start,
        old[start:end],
        inserted,
        keys=whole or guess(edit.text)[0] is Guess.TYPED,
        ends_line=old[end : end + 1] in {"", "\n"},
    )


def _slide(old: str, start: int, end: int, inserted: str) -> int:
    """How far to move an edit so that it is one of whole lines, where that means the same.

    The smallest edit that puts "if b:" and its newline in front of "if a:" starts behind the "if ", and
    "newline and line" may be as good as "line and newline".
    """
    moving = inserted if start == end else old[start:end] if not inserted else ""
    if "\n" not in moving:
        return 0
    if moving[0] == "\n" and old[end : end + 1] in {"", "\n"}:
        return min(len(moving) - 1, len(old) - end, 1)
    column = start - (old.rfind("\n", 0, start) + 1)
    return -column if column > 0 and old[start - column : start] == moving[-column:] else 0


def _is_one(removed: str, inserted: str) -> bool:
    return (
        not removed or not inserted or ("\n" not in removed and guess(inserted)[0] is Guess.TYPED)
    )


def _in_window(snapshot: Snapshot, window: Window, offset: int) -> int:
    line, column = snapshot.position(offset)
    inside = line - window.first
    column = min(column, len(window.old[inside]))  # between a carriage return and its line feed
    return sum(len(text) + 1 for text in window.old[:inside]) + column
