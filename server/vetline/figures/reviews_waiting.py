"""How many reviews wait for a person."""

from __future__ import annotations

from vetline.chronicle import request_of, seconds
from vetline.figures import Better, Figure, Period, Unit, Value, known, median, standing
from vetline.ledger import Kind

_ENDS = (Kind.REVIEW_APPROVED, Kind.REVIEW_REJECTED, Kind.REVIEW_WITHDRAWN)


def _compute(period: Period) -> Value:
    waiting = period.book.waiting
    ages = [age for at in waiting.values() if (age := seconds(at, period.now)) >= 0]
    parts = {"median age": median(ages), "oldest": max(ages, default=None)}
    return Value(len(waiting), len(waiting), known(parts))


FIGURE = Figure(
    title="Reviews that wait",
    about="How many requests for a review nobody has decided yet.",
    how=(
        "The requests with neither a decision nor a withdrawal, now, whenever they were made; any decision ends it, also one that does not count. Parts, in seconds: the median of "
        "their ages, and the oldest."
    ),
    unit=Unit.COUNT,
    kinds=(Kind.REVIEW_REQUESTED, *_ENDS),
    compute=_compute,
    trace=standing(Kind.REVIEW_REQUESTED, *_ENDS, key=request_of, place=False),
    better=Better.LOWER,
    stands=True,
    ages=("median age", "oldest"),
)
