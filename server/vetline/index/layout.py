"""How a copy of the index lies in its folder: the manifest, and what may be wrong with the files it names."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from array import array
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from vetline import disk
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_Kind = TypeVar("_Kind")

FORMAT = 1
MANIFEST = "manifest.json"
_FIRST = date(2000, 1, 1)  # of the days that are told by a number
MODULES, OBSCURE = "modules.marisa", "modules-obscure.marisa"
LIMIT = 200_000_000  # bytes of one file; all names of PyPI take four million
_MANIFEST_LIMIT = 1_000_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FILE = re.compile(r"[a-z][a-z.-]{0,60}")


class DataError(Exception):
    """The data cannot be used; the message says where it lies and why."""


class Source(NamedTuple):
    """Where a part of the data comes from, under which licence, and the notice that it asks for."""

    what: str
    origin: str
    licence: str
    notice: str = ""


class Counts(NamedTuple):
    """How many names of one registry there are, and whether that is all of them."""

    names: int
    ranked: int
    young: int
    placeholders: int
    whole: bool
    as_of: str


class File(NamedTuple):
    """What a file must be: its bytes, and the SHA-256 of them in hexadecimal."""

    size: int
    sha256: str


class Manifest(NamedTuple):
    """What a folder holds.

    Attributes:
        as_of: the day of the newest list in it, ISO.
        counts: by ecosystem.
        namespaces: import names that many distributions share → what the names of these begin with.
        modules: how many import names are mapped; obscure: how many more are known.
        files: by name.
        sources: where it comes from.
    """

    as_of: str
    counts: Mapping[str, Counts]
    namespaces: Mapping[str, str]
    modules: int
    obscure: int
    files: Mapping[str, File]
    sources: tuple[Source, ...]

    def as_json(self) -> str:
        """The text of the manifest's file."""
        document = {
            "format": FORMAT,
            "as_of": self.as_of,
            "counts": {name: counts._asdict() for name, counts in self.counts.items()},
            "namespaces": dict(self.namespaces),
            "modules": self.modules,
            "obscure": self.obscure,
            "files": {name: file._asdict() for name, file in self.files.items()},
            "sources": [source._asdict() for source in self.sources],
        }
        return json.dumps(document, indent=1, sort_keys=True) + "\n"


def read(folder: Path) -> Manifest:
    """The manifest of a folder, whose files all have the size that it says.

    Raises:
        DataError: there is none, it is of another format, or a file is not what it says.
    """
    try:
        found = json.loads(disk.read(folder / MANIFEST, _MANIFEST_LIMIT))
        if found.get("format") != FORMAT:
            raise DataError(f"{folder}: its format is {found.get('format')!r}, not {FORMAT}")
        manifest = Manifest(
            as_of=_day(found["as_of"]),
            counts={name: _counts(one) for name, one in found["counts"].items()},
            namespaces=_texts(found["namespaces"]),
            modules=_typed(found["modules"], int),
            obscure=_typed(found["obscure"], int),
            files={_name(name): File(**one) for name, one in found["files"].items()},
            sources=tuple(Source(**_texts(one)) for one in found["sources"]),
        )
        if not manifest.counts.keys() >= set(Ecosystem):
            raise DataError(f"{folder / MANIFEST} does not count the names of each registry")
    except OSError as error:
        raise DataError(f"{folder / MANIFEST} {disk.reason(error)}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DataError(f"{folder / MANIFEST} is no manifest of an index") from None
    for name, file in manifest.files.items():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            raise DataError(f"{folder / name} {disk.reason(error)}") from None
        if size != file.size:
            raise DataError(f"{folder / name} has {size} bytes and should have {file.size}")
    return manifest


def damaged(folder: Path, manifest: Manifest) -> list[str]:
    """The files whose content is not what the manifest says."""
    return [name for name, file in manifest.files.items() if digest(folder / name) != file]


def digest(path: Path) -> File | None:
    """A file's size and digest; None when it cannot be read."""
    try:
        raw = disk.read(path, LIMIT)
    except OSError:
        return None
    return File(len(raw), hashlib.sha256(raw).hexdigest())


def described(folder: Path) -> dict[str, File]:
    """What the files of a folder are, for a manifest of it."""
    found = {path.name: digest(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
    return {name: file for name, file in found.items() if file is not None}


def numbers(kind: str, raw: bytes) -> array[int]:
    """Numbers as they lie in a file, little end first; `kind` is one of `array`'s letters."""
    found = array(kind, raw)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def packed(kind: str, values: Iterable[int]) -> bytes:
    """Numbers as `numbers` reads them."""
    found = array(kind, values)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()


def as_number(day: str) -> int:
    """An ISO day, from 2000 on, as two bytes hold it."""
    return (date.fromisoformat(day) - _FIRST).days


def as_day(number: int) -> str:
    """What `as_number` made a number of."""
    return (_FIRST + timedelta(days=number)).isoformat()


def _counts(found: dict[str, object]) -> Counts:
    counts = Counts(**found)  # type: ignore[arg-type]  # a wrong one is refused below
    for number in counts[:4]:
        _typed(number, int)
    _typed(counts.whole, bool)
    _day(counts.as_of)
    return counts


def _typed(found: object, kind: type[_Kind]) -> _Kind:
    if type(found) is kind:
        return found
    raise TypeError


def _texts(found: dict[object, object]) -> dict[str, str]:
    return {_typed(key, str): _typed(value, str) for key, value in found.items()}


def _day(found: object) -> str:
    if isinstance(found, str) and _DAY.fullmatch(found):
        date.fromisoformat(found)  # raises what `read` expects
        return found
    raise ValueError


def _name(found: str) -> str:
    """A file's name, which leads nowhere else."""
    if _FILE.fullmatch(found):
        return found
    raise ValueError
