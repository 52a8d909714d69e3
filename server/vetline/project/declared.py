"""What the manifests and lock files of a project say it needs of PyPI. They are read, never run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk
from vetline_analyzers import manifests
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vetline_analyzers.core.universe import Package
    from vetline_analyzers.manifests import Manifest, Reading

_MAX_DEPTH = 50
_MAX_INCLUDED = 10_000_000  # bytes of all manifests that include others


class Told(NamedTuple):
    """What files say.

    Attributes:
        declared: normalised names of distributions, each with whether it is optional.
        locked: normalised names of distributions in lock files, each with its version.
        own: packages that the files say the project is.
        unproved: those of the locked that no lock file has a hash or a source of.
    """

    declared: dict[str, bool]
    locked: dict[str, str]
    own: frozenset[Package]
    unproved: frozenset[str] = frozenset()


def is_declaration(path: str) -> bool:
    """Whether a file at that POSIX path is a manifest or a lock file; a bare name will mostly do."""
    return manifests.of_path(path) is not None


def is_of_python(path: str) -> bool:
    """Whether a file at that POSIX path tells of packages of PyPI."""
    found = manifests.of_path(path)
    return found is not None and found.ecosystem is Ecosystem.PYPI


def is_lock(path: str) -> bool:
    """Whether a file at that POSIX path is a lock file."""
    found = manifests.of_path(path)
    return found is not None and found.locks


def gather(paths: Iterable[Path]) -> Told:
    """What the files at `paths` say, and those they include; one that cannot be read says nothing."""
    declared: dict[str, bool] = {}
    locked: dict[str, str] = {}
    proved: set[str] = set()
    own: set[Package] = set()
    seen: dict[str, int] = {}
    for path in paths:
        found = manifests.of_path(path.as_posix())
        if found is None or found.ecosystem is not Ecosystem.PYPI:
            continue
        for reading in _readings(path, found, seen):
            own.update(reading.own)
            if reading.locks:
                locked.update((one.package.name, one.version) for one in reading.requirements)
                proved.update(one.package.name for one in reading.requirements if one.is_proved)
                continue
            for one in reading.requirements:
                name = one.package.name
                declared[name] = one.optional and declared.get(name, True)
    return Told(declared, locked, frozenset(own), frozenset(locked.keys() - proved))


def read(paths: Iterable[Path]) -> dict[str, bool]:
    """Of what the files at `paths` say, what they declare."""
    return gather(paths).declared


def _readings(
    path: Path, manifest: Manifest, seen: dict[str, int], depth: int = 0
) -> Iterator[Reading]:
    """What a file says, and what those say that it includes.

    Args:
        path: the file.
        manifest: its format; what it includes are pip's requirements.
        seen: the files read so far, each with its length; none is read twice.
        depth: how many files include it in turn.
    """
    name = os.path.normpath(path)
    if name in seen or depth > _MAX_DEPTH or sum(seen.values()) > _MAX_INCLUDED:
        return
    text = disk.text(path, manifest.limit)
    reading = manifest.read(text)
    yield reading
    seen[name] = len(text) if reading.includes or depth else 0
    pip = manifests.of_path("requirements.txt")
    for include in reading.includes:
        if pip is not None and "\0" not in include:
            yield from _readings(path.parent / include, pip, seen, depth + 1)
