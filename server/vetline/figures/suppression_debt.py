"""How many comments silence a finding."""

from __future__ import annotations

from collections import Counter

from vetline.chronicle import Told, seconds, word
from vetline.figures import Better, Figure, Period, Unit, Value, standing
from vetline.ledger import Kind

_OLD = 90 * 86_400  # seconds


def _compute(period: Period) -> Value:
    silenced = period.book.silenced.values()
    today = period.now[:10]
    parts = {
        "without an end": sum(not one.expires for one in silenced),
        "past their end": sum(bool(one.expires) and one.expires < today for one in silenced),
        "older than 90 days": sum(seconds(one.at, period.now) > _OLD for one in silenced),
        **Counter(f"by {one.kind}" for one in silenced if one.kind),
    }
    return Value(len(silenced), len(silenced), parts)


def _mark(event: Told) -> str:
    return word(event.payload, "mark")


FIGURE = Figure(
    title="Suppression debt",
    about="How many findings are silenced instead of mended.",
    how=(
        "The suppressions that a look saw and no later look found gone, now, whenever they were made. Parts: those without an "
        "`expires`, those past it, those known for over 90 days, and how many of each kind."
    ),
    unit=Unit.COUNT,
    kinds=(Kind.SUPPRESSION, Kind.SUPPRESSION_ENDED),
    compute=_compute,
    trace=standing(Kind.SUPPRESSION, Kind.SUPPRESSION_ENDED, key=_mark, again=True),
    better=Better.LOWER,
    stands=True,
)
