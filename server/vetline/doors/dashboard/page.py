"""The dashboard as one HTML page, which fetches nothing, prints well, and is the same in a file, on loopback and in an editor."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from vetline.doors.dashboard import telling
from vetline.doors.dashboard.board import MONTH, WEEK, WEEKS
from vetline.doors.dashboard.charts import Course, Line, chart, spark
from vetline.doors.dashboard.details import figure_inside
from vetline.doors.dashboard.markup import Markup, joined, prose, tag
from vetline.doors.dashboard.telling import course_of, standing
from vetline.figures import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.doors.dashboard.board import Board, Row

_DIGITS = 16  # of a digest
_CHARTED = ("gate-pass-rate", "time-to-remediate")


class Page(NamedTuple):
    """A whole document, and by what it is told from a newer one: all that it shows but when it was made."""

    html: str
    digest: str


def rendered(board: Board, *, live: bool = False, served: bool = False) -> Page:
    """The page.

    Args:
        board: what it shows.
        live: it is shown where what is newer can come: on loopback or in an editor.
        served: it may ask the server that it came from.
    """
    title = f"Security posture: {board.said(board.project)}"
    shown = joined(
        _look(board), _week(board), _trend(board), _tops(board), _figures(board), _footer(board)
    )
    digest = hashlib.sha256(f"{board.book.events} {shown}".encode()).hexdigest()[:_DIGITS]
    main = tag("main", _about(board), shown, data_digest=digest)
    body = tag("body", _header(title, live=live), main)
    if live:
        body = Markup(f"{body[: -len('</body>')]}<script>{_file('live.js')}</script></body>")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(live=live, served=served)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        Markup(f"<style>{_file('page.css')}</style>"),
    )
    return Page(f"<!doctype html>\n{tag('html', head, body, lang='en')}\n", digest)


def policy(*, live: bool, served: bool) -> str:
    """What the page may do: have this very style, run this very script, and ask nobody but the server it came from."""
    rules = ["default-src 'none'", f"style-src {_digest('page.css')}"]
    if live:
        rules.append(f"script-src {_digest('live.js')}")
    if served:
        rules.append("connect-src 'self'")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


@cache
def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


@cache
def _digest(name: str) -> str:
    made = hashlib.sha256(_file(name).encode()).digest()
    return f"'sha256-{base64.b64encode(made).decode()}'"


# -- its parts


def _header(title: str, *, live: bool) -> Markup:
    control = tag(
        "div",
        tag("span", id="said", role="status"),
        tag("button", "Pause updates", id="pause", type="button", hidden=True),
        class_="live",
    )
    return tag("header", tag("h1", title), control if live else None, class_="top")


def _about(board: Board) -> Markup:
    span = board.month.period
    made = f"{span.now[:16].replace('T', ' ')} UTC"
    about = (
        f"Days in UTC up to {span.last} · events in the ledger: {board.book.events:,} · made {made}"
    )
    return tag("p", about, class_="quiet")


def _look(board: Board) -> Markup:
    rows = [tag("li", one) for one in _alerts(board)]
    notes = [tag("li", prose(note), class_="note") for note in telling.notes(board)]
    calm, is_known = telling.calm(board)
    mark = tag("span", "✓ ", class_="met", aria_hidden="true") if is_known else None
    listed = tag("ul", *rows, *notes, class_="look") if rows or notes else None
    return tag("section", tag("h2", "Needs a look"), None if rows else tag("p", mark, calm), listed)


def _alerts(board: Board) -> Iterator[Markup]:
    """What is past its alert, and whose rate jumped."""
    for alarm in board.month.alarms:
        who = board.said(" ".join(filter(None, alarm.author))) or "an AI that is not known"
        rate, usual = alarm.jump.rate * 1000, alarm.jump.usual * 1000
        mark = tag("span", "▲ ", class_="alert", aria_hidden="true")
        more = f" findings in 1,000 lines in the last 7 days, {usual:.1f} in the weeks before. "
        link = tag("a", "By agent and model", href="#is-ai-finding-rate")
        yield joined(mark, tag("strong", who), f": {rate:.1f}", more, link)
    for row, days, measured in telling.alerting(board):
        figure = measured.figure
        unit = figure.unit
        mark = tag("span", "▲ ", class_="alert", aria_hidden="true")
        link = tag("a", figure.title, href=f"#is-{figure.name}")
        span = "now" if row.month.figure.stands else f"in the last {days} days"
        said = f": {unit.said(measured.value.value)} {span}; the alert is {unit.said(measured.past)}, the target {measured.aim}."
        yield joined(mark, tag("strong", link), said)


def _week(board: Board) -> Markup:
    cards = [_card(row) for row in board.rows if row.week.target is not None]
    title = tag(
        "h2",
        "This week ",
        tag("span", f"the last {WEEK} days, against the {WEEK} before", class_="quiet"),
    )
    return tag("section", title, tag("ul", *cards, class_="cards"))


def _card(row: Row) -> Markup:
    one = row.week
    unit = one.figure.unit
    before = "now"
    if one.before:
        known = one.before.value is not None
        before = f"before: {unit.said(one.before.value)}" if known else "no value before"
    words = [tag("div", standing(one)), tag("div", f"Target {one.aim}", class_="quiet")]
    return tag(
        "li",
        tag("h3", one.figure.title),
        tag("div", unit.said(one.value.value), class_="value"),
        tag("div", before, class_="quiet"),
        tag("div", tag("div", *words), spark(course_of(row)), class_="foot"),
    )


def _trend(board: Board) -> Markup:
    found = [
        Line("Opened", [float(one.opened) for one in board.flow]),
        Line("Closed", [float(one.closed) for one in board.flow]),
    ]
    if not any(one.opened or one.closed for one in board.flow):
        found = []
    weeks = [one.last for one in board.flow]
    drawn = [chart(Course("Findings each week", Unit.COUNT, weeks, found), "twin-flow")]
    by_name = {row.month.figure.name: row for row in board.rows}
    drawn += [
        chart(course_of(by_name[name]), f"twin-{name}") for name in _CHARTED if name in by_name
    ]
    title = tag("h2", "Trend ", tag("span", f"{WEEKS} weeks", class_="quiet"))
    return tag("section", title, tag("div", *drawn, class_="charts"))


def _tops(board: Board) -> Markup:
    title = tag("h2", "Found most ", tag("span", f"the last {MONTH} days", class_="quiet"))
    if not board.tops:
        return tag("section", title, tag("p", "No finding was opened.", class_="quiet"))
    most = max(top.month for top in board.tops)
    rows = []
    for top in board.tops:
        share = Markup(f'<rect width="{100 * top.month / most:.1f}%" height="100%"/>')
        rule = joined(
            tag("code", board.said(top.rule)),
            tag("div", top.title, class_="quiet") if top.title else None,
        )
        cells = [
            tag("th", rule, scope="row"),
            tag("td", telling.severity(board.said(top.severity))),
            tag("td", f"{top.month:,}", class_="n"),
            tag("td", f"{top.week:,}", class_="n"),
            tag("td", tag("svg", share, class_="bar", aria_hidden="true")),
        ]
        rows.append(tag("tr", *cells))
    names = (("Rule", ""), ("Severity", ""), (f"{MONTH} days", "n"), (f"{WEEK} days", "n"))
    head = [tag("th", name, scope="col", class_=kind or None) for name, kind in names]
    head.append(tag("td", ""))
    table = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows))
    hint = tag("p", "What a rule is about: ", tag("code", "vetline rule RULE"), class_="quiet")
    region = tag("div", table, class_="scroll", role="region", aria_label="Found most", tabindex=0, id="tops")  # fmt: skip
    return tag("section", title, region, hint)


def _figures(board: Board) -> Markup:
    names = ("Figure", f"{WEEK} days", f"{MONTH} days", f"{MONTH} before", "Target", "", f"{WEEKS} weeks")  # fmt: skip
    head = tag("div", *(tag("span", name, class_=None if at in {0, 5} else "n") for at, name in enumerate(names)), class_="head", aria_hidden="true")  # fmt: skip
    rows = [_figure(board, row) for row in board.rows]
    hint = tag("p", "Each opens to what it is, its course, and the newest events it came from.", class_="quiet")  # fmt: skip
    return tag("section", tag("h2", "All figures"), hint, head, tag("div", *rows, class_="figures"))


def _figure(board: Board, row: Row) -> Markup:
    week, month = row.week, row.month
    figure = month.figure
    unit = figure.unit
    stands = figure.stands
    before = unit.said(month.before.value) if month.before else ""
    cells = [
        tag("span", figure.title, class_="name"),
        _cell("now" if stands else f"{WEEK} days", unit.said(week.value.value), now=stands),
        _cell("", "") if stands else _cell(f"{MONTH} days", unit.said(month.value.value)),
        _cell(f"{MONTH} days before" if before else "", before),
        _cell("target" if month.target is not None else "", month.aim),
        tag("span", standing(month), class_="standing"),
        tag("span", spark(course_of(row)), class_="course"),
    ]
    name = figure.name
    inside = tag("div", figure_inside(board, row), id=f"is-{name}")
    return tag("details", tag("summary", *cells, id=f"s-{name}"), inside, id=f"f-{name}")


def _cell(caption: str, value: str, *, now: bool = False) -> Markup:
    """A value of a figure, with what it is: for who hears it, and for who sees a narrow page."""
    if not value:
        return tag("span")
    heard = tag("span", f"{caption}: ", class_="unseen")
    shown = tag("span", caption, class_="caption", aria_hidden="true")
    mark = tag("span", " now", class_="now", aria_hidden="true") if now else None
    return tag("span", shown, heard, value, mark, " ")


def _footer(board: Board) -> Markup:
    lines = [
        tag("p", "Figures are folded from the events of the ledger; what was not recorded is not in them. ",
            tag("code", "vetline audit verify"), " says whether the ledger is whole, ", tag("code", "vetline metrics --explain FIGURE"),
            " lists every event that a figure counts."),
    ]  # fmt: skip
    if board.book.newest:
        newest = board.book.newest[:16].replace("T", " ")
        lines.append(tag("p", f"The latest time that an event names is {newest} UTC."))
    return tag("div", *lines, class_="foot-note")
