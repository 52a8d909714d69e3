"""What a dashboard shows, gathered: the figures of a week and of a month, their course, and the newest events they came from.

What others wrote (names of rules, files, agents, models) is shown only by way of `Board.said`: secrets are masked, and no path
leads out of the project. Prompts, notes and names of people are in none of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import metrics, session
from vetline.chronicle import word
from vetline.stores import news
from vetline_analyzers import engine
from vetline_analyzers.engine.identity import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vetline.chronicle import Chronicle
    from vetline.figures import Period, Value
    from vetline.ledger import AuditEvent
    from vetline.metrics import Bounds, Measured, Sheet
    from vetline.stores import Location

WEEK, MONTH, WEEKS = 7, 30, 12
TOPS = 10  # rules
NEWEST = 10_000  # events of a ledger, in which those are looked for that a figure counts
_EVENTS = 6  # of one figure
_DIGITS = 8  # of an event's hash
_COMMIT = 12  # of a commit's
_LONGEST = 120  # characters of a text of anybody's
_OUTSIDE = "a file outside of the project"
_ABOUT = ("verdict", "severity", "rule", "agent", "model")  # what of a payload is told


class Counted(NamedTuple):
    """An event that a figure counts: when, its number and the start of its hash, its kind, as what, and what it says."""

    at: str
    name: str
    kind: str
    role: str
    about: str


class Row(NamedTuple):
    """A figure: in the last week and the last month, week by week, and its newest events."""

    week: Measured
    month: Measured
    course: list[tuple[str, Value]]
    events: list[Counted]


class Flow(NamedTuple):
    """How many findings came and went in the week that ends with a day."""

    last: str
    opened: int
    closed: int


class Top(NamedTuple):
    """A rule that was found: its title, how bad it is, and how often in the month and in the last week."""

    rule: str
    title: str
    severity: str
    month: int
    week: int


class Board(NamedTuple):
    """All that a dashboard shows.

    Attributes:
        project: the name of its folder.
        week, month: the sheets of both spans.
        rows: the figures: what is past its alert, what misses its target, the others with a target, the rest.
        flow: findings, week by week.
        tops: what was found most.
        shown: what others wrote, as it may be shown.
    """

    project: str
    week: Sheet
    month: Sheet
    rows: list[Row]
    flow: list[Flow]
    tops: list[Top]
    shown: Mapping[str, str]

    def said(self, text: str) -> str:
        """What somebody else wrote, as it may be shown."""
        return self.shown.get(text, MASK) if text else ""

    @property
    def book(self) -> Chronicle:
        """The facts under it."""
        return self.month.period.book


def gather(location: Location, *, now: str, bounds: Bounds, fresh: bool = False) -> Board:
    """All that a dashboard of a project's ledger shows.

    Args:
        location: where the ledger lies.
        now: the time, as `ledger.timestamp` writes it.
        bounds: targets and alerts that somebody set.
        fresh: read all of the ledger, whatever was kept of it.

    Raises:
        LedgerError: it cannot be read.
    """
    book = metrics.load(location, fresh=fresh)
    week, month = (metrics.sheet(book, now=now, days=days, bounds=bounds) for days in (WEEK, MONTH))
    latest = news.latest(location, NEWEST)
    recent = {one.figure.name: one for one in week.measured}
    rows = []
    for one in month.measured:
        course = [] if one.figure.stands else metrics.weekly(one.figure, book, now=now, weeks=WEEKS)
        events = _newest(one, month.period, latest)
        rows.append(Row(recent[one.figure.name], one, course, events))
    rows.sort(key=_urgency)
    tops = _tops(week, month)
    foreign = {location.base.name, *_foreign(month, week, rows, tops)}
    return Board(location.base.name, week, month, rows, _flow(book, now), tops, _shown(foreign))


def _urgency(row: Row) -> int:
    """Alerts first, then what misses its target; the rest stays in its order."""
    found = {row.week.standing, row.month.standing}
    return next((at for at, name in enumerate(("alert", "missed")) if name in found), 2)


def _newest(one: Measured, period: Period, latest: Iterable[AuditEvent]) -> list[Counted]:
    """The newest events that a figure counts, the newest first."""
    found = list(one.figure.trace((e for e in latest if e.kind in one.figure.kinds), period))
    newest = sorted(found, key=lambda each: (each[0].at, each[0].seq))[: -_EVENTS - 1 : -1]
    return [
        Counted(
            event.at, f"{event.seq}:{event.hash[:_DIGITS]}", event.kind, role, _about(event, role)
        )
        for event, role in newest
    ]


def _about(event: AuditEvent, role: str) -> str:
    """What an event says in names beside its role: what it is about, and which rule, commit or agent it tells of."""
    words = [told for name in _ABOUT if (told := word(event.payload, name)) != role]
    if commit := word(event.payload, "commit"):
        words.append(f"commit {commit[:_COMMIT]}")
    place = "" if event.subject == "." else _inside(event.subject)
    return " ".join(filter(None, (place, *words)))


def _inside(name: str) -> str:
    """A name, where it is no path that leads out of the project."""
    leads_out = name.startswith(("/", "\\", "~")) or name[1:3] in {":/", ":\\"} or "../" in name
    return _OUTSIDE if leads_out or "://" in name else name


def _flow(book: Chronicle, now: str) -> list[Flow]:
    spans = (metrics.period(book, now=now, days=WEEK, ago=WEEK * ago) for ago in range(WEEKS))
    told = []
    for span in spans:
        days = [day for _, day in span.days()]
        opened, closed = sum(d.opened.total() for d in days), sum(len(d.closed) for d in days)
        told.append(Flow(span.last, opened, closed))
    return told[::-1]


def _tops(week: Sheet, month: Sheet) -> list[Top]:
    recent = {(rule, severity): number for rule, severity, number in week.tops}
    known = engine.rules()
    found = []
    for rule, severity, number in month.tops[:TOPS]:
        title = known[rule].title if rule in known else ""
        found.append(Top(rule, title, severity, number, recent.get((rule, severity), 0)))
    return found


def _foreign(month: Sheet, week: Sheet, rows: Iterable[Row], tops: Iterable[Top]) -> Iterator[str]:
    """Everything in it that somebody else wrote."""
    for top in tops:
        yield from (top.rule, top.severity)
    for sheet in (month, week):
        yield from (" ".join(filter(None, alarm.author)) for alarm in sheet.alarms)
    for row in rows:
        yield from {*row.week.value.parts, *row.month.value.parts}
        for event in row.events:
            yield from (event.kind, event.role, event.about)


def _shown(foreign: Iterable[str]) -> dict[str, str]:
    """Texts as they may be shown: one line each, of a bounded length, without secrets and without the home folder."""
    home = str(Path.home())
    told = {}
    for text in foreign:
        line = " ".join(text.split())
        line = line.replace(home, "~") if len(home) > 1 else line
        told[text] = _inside(line) if line.startswith("/") else line
    # They are looked at as one text, which is much faster; where lines are joined by what is masked, one by one.
    lines = session.without_secrets("\n".join(told.values())).split("\n")
    if len(lines) != len(told):
        lines = [session.without_secrets(line) for line in told.values()]
    return {text: _cut(line) for text, line in zip(told, lines, strict=True)}


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
