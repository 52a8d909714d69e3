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
from vetline_analyzers.core.universe import Ecosystem
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
RULES: tuple[Rule, ...] = (
    rules.WRONG,
    rules.CONFUSION,
    rules.MALICIOUS,
    *audit.RULES,
    approval.NOT_APPROVED,
)
_DOUBTS = frozenset({Kind.OBSCURE, Kind.YOUNG, Kind.PLACEHOLDER, Kind.UNVERIFIED})
# What is locked or installed was had from some registry: it exists, if only on one of the project's own.
_ABSENT = _DOUBTS | {Kind.NONEXISTENT}
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
        reading = manifest.read(text)
        yield from _declared(reading, path, facts, text)
    elif snapshot.language == "python":
        reading = script.read(text)
        yield from _declared(reading, path, facts, text)
    # Tests install what they make up.
    if not reading.locks and not (snapshot.language in _CODE and places.is_test(path)):
        yield from _commanded(text, path, facts, {one.span for one in reading.requirements})
    # A template is read as far as it can be; nothing is installed by it before it is filled in.
    if reading.missing and (reading.locks or not _TEMPLATE.search(text)):
        raise NotChecked(f"{reading.missing}: not all of its packages were looked at")


def _declared(reading: Reading, path: str, facts: Facts, text: str) -> Iterator[Finding]:
    """The findings of a manifest.

    What a lock file names with a hash was had from a registry, so that only its versions tell; without one anybody may have
    written it.
    """
    project = _Project(path, facts)
    for requirement in reading.requirements:
        if reading.locks:
            if not requirement.hashed and _is_absent(requirement, facts):
                yield from _judged(requirement, facts, _DOUBTS)
        elif not requirement.source:
            is_moot = readers.is_data(path) or project.has(requirement.package)
            cleared = _ABSENT if is_moot else frozenset()
            yield from _judged(requirement, facts, cleared)
    yield from audit.findings(reading, path, facts, text)
    yield from approval.findings(reading, facts, NAME)


def _is_absent(requirement: Requirement, facts: Facts) -> bool:
    """Whether a registry whose list is whole, and that the package is to come from, does not have it."""
    universe, package = facts.universe, requirement.package
    return (
        universe is not None
        and not requirement.source
        and universe.is_whole(package.ecosystem)
        and not universe.has(package)
    )


def _commanded(text: str, path: str, facts: Facts, known: set[object]) -> Iterator[Finding]:
    """The findings of commands; what the project declares needs no second word of doubt."""
    found = tuple(one for one in _commands(text, path) if one.span not in known)
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
            return package.name in self._facts.locked or package.name in self._installed
        node = self._node
        return node is not None and (
            package.name in node.locked or package.name in (node.installed or ())
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
