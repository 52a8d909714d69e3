"""What goes wrong around a ledger: killed writers, a full disk, many writers at once, a clock that goes backwards.

VETLINE_LEDGER_EVENTS says how many events the long tests write; `make test` writes fewer with the same code.
"""

from __future__ import annotations

import contextlib
import os
import queue
import random
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING

import pytest

from vetline import ledger, stores
from vetline.ledger import Draft, Kind, LedgerError, LedgerUnwritableError
from vetline.stores import Location, database, sqlite

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-03-01T09:05:00.000Z"
WHO = "Ana Roe <ana@example.com>"
EVENTS = int(os.environ.get("VETLINE_LEDGER_EVENTS", "1500"))
KILLS = 20
SECONDS = 600  # for a writer that must come to an end


def draft(number: int) -> Draft:
    return Draft(Kind.EDIT_REPORTED, "shop/db.py", {"number": number})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vetline" / "ledger.db"


# Says each number once its event is acknowledged. A server keeps its connection and has threads; a command line
# is one process an event, which to the ledger is one that opens and closes it each time.
WRITER = """
import sys, threading
from pathlib import Path
from vetline.ledger import Draft, Kind, LedgerBusyError
from vetline.stores import Location, append, database
name, first, count, way = sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
location = Location(Path(sys.argv[1]), (Path(sys.argv[1]),))
said = threading.Lock()

def write(numbers, name):
    for number in numbers:
        while True:
            try:
                one = Draft(Kind.EDIT_REPORTED, name, {"number": number})
                append(location, [one], at="2026-03-01T09:05:00.000Z", actor="a")
                break
            except LedgerBusyError:
                pass  # told in bounded time that others write; SQLite's lock is not fair
        if way == "command":
            database.close_kept()
        with said:
            sys.stdout.write(f"{number}\\n")
            sys.stdout.flush()

numbers = range(first, first + count)
crew = 2 if way == "server" else 1
threads = [threading.Thread(target=write, args=(numbers[n::crew], f"{name}{n}")) for n in range(crew)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@contextlib.contextmanager
def writer(folder: Path, name: str, first: int, count: int, way: str):
    """A process that appends; killed at the end of the block where it still runs."""
    words = [textwrap.dedent(WRITER), str(folder), name, str(first), str(count), way]
    process = subprocess.Popen(
        [sys.executable, "-c", *words], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)
        process.stdout.close()


def test_killed_writers_lose_nothing_that_they_were_told_is_written(path):
    chance, each = random.Random(7), EVENTS // KILLS
    all_written: list[int] = []
    for round_ in range(KILLS):
        first = round_ * each
        with writer(path.parent, "w", first, each, "writer") as process:
            lines = [process.stdout.readline() for _ in range(chance.randrange(1, each))]
            process.kill()
            lines += process.stdout.read().splitlines(keepends=True)
        told = [int(line) for line in lines if line.endswith("\n")]
        written = [event.payload["number"] for event in sqlite.read(path, after=len(all_written))]
        assert told == list(range(first, first + len(told)))
        assert written in (told, [*told, first + len(told)])  # one may be on its way
        all_written += written
    events = sqlite.read(path)
    assert ledger.verify(events) is None
    assert [event.payload["number"] for event in events] == all_written
    assert sqlite.unsound(path) == ""


def test_two_servers_and_a_command_line_at_once_keep_one_chain(path):
    each = EVENTS // 3
    heard: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()

    def hear(name: str, process: subprocess.Popen[str]) -> None:
        for line in process.stdout:
            heard.put((name, int(line)))

    with contextlib.ExitStack() as stack:
        crew = {
            name: stack.enter_context(writer(path.parent, name, 0, each, way))
            for name, way in (("one", "server"), ("two", "server"), ("cli", "command"))
        }
        ears = [threading.Thread(target=hear, args=pair) for pair in crew.items()]
        for ear in ears:
            ear.start()
        for ear in ears:
            ear.join(SECONDS)
        assert [process.wait(60) for process in crew.values()] == [0, 0, 0]
    assert heard.qsize() == 3 * each
    events = sqlite.read(path)
    assert ledger.verify(events) is None
    assert len(events) == 3 * each
    for name in crew:
        own = [event for event in events if event.subject.startswith(name)]
        assert sorted(event.payload["number"] for event in own) == list(range(each))
        for thread in {event.subject for event in own}:  # each in its own order
            numbers = [event.payload["number"] for event in own if event.subject == thread]
            assert numbers == sorted(numbers)


def test_a_full_disk_loses_nothing_and_the_next_place_is_written(tmp_path, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    location = Location(tmp_path, (first, second))
    sqlite.append(first / "ledger.db", [draft(0)], at=AT, actor=WHO)
    database.close_kept()
    real = database._connect

    def connect(path, *words):
        db = real(path, *words)
        if path.parent == first:
            db.execute("PRAGMA max_page_count = 24")
        return db

    monkeypatch.setattr(database, "_connect", connect)
    receipts = [stores.append(location, [draft(n)], at=AT, actor=WHO) for n in range(1, 400)]
    places = [receipt.path.parent for receipt in receipts]
    assert set(places) == {first, second}
    said = {receipt.why for receipt in receipts if receipt.path.parent == second}
    assert said == {f"cannot use {first / 'ledger.db'}: database or disk is full"}
    for folder in (first, second):
        assert ledger.verify(sqlite.read(folder / "ledger.db")) is None
    numbers = sorted(event.payload["number"] for event in stores.read(location))
    assert numbers == list(range(400))


LIMITED = """
import resource, signal, sys
from pathlib import Path
from vetline.ledger import Draft, Kind, LedgerError
from vetline.stores import sqlite
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
number = 0
try:
    while number < 10_000:
        sqlite.append(Path(sys.argv[1]), [Draft(Kind.EDIT_REPORTED, "x", {"number": number})], at="t", actor="a")
        number += 1
