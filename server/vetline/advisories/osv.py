"""Reads OSV documents (ossf.github.io/osv-schema): which packages they are about, and what they say of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline.advisories import severity
from vetline_analyzers.core.universe import Ecosystem, Package, Record, package
from vetline_analyzers.supply import versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Range = tuple[tuple[str, str], ...]

_ECOSYSTEMS = {"pypi": Ecosystem.PYPI, "npm": Ecosystem.NPM}
_KINDS = {"introduced": "introduced", "fixed": "fixed", "last_affected": "last_affected", "limit": "fixed"}  # fmt: skip
_SUMMARY = 160  # characters
_LONGEST = 200  # characters of an id, a name, a version
_MOST = 5_000  # events, versions, packages of one document
_COMPARED = (
    100_000  # listed versions times ends of ranges; beyond it versions are kept as they are listed
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KNOWN_RANGE = re.compile(r"\s*(?P<sign><=?)\s*(?P<version>\S{1,200})\s*")
# "2.6.0-NA", "2.6.0-cu124": NVD's "update" behind a version of PyPI, which the converted records keep.
_UPDATE = re.compile(r"(?P<version>\d[\d.]{0,99})-[A-Za-z]{1,20}\d{0,9}")
_SAYS_NOTHING = re.compile(r"(?:malicious code|malware) in \S+(?: \(\w+\))?$", re.IGNORECASE)
_MALWARE = "CWE-506"  # embedded malicious code, by which GitHub's database marks it


class Document(NamedTuple):
    """What an OSV document says.

    Attributes:
        id: its name.
        records: about each package of a known registry.
        day: when it was last changed: "2026-11-22"; "" when it does not say.
        withdrawn: it does not hold any more; then it has no records.
        others: how many packages of other registries it is about.
        vague: packages of which it names no version that could be compared.
    """

    id: str
    records: tuple[tuple[Package, Record], ...] = ()
    day: str = ""
    withdrawn: bool = False
    others: int = 0
    vague: int = 0


def read(data: object) -> Document | None:
    """What a document that was parsed says; None when it is no OSV document."""
    if not isinstance(data, dict) or not isinstance(data.get("affected"), list):
        return None
    name = data.get("id")
    if not isinstance(name, str) or not _is_word(name):
        return None
    day = _day(data)
    if data.get("withdrawn") not in (None, "", "null", "~"):
        return Document(name, day=day, withdrawn=True)
    found: dict[Package, Record] = {}
    others = vague = 0
    for affected in data["affected"][:_MOST]:
        about = _package(affected)
        if about is None:
            others += 1
        elif (record := _record(data, affected, about)) is None:
            vague += 1
        else:
            known = found.get(about)
            found[about] = _joined(known, record) if known else record
    return Document(name, tuple(found.items()), day, others=others, vague=vague)


def _package(affected: object) -> Package | None:
    """The package; None of another registry."""
    told = affected.get("package") if isinstance(affected, dict) else None
    if not isinstance(told, dict):
        return None
    registry, name = told.get("ecosystem"), told.get("name")
    if not isinstance(registry, str) or not isinstance(name, str) or not _is_word(name):
        return None
    ecosystem = _ECOSYSTEMS.get(registry.partition(":")[0].lower())
    return package(ecosystem, name) if ecosystem else None


def _record(data: Mapping[str, Any], affected: Mapping[str, Any], about: Package) -> Record | None:
    """What is said of one package; None when no version is named."""
    ranges = tuple(dict.fromkeys(_ranges(affected, about.ecosystem)))
    listed = frozenset(_strings(affected.get("versions")))
    if not ranges and not listed:
        return None
    malicious = str(data["id"]).startswith("MAL-") or _MALWARE in _strings(
        _table(data, "database_specific").get("cwe_ids")
    )
    summary = _summary(data)
    bare = Record(data["id"], (), "", ranges)
    # By the schema a version is affected when it is listed or lies in a range: what both say is said once.
    apart = set(listed)
    if len(listed) * sum(map(len, ranges)) <= _COMPARED:
        apart = {v for v in listed if versions.affects(bare, about.ecosystem, v) is not True}
    return bare._replace(
        aliases=tuple(a for a in _strings(data.get("aliases")) if a != data["id"]),
        summary="" if malicious and _SAYS_NOTHING.match(summary) else summary,
        versions=frozenset(apart),
        severity=severity.of(data, affected),
        malicious=malicious,
    )


def _ranges(affected: Mapping[str, Any], ecosystem: Ecosystem) -> Iterator[Range]:
    for told in _list(affected.get("ranges")):
        if not isinstance(told, dict) or str(told.get("type")).upper() not in {"SEMVER", "ECOSYSTEM"}:  # fmt: skip
            continue  # GIT: commits, not versions
        events = tuple(
            (_KINDS[kind], _readable(text, ecosystem))
            for event in _list(told.get("events"))
            if isinstance(event, dict)
            for kind, text in event.items()
            if kind in _KINDS
            and isinstance(text, str)
            and _is_word(text)
            and (kind, text) != ("limit", "*")
        )
        if any(kind == "introduced" for kind, _ in events):
            yield (*events, *_known_end(affected, events))


def _readable(version: str, ecosystem: Ecosystem) -> str:
    """A version without what stands behind it and keeps it from being read."""
    if ecosystem is Ecosystem.PYPI and versions.parse(ecosystem, version) is None:
        match = _UPDATE.fullmatch(version)
        return match["version"] if match else version
    return version


def _known_end(affected: Mapping[str, Any], events: Range) -> Iterator[tuple[str, str]]:
    """Where a range without an end is known to end: GitHub's database says it beside the range."""
    if any(kind != "introduced" for kind, _ in events):
        return
    said = _table(affected, "database_specific").get("last_known_affected_version_range")
    match = _KNOWN_RANGE.fullmatch(said) if isinstance(said, str) else None
    if match:
        yield ("last_affected" if match["sign"] == "<=" else "fixed", match["version"])


def _joined(one: Record, other: Record) -> Record:
    """Two entries of a document about one package as one record."""
    known = [r.severity for r in (one, other) if r.severity is not None]
    return one._replace(
        ranges=tuple(dict.fromkeys((*one.ranges, *other.ranges))),
        versions=one.versions | other.versions,
        severity=max(known, default=None),
    )


def _summary(data: Mapping[str, Any]) -> str:
    """One line: the summary, or how the details begin."""
    told = next(filter(None, (data.get("summary"), data.get("details"))), "")
    words = " ".join(told[: 10 * _SUMMARY].split()) if isinstance(told, str) else ""
    words = "".join(char for char in words if char.isprintable())
    return words if len(words) <= _SUMMARY else words[: _SUMMARY - 1].rstrip() + "…"


def _day(data: Mapping[str, Any]) -> str:
    match = _DAY.match(str(data.get("modified") or data.get("published") or ""))
    return match[0] if match else ""


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _list(value: object) -> list[Any]:
    return value[:_MOST] if isinstance(value, list) else []


def _strings(value: object) -> list[str]:
    return [v for v in _list(value) if isinstance(v, str) and _is_word(v)]


def _is_word(text: str) -> bool:
    """Whether it can be an id, a name or a version: of some length, with nothing in it that would steer a screen."""
    return 0 < len(text) <= _LONGEST and text.isprintable()
