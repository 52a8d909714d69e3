"""The file a ledger lies in: whatever is changed in it is found, and a kept connection loses nothing."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline import ledger, stores
from vetline.ledger import GENESIS, Draft, Kind, LedgerError, Wrong
from vetline.stores import chains, database, sqlite

if TYPE_CHECKING:
    from vetline.ledger import AuditEvent

AT = "2026-03-01T09:05:00.000Z"
WHO = "Ana Roe <ana@example.com>"
KINDS = (Kind.INSERTION, Kind.REVIEW_APPROVED, Kind.REVIEW_REJECTED)
SUBJECTS = ("shop/db.py", "shop/ü.py")
EVENTS = 12


def draft(number: int) -> Draft:
    return Draft(KINDS[number % 3], SUBJECTS[number % 2], {"number": number, "marks": ["a" * 16]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vetline" / "ledger.db"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[AuditEvent]]:
    """A ledger that nobody has open, and its events."""
    path = tmp_path_factory.mktemp("written") / "ledger.db"
    events = sqlite.append(path, [draft(n) for n in range(EVENTS)], at=AT, actor=WHO)
    database.close_kept()
    assert [each.name for each in path.parent.iterdir()] == ["ledger.db"]
    return path, events


def is_found(path: Path, events: list[AuditEvent]) -> bool:
    """Whether what was done to a file shows."""
    anchor = [(events[-1].seq, events[-1].hash)]
    try:
        return bool(ledger.verify(sqlite.events(path), anchor) or sqlite.unsound(path))
    except LedgerError as error:
        return len(str(error).splitlines()) == 1


def is_as_written(path: Path, events: list[AuditEvent]) -> bool:
    """Whether all reads give what was written."""
    by_kind = all(
        sqlite.read(path, [kind]) == [event for event in events if event.kind == kind]
        for kind in KINDS
    )
    by_subject = all(
        sqlite.read(path, None, subject) == [e for e in events if e.subject == subject]
        for subject in SUBJECTS
    )
    return sqlite.read(path) == events and by_kind and by_subject


def flipped(path: Path, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(bit // 8)
        (byte,) = file.read(1)
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


# -- what is changed


@settings(deadline=None, max_examples=300)
@given(place=st.floats(0, 1, exclude_max=True))
def test_any_bit_of_the_file_that_changes_is_found_or_changes_nothing(
    written, tmp_path_factory, place
):
    source, events = written
    path = tmp_path_factory.getbasetemp() / "flipped.db"
    shutil.copyfile(source, path)
    flipped(path, int(place * source.stat().st_size * 8))
    assert is_found(path, events) or is_as_written(path, events)


def test_any_bit_of_an_event_that_changes_is_found(written, tmp_path):
    source, events = written
    raw, path = source.read_bytes(), tmp_path / "flipped.db"
    start = raw.index(events[4].hash.encode()) - len(ledger.canonical(events[4].payload)) - 64
    chance = random.Random(4)
    for bit in chance.sample(range(start * 8, (start + 190) * 8), 200):
        shutil.copyfile(source, path)
        flipped(path, bit)
        assert is_found(path, events), bit


@settings(deadline=None)
@given(place=st.floats(0, 1, exclude_max=True))
def test_any_bit_of_the_log_that_changes_is_found_against_an_anchor(tmp_path_factory, place):
    folder = tmp_path_factory.mktemp("logged")
    path, copy = folder / "ledger.db", folder / "copy.db"
    events = sqlite.append(path, [draft(n) for n in range(EVENTS)], at=AT, actor=WHO)
    log = folder / "copy.db-wal"
    shutil.copyfile(path, copy)
    shutil.copyfile(folder / "ledger.db-wal", log)
    database.close_kept()
    flipped(log, int(place * log.stat().st_size * 8))
    assert is_found(copy, events) or is_as_written(copy, events)


CHANGES = {
    "edit": "UPDATE event SET actor = actor || 'x' WHERE seq = 5",
    "edit of a payload": "UPDATE event SET payload = replace(payload, '4', '5') WHERE seq = 5",
    "deletion": "DELETE FROM event WHERE seq = 5",
    "deletion of the end": "DELETE FROM event WHERE seq >= 12",
    "deletion of all": "DELETE FROM event",
    "renumbered": "DELETE FROM event WHERE seq = 5; UPDATE event SET seq = seq - 1 WHERE seq > 5",
    "swapped": "UPDATE event SET seq = 99 WHERE seq = 5; UPDATE event SET seq = 5 WHERE seq = 6;"
    "UPDATE event SET seq = 6 WHERE seq = 99",
    "insertion at the end": "INSERT INTO event SELECT seq + 1, at, actor, kind, subject, payload,"
    " hash, hash FROM event WHERE seq = 12",
    "insertion before the start": "INSERT INTO event SELECT 0, at, actor, kind, subject, payload,"
    " hash, hash FROM event WHERE seq = 12",
    "triggers only": "",
}


@pytest.mark.parametrize("how", CHANGES)
def test_what_is_changed_behind_the_triggers_is_found(written, tmp_path, how):
    source, events = written
    path = tmp_path / "ledger.db"
    shutil.copyfile(source, path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        kept = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            db.execute(f"DROP TRIGGER {name}")
        db.executescript(CHANGES[how])
        if how != "triggers only":  # who covers the tracks puts them back
            for _, statement in kept:
                db.execute(statement)
        db.commit()
    assert is_found(path, events)


@settings(deadline=None)
@given(st.data())
def test_any_rewrite_of_the_rows_is_found(written, tmp_path_factory, data):
    source, events = written
    path = tmp_path_factory.getbasetemp() / "rewritten.db"
    rows = [sqlite.row(event) for event in events]
    at = data.draw(st.integers(0, EVENTS - 1))
    to = data.draw(st.integers(0, EVENTS - 1))
    how = data.draw(st.sampled_from(["move", "drop", "double", "forge"]))
    if how == "move":
        rows.insert(to, rows.pop(at))
    elif how == "drop":
        rows.pop(at)
    elif how == "double":
        rows.insert(to, rows[at])
    else:  # with a hash that fits
        forged = replace(events[at], actor=data.draw(st.text()))
        rows[at] = sqlite.row(replace(forged, hash=ledger.digest(forged)))
    shutil.copyfile(source, path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        for trigger in ("event_no_update", "event_no_delete", "event_chain"):
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("DELETE FROM event")
        renumbered = ((number, *row[1:]) for number, row in enumerate(rows, 1))
        db.executemany(sqlite.INSERT, renumbered)
        db.commit()
    same = [tuple(row[1:]) for row in rows] == [sqlite.row(event)[1:] for event in events]
    assert bool(ledger.verify(sqlite.events(path), [(EVENTS, events[-1].hash)])) is not same


def test_an_index_that_hides_an_event_is_said(written, tmp_path):
    source, _ = written
    path = tmp_path / "ledger.db"
    shutil.copyfile(source, path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA writable_schema = ON")
        # The index is filled as one over other columns, and then called what it was.
        db.execute("DROP INDEX event_kind")
        db.execute("CREATE INDEX event_kind ON event (subject)")
        db.execute(
            "UPDATE sqlite_master SET sql = 'CREATE INDEX event_kind ON event (kind)'"
            " WHERE name = 'event_kind'"
        )
        db.commit()
    assert len(sqlite.read(path, [Kind.REVIEW_REJECTED])) < EVENTS // 3
    assert ledger.verify(sqlite.events(path)) is None
    assert sqlite.unsound(path).startswith("its pages do not agree")
    location = stores.Location(tmp_path, (tmp_path,))
    assert chains.chains(location)[0].unsound
    assert sqlite.unsound(source) == ""


def test_a_trigger_that_is_gone_or_another_is_said(written, tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copyfile(written[0], path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER event_no_delete")
    assert sqlite.unsound(path) == "its trigger event_no_delete is gone"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT 1; END")
    assert sqlite.unsound(path) == "its trigger event_no_delete was changed"


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_file_is_no_empty_ledger(path, kind):
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        if sys.platform == "win32":
            pytest.skip("pipes are POSIX")
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/null")
    for act in (sqlite.read, lambda path: sqlite.append(path, [draft(1)], at=AT, actor=WHO)):
        with pytest.raises(LedgerError, match="is not a Vetline ledger; move it away"):
            act(path)


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE event",
        "ALTER TABLE event RENAME COLUMN hash TO body",
        "ALTER TABLE event RENAME TO other; CREATE VIEW event AS SELECT * FROM other",
    ],
)
def test_tables_that_are_not_ours_are_said_with_what_to_do(written, tmp_path, query):
    path = tmp_path / "ledger.db"
    shutil.copyfile(written[0], path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        for trigger in ("event_no_update", "event_no_delete", "event_chain"):
            db.execute(f"DROP TRIGGER {trigger}")
        db.executescript(query)
    with pytest.raises(LedgerError, match="is damaged or not a ledger; move it away"):
        sqlite.append(path, [draft(1)], at=AT, actor=WHO)


FULL = """
import resource, sys
from pathlib import Path
from vetline.ledger import Draft, Kind, LedgerUnwritableError
from vetline.stores import sqlite
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
print(len(sqlite.read(path)))
try:
    sqlite.append(path, [Draft(Kind.INSERTION, "x", {})], at="t", actor="a")
