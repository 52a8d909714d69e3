"""Figures, one file each, and what they share: a figure is a function of a chronicle and a span of days.

The name of a module is the figure's name, with a hyphen for each underscore. What a figure is, how it is computed, from which
events, and what it should be is told in its file alone; `docs/metrics.md` is rendered from there. Pure.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from vetline.chronicle import day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from vetline.chronicle import Census, Chronicle, Day, Told
    from vetline.ledger import AuditEvent, Kind

    Role = Callable[[Told], str]
    Traced = Iterator[tuple[AuditEvent, str]]

LEAST = 5  # observations, with fewer of which a figure raises no alert
_TAIL = 0.9


class Unit(StrEnum):
    """What a figure counts in."""

    SHARE = "share"
    SECONDS = "seconds"
    COUNT = "count"
    RATIO = "ratio"
    PER_THOUSAND = "per 1,000 lines"

    def said(self, value: float | None) -> str:
        """A value for people: "87.5 %", "1 d 4 h", "12"; a dash for none."""
        if value is None:
            return "-"
        if self is Unit.SHARE:
            return f"{value * 100:.1f} %"
        if self is Unit.SECONDS:
            return _duration(round(value))
        return f"{value:,.0f}" if self is Unit.COUNT else f"{value:,.2f}"


class Better(StrEnum):
    """Which way a figure should go."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Value(NamedTuple):
    """What a figure is.

    Attributes:
        value: None where there is nothing to compute it from.
        samples: from how many observations.
        parts: what it comes apart into, by names that the figure's `how` tells.
    """

    value: float | None
    samples: int = 0
    parts: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days of a chronicle.

    Attributes:
        book: the chronicle.
        first, last: its first and its last day, "2026-03-01".
        now: the time that ages are counted to, as `ledger.timestamp` writes it.
    """

    book: Chronicle
    first: str
    last: str
    now: str

    def days(self) -> Iterator[tuple[str, Day]]:
        """The days on which something happened, the oldest first."""
        book = self.book.days
        return ((name, book[name]) for name in sorted(book) if self.has(name))

    def census(self) -> Census | None:
        """The last count of lines; None when there is none."""
        found = (day.census for _, day in self.days() if day.census is not None)
        return max(found, key=lambda one: one.at, default=None)

    def has(self, day: str) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure.

    Attributes:
        title: its name for people.
        about: what it tells, a sentence.
        how: how it is computed, and what its parts are.
        unit: what it counts in.
        kinds: the events that it comes from.
        compute: gives its value.
        trace: gives of a ledger's events, in their order, those that it counts in a period, and as what.
        better: which way it should go.
        target: what it should be at least or at most; None where nobody can say.
        alert: from where on somebody should look.
        floor: below which somebody should look, too, though less is better; None where nothing is too little.
        waits: what has to be set up where it has no value.
        stands: it is about what is there now, whatever the period.
        ages: those of its parts that are in seconds, where it is not.
        name: as on the command line; the shelf fills it in.
    """

    title: str
    about: str
    how: str
    unit: Unit
    kinds: tuple[Kind, ...]
    compute: Callable[[Period], Value]
    trace: Callable[[Iterable[AuditEvent], Period], Traced]
    better: Better = Better.NEITHER
    target: float | None = None
    alert: float | None = None
    floor: float | None = None
    waits: str = ""
    stands: bool = False
    ages: tuple[str, ...] = ()
    name: str = field(default="", compare=False)

    def part(self, name: str, value: float) -> str:
        """A part of it for people."""
        timed = self.unit is Unit.SECONDS or name in self.ages
        if timed:
            return Unit.SECONDS.said(value)
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def names() -> list[str]:
    """The names of the figures on the shelf; none is imported for it."""
    return sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(__path__))


@cache
def named(name: str) -> Figure:
    """The figure of that name, one of `names()`."""
    found: Figure = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").FIGURE
    object.__setattr__(found, "name", name)
    return found


