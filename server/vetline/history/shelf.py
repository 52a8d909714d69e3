"""Where notes on commits lie: refs of git's, read without running it, and their content in one go."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, NamedTuple

from vetline import git, notes
from vetline.git import GitError
from vetline.history import asking
from vetline.notes import NoteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from vetline.history.asking import Repository
    from vetline.notes import Note

OURS = "refs/notes/vetline"
FOREIGN = "refs/notes/ai"  # git-ai's
ANCHORS = "refs/notes/vetline-anchors"  # of ledgers; not of who wrote what
_REMOTES, _LEAF = "refs/notes/remotes/", "/vetline"
_ATTEMPTS = 5
NOBODY = "Vetline <vetline@localhost>"
_DIGITS = (40, 64)  # of a commit's name

log = logging.getLogger(__name__)


class Shelf(NamedTuple):
    """A ref that holds notes, and the object it points to."""

    ref: str
    at: str


def shelves(common: Path) -> list[Shelf]:
    """Those of a git directory, the most trusted first. Git is not run.

    Raises:
        GitError: the refs cannot be read.
    """
    found = git.refs(common, "refs/notes/")
    fetched = sorted(ref for ref in found if ref.startswith(_REMOTES) and ref.endswith(_LEAF))
    return [Shelf(ref, found[ref]) for ref in (OURS, *fetched, FOREIGN) if ref in found]


def read(
    repository: Repository, shelved: Iterable[Shelf], commits: Iterable[str]
) -> dict[str, Note]:
    """The notes on these commits, of several on one commit the first; damaged ones are passed over.

    Raises:
        GitError: git does not answer.
    """
    commits = list(dict.fromkeys(commits))
    asked = [
        (commit, shelf, f"{shelf.at}:{name}")
        for commit in commits
        for shelf in shelved
        # Git sorts notes into folders as they become many.
        for name in (
            commit,
            f"{commit[:2]}/{commit[2:]}",
            f"{commit[:2]}/{commit[2:4]}/{commit[4:]}",
        )
    ]
    named = asking.named(repository, (name for *_, name in asked))
    raw = asking.contents(repository, (each for each in named if each[1] == "blob"), notes.LIMIT)
    found: dict[str, Note] = {}
    for (commit, shelf, _), (name, kind, _) in zip(asked, named, strict=True):
        if kind != "blob" or commit in found:
            continue
        try:
            found[commit] = _parsed(raw.get(name))
        except NoteError as error:
            log.warning(
                "the note on commit %s in %s %s; passed over", commit[:12], shelf.ref, error
            )
    return found


def _parsed(raw: bytes | None) -> Note:
    if raw is None:
        raise NoteError("is too large")
    return notes.parse(raw.decode("utf-8", "replace"))


def noted(repository: Repository, shelf: Shelf) -> dict[str, str]:
    """Commit → blob of all notes on a shelf.

    Raises:
        GitError: git does not answer.
    """
    found = {}
    for entry in repository.git("ls-tree", "-r", "-z", shelf.at).split(b"\0"):
        about, _, path = entry.partition(b"\t")
        commit = path.replace(b"/", b"").decode("ascii", "replace")
        if len(commit) in _DIGITS:
            found[commit] = about.split(b" ")[2].decode()
    return found


def write(
    repository: Repository, written: Mapping[str, str], *, ref: str = OURS, person: str = ""
) -> None:
    """Put notes on commits, in the place of those that are there: all, or none.

    Args:
        repository: where.
        written: commit → text.
        ref: the shelf.
        person: who writes, "Name <address>"; git needs nobody to be configured.

    Raises:
        GitError: they could not be written.
    """
    if not written:
        return
    for attempt in range(_ATTEMPTS):
        at = git.refs(repository.common, f"{ref.rpartition('/')[0]}/").get(ref, "")
        try:
            put(repository, written, at, ref=ref, person=person)
        except GitError:  # another work tree wrote meanwhile, and its notes are not to be lost
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def put(
    repository: Repository, written: Mapping[str, str], at: str, *, ref: str, person: str = ""
) -> None:
    """Put notes on commits once, in the place of those that the shelf had at its commit `at`; "" for none.

    Raises:
        GitError: they could not be written, as when somebody else has written meanwhile.
    """
    repository.git("fast-import", "--quiet", stdin=_stream(written, ref, at, person))


def _stream(written: Mapping[str, str], ref: str, at: str, person: str) -> bytes:
    """What git's importer reads: one commit of notes, after the one that is there."""
    head = f"commit {ref}\ncommitter {person or NOBODY} {int(time.time())} +0000\ndata 0\n"
    parts = [head.encode("utf-8", "replace"), f"from {at}\n".encode() if at else b""]
    for commit, text in written.items():
        raw = text.encode("utf-8", "replace")
        parts.append(b"N inline %b\ndata %d\n%b\n" % (commit.encode(), len(raw), raw))
    return b"".join(parts)
