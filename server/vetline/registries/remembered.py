"""What registries said lately, in the user's cache: a file a registry, which anybody may delete."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vetline import disk, places
from vetline.registries.replies import Reply

if TYPE_CHECKING:
    from vetline.registries.index import Index

FOUND = 86_400.0  # seconds that "it is there" is believed
ABSENT = 3_600.0  # seconds that "it is not there" is: a name that was free may be taken at any time
_MOST = 5_000  # names of one registry, those asked last
_LIMIT = 4_000_000  # bytes of a file
_SKEW = 60.0  # seconds by which clocks may differ


class Remembered:
    """Answers of registries.

    Args:
        folder: where they lie; None when nothing is to be kept.
        now: seconds since the epoch.
    """

    def __init__(self, folder: Path | None, now: float) -> None:
        """Remember; a registry's file is read when it is first asked for."""
        self._folder = folder
        self._now = now
        self._known: dict[str, dict[str, list[Any]]] = {}
        self._new: dict[str, dict[str, list[Any]]] = {}

    def get(self, index: Index, name: str) -> Reply | None:
        """What an index said of a name not too long ago."""
        match self._of(index).get(name):
            case [
                float() | int() as asked,
                bool() as exists,
                str() as first,
                int() as releases,
                list() as yanked,
            ]:
                age = self._now - asked
                if -_SKEW <= age <= (FOUND if exists else ABSENT):
                    return Reply(exists, first[:10], releases, yanked=frozenset(map(str, yanked)))
        return None

    def put(self, index: Index, name: str, reply: Reply) -> None:
        """Keep what an index said; that it could not say is not kept."""
        if reply.exists is None:
            return
        entry = [self._now, reply.exists, reply.first_release, reply.releases, sorted(reply.yanked)]
        self._new.setdefault(_file(index), {})[name] = entry

    def save(self) -> None:
        """Write what is new; where that cannot be, nothing is remembered."""
        for name, new in self._new.items():
            if self._folder is None:
                return
            known = {
                **_read(self._folder / name),
                **new,
            }  # another process may have written meanwhile
            newest = sorted(known.items(), key=lambda entry: _asked(entry[1]))[-_MOST:]
            with contextlib.suppress(OSError):
                _write(self._folder / name, json.dumps(dict(newest)).encode())

    def _of(self, index: Index) -> dict[str, list[Any]]:
        name = _file(index)
        if name not in self._known:
            self._known[name] = _read(self._folder / name) if self._folder else {}
        return self._known[name]


def folder() -> Path | None:
    """Where answers are kept; None where there is no place for them."""
    found = places.cache_folder("registries")
    return Path(found) if found else None


def _file(index: Index) -> str:
    return hashlib.sha256(index.url.encode()).hexdigest()[:24] + ".json"


def _asked(entry: list[Any]) -> float:
    return float(entry[0]) if entry and isinstance(entry[0], (int, float)) else 0.0


def _read(path: Path) -> dict[str, list[Any]]:
    try:
        data = json.loads(disk.read(path, _LIMIT))
    except (OSError, ValueError, RecursionError):
        return {}
    entries = data.items() if isinstance(data, dict) else ()
    return {name: entry for name, entry in entries if isinstance(entry, list)}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}-{os.urandom(8).hex()}")
    try:
        disk.create(part, content)
        os.replace(part, path)  # noqa: PTH105 - the twin of `create`
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
