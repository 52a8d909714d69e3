"""How many findings are open."""

from __future__ import annotations

from collections import Counter

from vetline.chronicle import Told, word
from vetline.figures import Better, Figure, Period, Unit, Value, standing
from vetline.ledger import Kind


def _compute(period: Period) -> Value:
    found = Counter(one.label.severity for one in period.book.open.values())
    return Value(found.total(), found.total(), found)


def _mark(event: Told) -> str:
    return word(event.payload, "fingerprint")


FIGURE = Figure(
    title="Open findings",
    about="How many findings are in the code.",
    how="The findings that were opened and not closed, now, whenever that was. Parts: how many of each severity.",
    unit=Unit.COUNT,
    kinds=(Kind.FINDING_OPENED, Kind.FINDING_CLOSED),
    compute=_compute,
    trace=standing(Kind.FINDING_OPENED, Kind.FINDING_CLOSED, key=_mark),
    better=Better.LOWER,
    stands=True,
)
