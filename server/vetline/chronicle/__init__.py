"""What a ledger came to, day by day: the facts that figures are computed from.

Folded from events one by one and written as JSON, so that of a long ledger only what is new has to be read. Days are UTC's,
by the time that an event names; what belongs together (a finding's beginning and end) is joined in the order of the chain,
whatever a clock said. A chronicle holds names and digests, as events do. Pure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from vetline.chronicle.facts import (
    AI,
    SEVERE,
    Author,
    Census,
    Change,
    Closed,
    Cohort,
    Day,
    Label,
    Open,
    Silenced,
    author_key,
    day_of_json,
    day_to_json,
)
from vetline.chronicle.told import (
    LONG,
    Told,
    change_of,
    count,
    day_of,
    escalated_of,
    label_of,
    lines_of,
    request_of,
    rows_of,
    seconds,
    severe_of,
    word,
)
from vetline.ledger import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "AI", "KINDS", "SEVERE", "Author", "Census", "Change", "Chronicle", "Closed", "Cohort", "Day", "Label", "Open",
    "Silenced", "Told", "author_key", "change_of", "count", "day_of", "escalated_of", "label_of", "lines_of",
    "request_of", "rows_of", "seconds", "severe_of", "word",
]  # fmt: skip

VERSION = 1  # of the JSON
INVENTED = "demo@vetline.invalid"  # the address by which the events of `vetline demo` are known
_DAY_SECONDS = 86_400
_FIRST_DAYS, _SURVIVAL_DAYS = 7, 30
_LAST_DAYS = 60  # further back a count does not tell days apart


@dataclass(slots=True)
class Chronicle:
    """The facts, by day, and what stands now.

    Attributes:
        days: by "2026-03-01".
        open: by path and fingerprint.
        labels: how many of the open ones have the same label.
        waiting: by the id of a request when it was made.
        silenced: by path and mark.
        cohorts: by the day on which lines were written.
        events: how many were taken.
        damaged: how many could not be: no time that is one.
        backwards: how many name a time over a day before that of one in front of them.
        newest: the latest time that an event names.
        invented: whether an event is of `vetline demo`.
    """

    days: dict[str, Day] = field(default_factory=dict)
    open: dict[tuple[str, str], Open] = field(default_factory=dict)
    labels: Counter[Label] = field(default_factory=Counter)
    waiting: dict[str, str] = field(default_factory=dict)
    silenced: dict[tuple[str, str], Silenced] = field(default_factory=dict)
    cohorts: dict[str, Cohort] = field(default_factory=dict)
    events: int = 0
    damaged: int = 0
    backwards: int = 0
    newest: str = ""
    invented: bool = False

    def take(self, event: Told) -> None:
        """Add an event; one of a kind that says nothing to any figure is only counted."""
        self.events += 1
        name = day_of(event.at)
        if not name:
            self.damaged += 1
            return
        day = self.days.get(name)
        if day is None:
            day = self.days[name] = Day()
        day.kinds[event.kind] += 1
        if event.at > self.newest:
            self.newest = event.at
        elif name < self.newest[:10] and seconds(event.at, self.newest) > _DAY_SECONDS:
            self.backwards += 1
        if event.actor.endswith(f"<{INVENTED}>"):
            self.invented = True
        if (does := _TAKES.get(event.kind)) is not None:
            does(self, day, event)

    def to_json(self) -> dict[str, Any]:
        """The chronicle as JSON."""
        return {
            "version": VERSION,
            "days": {name: day_to_json(day) for name, day in self.days.items()},
            "open": [[*key, one.at, *one.label] for key, one in self.open.items()],
            "waiting": self.waiting,
            "silenced": [[*key, *one] for key, one in self.silenced.items()],
            "cohorts": {day: [c.first, c.last, c.counted] for day, c in self.cohorts.items()},
            "counts": [self.events, self.damaged, self.backwards],
            "newest": self.newest,
            "invented": self.invented,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Chronicle:
        """The chronicle that `to_json` gave.

        Raises:
            ValueError, TypeError, KeyError, AttributeError: it is none of this version.
        """
        if data["version"] != VERSION:
            raise ValueError("of another version")
        made = cls(newest=str(data["newest"]), invented=bool(data["invented"]))
        made.events, made.damaged, made.backwards = map(int, data["counts"])
        made.days = {name: day_of_json(day) for name, day in data["days"].items()}
        made.open = {(path, mark): Open(at, Label(*rest)) for path, mark, at, *rest in data["open"]}
        made.labels = Counter(one.label for one in made.open.values())
        made.waiting = dict(data["waiting"])
        made.silenced = {(path, mark): Silenced(*rest) for path, mark, *rest in data["silenced"]}
        made.cohorts = {day: Cohort(*rest) for day, rest in data["cohorts"].items()}
        return made


# -- what each kind of event adds


def _judged(_: Chronicle, day: Day, event: Told) -> None:
    if not (key := change_of(event)):
        return
    payload = event.payload
    day.changes.pop(key, None)  # the last one is the last
    day.changes[key] = Change(
        word(payload, "verdict"), bool(word(payload, "base")), severe_of(event), escalated_of(event),
        count(payload, "files"), count(payload, "failures"),
    )  # fmt: skip


def _opened(book: Chronicle, day: Day, event: Told) -> None:
    key = (event.subject, word(event.payload, "fingerprint"))
    if key[1] and key not in book.open:
        label = label_of(event)
        book.open[key] = Open(event.at, label)
        day.opened[label] += 1
        book.labels[label] += 1


def _closed(book: Chronicle, day: Day, event: Told) -> None:
    found = book.open.pop((event.subject, word(event.payload, "fingerprint")), None)
    if found is not None:
        label, why = found.label, word(event.payload, "why")
        book.labels[label] -= 1
        passed = seconds(found.at, event.at)
        day.closed.append(Closed(label.severity, label.whose, why, passed))


def _written(_: Chronicle, day: Day, event: Told) -> None:
    if lines := lines_of(event):
        payload = event.payload
        day.written[Author(word(payload, "agent"), word(payload, "model"))] += lines


def _requested(book: Chronicle, _: Day, event: Told) -> None:
    if request := request_of(event):
        book.waiting.setdefault(request, event.at)


def _decided(book: Chronicle, day: Day, event: Told) -> None:
    asked = book.waiting.pop(request_of(event), None)
    if asked is not None:
        day.decided.append(seconds(asked, event.at))


def _withdrawn(book: Chronicle, _: Day, event: Told) -> None:
    book.waiting.pop(request_of(event), None)


def _suppressed(book: Chronicle, _: Day, event: Told) -> None:
    payload = event.payload
    if mark := word(payload, "mark"):
        told = Silenced(event.at, word(payload, "expires"), word(payload, "kind"))
        book.silenced[event.subject, mark] = told


def _unsuppressed(book: Chronicle, _: Day, event: Told) -> None:
    book.silenced.pop((event.subject, word(event.payload, "mark")), None)


def _counted(book: Chronicle, day: Day, event: Told) -> None:
    lines = event.payload.get("lines")
    if not isinstance(lines, dict):
        return
    by_state = {name[:LONG]: count(lines, name) for name in lines}
    authors: Counter[str] = Counter()
    written: Counter[str] = Counter()
    for agent, model, when, number in rows_of(event):
        authors[author_key(agent, model)] += number
        written[day_of(when)] += number
    found: Counter[str] = Counter()
    state: Counter[str] = Counter()
    for label, number in book.labels.items():
        state[label.whose] += number
        if label.whose in AI:
            found[author_key(label.agent, label.model)] += number
    day.census = Census(event.at, by_state, dict(state), dict(authors), dict(found))
    _age(book, day_of(event.at), written)


def _age(book: Chronicle, today: str, written: Mapping[str, int]) -> None:
    """What a count tells of the lines of each day before it."""
    for age in range(min(_LAST_DAYS, date.fromisoformat(today).toordinal() - 1) + 1):
        name = (date.fromisoformat(today) - timedelta(days=age)).isoformat()
        lines, cohort = written.get(name, 0), book.cohorts.get(name)
        if age <= _FIRST_DAYS and lines:
            cohort = book.cohorts.setdefault(name, Cohort())
            cohort.first = max(cohort.first, lines)
        elif age >= _SURVIVAL_DAYS and cohort is not None and cohort.last < 0:
            cohort.last, cohort.counted = min(lines, cohort.first), today


_TAKES: Mapping[str, Callable[[Chronicle, Day, Told], None]] = {
    str(kind): does
    for kind, does in {
        Kind.GATE_JUDGED: _judged,
        Kind.FINDING_OPENED: _opened,
        Kind.FINDING_CLOSED: _closed,
        Kind.INSERTION: _written,
        Kind.EDIT_REPORTED: _written,
        Kind.REVIEW_REQUESTED: _requested,
        Kind.REVIEW_APPROVED: _decided,
        Kind.REVIEW_REJECTED: _decided,
        Kind.REVIEW_WITHDRAWN: _withdrawn,
        Kind.SUPPRESSION: _suppressed,
        Kind.SUPPRESSION_ENDED: _unsuppressed,
        Kind.LINES_COUNTED: _counted,
    }.items()
}
# The events whose payload says something to a figure; the others are counted.
KINDS = tuple(_TAKES)
