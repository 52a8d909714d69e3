"""How many findings stand in AI's lines, against everybody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.chronicle import AI, label_of, word
from vetline.figures import Better, Figure, Period, Unit, Value, known, newest, share, standing
from vetline.ledger import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline.figures import Traced
    from vetline.ledger import AuditEvent

_PER = 1000
_open = standing(
    Kind.FINDING_OPENED,
    Kind.FINDING_CLOSED,
    key=lambda event: word(event.payload, "fingerprint"),
)


def _compute(period: Period) -> Value:
    census = period.census()
    if census is None:
        return Value(None)

    def rate(*states: str) -> float | None:
        lines = sum(census.lines.get(state, 0) for state in states)
        return share(sum(census.open.get(state, 0) for state in states) * _PER, lines)

    parts = {"human": rate("human"), "unknown": rate("unknown")}
    for author, lines in sorted(census.authors.items()):
        name = " ".join(author.split("\n")).strip() or "not told"
        parts[name] = share(census.found.get(author, 0) * _PER, lines)
    return Value(rate(*AI), sum(census.lines.get(state, 0) for state in AI), known(parts))


def _trace(events: Iterable[AuditEvent], period: Period) -> Traced:
    """The last count in the period, and before it the findings that were open then."""
    every = list(events)
    counted = newest(every, Kind.LINES_COUNTED, period)
    if counted is None:
        return
    for event, _ in _open(every[: every.index(counted)], period):
        yield event, f"open in a line of: {label_of(event).whose}"
    yield counted, "count"


FIGURE = Figure(
    title="Findings per 1,000 lines, AI against others",
    about="How many open findings there are in 1,000 lines that an AI wrote, and in 1,000 others.",
    how=(
        "At the last count of lines in the period: the findings that were open then in lines of an AI (`ai`, `mixed`, `suspect_ai`), "
        "times 1,000, divided by these lines. Parts: the same of lines that a person wrote, of lines of which nobody knows, and "
        "by agent and model. Blank lines do not count."
    ),
    unit=Unit.PER_THOUSAND,
    kinds=(Kind.LINES_COUNTED, Kind.FINDING_OPENED, Kind.FINDING_CLOSED),
    compute=_compute,
    trace=_trace,
    better=Better.LOWER,
    waits="count lines with `vetline metrics --count`, say each night",
)
