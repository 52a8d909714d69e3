"""`vetline gate explain`: the policy in force, what it makes of a rule, or why files may not pass and what to do.

Without a name it tells the settings that decide, and where each comes from. Exit codes: 0, or 2 when something is wrong with
the command or the settings.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from vetline import baseline, decisions, gate, policy
from vetline.doors import check_options, gating
from vetline.doors import options as words
from vetline.formats import json_text, point, visible, worst_first
from vetline.gate import Sighting
from vetline.provenance import Attribution, State
from vetline.reasons import LINES
from vetline.settings import ORIGINS
from vetline_analyzers import engine
from vetline_analyzers.core.finding import RULE_ID
from vetline_analyzers.core.text import Position, Span

if TYPE_CHECKING:
    import argparse

    from vetline.doors.gating import Gate
    from vetline.gate import GateResult, Report
    from vetline_analyzers.core.finding import Rule

VERSION = 1  # of the JSON
_ALWAYS = {"fail-on", "scope", "persona"}  # told also when nobody set them
_FATES = {
    "ignored": "not looked at, as `ignore` says",
    "persona": "told to stricter readers only",
    "unsaid": "says nothing there",
    "tentative": "too uncertain there",
    "scope": "out of scope",
}
_NOWHERE = Position(0, 0)
_MORE = "`vetline gate explain PATH` tells what it makes of files, `vetline gate explain RULE` of a rule."


def main(argv: list[str]) -> int:
    """Explain; gives the exit code."""
    try:
        options = _parser().parse_args(argv)
        data = _explained(options)
        if options.output_format == "json":
            words.write(json_text({"version": VERSION, **data}, 2))
        else:
            words.write("".join(f"{line}\n" for line in _TOLD[data["about"]](data)))
    except (words.UsageError, baseline.BaselineError) as error:
        words.tell("gate", str(error))
        return 2
    return 0


def _explained(options: argparse.Namespace) -> dict[str, Any]:
    name = options.name
    asked = check_options.parser().parse_args([*_passed_on(options), "--gate"])
    if name and not os.path.lexists(name):
        if not RULE_ID.fullmatch(name):
            raise words.UsageError(f"{name}: no such file or folder, and no rule either")
        rule = engine.rules().get(name)
        if rule is None:
            raise words.UsageError(f"there is no rule {name!r}: see `vetline rule --list`")
        opened = gating.open_gate(asked, ["."])
        return {"about": "rule", **_of_rule(rule, opened), **_settings(opened)}
    if name:
        from vetline.doors import check

        asked.paths = [name]
        opened, report = check.reported(asked)
        return {"about": "path", **_of_report(report), **_settings(opened)}
    opened = gating.open_gate(asked, ["."])
    return {"about": "policy", **_settings(opened)}


def _settings(opened: Gate) -> dict[str, Any]:
    """The policy in force, and what it rests on."""
    config = opened.config
    return {
        "file": str(config.file) if config.file else None,
        "trusted_commit": opened.fork or None,
        "digest": policy.digest(config.settings),
        "settings": {
            key: {"value": value, "origin": config.origins[key]}
            for key, value in policy.values(config.settings).items()
        },
        "notices": [_notice(told) for told in opened.told()],
        "not_known": [f"{failure.path}: {failure.reason}" for failure in opened.failures],
    }


def _notice(told: Any) -> dict[str, Any]:
    return {"rule": told.rule, "text": told.text, "way_out": told.way_out, "blocks": told.blocks}


def _of_rule(rule: Rule, opened: Gate) -> dict[str, Any]:
    """What becomes of a finding of a rule, by who wrote its lines, judged by the gate itself."""
    return {
        "rule": rule.id,
        "severity": str(rule.severity),
        "by_origin": {str(state): _alone(_example(rule, state), opened) for state in State},
    }


def _example(rule: Rule, state: State) -> Sighting:
    found = rule.found("gate", Span(0, 0), rule.title)
    return Sighting(
        path="FILE", finding=found, start=_NOWHERE, end=_NOWHERE, origin=Attribution(state)
    )


def _alone(sighting: Sighting, opened: Gate) -> dict[str, Any]:
    """What becomes of one finding, were it the only one."""
    result = gate.judge([sighting], (), opened.policy)
    fate = str(gate.fate(sighting, opened.policy))
    return {"fate": fate, "verdict": str(result.verdict), **_reason(result)}


def _reason(result: GateResult) -> dict[str, str]:
    first = next(iter(result.reasons), gate.Reason(""))
    return {"reason": first.text, "way_out": first.way_out}


def _of_report(report: Report) -> dict[str, Any]:
    findings = []
    for sighting in worst_first(report.shown()):
        result = gate.judge([sighting], (), report.policy)
        findings.append(
            {
                "path": sighting.path,
                "start": point(sighting.start),
                "rule": sighting.finding.rule,
                "verdict": str(result.verdict),
                **_reason(result),
                "decided": decisions.words(sighting, report.policy),
            }
        )
    return {
        "verdict": str(report.result.verdict),
        "reasons": [
            {"text": reason.text, "way_out": reason.way_out} for reason in report.result.reasons
        ],
        "findings": findings,
        "not_checked": [f"{failure.path}: {failure.reason}" for failure in report.failures],
    }


def _tell_policy(data: dict[str, Any]) -> list[str]:
    rows = [
        (key, json_text(told["value"]).strip(), told["origin"])
        for key, told in data["settings"].items()
        if told["origin"] != "default" or key in _ALWAYS
    ]
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = [f"{row[0]:<{first}}  {visible(row[1]):<{second}}  {visible(row[2])}" for row in rows]
    commit = data["trusted_commit"]
    trusted = (
        f"trusted: commit {commit[:12]}" if commit else "trusted: no commit, only what is here"
    )
    trusted += (
        " (the settings, the allowed signers and the baseline as they are there)" if commit else ""
    )
    return [*lines, "", trusted, f"policy: sha256:{data['digest']}", *_tell_notices(data), _MORE]


def _tell_notices(data: dict[str, Any]) -> list[str]:
    told = [f"{n['text']}. {n['way_out'][:1].upper()}{n['way_out'][1:]}" for n in data["notices"]]
    return [visible(line.strip()) for line in (*told, *data["not_known"])]


def _tell_rule(data: dict[str, Any]) -> list[str]:
    lines = [f"{data['rule']}, severity {data['severity']}"]
    for state, told in data["by_origin"].items():
        verdict = _FATES.get(told["fate"], told["verdict"].upper())
        why = f": {told['reason']}" if told["reason"] else ""
        lines.append(f"  in lines {LINES[State(state)]}: {verdict}{visible(why)}")
    return [*lines, *_tell_notices(data)]


def _tell_path(data: dict[str, Any]) -> list[str]:
    lines = []
    for found in data["findings"]:
        place = f"{found['path']}:{found['start']['line']}:{found['start']['column']}"
        said = "; ".join((f"{found['verdict'].upper()} {found['rule']}", *found["decided"]))
        lines.append(visible(f"{place}: {said}"))
        lines += [f"    {visible(said)}" for said in _sentences(found)]
    lines += [visible(f"not checked: {line}") for line in data["not_checked"]]
    lines.append(
        f"{data['verdict'].upper()}:{'' if data['reasons'] else ' nothing found that counts.'}"
    )
    for reason in data["reasons"]:
        lines.append("  - " + "\n    ".join(map(visible, _sentences(reason))))
    return lines


def _sentences(told: dict[str, Any]) -> tuple[str, ...]:
    """A reason and its way out, of data."""
    text = told["text"] if "text" in told else told["reason"]
    return gate.Reason(text, told["way_out"]).sentences


_TOLD = {"policy": _tell_policy, "rule": _tell_rule, "path": _tell_path}


def _passed_on(options: argparse.Namespace) -> list[str]:
    """The words for `check` among the options."""
    said = {
        "--config": options.config,
        "--policy": options.policy,
        "--diff-base": options.diff_base,
        "--assume-origin": options.assume_origin,
    }
    given = [f"{word}={value}" for word, value in said.items() if value]
    return [*given, *(["--isolated"] if options.isolated else [])]


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline gate", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    explain = commands.add_parser(
        "explain", help="the policy in force, and what it makes of things"
    )
    explain.add_argument("name", nargs="?", default="", metavar="PATH|RULE", help="what to explain")
    explain.add_argument("--output-format", choices=("text", "json"), default="text")
    explain.add_argument("--policy", metavar="FILE", help="an organisation's settings")
    explain.add_argument("--diff-base", metavar="REF", help="the commit to compare with")
    explain.add_argument("--assume-origin", choices=ORIGINS, help="as of check")
    words.add_config(explain)
    return parser
