"""rdjson: reviewdog's diagnostics with suggestions.

Its columns are UTF-8 bytes. Where a line is not ASCII only the line is given, and no suggestion: one
in the wrong place would damage the code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline.formats import Format, Screen, json_text, level, point, tags

if TYPE_CHECKING:
    from vetline.gate import Policy, Report, Sighting
    from vetline_analyzers.core.text import Position

_SOURCE = {"name": "vetline"}


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - a file has no colours
    """One object."""
    diagnostics = [
        {
            "message": f"not checked: {failure.reason}",
            "location": {"path": failure.path},
            "severity": "ERROR",
            "code": {"value": "vetline/not-checked"},
        }
        for failure in report.failures
    ]
    diagnostics += [_diagnostic(sighting, report.policy) for sighting in report.shown()]
    document = {"source": _SOURCE, "severity": "WARNING", "diagnostics": diagnostics}
    return json_text(document, 2)


def _diagnostic(sighting: Sighting, policy: Policy) -> dict[str, Any]:
    finding = sighting.finding
    said = tags(sighting, policy)
    code = {"value": finding.rule}
    if finding.cwe:
        code["url"] = f"https://cwe.mitre.org/data/definitions/{finding.cwe[0]}.html"
    diagnostic: dict[str, Any] = {
        "message": f"{finding.message} ({'; '.join(said)})" if said else finding.message,
        "location": {
            "path": sighting.path,
            "range": _range(sighting.start, sighting.end, columns=sighting.ascii),
        },
        "severity": level(finding.severity).upper(),
        "code": code,
    }
    if sighting.ascii and sighting.edits and finding.fix and finding.fix.safe:
        diagnostic["suggestions"] = [
            {"range": _range(edit.start, edit.end, columns=True), "text": edit.text}
            for edit in sighting.edits
        ]
    return diagnostic


def _range(start: Position, end: Position, *, columns: bool) -> dict[str, Any]:
    if columns:
        return {"start": point(start), "end": point(end)}
    return {"start": {"line": start.line + 1}, "end": {"line": end.line + 1}}


FORMAT = Format(render)
