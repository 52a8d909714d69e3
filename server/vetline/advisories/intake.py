"""Where OSV documents come from: a folder, a zip, one file, or any of these at an address, each to a limit."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
import zipfile
import zlib
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from vetline import disk
from vetline.advisories import osv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vetline.advisories.osv import Document
    from vetline_analyzers.core.universe import Package, Record

_SUFFIXES = (".json", ".yaml", ".yml")
_DOCUMENT = 4_000_000  # bytes of one document; the longest there are have 1 MB
_MOST = 3_000_000  # documents
_TOTAL = 4_000_000_000  # bytes of all documents; those of both registries had one in 2026
_DEEPEST = 50  # levels of folders, and of what is nested in a document
_DOWNLOAD = 2_000_000_000  # bytes of what is at an address
_PATIENCE = 30.0  # seconds without a byte
_LONGEST = 900.0  # seconds for one address
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_PACKED = b"PK\x03\x04"


class SourceError(Exception):
    """Nothing can be taken in from a source; the message says why, one line that names it."""


@dataclass
class Intake:
    """What was taken in so far.

    Attributes:
        documents: by id; of several the one that was changed last.
        day: the day of the newest document.
        unread: how many files were no OSV documents, too large, or could not be read.
    """

    documents: dict[str, Document] = field(default_factory=dict)
    day: str = ""
    unread: int = 0

    def records(self) -> dict[Package, list[Record]]:
        """The records, by package."""
        found: dict[Package, list[Record]] = {}
        for document in self.documents.values():
            for package, record in document.records:
                found.setdefault(package, []).append(record)
        return found

    def useful(self) -> dict[Package, list[Record]]:
        """The records, by package.

        Raises:
            SourceError: there is none, nor one that was withdrawn: an empty store would say that nothing is wrong.
        """
        found = self.records()
        if not found and not any(document.withdrawn for document in self.documents.values()):
            raise SourceError("no record names a version of a package of PyPI or npm")
        return found

    def take(self, source: str, today: str) -> None:
        """Take in what is at a source.

        Args:
            source: a folder, a file, or an address.
            today: a document from a later day is not from then.

        Raises:
            SourceError: it is not there, or holds no OSV document.
        """
        taken = 0
        with contextlib.ExitStack() as stack:
            place = source
            if _ADDRESS.match(source):
                place = stack.enter_context(_fetched(source))
            left = _TOTAL
            for count, (name, raw) in enumerate(_files(place, _shown(source))):
                left -= _DOCUMENT if raw is None else len(raw)
                if left < 0 or count >= _MOST:
                    raise SourceError(f"{_shown(source)}: there is more than can be taken in")
                taken += self._add(name, raw, today)
        if not taken:
            raise SourceError(f"{_shown(source)}: there is no OSV record (JSON or YAML) in it")

    def _add(self, name: str, raw: bytes | None, today: str) -> bool:
        """Take in one document; gives whether it is one."""
        found = osv.read(_parsed(name, raw)) if raw is not None else None
        if found is None:
            self.unread += 1
            return False
        known = self.documents.get(found.id)
        if known is None or known.day <= found.day:
            self.documents[found.id] = found
        if found.day <= today:
            self.day = max(self.day, found.day)
        return True


def _files(place: str, shown: str) -> Iterator[tuple[str, bytes | None]]:
    """The documents at a path: their names, and what they hold; None of one that is too large or cannot be read."""
    path = Path(os.path.expanduser(place))  # noqa: PTH111 - never raises
    if not place:
        raise SourceError("--from names nothing")
    try:
        if path.is_dir():
            yield from _of_folder(path)
            return
        if disk.head(path, 4) != _PACKED:
            yield path.name, disk.read(path, _DOCUMENT)
            return
    except (OSError, ValueError) as error:
        why = disk.reason(error) if isinstance(error, OSError) else "is no possible path"
        raise SourceError(f"{shown} {why}") from None
    yield from _of_zip(path, shown)


def _of_folder(folder: Path) -> Iterator[tuple[str, bytes | None]]:
    top = len(folder.parts)
    for parent, folders, names in os.walk(folder):
        is_deep = len(Path(parent).parts) - top >= _DEEPEST  # `walk` calls itself for each level
        folders[:] = sorted(name for name in folders if not (is_deep or name.startswith(".")))
        for name in sorted(names):
            if name.endswith(_SUFFIXES):
                raw = None
                with contextlib.suppress(OSError):
                    raw = disk.read(Path(parent, name), _DOCUMENT)
                yield name, raw


def _of_zip(path: Path, shown: str) -> Iterator[tuple[str, bytes | None]]:
    """Its entries, unpacked one by one in memory; where they would be put does not matter."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in _apart(archive.infolist()):
                if entry.filename.endswith(_SUFFIXES) and not entry.is_dir():
                    yield entry.filename, _entry(archive, entry)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise SourceError(f"{shown} is a damaged zip file ({type(error).__name__})") from None


