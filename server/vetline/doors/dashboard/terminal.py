"""The dashboard in a terminal: what needs a look, the figures with their course, what came and went, what was found most."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from vetline.doors.dashboard import telling
from vetline.doors.dashboard.board import MONTH, WEEK, WEEKS
from vetline.formats import visible, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vetline.doors.dashboard.board import Board, Row
    from vetline.formats import Screen

_BARS = "▁▂▃▄▅▆▇█"
_STYLES = {"met": "green", "missed": "yellow", "alert": "bold red", "unknown": "dim"}
_SEVERITIES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_WIDE = 108  # columns, from which on there is room for what was before
_LEAST = 60


def rendered(board: Board, screen: Screen, encoding: str) -> str:
    """The text, which ends with a line end.

    Args:
        board: what it shows.
        screen: how wide it is, and whether it has colours.
        encoding: of the terminal; where it cannot hold the bars of a course, there are none.
    """
    out = io.StringIO()
    console = Console(
        file=out, width=max(screen.width, _LEAST), force_terminal=screen.colour, no_color=not screen.colour,
        color_system="standard" if screen.colour else None, highlight=False, markup=False, emoji=False,
        legacy_windows=False,
    )  # fmt: skip
    can_draw = _can_draw(encoding)
    span = board.month.period
    console.print(Text(f"{_plain(board.said(board.project))}: security posture", "bold"))
    console.print(
        Text(f"up to {span.last} (UTC), events in the ledger: {board.book.events:,}", "dim")
    )
    _look(console, board)
    console.print()
    console.print(_figures(board.rows, screen, can_draw=can_draw))
    _flow(console, board, can_draw=can_draw)
    if board.tops:
        console.print()
        console.print(_tops(board))
    console.print()
    console.print(
        Text("vetline metrics --explain FIGURE  lists the events that a figure came from", "dim")
    )
    lines = (line.rstrip() for line in out.getvalue().splitlines())
    return "".join(f"{line}\n" for line in lines)


def _can_draw(encoding: str) -> bool:
    try:
        (_BARS + "▲△✓").encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _look(console: Console, board: Board) -> None:
    """Alerts, then what is to be known of the ledger."""
    told = list(_alerts(board))
    console.print()
    if not told:
        said, is_known = telling.calm(board)
        console.print(Text(said, "green" if is_known else "yellow"))
    for said in told:
        console.print(Text.assemble(("ALERT ", "bold red"), _plain(said)))
    for note in telling.notes(board):
        console.print(Text(_plain(note), "dim"))


def _alerts(board: Board) -> Iterable[str]:
    for alarm in board.month.alarms:
        who = board.said(" ".join(filter(None, alarm.author))) or "an AI that is not known"
        rate, usual = alarm.jump.rate * 1000, alarm.jump.usual * 1000
        yield f"{who}: {rate:.1f} findings in 1,000 lines in the last 7 days, {usual:.1f} in the weeks before"
    for row, days, one in telling.alerting(board):
        unit = one.figure.unit
        span = "now" if row.month.figure.stands else f"in {days} days"
        yield f"{one.figure.title}: {unit.said(one.value.value)} {span}, alert {unit.said(one.past)}"


def _figures(rows: Sequence[Row], screen: Screen, *, can_draw: bool) -> Table:
    is_wide = screen.width >= _WIDE
    table = _table()
    table.add_column("figure", no_wrap=True)
    for name in (f"{WEEK} days", f"{MONTH} days", *(["before"] if is_wide else []), "target"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    if can_draw:
        table.add_column(f"{WEEKS} weeks", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row, is_wide=is_wide, can_draw=can_draw))
    return table


def _cells(row: Row, *, is_wide: bool, can_draw: bool) -> Iterable[Text]:
    one = row.month
    unit = one.figure.unit
    yield Text(one.figure.name)
    yield Text(unit.said(row.week.value.value))
    yield Text("now" if one.figure.stands else unit.said(one.value.value), "dim" if one.figure.stands else "")  # fmt: skip
    if is_wide:
        yield Text(unit.said(one.before.value) if one.before else "", "dim")
    target = one.aim
    yield Text(target if can_draw else target.replace("≤", "<=").replace("≥", ">="), "dim")
    mark, word = telling.STANDINGS.get(one.standing, ("", ""))
    yield Text(f"{mark} {word}".strip() if can_draw else word, _STYLES.get(one.standing, ""))
    if can_draw:
        yield Text(_bars([value.value for _, value in row.course]), "cyan")


def _bars(values: Sequence[float | None]) -> str:
    """A course as bars from nothing to the largest value; a point where there is none."""
    most = max((value for value in values if value is not None), default=0) or 1
    return "".join(
        "·" if value is None else _BARS[min(int(value / most * len(_BARS)), len(_BARS) - 1)]
        for value in values
    )


def _flow(console: Console, board: Board, *, can_draw: bool) -> None:
    opened = [one.opened for one in board.flow]
    closed = [one.closed for one in board.flow]
    if not any((*opened, *closed)):
        return
    console.print()
    for name, values in (("opened", opened), ("closed", closed)):
        text = Text(f"findings {name}: {values[-1]} this week, {values[-2]} the week before")
        if can_draw:
            text.append(f"  {_bars(values)}", "cyan")
        console.print(text)


def _tops(board: Board) -> Table:
    table = _table()
    for name, side in ((f"{MONTH} days", "right"), (f"{WEEK} days", "right"), ("severity", "left"), ("found most", "left")):  # fmt: skip
        table.add_column(name, justify="right" if side == "right" else "left", no_wrap=name != "found most")  # fmt: skip
    for top in board.tops:
        severity = _plain(board.said(top.severity))
        rule = Text.assemble(_plain(board.said(top.rule)), "  ", (top.title, "dim"))
        table.add_row(Text(f"{top.month:,}"), Text(f"{top.week:,}"), Text(severity, _SEVERITIES.get(severity, "")), rule)  # fmt: skip
    return table


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")


def _plain(text: str) -> str:
    return visible(whole(text))
