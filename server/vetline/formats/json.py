"""JSON, a contract: docs/json-output.md says what each key means and what may change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.formats import JSON_VERSION, Format, Screen, as_data, json_text, verdict_data

if TYPE_CHECKING:
    from vetline.gate import Report


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - a file has no colours
    """One object."""
    document = {
        "version": JSON_VERSION,
        "findings": [as_data(sighting, report.policy) for sighting in report.shown()],
        "not_checked": [{"path": f.path, "reason": f.reason} for f in report.failures],
        "may_stay": [{"path": f.path, "reason": f.reason} for f in report.unchecked],
        **verdict_data(report),
    }
    return json_text(document, 2)


FORMAT = Format(render)
