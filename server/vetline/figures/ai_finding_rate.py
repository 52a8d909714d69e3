"""How many findings come with the lines that AIs write, by agent and model."""

from __future__ import annotations

from collections import Counter

from vetline.chronicle import AI, Told, label_of, lines_of
from vetline.figures import Better, Figure, Period, Unit, Value, each, known, share
from vetline.ledger import Kind

_PER = 1000


def _compute(period: Period) -> Value:
    lines: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for _, day in period.days():
        for author, number in day.written.items():
            lines[" ".join(filter(None, author))] += number
        for label, number in day.opened.items():
            if label.whose in AI:
                found[" ".join(filter(None, (label.agent, label.model)))] += number
    rates = {
        who or "not told": share(found[who] * _PER, lines[who]) for who in sorted(lines | found)
    }
    return Value(share(found.total() * _PER, lines.total()), lines.total(), known(rates))


def _role(event: Told) -> str:
    if event.kind == Kind.FINDING_OPENED:
        return "finding" if label_of(event).whose in AI else ""
    number = lines_of(event)
    return f"{number} lines" if number else ""


FIGURE = Figure(
    title="Findings per 1,000 lines that AIs write",
    about="How often what an AI writes has a finding, by agent and model.",
    how=(
        "The findings opened in the period in lines of an AI (`ai`, `mixed`, `suspect_ai`), times 1,000, divided by the lines "
        "that agents' hooks and editors reported in it; lines that both report are in it twice. Parts: the same by agent and model."
    ),
    unit=Unit.PER_THOUSAND,
    # An end tells that the same finding may begin again.
    kinds=(Kind.INSERTION, Kind.EDIT_REPORTED, Kind.FINDING_OPENED, Kind.FINDING_CLOSED),
    compute=_compute,
    trace=each(Kind.INSERTION, Kind.EDIT_REPORTED, Kind.FINDING_OPENED, role=_role),
    better=Better.LOWER,
    waits="set up agents' hooks with `vetline install-hooks`",
)
