"""The commits that brought lines: which they are, whose and when, and where the gate judged them."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import config, files, history, ledger, places
from vetline.doors.audit import choosing
from vetline.git import GitError
from vetline.history import asking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vetline.doors.trace import Range
    from vetline.ledger import AuditEvent

_SECONDS = 60.0  # for all that git is asked of the lines, and again of the verdicts
_MOST = 100  # commits whose verdicts are looked for in others
_NAME = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Brought(NamedTuple):
    """Lines as they are now, and the commit that brought them.

    Attributes:
        path: "" when the commit itself was asked about; then there are no lines.
        first, last: from 1 and inclusive.
        commit: its full name; "" when the lines as they stand are not committed.
        author: who made it, "Name <address>".
        at: when, as `ledger.timestamp` writes it; "" when it does not say.
        is_edge: a shallow clone ends with it, so the lines may be older.
    """

    path: str
    first: int
    last: int
    commit: str = ""
    author: str = ""
    at: str = ""
    is_edge: bool = False


def of_lines(base: Path, ranges: Iterable[Range]) -> tuple[list[Brought], list[tuple[str, str]]]:
    """The commits that brought lines of files as they are now, and the files of which git does not tell, with why.

    Args:
        base: the folder that paths are relative to.
        ranges: the lines.
    """
    by_path: dict[str, list[Range]] = {}
    for each in ranges:
        by_path.setdefault(each.path, []).append(each)
    found: list[Brought] = []
    unread: list[tuple[str, str]] = []
    until = time.monotonic() + _SECONDS
    for path, those in by_path.items():
        try:
            found += _of_file(base / path, path, those, until)
        except GitError as error:
            unread.append((path, f"for its commits: {error}"))
    return found, unread


def _of_file(file: Path, path: str, ranges: Iterable[Range], until: float) -> Iterator[Brought]:
    known = config.load(file)
    # The work tree that the file lies in, which may be one inside of the project's.
    place = places.place_of(str(file.parent))
    snapshot = files.read(files.found_at(file, known.root), known.settings.max_file_size).snapshot
    if snapshot is None:
        return
    commits: list[str] = []
    if place.base:
        subject = places.subject(place, str(file))
        left = until - time.monotonic()
        commits = history.brought(Path(place.base), subject, snapshot, seconds=left)
    told: list[Brought] = []
    for each in ranges:
        for number in range(each.first, each.last + 1):
            commit = commits[number - 1] if number <= len(commits) else ""
            if told and told[-1].commit == commit and told[-1].last == number - 1:
                told[-1] = told[-1]._replace(last=number)
            else:
                told.append(Brought(path, number, number, commit))
    yield from _signed(Path(place.base), told, until) if place.base else told


def of_commits(base: Path, names: Iterable[str]) -> list[Brought]:
    """Commits by their full names, with their authors and times.

    Raises:
        GitError: git does not answer.
    """
    told = [Brought("", 0, 0, name) for name in names]
    return list(_signed(base, told, time.monotonic() + _SECONDS)) if told else []


def _signed(tree: Path, told: Sequence[Brought], until: float) -> Iterator[Brought]:
    """The same with the commits' authors and times."""
    repository = asking.opened(tree, until - time.monotonic())
    known = asking.commits(repository, sorted({each.commit for each in told} - {""}))
    edges = asking.edges(repository)
    for each in told:
        if made := known.get(each.commit):
            at = ledger.timestamp(made.at) if made.at else ""
            yield each._replace(author=made.author, at=at, is_edge=each.commit in edges)
        else:
            yield each


def judged(base: Path, names: Iterable[str], verdicts: Sequence[AuditEvent]) -> set[str]:
    """The judged commits that tell of others: these themselves, and what contains them up to the first that passed.

    Args:
        base: a folder of the repository.
        names: the full names of the others.
        verdicts: the gate's, the oldest first.

    Raises:
        GitError: git does not answer.
    """
    passed: dict[str, bool] = {}
    for event in verdicts:
        commit = choosing.word(event, "commit")
        if _NAME.fullmatch(commit):
            passed[commit] = passed.get(commit, False) or choosing.lets_pass(event)
    asked = [name for name in dict.fromkeys(names) if name]
    found = {name for name in asked if name in passed}
    left = [name for name in asked if not passed.get(name)][:_MOST]
    if not passed or not left:
        return found
    repository = asking.opened(base, _SECONDS)
    for name in left:
        there = asking.containing(repository, name, passed)
        for commit in (one for one in passed if one in there):
            found.add(commit)
            if passed[commit]:
                break
    return found
