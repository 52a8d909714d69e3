"""git-ai's notes in `refs/notes/ai`: what of ours is written there on request, what of theirs is taken over.

Both have one form, which `notes` reads and writes; here is what the two say to each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vetline import notes
from vetline.notes import Note, NoteError
from vetline.provenance import Attribution, Tier

REF = "refs/notes/ai"
_OURS = "vetline"  # our key in the metadata
_MIXED = "mixed"  # in it, the lines that a person wrote in too
_AI = "git-ai"  # the source of what is taken over
_MOST = 500_000  # lines that one note may name

Known = Mapping[str, Mapping[int, Attribution]]  # path → line, from 1 → what is known of it


def outgoing(note: Note) -> Note:
    """Our note as git-ai has it: without our key, so without digests of prompts and ids of turns."""
    kept = {key: value for key, value in note.metadata.items() if key != _OURS}
    return Note(note.files, kept)


def incoming(note: Note) -> dict[str, dict[int, Attribution]]:
    """What a note of theirs says, by path and line; none of it is better than imported.

    Raises:
        NoteError: it names more lines than any commit has.
    """
    return {
        path: {
            number: Attribution(known.state, replace(known.origin, tier=Tier.IMPORTED, source=_AI))
            for number, known in lines.items()
            if known.origin
        }
        for path, lines in said(note).items()
    }


def said(note: Note) -> dict[str, dict[int, Attribution]]:
    """What a note says, by path and line.

    Raises:
        NoteError: it names more lines than any commit has.
    """
    return {path: notes.lines(note, path, lines) for path, lines in _named(note).items()}


def joined(note: Note | None, commit: str, more: Known) -> tuple[Note | None, int]:
    """A note with what else is known put beside what it says, and how many lines that is.

    Args:
        note: what there is; a line that it says something of is left as it is.
        commit: the commit it is about.
        more: what else is known.

    Raises:
        NoteError: the note names more lines than any commit has.
    """
    taken = _named(note) if note else {}
    new = {
        path: {number: told for number, told in lines.items() if number not in taken.get(path, ())}
        for path, lines in more.items()
    }
    added = notes.compose(commit, new, person="")
    if added is None:
        return note, 0
    count = sum(map(len, _named(added).values()))
    return (_beside(note, added) if note else added), count


def _beside(note: Note, added: Note) -> Note:
    """Both notes in one; they name no line in common."""
    paths = sorted({*note.files, *added.files})
    files = {path: (*note.files.get(path, ()), *added.files.get(path, ())) for path in paths}
    return Note(files, _merged(note.metadata, added.metadata))


def _merged(old: Mapping[str, Any], new: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """Both objects in one. Where both say something else the old one holds, but of lines both."""
    found = {**new, **old}
    for key in new.keys() & old.keys():
        one, other = old[key], new[key]
        if isinstance(one, dict) and isinstance(other, dict):
            found[key] = _merged(one, other, key)
        elif within == _MIXED and isinstance(one, str) and isinstance(other, str):
            found[key] = f"{one},{other}"
    return found


def _named(note: Note) -> dict[str, set[int]]:
    """The lines that a note names, by path.

    Raises:
        NoteError: they are too many.
    """
    found: dict[str, set[int]] = {}
    left = _MOST
    for path, entries in note.files.items():
        ranges = [each for entry in entries for each in entry.ranges]
        left -= sum(last - first + 1 for first, last in ranges)
        if left < 0:
            raise NoteError("names too many lines")
        found[path] = {number for first, last in ranges for number in range(first, last + 1)}
    return found
