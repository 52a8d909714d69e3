"""The names of one registry in its files: which there are, which are much downloaded, young or mere placeholders."""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain, repeat
from typing import TYPE_CHECKING

import marisa_trie

from vetline import disk
from vetline.index.layout import LIMIT, DataError, as_day, as_number, numbers, packed
from vetline_analyzers.supply.slips import Slip, keys, slip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

MOST = 65_535  # names of a rank that the files can tell apart
NEAR = 7_000  # of the much downloaded names that others are compared with; all of them would not fit into the package
_SHOWN = 5  # near names that are told
_RECORD = 8  # bytes: a key's id, its rank, and which id has the rank of this place


class Names:
    """The files of one registry, opened; a look-up takes microseconds."""

    __slots__ = ("_at", "_held", "_ids", "_near", "_ranks", "_trie", "_young")

    def __init__(self, folder: Path, ecosystem: str) -> None:
        """Open them.

        Raises:
            DataError: they cannot be read, or are something else.
        """
        try:
            self._trie = marisa_trie.Trie().mmap(str(folder / f"{ecosystem}.marisa"))
            ranks = disk.read(folder / f"{ecosystem}.ranks", LIMIT)
            count = len(ranks) // _RECORD
            self._ids = numbers("I", ranks[: 4 * count])
            self._ranks = numbers("H", ranks[4 * count : 6 * count])
            self._at = numbers("H", ranks[6 * count :])
            self._young = disk.read(folder / f"{ecosystem}.young", LIMIT)
            self._held = numbers("I", disk.read(folder / f"{ecosystem}.held", LIMIT))
            self._near = marisa_trie.RecordTrie("<H").mmap(str(folder / f"{ecosystem}.near"))
        except OSError as error:
            raise DataError(f"{folder}: {ecosystem} {disk.reason(error)}") from None
        except (ValueError, RuntimeError) as error:
            raise DataError(f"{folder}: {ecosystem} cannot be read: {error}") from None

    def __len__(self) -> int:
        return len(self._trie)

    def __iter__(self) -> Iterator[str]:
        return iter(self._trie.iterkeys())

    def __contains__(self, name: str) -> bool:
        return self._id(name) is not None

    def rank(self, name: str) -> int:
        """As of `Universe`."""
        return self._rank(self._id(name))

    def is_young(self, name: str) -> bool:
        """As of `Universe`."""
        found = self._id(name)
        return found is not None and bool(
            self._young and self._young[found >> 3] >> (found & 7) & 1
        )

    def since(self, folder: Path, ecosystem: str, day: str) -> dict[str, str]:
        """The young names, each with the day of the list that had it first; read for the next copy alone.

        Args:
            folder: as it was opened.
            ecosystem: as it was opened.
            day: the list's own, which stands for what is not told, as in the data that comes with the program.

        Raises:
            DataError: what is told cannot be read.
        """
        try:
            told = numbers("H", disk.read(folder / f"{ecosystem}.since", LIMIT))
        except FileNotFoundError:
            told = numbers("H", b"")
        except (OSError, ValueError) as error:
            raise DataError(f"{folder}: {ecosystem}.since cannot be read: {error}") from None
        young = (at for at in range(8 * len(self._young)) if self._young[at >> 3] >> (at & 7) & 1)
        return {
            str(self._trie.restore_key(at)): min(as_day(number), day) if number else day
            for at, number in zip(young, chain(told, repeat(0)), strict=False)
            if at < len(self._trie)
        }

    def is_held(self, name: str) -> bool:
        """Whether the package says of itself that it only holds the name."""
        found = self._id(name)
        return found is not None and _place(self._held, found) is not None

    def ranked(self, rank: int) -> str:
        """The name of a rank, counted from 1."""
        return str(self._trie.restore_key(self._ids[self._at[rank - 1]]))

    def by_rank(self) -> Iterator[str]:
        """The much downloaded names in order."""
        return map(self.ranked, range(1, len(self._at) + 1))

    def near(self, name: str) -> tuple[str, ...]:
        """As of `Universe`: a smaller slip goes before a larger one, then the more used name."""
        found: list[tuple[Slip, int, str]] = []
        for place in self.candidates(name):
            other = self.ranked(place + 1)
            if how := slip(name, other):
                found.append((how, place, other))
        return tuple(other for _, _, other in sorted(found)[:_SHOWN])

    def candidates(self, name: str) -> set[int]:
        """Places in the order of popularity of names that share one of `supply.slips.keys` with this one."""
        try:
            return {place for key in keys(name) for (place,) in self._near.get(key, ())}
        except UnicodeEncodeError:  # as in `_id`
            return set()

    def _id(self, name: str) -> int | None:
        try:
            found: int | None = self._trie.get(name)
        except UnicodeEncodeError:  # half a character, as a broken text may hold it
            return None
        return found

    def _rank(self, found: int | None) -> int:
        place = None if found is None else _place(self._ids, found)
        return 0 if place is None else self._ranks[place]


def write(
    folder: Path,
    ecosystem: str,
    names: Iterable[str],
    ranked: Sequence[str],
    *,
    young: Mapping[str, str] | None = None,
    held: Iterable[str] = (),
) -> None:
    """Write the files that `Names` opens.

    Args:
        folder: where to.
        ecosystem: what their names begin with.
        names: all names, in any order.
        ranked: those of them that are much downloaded, the most downloaded first; 65,535 at most.
        young: those that are new, with the day of the list that had each first.
        held: those that only hold a name.
    """
    trie = marisa_trie.Trie(names)
    trie.save(str(folder / f"{ecosystem}.marisa"))
    by_id = sorted((trie[name], rank) for rank, name in enumerate(ranked, 1))
    at = sorted(range(len(by_id)), key=lambda place: by_id[place][1])
    ranks = packed("I", (key for key, _ in by_id)) + packed("H", (rank for _, rank in by_id))
    (folder / f"{ecosystem}.ranks").write_bytes(ranks + packed("H", at))
    bits = bytearray((len(trie) + 7) // 8)
    days = sorted((trie[name], as_number(day)) for name, day in (young or {}).items())
    for at_id, _ in days:
        bits[at_id >> 3] |= 1 << (at_id & 7)
    (folder / f"{ecosystem}.young").write_bytes(bytes(bits) if any(bits) else b"")
    (folder / f"{ecosystem}.since").write_bytes(packed("H", (number for _, number in days)))
    (folder / f"{ecosystem}.held").write_bytes(packed("I", sorted(trie[name] for name in held)))
    filed = ((key, (place,)) for place, name in enumerate(ranked[:NEAR]) for key in keys(name))
    marisa_trie.RecordTrie("<H", filed).save(str(folder / f"{ecosystem}.near"))


def _place(of: Sequence[int], value: int) -> int | None:
    at = bisect_left(of, value)
    return at if at < len(of) and of[at] == value else None
