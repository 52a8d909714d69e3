"""The share of changes that need a person's eye."""

from __future__ import annotations

from vetline.chronicle import Told, change_of, escalated_of, word
from vetline.figures import Better, Figure, Period, Unit, Value, last, share
from vetline.ledger import Kind


def _compute(period: Period) -> Value:
    changes = [one for _, day in period.days() for one in day.changes.values() if one.compared]
    found = [one.escalated for one in changes]
    escalated = sum(map(bool, found))
    return Value(
        share(escalated, len(found)), len(found), {"changes": escalated, "places": sum(found)}
    )


def _role(event: Told) -> str:
    if not word(event.payload, "base"):
        return ""
    number = escalated_of(event)
    return f"{number} to look at" if number else "nothing to look at"


FIGURE = Figure(
    title="Escalation rate",
    about="How often a change holds something sensitive in an AI's lines that a person has to look at.",
    how=(
        "Of each day and each change the last verdict that compares with another commit counts. The changes in which a trigger "
        "is shown, or was and is approved, divided by all. Parts: these changes, and the places in them. Where hardly any is shown the "
        "triggers may be switched off or the authors unknown, so a rate can be too low, too."
    ),
    unit=Unit.SHARE,
    kinds=(Kind.GATE_JUDGED,),
    compute=_compute,
    trace=last(Kind.GATE_JUDGED, key=change_of, role=_role),
    better=Better.LOWER,
    target=0.15,
    alert=0.15,
    floor=0.05,
    waits="run `vetline check --gate` on merge requests: it compares with the commit they branched off from",
)
