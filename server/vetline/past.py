"""What git knows of a file: what it was before a report of it, and what notes say of its lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import history
from vetline.git import GitError
from vetline.ledger import LedgerError
from vetline.provenance import Change, State, Tracker

if TYPE_CHECKING:
    from vetline.agents import FileEdit
    from vetline.history import Committed
    from vetline.provenance import Claim
    from vetline_analyzers.core.text import Snapshot

_SECONDS = 10.0  # that git may be asked


def committed(base: str, subject: str) -> Committed | None:
    """What notes say of a file at HEAD; None outside a repository, or without a note.

    Raises:
        LedgerError: git does not answer.
    """
    if not base or not history.has_notes(Path(base)):
        return None
    try:
        return history.committed(Path(base), subject)
    except GitError as error:
        raise LedgerError(f"git's notes cannot be read: {error}") from None


def before(base: str, subject: str, first: Claim) -> str | None:
    """What a file was before the first report of it, as the report or a commit says; else None."""
    edit = first.edit
    if edit.before is not None or not base:
        return edit.before
    try:
        known = history.earlier(Path(base), subject, first.at, seconds=_SECONDS)
    except GitError as error:
        raise LedgerError(f"git's commits cannot be read: {error}") from None
    for commit in known:
        # Of the same second it may be either.
        if commit.at < int(first.at) or not _is_later(commit.text, edit):
            return commit.text
    return None


def _is_later(text: str, edit: FileEdit) -> bool:
    """Whether a text has what an edit wrote, and not what it replaced."""
    if edit.after is not None:
        return edit.after == text
    replaced = [old for old, _ in edit.changes if old]
    if replaced and all(old in text for old in replaced):
        return False
    return all(new in text for _, new in edit.changes)


def painted(
    committed: Committed, snapshot: Snapshot, between: tuple[float, float]
) -> tuple[Snapshot, Tracker]:
    """The committed text, and its owners as notes tell them; the rest is of nobody knows whom."""
    known = replace(snapshot, text=committed.text)
    tracker = Tracker.fresh(known, Change(*between))
    for number, said in enumerate(committed.lines):
        if said is not None and said.origin is not None and number < len(known.line_starts):
            origin = replace(said.origin, modified=said.state is State.MIXED)
            tracker.mark(known, known.line_span(number), origin)
    return known, tracker
