"""One line a finding, for grep and for editors that read compilers' output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.formats import Format, Screen, summary, tags, visible

if TYPE_CHECKING:
    from vetline.gate import Policy, Report, Sighting


def render(report: Report, screen: Screen) -> str:
    """Lines of `path:line:column: severity rule message`, then the summary."""
    lines = [_line(sighting, report.policy, screen) for sighting in report.shown()]
    return "".join(line + "\n" for line in lines) + summary(report, screen)


def _line(sighting: Sighting, policy: Policy, screen: Screen) -> str:
    finding, start = sighting.finding, sighting.start
    severity = str(finding.severity)
    said = tags(sighting, policy)
    tail = screen.paint(f" ({visible('; '.join(said))})", "dim") if said else ""
    place = f"{visible(sighting.path)}:{start.line + 1}:{start.column + 1}"
    what = f"{screen.paint(severity, severity)} {finding.rule} {visible(finding.message)}"
    return f"{place}: {what}{tail}"


FORMAT = Format(render, for_people=True)
