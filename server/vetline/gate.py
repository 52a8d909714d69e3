"""The gate: what was seen, and whether it may pass.

`judge` is a function of what was found, what could not be checked and the policy. It asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.core.text import Position, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vetline.provenance import Attribution
    from vetline.settings import Settings
    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.engine import Failure
    from vetline_analyzers.supply.tally import Tally

_NOWHERE = Span(0, 0)
# Rules about who wrote a line: in a person's lines they say nothing to anybody.
_OF_AN_AI = frozenset({"dependency/not-approved"})


class Scope(StrEnum):
    """Whose lines count in full."""

    ALL = "all"
    AI = "ai"
    CHANGED = "changed"


class Verdict(StrEnum):
    """The gate's answer."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    BLOCK = "block"


class Fate(StrEnum):
    """What becomes of a finding: shown and judged, or only counted, and why."""

    SHOWN = "shown"
    IGNORED = "ignored"
    PERSONA = "persona"
    TENTATIVE = "tentative"
    SUPPRESSED = "suppressed"
    ACCEPTED = "accepted"
    SCOPE = "scope"


class Place(NamedTuple):
    """A stretch of the text and the words that go with it: a replacement or an explanation.

    Attributes:
        start, end: as of Sighting; of another file only the line is known.
        text: the words.
        path: the other file, as `Sighting.path`; "" when it is the finding's.
    """

    start: Position
    end: Position
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A finding in its place.

    Attributes:
        path: POSIX path relative to where the check started.
        finding: what was found.
        start, end: its place, lines and columns from 0, columns in code points, `end` exclusive.
        excerpt: the line it starts on, every secret masked, a long one cut around the finding.
        caret: the finding's part of `excerpt`.
        edits: the fix's edits in their places; empty without a fix.
        related: other places that explain the finding.
        flow: the steps of a value from its source to its sink.
        ascii: the lines it and its edits are on are ASCII: columns are the same in every unit.
        origin: who wrote it, as far as its lines tell; None when nothing is known.
        accepted: the baseline or the base commit has it already.
    """

    path: str
    finding: Finding
    start: Position
    end: Position
    excerpt: str = ""
    caret: Span = _NOWHERE
    edits: tuple[Place, ...] = ()
    related: tuple[Place, ...] = ()
    flow: tuple[Place, ...] = ()
    ascii: bool = False
    origin: Attribution | None = None
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What blocks.

    Attributes:
        fail_on: the least severity that blocks.
        persona: findings for stricter readers are neither shown nor judged.
        scope: findings outside it are neither shown nor judged.
        ignore: rules, or families like "bandit/*", whose findings are neither shown nor judged.
    """

    fail_on: Severity = Severity.MEDIUM
    persona: Persona = Persona.REGULAR
    scope: Scope = Scope.ALL
    ignore: tuple[str, ...] = ()


def policy_of(settings: Settings) -> Policy:
    """The policy that the settings ask for."""
    return Policy(settings.fail_on, settings.persona, Scope(settings.scope), settings.ignore)


@dataclass(frozen=True, slots=True)
class GateResult:
    """A verdict and why, one sentence each."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check came to; formats render it.

    Attributes:
        sightings: everything found, sorted by path and place, also what is not shown.
        failures: what could not be checked.
        policy: what was asked for.
        result: the verdict.
        files: how many files were looked at.
        rules: gives the rules by id. Slow on first use, so only formats that describe rules call it.
        fixed: how many findings were mended; None when nobody asked for it.
        unsafe: whoever asks takes fixes that may change behaviour, too.
        audit: how many dependencies were looked up in the advisories; None where there are none, or nobody asked.
    """

    sightings: tuple[Sighting, ...]
    failures: tuple[Failure, ...]
    policy: Policy
    result: GateResult
    files: int
    rules: Callable[[], Mapping[str, Rule]]
    fixed: int | None = None
    unsafe: bool = False
    audit: Tally | None = None

    def shown(self) -> list[Sighting]:
        """The sightings the policy's reader sees."""
        return [sighting for sighting in self.sightings if shown(sighting, self.policy)]


def fate(sighting: Sighting, policy: Policy) -> Fate:
    """What becomes of a finding under the policy; the first reason to hide it wins."""
    finding = sighting.finding
    if finding.rule in policy.ignore or f"{finding.rule.split('/')[0]}/*" in policy.ignore:
        return Fate.IGNORED
    if finding.persona > policy.persona:
        return Fate.PERSONA
    if finding.suppression is not None:
        return Fate.SUPPRESSED
    touched = bool(sighting.origin and sighting.origin.state.touched)
    lenient = policy.persona is Persona.REGULAR or finding.rule in _OF_AN_AI
    if finding.tentative and lenient and not touched:
        return Fate.TENTATIVE
    if sighting.accepted:
        return Fate.ACCEPTED
    if policy.scope is Scope.AI and not touched:
        return Fate.SCOPE
    return Fate.SHOWN


def shown(sighting: Sighting, policy: Policy) -> bool:
    """Whether the policy's reader sees it: for them, sure enough, not silenced, of their scope."""
    return fate(sighting, policy) is Fate.SHOWN


def judge(sightings: Sequence[Sighting], failures: Sequence[Failure], policy: Policy) -> GateResult:
    """The verdict on what was seen.

    Args:
        sightings: everything found, also what is suppressed or accepted.
        failures: what could not be checked; one is enough to block, for nobody knows what is there.
        policy: what blocks.
    """
    counted = [s for s in sightings if shown(s, policy)]
    blocking = [s for s in counted if s.finding.severity >= policy.fail_on]
    reasons = []
    if blocking:
        reasons.append(f"{_count(len(blocking), 'finding')} of severity {policy.fail_on} or above")
    if failures:
        reasons.append(f"{_count(len(failures), 'thing')} could not be checked")
    if reasons:
        return GateResult(Verdict.BLOCK, tuple(reasons))
    if counted:
        return GateResult(
            Verdict.WARN, (f"{_count(len(counted), 'finding')} below {policy.fail_on}",)
        )
    return GateResult(Verdict.PASS)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
