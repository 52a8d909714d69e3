"""Which indexes are asked of a name, as all tools' settings together have it."""

from __future__ import annotations

import contextlib
import netrc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk
from vetline.registries import tools
from vetline.registries.index import Index, Told, basic, merged
from vetline.registries.names import MOST_GLOBS, fits, is_glob, keys, normal
from vetline.registries.where import LIMIT
from vetline_analyzers.core.universe import Package
from vetline_analyzers.supply import public

if TYPE_CHECKING:
    from vetline.registries.where import Where
    from vetline_analyzers.core.universe import Ecosystem

_SAID = "default"


class Pins(NamedTuple):
    """What a tool's settings give to one index alone.

    Attributes:
        named: packages, and all of a scope, each with its indexes.
        globs: globs of names, each with its index.
    """

    named: dict[Package, list[Index]]
    globs: list[tuple[str, Index]]

    def of(self, package: Package) -> list[Index]:
        """The indexes that a package comes from; none when it is not pinned."""
        named = [index for key in keys(package) for index in self.named.get(key, ())]
        ecosystem = package.ecosystem
        return named + [index for glob, index in self.globs if fits(package, ecosystem, glob)]


class Configured(NamedTuple):
    """What the settings come to.

    Attributes:
        told: what each tool's say.
        pins: for each of them what it pins.
        logins: those of the user's netrc; None when there is none.
    """

    told: tuple[Told, ...]
    pins: tuple[Pins, ...]
    logins: netrc.netrc | None

    def of(self, package: Package) -> list[Index]:
        """The indexes to ask of a package: only when none of them has it, it is nowhere.

        An index that a tool gives the name to is the only one; the public registry is asked unless settings put
        others in its place.
        """
        told = [one for one in self.told if one.ecosystem is package.ecosystem]
        found = [index for pins in self.pins for index in pins.of(package)]
        if not found:
            first = [index for one in told for index in one.default]
            first = first or [Index(public.ADDRESS[package.ecosystem], _SAID)]
            found = first + [index for one in told for index in one.extra]
        return [self._let_in(index) for index in merged({}, *found).values()]

    def base(self, ecosystem: Ecosystem) -> Index:
        """The index that has all names: the first one's that replaces the public registry, else that one."""
        told = (one.default for one in self.told if one.ecosystem is ecosystem and one.default)
        return self._let_in(next(told, (Index(public.ADDRESS[ecosystem], _SAID),))[0])

    def _let_in(self, index: Index) -> Index:
        host = index.parts.hostname
        if index.authorization or not host or not self.logins or not index.is_safe_for_secrets:
            return index
        # Its "default" entry is for no host in particular: it would go anywhere.
        login = self.logins.hosts.get(host)
        if login is None or not login[2]:
            return index
        return replace(index, authorization=basic(login[0] or login[1] or "", login[2]))


def read(where: Where) -> Configured:
    """What the settings say."""
    told = tuple(tools.read(where))
    return Configured(told, tuple(map(_pins, told)), _netrc(where))


def _pins(told: Told) -> Pins:
    pins = Pins({}, [])
    for written, index in told.pinned:
        name = normal(told.ecosystem, written)
        if not is_glob(name):
            pins.named.setdefault(Package(told.ecosystem, name), []).append(index)
        elif len(pins.globs) < MOST_GLOBS:
            pins.globs.append((name, index))
    return pins


def _netrc(where: Where) -> netrc.netrc | None:
    named = where.environ.get("NETRC")
    names = ("_netrc", ".netrc") if where.platform == "win32" else (".netrc",)
    paths = [Path(named)] if named else [where.home / name for name in names] if where.home else []
    for path in paths:
        with contextlib.suppress(OSError, netrc.NetrcParseError, UnicodeDecodeError):
            disk.read(path, LIMIT)  # a regular file, and not a large one
            return netrc.netrc(path)
    return None
