"""Azure Pipelines: logging commands that become issues of the build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.formats import Format, Screen, level, tags, visible, whole

if TYPE_CHECKING:
    from vetline.gate import Policy, Report, Sighting

_ESCAPES = str.maketrans({"%": "%AZP25", ";": "%3B", "\r": "%0D", "\n": "%0A", "]": "%5D"})


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - a log reader has its own colours
    """One command a line."""
    commands = [
        _command("error", {"sourcepath": failure.path}, f"not checked: {failure.reason}")
        for failure in report.failures
    ]
    commands += [_issue(sighting, report.policy) for sighting in report.shown()]
    return "".join(whole(command) + "\n" for command in commands)


def _issue(sighting: Sighting, policy: Policy) -> str:
    finding, start = sighting.finding, sighting.start
    # There are only two kinds: what is not an error is a warning.
    kind = "error" if level(finding.severity) == "error" else "warning"
    properties = {
        "sourcepath": sighting.path,
        "linenumber": str(start.line + 1),
        "columnnumber": str(start.column + 1),
        "code": finding.rule,
    }
    said = "; ".join([str(finding.severity), *tags(sighting, policy)])
    return _command(kind, properties, f"{finding.message} ({said})")


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    told = "".join(f"{key}={_property(value)};" for key, value in properties.items())
    return f"##vso[task.logissue type={kind};{told}]{visible(message).replace('%', '%AZP25')}"


def _property(value: str) -> str:
    # Line ends are kept, escaped: the name of a file stays true. The rest must not steer a terminal.
    kept = (char if char in "\r\n" else visible(char) for char in value)
    return "".join(kept).translate(_ESCAPES)


FORMAT = Format(render)
