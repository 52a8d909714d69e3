"""Review files: those of the work tree, and those that the commits it stands on hold or ever held.

What a change deletes or rewrites is read as well: it goes on speaking while the change is judged.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, statement, trust

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vetline.statement import Signed

MOST = 10_000  # files; more are not read, and nothing passes on what is not read
_TOTAL = 100_000_000  # bytes of all


class Paper(NamedTuple):
    """A review file.

    Attributes:
        signed: what is in it.
        settled: it is in the commit that is trusted, so that it was judged when it came there.
        gone: the change has deleted it, or put something else in its place.
    """

    signed: Signed
    settled: bool = False
    gone: bool = False


class Papers(NamedTuple):
    """All review files that a change has, or had.

    Attributes:
        all: those that can be read.
        faults: path → why it cannot be, a clause, of those that are there.
        left: how many were not read, because there are too many.
    """

    all: tuple[Paper, ...]
    faults: dict[str, str]
    left: int = 0


def read(top: Path, rev: str, fork: str) -> Papers:
    """The review files of the work tree at `top`, of the commits `rev` and `fork`, and of those since `fork`.

    Raises:
        GitError: git does not give them.
    """
    raw, faults, left = _here(top)
    here, bad = _parsed(raw.items())
    folder = statement.FOLDER
    forked = trust.listed(top, fork, folder)
    trusted = [*forked, *(trust.listed(top, rev, folder) if rev != fork else ())]
    since = trust.touched(top, fork, folder)
    names = [blob.name for blob in (*trusted, *since)]
    known = trust.contents(top, names[: 2 * MOST], statement.LIMIT, _TOTAL)
    held, former, between = (
        _parsed((blob.path, known[blob.name]) for blob in blobs if blob.name in known)[0]
        for blobs in (trusted, forked, since)
    )
    found = {
        signed: Paper(signed, signed in held, signed not in here)
        for signed in (*here, *former, *between)
    }
    found |= {signed: Paper(signed, settled=True) for signed in held if signed not in found}
    return Papers(tuple(found.values()), faults | bad, left)


def _parsed(contents: Iterable[tuple[str, bytes]]) -> tuple[dict[Signed, None], dict[str, str]]:
    """What is in files, in their order, and by path why some is not what it should be."""
    found: dict[Signed, None] = {}
    faults: dict[str, str] = {}
    for path, raw in contents:
        try:
            found[statement.from_file(path, raw)] = None
        except ValueError as error:
            faults[path] = str(error)
    return found, faults


def _here(top: Path) -> tuple[dict[str, bytes], dict[str, str], int]:
    """The files of the work tree by their paths, why others cannot be read, and how many were left."""
    found: dict[str, bytes] = {}
    faults: dict[str, str] = {}
    left, total = 0, _TOTAL
    for path in _paths(top):
        if len(found) + len(faults) >= MOST or total < 0:
            left += 1
            continue
        try:
            found[path] = disk.read(top / path, statement.LIMIT)
            total -= len(found[path])
        except OSError as error:
            faults[path] = disk.reason(error)
    return found, faults, left


def _paths(top: Path) -> Iterator[str]:
    """What lies where review files do, relative to `top`; through no link."""
    where = top
    for part in statement.FOLDER.split("/"):
        where /= part
        if os.path.islink(where):  # noqa: PTH114 - never raises
            yield where.relative_to(top).as_posix()
            return
    for request in sorted(disk.names(where)):
        inside = where / request
        if os.path.islink(inside):  # noqa: PTH114 - never raises
            yield f"{statement.FOLDER}/{request}"
            continue
        for name in sorted(disk.names(inside)):
            if name.endswith(".json"):
                yield f"{statement.FOLDER}/{request}/{name}"
