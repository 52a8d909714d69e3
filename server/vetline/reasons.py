"""Why a verdict is not a pass, and the way out of each reason. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from vetline.policy import names
from vetline.provenance import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vetline.notices import Notice
    from vetline.policy import Policy
    from vetline.sighting import Sighting
    from vetline_analyzers.core.finding import Severity
    from vetline_analyzers.engine import Failure

LINES = {
    State.AI: "that an AI wrote",
    State.MIXED: "that an AI wrote in part",
    State.SUSPECT_AI: "that an AI may have written",
    State.UNKNOWN: "whose author is unknown",
    State.HUMAN: "that a person wrote",
}
_AGAIN = {  # what became of a review that does not count, and what to do then
    "pending": (
        "waits for a person",
        "somebody who neither wrote it nor asked has to decide: vetline review show {review}",
    ),
    "rejected": ("was rejected", "change the code as the review says, then ask again: {ask}"),
    "withdrawn": ("was withdrawn", "ask again: {ask}"),
    "stale": ("is out of date", "ask again: {ask}"),
    "expired": ("has expired", "ask again: {ask}"),
    "invalid": (
        "does not count",
        "have it approved by somebody who may: vetline review show {review}",
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is not a pass.

    Attributes:
        text: the reason, a clause.
        way_out: what to do about it, a clause; "" when there is nothing to do.
        rule: the rule it is about; "" when it is about several, or none.
        count: how many things it is about.
        paths: the files it is about, sorted.
    """

    text: str
    way_out: str = ""
    rule: str = ""
    count: int = 1
    paths: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text

    @property
    def sentences(self) -> tuple[str, ...]:
        """The reason, and the way out where there is one: a line each, since both together are too long for one."""
        out = f"{self.way_out[:1].upper()}{self.way_out[1:]}"
        return (f"{self.text}.", out) if out else (f"{self.text}.",)


def of_notices(notices: Iterable[Notice]) -> list[Reason]:
    """One each."""
    return [
        Reason(told.text, told.way_out, told.rule, paths=(told.path,) if told.path else ())
        for told in notices
    ]


def of_failures(failures: Sequence[Failure]) -> list[Reason]:
    """One for all that could not be checked."""
    if not failures:
        return []
    text = f"{number(len(failures), 'thing')} could not be checked"
    paths = tuple(sorted({failure.path for failure in failures}))
    out = "mend what is said of each below, or let gate.unchecked name the file"
    return [Reason(text, out, count=len(failures), paths=paths)]


def of_sightings(
    counted: Iterable[Sighting], policy: Policy, here: Callable[[str], str] = str
) -> list[Reason]:
    """Why what is shown may not pass: first what needs a review, then what blocks whatever it is, then what is too severe.

    `here` gives a path as a person would type it where they stand.
    """
    reviews: dict[tuple[str, str], list[Sighting]] = {}
    always: dict[str, list[Sighting]] = {}
    severe: dict[tuple[Severity, State | None], list[Sighting]] = {}
    for sighting in counted:
        finding = sighting.finding
        state = sighting.origin.state if sighting.origin else State.UNKNOWN
        least = policy.least(state)
        if names(finding.rule, policy.review):
            about = ("", sighting.review.review) if sighting.review else (finding.rule, "")
            reviews.setdefault(about, []).append(sighting)
        elif names(finding.rule, policy.block):
            always.setdefault(finding.rule, []).append(sighting)
        elif finding.severity >= least:
            severe.setdefault((least, state if policy.by_origin else None), []).append(sighting)
    return [
        *(_unreviewed(rule, of, here) for (rule, _), of in sorted(reviews.items())),
        *(_always(rule, of, here) for rule, of in sorted(always.items())),
        *(_severe(*about, severe[about], here) for about in sorted(severe, key=str)),
    ]


def of_lesser(counted: Sequence[Sighting], policy: Policy) -> list[Reason]:
    """What is shown and does not block."""
    if not counted:
        return []
    bars = {policy.least(s.origin.state if s.origin else State.UNKNOWN) for s in counted}
    below = f"below {bars.pop()}" if len(bars) == 1 else "that may pass"
    return [
        Reason(
            f"{number(len(counted), 'finding')} {below}", count=len(counted), paths=_paths(counted)
        )
    ]


def _ask(sighting: Sighting, here: Callable[[str], str]) -> str:
    """The command that asks for a review of a finding."""
    return f"vetline review request {quote(here(sighting.path))}:{sighting.start.line + 1}"


def number(count: int, noun: str) -> str:
    """A count of things: "1 file", "2 files"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _unreviewed(rule: str, of: Sequence[Sighting], here: Callable[[str], str]) -> Reason:
    first, count = of[0], number(len(of), "place")
    review = first.review
    if review is None:
        verb = "needs" if len(of) == 1 else "need"
        text = f"{count} {verb} a person's review ({rule})"
        return Reason(text, f"ask for one: {_ask(first, here)}", rule, len(of), _paths(of))
    what, out = _AGAIN.get(str(review.status), ("does not count", "ask again: {ask}"))
    why = f": {review.why}" if review.why and not _waits(of[0]) else ""
    text = f"the review {review.review} of {count} {what}{why}"
    out = out.format(review=review.review, ask=_ask(first, here))
    rules = {sighting.finding.rule for sighting in of}
    return Reason(text, out, rules.pop() if len(rules) == 1 else "", len(of), _paths(of))


def _always(rule: str, of: Sequence[Sighting], here: Callable[[str], str]) -> Reason:
    text = f"{number(len(of), 'finding')} of {rule}, which always blocks"
    return Reason(text, _mend(of, here), rule, len(of), _paths(of))


def _severe(
    least: Severity, state: State | None, of: Sequence[Sighting], here: Callable[[str], str]
) -> Reason:
    lines = f" in lines {LINES[state]}" if state else ""
    text = f"{number(len(of), 'finding')} of severity {least} or above{lines}"
    return Reason(text, _mend(of, here), count=len(of), paths=_paths(of))


def _mend(of: Sequence[Sighting], here: Callable[[str], str]) -> str:
    what = "it" if len(of) == 1 else "them"
    for sighting in of:
        if not _waits(sighting):
            return f"mend {what}, or ask for a review: {_ask(sighting, here)}"
    asked = of[0].review.review if of[0].review else ""
    return f"mend {what}, or have the review decided: vetline review show {asked}"


def _waits(sighting: Sighting) -> bool:
    """Whether somebody asked for a review of it that nobody has decided."""
    return sighting.review is not None and str(sighting.review.status) == "pending"


def _paths(of: Iterable[Sighting]) -> tuple[str, ...]:
    return tuple(sorted({sighting.path for sighting in of}))
