"""What the ledger costs: an append, beside a plain INSERT into SQLite on the same disk in the same run, and `verify`.

Both wait for the disk at each commit (`synchronous = FULL`). Exits with 1 when a bar is missed.
"""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from vetline import ledger
from vetline.ledger import Draft, Kind
from vetline.stores import database
from vetline.stores import sqlite as store

APPENDS, LONG = 1000, 100_000
MOST_MILLISECONDS, MOST_SECONDS = 1.0, 5.0
AT, WHO = "2026-03-01T09:05:00.000Z", "Ana Roe <ana@example.com>"


def draft(number: int) -> Draft:
    marks = [f"{number:032x}"] * 5
    return Draft(Kind.INSERTION, "shop/db.py", {"agent": "a", "lines": [1, 5], "marks": marks})


def plain(folder: Path) -> list[float]:
    """Seconds of each INSERT, the transaction included, over one connection."""
    taken = []
    row = ("x" * 60, ledger.canonical(draft(1).payload), "0" * 64, "0" * 64)
    with contextlib.closing(sqlite3.connect(folder / "plain.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, head, payload, prev, hash)")
        for _ in range(APPENDS):
            start = time.perf_counter()
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO event VALUES (NULL, ?, ?, ?, ?)", row)
            db.execute("COMMIT")
            taken.append(time.perf_counter() - start)
    return taken


def ours(path: Path, *, kept: bool) -> list[float]:
    """Seconds of each append; of one process, or as if each had its own."""
    taken = []
    for number in range(APPENDS):
        start = time.perf_counter()
        store.append(path, [draft(number)], at=AT, actor=WHO)
        if not kept:
            database.close_kept()
        taken.append(time.perf_counter() - start)
    return taken


def verified(path: Path) -> float:
    """Seconds to read and verify a long ledger, its indexes and triggers included."""
    store.append(path, [draft(number) for number in range(LONG)], at=AT, actor=WHO)
    database.close_kept()
    start = time.perf_counter()
    if ledger.verify(store.events(path)) or store.unsound(path):
        raise SystemExit("a ledger that nobody touched does not verify")
    return time.perf_counter() - start


def show(name: str, taken: list[float]) -> float:
    """Print a line; gives the median in milliseconds."""
    median = statistics.median(taken) * 1000
    slow = sorted(taken)[int(len(taken) * 0.95)] * 1000
    print(f"{name:<42} {median:6.3f} ms   95 % under {slow:6.3f} ms")
    return median


def main() -> int:
    """Measure in a temporary folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        show("a plain INSERT, one connection", plain(folder))
        append = show("an append, one process", ours(folder / "kept" / "ledger.db", kept=True))
        show("an append, a connection each", ours(folder / "each" / "ledger.db", kept=False))
        seconds = verified(folder / "long" / "ledger.db")
        print(f"{'verify over ' + format(LONG, ',') + ' events':<42} {seconds:6.2f} s")
    return int(append > MOST_MILLISECONDS or seconds > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
