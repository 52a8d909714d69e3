"""What a figure of the page opens to: what it is, its parts, its course, and the newest events it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.doors.dashboard.board import MONTH, NEWEST
from vetline.doors.dashboard.charts import chart
from vetline.doors.dashboard.markup import Markup, joined, prose, tag
from vetline.doors.dashboard.telling import course_of
from vetline.formats import number

if TYPE_CHECKING:
    from vetline.doors.dashboard.board import Board, Row

_PARTS = 12  # that are shown


def figure_inside(board: Board, row: Row) -> Markup:
    """All of a figure but the line that opens it."""
    figure = row.month.figure
    drawn = None if figure.stands else chart(course_of(row), f"twin-of-{figure.name}")
    left = tag("div", *_definition(row))
    right = tag("div", drawn, _parts(board, row))
    return tag("div", left, right, tag("div", _events(board, row), class_="wide"), class_="inside")


def _definition(row: Row) -> list[Markup]:
    one = row.month
    figure = one.figure
    unit = figure.unit
    bounds = [bound for bound in (one.alert, one.floor) if bound is not None]
    facts = {
        "Counts in": str(unit),
        "Better": str(figure.better),
        "Target": one.aim or "none is set",
        "Alert": " and below ".join(map(unit.said, bounds)) or "none is set",
        "Rests on": f"{one.value.samples:,} observations in {MONTH} days" if not figure.stands else "what stands now",
        "Events": ", ".join(figure.kinds),
    }  # fmt: skip
    listed = tag("dl", *(joined(tag("dt", name), tag("dd", said)) for name, said in facts.items()))
    command = tag("code", f"vetline metrics --explain {figure.name}")
    told = [tag("p", prose(figure.about)), tag("p", prose(figure.how), class_="quiet"), listed]
    if one.value.value is None and figure.waits:
        told.append(tag("p", prose(f"It has no value yet. To have one: {figure.waits}.")))
    return [*told, tag("p", "All of its events: ", command)]


def _parts(board: Board, row: Row) -> Markup | None:
    figure = row.month.figure
    parts = list(row.month.value.parts.items())
    if not parts:
        return None
    rows = [
        tag("tr", tag("th", board.said(name), scope="row"), tag("td", figure.part(name, value), class_="n"))
        for name, value in parts[:_PARTS]
    ]  # fmt: skip
    span = "now" if figure.stands else f"{MONTH} days"
    table = tag(
        "table",
        tag("caption", f"Parts of {figure.title}", class_="unseen"),
        tag(
            "thead",
            tag("tr", tag("th", "Part", scope="col"), tag("th", span, scope="col", class_="n")),
        ),
        tag("tbody", *rows),
    )
    more = len(parts) - _PARTS
    left = tag("p", f"And {number(more, 'more part')}.", class_="quiet") if more > 0 else None
    return joined(tag("h3", "Parts"), table, left)


def _events(board: Board, row: Row) -> Markup:
    figure = row.month.figure
    title = tag("h3", "Newest events it came from")
    if not row.events:
        none = "It counts none of the newest events of the ledger"
        where = f" (the last {NEWEST:,} are looked at)." if board.book.events > NEWEST else "."
        return joined(title, tag("p", none, where, class_="quiet"))
    names = ("When (UTC)", "Event", "Kind", "Counts as", "About")
    head = tag("tr", *(tag("th", name, scope="col") for name in names))
    body = [
        tag("tr",
            tag("td", event.at[:16].replace("T", " "), class_="when"), tag("td", tag("code", event.name)),
            *(tag("td", board.said(said)) for said in (event.kind, event.role, event.about)))
        for event in row.events
    ]  # fmt: skip
    table = tag("table", tag("thead", head), tag("tbody", *body))
    name = f"Newest events of {figure.title}"
    region = tag("div", table, class_="scroll", role="region", aria_label=name, tabindex=0, id=f"e-{figure.name}")  # fmt: skip
    hint = tag("p", "One of them whole: ", tag("code", "vetline audit show NUMBER"), class_="quiet")
    return joined(title, region, hint)
