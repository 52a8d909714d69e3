"""What a review is worth now: a function of what was decided, of the text, of the time and of the policy.

A review of a text is worth nothing once that text changes; nobody has to withdraw it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from vetline import ledger
from vetline.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vetline.subject import Place


class State(StrEnum):
    """How far a review has come, as it is recorded; what that is worth is a `Status`."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Status(StrEnum):
    """What a review is worth for a text as it is now."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    STALE = "stale"
    EXPIRED = "expired"
    INVALID = "invalid"


class Standing(NamedTuple):
    """What a review is worth for a finding, and why.

    Attributes:
        status: only `APPROVED` lets anything pass.
        review: the request's id.
        by: who decided, or while nobody did who asked; a display name.
        why: a clause for people: "Cart.pay was changed since"; of what does not count what is wrong with the decision: "is
            not signed".
        signed: the decision bears a signature that counts.
    """

    status: Status
    review: str
    by: str = ""
    why: str = ""
    signed: bool = False


class Comment(NamedTuple):
    """What somebody wrote about a request, and when."""

    by: str
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided a review, when and how.

    Attributes:
        state: what came of it.
        by: who: the address they sign with, else whom git named.
        at: when.
        note: what they wrote.
        expires: until when it holds, as `at`; "" for as long as the text stays.
        subject: what they saw, and so what it covers.
        signer: the principal whose signature it bears; "" when it bears none that is good.
        key: the fingerprint of that key.
        problem: why it does not count: "is not signed"; "" when it does, or when it is only in the ledger, where nothing
            is signed.
    """

    state: State
    by: str
    at: str
    note: str = ""
    expires: str = ""
    subject: Subject = field(default=Subject(""))
    signer: str = ""
    key: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """A person's wish that another person looks.

    Attributes:
        id: of the request's statement.
        subject: what is to be reviewed.
        reasons: why, a sentence each: the messages of findings and triggers.
        requester: who asked.
        at: when.
        note: what the requester wrote.
        authors: for whom an AI wrote the lines, as far as recorded.
        origins: of the lines, as far as recorded: "agent model session", one each.
        repository: the hash of the repository's first commit.
        assigned: who is to look, by the last word on it.
        comments: what people wrote about it, oldest first.
        decisions: all of them, oldest first, also those that do not count.
    """

    id: str
    subject: Subject
    reasons: tuple[str, ...]
    requester: str
    at: str
    note: str
    authors: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    repository: str = ""
    assigned: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def decision(self) -> Decision | None:
        """The last one without a problem; None while there is none."""
        return next((one for one in reversed(self.decisions) if not one.problem), None)

    @property
    def state(self) -> State:
        """How far it has come."""
        return self.decision.state if self.decision else State.REQUESTED

    @property
    def covered(self) -> Subject:
        """What the last decision is about, which may list more findings than the request; else what the request is."""
        return self.decision.subject if self.decision else self.subject


def standing(
    found: ReviewRequest,
    place: Callable[[Subject], Place],
    *,
    now: datetime,
    unsigned: bool = False,
    days: int = 0,
    fingerprint: str = "",
) -> Standing:
    """What a review is worth now, for all that it is about or for one finding. Pure.

    The last decision that counts holds: one without a problem that bears a signature, or a withdrawal, which only
    takes away. One without a signature counts where the policy says so.

    Args:
        found: the review.
        place: tells where a subject stands now, as `subject.find` does.
        now: when; decisions expire.
        unsigned: whether decisions that bear no signature count.
        days: how long a decision holds; 0 for as long as the text stays.
        fingerprint: the finding; then only decisions that list it count. "" for all.
    """
    about = [
        one
        for one in found.decisions
        if not fingerprint
        or one.state is State.WITHDRAWN
        or fingerprint in one.subject.fingerprints
    ]
    counted = [one for one in about if not _objection(one, unsigned=unsigned)]
    if not counted:
        return _undecided(found, place, about, unsigned=unsigned)
    last = counted[-1]

    def worth(status: Status, why: str = "") -> Standing:
        return Standing(status, found.id, display_name(last.by), why, bool(last.signer))

    if last.state is State.WITHDRAWN:
        return worth(Status.WITHDRAWN, "it was withdrawn")
    if _is_over(last, now, days):
        return worth(Status.EXPIRED, f"it held until {_until(last, days)[:10]}")
    there = place(last.subject)
    if there.lines is None:
        return worth(Status.STALE, there.why)
    if last.state is State.REJECTED:
        return worth(Status.REJECTED, last.note)
    return worth(Status.APPROVED)


def _undecided(
    found: ReviewRequest,
    place: Callable[[Subject], Place],
    about: Sequence[Decision],
    *,
    unsigned: bool,
) -> Standing:
    if about:
        why = _objection(about[-1], unsigned=unsigned)
        return Standing(Status.INVALID, found.id, display_name(about[-1].by), why)
    who, there = display_name(found.requester), place(found.subject)
    if there.lines is None:
        return Standing(Status.STALE, found.id, who, there.why)
    return Standing(Status.PENDING, found.id, who, "nobody has decided yet")


def _objection(decision: Decision, *, unsigned: bool) -> str:
    """Why a decision does not count; "" when it does."""
    if decision.problem or decision.signer or decision.state is State.WITHDRAWN or unsigned:
        return decision.problem
    return "is not signed"


def _until(decision: Decision, days: int) -> str:
    """Until when it holds; "" for as long as the text stays.

    What is dated so that nobody can count from it holds no longer than it says itself.
    """
    ends = [decision.expires] if decision.expires else []
    if days:
        try:
            at = datetime.fromisoformat(decision.at)
            ends.append(ledger.timestamp(at + timedelta(days=days)))
        except (ValueError, OverflowError):
            ends.append(decision.at)
    return min(ends, default="")


def _is_over(decision: Decision, now: datetime, days: int) -> bool:
    until = _until(decision, days)
    return bool(until) and until < ledger.timestamp(now)


def approved(requests: Iterable[ReviewRequest], *, unsigned: bool = True) -> frozenset[str]:
    """The packages, by their URLs, on which the last decision that counts was to approve."""
    last: dict[str, Decision] = {}
    for found in requests:
        for one in found.decisions if found.subject.package else ():
            purl = found.subject.package
            counts = one.subject.package == purl and not _objection(one, unsigned=unsigned)
            if counts and (purl not in last or last[purl].at <= one.at):
                last[purl] = one
    return frozenset(purl for purl, one in last.items() if one.state is State.APPROVED)


def display_name(actor: str) -> str:
    """How a person is shown: "Ada <a@b>" is Ada; an actor without a name as the ledger has them."""
    return actor.partition("<")[0].strip() or actor
