"""The figures of a ledger: folded from its events, and kept folded so that only what is new is read the next time.

For a door:

- `load(location)` gives the `Chronicle` of a project's ledger, `fold(events)` that of any events;
- `sheet(book, now=…, days=30)` gives all there is to tell of the last days: of each figure on the shelf (`figures`) a `Measured`
  (`measure`), the agents and models whose rate jumped (`alarms`), the rules that were found most (`tops`), and notes;
- `weekly(figure, book, …)` gives a figure's course, `figure.unit.said(value)` a value for people;
- `figure.trace(events, period)` gives the very events that a figure counts.

The cache beside the ledger can be removed at any time. It is used while the chain still has, under the number up to which it was
read, the event with that hash.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import anomalies, chronicle, disk, figures, ledger
from vetline.anomalies import WEEKS, Week
from vetline.chronicle import AI, Author, Chronicle
from vetline.figures import LEAST, Better, Period, Value
from vetline.stores import news
from vetline.stores.news import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from vetline.anomalies import Jump
    from vetline.figures import Figure
    from vetline.stores import Location

NAME = "metrics.json"
_VERSION = 1
_WORTH = 1000  # new events, from which on it is worth to keep what was folded
_LIMIT = 500_000_000  # bytes of a cache
_WEEK = 7
_DAMAGED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


class Measured(NamedTuple):
    """A figure of a period.

    Attributes:
        figure: which.
        value: what it is.
        before: what it was in as many days before; None where it is about now.
        target: what it should be at least or at most; None where nobody said.
        alert: from where on somebody should look.
        floor: below which they should, too; None where nothing is too little.
        standing: "met" or "missed" of its target, "alert", "unknown" where too little is known, "" without a target.
    """

    figure: Figure
    value: Value
    before: Value | None
    target: float | None
    alert: float | None
    floor: float | None
    standing: str

    @property
    def aim(self) -> str:
        """What it should be, for people: "≥ 95.0 %", "5.0 % to 15.0 %"; "" where nobody said."""
        said = self.figure.unit.said
        if self.target is None:
            return ""
        if self.floor is not None:
            return f"{said(self.floor)} to {said(self.target)}"
        return f"{'≥' if self.figure.better is Better.HIGHER else '≤'} {said(self.target)}"

    @property
    def past(self) -> float | None:
        """The bound that its value would pass first: its floor when it is below that, else its alert."""
        value = self.value.value
        is_low = self.floor is not None and value is not None and value < self.floor
        return self.floor if is_low else self.alert


class Alarm(NamedTuple):
    """An agent and a model whose rate of findings jumped."""

    author: Author
    jump: Jump


@dataclass(frozen=True, slots=True)
class Bounds:
    """Targets, alerts and floors that somebody set, by the figure's name."""

    targets: Mapping[str, float]
    alerts: Mapping[str, float]
    floors: Mapping[str, float]


NO_BOUNDS = Bounds({}, {}, {})


class Sheet(NamedTuple):
    """All that is told of a period.

    Attributes:
        period: which.
        measured: the figures, those with a target first.
        alarms: the agents and models whose rate jumped.
        tops: rule, severity and how often, the most frequent first.
        notes: what is to be known of the ledger, a sentence each.
    """

    period: Period
    measured: list[Measured]
    alarms: list[Alarm]
    tops: list[tuple[str, str, int]]
    notes: list[str]

    @property
    def alarming(self) -> bool:
        """Whether somebody should look."""
        return bool(self.alarms) or any(one.standing == "alert" for one in self.measured)


def fold(events: Iterable[chronicle.Told], onto: Chronicle | None = None) -> Chronicle:
    """The chronicle of events in their order; `onto` is changed and given back."""
    book = Chronicle() if onto is None else onto
    take = book.take
    for event in events:
        take(event)
    return book


