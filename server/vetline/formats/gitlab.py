"""GitLab: a Code Quality report."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from vetline.formats import Format, Screen, json_text, point
from vetline_analyzers.core.finding import Severity

if TYPE_CHECKING:
    from vetline.gate import Report, Sighting

_SEVERITIES = {
    Severity.INFO: "info",
    Severity.LOW: "minor",
    Severity.MEDIUM: "major",
    Severity.HIGH: "critical",
    Severity.CRITICAL: "blocker",
}


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - a file has no colours
    """One array; what could not be checked is a blocker in it."""
    issues = [
        {
            "description": f"not checked: {failure.reason}",
            "check_name": "vetline/not-checked",
            "fingerprint": _unique(failure.path, failure.analyzer, failure.reason),
            "severity": "blocker",
            "location": {"path": failure.path, "lines": {"begin": 1}},
        }
        for failure in report.failures
    ]
    issues += [_issue(sighting) for sighting in report.shown()]
    return json_text(issues, 2)


def _issue(sighting: Sighting) -> dict[str, Any]:
    finding = sighting.finding
    return {
        "description": finding.message,
        "check_name": finding.rule,
        "fingerprint": _unique(sighting.path, finding.rule, finding.fingerprint),
        "severity": _SEVERITIES[finding.severity],
        "categories": ["Security"],
        "location": {
            "path": sighting.path,
            "positions": {"begin": point(sighting.start), "end": point(sighting.end)},
        },
    }


def _unique(*parts: str) -> str:
    """GitLab wants each entry's fingerprint to be its own; ours are equal for equal code in two files."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


FORMAT = Format(render)
