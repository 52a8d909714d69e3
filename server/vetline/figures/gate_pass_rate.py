"""The share of changes that the gate lets pass."""

from __future__ import annotations

from vetline.chronicle import change_of, word
from vetline.figures import Better, Figure, Period, Unit, Value, last, share
from vetline.ledger import Kind


def _compute(period: Period) -> Value:
    verdicts = [one.verdict for _, day in period.days() for one in day.changes.values()]
    told = {name: verdicts.count(name) for name in ("pass", "warn", "block")}
    passed = len(verdicts) - told["block"]
    return Value(share(passed, len(verdicts)), len(verdicts), told)


FIGURE = Figure(
    title="Gate pass rate",
    about="How often the gate lets a change pass.",
    how=(
        "Of each day and each change the last verdict counts; a change is the merge request where the CI names one, else the "
        "commit. The changes that pass or are warned of, divided by all. Verdicts on a work tree that is no commit do not "
        "count. Parts: how many passed, were warned of and were blocked."
    ),
    unit=Unit.SHARE,
    kinds=(Kind.GATE_JUDGED,),
    compute=_compute,
    trace=last(Kind.GATE_JUDGED, key=change_of, role=lambda event: word(event.payload, "verdict")),
    better=Better.HIGHER,
    target=0.95,
    alert=0.90,
    waits="run `vetline check --gate` on commits, as the templates of `vetline init` do",
)
