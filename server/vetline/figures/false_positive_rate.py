"""The share of findings that people decided are none."""

from __future__ import annotations

from vetline.chronicle import Told, word
from vetline.figures import Better, Figure, Period, Unit, Value, ended, share
from vetline.ledger import Kind

_DISMISSED = ("suppressed", "approved")


def _compute(period: Period) -> Value:
    why = [one.why for _, day in period.days() for one in day.closed]
    told = {name: why.count(name) for name in (*_DISMISSED, "gone")}
    dismissed = told["suppressed"] + told["approved"]
    return Value(share(dismissed, len(why)), len(why), told)


def _mark(event: Told) -> str:
    return word(event.payload, "fingerprint")


def _role(_: Told, event: Told) -> str:
    return word(event.payload, "why") or "not told why"


FIGURE = Figure(
    title="False-positive rate",
    about="How often people say of a finding that the code may stay as it is.",
    how=(
        "Of the findings that ended in the period those with an accepted suppression or an approved review, divided by all. "
        "It is people's word: who suppresses what is true raises it. Parts: how many were suppressed, were approved, are gone."
    ),
    unit=Unit.SHARE,
    kinds=(Kind.FINDING_OPENED, Kind.FINDING_CLOSED),
    compute=_compute,
    trace=ended(Kind.FINDING_OPENED, Kind.FINDING_CLOSED, key=_mark, role=_role),
    better=Better.LOWER,
    target=0.10,
    alert=0.25,
    waits="findings are recorded by `vetline check` and by editors when a file is saved",
)
