"""What is to be said of an import in JavaScript or TypeScript: a path, a module of a host, a package's name."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from vetline_analyzers.core.analyzer import NotChecked
from vetline_analyzers.core.finding import Fix
from vetline_analyzers.core.text import Edit
from vetline_analyzers.core.universe import Ecosystem, is_name, package
from vetline_analyzers.sites import javascript as sites
from vetline_analyzers.supply import javascript_paths as paths
from vetline_analyzers.supply import readers, rules, verdict
from vetline_analyzers.supply.import_rules import (
    BROKEN_LOCAL,
    NOT_DECLARED,
    NOT_INSTALLED,
    softened,
)
from vetline_analyzers.supply.javascript_hosts import is_hosts, is_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.core.analyzer import Facts, NodePackage
    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.sites.javascript import Import

LANGUAGES = frozenset({"javascript", "typescript", "tsx"})
NAME = "imports"  # the analyzer that finds are reported by

_MAX = 2_000  # names that one text may import before the rest is passed over
_DOUBTS = 400  # of those the ones that something is said of
_NEAR = 20  # paths of a text for which the one that may be meant is looked for
# What npm lets a package be called (validate-npm-package-name), and "JSONStream" of old.
_PACKAGE = re.compile(
    r"(?P<name>(?:@[a-z0-9-][\w.-]*/)?[A-Za-z0-9-][\w.-]*)(?:@[^/]*)?(?:/.*)?\Z", re.DOTALL
)
_SOURCES = ("", "src", "app")  # folders of a package that bare names may be meant from
_PATH = re.compile(r"\.{1,2}(?:/|\Z)")
_QUERY = re.compile(r"[?#].*", re.DOTALL)


def findings(snapshot: Snapshot, facts: Facts) -> Iterator[Finding]:
    """Findings on the imports of a text, one for each package and path."""
    text = snapshot.text
    if not any(word in text for word in ("import", "require", "export", "ock", "<reference")):
        return
    knowledge = _Knowledge(snapshot.path, facts)
    is_code = sites.code(text)
    imports = list(sites.found(text, is_code))
    fine = dict.fromkeys(sites.ambient(text, is_code), True)
    doubtful = list(_doubtful(imports[: sites.MOST], fine, knowledge))
    judged: dict[str, tuple[Import, Finding]] = {}
    seen: set[tuple[str, bool]] = set()
    for found in sites.guarded(text, doubtful, is_code):
        if (found.specifier, found.guarded) in seen:
            continue
        seen.add((found.specifier, found.guarded))
        finding = knowledge.judge(found)
        if finding is None:
            continue
        name = finding.package or found.specifier
        if name not in judged or (judged[name][0].guarded and not found.guarded):
            judged[name] = (found, finding)
    yield from (finding for _, finding in judged.values())
    if len(imports) > sites.MOST:
        raise NotChecked(f"has over {sites.MOST:,} imports: the rest was not looked at")
    if most := _reached(fine):
        raise NotChecked(f"imports more than {most} modules: the others were not looked at")


def _doubtful(
    imports: Iterable[Import], fine: dict[str, bool], knowledge: _Knowledge
) -> Iterator[Import]:
    """The imports that something may be said of.

    Args:
        imports: in the order of the text.
        fine: takes in whether all is well with each specifier.
        knowledge: what is known.
    """
    for found in imports:
        if found.specifier not in fine:
            if _reached(fine):
                continue
            fine[found.specifier] = knowledge.judge(found) is None
        if not fine[found.specifier]:
            yield found


def _reached(fine: dict[str, bool]) -> int:
    """The bound that the names of a text have reached; 0 for none."""
    if len(fine) >= _MAX:
        return _MAX
    is_many = len(fine) >= _DOUBTS and len(fine) - sum(fine.values()) >= _DOUBTS
    return _DOUBTS if is_many else 0


class _Knowledge:
    """What is known of the modules that one file may import."""

    def __init__(self, path: str, facts: Facts) -> None:
        self._facts = facts
        self._broken = 0
        self._folder = path.rpartition("/")[0]
        self._is_data = readers.is_data(path)
        around = [one for one in facts.node if not one.folder or path.startswith(one.folder + "/")]
        self._around = sorted(around, key=lambda one: -len(one.folder))
        self._manifest = next((one for one in self._around if one.name or one.declared), None)
        self._own = _own(facts.node)
        self._declared = frozenset[str]().union(*(one.declared for one in around))
        self._locked = frozenset[str]().union(*(one.locked - one.unproved for one in around))
        has = [one.installed for one in around if one.installed is not None]
        self._installed = frozenset[str]().union(*has) if has else None
        is_told = bool(facts.files) and not path.startswith("../") and paths.is_written(path)
        self._listing = paths.listing(facts.files) if is_told else None

    def judge(self, found: Import) -> Finding | None:
        """The finding on an import, or None when something provides it, or nothing can be told."""
        specifier = found.specifier.rpartition("!")[2]  # behind webpack's loaders
        if specifier.startswith("npm:"):  # Deno declares where it imports
            finding = self._package(found, specifier.removeprefix("npm:").lstrip("/"))
            return finding if finding and finding.rule != NOT_DECLARED.id else None
        if _PATH.match(specifier):
            return self._path(found, _QUERY.sub("", specifier))
        if specifier.startswith("/") or is_node(specifier) or is_hosts(specifier):
            return None
        if not specifier.startswith("#"):
            specifier = _QUERY.sub("", specifier)
        if not self._vouched(specifier):
            missing = self._missing(specifier)
            if missing == "":
                return None
            if missing is not None:
                return _broken(found)
        return self._package(found, specifier)

    # -- the project's own

    def _path(self, found: Import, specifier: str) -> Finding | None:
        known = self._listing
        if known is None or self._folder not in known.names:
            return None
        place = paths.normal(self._folder, specifier)
        if not place or self._is_there(place) or not paths.is_missed(place, known):
            return None
        self._broken += 1
        name = paths.near(place, known) if self._broken <= _NEAR else ""
        head, slash, last = _QUERY.sub("", found.specifier).rpartition("/")
        wanted = head + slash + name + _suffix(last) if name and last else ""
        return _broken(found, wanted)

    def _missing(self, specifier: str) -> str | None:
        """Which of the project's files a bare name wants that is not there.

        None when it wants none, "" when it is there or may be made.
        """
        missing = None
        for places, claims in (*self._aliased(specifier), *self._based(specifier)):
            if not places or any(map(self._is_there, places)):
                return ""
            if claims and missing is None:
                missing = places[0] if all(map(self._is_missed, places)) else ""
        return missing

    def _aliased(self, specifier: str) -> Iterator[tuple[list[str], bool]]:
        """Where aliases lead a name, and whether they claim it; nowhere when that is not known."""
        for one in self._around:
            for pattern, places in one.aliases:
                rest = _matched(pattern, specifier)
                if rest is not None and (places or pattern != "*"):
                    yield [place.replace("*", rest) for place in places], pattern != "*"

    def _based(self, specifier: str) -> Iterator[tuple[list[str], bool]]:
        """Where a name lies in the folders that names are looked for in: `baseUrl`, by custom a package's or its source.

        Such a folder claims what begins with the name of one inside it.
        """
        bases = {base for one in self._around for base in one.bases}
        if self._listing is None:
            yield from (([], True) for _ in bases)
            return
        top, inner, _ = specifier.partition("/")
        customs = {f"{one.folder}/{name}".strip("/") for one in self._around for name in _SOURCES}
        for base in sorted(bases | customs):
            claims = base in bases or top in _SOURCES
            is_folder = f"{base}/{top}".lstrip("/") in self._listing.names
            yield [f"{base}/{specifier}".lstrip("/")], bool(inner) and claims and is_folder

    def _is_there(self, place: str) -> bool:
        known = self._listing
        return known is None or paths.is_there(place, known) or place in self._own[1]

    def _is_missed(self, place: str) -> bool:
        return self._listing is not None and paths.is_missed(place, self._listing)

    # -- packages

    def _vouched(self, specifier: str) -> bool:
        """Whether the project has anything to do with the package."""
        match = _PACKAGE.match(specifier)
        wanted = {match["name"], _types(match["name"])} if match else set[str]()
        known = (self._own[0], self._declared, self._locked, self._installed or frozenset())
        return any(not wanted.isdisjoint(names) for names in known)

    def _package(self, found: Import, specifier: str) -> Finding | None:
        match = _PACKAGE.match(specifier)
        if not match:
            return None  # no registry can have it
        name = match["name"]
        wanted = {name, _types(name)}
        if wanted & self._own[0] or name in self._facts.modules:
            return None
        had = (self._declared, self._locked, self._installed or frozenset[str]())
        if any(name in names for names in had):
            bad = verdict.malware(package(Ecosystem.NPM, name), self._facts)
            if bad is not None:
                return rules.found(bad, NAME, found.span, module=name)
        installed = self._installed is not None and not wanted.isdisjoint(self._installed)
        if not wanted.isdisjoint(self._declared):
            if installed or self._installed is None:
                return None
            message = f"{name!r} is declared, but `node_modules` has nothing of that name."
            return _found(NOT_INSTALLED, found, message, name)
        if installed or not wanted.isdisjoint(self._locked):
            message = (
                f"No package.json declares {name!r}; it is there because another package needs it."
            )
            return _found(NOT_DECLARED, found, message, name) if self._manifest else None
        return self._unknown(found, name)

    def _unknown(self, found: Import, name: str) -> Finding | None:
        wanted = package(Ecosystem.NPM, name)
        if name != name.lower() or not is_name(wanted):
            return None  # npm takes no new names with capitals
        universe = self._facts.universe
        types = package(Ecosystem.NPM, _types(name))
        if universe is not None and not universe.has(wanted) and universe.has(types):
            return None  # a package of types alone, or a script of a page
        judged = verdict.of_name(wanted, self._facts)
        is_moot = self._is_data or readers.has_readers_scope(name, self._own[0])
        if judged.kind is verdict.Kind.UNVERIFIED and is_moot:
            return None
        finding = rules.found(judged, NAME, found.span, softer=found.guarded, module=name)
        if finding is not None:
            return replace(finding, evidence=(*finding.evidence, *self._not_known()))
        if self._manifest is None or universe is None:
            return None
        message = f"No package.json declares {name!r}."
        return _found(NOT_DECLARED, found, message, name)

    def _not_known(self) -> Iterator[str]:
        if self._manifest is not None:
            folder = self._manifest.folder
            yield f"not declared in {folder + '/' if folder else ''}package.json"
        if self._installed is not None:
            yield "not in node_modules"


@lru_cache(maxsize=2)
def _own(packages: tuple[NodePackage, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the project's own packages, and their folders."""
    names = frozenset(one.name for one in packages if one.name)
    return names, frozenset(one.folder for one in packages)


