"""A repository that is asked questions for a limited time: its commits, and its objects in one go."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, git
from vetline.git import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_EDGES = 1_000_000  # bytes of their names
_TOTAL = 128_000_000  # bytes of all objects read at once
_PARTIAL = "this clone has only a part of it: run `git fetch --refetch --no-filter`"
_PERSON = re.compile(rb"^(author|committer) (.*<[^<>\n]*>) (-?[0-9]+) [-+][0-9]+$", re.MULTILINE)
_PARENT = re.compile(rb"^parent ([0-9a-f]+)$", re.MULTILINE)


class Repository(NamedTuple):
    """A work tree's repository and until when it may be asked.

    Attributes:
        root: the root of the work tree.
        common: the git directory that work trees share.
        until: an instant of the monotonic clock.
    """

    root: Path
    common: Path
    until: float

    def git(
        self, *words: str, ok: tuple[int, ...] = (0,), stdin: bytes = b"", network: bool = False
    ) -> bytes:
        """What git answers.

        Raises:
            GitError: it does not, or not in time.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise GitError("git took too long")
        words = ("-c", "core.quotePath=false", "-c", "diff.algorithm=myers", *words)
        try:
            return git.run(self.root, *words, ok=ok, timeout=left, stdin=stdin, network=network)
        except GitError as error:
            if "promisor" not in str(error):
                raise
            raise GitError(_PARTIAL) from None


class Commit(NamedTuple):
    """What stands in a commit; `at` is when its author made it, None when that is no time."""

    parents: tuple[str, ...]
    author: str
    committer: str
    message: str
    at: datetime | None = None


def opened(tree: Path, seconds: float) -> Repository:
    """The repository of the work tree at `tree`, to be asked for that long.

    Raises:
        GitError: there is none.
    """
    common = git.git_dir(tree)
    if common is None:
        raise GitError(f"{tree} is not in a git repository")
    return Repository(tree, common, time.monotonic() + seconds)


def own_dir(root: Path) -> Path:
    """The git directory of this very work tree, where what it is in the middle of lies."""
    dot = root / ".git"
    if os.path.isdir(dot):  # noqa: PTH112 - never raises
        return dot
    try:
        pointer = os.fsdecode(disk.head(dot, 4096)).strip()
    except OSError:
        return dot
    return root / pointer.removeprefix("gitdir:").strip()


def named(repository: Repository, names: Iterable[str]) -> list[tuple[str, str, int]]:
    """The full name, kind and size in bytes of the object that each name means; "" for none.

    Raises:
        GitError: git does not answer.
    """
    names = list(names)
    if not names:
        return []
    asked = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    told = repository.git("cat-file", "--batch-check", stdin=asked)
    found = []
    for name, line in zip(names, told.split(b"\n"), strict=False):
        full, _, rest = line.partition(b" ")
        kind, _, size = rest.partition(b" ")
        # What is missing is told by the name it was asked by, which may hold blanks.
        missing = line.endswith((b" missing", b" ambiguous")) or not size.isdigit() or "\n" in name
        found.append(("", "", 0) if missing else (full.decode(), kind.decode(), int(size)))
    return found


def contents(
    repository: Repository, objects: Iterable[tuple[str, str, int]], limit: int
) -> dict[str, bytes]:
    """Name → content of objects as `named` tells them; those over `limit` bytes are left out.

    Raises:
        GitError: git does not answer.
    """
    chosen, total = [], 0
    for name, _, size in dict.fromkeys(objects):
        total += size
        if name and size <= limit and total <= _TOTAL:
            chosen.append(name)
    if not chosen:
        return {}
    told = repository.git("cat-file", "--batch", stdin="".join(f"{n}\n" for n in chosen).encode())
    found, at = {}, 0
    for name in chosen:
        head, _, _ = told[at : at + 200].partition(b"\n")
        length = head.rpartition(b" ")[2]
        if not length.isdigit():
            raise GitError(f"git does not give {name}")
        start = at + len(head) + 1
        at = start + int(length) + 1
        found[name] = told[start : at - 1]
    return found


def commits(repository: Repository, names: Iterable[str]) -> dict[str, Commit]:
    """The commits of these full names that there are.

    Raises:
        GitError: git does not answer.
    """
    there = [found for found in named(repository, names) if found[1] == "commit"]
    return {name: read(raw) for name, raw in contents(repository, there, _TOTAL).items()}


def read(raw: bytes) -> Commit:
    """The commit that an object's content is."""
    head, _, message = raw.partition(b"\n\n")
    told = _PERSON.findall(head)
    people = {kind: who.decode("utf-8", "replace") for kind, who, _ in told}
    times = {kind: at for kind, _, at in told}
    return Commit(
        tuple(parent.decode() for parent in _PARENT.findall(head)),
        people.get(b"author", ""),
        people.get(b"committer", ""),
        message.decode("utf-8", "replace"),
        _time(times.get(b"author", b"")),
    )


def _time(seconds: bytes) -> datetime | None:
    """The instant that many seconds after 1970; anybody may have written the number."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def containing(repository: Repository, commit: str, names: Iterable[str]) -> set[str]:
    """Those of some commits that have another one in their past; names of nothing are passed over.

    Args:
        repository: where.
        commit: the full name of the one that they may contain.
        names: full names.

    Raises:
        GitError: git does not answer.
    """
    there = {name for name, kind, _ in named(repository, names) if kind == "commit"}
    if not there:
        return set()
    asked = "".join(f"{name}\n" for name in (f"^{commit}", *sorted(there))).encode()
    told = repository.git("rev-list", "--ancestry-path", "--stdin", stdin=asked)
    return there.intersection(told.decode().split())


def edges(repository: Repository) -> set[str]:
    """The commits that a shallow clone ends with, whose parents it lacks; none of a whole clone."""
    return set(disk.text(repository.common / "shallow", _EDGES).split())
