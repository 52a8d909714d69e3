"""Output formats, one file each, and the words they share.

A format knows the report and nothing else. The name of its module is its name on the command line,
with a hyphen for each underscore. What comes from the checked files (names, lines of code, messages)
is hostile until it went through `visible` or the escaping of the format.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from dataclasses import dataclass
from json import dumps, loads  # by name: `json` in this package is the format
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import decisions
from vetline.gate import Fate, Silence, Verdict, fate, silence
from vetline_analyzers.core.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vetline.gate import Place, Policy, Report, Sighting
    from vetline.provenance import Attribution
    from vetline_analyzers.core.text import Position
    from vetline_analyzers.engine import Failure
    from vetline_analyzers.supply.tally import Tally

JSON_VERSION = 1
_ALIKE = 3  # more things not checked for one reason share a line for people
# To Python they are printable. U+FE0F stands behind many an honest emoji.
_SELECTOR = re.compile("[\ufe00-\ufe0e\U000e0100-\U000e01ef]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_STYLES = {
    "bold": "1",
    "dim": "2",
    "critical": "1;31",
    "high": "31",
    "medium": "33",
    "low": "36",
    "info": "34",
    "pass": "1;32",
    "warn": "1;33",
    "block": "1;31",
}


_UNTOLD = {Fate.IGNORED, Fate.PERSONA, Fate.UNSAID}  # nobody asked about these
_TIERS = {"traced": "traced from a source", "possible": "a parameter reaches it"}


class Screen(NamedTuple):
    """Where the text goes: whether it shows colours and how many columns it has."""

    colour: bool = False
    width: int = 100

    def paint(self, text: str, style: str) -> str:
        """`text` in a style, a severity's or a verdict's name or "bold" or "dim"."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and text else text


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a report down.

    Attributes:
        render: gives the whole text, which ends with a line end.
        for_people: it is read on a screen, so that progress and colours make sense beside it.
        quotes: it shows lines of the checked files.
    """

    render: Callable[[Report, Screen], str]
    for_people: bool = False
    quotes: bool = False


def names() -> list[str]:
    """The names of the formats on the shelf; none is imported for it."""
    return sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(__path__))


def named(name: str) -> Format:
    """The format of that name, one of `names()`."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    found: Format = module.FORMAT
    return found


def visible(text: str) -> str:
    r"""`text` on one line with nothing in it that could steer a terminal or hide from an eye.

    Control characters, bidi marks, lone surrogates and line ends are written as in `\x1b`.
    """
    if text.isprintable() and not _SELECTOR.search(text):
        return text
    return "".join(
        char
        if char.isprintable() and not _SELECTOR.match(char)
        else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def whole(text: str) -> str:
    """`text` with U+FFFD for lone surrogates, as names that are not UTF-8 have, to be encoded."""
    return _SURROGATE.sub("\ufffd", text)


def json_text(document: object, indent: int | None = None) -> str:
    """`document` as JSON in ASCII, which no terminal, shell or locale can damage or be steered by."""
    text = dumps(document, ensure_ascii=False)
    if _SURROGATE.search(text):
        document = loads(whole(text))
    return dumps(document, indent=indent) + "\n"


def as_data(sighting: Sighting, policy: Policy) -> dict[str, Any]:
    """A finding as the JSON contract has it (docs/json-output.md)."""
    finding, origin = sighting.finding, sighting.origin
    fixes = []
    if finding.fix and sighting.edits:
        edits = [
            {"start": point(edit.start), "end": point(edit.end), "text": edit.text}
            for edit in sighting.edits
        ]
        fixes.append({"title": finding.fix.title, "safe": finding.fix.safe, "edits": edits})
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "cwe": list(finding.cwe),
        "message": finding.message,
        "path": sighting.path,
        "start": point(sighting.start),
        "end": point(sighting.end),
        "origin": origin and origin_data(origin),
        "fingerprint": finding.fingerprint,
        "analyzer": finding.analyzer,
        "fixes": fixes,
        "also": list(finding.also),
        "symbol": finding.symbol,
        "related": [_step(place, sighting) for place in sighting.related],
        "flow": [_step(step, sighting) for step in sighting.flow],
        "tier": finding.tier or None,
        "tentative": finding.tentative,
        "package": finding.package or None,
        "meant": finding.meant or None,
        "evidence": list(finding.evidence),
        "review": decisions.review_data(sighting),
        "suppression": decisions.suppression_data(sighting, policy),
    }


