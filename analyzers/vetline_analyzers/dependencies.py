"""Packages that a project asks for: in its manifests and lock files, in commands that install them, in scripts' own blocks.

A name is judged as an import's is; what advisories and the policy say of versions comes from `supply.audit`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from vetline_analyzers import manifests, places
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.core.finding import Fix
from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Edit
from vetline_analyzers.core.universe import Ecosystem, is_name
from vetline_analyzers.manifests import Reading
from vetline_analyzers.sites import commands, notebook, script
from vetline_analyzers.supply import approval, audit, public, readers, rules, sources, tally
from vetline_analyzers.supply.verdict import Kind, of_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.analyzer import Facts, Memo, NodePackage
    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.core.universe import Package
    from vetline_analyzers.manifests import Requirement

NAME = "dependencies"
RULES: tuple[Rule, ...] = (*rules.NAMES, *audit.RULES, approval.NOT_APPROVED)
_DOUBTS = frozenset({Kind.OBSCURE, Kind.YOUNG, Kind.PLACEHOLDER, Kind.UNVERIFIED})
# What is locked or installed was had from some registry: it exists, if only on one of the project's own.
_ABSENT = _DOUBTS | {Kind.NONEXISTENT}
# A lock file is long, and nobody chose most of what is in it.
_UNTOLD_OF_LOCKS = frozenset(Kind) - {Kind.TYPOSQUAT, Kind.NONEXISTENT}
_TEMPLATE = late(r"\{\{|\{%")
_CODE = frozenset({"python", "javascript", "typescript", "tsx"})


def analyze(snapshot: Snapshot, facts: Facts, memo: Memo) -> Iterator[Finding]:
    """What is wrong with the packages that a text asks for."""
    del memo
    text, path = snapshot.text, snapshot.path
    manifest = manifests.of_path(path)
    reading = Reading()
    if manifest is not None:
        if len(text) > manifest.limit:
            raise NotChecked(
                f"larger than {manifest.limit:,} characters: its packages were not looked at"
            )
        reading = _named(manifest.read(text))
        yield from _declared(reading, path, facts, text)
    elif snapshot.language == "python":
        reading = _named(script.read(text))
        yield from _declared(reading, path, facts, text)
    # Tests install what they make up.
    if not reading.locks and not (snapshot.language in _CODE and places.is_test(path)):
        yield from _commanded(text, path, facts, {one.span for one in reading.requirements})
    # A template is read as far as it can be; nothing is installed by it before it is filled in.
    if reading.missing and (reading.locks or not _TEMPLATE.search(text)):
        raise NotChecked(f"{reading.missing}: not all of its packages were looked at")


def _named(reading: Reading) -> Reading:
    """A reading without what is too long to be a name."""
    requirements = reading.requirements
    if all(is_name(one.package) for one in requirements):
        return reading
    return reading._replace(requirements=tuple(one for one in requirements if is_name(one.package)))


def _declared(reading: Reading, path: str, facts: Facts, text: str) -> Iterator[Finding]:
    """The findings of a manifest, or of a lock file."""
    project = _Project(path, facts)
    if reading.locks:
        yield from _locked(reading, path, facts, project)
    for requirement in () if reading.locks else reading.requirements:
        if not requirement.source:
            is_moot = readers.is_data(path) or project.has(requirement.package)
            cleared = _ABSENT if is_moot else frozenset()
            yield from _judged(requirement, facts, cleared)
    yield from audit.findings(reading, path, facts, text)
    yield from approval.findings(reading, facts, NAME)


def _locked(reading: Reading, path: str, facts: Facts, project: _Project) -> Iterator[Finding]:
    """The findings on names in a lock file that have no place of their own, one for each.

    What has a hash was had from somewhere; of the rest a person, or a model, may have written the name.
    """
    is_data = readers.is_data(path)
    proved = {one.package for one in reading.requirements if one.is_proved}
    asked: dict[Package, Requirement] = {}
    for one in reading.requirements:
        if not one.source:
            asked.setdefault(one.package, one)
    own = facts.own_packages.union(reading.own)
    for package, requirement in asked.items():
        if package in own:
            continue
        is_had = is_data or package in proved or project.has(package)
        cleared = _UNTOLD_OF_LOCKS | {Kind.NONEXISTENT} if is_had else _UNTOLD_OF_LOCKS
        for finding in _judged(requirement, facts, cleared):
            yield replace(finding, fix=None)  # what a tool wrote is written by it again


def _commanded(text: str, path: str, facts: Facts, known: set[object]) -> Iterator[Finding]:
    """The findings of commands; what the project declares needs no second word of doubt."""
    found = tuple(
        one for one in _commands(text, path) if one.span not in known and is_name(one.package)
    )
    project = _Project(path, facts)
    for requirement in found:
        package = requirement.package
        cleared = frozenset[Kind]()
        if project.has(package):
            cleared = _ABSENT
        elif requirement.optional or project.declares(package):
            cleared = _DOUBTS
        yield from _judged(requirement, facts, cleared, softer=requirement.optional)
    # Of versions only malware is told here: a text is not what is deployed.
    for finding in audit.findings(Reading(found), path, facts):
        if finding.rule == rules.MALICIOUS.id:
            yield finding


def _commands(text: str, path: str) -> Iterator[Requirement]:
    """What commands install; in a notebook those of its code cells, which JSON escapes, and of what is left of its text."""
    seen: set[int] = set()
    if path.lower().endswith(".ipynb"):
        for cell in notebook.read(text).cells:
            for one in commands.found(cell.text):
                version = cell.span(one.version_span) if one.version_span else None
                seen.add(cell.span(one.span).start)
                yield replace(one, span=cell.span(one.span), version_span=version)
    yield from (one for one in commands.found(text) if one.span.start not in seen)


def _judged(
    requirement: Requirement, facts: Facts, cleared: frozenset[Kind], *, softer: bool = False
) -> Iterator[Finding]:
    """The finding on a name, with the name that is meant as its fix."""
    verdict = of_name(requirement.package, facts, _index(requirement))
    # Malware is told of by its version, with the rest of the advisories.
    if verdict.kind is Kind.MALICIOUS or verdict.kind in cleared:
        return
    if verdict.kind in _DOUBTS and _is_own(requirement.package, facts):
        return
    if softer and _letters(verdict.meant) == _letters(requirement.package.name):
        return  # a program is seldom spelt as its package: `npx uglifyjs`
    finding = rules.found(verdict, NAME, requirement.span, softer=softer)
    if finding is None:
        return
    if verdict.meant:
        edit = Edit(requirement.span, verdict.meant)
        finding = replace(finding, fix=Fix(f"Use {verdict.meant}", (edit,), safe=False))
    yield finding


def _index(requirement: Requirement) -> str:
    """The host of the index that a command names, unless it is public; "" for none."""
    source = requirement.source
    if not source.startswith(tally.INDEX):
        return ""
    # Without the port, by which no public one is told apart.
    host = sources.host_of(source.removeprefix(tally.INDEX))
    return "" if public.is_known(host, requirement.package.ecosystem) else host


def _letters(name: str) -> str:
    return name.replace("-", "").replace("_", "").replace(".", "")


def _is_own(package: Package, facts: Facts) -> bool:
    """Whether a package is a member of the workspace, or in a scope that is the project's."""
    if package.ecosystem is not Ecosystem.NPM:
        return False
    own = _own_names(facts.node)
    return package.name in own or readers.has_readers_scope(package.name, own)


