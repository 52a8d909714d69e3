"""What figures cost: a ledger of a million events folded, and what is new folded after that. Exits with 1 when a bar is missed.

The events are those of `vetline demo`, of one year over and over; it takes a minute and 600 MB to write them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import ledger, metrics, rehearsal, stores
from vetline.ledger import GENESIS, Draft, Kind
from vetline.stores import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.ledger import AuditEvent

EVENTS, NEW = 1_000_000, 10_000
MOST_SECONDS, MOST_AGAIN = 10.0, 1.0
UNTIL = datetime(2026, 3, 31, 12, tzinfo=UTC)


def events(count: int, after: tuple[int, str] = (0, GENESIS)) -> Iterator[AuditEvent]:
    """So many events behind another; findings and changes of each round are others."""
    year = [e for e in rehearsal.events(until=UNTIL, days=365) if e.kind != Kind.LINES_COUNTED]
    for number in range(count):
        told, turn = year[number % len(year)], f"{after[0]}.{number // len(year)}"
        payload = dict(told.payload)
        for name in {"fingerprint", "change"} & payload.keys():
            payload[name] += turn
        draft = Draft(told.kind, told.subject, payload)
        sealed = ledger.seal(draft, after=after, at=told.at, actor=told.actor)
        after = (sealed.seq, sealed.hash)
        yield sealed


def timed(location: stores.Location) -> float:
    start = time.perf_counter()
    metrics.load(location)
    return time.perf_counter() - start


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        git = Path(name) / ".git"
        (git / "vetline").mkdir(parents=True)
        (git / "HEAD").write_text("ref: refs/heads/main\n")
        location = stores.locate(Path(name))
        path = location.folders[0] / "ledger.db"
        sqlite.put(path, events(EVENTS))
        whole = timed(location)
        head = sqlite.ends(path)[1]
        sqlite.put(path, events(NEW, (head.seq, head.hash)))
        new, again = timed(location), timed(location)
    print(
        f"{EVENTS:,} events {whole:.1f} s, then {NEW:,} more {new:.2f} s, then none {again:.2f} s"
    )
    return int(whole > MOST_SECONDS or again > MOST_AGAIN)


if __name__ == "__main__":
    sys.exit(main())
