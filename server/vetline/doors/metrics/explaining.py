"""What a figure is, and the very events that it counts."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from vetline import stores
from vetline.doors.audit import telling
from vetline.doors.metrics.sheets import measured_json
from vetline.formats import json_text, number, visible

if TYPE_CHECKING:
    from vetline.figures import Period
    from vetline.formats import Screen
    from vetline.metrics import Measured
    from vetline.stores import Location

VERSION = 1  # of the JSON
_SHOWN = 20  # events on a screen


def told(one: Measured, period: Period, location: Location, form: str, screen: Screen) -> str:
    """A figure explained, as text or as JSON.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    figure = one.figure
    events = list(figure.trace(stores.stream(location, figure.kinds), period))
    if form == "json":
        rows = [{**telling.as_data(event), "counts_as": role} for event, role in events]
        return json_text(
            {
                "version": VERSION,
                "since": None if figure.stands else period.first,
                "until": period.last,
                **measured_json(one),
                "about": figure.about,
                "how": figure.how,
                "kinds": [str(kind) for kind in figure.kinds],
                "events": rows,
            },
            2,
        )
    unit = figure.unit
    lines = [screen.paint(f"{figure.title}: {unit.said(one.value.value)}", "bold"), figure.about]
    lines += wrap(f"{figure.how} Events: {', '.join(figure.kinds)}.", max(screen.width, 40))
    if one.target is not None or one.alert is not None:
        low = f" and below {unit.said(one.floor)}" if one.floor is not None else ""
        lines.append(f"Target {unit.said(one.target)}, alert from {unit.said(one.alert)}{low}.")
    for part, value in one.value.parts.items():
        lines.append(f"  {visible(part)}: {figure.part(part, value)}")
    when = "up to now" if figure.stands else f"from {period.first} to {period.last}"
    lines.append(screen.paint(f"{number(len(events), 'event')} {when}", "bold"))
    if not events and figure.waits:
        lines.append(f"To have some: {figure.waits}.")
    for event, role in events[: -_SHOWN - 1 : -1]:
        row = telling.table([event], screen, 0).rstrip("\n")
        lines.append(f"{visible(role)}  {row}")
    if len(events) > _SHOWN:
        lines.append(f"and {len(events) - _SHOWN:,} older: --output-format json has all")
    return "".join(f"{line}\n" for line in lines)
