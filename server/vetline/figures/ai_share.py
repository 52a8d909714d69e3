"""How much of the code AIs wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.chronicle import AI
from vetline.figures import Figure, Period, Unit, Value, newest, share
from vetline.ledger import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline.figures import Traced
    from vetline.ledger import AuditEvent


def _compute(period: Period) -> Value:
    census = period.census()
    if census is None:
        return Value(None)
    total = sum(census.lines.values())
    return Value(share(sum(census.lines.get(one, 0) for one in AI), total), total, census.lines)


def _trace(events: Iterable[AuditEvent], period: Period) -> Traced:
    if (counted := newest(events, Kind.LINES_COUNTED, period)) is not None:
        yield counted, "count"


FIGURE = Figure(
    title="Share of AI lines",
    about="How much of the code that is there an AI wrote, as far as that is known.",
    how=(
        "At the last count of lines in the period: those of an AI (`ai`, `mixed`, `suspect_ai`), divided by all. Blank lines do not "
        "count. Parts: the lines by what they are."
    ),
    unit=Unit.SHARE,
    kinds=(Kind.LINES_COUNTED,),
    compute=_compute,
    trace=_trace,
    waits="count lines with `vetline metrics --count`, say each night",
)
