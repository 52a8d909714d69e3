"""Where things belong: the work tree of a file, its name in it, the folders for what we keep about it.

A hook runs for every edit of an agent and asks this first, so paths are strings here and nothing heavy is
imported. Nothing is made and git is not run.
"""

from __future__ import annotations

import hashlib
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk

if TYPE_CHECKING:
    from collections.abc import Iterator

# ruff: noqa: PTH100, PTH111, PTH112, PTH113, PTH117, PTH118, PTH120 - pathlib costs a hook 5 ms
_WINDOWS = sys.platform == "win32"


class Place(NamedTuple):
    """What a file belongs to.

    Attributes:
        base: the root of its work tree, links resolved; "" outside any repository.
        folders: where our files about it may lie, the first choice first; outside a repository one
            folder for all such files, none where the user has no home.
        former: where a ledger may lie from the time before `base` was a repository.
    """

    base: str
    folders: tuple[str, ...]
    former: tuple[str, ...] = ()


def place_of(path: str) -> Place:
    """The place of a file or a folder, which need not exist.

    Raises:
        ValueError: there can be no such path.
    """
    for folder in _upwards(resolved(path)):
        if os.path.lexists(os.path.join(folder, ".git")) and (git := git_dir(folder)):
            folders = (os.path.join(git, "vetline"), *state_folder(git))
            return Place(folder, folders, state_folder(folder))
    return Place("", tuple(os.path.join(state, "files") for state in _state()))


def subject(place: Place, path: str) -> str:
    """A path as records name it: POSIX, relative to the place's base; all of it where it leads outside.

    Raises:
        ValueError: there can be no such path.
    """
    name = resolved(path)
    start = os.path.join(place.base, "")
    if place.base and name.startswith(start):
        name = name.removeprefix(start)
    return name.replace(os.sep, "/")


def spelled(path: str, *, windows: bool = _WINDOWS) -> str:
    """A path as the system spells it; "/c:/x" is what URIs make of "c:/x"."""
    if windows and path[:1] in ("/", "\\") and path[1:2].isalpha() and path[2:3] == ":":
        return path[1:]
    return path


def resolved(path: str) -> str:
    """The real path that is meant, however it is spelled.

    Raises:
        ValueError: there can be no such path.
    """
    return os.path.realpath(spelled(path))


def git_dir(path: str) -> str:
    """The git directory that the worktrees of `path`'s repository share; "" outside of one.

    Found by reading, git is not run.
    """
    for folder in _upwards(os.path.abspath(path)):
        dot = os.path.join(folder, ".git")
        if os.path.isdir(dot):
            return dot
        if not os.path.lexists(dot):
            continue
        pointer = _line(dot)
        if not pointer.startswith("gitdir:"):
            return ""
        found = os.path.join(folder, pointer.removeprefix("gitdir:").strip())
        common = os.path.join(found, _line(os.path.join(found, "commondir")) or ".")
        # A HEAD, because whoever asks may write there and a pointer can point anywhere.
        return os.path.normpath(common) if os.path.isfile(os.path.join(common, "HEAD")) else ""
    return ""


def state_folder(of: str) -> tuple[str, ...]:
    """The folder for what belongs to `of` in the user's state; none where the user has no home."""
    name = hashlib.sha256(os.fsencode(of)).hexdigest()[:16]
    return tuple(os.path.join(state, name) for state in _state())


def cache_folder(of: str) -> str:
    """The folder of the user's cache for what can be fetched again, as "index"; "" where the user has no home."""
    found = _folder("XDG_CACHE_HOME", "~/.cache")
    return os.path.join(found[0], "cache" if _WINDOWS else "", of) if found else ""


def _state() -> tuple[str, ...]:
    return _folder("XDG_STATE_HOME", "~/.local/state")


def _folder(variable: str, default: str) -> tuple[str, ...]:
    """Our own folder of one of the user's (XDG base directories); Windows has one for all."""
    if _WINDOWS:
        variable, default = "LOCALAPPDATA", "~/AppData/Local"
    # An empty HOME is none; expanded it would be the system's root.
    home = os.path.expanduser(default) if os.environ.get("HOME") != "" else ""
    found = os.environ.get(variable) or home
    return (os.path.join(os.path.normpath(found), "vetline"),) if os.path.isabs(found) else ()


def _upwards(folder: str) -> Iterator[str]:
    """A path and all that it lies in."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _line(path: str) -> str:
    try:
        return os.fsdecode(disk.head(path, 4096)).strip()
    except OSError:
        return ""