def _apart(entries: Sequence[zipfile.ZipInfo]) -> Sequence[zipfile.ZipInfo]:
    """The entries; one text under many names, which grows without end, is damage."""
    if len({entry.header_offset for entry in entries}) < len(entries):
        raise zipfile.BadZipFile
    return entries


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    try:
        with archive.open(entry) as stream:
            raw = stream.read(_DOCUMENT + 1)
    except (RuntimeError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        # It is locked, packed in a way that is not known (NotImplementedError), or damaged.
        return None
    return raw if len(raw) <= _DOCUMENT else None


def _parsed(name: str, raw: bytes | None) -> object:
    """A document as plain data; None of what is none."""
    import yaml  # noqa: PLC0415 - only an update pays for it

    try:
        text = (raw or b"").decode("utf-8-sig")
        if not name.endswith((".yaml", ".yml")):
            return loads(text)
        # All scalars as they are written: 1.10 is a version and no number.
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        if not _is_tame(yaml.parse(text, loader)):
            return None
        return yaml.load(text, loader)  # noqa: S506 - makes nothing but strings, lists and dictionaries
    except (ValueError, RecursionError, yaml.YAMLError):
        return None


def _is_tame(events: Iterable[Any]) -> bool:
    """Whether a YAML text is a plain tree: an alias can make it endless, and libyaml crashes on one too deep."""
    depth = 0
    for event in events:
        kind = type(event).__name__
        if kind == "AliasEvent":
            return False
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            depth += 1
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            depth -= 1
        if depth > _DEEPEST:
            return False
    return True


@contextlib.contextmanager
def _fetched(address: str) -> Iterator[str]:
    """A file for a while with what is at an address.

    Raises:
        SourceError: it cannot be fetched, is too large or takes too long.
    """
    import httpx  # noqa: PLC0415 - only who fetches pays for it

    shown = _shown(address)
    suffix = Path(_shown(address)).suffix
    with tempfile.TemporaryDirectory(prefix="vetline-") as folder:
        path = Path(folder, "fetched" + (suffix if suffix in _SUFFIXES else ".json"))
        try:
            with (
                path.open("xb") as target,
                httpx.Client(follow_redirects=True, timeout=_PATIENCE, max_redirects=5) as client,
                client.stream("GET", address) as answer,
            ):
                if answer.url.scheme != "https" and address.lower().startswith("https"):
                    raise SourceError(f"{shown} leads to an address that is not encrypted")
                answer.raise_for_status()
                _pour(answer.iter_bytes(), target, shown)
        except httpx.HTTPStatusError as error:
            raise SourceError(f"{shown} answers {error.response.status_code}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError(f"{shown} cannot be fetched ({type(error).__name__})") from None
        except OSError as error:
            raise SourceError(f"{shown}: cannot be kept: {error.strerror}") from None
        yield str(path)


def _pour(chunks: Iterator[bytes], target: IO[bytes], shown: str) -> None:
    until = time.monotonic() + _LONGEST
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > _DOWNLOAD:
            raise SourceError(f"{shown} is over the limit of {_DOWNLOAD / 1e6:.0f} MB")
        if time.monotonic() > until:
            raise SourceError(f"{shown} took over {_LONGEST:.0f} s")
        target.write(chunk)


def _shown(source: str) -> str:
    """A source as a message may show it: an address without what may be credentials."""
    if not _ADDRESS.match(source):
        return source
    scheme, _, rest = source.partition("//")
    bare = rest.rpartition("@")[2]  # a login may have any character in it
    return f"{scheme}//{bare}".partition("?")[0].partition("#")[0]
