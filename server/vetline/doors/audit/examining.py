"""Goes through a chain once, however long, and gives what `verify` and anchors ask of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from vetline import ledger
from vetline.anchors import Known

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from vetline.ledger import AuditEvent
    from vetline.stores.chains import Chain

_ODD = timedelta(days=1)
_TOLD = 3  # events of one oddity
_TIME = 30  # characters of what may be no time
_BACK = "the time runs back, as when a clock was wrong or events were imported or back-dated"
_AHEAD = "the time is yet to come, as when a clock was wrong"


class Examined(NamedTuple):
    """What is known of a chain that has an event.

    Attributes:
        name: what it is called.
        events: how many it has.
        first, last: the first of them and the last.
        hashes: by number, those of the events that were asked for.
        seq: the number of the first event that is not what was written; 0 when all are.
        why: what is wrong, a sentence; "" when nothing is.
        notes: what is odd about its times and no fault, a sentence each.
    """

    name: str
    events: int
    first: AuditEvent
    last: AuditEvent
    hashes: dict[int, str]
    seq: int = 0
    why: str = ""
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> Known:
        """What anchors ask of it."""
        return Known(self.first.hash, self.last.seq, self.hashes)


def examine(chain: Chain, asked: Container[int] = ()) -> Examined | None:
    """Go through a chain; None when there is no event in it.

    Args:
        chain: which.
        asked: the numbers of events whose hashes are asked for.

    Raises:
        LedgerError: it cannot be read to its end.
    """
    watch = _Watch(asked)
    events = watch.over(chain.events)
    fault = ledger.verify(events)
    for _ in events:  # those behind a fault count too
        pass
    if watch.first is None or watch.last is None:
        return None
    return Examined(
        name=chain.name,
        events=watch.count,
        first=watch.first,
        last=watch.last,
        hashes=watch.hashes,
        seq=fault.seq if fault else 0,
        why=fault.why if fault else chain.unsound,
        notes=tuple(watch.notes()),
    )


class _Watch:
    """Remembers of events that somebody else goes through what is asked of them afterwards."""

    def __init__(self, asked: Container[int]) -> None:
        self.count = 0
        self.first: AuditEvent | None = None
        self.last: AuditEvent | None = None
        self.hashes: dict[int, str] = {}
        self._asked = asked
        self._odd: dict[str, list[str]] = {_BACK: [], _AHEAD: []}
        self._many = dict.fromkeys(self._odd, 0)

    def over(self, events: Iterable[AuditEvent]) -> Iterator[AuditEvent]:
        """The events, looked at one by one."""
        tomorrow = ledger.timestamp(datetime.now(UTC) + _ODD)
        before = ""
        for event in events:
            if self.last is None:
                self.first = event
            self.last = event
            self.count += 1
            if event.seq in self._asked:
                self.hashes[event.seq] = event.hash
            if event.at < before and _runs_back(before, event.at):
                self._note(_BACK, f"event {event.seq} is of {event.at}, the one before of {before}")
            if event.at > tomorrow:
                self._note(_AHEAD, f"event {event.seq} is of {event.at[:_TIME]}")
            before = event.at
            yield event

    def notes(self) -> Iterator[str]:
        """What is odd about their times."""
        for what, told in self._odd.items():
            if told:
                left = self._many[what] - len(told)
                yield f"{what}: {'; '.join(told)}{f'; and {left} more' * bool(left)}"

    def _note(self, what: str, told: str) -> None:
        self._many[what] += 1
        if len(self._odd[what]) < _TOLD:
            self._odd[what].append(told)


def _runs_back(before: str, at: str) -> bool:
    """Whether a time lies more than a day before another; what is no time runs nowhere."""
    try:
        return datetime.fromisoformat(before) - datetime.fromisoformat(at) > _ODD
    except (ValueError, TypeError, OverflowError):
        return False
