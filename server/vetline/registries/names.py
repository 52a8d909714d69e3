"""Packages by name and by glob, each with what is said of them; looked up as in a dictionary, pickled as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from vetline_analyzers.core.universe import Ecosystem, Package

MOST_GLOBS = 100  # that are heeded, of a setting or of a tool's; those of npm's scopes do not count
_RUN = re.compile(r"[-_.]+")
_SCOPE = re.compile(r"@[^/*?\[]{1,214}/\*")


@dataclass(frozen=True, slots=True)
class Names(Mapping[Package, str]):
    """Packages that are named, and all that some globs fit.

    Attributes:
        named: what is said of packages, and of all of a scope ("@acme/*"); "" takes out what a glob fits.
        globs: ecosystem, glob, what is said of what it fits.
    """

    named: Mapping[Package, str] = field(default_factory=dict)
    globs: tuple[tuple[Ecosystem, str, str], ...] = ()

    def __getitem__(self, key: Package) -> str:
        """What is said of a package.

        Raises:
            KeyError: nothing is.
        """
        known = (self.named.get(one) for one in keys(key))
        said = next((said for said in known if said is not None), None)
        if said is None:
            fitting = (s for ecosystem, glob, s in self.globs if fits(key, ecosystem, glob))
            said = next(fitting, "")
        if not said:
            raise KeyError(key)
        return said

    def __iter__(self) -> Iterator[Package]:
        """The packages that are named; what only a glob fits cannot be listed."""
        return (package for package, said in self.named.items() if said)

    def __len__(self) -> int:
        """How many are named."""
        return sum(map(bool, self.named.values()))

    def __bool__(self) -> bool:
        """Whether anything is said of any package."""
        return bool(self.globs) or any(self.named.values())


def normal(ecosystem: Ecosystem, glob: str) -> str:
    """A name, or a glob of names, as packages of the ecosystem are compared."""
    glob = glob.strip().lower()
    return _RUN.sub("-", glob) if ecosystem is Ecosystem.PYPI else glob


def keys(package: Package) -> tuple[Package, ...]:
    """Under which keys something may be said of a package: its name, and its scope with all that is in it."""
    scope, slash, _ = package.name.partition("/")
    whole = Package(package.ecosystem, f"{scope}/*")
    return (package, whole) if slash and scope.startswith("@") else (package,)


def is_glob(name: str) -> bool:
    """Whether a name is none but fits some; all of a scope is a key."""
    return not _SCOPE.fullmatch(name) and any(mark in name for mark in "*?[")


def fits(package: Package, ecosystem: Ecosystem, glob: str) -> bool:
    """Whether a normalised glob is of the package's ecosystem and fits its name."""
    return package.ecosystem is ecosystem and (
        package.name == glob or fnmatchcase(package.name, glob)
    )


def ecosystems(glob: str) -> tuple[Ecosystem, ...]:
    """Where a name that people write may be one: with a scope only in npm."""
    return (Ecosystem.NPM,) if glob.strip().startswith("@") else (Ecosystem.PYPI, Ecosystem.NPM)
