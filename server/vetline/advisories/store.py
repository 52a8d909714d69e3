r"""The file with all advisories: a table of digests of names, and a compressed block for each package.

It is mapped, not read: a look-up finds the package's row by halving and unpacks one block. Nothing in it is
executed, so that it may come from anywhere. Layout, numbers big-endian:

    "VETADV1\n"  CRC-32 of all that follows (4)  length of the head (4)
    head: JSON {"as_of", "made", "counts"}
    rows: digest of "pypi/name" (8)  offset of the block in the blocks (4)  its length (4); sorted
    blocks: deflated JSON [name, [[id, aliases, summary, ranges, versions, severity, malicious], …]]
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import os
import re
import stat
import struct
import sys
import zlib
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import disk
from vetline_analyzers.core.finding import Severity
from vetline_analyzers.core.universe import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from vetline_analyzers.core.universe import Ecosystem, Package

MAGIC = b"VETADV1\n"
_ANY = b"VETADV"  # how stores of every version begin
LIMIT = 1_000_000_000  # bytes of a store
STALE = timedelta(days=90)  # from when on advisories are old; hundreds are published a month
HOW = "run `vetline advisories update --from DIR|ZIP|URL`"
_HEAD = struct.Struct(">8sII")
_ROW = struct.Struct(">8sII")
_CHUNK = 1 << 20
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BLOCK = 64_000_000  # bytes of one block unpacked
# What blocks are full of: they are too small to learn it each.
_COMMON = (
    b'GHSA-PYSEC-2026-PYSEC-2025-PYSEC-2024-CVE-2026-CVE-2025-CVE-2024-["","",[[["introduced","0"],["fixed","'
    b'"],["last_affected",""]]],[],null,2,3,0]]][["MAL-2026-["MAL-2025-",[],"",[[["introduced","0"]]],[],null,1]]]'
)


# What a head that somebody made up may raise.
_ODD = (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


def today() -> date:
    """The day it is; tests put another one here."""
    return datetime.now(UTC).date()


class DamagedError(Exception):
    """A file is no store, or not whole; the message says why, one line with its path."""


class Counts(NamedTuple):
    """How much is known of one registry: packages, vulnerabilities, packages that are or were malware."""

    packages: int = 0
    vulnerabilities: int = 0
    malicious: int = 0


class Head(NamedTuple):
    """What a store says of itself.

    Attributes:
        as_of: the day of the newest record.
        made: the day it was written.
        counts: by ecosystem.
    """

    as_of: str
    made: str
    counts: Mapping[str, Counts]

    @property
    def is_stale(self) -> bool:
        """As of `core.universe.Advisories`: by the day it is now."""
        return today() - date.fromisoformat(self.as_of) > STALE


class Store:
    """Implements `core.universe.Advisories`; pickled as its place."""

    def __init__(self, path: str, stamp: tuple[int, int], head: Head, data: Any, rows: int) -> None:
        """Take what `opened` read."""
        self.path = path
        self.head = head
        self._stamp = stamp
        self._data = data
        self._rows = rows
        self._first = _HEAD.size + _HEAD.unpack_from(data)[2]
        self._blocks = self._first + rows * _ROW.size

    def __eq__(self, other: object) -> bool:
        """Whether it is the same state of the same file."""
        return isinstance(other, Store) and (self.path, self._stamp) == (other.path, other._stamp)

    def __hash__(self) -> int:
        """As `__eq__` has it."""
        return hash((self.path, self._stamp))

    def __reduce__(self) -> tuple[Any, ...]:
        """The place; another process opens the file again."""
        return (_again, (self.path,))

    @property
    def as_of(self) -> str:
        """The day of the newest record that was taken in."""
        return self.head.as_of

    @property
    def is_stale(self) -> bool:
        """As of `core.universe.Advisories`."""
        return self.head.is_stale

    def covers(self, ecosystem: Ecosystem) -> bool:
        """Whether vulnerabilities of that registry are known, not only malware."""
        return self.head.counts.get(str(ecosystem), Counts()).vulnerabilities > 0

    def of(self, package: Package) -> tuple[Record, ...]:
        """The records about a package."""
        digest = _digest(package)
        at = bisect_left(range(self._rows), digest, key=self._digest_at)
        if at == self._rows or self._digest_at(at) != digest:
            return ()
        _, offset, length = _ROW.unpack_from(self._data, self._first + at * _ROW.size)
        start = self._blocks + offset
        # The sum over the file is right: a block that cannot be read was made so, as could be one that says nothing.
        with contextlib.suppress(zlib.error, ValueError, TypeError, RecursionError):
            return _records(bytes(self._data[start : start + length]), package)
        return ()

    def _digest_at(self, row: int) -> bytes:
        start = self._first + row * _ROW.size
        return bytes(self._data[start : start + 8])


def opened(path: str) -> Store:
    """The store at `path`.

    Raises:
        FileNotFoundError: there is none.
        DamagedError: what is there is no store, or cannot be read.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - the stamp is of the file that is opened next
        if not stat.S_ISREG(found.st_mode):
            raise _UnfitError("is no file")
        return _opened(path, (found.st_mtime_ns, found.st_size))
    except FileNotFoundError:
        raise
    except _ODD as error:
        why = disk.reason(error) if isinstance(error, OSError) else _why(error)
        raise DamagedError(f"{path} {why}: {HOW} again") from None


