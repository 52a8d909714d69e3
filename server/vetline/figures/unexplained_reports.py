"""How often an agent's report explains nothing in the file."""

from __future__ import annotations

from vetline.figures import Better, Figure, Period, Unit, Value, each, share
from vetline.ledger import Kind

_KINDS = (Kind.EDIT_REPORTED, Kind.CLAIM_UNMATCHED)


def _compute(period: Period) -> Value:
    reported = sum(day.kinds[Kind.EDIT_REPORTED] for _, day in period.days())
    unmatched = sum(day.kinds[Kind.CLAIM_UNMATCHED] for _, day in period.days())
    return Value(share(unmatched, max(reported, unmatched)), reported, {"reports": unmatched})


FIGURE = Figure(
    title="Reports that explain nothing",
    about="How often what an agent says it wrote was not found in the file, so that lines may be missing an author.",
    how=(
        "The reports whose text was not found for five minutes, divided by all reports of edits. Parts: how many they are."
    ),
    unit=Unit.SHARE,
    kinds=_KINDS,
    compute=_compute,
    trace=each(*_KINDS, role=lambda event: event.kind),
    better=Better.LOWER,
    waits="set up agents' hooks with `vetline install-hooks`",
)
