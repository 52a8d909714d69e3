"""GitHub: workflow commands that become annotations on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.formats import Format, Screen, level, tags, visible, whole, why, worst_first

if TYPE_CHECKING:
    from vetline.gate import Policy, Report, Sighting

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - a log reader has its own colours
    """One command a line, the worst first: GitHub keeps ten of a kind for a step."""
    commands = [
        _command("error", {"file": failure.path, "title": "Vetline: not checked"}, failure.reason)
        for failure in report.failures
    ]
    commands += [_annotation(sighting, report.policy) for sighting in worst_first(report.shown())]
    verdict = report.result.verdict
    commands.append(_command("notice", {"title": f"Vetline: {verdict}"}, why(report)))
    return "".join(whole(command) + "\n" for command in commands)


def _annotation(sighting: Sighting, policy: Policy) -> str:
    finding, start, end = sighting.finding, sighting.start, sighting.end
    properties = {
        "file": sighting.path,
        "line": str(start.line + 1),
        "endLine": str(end.line + 1),
        "title": f"Vetline: {finding.severity} {finding.rule}",
    }
    if start.line == end.line:  # GitHub drops an annotation with columns on several lines
        properties["col"] = str(start.column + 1)
        properties["endColumn"] = str(max(end.column, start.column + 1))
    said = tags(sighting, policy)
    message = f"{finding.message} ({'; '.join(said)})" if said else finding.message
    return _command(_COMMANDS[level(finding.severity)], properties, message)


def _command(name: str, properties: dict[str, str], message: str) -> str:
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {told}::{visible(message).replace('%', '%25')}"


def _property(value: str) -> str:
    # Line ends are kept, escaped: the name of a file stays true. The rest must not steer a terminal.
    kept = (char if char in "\r\n" else visible(char) for char in value)
    return "".join(kept).translate(_PROPERTY)


FORMAT = Format(render)
