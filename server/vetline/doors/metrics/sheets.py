"""The figures as text for people, as Markdown, as a table and as JSON."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size

from vetline.doors.audit.exporting import harmless
from vetline.formats import json_text, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vetline.figures import Value
    from vetline.formats import Screen
    from vetline.metrics import Alarm, Measured, Sheet

VERSION = 1  # of the JSON
_TOPS = 5  # rules that people are shown
_WORDS = {"met": "ok", "missed": "missed", "alert": "ALERT", "unknown": "too little", "": ""}
_STYLES = {"met": "pass", "missed": "warn", "alert": "block", "unknown": "dim", "": "dim"}
_HEAD = ("figure", "value", "before", "target", "", "of")


def as_text(sheet: Sheet, screen: Screen) -> str:
    """A row a figure, what jumped, what was found most, and what is to be known of the ledger."""
    span = sheet.period
    rows = [_HEAD, *map(_row, sheet.measured)]
    sizes = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    lines = [screen.paint(f"{span.first} to {span.last}", "bold"), _aligned(rows[0], sizes)]
    for one, row in zip(sheet.measured, rows[1:], strict=True):
        cells = [set_cell_size(cell, size) for cell, size in zip(row, sizes, strict=True)]
        cells[4] = screen.paint(cells[4], _STYLES[one.standing])
        lines.append("  ".join(cells).rstrip())
    lines += _more(sheet)
    return "".join(f"{line}\n" for line in lines)


def _aligned(row: Sequence[str], sizes: Sequence[int]) -> str:
    return "  ".join(map(set_cell_size, row, sizes)).rstrip()


def _row(one: Measured) -> tuple[str, ...]:
    unit = one.figure.unit
    before = unit.said(one.before.value) if one.before else ""
    target = one.aim.replace("≥", ">=").replace("≤", "<=")
    number = "" if one.figure.stands else f"{one.value.samples:,}"
    return (
        one.figure.name,
        unit.said(one.value.value),
        before,
        target,
        _WORDS[one.standing],
        number,
    )


def _more(sheet: Sheet) -> Iterator[str]:
    for alarm in sheet.alarms:
        yield ""
        yield f"ALERT {_jumped(alarm)}"
    if sheet.tops:
        yield ""
        yield "Found most"
        for rule, severity, number in sheet.tops[:_TOPS]:
            yield f"{number:>6}  {visible(severity):<8}  {visible(rule)}"
    if sheet.notes:
        yield ""
        yield from map(visible, sheet.notes)


def _jumped(alarm: Alarm) -> str:
    """What jumped, in a sentence."""
    who = visible(" ".join(filter(None, alarm.author)) or "an AI that is not known")
    rate, usual = alarm.jump.rate * 1000, alarm.jump.usual * 1000
    return f"{who}: {rate:.1f} findings in 1,000 lines in the last 7 days, {usual:.1f} in the weeks before"


def as_markdown(sheet: Sheet) -> str:
    """The same as Markdown, for a report or a job's summary."""
    span = sheet.period
    lines = [f"# Metrics, {span.first} to {span.last}", ""]
    lines += [f"> {_plain(note)}\n" for note in sheet.notes]
    lines += ["| figure | value | before | target | | of |", "|---|---:|---:|---:|---|---:|"]
    for one in sheet.measured:
        _, *rest = _row(one)
        lines.append(f"| {' | '.join([one.figure.title, *rest])} |")
    if sheet.alarms:
        lines += ["", "## What jumped", ""]
        lines += [f"- {_plain(_jumped(alarm))}" for alarm in sheet.alarms]
    if sheet.tops:
        lines += ["", "## Found most", "", "| rule | severity | findings |", "|---|---|---:|"]
        lines += [f"| {_plain(r)} | {_plain(s)} | {n} |" for r, s, n in sheet.tops[: 2 * _TOPS]]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """A text that Markdown and HTML in it take for no more than a text."""
    marks = "\\`*_{}[]()<>#+!|~&"
    return "".join(f"&#{ord(char)};" if char in marks else char for char in visible(text))


def as_csv(sheet: Sheet) -> str:
    """A row a figure and a row a part of it, as RFC 4180 has tables; no cell is a formula."""
    out = io.StringIO()
    rows = csv.writer(out)
    head = (
        "figure",
        "part",
        "value",
        "unit",
        "samples",
        "before",
        "target",
        "alert",
        "floor",
        "standing",
    )
    rows.writerow((*head, "since", "until"))
    span = (sheet.period.first, sheet.period.last)
    for one in sheet.measured:
        figure, value = one.figure, one.value
        before = one.before.value if one.before else None
        told = (figure.unit, value.samples, before, one.target, one.alert, one.floor, one.standing)
        rows.writerow(_cells(figure.name, "", value.value, *told, *span))
        for part, number in value.parts.items():
            rows.writerow(_cells(figure.name, part, number, *[""] * len(told), *span))
    return out.getvalue()


def _cells(*cells: object) -> Iterable[object]:
    for cell in cells:
        if isinstance(cell, (int, float)):
            yield _number(cell)
        else:
            yield "" if cell is None else harmless(cell)


def as_json(sheet: Sheet) -> str:
    """All of it, for programs (docs/metrics.md)."""
    span = sheet.period
    data = {
        "version": VERSION,
        "since": span.first,
        "until": span.last,
        "at": span.now,
        "events": span.book.events,
        "invented": span.book.invented,
        "notes": sheet.notes,
        "alert": sheet.alarming,
        "figures": [measured_json(one) for one in sheet.measured],
        "anomalies": [
            {
                "agent": alarm.author.agent,
                "model": alarm.author.model,
                "per_1000": round(alarm.jump.rate * 1000, 3),
                "usual_per_1000": round(alarm.jump.usual * 1000, 3),
                "score": round(alarm.jump.score, 2),
            }
            for alarm in sheet.alarms
        ],
        "found_most": [
            {"rule": rule, "severity": severity, "findings": number}
            for rule, severity, number in sheet.tops
        ],
    }
    return json_text(data, 2)


def measured_json(one: Measured) -> dict[str, Any]:
    """A figure as JSON; null for what there is none of."""
    return {
        "name": one.figure.name,
        "title": one.figure.title,
        "unit": str(one.figure.unit),
        **_value_json(one.value),
        "before": one.before and _value_json(one.before),
        "better": str(one.figure.better),
        "target": one.target,
        "alert": one.alert,
        "floor": one.floor,
        "standing": one.standing or None,
    }


def _value_json(value: Value) -> dict[str, Any]:
    parts = {name: _number(number) for name, number in value.parts.items()}
    return {"value": _number(value.value), "samples": value.samples, "parts": parts}


def _number(value: float | None) -> float | None:
    """A number as it is written: whole where it is, else to six digits behind the point."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value.is_integer() else round(value, 6)
