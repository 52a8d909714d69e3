"""How many critical and high findings a change brings."""

from __future__ import annotations

from vetline.chronicle import Told, change_of, severe_of, word
from vetline.figures import Better, Figure, Period, Unit, Value, last, share
from vetline.ledger import Kind


def _compute(period: Period) -> Value:
    changes = (one for _, day in period.days() for one in day.changes.values())
    found = [one.severe for one in changes if one.compared and one.severe is not None]
    return Value(
        share(sum(found), len(found)),
        len(found),
        {"findings": sum(found), "changes with any": sum(map(bool, found))},
    )


def _role(event: Told) -> str:
    number = severe_of(event)
    if number is None or not word(event.payload, "base"):
        return ""
    return f"{number} critical or high"


FIGURE = Figure(
    title="Critical and high findings per change",
    about="How many findings of severity critical or high a merge request brings.",
    how=(
        "Of each day and each change (the merge request where the CI names one, else the commit) the last verdict that compares "
        "with another commit counts. The critical and high findings that they show, divided by their number. Parts: the "
        "findings, and how many changes have any."
    ),
    unit=Unit.RATIO,
    kinds=(Kind.GATE_JUDGED,),
    compute=_compute,
    trace=last(Kind.GATE_JUDGED, key=change_of, role=_role),
    better=Better.LOWER,
    target=0.0,
    alert=0.0,
    waits="run `vetline check --gate` on merge requests: it compares with the commit they branched off from",
)
