"""A bill of materials as a CycloneDX document (cyclonedx.org), reproducible: the same parts give the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.tool import ToolRepository
from cyclonedx.model.vulnerability import (
    BomTarget,
    Vulnerability,
    VulnerabilityRating,
    VulnerabilityReference,
    VulnerabilitySeverity,
    VulnerabilitySource,
)
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from vetline import __version__
from vetline.formats import visible
from vetline.provenance import State
from vetline_analyzers.core.finding import Severity
from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.supply import versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from vetline.provenance import Attribution
    from vetline_analyzers.core.universe import Advisories, Package, Record

# Of several lines that ask for one package, the one that needs most care.
_CARE = (State.AI, State.MIXED, State.SUSPECT_AI, State.HUMAN, State.UNKNOWN)
_ALGORITHMS = {
    "md5": HashAlgorithm.MD5,
    "sha1": HashAlgorithm.SHA_1,
    "sha256": HashAlgorithm.SHA_256,
    "sha384": HashAlgorithm.SHA_384,
    "sha512": HashAlgorithm.SHA_512,
}
_SEVERITIES = {
    Severity.INFO: VulnerabilitySeverity.INFO,
    Severity.LOW: VulnerabilitySeverity.LOW,
    Severity.MEDIUM: VulnerabilitySeverity.MEDIUM,
    Severity.HIGH: VulnerabilitySeverity.HIGH,
    Severity.CRITICAL: VulnerabilitySeverity.CRITICAL,
}
_OSV = "OSV"
_ROOT = "root"
_CONDA = "conda:"


class Use(NamedTuple):
    """A line of a manifest that asks for a package.

    Attributes:
        place: the manifest, POSIX, relative to the project.
        said: who wrote the line; None when nothing is known of any.
        optional, dev: as of `manifests.Requirement`.
    """

    place: str
    said: Attribution | None
    optional: bool
    dev: bool


class Part(NamedTuple):
    """A package in the version that is installed.

    Attributes:
        package: which.
        version: "" when nothing says it.
        source: where it comes from when that is not the registry, credentials masked; "" else.
        hashes: algorithm and hexadecimal digest of each file that a lock file admits.
        uses: the manifests' lines that ask for it; none for what only others need.
        optional, dev: what the lock file says of it.
    """

    package: Package
    version: str
    source: str
    hashes: frozenset[tuple[str, str]]
    uses: tuple[Use, ...]
    optional: bool
    dev: bool


class Subject(NamedTuple):
    """What the bill is of: its name, its version, "" when not known, and the package that it is, if it is one."""

    name: str
    version: str
    package: Package | None


def document(
    subject: Subject,
    parts: Iterable[Part],
    advisories: Advisories | None,
    *,
    at: datetime | None,
    serial: UUID | None,
) -> Bom:
    """The bill of a project.

    Args:
        subject: the project.
        parts: what it is made of.
        advisories: what is wrong with versions; None when nothing is known.
        at: when it was made; None leaves it out.
        serial: its number; None leaves it out.
    """
    root = Component(
        name=visible(subject.name),
        version=visible(subject.version) or None,
        type=ComponentType.APPLICATION,
        bom_ref=_ROOT,
        purl=_purl(subject.package, subject.version) if subject.package else None,
    )
    rows = [(part, _component(part)) for part in parts]
    tool = Component(name="vetline", version=__version__, type=ComponentType.APPLICATION)
    bom = Bom(
        components=[component for _, component in rows],
        metadata=BomMetaData(component=root, tools=ToolRepository(components=[tool])),
        dependencies=[_needs(root, rows), *(Dependency(one.bom_ref) for _, one in rows)],
        vulnerabilities=_vulnerabilities(rows, advisories) if advisories else (),
    )
    # It looks up each part among all, to name it if it is not: with 10,000 that takes minutes, and all are named.
    bom.register_dependency = lambda *_, **_more: None  # type: ignore[method-assign]
    # The library fills both in by itself; it writes what is None as not there.
    bom.metadata.timestamp = at  # type: ignore[assignment]
    bom.serial_number = serial  # type: ignore[assignment]
    return bom


def rendered(bom: Bom, form: str, version: str) -> str:
    """The document's text, "json" or "xml", by a version of the specification such as "1.6"."""
    schema = SchemaVersion.from_version(version)
    return make_outputter(bom, OutputFormat[form.upper()], schema).output_as_string(indent=2) + "\n"