def load(location: Location, *, fresh: bool = False) -> Chronicle:
    """The chronicle of a project's ledger.

    Args:
        location: where it lies.
        fresh: read all of it, whatever is kept.

    Raises:
        LedgerError: it cannot be read.
    """
    with _uncollected():
        return _load(location, fresh=fresh)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Many small things are made and kept, in which a collector would look for cycles again and again in vain."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _load(location: Location, *, fresh: bool) -> Chronicle:
    path = location.folders[0] / NAME if location.folders else None
    book, marks = (None, {}) if fresh or path is None else _kept(path)
    sources = news.sources(location, marks)
    events = news.told(sources, marks, chronicle.KINDS)
    if book is not None and not _still_hold(sources, marks):
        book = None
    if book is not None and len(sources) > 1:
        # Several chains are read by time: what is new may belong before what was read.
        recent = list(events)
        events = iter(recent)
        if any(event.at <= book.newest for event in recent):
            book = None
    if book is None:
        book, marks = Chronicle(), {}
        events = news.told(sources, marks, chronicle.KINDS)
    before = book.events
    fold(events, book)
    if path is not None and book.events - before >= _WORTH:
        _keep(path, book, {str(one.path): Mark(one.start, one.seq, one.hash) for one in sources})
    return fold(news.waiting(sources, location), book)


def _still_hold(sources: Iterable[news.Source], marks: Mapping[str, Mark]) -> bool:
    """Whether what was read before is still there, at the same places."""
    there = {str(one.path): one for one in sources}
    return all(
        (one := there.get(path)) is not None and (one.start, one.known) == (mark.start, mark.hash)
        for path, mark in marks.items()
    )


def _kept(path: Path) -> tuple[Chronicle | None, dict[str, Mark]]:
    """What was folded before, and up to where; nothing where that cannot be understood."""
    try:
        digest, _, raw = disk.read(path, _LIMIT).partition(b"\n")
        if digest.decode("ascii") != hashlib.sha256(raw).hexdigest():
            return None, {}
        data: Any = json.loads(raw)
        if data["version"] != _VERSION:
            return None, {}
        marks = {name: Mark(*rest) for name, rest in data["marks"].items()}
        whole = all(type(mark.seq) is type(mark.start) is int for mark in marks.values())
        return (Chronicle.from_json(data["book"]), marks) if whole and marks else (None, {})
    except (OSError, *_DAMAGED):
        return None, {}


def _keep(path: Path, book: Chronicle, marks: Mapping[str, Mark]) -> None:
    data = {"version": _VERSION, "marks": marks, "book": book.to_json()}
    raw = json.dumps(data, separators=(",", ":")).encode("ascii")
    try:
        path.touch(mode=0o600)  # as the ledger: what it names is its owner's
        disk.write(path, hashlib.sha256(raw).hexdigest().encode("ascii") + b"\n" + raw)
    except OSError:
        return  # it is folded again the next time


# -- figures


def sheet(book: Chronicle, *, now: str, days: int = 30, bounds: Bounds = NO_BOUNDS) -> Sheet:
    """All that there is to tell of the last days, today included; the words are those of `measure`."""
    span = period(book, now=now, days=days)
    measured = measure(book, now=now, days=days, bounds=bounds)
    return Sheet(span, measured, alarms(book, now=now), tops(span), notes(book, now=now))


def period(book: Chronicle, *, now: str, days: int, ago: int = 0) -> Period:
    """As many days up to the day of `now`, or up to so many days before it."""
    last = date.fromisoformat(now[:10]) - timedelta(days=ago)
    first = last - timedelta(days=days - 1)
    return Period(book, first.isoformat(), last.isoformat(), now)


