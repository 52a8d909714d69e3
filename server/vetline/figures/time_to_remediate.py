"""How long a finding stays in the code."""

from __future__ import annotations

from vetline.chronicle import Told, seconds, word
from vetline.figures import Better, Figure, Period, Unit, Value, ended, known, median, tail
from vetline.ledger import Kind

_SEVERITIES = ("critical", "high", "medium", "low", "info")


def _compute(period: Period) -> Value:
    ended = (one for _, day in period.days() for one in day.closed)
    mended = [one for one in ended if one.why == "gone" and one.seconds >= 0]
    times = [one.seconds for one in mended]
    parts: dict[str, float | None] = {"p90": tail(times)}
    for severity in _SEVERITIES:
        parts[severity] = median([one.seconds for one in mended if one.severity == severity])
    return Value(median(times), len(times), known(parts))


def _mark(event: Told) -> str:
    return word(event.payload, "fingerprint")


def _role(began: Told, event: Told) -> str:
    passed = seconds(began.at, event.at)
    if word(event.payload, "why") != "gone" or passed < 0:
        return ""
    return f"after {Unit.SECONDS.said(passed)}"


FIGURE = Figure(
    title="Time to remediate",
    about="How long it takes from when a finding is first seen until it is gone from the code.",
    how=(
        "The median of the time from a finding's `finding.opened` to its `finding.closed`, of those that ended in the period "
        "because they are gone. What was approved or suppressed was not remediated and does not count, nor does one whose end "
        "is dated before its beginning. Parts: the 90th percentile, and the median of each severity."
    ),
    unit=Unit.SECONDS,
    kinds=(Kind.FINDING_OPENED, Kind.FINDING_CLOSED),
    compute=_compute,
    trace=ended(Kind.FINDING_OPENED, Kind.FINDING_CLOSED, key=_mark, role=_role),
    better=Better.LOWER,
    target=86_400.0,
    alert=259_200.0,
    waits="findings are recorded by `vetline check` and by editors when a file is saved",
)
