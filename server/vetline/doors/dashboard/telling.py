"""Words and marks that the page and the terminal share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.doors.dashboard.board import MONTH, WEEK
from vetline.doors.dashboard.charts import Course, Line
from vetline.doors.dashboard.markup import Markup, joined, tag
from vetline.formats import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.doors.dashboard.board import Board, Row
    from vetline.metrics import Measured

# A mark of its own each, since colours are not told by all eyes and printers.
STANDINGS = {
    "met": ("✓", "on target"),
    "missed": ("△", "off target"),
    "alert": ("▲", "alert"),
    "unknown": ("·", "too little to say"),
}
_SEVERITIES = {"critical": "◆◆", "high": "◆", "medium": "◇", "low": "○", "info": "○"}


def standing(one: Measured) -> Markup:
    """How a figure stands, as a mark and a word; nothing where it has no target."""
    if one.standing not in STANDINGS:
        return Markup()
    mark, word = STANDINGS[one.standing]
    said = tag("span", mark, class_="mark", aria_hidden="true")
    return tag("span", joined(said, word), class_=one.standing)


def severity(name: str) -> Markup:
    """A severity, as a mark and a word."""
    return joined(
        tag("span", f"{_SEVERITIES.get(name, '')} ", class_="quiet", aria_hidden="true"), name
    )


def calm(board: Board) -> tuple[str, bool]:
    """What is said where nothing alarms, and whether enough is known to say so."""
    judged = [row.month for row in board.rows if row.month.standing]
    unknown = sum(one.standing == "unknown" for one in judged)
    if judged and unknown == len(judged):
        return (
            "Too little is recorded to judge by: no figure with a target has enough to rest on.",
            False,
        )
    said = "No figure is past its alert, and no rate jumped"
    of = number(unknown, "figure")
    rest = f"; of {of} with a target too little is known" if unknown else ""
    return f"{said}{rest}.", not unknown


def notes(board: Board) -> Iterator[str]:
    """What is to be known of the ledger before the figures are believed, a sentence each."""
    yield from board.month.notes
    today = board.week.period.last
    known = max((day for day in board.book.days if day <= today), default="")
    if known and known < board.week.period.first:
        yield f"Nothing was recorded since {known}: the figures of this week rest on nothing."


def alerting(board: Board) -> Iterator[tuple[Row, int, Measured]]:
    """The figures that are past their alert: each once, of the month where it is so there, else of the week."""
    for row in board.rows:
        if row.month.standing == "alert":
            yield row, MONTH, row.month
        elif row.week.standing == "alert":
            yield row, WEEK, row.week


def course_of(row: Row) -> Course:
    """The course of a figure, with its target and its alert."""
    one = row.month
    weeks = [week for week, _ in row.course]
    lines = [Line(one.figure.title, [value.value for _, value in row.course])]
    for name, bound in (("Target", one.target), ("Alert", one.alert), ("Alert below", one.floor)):
        if bound is not None and weeks:
            lines.append(Line(name, [bound] * len(weeks), name.partition(" ")[0].lower()))
    return Course(one.figure.title, one.figure.unit, weeks, lines)