def verdict_data(report: Report) -> dict[str, Any]:
    """The verdict, its reasons and the counts, as the JSON contract has them."""
    return {
        "verdict": str(report.result.verdict),
        "reasons": [str(reason) for reason in report.result.reasons],
        "gate": [
            {
                "reason": reason.text,
                "way_out": reason.way_out,
                "rule": reason.rule or None,
                "count": reason.count,
                "paths": list(reason.paths),
            }
            for reason in report.result.reasons
        ],
        "counts": counts(report),
    }


def _step(place: Place, sighting: Sighting) -> dict[str, Any]:
    return {
        "path": place.path or sighting.path,
        "start": point(place.start),
        "end": point(place.end),
        "message": place.text,
    }


def origin_data(said: Attribution) -> dict[str, str]:
    """Who wrote it, as the JSON contract has it; the agent's session where it is known."""
    data = {"state": str(said.state), "agent": said.agent, "model": said.model}
    if said.origin and said.origin.session:
        data["session"] = said.origin.session
    return data


def origin_tag(said: Attribution | None) -> str:
    """Who wrote it, in a few words, where an AI did or may have; else ""."""
    return visible(str(said)) if said and said.state.touched else ""


def counts(report: Report) -> dict[str, Any]:
    """How many were shown and how many were not, and why, as the JSON contract has it."""
    fates = Counter(fate(sighting, report.policy) for sighting in report.sightings)
    suppressed = Counter(
        sighting.finding.suppression.kind
        for sighting in report.sightings
        if sighting.finding.suppression and fate(sighting, report.policy) is Fate.SUPPRESSED
    )
    told = (s for s in report.sightings if fate(s, report.policy) not in _UNTOLD)
    silences = Counter(silence(sighting, report.policy) for sighting in told)
    return {
        "files": report.files,
        "shown": fates[Fate.SHOWN],
        "suppressed": dict(sorted(suppressed.items())),
        "suppressions": {str(kind): silences[kind] for kind in Silence},
        "approved": fates[Fate.APPROVED],
        "accepted": fates[Fate.ACCEPTED],
        "out_of_scope": fates[Fate.SCOPE],
        "other_personas": fates[Fate.PERSONA],
        "tentative": fates[Fate.TENTATIVE],
        "fixed": report.fixed or 0,
        "dependencies": report.audit
        and {
            "audited": report.audit.audited,
            "not_audited": dict(sorted(report.audit.missing.items())),
            "as_of": report.audit.as_of or None,
        },
    }


def point(position: Position) -> dict[str, int]:
    """A position as the outside world counts: from 1."""
    return {"line": position.line + 1, "column": position.column + 1}


def not_checked(failure: Failure) -> str:
    """What could not be checked and why, one line."""
    return f"{visible(failure.path)}: {visible(failure.reason)}"


def level(severity: Severity) -> str:
    """The severity on the three steps that most consumers know: "error", "warning", "info"."""
    if severity >= Severity.HIGH:
        return "error"
    return "warning" if severity is Severity.MEDIUM else "info"


