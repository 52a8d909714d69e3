"""A copy of the index as analyzers ask it: `Universe` over the files of a folder."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import marisa_trie

from vetline.index import layout
from vetline.index.layout import DataError
from vetline.index.names import Names
from vetline_analyzers.core.universe import Ecosystem, Package, package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vetline.index.layout import Manifest

log = logging.getLogger(__name__)

STALE = timedelta(
    days=180
)  # about as many of the most downloaded names are new by then as wrong ones are found


def today() -> date:
    """The day it is; tests put another one here."""
    return date.today()  # noqa: DTZ011 - a list is dated to a day, wherever that is


class Index:
    """The universe in the files of a folder, mapped and not read. Pickled by its place.

    Attributes:
        folder: where it lies.
        manifest: what it holds.
    """

    __slots__ = ("_map", "_names", "_obscure", "folder", "manifest")

    def __init__(self, folder: Path) -> None:
        """Open it.

        Raises:
            DataError: it cannot be used.
        """
        self.folder = folder
        self.manifest: Manifest = layout.read(folder)
        self._names = {eco: Names(folder, eco) for eco in Ecosystem}
        try:
            self._map = marisa_trie.RecordTrie("<H").mmap(str(folder / layout.MODULES))
            self._obscure = marisa_trie.Trie().mmap(str(folder / layout.OBSCURE))
        except (OSError, ValueError, RuntimeError) as error:
            raise DataError(f"{folder}: the modules cannot be read: {error}") from None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Index)
            and other.folder == self.folder
            and other.manifest == self.manifest
        )

    def __hash__(self) -> int:
        return hash(self.folder)

    def __repr__(self) -> str:
        return f"Index({str(self.folder)!r})"

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return again, (str(self.folder),)

    @property
    def as_of(self) -> str:
        """As of `Universe`."""
        return self.manifest.as_of

    def day(self, ecosystem: Ecosystem) -> str:
        """As of `Universe`."""
        return self.manifest.counts[ecosystem].as_of

    def is_stale(self, ecosystem: Ecosystem) -> bool:
        """As of `Universe`: by the day it is now."""
        return today() - date.fromisoformat(self.day(ecosystem)) > STALE

    def names(self, ecosystem: Ecosystem) -> Names:
        """The names of one registry."""
        return self._names[ecosystem]

    def is_whole(self, ecosystem: Ecosystem) -> bool:
        """As of `Universe`."""
        return self.manifest.counts[ecosystem].whole

    def has(self, package: Package) -> bool:
        """As of `Universe`."""
        return package.name in self._names[package.ecosystem]

    def rank(self, package: Package) -> int:
        """As of `Universe`."""
        return self._names[package.ecosystem].rank(package.name)

    def is_young(self, package: Package) -> bool:
        """As of `Universe`."""
        return self._names[package.ecosystem].is_young(package.name)

    def since(self, ecosystem: Ecosystem) -> dict[str, str]:
        """The young names of a registry, each with the day of the list that had it first; takes a second.

        Raises:
            DataError: that cannot be read.
        """
        return self._names[ecosystem].since(self.folder, ecosystem, self.day(ecosystem))

    def is_placeholder(self, package: Package) -> bool:
        """As of `Universe`."""
        return self._names[package.ecosystem].is_held(package.name)

    def near(self, package: Package) -> tuple[str, ...]:
        """As of `Universe`."""
        return self._names[package.ecosystem].near(package.name)

    def meant(self, package: Package) -> str:
        """As of `Universe`."""
        found = self._of_map(f"={package.name}") if package.ecosystem is Ecosystem.PYPI else ()
        return found[0] if found else ""

    def providers(self, module: str) -> tuple[str, ...]:
        """As of `Universe`."""
        if found := self._of_map(module):
            return found
        if within := self._within(module):
            bare = package(Ecosystem.PYPI, within).name
            known = bare in self._names[Ecosystem.PYPI]
            return self._of_map(bare) or ((bare,) if known else ())
        same = package(Ecosystem.PYPI, module)
        is_plain = "." not in module and not self.is_module(module)
        return (same.name,) if is_plain and self.rank(same) else ()

    def is_module(self, module: str) -> bool:
        """As of `Universe`."""
        try:
            return module in self._obscure
        except UnicodeEncodeError:
            return False

    def mapped(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every key of the map of modules, with the distributions it leads to."""
        return ((key, self._of_map(key)) for key in dict.fromkeys(self._map.iterkeys()))

    def obscure(self) -> Iterator[str]:
        """Every name that `is_module` knows."""
        return iter(self._obscure.iterkeys())

    def _of_map(self, key: str) -> tuple[str, ...]:
        try:
            ranks = self._map.get(key, ())
        except UnicodeEncodeError:
            return ()
        names = self._names[Ecosystem.PYPI]
        return tuple(names.ranked(rank) for (rank,) in sorted(ranks))

    def _within(self, module: str) -> str:
        """What a distribution of a shared namespace would be called that provides a module of it; "" elsewhere."""
        head, rest = module, ""
        while head:
            if head in self.manifest.namespaces:
                return self.manifest.namespaces[head] + rest
            head, _, last = head.rpartition(".")
            rest = f"-{last}{rest}"
        return ""


@lru_cache(maxsize=8)
def at(folder: Path) -> Index:
    """The index in a folder, opened once a process.

    Raises:
        DataError: it cannot be used.
    """
    return Index(folder)


def again(folder: str) -> object:
    """The index that was pickled in another process, or the newest there is when its folder has gone since."""
    try:
        return at(Path(folder))
    except DataError as error:
        from vetline.index import load  # noqa: PLC0415 - the package imports this module

        log.info("%s; another copy is taken", error)
        return load()
