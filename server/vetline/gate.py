"""The gate: what was seen, and whether it may pass.

`judge` is a function of what was found, what could not be checked and the policy. It asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vetline.provenance import Origin
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Position
    from vetline_analyzers.engine import Failure


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A finding in its place.

    Attributes:
        path: POSIX path relative to where the check started.
        finding: what was found.
        start, end: its place, lines and columns from 0, columns in code points, `end` exclusive.
        excerpt: the line it starts on, every secret masked.
        origin: who wrote it; None when nothing is known.
        accepted: the baseline or the base commit has it already.
    """

    path: str
    finding: Finding
    start: Position
    end: Position
    excerpt: str = ""
    origin: Origin | None = None
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What blocks.

    Attributes:
        fail_on: the least severity that blocks.
        persona: findings for stricter readers are neither shown nor judged.
        scope: findings outside it are neither shown nor judged.
    """

    fail_on: Severity = Severity.MEDIUM
    persona: Persona = Persona.REGULAR
    scope: Scope = Scope.ALL


@dataclass(frozen=True, slots=True)
class GateResult:
    """A verdict and why, one sentence each."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def shown(sighting: Sighting, policy: Policy) -> bool:
    """Whether the policy's reader sees it: not silenced, not accepted, of their persona and scope."""
    finding = sighting.finding
    if finding.suppression is not None or sighting.accepted or finding.persona > policy.persona:
        return False
    if policy.scope is Scope.AI:
        return sighting.origin is not None and sighting.origin.state == "ai"
    return True


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
