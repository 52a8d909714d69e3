"""The verdict on a package's name, with what it rests on: the one place that gives it.

Imports, manifests and install commands come here once they know which package is meant. Nearness to a popular name
counts only together with absence or obscurity, and of packages that exist only a small slip: most packages are near some other.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.universe import Ecosystem, Package
from vetline_analyzers.supply import versions
from vetline_analyzers.supply.provided import ALIASES
from vetline_analyzers.supply.slips import Slip, is_version, slip

if TYPE_CHECKING:
    from vetline_analyzers.core.analyzer import Facts
    from vetline_analyzers.core.universe import Answer, Universe

REGISTRY = {Ecosystem.PYPI: "PyPI", Ecosystem.NPM: "npm"}
_TYPES = "@types/"
_SQUATTED = 1_000  # ranks up to which a package of nearly the same name is suspicious
_KNOWN = 5_000  # the same, of a name that a list lacks which never has all
_TELLING = 5  # characters under which names are too short to tell slips from names
_OLD_TELLING = 7  # the same, of one that has been there for years without being removed


class Kind(StrEnum):
    """What is to be said of a name; the values are the rules' names in the family `package`, but for PLACEHOLDER.

    That is told by the rule on young packages: nothing is known of either that speaks for it.
    """

    OK = "ok"
    OBSCURE = "obscure"
    YOUNG = "obscure-or-young"
    PLACEHOLDER = "placeholder"
    UNVERIFIED = "unverified"
    WRONG = "wrong-distribution"
    CONFUSION = "dependency-confusion"
    TYPOSQUAT = "typosquat"
    NONEXISTENT = "nonexistent"
    MALICIOUS = "known-malicious"


class Verdict(NamedTuple):
    """What is to be said of a name.

    Attributes:
        kind: what.
        package: the package it is about.
        evidence: what it rests on, a few words each.
        meant: the name that was probably meant; "" when none suggests itself.
        as_of: the day of the list that it rests on; "" when it rests on something else.
        is_stale: that list is old.
        is_there: whether the registry has it; None when that is not known.
    """

    kind: Kind
    package: Package
    evidence: tuple[str, ...] = ()
    meant: str = ""
    as_of: str = ""
    is_stale: bool = False
    is_there: bool | None = None


def of_name(package: Package, facts: Facts, index: str = "") -> Verdict:
    """The verdict on a package that nothing of the project vouches for.

    Args:
        package: what is to be installed, or imported with nothing else that provides it.
        facts: `universe`, `advisories`, `registries`, `answers` and `is_cut` are heeded. Where neither a list nor a
            registry says anything of the name all is well, for nothing is known.
        index: the host of an index of somebody's own that the text names for it; "" for none.
    """
    if package in facts.own_packages:
        return Verdict(Kind.OK, package)
    return malware(package, facts) or _internal(package, facts) or _answered(package, facts, index)


def malware(package: Package, facts: Facts, version: str = "") -> Verdict | None:
    """The verdict when every version is malware, whichever is asked for, or the one that is there; None when it is not.

    Args:
        package: which.
        facts: `advisories` is heeded.
        version: the one that is installed or locked; "" when that is not known.
    """
    known = facts.advisories.of(package) if facts.advisories else ()
    for record in known:
        is_it = record.malicious and version
        if versions.is_malware((record,)) or (
            is_it and versions.affects(record, package.ecosystem, version)
        ):
            return Verdict(Kind.MALICIOUS, package, (f"{record.id}: {record.summary}",))
    return None


def _internal(package: Package, facts: Facts) -> Verdict | None:
    """The verdict on a package from a registry of one's own: whether a public one may answer in its place."""
    registries = facts.registries
    told = registries.internal.get(package) if registries else None
    if registries is None or told is None:
        return None
    mixed = registries.mixed.get(package)
    if facts.universe is not None and facts.universe.rank(package):
        return None  # the public package, hosted again
    evidence: tuple[str, ...] = (f"internal by {told}",)
    if mixed is None or facts.universe is None or not facts.universe.has(package):
        return Verdict(Kind.OK, package, evidence)
    registry = REGISTRY[package.ecosystem]
    as_of = facts.universe.day(package.ecosystem)
    evidence += (
        f"{registry} has the name too, by its list of {as_of}",
        f"both may answer: {mixed}",
    )
    return Verdict(Kind.CONFUSION, package, evidence, as_of=as_of)


