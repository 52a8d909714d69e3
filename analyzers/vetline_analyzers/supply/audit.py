"""Judges what a manifest or a lock file says of versions, hashes and sources, against advisories and the policy.

Names are judged elsewhere (`verdict.py`). What cannot be looked up has no finding here; `tally.py` counts it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Fix, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.supply import dependency_rules as rules
from vetline_analyzers.supply import sources, tally, versions
from vetline_analyzers.supply.rules import MALICIOUS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vetline_analyzers.core.analyzer import Facts
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.universe import Advisories, Package, Record
    from vetline_analyzers.manifests import Reading, Requirement

ANALYZER = "dependencies"
RULES = rules.RULES
_MOST = 20  # records told in the evidence; the kernel of a browser has hundreds
_SHOWN = 100  # characters of a version that are told; no real one is longer
_INDEX = re.compile(r"http://[^\s\"',\]]{1,500}", re.IGNORECASE)


def findings(reading: Reading, path: str, facts: Facts, text: str = "") -> Iterator[Finding]:
    """What is wrong with the dependencies that a file names.

    Args:
        reading: what the file says.
        path: POSIX, relative to the project's root.
        facts: `advisories`, `universe`, `answers`, `locked`, `node`, `own_packages` and `dependency_policy` are heeded.
        text: the file's text, in which index URLs are looked for.
    """
    for requirement in reading.requirements:
        if tally.is_own(requirement, facts):
            continue
        yield from _known(requirement, reading, path, facts)
        yield from _yanked(requirement, facts)
        yield from _asked_for(requirement, reading, path, facts)
        yield from _elsewhere(requirement, reading, facts)
    yield from _indexes(reading, text)


def _known(
    requirement: Requirement, reading: Reading, path: str, facts: Facts
) -> Iterator[Finding]:
    """What advisories say of it: malware alone when it is that, else all vulnerabilities in one finding."""
    hits = _distinct(tally.outcome(requirement, reading, path, facts).hits)
    if not hits or facts.advisories is None:
        return
    day = f"advisories of {facts.advisories.as_of}"
    subject = _subject(requirement)
    if malicious := [record for record in hits if record.malicious]:
        named = requirement.version and not versions.is_malware(malicious)
        found = MALICIOUS.found(
            ANALYZER,
            _version_span(requirement) if named else requirement.span,
            f"{subject} is known to be malware ({malicious[0].id}): do not install it.",
        )
        yield _about(requirement, found, (*map(_told, malicious[:_MOST]), day))
        return
    fixed = _fixed(facts.advisories, requirement.package, requirement.version)
    severity = _severity(hits[0])
    more = f" and {len(hits) - 1} more" if len(hits) > 1 else ""
    what = f"{_best_id(hits[0])} ({severity}){more}"
    then = f" {fixed} is the nearest version without one." if fixed else ""
    found = rules.VULNERABLE.found(
        ANALYZER,
        _version_span(requirement),
        f"{subject} has known vulnerabilities: {what}.{then}",
        fix=None if reading.locks else _fix(requirement, fixed),
    )
    left = len(hits) - _MOST
    rest = (f"and {left} more",) if left > 0 else ()
    yield replace(
        _about(requirement, found, (*map(_told, hits[:_MOST]), *rest, day)), severity=severity
    )


@lru_cache(maxsize=5_000)
def _fixed(advisories: Advisories, package: Package, version: str) -> str:
    """The nearest fixed version; remembered as what holds is."""
    return versions.nearest_fixed(advisories.of(package), package.ecosystem, version)


def _subject(requirement: Requirement) -> str:
    name = requirement.package.name
    if requirement.version:
        return f"{name} {requirement.version[:_SHOWN]}"
    admitted = f" that {requirement.specifier[:_SHOWN]!r} admits" if requirement.specifier else ""
    return f"Every version of {name}{admitted}"


def _fix(requirement: Requirement, fixed: str) -> Fix | None:
    """Writes the fixed version in the place of the pinned one. Not where a hash stands beside it, which would be wrong."""
    span, version = requirement.version_span, requirement.version
    if not fixed or not version or span is None or requirement.hashed:
        return None
    # The span is that of the specifier, or of the version alone.
    for written in (requirement.specifier, version):
        if len(written) == span.end - span.start and written.count(version) == 1:
            at = span.start + written.index(version)
            edit = Edit(Span(at, at + len(version)), fixed)
            title = f"Use {requirement.package.name} {fixed}, the nearest version without a known vulnerability"
            return Fix(title, (edit,), safe=False)
    return None


def _yanked(requirement: Requirement, facts: Facts) -> Iterator[Finding]:
    answer = facts.answers.get(requirement.package)
    if answer is None or not requirement.version or not answer.yanked:
        return
    ecosystem = requirement.package.ecosystem
    here = versions.parse(ecosystem, requirement.version)
    if here is not None and any(versions.parse(ecosystem, one) == here for one in answer.yanked):
        message = f"{_subject(requirement)} was yanked: its maker withdrew it."
        found = rules.YANKED.found(ANALYZER, _version_span(requirement), message)
        yield _about(requirement, found, ("the registry says so",))


def _asked_for(
    requirement: Requirement, reading: Reading, path: str, facts: Facts
) -> Iterator[Finding]:
    """What the policy asks for: one version, a hash."""
    policy, name = facts.dependency_policy, requirement.package.name
    if requirement.source and not requirement.source.startswith(tally.INDEX):
        return
    if not reading.locks and tally.is_locked(requirement.package, path, facts):
        return
    if policy.pinned and not requirement.version:
        message = f"{name} has no one version, and `dependencies.pinned` asks for it."
        yield _about(requirement, rules.UNPINNED.found(ANALYZER, requirement.span, message))
    if policy.hashed and requirement.version and not requirement.hashed:
        message = f"{_subject(requirement)} has no hash, and `dependencies.hashed` asks for it."
        found = rules.UNHASHED.found(ANALYZER, _version_span(requirement), message)
        yield _about(requirement, found)


def _elsewhere(requirement: Requirement, reading: Reading, facts: Facts) -> Iterator[Finding]:
    if not requirement.source:
        return
    # A lock file holds the commit or the hash of what it took.
    fixed = reading.locks or requirement.hashed
    allowed = facts.dependency_policy.sources
    fault = sources.fault(requirement.source, allowed, hashed=fixed)
    if fault is not None:
        message = f"{requirement.package.name} comes {fault.words}."
        found = rules.SOURCE.found(ANALYZER, requirement.span, message)
        found = replace(found, severity=fault.severity, persona=fault.persona)
        yield _about(
            requirement, found, (requirement.source.removeprefix(tally.INDEX)[: 5 * _SHOWN],)
        )


def _indexes(reading: Reading, text: str) -> Iterator[Finding]:
    """Indexes that are asked over a connection that is not encrypted."""
    hosts = {sources.host_of(url) for url in reading.indexes if sources.is_open(url)}
    for match in _INDEX.finditer(text) if hosts else ():
        host = sources.host_of(match[0])
        if host in hosts:
            hosts.discard(host)
            start = match.start() + match[0].lower().index(host)
            message = f"The index {host} is asked over a connection that is not encrypted."
            yield rules.SOURCE.found(ANALYZER, Span(start, start + len(host)), message)


def _version_span(requirement: Requirement) -> Span:
    return requirement.version_span or requirement.span


def _about(requirement: Requirement, found: Finding, evidence: tuple[str, ...] = ()) -> Finding:
    return replace(found, package=requirement.package.purl, evidence=evidence)


def _severity(record: Record) -> Severity:
    return Severity.MEDIUM if record.severity is None else record.severity


def _distinct(hits: Sequence[Record]) -> list[Record]:
    """The records, the worst first, of those about one vulnerability the one that is told first."""
    kept: list[Record] = []
    seen: set[str] = set()
    worst_first = sorted(hits, key=lambda r: (not r.malicious, -_severity(r), r.severity is None))
    for record in worst_first:
        names = {record.id, *record.aliases}
        if seen.isdisjoint(names):
            kept.append(record)
        seen |= names
    return kept


def _best_id(record: Record) -> str:
    """The id that most people know it by."""
    return next((alias for alias in record.aliases if alias.startswith("CVE-")), record.id)


def _told(record: Record) -> str:
    """A record in a line: its ids, how bad, what, and where it is fixed."""
    known = _best_id(record)
    ids = record.id if known == record.id else f"{record.id}, {known}"
    ends = [text for events in record.ranges for kind, text in events if kind == "fixed"]
    fixed = f"; fixed in {', '.join(dict.fromkeys(ends))}" if ends else ""
    said = f": {record.summary}" if record.summary else ""
    level = "malware" if record.malicious else str(_severity(record))
    return f"{ids} ({level}){said}{fixed}"
