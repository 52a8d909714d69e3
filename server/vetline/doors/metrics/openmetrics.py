"""The figures in OpenMetrics' text format, for Prometheus and its like.

Format: https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md. All are gauges without a time: what
scrapes or reads the file says when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.figures import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vetline.metrics import Measured, Sheet

    Samples = Iterable[tuple[Mapping[str, str], float]]

# What a family's name ends with; OpenMetrics wants base units, and shares as ratios.
_UNITS = {Unit.SHARE: "ratio", Unit.SECONDS: "seconds"}


def rendered(sheet: Sheet) -> str:
    """A sheet as one exposition."""
    lines: list[str] = []
    for one in sheet.measured:
        lines += _figure(one)
    told = [(one, {"figure": one.figure.name}) for one in sheet.measured]
    samples = [(label, one.value.samples) for one, label in told]
    lines += _family("vetline_samples", "From how many observations a figure is.", samples)
    targets = [(label, one.target) for one, label in told if one.target is not None]
    lines += _family("vetline_target", "What a figure should be at least or at most.", targets)
    bounds = [(label, one.alert) for one, label in told if one.alert is not None]
    lines += _family("vetline_alert_bound", "From where on a figure needs a look.", bounds)
    floors = [(label, one.floor) for one, label in told if one.floor is not None]
    lines += _family("vetline_alert_floor", "Below what a figure needs a look, too.", floors)
    alerts = [(label, one.standing == "alert") for one, label in told if one.standing]
    lines += _family("vetline_alert", "1 where a figure needs a look.", alerts)
    jumps = [
        ({"agent": alarm.author.agent, "model": alarm.author.model}, alarm.jump.score)
        for alarm in sheet.alarms
    ]
    about = "How far the findings of an agent and a model jumped, in deviations."
    lines += _family("vetline_anomaly_score", about, jumps)
    book = sheet.period.book
    lines += _family("vetline_ledger_events", "Events in the ledger.", [({}, book.events)])
    about = "1 where the ledger is one of `vetline demo`."
    lines += _family("vetline_ledger_invented", about, [({}, book.invented)])
    return "".join(f"{line}\n" for line in [*lines, "# EOF"])


def _figure(one: Measured) -> Iterator[str]:
    base = f"vetline_{one.figure.name.replace('-', '_')}"
    unit = _UNITS.get(one.figure.unit, "")
    name = f"{base}_{unit}" if unit else base
    if one.value.value is not None:
        yield from _family(name, one.figure.about, [({}, one.value.value)], unit)
    parts = [({"part": part}, number) for part, number in one.value.parts.items()]
    yield from _family(f"{base}_part", f"Parts of: {one.figure.about}", parts)


def _family(name: str, about: str, samples: Samples, unit: str = "") -> Iterator[str]:
    samples = list(samples)
    if not samples:
        return
    yield f"# TYPE {name} gauge"
    if unit:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {_escaped(about)}"
    for labels, value in samples:
        told = ",".join(f'{key}="{_escaped(word)}"' for key, word in labels.items())
        yield f"{name}{{{told}}} {float(value):.12g}" if told else f"{name} {float(value):.12g}"


def _escaped(text: str) -> str:
    """A text as a label or a help has it, without half characters."""
    whole = text.encode("utf-8", "replace").decode()
    return whole.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