def _answered(package: Package, facts: Facts, index: str) -> Verdict:
    """The verdict by what the lists say, and by what registries do: they know better."""
    universe, answer = facts.universe, facts.answers.get(package)
    if answer is None or answer.exists is None:
        if universe is None:
            return Verdict(Kind.OK, package)
        if universe.has(package):
            verdict = _present(package, universe)
        else:
            elsewhere = _unasked(package, facts, index) or _private(package, facts)
            verdict = _absent(package, universe, elsewhere)
        if answer is None or verdict.kind is Kind.OK:
            return verdict
        cause = f": {answer.reason}" if answer.reason else ""
        return verdict._replace(
            evidence=(
                *verdict.evidence,
                f"unverified as of {universe.day(package.ecosystem)}{cause}",
            )
        )
    if not answer.exists:
        return _nowhere(package, universe, _unasked(package, facts, index))
    if universe is None:
        return Verdict(Kind.OK, package)
    if universe.has(package):
        return _present(package, universe)
    return _new(package, universe, answer)


def _unasked(package: Package, facts: Facts, index: str) -> str:
    """Who may have a name that no list and none of the project's registries has; "" for nobody."""
    if index:
        return f"{index}, which is named with it, may have it"
    if facts.is_cut and package.ecosystem is Ecosystem.PYPI:
        return "not every file that declares packages was read: there are too many"
    return ""


def _private(package: Package, facts: Facts) -> str:
    """The index of one's own that may have a name; "" where there is none."""
    registries = facts.registries
    private = registries.private.get(package.ecosystem) if registries else None
    return f"{private} may have it; --online asks it" if private else ""


def _nowhere(package: Package, universe: Universe | None, elsewhere: str) -> Verdict:
    """The verdict on a name that none of the project's registries has."""
    meant, why = _likely(package, universe) if universe else ("", ())
    kind = Kind.TYPOSQUAT if slip(package.name, meant) is Slip.SMALL else Kind.NONEXISTENT
    evidence = ("absent from all registries that were asked", *why)
    if elsewhere and kind is Kind.NONEXISTENT:
        return Verdict(Kind.UNVERIFIED, package, (*evidence, elsewhere), meant)
    return Verdict(kind, package, evidence, meant, is_there=False)


def _new(package: Package, universe: Universe, answer: Answer) -> Verdict:
    """The verdict on a package that a registry has and the list has not."""
    evidence = [
        f"{answer.where or 'a registry'} has it, the list of {universe.day(package.ecosystem)} has not"
    ]
    if answer.first_release:
        evidence.append(f"first released on {answer.first_release}")
    if answer.releases:
        evidence.append(f"{answer.releases} release{'s' * (answer.releases > 1)}")
    if meant := _squatted(package, universe, _TELLING):
        evidence += _near(meant)
        return Verdict(Kind.TYPOSQUAT, package, tuple(evidence), meant, is_there=True)
    # What a whole list lacks came after it; a list of some names lacks old ones, too.
    since = answer.first_release[:4]
    is_old = since.isdecimal() and int(since) < int(universe.day(package.ecosystem)[:4]) - 1
    is_young = not is_old and (bool(since) or universe.is_whole(package.ecosystem))
    return Verdict(Kind.YOUNG if is_young else Kind.OBSCURE, package, tuple(evidence))


