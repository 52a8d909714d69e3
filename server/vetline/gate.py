"""The gate: what was seen, and whether it may pass.

`judge` is a function of what was found, what could not be checked, what it rests on and the policy. It asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from vetline import reasons
from vetline.policy import Policy, Scope, names, policy_of
from vetline.reasons import Reason
from vetline.sighting import Place, Sighting
from vetline_analyzers.core.finding import Persona, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from vetline.notices import Notice
    from vetline_analyzers.core.finding import Rule
    from vetline_analyzers.engine import Failure
    from vetline_analyzers.supply.tally import Tally

__all__ = ["Place", "Policy", "Reason", "Scope", "Sighting", "policy_of"]


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
    UNSAID = "unsaid"  # it is of an AI's lines only, or another sighting speaks for it
    TENTATIVE = "tentative"
    SUPPRESSED = "suppressed"
    APPROVED = "approved"
    ACCEPTED = "accepted"
    SCOPE = "scope"


class Silence(StrEnum):
    """What a comment that silences a finding is worth: it holds when accepted or approved."""

    ACCEPTED = "accepted"
    APPROVED = "approved"
    PENDING = "pending"  # it stands in a line that an AI touched
    EXPIRED = "expired"
    UNDATED = "undated"  # the policy wants a nearer date
    CRITICAL = "critical"  # no comment silences that


@dataclass(frozen=True, slots=True)
class GateResult:
    """A verdict and why."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check came to; formats render it.

    Attributes:
        sightings: everything found, sorted by path and place, also what is not shown.
        failures: what could not be checked and blocks.
        policy: what was asked for.
        result: the verdict.
        files: how many files were looked at.
        rules: gives the rules by id. Slow on first use, so only formats that describe rules call it.
        fixed: how many findings were mended; None when nobody asked for it.
        unsafe: whoever asks takes fixes that may change behaviour, too.
        audit: how many dependencies were looked up in the advisories; None where there are none, or nobody asked.
        unchecked: what could not be checked and may pass all the same.
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
    unchecked: tuple[Failure, ...] = ()

    def shown(self) -> list[Sighting]:
        """The sightings the policy's reader sees."""
        return [sighting for sighting in self.sightings if shown(sighting, self.policy)]


def silence(sighting: Sighting, policy: Policy) -> Silence | None:
    """What the comment is worth that silences a finding; None when none does. The first reason against it is told.

    A file of accepted findings, as detect-secrets has it, is no comment and is taken as it is.
    """
    comment = sighting.finding.suppression
    if comment is None:
        return None
    if _is_approved(sighting):
        return Silence.APPROVED
    if not comment.in_source:
        return Silence.ACCEPTED
    if sighting.finding.severity >= Severity.CRITICAL:
        return Silence.CRITICAL
    if comment.expires and policy.today > comment.expires:
        return Silence.EXPIRED
    if policy.suppression_days and not _is_near(comment.expires, policy):
        return Silence.UNDATED
    if sighting.silencer and sighting.silencer.state.touched:
        return Silence.PENDING
    return Silence.ACCEPTED


def _is_near(expires: str, policy: Policy) -> bool:
    """Whether a comment's last day is no further off than the policy lets it be."""
    try:
        left = date.fromisoformat(expires) - date.fromisoformat(policy.today)
    except ValueError:
        return False
    return left.days <= policy.suppression_days


def _is_approved(sighting: Sighting) -> bool:
    return sighting.review is not None and sighting.review.status == "approved"


def fate(sighting: Sighting, policy: Policy) -> Fate:
    """What becomes of a finding under the policy; the first reason to hide it wins."""
    finding = sighting.finding
    touched = bool(sighting.origin and sighting.origin.state.touched)
    if names(finding.rule, policy.ignore):
        return Fate.IGNORED
    if finding.persona > policy.persona or not policy.hears(finding.rule):
        return Fate.PERSONA
    if sighting.repeated or (finding.of_ai and not touched):
        return Fate.UNSAID
    return _silenced(sighting, policy) or _passed(sighting, policy, touched=touched) or Fate.SHOWN


def _silenced(sighting: Sighting, policy: Policy) -> Fate | None:
    """Whether somebody who may decided that it passes, with a comment or in a review."""
    if silence(sighting, policy) in (Silence.ACCEPTED, Silence.APPROVED):
        return Fate.SUPPRESSED
    return Fate.APPROVED if _is_approved(sighting) else None


def _passed(sighting: Sighting, policy: Policy, *, touched: bool) -> Fate | None:
    """Whether it is too uncertain, known, or in lines that do not count."""
    if sighting.finding.tentative and policy.persona is Persona.REGULAR and not touched:
        return Fate.TENTATIVE
    if sighting.accepted and not _has_lapsed(sighting, policy):
        return Fate.ACCEPTED
    if policy.scope is Scope.AI and not touched:
        return Fate.SCOPE
    return None


def _has_lapsed(sighting: Sighting, policy: Policy) -> bool:
    """Whether it was there before, but what a person had approved was changed around it."""
    stale = sighting.review is not None and sighting.review.status == "stale"
    return stale and names(sighting.finding.rule, policy.review)


def shown(sighting: Sighting, policy: Policy) -> bool:
    """Whether the policy's reader sees it: for them, sure enough, not silenced, of their scope."""
    return fate(sighting, policy) is Fate.SHOWN


def counting(
    failures: Iterable[Failure], policy: Policy
) -> tuple[tuple[Failure, ...], tuple[Failure, ...]]:
    """What could not be checked, parted: what blocks, and what the policy lets pass."""
    failures = tuple(failures)
    if not policy.unchecked:
        return failures, ()
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only who lets something pass pays for it

    try:
        excused = GitIgnoreSpec.from_lines(policy.unchecked).match_file
        passing = tuple(failure for failure in failures if failure.path and excused(failure.path))
    except ValueError:  # no pattern: nothing is excused
        return failures, ()
    return tuple(failure for failure in failures if failure not in passing), passing


def judge(
    sightings: Sequence[Sighting],
    failures: Sequence[Failure],
    policy: Policy,
    notices: Sequence[Notice] = (),
    here: Callable[[str], str] = str,
) -> GateResult:
    """The verdict on what was seen. Total: whatever it is given, there is one.

    Args:
        sightings: everything found, also what is suppressed or accepted.
        failures: what could not be checked; one that the policy does not name is enough to block, for nobody
            knows what is there.
        policy: what blocks.
        notices: what the verdict rests on and was changed, or cannot be trusted.
        here: gives a path as a person would type it where they stand.
    """
    counted = [sighting for sighting in sightings if shown(sighting, policy)]
    blocking = [
        *reasons.of_notices(notice for notice in notices if notice.blocks),
        *reasons.of_sightings(counted, policy, here),
        *reasons.of_failures(counting(failures, policy)[0]),
    ]
    told = reasons.of_notices(notice for notice in notices if not notice.blocks)
    if blocking:
        return GateResult(Verdict.BLOCK, (*blocking, *told))
    below = reasons.of_lesser(counted, policy)
    return GateResult(Verdict.WARN if told or below else Verdict.PASS, (*told, *below))