class _UnfitError(ValueError):
    """What is wrong with a file, as the end of a sentence about it."""


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, _UnfitError) else "is damaged"


@lru_cache(maxsize=2)
def _opened(path: str, stamp: tuple[int, int]) -> Store:
    with open(path, "rb") as stream:  # noqa: PTH123 - it is a regular file
        prefix = stream.read(_HEAD.size)
        if len(prefix) < _HEAD.size or not prefix.startswith(MAGIC):
            raise _UnfitError("is no store of advisories of this version")
        _, told, length = _HEAD.unpack(prefix)
        # Read, not mapped, so that what is never asked for takes no memory.
        checked = zlib.crc32(prefix[12:])
        size = len(prefix)
        while chunk := stream.read(_CHUNK):
            checked = zlib.crc32(chunk, checked)
            size += len(chunk)
            if size > LIMIT:
                raise _UnfitError(f"is over the limit of {LIMIT / 1e6:.0f} MB")
        if checked != told or size != stamp[1]:
            raise _UnfitError("is damaged")
        data: Any
        if sys.platform == "win32":  # a mapped file could not be replaced there
            stream.seek(0)
            data = stream.read(size)
        else:
            data = mmap.mmap(stream.fileno(), size, access=mmap.ACCESS_READ)
    head = json.loads(bytes(data[_HEAD.size : _HEAD.size + length]))
    counts = {name: Counts(*map(int, numbers)) for name, numbers in head["counts"].items()}
    rows, days = int(head["rows"]), (str(head["as_of"]), str(head["made"]))
    if not all(map(_DAY.fullmatch, days)):
        raise _UnfitError("is damaged")
    date.fromisoformat(days[0])  # raises what `opened` expects
    if not 0 <= rows * _ROW.size <= size - _HEAD.size - length:
        raise _UnfitError("is damaged")
    return Store(path, stamp, Head(*days, counts), data, rows)


def _again(path: str) -> Store | None:
    """The store in another process; None when it is gone by now, so that nothing counts as audited."""
    with contextlib.suppress(OSError, DamagedError):
        return opened(path)
    return None


def write(path: Path, records: Mapping[Package, Iterable[Record]], as_of: str, made: str) -> Head:
    """Write a store in the place of the one that is there, at once or not at all.

    Args:
        path: the file; its folder is made.
        records: by package.
        as_of: the day of the newest record.
        made: today.

    Raises:
        OSError: it cannot be written, or what is there is no store: a project's settings may say where it lies.
    """
    _spare(path)
    counts: dict[str, Counts] = {}
    rows, blocks, at = [], [], 0
    for package in sorted(records, key=_digest):
        known = sorted(records[package], key=lambda record: record.id)
        block = _packed(package, known)
        rows.append(_ROW.pack(_digest(package), at, len(block)))
        blocks.append(block)
        at += len(block)
        before = counts.get(str(package.ecosystem), Counts())
        vulnerable = sum(not record.malicious for record in known)
        malicious = len(known) > vulnerable
        counts[str(package.ecosystem)] = Counts(
            before.packages + 1, before.vulnerabilities + vulnerable, before.malicious + malicious
        )
    head = Head(as_of, made, counts)
    told = json.dumps({**head._asdict(), "rows": len(rows)}).encode()
    body = b"".join((told, *rows, *blocks))
    length = struct.pack(">I", len(told))
    checked = struct.pack(">I", zlib.crc32(body, zlib.crc32(length)))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}-{os.urandom(8).hex()}")
    try:
        with part.open("xb") as stream:
            stream.write(MAGIC + checked + length + body)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return head


def _spare(path: Path) -> None:
    """Refuse to put a store in the place of anything else; of an empty file nothing is lost."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if disk.head(path, len(MAGIC)) and not disk.head(path, len(_ANY)).startswith(_ANY):
            raise FileExistsError(0, "what is there is no store of advisories: move it away")


def _digest(package: Package) -> bytes:
    name = f"{package.ecosystem}/{package.name}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(name, digest_size=8).digest()


def _packed(package: Package, records: Iterable[Record]) -> bytes:
    told = [
        (r.id, r.aliases, r.summary, r.ranges, sorted(r.versions), r.severity, int(r.malicious))
        for r in records
    ]
    text = json.dumps([package.name, told], separators=(",", ":"), ensure_ascii=False)
    squeeze = zlib.compressobj(9, zdict=_COMMON)
    return squeeze.compress(text.encode("utf-8", "surrogatepass")) + squeeze.flush()


def _records(block: bytes, package: Package) -> tuple[Record, ...]:
    """What a block says of a package; nothing when it is another's, whose name has the same digest."""
    unpack = zlib.decompressobj(zdict=_COMMON)
    raw = unpack.decompress(block, _BLOCK)
    name, told = json.loads(raw.decode("utf-8", "surrogatepass"))
    if name != package.name:
        return ()
    return tuple(
        Record(
            str(id_),
            tuple(map(str, aliases)),
            str(summary or ("malicious code" if malicious else "")),
            tuple(tuple((str(kind), str(text)) for kind, text in events) for events in ranges),
            frozenset(map(str, listed)),
            None if severity is None else Severity(severity),
            bool(malicious),
        )
        for id_, aliases, summary, ranges, listed, severity, malicious in told
    )
