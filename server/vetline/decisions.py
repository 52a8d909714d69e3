"""What people decided about a finding, with a comment or in a review: in words and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline.gate import Silence, silence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vetline.gate import Policy, Sighting

_SILENCES = {
    "pending": "waiting for a person's approval",
    "expired": "expired",
    "undated": "without a near enough date",
    "critical": "of something critical",
}
_UNSETTLED = {
    Silence.PENDING: "its suppression waits for a person's approval",
    Silence.EXPIRED: "its suppression has expired",
    Silence.UNDATED: 'its suppression needs a nearer expires="…"',
    Silence.CRITICAL: "no comment silences what is critical",
}


def words(sighting: Sighting, policy: Policy) -> list[str]:
    """Why its suppression does not count, and what its review is worth: a clause each, not fit for a screen yet."""
    worth = silence(sighting, policy)
    said = [_UNSETTLED[worth]] if worth in _UNSETTLED else []
    if review := sighting.review:
        what = f"review {review.review} {review.status}"
        said.append(f"{what}: {review.why}" if review.why else what)
    return said


def unsettled(numbers: Mapping[str, int]) -> str:
    """How many comments silence nothing, and why, by `Silence`; "" when each does."""
    some = [f"{numbers[kind]} {said}" for kind, said in _SILENCES.items() if numbers.get(kind)]
    return f"suppressions that do not count: {', '.join(some)}" if some else ""


def review_data(sighting: Sighting) -> dict[str, Any] | None:
    """What a person's review of a finding is worth, as the JSON contract has it; None when nobody asked for one."""
    said = sighting.review
    if said is None:
        return None
    return {
        "id": said.review,
        "status": str(said.status),
        "by": said.by,
        "why": said.why,
        "signed": said.signed,
    }


def suppression_data(sighting: Sighting, policy: Policy) -> dict[str, str] | None:
    """The comment that silences a finding, or would, as the JSON contract has it; None when there is none."""
    comment, worth = sighting.finding.suppression, silence(sighting, policy)
    if comment is None or worth is None:
        return None
    told = {"kind": comment.kind, "state": str(worth), "reason": comment.reason}
    return told | {"owner": comment.owner, "expires": comment.expires}
