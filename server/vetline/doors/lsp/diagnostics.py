"""Sightings as LSP diagnostics."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import decisions, files, gate
from vetline.doors.lsp import lenses
from vetline.formats import origin_data, origin_tag
from vetline.formats import visible as printable
from vetline.gate import Fate
from vetline_analyzers.core.finding import Severity
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from vetline.doors.lsp.documents import Part, Unit
    from vetline.doors.lsp.units import Units
    from vetline.gate import Policy, Sighting
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.engine import Failure

ERROR, WARNING, INFORMATION, HINT = 1, 2, 3, 4
NOT_CHECKED = "gate/not-checked"
SOURCE = "vetline"
MOST = 2000  # diagnostics of one document; more help nobody and choke clients

_LEVEL = {
    Severity.CRITICAL: ERROR,
    Severity.HIGH: ERROR,
    Severity.MEDIUM: WARNING,
    Severity.LOW: INFORMATION,
    Severity.INFO: INFORMATION,
}


class View(NamedTuple):
    """How one client sees a unit.

    Attributes:
        units: how it counts columns.
        policy: persona and scope; the door shows what is outside the scope as hints.
        reviews: by fingerprint, or package URL, the names of those who asked for a review that nobody decided.
        related: whether it shows related information.
        root: the project's folder, where other files are.
    """

    units: Units
    policy: Policy
    reviews: Mapping[str, str]
    related: bool
    root: Path

    def asker(self, finding: Finding) -> str | None:
        """Who asked for a review of a finding, or of the package that it is about."""
        return self.reviews.get(finding.fingerprint) or self.reviews.get(finding.package)


def visible(sighting: Sighting, policy: Policy) -> bool:
    """Whether an editor shows it at all; what is only out of scope it shows as a hint."""
    return gate.fate(sighting, policy) in (Fate.SHOWN, Fate.SCOPE)


def of_unit(
    unit: Unit, sightings: Sequence[Sighting], view: View
) -> list[tuple[Part, list[dict[str, Any]]]]:
    """The diagnostics of each document of a unit."""
    lists: list[tuple[Part, list[dict[str, Any]]]] = []
    for part in unit.parts:
        end = part.start + len(part.document.snapshot.text)
        own = [
            _diagnostic(unit, part, sighting, view)
            for sighting in sightings
            if part.start <= sighting.finding.span.start <= end and visible(sighting, view.policy)
        ]
        lists.append((part, own[:MOST]))
    if lists:
        failures = [failure for pace in unit.failures.values() for failure in pace]
        lists[0][1][:0] = [_failure(failure) for failure in failures]
    return lists


def _diagnostic(unit: Unit, part: Part, sighting: Sighting, view: View) -> dict[str, Any]:
    finding, origin = sighting.finding, sighting.origin
    level = _LEVEL[finding.severity] if gate.shown(sighting, view.policy) else HINT
    message = finding.message
    if tag := origin_tag(origin):
        message += f" [{tag}]"
    asker = view.asker(finding)
    message += "".join(f" [{words}]" for words in _decided(sighting, view, asker) if words)
    diagnostic: dict[str, Any] = {
        "range": _range(part, finding.span, view.units),
        "severity": level,
        "code": finding.rule,
        "source": SOURCE,
        "message": message,
        "data": {
            "fingerprint": finding.fingerprint,
            "severity": str(finding.severity),
            "confidence": str(finding.confidence),
            "cwe": list(finding.cwe),
            "origin": origin and origin_data(origin),
            "tier": finding.tier or None,
            "reviewRequestedBy": asker,
            "review": decisions.review_data(sighting),
            "suppression": decisions.suppression_data(sighting, view.policy),
        },
    }
    if view.related and (finding.flow or finding.related):
        diagnostic["relatedInformation"] = list(_related(unit, finding, view))
    return diagnostic


def _decided(sighting: Sighting, view: View, asker: str | None) -> Iterator[str]:
    """What people decided about it and why that does not let it pass, or that they are asked to: a few words each."""
    for words in decisions.words(replace(sighting, review=None), view.policy):
        yield printable(words)
    if sighting.review is not None:
        yield lenses.suffix(sighting.review)
    elif asker:
        yield f"review requested by {asker}"


def _related(unit: Unit, finding: Finding, view: View) -> Iterator[dict[str, Any]]:
    """The steps of its value, then what else explains it."""
    for note in (*finding.flow, *finding.related):
        if note.path:
            start = {"line": max(note.line - 1, 0), "character": 0}
            uri = files.uri_of(view.root / note.path)
            place = {"start": start, "end": start}
        else:
            at = bisect_right(unit.parts, note.span.start, key=lambda part: part.start) - 1
            part = unit.parts[max(at, 0)]
            uri = part.document.snapshot.uri
            place = _range(part, note.span, view.units)
        yield {"location": {"uri": uri, "range": place}, "message": note.message}


def _failure(failure: Failure) -> dict[str, Any]:
    start = {"line": 0, "character": 0}
    return {
        "range": {"start": start, "end": start},
        "severity": HINT if failure.partial else WARNING,
        "code": NOT_CHECKED,
        "source": SOURCE,
        "message": f"Not checked: {failure.reason}",
    }


def _range(part: Part, span: Span, units: Units) -> dict[str, Any]:
    snapshot = part.document.snapshot
    length = len(snapshot.text)
    return units.range(
        snapshot,
        Span(min(span.start - part.start, length), min(span.end - part.start, length)),
    )
