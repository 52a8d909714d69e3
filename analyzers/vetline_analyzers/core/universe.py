"""What is known of public packages: which names there are, what they provide, what is wrong with versions.

Only the questions are here. The server opens the data (`vetline.index`, `vetline.advisories`) and puts it into the
`Facts`; an analyzer asks it as it would ask a dictionary. Whatever answers these can be pickled by its place.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vetline_analyzers.core.finding import Severity

_RUN = re.compile(r"[-_.]+")
_LONGEST = {
    "pypi": 200,
    "npm": 214,
}  # characters of a name (validate-npm-package-name; PyPI has none longer)
_WORD = r"[A-Za-z0-9._~-]{1,214}"


class Ecosystem(StrEnum):
    """Where packages come from; the values are purl types (package-url specification)."""

    PYPI = "pypi"
    NPM = "npm"


_NAME = {
    Ecosystem.PYPI: re.compile(_WORD),
    Ecosystem.NPM: re.compile(rf"(?:@{_WORD}/)?{_WORD}"),
}


class Package(NamedTuple):
    """A package by its registry and its name there, normalised as `package` does it."""

    ecosystem: Ecosystem
    name: str

    @property
    def purl(self) -> str:
        """Its package URL without a version: "pkg:pypi/requests", "pkg:npm/%40scope/name"."""
        return f"pkg:{self.ecosystem}/{self.name.replace('@', '%40', 1)}"


def package(ecosystem: Ecosystem, name: str) -> Package:
    """The package of that name: of PyPI normalised by PEP 503, of npm in lower case."""
    name = name.strip().lower()
    return Package(ecosystem, _RUN.sub("-", name) if ecosystem is Ecosystem.PYPI else name)


def is_name(package: Package) -> bool:
    """Whether the registry could have a package of that name: a longer one is none."""
    return len(package.name) <= _LONGEST[package.ecosystem]


def of_purl(purl: str) -> Package | None:
    """The package that a package URL without version and qualifiers names; None when it is no such URL of a registry we know."""
    scheme, _, rest = purl.strip().partition(":")
    kind, _, name = rest.lstrip("/").partition("/")
    name = re.sub("^%40", "@", name, flags=re.IGNORECASE)
    ecosystem = next((one for one in Ecosystem if one == kind.lower()), None)
    if scheme.lower() != "pkg" or ecosystem is None or not _NAME[ecosystem].fullmatch(name):
        return None
    return package(ecosystem, name)


class Universe(Protocol):
    """The names of public registries, as of a day. Looking one up takes microseconds and opens nothing.

    Names are given as `package` normalises them.
    """

    @property
    def as_of(self) -> str:
        """The day the newest of the lists was made: "2026-11-22"."""

    def day(self, ecosystem: Ecosystem) -> str:
        """The day the list of one registry was made."""

    def is_stale(self, ecosystem: Ecosystem) -> bool:
        """Whether that is so long ago that a name it does not have may simply be new."""

    def is_whole(self, ecosystem: Ecosystem) -> bool:
        """Whether the list has every name, so that an absent one does not exist."""

    def has(self, package: Package) -> bool:
        """Whether the registry has it."""

    def rank(self, package: Package) -> int:
        """How many are downloaded more often, counted from 1; 0 for one that is not among the most downloaded."""

    def is_young(self, package: Package) -> bool:
        """Whether it is not much downloaded and was first seen within the year before the list's `day`."""

    def is_placeholder(self, package: Package) -> bool:
        """Whether it says of itself that it only holds the name: reserved, a guard, a demonstration."""

    def meant(self, package: Package) -> str:
        """The much downloaded package that is meant by a name of another, or of none.

        It provides the module that everybody knows by that name ("scikit-learn" for "sklearn"); "" when there is no such.
        """

    def near(self, package: Package) -> tuple[str, ...]:
        """Much downloaded names that somebody who writes this one may mean, the likeliest first; not itself."""

    def providers(self, module: str) -> tuple[str, ...]:
        """Distributions of PyPI known to provide an import name, the most downloaded first.

        Args:
            module: as it is imported, up to three dotted levels ("google.cloud.storage"); of a level that only
                contains shared namespaces the answer may be long.
        """

    def is_module(self, module: str) -> bool:
        """Whether some distribution that is not much downloaded provides a top-level module of that name."""


class Members(Protocol):
    """Which members modules and classes of the standard library and of much used libraries have.

    An owner is a module or a class by its full name ("requests.sessions.Session"). What an expression is, is written
    so: "a.b" is that module or class, "a.b()" an instance of that class, ">a.b()" what gives one when it is called.
    """

    @property
    def as_of(self) -> str:
        """The day it was made: "2026-11-22"."""

    def versions(self, top: str) -> tuple[str, ...] | None:
        """The versions of a library that were looked at, by its top-level name.

        Empty for the standard library; None where nothing is to be said of that name.
        """

    def find(self, name: str) -> str:
        """The owner that a dotted name leads to ("requests.Session" is "requests.sessions.Session"); "" for none."""

    def is_class(self, owner: str) -> bool:
        """Whether an owner is a class."""

    def names(self, owner: str, *, called: bool = False) -> frozenset[str] | None:
        """All public members of an owner, those of its bases too; None when there may be others.

        Of a table of pandas there may be: its columns. But they are never `called`.
        """

    def member(self, owner: str, name: str) -> str:
        """What a member of an owner is; "" when that is not known, or it is neither module nor class nor leads to one."""


