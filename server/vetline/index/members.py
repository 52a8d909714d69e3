"""The index of members, opened: which names the modules and classes of much used libraries have.

The file is read where it is asked for: its header when it is opened, a top-level package when its first member is
asked for.
"""

from __future__ import annotations

import json
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAGIC = b"vetline-members-1\n"
_DATA = Path(__file__).parent / "data" / "members.bin"
_HOPS = 12
_KEPT = 40  # top-level packages in memory; a project uses some dozens
_RECORDS = 20_000  # owners in memory, with the names that are none
_BASES = 200  # classes that one is looked for in


class _Record(NamedTuple):
    """As the file has it: see `members_build`."""

    is_class: bool
    is_open: bool
    is_table: bool
    names: frozenset[str]
    refs: dict[str, str]
    bases: tuple[str, ...]


class Index:
    """Answers `core.universe.Members` from the file; pickles by its place."""

    def __init__(self, path: Path, foreign: frozenset[str] = frozenset()) -> None:
        """Open it.

        Args:
            path: the file.
            foreign: top-level names that it is not to speak of, because what is installed is another version.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no such file, or one of another format.
        """
        self._path, self._foreign = path, foreign
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise ValueError(f"{path} is no index of members of this version")
            (size,) = struct.unpack("<I", file.read(4))
            header = json.loads(zlib.decompress(file.read(size)))
        self._start = len(MAGIC) + 4 + size
        self.as_of: str = header["as_of"]
        self._tops: dict[str, list[object]] = header["tops"]
        self._read: dict[str, dict[str, list[object]]] = {}
        self._records: dict[str, _Record | None] = {}

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by place."""
        return opened, (self._path, self._foreign)

    def __eq__(self, other: object) -> bool:
        """Whether it speaks of the same."""
        return isinstance(other, Index) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        """By what it speaks of."""
        return hash((self._path, self._foreign))

    def beside(
        self, installed: Mapping[str, tuple[str, ...]], versions: Mapping[str, str]
    ) -> Index:
        """The same index, silent about what is installed in a version that it does not have.

        Args:
            installed: import name → distributions that provide it.
            versions: distribution → its installed version.
        """
        foreign = frozenset(
            top
            for top, (_, _, distribution, known) in self._tops.items()
            if distribution
            and top in installed
            and not any(_series(versions.get(str(distribution), "")) == _series(v) for v in known)  # type: ignore[attr-defined]
        )
        return opened(self._path, foreign)

    @property
    def libraries(self) -> int:
        """How many libraries it knows beside the standard library."""
        return len({str(place[2]) for place in self._tops.values() if place[2]})

    def versions(self, top: str) -> tuple[str, ...] | None:
        """As of `Members`."""
        if top not in self._tops or top in self._foreign:
            return None
        return tuple(map(str, self._tops[top][3]))  # type: ignore[call-overload]

    def find(self, name: str) -> str:
        """As of `Members`."""
        return self._find(name, _HOPS)

    def is_class(self, owner: str) -> bool:
        """As of `Members`."""
        record = self._record(owner)
        return record is not None and record.is_class

    def names(self, owner: str, *, called: bool = False) -> frozenset[str] | None:
        """As of `Members`."""
        found: set[str] = set()
        for record in self._line(owner):
            if record is None or (record.is_open and not (called and record.is_table)):
                return None
            found |= record.names
            found.update(record.refs)
        return frozenset(found)

    def member(self, owner: str, name: str) -> str:
        """As of `Members`."""
        for record in self._line(owner):
            if record is None or name in record.names:
                return ""
            if name in record.refs:
                return self._followed(record.refs[name], owner)
        return ""

    def _followed(self, ref: str, owner: str) -> str:
        calls, made = ref.startswith(">"), ref.endswith("()")
        at = ref.removeprefix(">").removesuffix("()")
        target = owner if at == "Self" else self.find(at)
        if not target or (made and not self.is_class(target)):
            return ""
        return f"{'>' if calls else ''}{target}{'()' if made else ''}"

    def _find(self, name: str, hops: int) -> str:
        if self._record(name) is not None:
            return name
        head, _, last = name.rpartition(".")
        holder = self._find(head, hops - 1) if head and hops else ""
        record = self._record(holder) if holder else None
        ref = record.refs.get(last, "") if record else ""
        return (
            ""
            if not ref or ref.startswith(">") or ref.endswith("()")
            else self._find(ref, hops - 1)
        )

    def _line(self, owner: str) -> Iterator[_Record | None]:
        """The records of an owner and of what it derives from; None for one that is not known."""
        waiting, seen = [owner], set()
        while waiting:
            name = self.find(waiting.pop(0))
            if name in seen:
                continue
            seen.add(name)
            record = self._record(name) if name and len(seen) < _BASES else None
            yield record
            if record is not None:
                waiting += record.bases
        if self.is_class(owner) and "builtins.object" not in seen:
            yield self._record("builtins.object")

    def _record(self, name: str) -> _Record | None:
        if name not in self._records:
            if len(self._records) >= _RECORDS:
                self._records.clear()
            row = self._block(name.partition(".")[0]).get(name)
            self._records[name] = _record(row) if row else None
        return self._records[name]

    def _block(self, top: str) -> dict[str, list[object]]:
        if top in self._read:
            return self._read[top]
        place = self._tops.get(top)
        if place is None or top in self._foreign:
            return {}
        if len(self._read) >= _KEPT:
            self._read.clear()
            self._records.clear()
        offset, size = int(str(place[0])), int(str(place[1]))
        with self._path.open("rb") as file:
            file.seek(self._start + offset)
            self._read[top] = json.loads(zlib.decompress(file.read(size)))
        return self._read[top]


def _record(row: list[object]) -> _Record:
    flags, names, refs, *bases = row
    assert isinstance(flags, int)  # noqa: S101 - so it was written
    assert isinstance(refs, dict)  # noqa: S101 - so it was written
    first = bases[0] if bases else ()
    assert isinstance(first, list | tuple)  # noqa: S101 - so it was written
    return _Record(
        bool(flags & 1),
        bool(flags & 2),
        bool(flags & 4),
        frozenset(str(names).split()),
        refs,
        tuple(first),
    )


def _series(version: str) -> tuple[str, ...]:
    """The first two numbers of a version; within such a series members stay."""
    return tuple(version.split(".")[:2])


@lru_cache(maxsize=4)
def opened(path: Path, foreign: frozenset[str] = frozenset()) -> Index:
    """The index in a file, opened once a process for each of a few projects: each has read up to dozens of MB.

    Raises:
        OSError, ValueError: as `Index`.
    """
    return Index(path, foreign)


def load() -> Index | None:
    """The index that comes with this program; None when it is not there or cannot be read."""
    try:
        return opened(_DATA)
    except (OSError, ValueError, KeyError, zlib.error, struct.error):
        return None
