"""How many of the lines that AIs wrote are still there after thirty days."""

from __future__ import annotations

from vetline.figures import Figure, Period, Unit, Value, each, share
from vetline.ledger import Kind


def _compute(period: Period) -> Value:
    aged = [one for one in period.book.cohorts.values() if one.first and period.has(one.counted)]
    written, left = sum(one.first for one in aged), sum(one.last for one in aged)
    return Value(share(left, written), written, {"written": written, "left": left})


FIGURE = Figure(
    title="AI lines that survive 30 days",
    about="How many of the lines that AIs wrote on a day are still there thirty days later.",
    how=(
        "The lines that AIs wrote on one day go together. Their number is the largest that a count of the first seven days "
        "finds, what is left what the first count after thirty days finds. Of the days whose second count lies in the period "
        "the lines left, divided by those written. Parts: both numbers."
    ),
    unit=Unit.SHARE,
    kinds=(Kind.LINES_COUNTED,),
    compute=_compute,
    trace=each(Kind.LINES_COUNTED, role=lambda _: "count"),
    waits="count lines with `vetline metrics --count` each night, for over thirty days",
)
