"""What commits changed, line by line, as git itself tells differences."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from vetline.git import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vetline.history.asking import Repository

_COMMAND = (
    *("diff-tree", "--stdin", "--always", "--root", "-r", "-M", "-m", "--raw", "-z", "-p", "-U0"),
    *("--full-index", "--no-ext-diff", "--no-textconv", "--no-color"),
)
_HUNK = re.compile(rb"@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@")
_INDEX = re.compile(rb"index ([0-9a-f]+)\.\.([0-9a-f]+)")
_HEAD = re.compile(rb"[0-9a-f]{40,64}\0")
_REGULAR = b"100"  # a mode's head: not a link, not a submodule


class Hunk(NamedTuple):
    """Lines that took the place of others.

    Attributes:
        old: the first of the old lines, or the line they would come after; from 1.
        new: the first of the new lines, or the line they would come after; from 1.
        removed: the old lines.
        added: the new lines.
    """

    old: int
    new: int
    removed: tuple[bytes, ...]
    added: tuple[bytes, ...]


class Change(NamedTuple):
    """What became of a regular file.

    Attributes:
        old: its path before; "" when it is new.
        new: its path now.
        blob: the name of its content now.
        hunks: the differences; None when git takes it for binary.
    """

    old: str
    new: str
    blob: str
    hunks: tuple[Hunk, ...] | None

    def added(self) -> dict[int, bytes]:
        """Line (from 1) → text of the lines that are new."""
        return {
            hunk.new + index: text
            for hunk in self.hunks or ()
            for index, text in enumerate(hunk.added)
        }

    def unchanged(self, wanted: Iterable[int]) -> dict[int, int]:
        """New line → old line of those of the lines wanted that are not new."""
        if self.hunks is None:
            return {}
        found, shift, rest = {}, 0, list(self.hunks)
        for line in sorted(wanted):
            # Where nothing is added, `new` is the line before.
            while rest and line > rest[0].new + max(len(rest[0].added) - 1, 0):
                shift += len(rest[0].removed) - len(rest[0].added)
                del rest[0]
            if not rest or not rest[0].added or line < rest[0].new:
                found[line] = line + shift
        return found


def between(
    repository: Repository, pairs: Sequence[tuple[str, str]], paths: Sequence[str] = ()
) -> list[dict[str, Change]]:
    """For each pair of a commit and another ("": a first commit and nothing) by path what changed.

    Args:
        repository: where.
        pairs: full names of commits.
        paths: only these; none means all.

    Raises:
        GitError: git does not answer.
    """
    if not pairs:
        return []
    where = ("--", *(f":(literal){path}" for path in paths)) if paths else ()
    asked = "".join(f"{commit} {other}".rstrip() + "\n" for commit, other in pairs)
    try:
        sections = parse(repository.git(*_COMMAND, *where, stdin=asked.encode()))
    except ValueError:
        sections = []
    if len(sections) != len(pairs):
        raise GitError("git tells differences in a way we do not know")
    return sections


def parse(told: bytes) -> list[dict[str, Change]]:
    """By path what changed, of each section of git's answer: raw entries, then a patch.

    Raises:
        ValueError: the answer breaks off.
    """
    sections, at = [], 0
    while head := _HEAD.match(told, at):
        entries, at = _entries(told, head.end())
        hunks: dict[tuple[bytes, bytes], list[Hunk] | None] = {}
        if entries:
            at = _patch(told, at + 1, hunks)
        sections.append({new: _change(entry, hunks) for entry in entries if (new := _path(entry))})
    return sections


def _entries(told: bytes, at: int) -> tuple[list[list[bytes]], int]:
    """The raw entries from an offset on, each its five words and paths, and where they end."""
    found = []
    while told.startswith(b":", at):
        end = told.index(b"\0", at)
        entry = told[at + 1 : end].split(b" ")
        for _ in range(2 if entry[4][:1] in b"RC" else 1):
            start, end = end + 1, told.index(b"\0", end + 1)
            entry.append(told[start:end])
        found.append(entry)
        at = end + 1
    return found, at


def _path(entry: list[bytes]) -> str:
    """The path a file has now; "" when it has none, or was or is no regular file."""
    old_mode, new_mode, _, _, status, *paths = entry
    regular = new_mode.startswith(_REGULAR) and (status == b"A" or old_mode.startswith(_REGULAR))
    return os.fsdecode(paths[-1]) if regular else ""


def _change(entry: list[bytes], hunks: Mapping[tuple[bytes, bytes], list[Hunk] | None]) -> Change:
    _, _, before, now, status, *paths = entry
    # A difference is one of contents, whatever the files are called.
    found = [] if before == now else hunks.get((before, now))
    return Change(
        "" if status == b"A" else os.fsdecode(paths[0]),
        os.fsdecode(paths[-1]),
        now.decode(),
        None if found is None else tuple(found),
    )


def _patch(told: bytes, at: int, hunks: dict[tuple[bytes, bytes], list[Hunk] | None]) -> int:
    """Collect a patch's hunks by the names of the contents, and say where it ends."""
    current: list[Hunk] = []
    while at < len(told) and not _HEAD.match(told, at):
        end = told.find(b"\n", at)
        line = told[at : end if end >= 0 else len(told)]
        at += len(line) + 1
        if match := _INDEX.match(line):
            current = []
            hunks[match[1], match[2]] = current
        elif line.startswith(b"Binary files ") and hunks:
            hunks[next(reversed(hunks))] = None
        elif match := _HUNK.match(line):
            old, removed, new, added = (int(part or 1) for part in match.groups())
            gone, at = _lines(told, at, removed)
            come, at = _lines(told, at, added)
            current.append(Hunk(old, new, gone, come))
    return at


def _lines(told: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    """So many lines of a hunk, without the sign before them, and where they end."""
    found = []
    for _ in range(count):
        if told.startswith(b"\\", at):  # the old text had no line end
            at = told.index(b"\n", at) + 1
        end = told.index(b"\n", at)
        found.append(told[at + 1 : end])
        at = end + 1
    return tuple(found), at
