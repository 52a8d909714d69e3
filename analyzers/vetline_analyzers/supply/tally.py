"""What advisories say of each dependency, and why of some they say nothing: never the same as "nothing is wrong"."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.supply import versions
from vetline_analyzers.supply.verdict import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vetline_analyzers.core.analyzer import Facts, NodePackage
    from vetline_analyzers.core.universe import Advisories, Package, Record
    from vetline_analyzers.manifests import Reading, Requirement

NO_DATA = "no advisories at hand: run `vetline advisories update --from DIR|ZIP|URL`"
NO_VERSION = "no version"
NOT_UNDERSTOOD = "version not understood"
ELSEWHERE = "not from a registry"
INTERNAL = "internal: advisories are about public packages"
ABSENT = "not in its public registry"
LOCK_UNSEEN = "in a lock file that was not checked"
INDEX = "registry+"  # how `Requirement.source` says that it is an index beside the usual one
_ANY = frozenset({"", "*", "x", "X", "latest"})  # specifiers that leave the version open
_PATHS = ("file:", "link:", "portal:", "workspace:", "patch:", ".", "/", "~", "\\")
_ARCHIVES = (".whl", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".zip")


class Outcome(NamedTuple):
    """What is known of one requirement.

    Attributes:
        hits: the records that hold for what it asks for.
        missing: why nothing can be said; "" when it was audited.
        deferred: a lock file says which version it is, and is asked in its place.
    """

    hits: tuple[Record, ...] = ()
    missing: str = ""
    deferred: bool = False


class Tally(NamedTuple):
    """How many dependencies were audited.

    Attributes:
        audited: how many; one that stands in several files in the same version is one.
        missing: the reasons why others were not, with how many.
        as_of: the day of the advisories; "" without any.
        is_stale: that day is long ago.
    """

    audited: int
    missing: Mapping[str, int]
    as_of: str
    is_stale: bool = False

    @property
    def total(self) -> int:
        """How many there are."""
        return self.audited + sum(self.missing.values())


def outcome(requirement: Requirement, reading: Reading, path: str, facts: Facts) -> Outcome:
    """What the advisories say of a requirement of the file at `path`."""
    package, advisories = requirement.package, facts.advisories
    if requirement.source and not requirement.source.startswith(INDEX):
        conda = requirement.source.startswith("conda:")
        return Outcome(missing="no advisories for conda" if conda else ELSEWHERE)
    if not reading.locks and not requirement.version and is_locked(package, path, facts):
        return Outcome(deferred=True)
    if advisories is None:
        return Outcome(missing=NO_DATA)
    # Also of a registry of which only malware is known: what is known is said.
    hits = _hits(advisories, package, requirement.version, requirement.specifier)
    if hits is None and not requirement.version:
        hits = _removed(package, advisories.of(package), facts)
    if hits:
        return Outcome(hits)
    if not advisories.covers(package.ecosystem):
        return Outcome(missing=f"no advisories for {REGISTRY[package.ecosystem]}")
    if unheard := _unheard(package, facts):
        return Outcome(missing=unheard)
    if not requirement.version and (hits is None or requirement.specifier.strip() in _ANY):
        return Outcome(missing=NO_VERSION)
    return Outcome(missing=NOT_UNDERSTOOD) if hits is None else Outcome()


def _unheard(package: Package, facts: Facts) -> str:
    """Why nobody writes advisories about a package; "" where somebody does."""
    universe, answer = facts.universe, facts.answers.get(package)
    if universe is not None and universe.rank(package):
        return ""  # also where it is hosted again
    if facts.registries is not None and package in facts.registries.internal:
        return INTERNAL
    if answer is not None and answer.exists is not None:
        return "" if answer.exists else ABSENT
    if universe is None or not universe.is_whole(package.ecosystem) or universe.has(package):
        return ""
    return ABSENT


@lru_cache(maxsize=5_000)
def _hits(
    advisories: Advisories, package: Package, version: str, specifier: str
) -> tuple[Record, ...] | None:
    """The records that hold; remembered, for a manifest is looked at again with each key that is pressed."""
    records = advisories.of(package)
    if version:
        return versions.of_version(records, package.ecosystem, version)
    return versions.of_specifier(records, package.ecosystem, specifier)


def _removed(
    package: Package, records: Iterable[Record], facts: Facts
) -> tuple[Record, ...] | None:
    """The records of malware that its registry has no more: no version of it is another's. None for what is there."""
    universe = facts.universe
    if universe is None or not universe.is_whole(package.ecosystem) or universe.has(package):
        return None
    return tuple(record for record in records if record.malicious) or None


def is_own(requirement: Requirement, facts: Facts) -> bool:
    """Whether it is the project's own code, so that no advisory is about it."""
    source = requirement.source
    local = source.startswith(_PATHS) or source[1:3] in {":\\", ":/"}
    archive = source.partition("#")[0].endswith(_ARCHIVES)
    return requirement.package in facts.own_packages or (local and not archive)


def is_locked(package: Package, path: str, facts: Facts) -> bool:
    """Whether a lock file of the project says which version of a package the file at `path` gets."""
    if package.ecosystem is Ecosystem.PYPI:
        return package.name in facts.locked
    node = node_of(path, facts.node)
    return node is not None and package.name in node.locked


def node_of(path: str, nodes: tuple[NodePackage, ...]) -> NodePackage | None:
    """The innermost folder with a `package.json` that a file lies in."""
    known = _by_folder(nodes)
    folder = path.rpartition("/")[0]
    while folder and folder not in known:
        folder = folder.rpartition("/")[0]
    return known.get(folder)


# By identity: a hash of thousands of packages for each name of each manifest would cost more than the search.
_FOLDERS: dict[int, tuple[tuple[NodePackage, ...], dict[str, NodePackage]]] = {}
_KEPT = 4  # projects of which that is kept


def _by_folder(nodes: tuple[NodePackage, ...]) -> dict[str, NodePackage]:
    """The packages by their folders, of two for one folder the first."""
    kept = _FOLDERS.get(id(nodes))
    if kept is None or kept[0] is not nodes:
        if len(_FOLDERS) >= _KEPT:
            _FOLDERS.clear()
        kept = _FOLDERS[id(nodes)] = nodes, {node.folder: node for node in reversed(nodes)}
    return kept[1]


def count(readings: Iterable[tuple[str, Reading]], facts: Facts) -> Tally | None:
    """How many of the dependencies in some files were audited; None when there are none.

    Args:
        readings: the files' paths, relative to the project's root, with what they say.
        facts: what is known.
    """
    said: dict[tuple[Package, str], str] = {}
    deferred: set[Package] = set()
    for path, reading in readings:
        for requirement in reading.requirements:
            if is_own(requirement, facts):
                continue
            found = outcome(requirement, reading, path, facts)
            if found.deferred:
                deferred.add(requirement.package)
                continue
            key = requirement.package, requirement.version or requirement.specifier
            said[key] = found.missing and said.get(key, found.missing)
    seen = {package for package, _ in said}
    missing = Counter(reason for reason in said.values() if reason)
    if unseen := len(deferred - seen):
        missing[LOCK_UNSEEN] += unseen
    if not said and not unseen:
        return None
    known = facts.advisories
    dated = (known.as_of, known.is_stale) if known else ("", False)
    return Tally(sum(not reason for reason in said.values()), dict(missing), *dated)
