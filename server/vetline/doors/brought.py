"""What a change brings that no walk comes upon: files that git is told to ignore, links, submodules, environments."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, git, places, trust
from vetline_analyzers import languages, manifests
from vetline_analyzers.engine import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline.trust import Entry

_LINK, _SUBMODULE = "120000", "160000"
_DEEPEST = 5  # submodules in submodules
# What we write there ourselves, in which there is no code.
_OURS = re.compile(
    r"\.vetline/(?:reviews/[^/]+/[^/]+\.json|baseline|fingerprint-key|allowed_signers)"
)
# What is installed vouches for names of packages, and what is in git anybody can write.
_INSTALLED = re.compile(
    r"(?:.*/)?(?:pyvenv\.cfg|(?:site|dist)-packages/.*)", re.IGNORECASE | re.DOTALL
)
# What Python and Node load as it is.
_MACHINES = re.compile(
    r".*\.(?:py[cod]|pyz|whl|egg|so(?:\.[0-9.]{1,20})?|node)", re.IGNORECASE | re.DOTALL
)
_COMPILED = (
    "is code that only machines read, so that nobody looked at it: let it be built from its source"
)
_OUTSIDE = "is a link that leads out of the repository, so that nobody knows what will stand there"
_NOTHING = "is a link to nothing, so that nobody knows what will stand there"
_NOT_HERE = "was left out of the checkout, so that nobody looked at it: git sparse-checkout disable"
_POINTER = b"version https://git-lfs.github.com/spec/"  # https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_IN_LFS = "is kept in Git LFS and was not fetched, so that nobody looked at it: git lfs pull"
_ABSENT = "is a submodule that is not checked out as it is meant, so what is new in it is not checked: git submodule update --init"
_VOUCHES = "belongs to an environment that lies in git, which would vouch for its packages: take it out of the change"


class Brought(NamedTuple):
    """What a change brings.

    Attributes:
        files: to be looked at wherever they lie, relative to the root; of links those under whose name other rules hold
            than under that of the file they lead to.
        unseen: what cannot be looked at.
    """

    files: list[str]
    unseen: list[Failure]


def brought(root: Path, fork: str) -> Brought:
    """What is new under `root` since a commit.

    Raises:
        GitError: git does not tell.
    """
    told = Brought([], [])
    changed = trust.changed(root, fork)
    new = {entry.path for entry in changed}
    # Who changes the file that a link leads to changes the link's, too.
    links = [entry for entry in trust.entries(root) if entry.mode == _LINK]
    for entry in (*(one for one in changed if one.mode != _LINK), *links):
        _take(told, root, entry, new=entry.path in new, depth=0)
    if any(not os.path.lexists(root / place) for place in told.files):
        away = trust.left_out(root).intersection(told.files)
        told.unseen.extend(Failure(place, _NOT_HERE) for place in sorted(away))
    if installed := min(filter(_INSTALLED.fullmatch, new), default=""):
        told.unseen.append(Failure(installed, _VOUCHES))
    return told


def _take(told: Brought, root: Path, entry: Entry, *, new: bool, depth: int) -> None:
    if entry.mode == _SUBMODULE:
        _submodule(told, root, entry, depth)
    elif entry.mode == _LINK:
        _link(told, root, entry.path, new=new)
    elif not _OURS.fullmatch(entry.path):
        told.files.append(entry.path)
        if _MACHINES.fullmatch(entry.path):
            told.unseen.append(Failure(entry.path, _COMPILED))
        elif _is_read(entry.path) and _is_pointer(root / entry.path):
            told.unseen.append(Failure(entry.path, _IN_LFS))


def _is_pointer(path: Path) -> bool:
    """Whether a file holds nothing but where Git LFS keeps what should be there."""
    try:
        return disk.head(path, len(_POINTER)) == _POINTER
    except OSError:
        return False


def _submodule(told: Brought, root: Path, entry: Entry, depth: int) -> None:
    """A submodule: all of its files, for what they were before is in another repository."""
    folder = root / entry.path
    is_there = os.path.lexists(folder / ".git") and depth < _DEEPEST
    if not is_there or git.commit(folder, "HEAD") != entry.name:
        told.unseen.append(Failure(entry.path, _ABSENT))
        return
    for inner in trust.entries(folder):
        below = inner._replace(path=f"{entry.path}/{inner.path}")
        _take(told, root, below, new=True, depth=depth + 1)


def _link(told: Brought, root: Path, place: str, *, new: bool) -> None:
    top = os.path.realpath(places.place_of(str(root)).base)
    real = os.path.realpath(root / place)
    inside = Path(real).relative_to(top).as_posix() if Path(real).is_relative_to(top) else ""
    if not inside or inside.split("/")[0] == ".git":
        if new:
            told.unseen.append(Failure(place, _OUTSIDE))
    elif os.path.isfile(real):  # noqa: PTH113 - never raises
        if _is_read(place) and _kind(place) != _kind(inside):
            told.files.append(place)
    elif new and not os.path.isdir(real) and _is_read(place):  # noqa: PTH112 - never raises
        told.unseen.append(Failure(place, _NOTHING))


def _kind(path: str) -> Iterable[object]:
    """By what a file's name says how it is read."""
    return languages.of_path(path), manifests.of_path(path)


def _is_read(path: str) -> bool:
    return languages.of_path(path) is not languages.TEXT or manifests.of_path(path) is not None