def measure(
    book: Chronicle, *, now: str, days: int = 30, bounds: Bounds = NO_BOUNDS
) -> list[Measured]:
    """Every figure on the shelf, those with a target first.

    Args:
        book: the facts.
        now: the time, as `ledger.timestamp` writes it.
        days: how many, today included.
        bounds: targets, alerts and floors that hold instead of the figures' own.
    """
    span, earlier = period(book, now=now, days=days), period(book, now=now, days=days, ago=days)
    found = []
    for figure in map(figures.named, figures.names()):
        value = figure.compute(span)
        before = None if figure.stands else figure.compute(earlier)
        target = bounds.targets.get(figure.name, figure.target)
        alert = bounds.alerts.get(figure.name, figure.alert)
        floor = bounds.floors.get(figure.name, figure.floor)
        said = _standing(figure, value, target, alert, floor)
        found.append(Measured(figure, value, before, target, alert, floor, said))
    return sorted(found, key=lambda one: (one.figure.target is None, one.figure.title))


def _standing(
    figure: Figure,
    value: Value,
    target: float | None,
    alert: float | None,
    floor: float | None,
) -> str:
    if figure.better is Better.NEITHER or (target is None and alert is None):
        return ""
    if value.value is None or (value.samples < LEAST and not figure.stands):
        return "unknown"
    sign = 1 if figure.better is Better.HIGHER else -1
    is_past = alert is not None and sign * (value.value - alert) < 0
    if is_past or (floor is not None and value.value < floor):
        return "alert"
    return "missed" if target is not None and sign * (value.value - target) < 0 else "met"


def weekly(
    figure: Figure, book: Chronicle, *, now: str, weeks: int = 12
) -> list[tuple[str, Value]]:
    """A figure week by week, each by its last day, the oldest first; the last week ends today."""
    spans = (period(book, now=now, days=_WEEK, ago=_WEEK * ago) for ago in range(weeks - 1, -1, -1))
    return [(span.last, figure.compute(span)) for span in spans]


def tops(span: Period) -> list[tuple[str, str, int]]:
    """The rules that were found in a period: rule, severity and how often, the most frequent first."""
    found: Counter[tuple[str, str]] = Counter()
    for _, day in span.days():
        for label, number in day.opened.items():
            found[label.rule, label.severity] += number
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return [(rule, severity, number) for (rule, severity), number in ordered]


def alarms(book: Chronicle, *, now: str) -> list[Alarm]:
    """The agents and models whose findings per line jumped in the last seven days, the worst first."""
    courses: dict[Author, list[Week]] = {}
    for ago in range(WEEKS, -1, -1):
        found, lines = Counter[Author](), Counter[Author]()
        for _, day in period(book, now=now, days=_WEEK, ago=_WEEK * ago).days():
            lines.update(day.written)
            for label, number in day.opened.items():
                if label.whose in AI:
                    found[Author(label.agent, label.model)] += number
        for author in {*found, *lines, *courses}:
            course = courses.setdefault(author, [Week(0, 0)] * (WEEKS - ago))
            course.append(Week(found[author], lines[author]))
    jumps = ((author, anomalies.jump(course)) for author, course in courses.items())
    return sorted(
        (Alarm(author, found) for author, found in jumps if found is not None),
        key=lambda one: (-one.jump.score, one.author),
    )


def notes(book: Chronicle, *, now: str) -> list[str]:
    """What is to be known of the events before the figures are believed, a sentence each."""
    told = []
    if book.invented:
        told.append("This ledger was invented by `vetline demo`; it tells of no real project.")
    if not book.events:
        told.append("The ledger has no event yet: run `vetline check`, or set up agents' hooks.")
    if book.damaged:
        told.append(
            f"{_events(book.damaged)} no time and count nowhere: see `vetline audit verify`."
        )
    tomorrow = ledger.timestamp(datetime.fromisoformat(now).astimezone(UTC) + timedelta(days=1))
    ahead = sum(day.kinds.total() for name, day in book.days.items() if name > tomorrow[:10])
    if ahead:
        told.append(f"{_events(ahead)} a time ahead of now and count in no period yet.")
    if book.backwards:
        told.append(f"{_events(book.backwards)} a time over a day before that of one in front.")
    return told


def _events(number: int) -> str:
    return "1 event has" if number == 1 else f"{number:,} events have"