except LedgerError as error:
    print(number, len(str(error).splitlines()))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
def test_a_file_that_may_grow_no_further_loses_nothing(path):
    command = [sys.executable, "-c", textwrap.dedent(LIMITED), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    written, lines = map(int, done.stdout.split())
    assert lines == 1
    events = sqlite.read(path)
    assert [event.payload["number"] for event in events][:written] == list(range(written))
    assert len(events) <= written + 1
    assert ledger.verify(events) is None
    sqlite.append(path, [draft(written)], at=AT, actor=WHO)


def test_a_clock_that_goes_backwards_changes_no_order(tmp_path):
    here, former = tmp_path / "here", tmp_path / "former"
    location = Location(tmp_path, (here,), (former,))
    hours = [9, 8, 7, 12, 3]
    for number, hour in enumerate(hours):
        at = f"2026-03-01T{hour:02}:00:00.000Z"
        stores.append(location, [draft(number)], at=at, actor=WHO)
    sqlite.append(former / "ledger.db", [draft(9)], at="2026-03-01T07:30:00.000Z", actor=WHO)
    events = stores.read(location)
    assert ledger.verify(sqlite.events(here / "ledger.db")) is None
    own = [event.payload["number"] for event in events if event.payload["number"] != 9]
    assert own == [0, 1, 2, 3, 4]
    assert [event.at[11:13] for event in events if event.payload["number"] != 9] == [
        f"{hour:02}" for hour in hours
    ]


def test_a_ledger_that_cannot_grow_anywhere_says_so_in_one_line(tmp_path, monkeypatch):
    location = Location(tmp_path, (tmp_path / "a", tmp_path / "b"))
    real = database._connect

    def connect(path, *words):
        db = real(path, *words)
        db.execute("PRAGMA max_page_count = 2")
        return db

    monkeypatch.setattr(database, "_connect", connect)
    with pytest.raises(LedgerUnwritableError, match="disk is full") as caught:
        stores.append(location, [draft(0)], at=AT, actor=WHO)
    assert "\n" not in str(caught.value)
    monkeypatch.undo()
    with contextlib.suppress(LedgerError):
        assert stores.read(location) == []
    assert stores.append(location, [draft(1)], at=AT, actor=WHO).events[0].seq == 1