def origin(part: Part) -> Attribution | None:
    """Who wrote that the project needs it: of several lines the one that needs most care."""
    known = [use.said for use in part.uses if use.said is not None]
    return min(known, key=lambda said: _CARE.index(said.state), default=None)


def _needs(root: Component, rows: Sequence[tuple[Part, Component]]) -> Dependency:
    direct = [component for part, component in rows if part.uses]
    return Dependency(root.bom_ref, [Dependency(component.bom_ref) for component in direct])


def _component(part: Part) -> Component:
    purl = _purl(part.package, part.version, part.source)
    return Component(
        name=purl.name,
        group=purl.namespace,
        version=purl.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(purl) + (f"#{visible(part.source)}" if part.source else ""),
        purl=purl,
        scope=_scope(part),
        hashes=[
            HashType(alg=_ALGORITHMS[name], content=digest)
            for name, digest in part.hashes
            if name in _ALGORITHMS
        ],
        properties=[Property(name=f"vetline:{name}", value=value) for name, value in _marks(part)],
    )


def _purl(package: Package, version: str, source: str = "") -> PackageURL:
    kind = "conda" if source.startswith(_CONDA) else str(package.ecosystem)
    scope, _, name = package.name.rpartition("/")
    if package.ecosystem is Ecosystem.PYPI:
        scope, name = "", package.name
    return PackageURL(kind, scope or None, visible(name), visible(version) or None)


def _scope(part: Part) -> ComponentScope:
    """By the lines that ask for it, else by what the lock file says; a need for running it goes before others."""
    needs = [(use.optional, use.dev) for use in part.uses] or [(part.optional, part.dev)]
    if any(not optional and not dev for optional, dev in needs):
        return ComponentScope.REQUIRED
    return ComponentScope.OPTIONAL if any(not dev for _, dev in needs) else ComponentScope.EXCLUDED


def _marks(part: Part) -> Iterable[tuple[str, str]]:
    if part.uses:
        said = origin(part)
        yield "origin", str(said.state if said else State.UNKNOWN)
        if said and said.state.touched:
            yield from (
                (name, visible(value))
                for name, value in (("agent", said.agent), ("model", said.model))
                if value
            )
    yield from (("manifest", visible(place)) for place in sorted({use.place for use in part.uses}))
    if part.source:
        yield "source", visible(part.source)


def _vulnerabilities(
    rows: Iterable[tuple[Part, Component]], advisories: Advisories
) -> list[Vulnerability]:
    found: dict[str, tuple[Record, set[str]]] = {}
    for part, component in rows:
        if not part.version or part.source.startswith(_CONDA):
            continue
        for record in advisories.of(part.package):
            if versions.affects(record, part.package.ecosystem, part.version):
                found.setdefault(record.id, (record, set()))[1].add(str(component.bom_ref))
    source = VulnerabilitySource(name=_OSV)
    return [
        Vulnerability(
            bom_ref=record.id,
            id=record.id,
            source=source,
            description=visible(record.summary) or None,
            ratings=[
                VulnerabilityRating(severity=_SEVERITIES[record.severity])
                if record.severity is not None
                else VulnerabilityRating(severity=VulnerabilitySeverity.UNKNOWN)
            ],
            references=[VulnerabilityReference(id=name, source=source) for name in record.aliases],
            affects=[BomTarget(ref=ref) for ref in sorted(refs)],
        )
        for record, refs in found.values()
    ]