def _matched(pattern: str, specifier: str) -> str | None:
    """What the "*" of a pattern stands for in a specifier; None when they do not match."""
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if specifier == pattern else None
    if len(specifier) < len(head) + len(tail):
        return None
    if not specifier.startswith(head) or not specifier.endswith(tail):
        return None
    return specifier[len(head) : len(specifier) - len(tail)]


def _types(name: str) -> str:
    """The package that has the types of another one: "@types/node", "@types/babel__core"."""
    return "@types/" + name.removeprefix("@").replace("/", "__")


def _suffix(name: str) -> str:
    match = re.search(r"\.[cm]?[jt]sx?\Z", name)
    return match[0] if match else ""


def _broken(found: Import, wanted: str = "") -> Finding:
    message = f"The project has no file where {found.specifier!r} leads"
    message += f"; did you mean {wanted!r}?" if wanted else "."
    fix = Fix(f"Import {wanted!r}", (Edit(found.span, wanted),), safe=False) if wanted else None
    finding = BROKEN_LOCAL.found(NAME, found.span, message, fix=fix)
    return softened(finding) if found.guarded else finding


def _found(rule: Rule, found: Import, message: str, name: str) -> Finding:
    purl = package(Ecosystem.NPM, name).purl
    finding = replace(rule.found(NAME, found.span, message), package=purl)
    return softened(finding) if found.guarded else finding