class Record(NamedTuple):
    """One advisory about one package, as OSV (ossf.github.io/osv-schema) has it.

    Attributes:
        id: "PYSEC-2023-1", "GHSA-…", "MAL-2024-…".
        aliases: its other ids: "CVE-…".
        summary: one line.
        ranges: the affected ranges: events ("introduced" | "fixed" | "last_affected", version) in order; "0" is the
            beginning.
        versions: affected versions that are listed one by one.
        severity: by its CVSS score (first.org); None where it has none.
        malicious: the package is malware, not vulnerable.
        withdrawn: never stored as anything but False; a reader skips such records.
    """

    id: str
    aliases: tuple[str, ...]
    summary: str
    ranges: tuple[tuple[tuple[str, str], ...], ...]
    versions: frozenset[str] = frozenset()
    severity: Severity | None = None
    malicious: bool = False


class Advisories(Protocol):
    """What is known to be wrong with versions of packages, as of a day."""

    def __hash__(self) -> int:
        """By the state of the data: what is looked up is remembered by it."""

    @property
    def as_of(self) -> str:
        """The day of the newest record that was taken in: "2026-11-22"."""

    @property
    def is_stale(self) -> bool:
        """Whether that is so long ago that much has been found since."""

    def covers(self, ecosystem: Ecosystem) -> bool:
        """Whether vulnerabilities of that registry are known; else nothing of it can be called audited."""

    def of(self, package: Package) -> tuple[Record, ...]:
        """The records about a package."""


class Answer(NamedTuple):
    """What the configured registries said of one name (`--online`).

    Attributes:
        exists: True or False when all were asked and agree that it is there, or that it is nowhere; None when
            one could not say (401, 403, 5xx, a timeout), so that nothing is known.
        first_release: the day of its first upload, ISO; "" when the registry does not tell.
        releases: how many there are; 0 when the registry does not tell.
        reason: why nothing is known, a few words; "" else.
        yanked: versions that their maker withdrew (PEP 592).
        where: the host that has it, with what names that host; "" for the public registry.
    """

    exists: bool | None
    first_release: str = ""
    releases: int = 0
    reason: str = ""
    yanked: frozenset[str] = frozenset()
    where: str = ""


class Registries(NamedTuple):
    """Where a project's packages come from, as its settings and lock files tell.

    Attributes:
        internal: packages that come from a registry of one's own, each with what tells so: "poetry.lock".
        mixed: of the internal ones those that a public registry may answer for, too, each with what lets it: "pip.conf:
            extra-index-url". One that is much downloaded there is the public package, hosted again, and no confusion.
        private: the index of one's own that is asked for any name, with what names it: "pip.conf: pypi.corp.example".
            It may have what the public lists lack.
    """

    internal: Mapping[Package, str]
    mixed: Mapping[Package, str]
    private: Mapping[Ecosystem, str] = {}


class Sample:
    """A small universe in memory, for rules' examples and tests.

    Args:
        names: packages by "pypi/requests" or "npm/left-pad", the most downloaded first; a name with a "?" behind it
            is known but not ranked, with a "!" young, with a "~" a mere placeholder.
        modules: import name → the distributions that provide it.
    """

    def __init__(
        self, names: Iterable[str] = (), modules: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        """Know the names."""
        self._ranks: dict[Package, int] = {}
        self._young: set[Package] = set()
        self._held: set[Package] = set()
        for name in names:
            registry, _, bare = name.partition("/")
            found = package(Ecosystem(registry), bare.rstrip("?!~"))
            self._ranks[found] = 0 if bare[-1] in "?!~" else len(self._ranks) + 1
            if bare.endswith("!"):
                self._young.add(found)
            if bare.endswith("~"):
                self._held.add(found)
        self._modules = dict(modules or {})
        self.as_of = "2026-01-01"

    def __eq__(self, other: object) -> bool:
        """Whether it holds the same."""
        return isinstance(other, Sample) and vars(self) == vars(other)

    __hash__ = object.__hash__

    def day(self, ecosystem: Ecosystem) -> str:  # noqa: ARG002 - all its lists are of one day
        """As of `Universe`."""
        return self.as_of

    def is_stale(self, ecosystem: Ecosystem) -> bool:  # noqa: ARG002 - it has no age
        """As of `Universe`."""
        return False

    def is_whole(self, ecosystem: Ecosystem) -> bool:
        """As of `Universe`."""
        return ecosystem is Ecosystem.PYPI

    def has(self, package: Package) -> bool:
        """As of `Universe`."""
        return package in self._ranks

    def rank(self, package: Package) -> int:
        """As of `Universe`."""
        return self._ranks.get(package, 0)

    def is_young(self, package: Package) -> bool:
        """As of `Universe`."""
        return package in self._young

    def is_placeholder(self, package: Package) -> bool:
        """As of `Universe`."""
        return package in self._held

    def meant(self, package: Package) -> str:
        """As of `Universe`, where nothing else says that the name is right."""
        for module, providers in self._modules.items():
            if _RUN.sub("-", module).lower() == package.name and package.name not in providers:
                return providers[0]
        return ""

    def near(self, package: Package) -> tuple[str, ...]:
        """As of `Universe`, by one character left out, put in or doubled."""
        return tuple(
            other.name
            for other, rank in self._ranks.items()
            if rank
            and other.ecosystem is package.ecosystem
            and other != package
            and (_shorter(other.name) | {other.name}) & (_shorter(package.name) | {package.name})
        )

    def providers(self, module: str) -> tuple[str, ...]:
        """As of `Universe`."""
        return self._modules.get(module, ())

    def is_module(self, module: str) -> bool:
        """As of `Universe`."""
        return module in self._modules


def _shorter(name: str) -> set[str]:
    return {name[:at] + name[at + 1 :] for at in range(len(name))}
