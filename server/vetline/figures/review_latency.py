"""How long a person waits for a review."""

from __future__ import annotations

from vetline.chronicle import Told, request_of, seconds
from vetline.figures import Better, Figure, Period, Unit, Value, ended, known, median, tail
from vetline.ledger import Kind

_DECISIONS = (Kind.REVIEW_APPROVED, Kind.REVIEW_REJECTED)


def _compute(period: Period) -> Value:
    times = [one for _, day in period.days() for one in day.decided if one >= 0]
    return Value(median(times), len(times), known({"p90": tail(times)}))


def _role(began: Told, event: Told) -> str:
    passed = seconds(began.at, event.at)
    if event.kind == Kind.REVIEW_WITHDRAWN or passed < 0:
        return ""
    return f"{event.kind.rpartition('.')[2]} after {Unit.SECONDS.said(passed)}"


FIGURE = Figure(
    title="Review latency",
    about="How long it takes from when a review is asked for until somebody decides.",
    how=(
        "The median of the time from a `review.requested` to the first decision on it, of those decided in the period. What was "
        "withdrawn does not count, nor a decision dated before its request. Parts: the 90th percentile."
    ),
    unit=Unit.SECONDS,
    kinds=(Kind.REVIEW_REQUESTED, *_DECISIONS, Kind.REVIEW_WITHDRAWN),
    compute=_compute,
    trace=ended(
        Kind.REVIEW_REQUESTED,
        *_DECISIONS,
        Kind.REVIEW_WITHDRAWN,
        key=request_of,
        role=_role,
        place=False,
    ),
    better=Better.LOWER,
    waits="reviews are asked for with `vetline review request` or in an editor",
)