def worst_first(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Sorted so that a consumer that stops reading early has read what matters most."""
    return sorted(sightings, key=lambda s: -s.finding.severity)


def tags(sighting: Sighting, policy: Policy) -> list[str]:
    """What else is to be said of a finding, in a few words each: CWE, data flow, other rules, origin, what people decided."""
    finding = sighting.finding
    said = [f"CWE-{number}" for number in finding.cwe]
    said += [_TIERS[finding.tier]] if finding.tier else []
    said += [f"also {', '.join(finding.also)}"] if finding.also else []
    tag = origin_tag(sighting.origin)
    said += [tag] if tag else []
    return [*said, *decisions.words(sighting, policy)]


def summary(report: Report, screen: Screen) -> str:
    """The last lines of the formats for people: verdict, counts, what was not checked, what next."""
    verdict = report.result.verdict
    lines = _verdict(report, screen)
    lines.append("  " + " · ".join(_counted(report, screen)))
    if offer := fixable(report):
        lines.append(f"  {offer}")
    if said := audited(report.audit):
        lines.append(f"  {said}")
    if said := decisions.unsettled(counts(report)["suppressions"]):
        lines.append(f"  {said}")
    if report.failures:
        lines.append("  Not checked:")
        lines += [f"    {line}" for line in _not_checked(report.failures)]
    first = next(iter(worst_first(report.shown())), None)
    if first and verdict is not Verdict.PASS:
        command = screen.paint(f"vetline check --explain {first.finding.rule}", "bold")
        lines.append(f"  Next: `{command}` says why it is bad and what to do.")
    return "\n".join(lines) + "\n"


def _verdict(report: Report, screen: Screen) -> list[str]:
    """The verdict; at a gate each reason on a line of its own, and its way out on the next."""
    head = screen.paint(report.result.verdict.upper(), report.result.verdict)
    reasons = report.result.reasons
    if not report.policy.gated or not reasons:
        return [f"{head}: {why(report)}."]
    return [
        f"{head}:",
        *("  - " + "\n    ".join(map(visible, reason.sentences)) for reason in reasons),
    ]


def why(report: Report) -> str:
    """The reasons of the verdict, on one line."""
    return visible("; ".join(map(str, report.result.reasons))) or "nothing found that counts"


def audited(audit: Tally | None) -> str:
    """How many dependencies were looked up in the advisories, why others were not; "" where there are none."""
    if audit is None:
        return ""
    old = ", which are old" if audit.is_stale else ""
    day = f" (advisories of {audit.as_of}{old})" if audit.as_of else ""
    noun = "dependency" if audit.total == 1 else "dependencies"
    said = f"{audit.audited} of {audit.total} {noun} audited{day}"
    left = audit.total - audit.audited
    if not left:
        return said
    several = len(audit.missing) > 1
    why = ", ".join(f"{n} {r}" if several else r for r, n in sorted(audit.missing.items()))
    return f"{said}; {left} not: {why}"


def fixable(report: Report) -> str:
    """How many of the findings shown `--fix` would mend, in words; "" when none, or after it did."""
    fixes = [sighting.finding.fix for sighting in report.shown() if sighting.finding.fix]
    tried = report.fixed is not None
    if report.unsafe:
        return f"{len(fixes)} fixable with `--fix --unsafe-fixes`" if fixes and not tried else ""
    safe = 0 if tried else sum(fix.safe for fix in fixes)
    rest = sum(not fix.safe for fix in fixes)
    said = [f"{safe} fixable with `--fix`"] if safe else []
    if rest:
        how = "more" if safe else "fixable"
        said.append(f"{rest} {how} with `--fix --unsafe-fixes`, which may change behaviour")
    return "; ".join(said)


def _not_checked(failures: Iterable[Failure]) -> Iterator[str]:
    """A line each; many of one reason share a line."""
    by_reason: dict[str, list[Failure]] = {}
    for failure in failures:
        by_reason.setdefault(failure.reason, []).append(failure)
    for reason, alike in by_reason.items():
        if len(alike) <= _ALIKE:
            yield from (not_checked(failure) for failure in alike)
        else:
            some = ", ".join(visible(failure.path) for failure in alike[:_ALIKE])
            yield f"{visible(reason)}: {len(alike)} files, among them {some}"


def _counted(report: Report, screen: Screen) -> list[str]:
    numbers = counts(report)
    severities = Counter(sighting.finding.severity for sighting in report.shown())
    by_severity = ", ".join(
        screen.paint(f"{severities[severity]} {severity}", str(severity))
        for severity in sorted(severities, reverse=True)
    )
    found = number(numbers["shown"], "finding")
    if report.fixed is not None:
        found = f"{report.fixed} fixed, {numbers['shown']} left"
    said = [f"{found}: {by_severity}" if by_severity else found]
    if numbers["suppressed"]:
        kinds = ", ".join(f"{count} by {kind}" for kind, count in numbers["suppressed"].items())
        said.append(f"suppressed: {kinds}")
    hidden = {
        "approved": "approved by a person",
        "accepted": "accepted as known",
        "out_of_scope": "out of scope",
        "other_personas": "for stricter personas",
        "tentative": "tentative, shown in an AI's lines only",
    }
    said += [f"{numbers[key]} {words}" for key, words in hidden.items() if numbers[key]]
    return [*said, f"{number(report.files, 'file')}"]


def number(count: int, noun: str) -> str:
    """A count of things: "1 file", "2 files"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
