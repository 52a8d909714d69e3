"""How often an agent was told no before it wrote."""

from __future__ import annotations

from collections import Counter

from vetline.figures import Figure, Period, Unit, Value, each, share
from vetline.ledger import Kind

_KINDS = (Kind.EDIT_DENIED, Kind.EDIT_REPORTED, Kind.PROMPT_DENIED, Kind.PROMPT_SUBMITTED)


def _compute(period: Period) -> Value:
    told: Counter[str] = Counter()
    for _, day in period.days():
        told.update({kind: day.kinds[kind] for kind in _KINDS})
    refused, edits = told[Kind.EDIT_DENIED], told[Kind.EDIT_DENIED] + told[Kind.EDIT_REPORTED]
    parts = {"edits": refused, "prompts": told[Kind.PROMPT_DENIED]}
    return Value(share(refused, edits), edits, parts)


FIGURE = Figure(
    title="Refused edits",
    about="How often an agent's edit was refused before it was written.",
    how="The refused edits, divided by these and the reported ones. Parts: the edits and the prompts that were refused.",
    unit=Unit.SHARE,
    kinds=_KINDS,
    compute=_compute,
    trace=each(*_KINDS, role=lambda event: event.kind),
    waits="set up agents' hooks with `vetline install-hooks`, and `hook.block`",
)
