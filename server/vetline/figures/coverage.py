"""How much of what was to be checked could be."""

from __future__ import annotations

from vetline.chronicle import Told, change_of, count
from vetline.figures import Better, Figure, Period, Unit, Value, last, share
from vetline.ledger import Kind


def _compute(period: Period) -> Value:
    changes = [one for _, day in period.days() for one in day.changes.values()]
    files, unchecked = sum(one.files for one in changes), sum(one.unchecked for one in changes)
    whole = sum(not one.unchecked for one in changes)
    parts = {"files": files, "not checked": unchecked, "changes checked whole": whole}
    return Value(share(files, files + unchecked), len(changes), parts if changes else {})


def _role(event: Told) -> str:
    return f"{count(event.payload, 'failures')} not checked"


FIGURE = Figure(
    title="Coverage",
    about="How much of what was to be checked could be checked.",
    how=(
        "Of each day and each change the last verdict counts: the files looked at, divided by these and the things that could not "
        "be checked. Parts: both numbers, and how many changes were checked whole."
    ),
    unit=Unit.SHARE,
    kinds=(Kind.GATE_JUDGED,),
    compute=_compute,
    trace=last(Kind.GATE_JUDGED, key=change_of, role=_role),
    better=Better.HIGHER,
    waits="run `vetline check --gate` on commits, as the templates of `vetline init` do",
)