def _duration(seconds: int) -> str:
    """A duration in its two largest units."""
    parts = []
    for size, name in ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        if number := seconds // size:
            parts.append(f"{number} {name}")
        elif parts:
            break
        seconds %= size
    return " ".join(parts[:2]) or "0 s"


# -- what figures compute with


def share(part: float, whole: float) -> float | None:
    """A part of a whole; None of nothing."""
    return part / whole if whole else None


def median(values: Sequence[float]) -> float | None:
    """The middle one, of two the mean; None of none."""
    return quantile(values, 0.5)


def tail(values: Sequence[float]) -> float | None:
    """The 90th percentile; None of none."""
    return quantile(values, _TAIL)


def quantile(values: Sequence[float], at: float) -> float | None:
    """A quantile, between two values linearly (type 7 of Hyndman and Fan 1996, as NumPy's default); None of none."""
    if not values:
        return None
    ordered = sorted(values)
    place = at * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def known(parts: Mapping[str, float | None]) -> dict[str, float]:
    """The parts that have a value."""
    return {name: value for name, value in parts.items() if value is not None}


# -- which events a figure counts


def each(*kinds: Kind, role: Role) -> Callable[[Iterable[AuditEvent], Period], Traced]:
    """Traces each event of a kind in the period to which `role` gives a name."""

    def trace(events: Iterable[AuditEvent], period: Period) -> Traced:
        for event in events:
            if event.kind in kinds and period.has(day_of(event.at)) and (said := role(event)):
                yield event, said

    return trace


def last(kind: Kind, *, key: Role, role: Role) -> Callable[[Iterable[AuditEvent], Period], Traced]:
    """Traces of each day the last event of a kind with the same key."""

    def trace(events: Iterable[AuditEvent], period: Period) -> Traced:
        found: dict[tuple[str, str], AuditEvent] = {}
        for event in events:
            if event.kind == kind and period.has(day := day_of(event.at)) and (about := key(event)):
                found.pop((day, about), None)
                found[day, about] = event
        yield from ((event, said) for event in found.values() if (said := role(event)))

    return trace


def newest(events: Iterable[AuditEvent], kind: Kind, period: Period) -> AuditEvent | None:
    """Of the events of a kind in the period the one with the latest time; None when there is none."""
    found = (one for one in events if one.kind == kind and period.has(day_of(one.at)))
    return max(found, key=lambda one: one.at, default=None)


def standing(
    begins: Kind, *ends: Kind, key: Role, again: bool = False, place: bool = True
) -> Callable[[Iterable[AuditEvent], Period], Traced]:
    """Traces the events that began what has not ended, whenever that was.

    Args:
        begins: the kind of the beginning.
        ends: the kinds of ends.
        key: tells what an event is about.
        again: of several beginnings the last counts; else the first.
        place: what it is about is told by the event's subject, too.
    """

    def trace(events: Iterable[AuditEvent], _: Period) -> Traced:
        found: dict[tuple[str, str], AuditEvent] = {}
        for event in events:
            about = (event.subject if place else "", key(event))
            if event.kind == begins and about[1] and (again or about not in found):
                found[about] = event
            elif event.kind in ends:
                found.pop(about, None)
        yield from ((event, "since then") for event in found.values())

    return trace


def ended(
    begins: Kind, *ends: Kind, key: Role, role: Callable[[Told, Told], str], place: bool = True
) -> Callable[[Iterable[AuditEvent], Period], Traced]:
    """Traces the events in the period that ended what another had begun.

    Args:
        begins: the kind of the beginning.
        ends: the kinds of ends.
        key: tells what an event is about.
        role: gives of a beginning and its end what the end counts as; "" when it does not.
        place: what it is about is told by the event's subject, too.
    """

    def trace(events: Iterable[AuditEvent], period: Period) -> Traced:
        found: dict[tuple[str, str], AuditEvent] = {}
        for event in events:
            about = (event.subject if place else "", key(event))
            if event.kind == begins and about[1]:
                found.setdefault(about, event)
            elif event.kind in ends and (began := found.pop(about, None)) is not None:
                said = role(began, event) if period.has(day_of(event.at)) else ""
                if said:
                    yield event, said

    return trace