except LedgerUnwritableError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
def test_where_not_a_byte_more_can_be_written_a_ledger_is_still_read(written, tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copyfile(written[0], path)
    command = [sys.executable, "-c", FULL, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    count, said = done.stdout.splitlines()
    assert int(count) == EVENTS
    assert "is the disk full?" in said


MEMORY = """
import contextlib, io, resource, sys
from vetline.doors import audit
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + 70_000_000
resource.setrlimit(resource.RLIMIT_AS, (most, most))
for argv in (["log"], ["query"], ["verify"], ["show", "3"]):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        out.write = lambda text: len(text)
        assert audit.main(argv) == 0, argv
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_a_ledger_larger_than_memory_is_read_one_by_one(tmp_path):
    size, count = 100_000, 1000  # of texts alone 100 MB
    (tmp_path / ".git").mkdir()
    path = tmp_path / ".git" / "vetline" / "ledger.db"
    for _ in range(count // 100):
        drafts = [Draft(Kind.INSERTION, "x", {"text": "y" * size})] * 100
        sqlite.append(path, drafts, at=AT, actor=WHO)
    database.close_kept()
    command = [sys.executable, "-c", MEMORY]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=True)


# -- a connection that is kept


def open_files(path: Path) -> int:
    """How many handles this process has on a file that is there."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the handle on the folder itself
            found.append(str(each.readlink()))
    return found.count(str(path))


APPEND = """
import sys
from pathlib import Path
from vetline.ledger import Draft, Kind
from vetline.stores import sqlite
for n in range(int(sys.argv[2])):
    sqlite.append(Path(sys.argv[1]), [Draft(Kind.INSERTION, "other", {"n": n})], at="t", actor="a")
if "--die" in sys.argv:
    import os
    os._exit(0)
"""


def elsewhere(path: Path, count: int, *words: str) -> None:
    """Append in another process."""
    command = [sys.executable, "-c", textwrap.dedent(APPEND), str(path), str(count), *words]
    subprocess.run(command, check=True, timeout=60)


posix = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks at /proc")


@posix
def test_one_connection_is_kept_and_closed_at_the_end(path):
    for number in range(3):
        sqlite.append(path, [draft(number)], at=AT, actor=WHO)
    assert open_files(path) == 1
    database.close_kept()
    assert open_files(path) == 0
    assert [each.name for each in path.parent.iterdir()] == ["ledger.db"]


@posix
def test_a_process_that_ends_leaves_no_log(path):
    elsewhere(path, 3)
    assert [each.name for each in path.parent.iterdir()] == ["ledger.db"]
    elsewhere(path, 3, "--die")
    assert (path.parent / "ledger.db-wal").exists()
    assert len(sqlite.read(path)) == 6


@posix
def test_a_file_that_was_moved_away_is_left_alone(path):
    sqlite.append(path, [draft(0)], at=AT, actor=WHO)
    away = path.with_name("away.db")
    for end in ("", "-wal", "-shm"):
        path.with_name(f"ledger.db{end}").rename(path.with_name(f"away.db{end}"))
    sqlite.append(path, [draft(1), draft(2)], at=AT, actor=WHO)
    assert [event.payload["number"] for event in sqlite.read(path)] == [1, 2]
    assert [event.payload["number"] for event in sqlite.read(away)] == [0]
    assert ledger.verify(sqlite.read(path)) is None


@posix
def test_who_took_the_place_of_a_moved_file_keeps_its_log(path):
    sqlite.append(path, [draft(0)], at=AT, actor=WHO)
    shutil.move(path.parent, path.parent.with_name("away"))
    elsewhere(path, 5, "--die")  # its events are in the log alone
    sqlite.append(path, [draft(1)], at=AT, actor=WHO)
    events = sqlite.read(path)
    assert [event.subject for event in events] == ["other"] * 5 + [draft(1).subject]
    assert ledger.verify(events) is None


@posix
@pytest.mark.parametrize("gone", ["ledger.db", "the folder"])
def test_a_file_that_was_removed_is_made_anew(path, gone):
    sqlite.append(path, [draft(0)], at=AT, actor=WHO)
    if gone == "ledger.db":
        for each in path.parent.iterdir():
            each.unlink()
    else:
        shutil.rmtree(path.parent)
    (event,) = sqlite.append(path, [draft(1)], at=AT, actor=WHO)
    assert event.seq == 1
    assert sqlite.read(path) == [event]
    assert ledger.verify([event]) is None


@posix
def test_what_others_append_between_is_seen(path):
    sqlite.append(path, [draft(0)], at=AT, actor=WHO)
    elsewhere(path, 3)
    (event,) = sqlite.append(path, [draft(1)], at=AT, actor=WHO)
    assert event.seq == 5
    assert ledger.verify(sqlite.read(path)) is None


@posix
def test_a_fork_shares_no_connection(path):
    sqlite.append(path, [draft(0)], at=AT, actor=WHO)
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            assert open_files(path) == 0
            for number in range(20):
                sqlite.append(path, [draft(number)], at=AT, actor="child")
            os._exit(0)
        os._exit(1)
    for number in range(20):
        sqlite.append(path, [draft(number)], at=AT, actor="parent")
    assert os.waitpid(child, 0)[1] == 0
    events = sqlite.read(path)
    assert ledger.verify(events) is None
    assert sorted(event.actor for event in events) == sorted([WHO, *["child", "parent"] * 20])


@posix
def test_an_error_leaves_nothing_of_it_behind(path):
    sqlite.append(path, [draft(0)], at=AT, actor=WHO)
    with pytest.raises(TypeError):
        sqlite.append(path, [draft(1), Draft(Kind.INSERTION, "x", {"n": 1.5})], at=AT, actor=WHO)
    (event,) = sqlite.append(path, [draft(2)], at=AT, actor=WHO)
    assert event.seq == 2
    assert event.prev_hash != GENESIS


@posix
def test_few_connections_are_kept(tmp_path):
    paths = [tmp_path / str(number) / "ledger.db" for number in range(12)]
    for path in paths:
        sqlite.append(path, [draft(0)], at=AT, actor=WHO)
    assert sum(map(open_files, paths)) == database._MOST_KEPT
    assert open_files(paths[0]) == 0
    assert open_files(paths[-1]) == 1
    database.close_kept()


@posix
def test_threads_take_turns_with_a_connection_or_have_their_own(path):
    start = threading.Barrier(8)
    failed = []

    def write() -> None:
        start.wait(30)
        try:
            for number in range(25):
                sqlite.append(path, [draft(number)], at=AT, actor=WHO)
        except BaseException as error:  # noqa: BLE001 - the test says which
            failed.append(error)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not failed
    assert len(database._kept) == 1
    assert open_files(path) <= 8  # SQLite keeps handles for the next who opens while one has a lock
    events = sqlite.read(path)
    assert len(events) == 200
    assert ledger.verify(events) is None


def test_a_long_ledger_is_streamed_and_its_ends_are_known(path):
    events = sqlite.append(path, [draft(n) for n in range(50)], at=AT, actor=WHO)
    assert sqlite.ends(path) == (events[0], events[-1])
    assert list(sqlite.events(path, after=48)) == events[48:]
    location = stores.Location(path.parent, (path.parent,))
    assert list(stores.events(location, after=10)) == events[10:]
    assert sqlite.ends(path.with_name("none.db")) is None
    fault = ledger.verify(sqlite.events(path), [(60, "0" * 64)])
    assert fault.wrong is Wrong.CUT_OFF


@posix
def test_a_lock_that_was_lost_loses_no_event(path):
    for number in range(3):
        sqlite.append(path, [draft(number)], at=AT, actor=WHO)
        path.read_bytes()  # to close a handle drops this process's locks, as POSIX has it
        elsewhere(path, 2)  # believes to be the last, and takes the log away
    events = sqlite.read(path)
    assert ledger.verify(events) is None
    assert len(events) == 9
    assert sqlite.unsound(path) == ""