@lru_cache(maxsize=2)
def _own_names(nodes: tuple[NodePackage, ...]) -> frozenset[str]:
    return frozenset(one.name for one in nodes if one.name)


class _Project:
    """What the project has of packages, for the many names of one text: looked up when first asked."""

    def __init__(self, path: str, facts: Facts) -> None:
        self._path, self._facts = path, facts

    def has(self, package: Package) -> bool:
        """Whether a lock file or the environment has a package."""
        if package.ecosystem is Ecosystem.PYPI:
            facts, name = self._facts, package.name
            return (name in facts.locked and name not in facts.unproved) or name in self._installed
        node = self._node
        return node is not None and (
            (package.name in node.locked and package.name not in node.unproved)
            or package.name in (node.installed or ())
        )

    def declares(self, package: Package) -> bool:
        """Whether the project declares a package."""
        if package.ecosystem is Ecosystem.PYPI:
            return package.name in self._facts.declared
        return self._node is not None and package.name in self._node.declared

    @cached_property
    def _installed(self) -> frozenset[str]:
        return frozenset(chain.from_iterable((self._facts.installed or {}).values()))

    @cached_property
    def _node(self) -> NodePackage | None:
        return tally.node_of(self._path, self._facts.node)


ANALYZER = Analyzer(NAME, Pace.KEYSTROKE, lambda: RULES, analyze, needs_facts=True)