def _absent(package: Package, universe: Universe, elsewhere: str) -> Verdict:
    """The verdict on a name that the list lacks, and who else may have it."""
    where = REGISTRY[package.ecosystem]
    if package.name.startswith(_TYPES) and universe.has(_typed(package)):
        return Verdict(Kind.OK, package)  # DefinitelyTyped alone publishes there
    meant, why = _likely(package, universe)
    is_slip = bool(meant) and slip(package.name, meant) is Slip.SMALL
    is_whole = universe.is_whole(package.ecosystem)
    evidence = [
        f"absent from {where}'s list of {universe.day(package.ecosystem)}"
        if is_whole
        else f"not among the names of {where} that were known on {universe.day(package.ecosystem)}"
    ]
    is_nowhere = is_whole and not elsewhere
    if is_nowhere:
        kind = Kind.TYPOSQUAT if is_slip else Kind.NONEXISTENT
    else:
        evidence += [elsewhere] if elsewhere else []
        is_popular = bool(meant) and universe.rank(Package(package.ecosystem, meant)) <= _KNOWN
        is_squat = is_popular and _is_squat(package.name, meant, _TELLING)
        kind = Kind.TYPOSQUAT if is_squat else Kind.UNVERIFIED
    is_there = False if is_nowhere else None
    return _dated(Verdict(kind, package, (*evidence, *why), meant, is_there=is_there), universe)


def _typed(package: Package) -> Package:
    """The package whose types another one has: `@babel/core` of `@types/babel__core`."""
    scope, parted, name = package.name.removeprefix(_TYPES).partition("__")
    return package._replace(name=f"@{scope}/{name}" if parted else scope)


def _present(package: Package, universe: Universe) -> Verdict:
    """The verdict on a name that the list has."""
    where = REGISTRY[package.ecosystem]
    if package.ecosystem is Ecosystem.PYPI and package.name in ALIASES:
        return Verdict(Kind.OK, package)
    if meant := universe.meant(package):
        why = (
            f"the module of that name comes with {meant!r}",
            f"{meant!r} is downloaded far more often",
        )
        return _dated(Verdict(Kind.WRONG, package, why, meant), universe)
    if universe.rank(package):
        return Verdict(Kind.OK, package)
    evidence: tuple[str, ...] = (
        f"on {where}, but not among the most downloaded on {universe.day(package.ecosystem)}",
    )
    is_young = universe.is_young(package)
    if is_young:
        evidence += ("first seen within the year before",)
    if meant := _squatted(package, universe, _TELLING if is_young else _OLD_TELLING):
        evidence += _near(meant)
        squat = Verdict(Kind.TYPOSQUAT, package, evidence, meant, is_there=True)
        return _dated(squat, universe)
    if universe.is_placeholder(package):
        evidence += ("says of itself that it only holds the name",)
        return _dated(Verdict(Kind.PLACEHOLDER, package, evidence), universe)
    return _dated(Verdict(Kind.YOUNG if is_young else Kind.OBSCURE, package, evidence), universe)


def _dated(verdict: Verdict, universe: Universe) -> Verdict:
    """The verdict with the day that it is true of; what an old list does not know may simply be new."""
    ecosystem = verdict.package.ecosystem
    day = universe.day(ecosystem)
    if not universe.is_stale(ecosystem):
        return verdict._replace(as_of=day)
    evidence = (*verdict.evidence, f"the list is old: unverified as of {day}")
    return verdict._replace(as_of=day, is_stale=True, evidence=evidence)


def _likely(package: Package, universe: Universe) -> tuple[str, tuple[str, ...]]:
    """What somebody means who writes a name that does not exist, and what suggests it; "" when nothing does."""
    if meant := universe.meant(package):
        return meant, (f"the module of that name comes with {meant!r}",)
    meant = next(iter(universe.near(package)), "")
    return meant, _near(meant)


def _squatted(package: Package, universe: Universe, telling: int) -> str:
    """The very popular name that a package which exists is a small slip away from; "" when there is none."""
    for name in universe.near(package):
        rank = universe.rank(Package(package.ecosystem, name))
        if rank <= _SQUATTED and _is_squat(package.name, name, telling):
            return name
    return ""


def _is_squat(name: str, other: str, telling: int) -> bool:
    is_long = min(len(name), len(other)) >= telling
    return is_long and slip(name, other) is Slip.SMALL and not is_version(name, other)


def _near(meant: str) -> tuple[str, ...]:
    return (f"near {meant!r}, which is much downloaded",) if meant else ()
