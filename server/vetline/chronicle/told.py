"""What an event tells, whatever somebody put into it: days, times, words, numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from vetline.chronicle.facts import SEVERE, Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONG = 200  # characters of a name that somebody else chose
_MOST = 1_000_000_000  # of anything
_DAYS = 100_000  # that are remembered


class Told(Protocol):
    """What of an event is asked for: an `AuditEvent` has it, and so has what `stores` reads quickly."""

    @property
    def at(self) -> str:
        """When, as `ledger.timestamp` writes it."""

    @property
    def actor(self) -> str:
        """Who."""

    @property
    def kind(self) -> str:
        """What happened."""

    @property
    def subject(self) -> str:
        """To what."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """The rest."""


_known: dict[str, str] = {}  # days that were looked at, since a day has many events


def day_of(at: str) -> str:
    """The day of a timestamp, "2026-03-01"; "" when it is none."""
    name = at[:10]
    found = _known.get(name)
    if found is None:
        try:
            found = name if date.fromisoformat(name).isoformat() == name else ""
        except ValueError:
            found = ""
        if len(_known) > _DAYS:
            _known.clear()
        _known[name] = found
    return found


def seconds(since: str, until: str) -> int:
    """From one timestamp to another, in whole seconds; -1 when the second is before the first, or one is none."""
    try:
        passed = (_instant(until) - _instant(since)).total_seconds()
    except (ValueError, OverflowError):
        return -1
    return int(passed) if passed >= 0 else -1


def _instant(at: str) -> datetime:
    when = datetime.fromisoformat(at)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def word(payload: Mapping[str, Any], name: str) -> str:
    """A text of a payload, cut where it is longer than a name is; "" where there is none."""
    value = payload.get(name)
    return value[:LONG] if isinstance(value, str) else ""


def count(payload: Mapping[str, Any], name: str) -> int:
    """A number of things that a payload tells; 0 where there is none that one can have."""
    value = payload.get(name)
    return value if type(value) is int and 0 <= value < _MOST else 0


def label_of(event: Told) -> Label:
    """What a `finding.opened` tells of its finding."""
    payload, origin = event.payload, event.payload.get("origin")
    said: Mapping[str, Any] = origin if isinstance(origin, dict) else {}
    return Label(
        word(payload, "severity"), word(payload, "rule"),
        word(said, "state") or "unknown", word(said, "agent"), word(said, "model"),
    )  # fmt: skip


def change_of(event: Told) -> str:
    """What a `gate.judged` is on: the merge request, where it is told, else the commit; "" for a work tree."""
    return word(event.payload, "change") or word(event.payload, "commit")


def lines_of(event: Told) -> int:
    """How many lines an `insertion` or an `edit.reported` tells of."""
    told = event.payload.get("lines")
    return len(told) if isinstance(told, list) else count(event.payload, "lines")


def severe_of(event: Told) -> int | None:
    """How many critical and high findings a `gate.judged` tells of; None when it does not say."""
    shown = event.payload.get("severities")
    return sum(count(shown, name) for name in SEVERE) if isinstance(shown, dict) else None


def escalated_of(event: Told) -> int:
    """How many places a `gate.judged` says need a person."""
    if "escalated" in event.payload:
        return count(event.payload, "escalated")
    reasons = event.payload.get("reasons")
    found = [one for one in reasons if isinstance(one, dict)] if isinstance(reasons, list) else []
    return sum(count(one, "count") for one in found if word(one, "rule").startswith("trigger/"))


def request_of(event: Told) -> str:
    """The id of the review that an event is about."""
    return word(event.payload, "request")


def rows_of(event: Told) -> Iterator[tuple[str, str, str, int]]:
    """Of the lines of AIs that a `lines.counted` tells of: agent, model, day, number."""
    rows = event.payload.get("written")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, list) and [type(each) for each in row] == [str, str, str, int]:
            agent, model, when, number = row
            if 0 <= number < _MOST:
                yield agent[:LONG], model[:LONG], when[:LONG], number
