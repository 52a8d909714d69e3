"""JSON lines: one object a finding, one for each thing not checked, the verdict last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.formats import JSON_VERSION, Format, Screen, as_data, json_text, verdict_data

if TYPE_CHECKING:
    from vetline.gate import Report


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - a file has no colours
    """Lines, each an object that says in "type" what it is."""
    lines = [{"type": "finding", **as_data(sighting, report.policy)} for sighting in report.shown()]
    lines += [{"type": "not_checked", "path": f.path, "reason": f.reason} for f in report.failures]
    lines.append(
        {
            "type": "verdict",
            "version": JSON_VERSION,
            **verdict_data(report),
        }
    )
    return "".join(json_text(line) for line in lines)


FORMAT = Format(render)
