"""SARIF 2.1.0: for code scanning services and viewers.

Paths are relative to SRCROOT, whose place is not told: a report holds nothing of the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vetline import __version__, decisions
from vetline.formats import Format, Screen, json_text, level, origin_data, verdict_data
from vetline.gate import Fate, Report, Sighting, Silence, fate, silence
from vetline_analyzers import engine
from vetline_analyzers.core import weaknesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vetline.gate import Place, Policy
    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.core.text import Position
    from vetline_analyzers.engine import Failure

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
# On the scale of code scanning services: over 9 critical, over 7 high, over 4 medium.
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "1.0"}
_TOLD = {Fate.SHOWN, Fate.SUPPRESSED, Fate.APPROVED, Fate.ACCEPTED}


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - a file has no colours
    """One run. What is suppressed or accepted is in it too, and says so."""
    told = [s for s in report.sightings if fate(s, report.policy) in _TOLD]
    ids = sorted({sighting.finding.rule for sighting in told})
    rules = report.rules() if ids else {}
    cwes = {number for sighting in told for number in sighting.finding.cwe}
    cwes |= {number for name in ids if name in rules for number in rules[name].cwe}
    run: dict[str, Any] = {
        "tool": {"driver": _driver(ids, told, rules)},
        "invocations": [
            {
                "executionSuccessful": not report.failures,
                "toolExecutionNotifications": [
                    *(_notification(f, "error") for f in report.failures),
                    *(_notification(f, "warning") for f in report.unchecked),
                ],
            }
        ],
        "results": [_result(sighting, report, ids) for sighting in told],
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {
            "SRCROOT": {"description": {"text": "The folder in which the check started."}}
        },
        "properties": verdict_data(report),
    }
    if cwes:
        run["tool"]["driver"]["supportedTaxonomies"] = [{"name": "CWE", "index": 0}]
        run["taxonomies"] = [_taxonomy(sorted(cwes))]
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(document, 2)


def _driver(ids: list[str], told: Iterable[Sighting], rules: Mapping[str, Rule]) -> dict[str, Any]:
    one = {sighting.finding.rule: sighting.finding for sighting in told}
    return {
        "name": "Vetline",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_descriptor(one[name], rules) for name in ids],
    }


def _descriptor(finding: Finding, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """What is told of a rule; of one that only its finding is known of, what that says."""
    rule = rules.get(finding.rule)
    title = rule.title if rule else finding.rule
    cwe = rule.cwe if rule else finding.cwe
    severity = rule.severity if rule else finding.severity
    confidence = rule.confidence if rule else finding.confidence
    descriptor: dict[str, Any] = {
        "id": finding.rule,
        "name": finding.rule,
        "shortDescription": {"text": title},
        "fullDescription": {"text": rule.page.strip() if rule else title},
        "help": {"text": rule.advice if rule else title},
        "defaultConfiguration": {"level": _LEVELS[level(severity)]},
        "properties": {
            "tags": [
                "security",
                *(f"external/cwe/cwe-{number:03}" for number in cwe),
                *(category.tag for category in weaknesses.categories(cwe)),
            ],
            "precision": str(confidence),
            "security-severity": _SCORES[str(severity)],
        },
        "relationships": [{"target": _taxon(n), "kinds": ["superset"]} for n in cwe],
    }
    if rule:
        descriptor["help"]["markdown"] = engine.page(rule)
    if rule and rule.url:
        descriptor["helpUri"] = rule.url
    return descriptor


def _taxonomy(cwes: list[int]) -> dict[str, Any]:
    return {
        "name": "CWE",
        "organization": "MITRE",
        "shortDescription": {"text": "The MITRE Common Weakness Enumeration"},
        "informationUri": "https://cwe.mitre.org/",
        "taxa": [
            {
                "id": str(number),
                "name": weaknesses.name(number) or f"CWE-{number}",
                "helpUri": f"https://cwe.mitre.org/data/definitions/{number}.html",
            }
            for number in cwes
        ],
    }


def _taxon(number: int) -> dict[str, Any]:
    return {"id": str(number), "toolComponent": {"name": "CWE", "index": 0}}


def _notification(failure: Failure, level: str) -> dict[str, Any]:
    return {
        "level": level,
        "message": {"text": f"not checked: {failure.reason}"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(failure.path)}}],
    }


def _result(sighting: Sighting, report: Report, ids: list[str]) -> dict[str, Any]:
    finding = sighting.finding
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": ids.index(finding.rule),
        "level": _level(finding),
        "message": {"text": finding.message},
        "locations": [_location(sighting)],
        "partialFingerprints": {"vetline/v1": finding.fingerprint},
        "taxa": [_taxon(number) for number in finding.cwe],
        "suppressions": _suppressions(sighting, report),
        "properties": _properties(sighting, report.policy),
    }
    if sighting.related:
        places = enumerate(sighting.related)
        result["relatedLocations"] = [{"id": n, **_place(p, sighting)} for n, p in places]
    if sighting.flow:
        steps = [{"location": _place(step, sighting)} for step in sighting.flow]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if finding.fix and sighting.edits:
        replacements = [
            {"deletedRegion": _region(edit.start, edit.end), "insertedContent": {"text": edit.text}}
            for edit in sighting.edits
        ]
        change = {"artifactLocation": _artifact(sighting.path), "replacements": replacements}
        result["fixes"] = [
            {"description": {"text": finding.fix.title}, "artifactChanges": [change]}
        ]
    return result


def _level(finding: Finding) -> str:
    """By severity; what was traced from a source is worse than what a parameter may bring."""
    said = _LEVELS[level(finding.severity)]
    if finding.tier == "traced" and said == "warning":
        return "error"
    return "warning" if finding.tier == "possible" and said == "error" else said


def _properties(sighting: Sighting, policy: Policy) -> dict[str, Any]:
    finding, origin = sighting.finding, sighting.origin
    bag: dict[str, Any] = {
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "analyzer": finding.analyzer,
        "also": list(finding.also),
    }
    if finding.tier:
        bag["tier"] = finding.tier
    if finding.tentative:
        bag["tentative"] = True
    if finding.package:
        bag |= {"package": finding.package, "evidence": list(finding.evidence)}
    if finding.meant:
        bag["meant"] = finding.meant
    if origin:
        bag["origin"] = origin_data(origin)
    if review := decisions.review_data(sighting):
        bag["review"] = review
    if suppression := decisions.suppression_data(sighting, policy):
        bag["suppression"] = suppression
    return bag


def _suppressions(sighting: Sighting, report: Report) -> list[dict[str, str]]:
    """Each with its status: one that waits, or does not count, leaves the result as it is."""
    said, silenced, review = [], sighting.finding.suppression, sighting.review
    if silenced:
        why = silenced.reason or f"a {silenced.kind} comment"
        kind = "inSource" if silenced.in_source else "external"
        said.append({"kind": kind, "status": _status(sighting, report), "justification": why})
    decided = fate(sighting, report.policy)
    if decided is Fate.APPROVED and review:
        why = f"approved by {review.by} in review {review.review}"
        said.append({"kind": "external", "status": "accepted", "justification": why})
    elif decided is Fate.ACCEPTED:
        why = "in the baseline or in the commit compared with"
        said.append({"kind": "external", "status": "accepted", "justification": why})
    return said


def _status(sighting: Sighting, report: Report) -> str:
    worth = silence(sighting, report.policy)
    if worth in (Silence.ACCEPTED, Silence.APPROVED):
        return "accepted"
    return "underReview" if worth is Silence.PENDING else "rejected"


def _location(sighting: Sighting) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": _physical(sighting.path, sighting.start, sighting.end)
    }
    if sighting.finding.symbol:
        location["logicalLocations"] = [{"fullyQualifiedName": sighting.finding.symbol}]
    return location


def _place(place: Place, sighting: Sighting) -> dict[str, Any]:
    physical = _physical(place.path or sighting.path, place.start, place.end)
    if place.path:  # only the line is known
        physical["region"] = {"startLine": place.start.line + 1}
    return {"message": {"text": place.text}, "physicalLocation": physical}


def _physical(path: str, start: Position, end: Position) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path), "region": _region(start, end)}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": "SRCROOT"}


def _region(start: Position, end: Position) -> dict[str, int]:
    return {
        "startLine": start.line + 1,
        "startColumn": start.column + 1,
        "endLine": end.line + 1,
        "endColumn": end.column + 1,
    }


FORMAT = Format(render)
