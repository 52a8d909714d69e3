"""The ledger: a chain that shows tampering, a store that loses nothing."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline import ledger, stores
from vetline.ledger import (
    GENESIS,
    Draft,
    Kind,
    LedgerBusyError,
    LedgerError,
    LedgerUnwritableError,
    Wrong,
)
from vetline.stores import Location, database, sqlite

AT = "2026-03-01T09:05:00.000Z"
WHO = "Ana Roe <ana@example.com>"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
DRAFTS = st.builds(
    Draft, st.sampled_from(Kind), st.text(), st.dictionaries(st.text(), JSON, max_size=4)
)


def draft(number: int = 0, subject: str = "shop/db.py") -> Draft:
    return Draft(Kind.REVIEW_REQUESTED, subject, {"number": number})


def chain(drafts: list[Draft]) -> list[ledger.AuditEvent]:
    last, events = (0, GENESIS), []
    for one in drafts:
        events.append(ledger.seal(one, after=last, at=AT, actor=WHO))
        last = (events[-1].seq, events[-1].hash)
    return events


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vetline" / "ledger.db"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "state"))
    return tmp_path / "state"


def repository(folder: Path) -> Path:
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    return folder


# -- the chain


@settings(deadline=None)
@given(st.lists(DRAFTS, max_size=6))
def test_a_chain_as_written_verifies(drafts):
    assert ledger.verify(chain(drafts)) is None


@settings(deadline=None)
@given(st.lists(DRAFTS, min_size=1, max_size=6), st.data())
def test_any_change_of_any_event_is_found_and_named(drafts, data):
    events = chain(drafts)
    at = data.draw(st.integers(0, len(events) - 1))
    event = events[at]
    field = data.draw(st.sampled_from(("at", "actor", "kind", "subject", "prev_hash", "hash")))
    changed = [
        replace(event, **{field: getattr(event, field) + "x"}),
        replace(event, payload={**event.payload, "more": 1}),
        replace(event, seq=event.seq + 1),
    ]
    for bad in changed:
        fault = ledger.verify([*events[:at], bad, *events[at + 1 :]])
        assert (fault.wrong, fault.seq, fault.event) == (Wrong.EDITED, at + 1, bad)


@settings(deadline=None)
@given(st.lists(DRAFTS, min_size=2, max_size=8), st.data())
def test_what_is_missing_inserted_or_out_of_order_is_told_apart(drafts, data):
    events = chain(drafts)
    at = data.draw(st.integers(0, len(events) - 2))
    fault = ledger.verify([*events[:at], *events[at + 1 :]])
    assert (fault.wrong, fault.seq) == (Wrong.MISSING, at + 1)
    assert f"event {at + 1} is missing" in fault.why
    fault = ledger.verify([*events[:at], events[at + 1], events[at], *events[at + 2 :]])
    assert (fault.wrong, fault.seq) == (Wrong.OUT_OF_ORDER, at + 1)
    fault = ledger.verify([*events[: at + 1], events[at], *events[at + 1 :]])
    assert (fault.wrong, fault.seq) == (Wrong.INSERTED, at + 2)
    own = ledger.seal(draft(99), after=(at, events[at].prev_hash), at=AT, actor=WHO)
    fault = ledger.verify([*events[:at], own, *events[at:]])
    assert (fault.wrong, fault.seq) == (Wrong.INSERTED, at + 2)


@settings(deadline=None)
@given(st.lists(DRAFTS, min_size=1, max_size=6), st.data())
def test_what_was_cut_off_or_written_anew_shows_against_an_anchor(drafts, data):
    events = chain(drafts)
    anchored = events[data.draw(st.integers(0, len(events) - 1))]
    anchor = [(anchored.seq, anchored.hash)]
    assert ledger.verify(events, anchor) is None
    left = events[: data.draw(st.integers(0, anchored.seq - 1))]
    fault = ledger.verify(left, anchor)
    assert (fault.wrong, fault.seq, fault.event) == (Wrong.CUT_OFF, len(left) + 1, None)
    other = chain([*drafts[:-1], draft(99)]) if anchored is events[-1] else chain([draft(98)] * 9)
    fault = ledger.verify(other, anchor)
    assert (fault.wrong, fault.seq) == (Wrong.EDITED, anchored.seq)


def test_a_forged_anchor_of_the_same_number_does_not_hide_the_real_one():
    events, anew = chain([draft(n) for n in range(3)]), chain([draft(n) for n in range(7, 10)])
    real, forged = (3, events[2].hash), (3, anew[2].hash)
    for anchors in ([real, forged], [forged, real]):
        for given_chain in (events, anew):
            fault = ledger.verify(given_chain, anchors)
            assert (fault.wrong, fault.seq) == (Wrong.EDITED, 3)
    assert ledger.verify(events, [real, real]) is None


def test_a_chain_may_be_verified_from_any_event_on():
    events = chain([draft(n) for n in range(5)])
    assert ledger.verify(iter(events[2:]), after=(2, events[1].hash)) is None
    assert ledger.verify(events[2:], after=(2, events[0].hash)).seq == 3
    assert ledger.verify(events[3:], after=(2, events[1].hash)).wrong is Wrong.MISSING


def test_of_two_events_that_do_not_fit_the_one_that_what_follows_does_not_know_is_named():
    events = chain([draft(n) for n in range(5)])
    forged = ledger.seal(draft(9), after=(1, events[0].hash), at=AT, actor="Somebody Else")
    fault = ledger.verify([events[0], forged, *events[2:]])
    assert (fault.wrong, fault.seq, fault.event) == (Wrong.EDITED, 2, forged)


def test_an_event_rewritten_with_a_fitting_hash_breaks_the_next():
    events = chain([draft(n) for n in range(3)])
    forged = replace(events[1], actor="Somebody Else")
    forged = replace(forged, hash=ledger.digest(forged))
    assert ledger.verify([events[0], forged, events[2]]).event is events[2]


def test_the_hash_is_fixed_for_all_versions():
    # A change of this value makes every ledger out there look forged.
    event = chain([Draft(Kind.INSERTION, "a/ü.py", {"b": [1, None, True], "a": "é\n"})])[0]
    body = (
        '{"actor":"Ana Roe <ana@example.com>","at":"2026-03-01T09:05:00.000Z","kind":"insertion",'
        '"payload":{"a":"é\\n","b":[1,null,true]},"prev_hash":"' + "0" * 64 + '","seq":1,'
        '"subject":"a/ü.py"}'
    )
    assert event.hash == hashlib.sha256(body.encode()).hexdigest()


@pytest.mark.parametrize("value", [1.5, float("nan"), b"x", {1: 2}, object(), {"x"}])
def test_what_is_not_json_or_is_a_float_is_refused(value):
    with pytest.raises(TypeError, match="an event cannot hold"):
        ledger.seal(Draft(Kind.INSERTION, "x", {"v": [value]}), after=(0, GENESIS), at=AT, actor="")


def test_lone_surrogates_are_spelled_out(path):
    written = sqlite.append(
        path, [Draft(Kind.INSERTION, "caf\udce9.py", {"n": "\ud800"})], at=AT, actor=WHO
    )
    assert written[0].subject == "caf\\udce9.py"
    assert sqlite.read(path) == written


def test_timestamps_are_utc_milliseconds_and_sort():
    there = datetime(2026, 3, 1, 10, 5, 0, 123999, tzinfo=timezone(timedelta(hours=1)))
    assert ledger.timestamp(there) == "2026-03-01T09:05:00.123Z"
    assert ledger.timestamp(datetime(2026, 3, 1, tzinfo=UTC)) == "2026-03-01T00:00:00.000Z"
    with pytest.raises(ValueError, match="zone"):
        ledger.timestamp(datetime(2026, 3, 1))  # noqa: DTZ001 - the fault under test


# -- who


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def no_global_git(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LOGNAME", "os-user")


@pytest.mark.parametrize(
    ("name", "email", "expected"),
    [
        ("Ana Roe", "ana@example.com", "Ana Roe <ana@example.com>"),
        ("Ana Roe", "", "Ana Roe"),
        ("", "ana@example.com", "<ana@example.com>"),
        ("", "", "os-user"),
    ],
)
def test_the_actor_is_gits_user_else_the_systems(tmp_path, no_global_git, name, email, expected):
    git(tmp_path, "init", "-q")
    if name:
        git(tmp_path, "config", "user.name", name)
    if email:
        git(tmp_path, "config", "user.email", email)
    assert ledger.actor(tmp_path) == expected


@pytest.mark.skipif(os.name == "nt", reason="a script for sh")
def test_a_git_in_the_project_does_not_say_who(tmp_path, monkeypatch, no_global_git):
    project = tmp_path / "project"
    project.mkdir()
    (project / "git").write_text("#!/bin/sh\nprintf 'user.name\\nEve\\0'\n")
    (project / "git").chmod(0o700)
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", os.pathsep.join([".", str(project), os.environ["PATH"]]))
    assert ledger.actor(project) == "os-user"


def test_without_git_or_folder_the_actor_is_the_systems(tmp_path, monkeypatch, no_global_git):
    assert ledger.actor(tmp_path / "gone") == "os-user"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ledger.actor(tmp_path) == "os-user"


# -- the store


@settings(deadline=None)
@given(st.lists(DRAFTS, min_size=1, max_size=5))
def test_what_is_appended_is_read_again(drafts):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a b#?%.db")
        written = sqlite.append(path, drafts[:2], at=AT, actor=WHO)
        written += sqlite.append(path, drafts[2:], at=AT, actor=WHO)
        assert sqlite.read(path) == written
        assert ledger.verify(sqlite.read(path)) is None


def test_reading_narrows_by_kind_and_subject(path):
    insertion = Draft(Kind.INSERTION, "a.py", {})
    sqlite.append(path, [draft(1, "a.py"), insertion, draft(2, "b.py")], at=AT, actor=WHO)
    assert [e.seq for e in sqlite.read(path, [Kind.REVIEW_REQUESTED])] == [1, 3]
    assert [e.seq for e in sqlite.read(path, [Kind.REVIEW_REQUESTED], "b.py")] == [3]
    assert [e.seq for e in sqlite.read(path, None, "a.py")] == [1, 2]
    assert sqlite.read(path, []) == []


def test_reading_what_is_not_there_makes_nothing(path):
    assert sqlite.read(path) == []
    assert not path.parent.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_only_the_owner_may_read_it(path):
    before = os.umask(0)
    try:
        sqlite.append(path, [draft()], at=AT, actor=WHO)
        with contextlib.closing(sqlite3.connect(path)) as db:  # keeps the side files there
            db.execute("SELECT * FROM event").fetchall()
            sqlite.append(path, [draft()], at=AT, actor=WHO)
            modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'x'",
        "DELETE FROM event",
        (
            "INSERT OR REPLACE INTO event SELECT 1, at, 'x', kind, subject, payload, prev_hash, hash"
            " FROM event WHERE seq = 1"
        ),
        (
            "INSERT OR REPLACE INTO event SELECT seq + 2, at, 'x', kind, subject, payload, hash, hash"
            " FROM event WHERE seq = 2"
        ),
        (
            "INSERT INTO event SELECT 3, at, 'x', kind, subject, payload, prev_hash, 'h'"
            " FROM event WHERE seq = 2"
        ),
        (
            "INSERT INTO event SELECT -1, at, 'x', kind, subject, payload, prev_hash, 'h'"
            " FROM event WHERE seq = 1"
        ),
    ],
)
def test_the_database_refuses_what_breaks_the_chain(path, statement):
    sqlite.append(path, [draft(1), draft(2)], at=AT, actor=WHO)
    before = sqlite.read(path)
    with (
        contextlib.closing(sqlite3.connect(path)) as db,
        pytest.raises(sqlite3.IntegrityError, match=r"append-only|not the next"),
        db,
    ):
        db.execute(statement)
    assert sqlite.read(path) == before


def test_a_bad_draft_appends_none_of_its_batch(path):
    sqlite.append(path, [draft()], at=AT, actor=WHO)
    with pytest.raises(TypeError):
        sqlite.append(path, [draft(), Draft(Kind.INSERTION, "x", {"f": 0.5})], at=AT, actor=WHO)
    assert len(sqlite.read(path)) == 1
    sqlite.append(path, [draft()], at=AT, actor=WHO)


WRITER = """
    import sys, time
    from pathlib import Path
    from vetline.ledger import Draft, Kind, LedgerBusyError
    from vetline.stores import sqlite
    path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        while True:
            start = time.monotonic()
            try:
                sqlite.append(path, [Draft(Kind.INSERTION, name, {"n": number})], at="t", actor="a")
                break
            except LedgerBusyError:
                print(time.monotonic() - start, file=sys.stderr)
        print(number, flush=True)
"""


@pytest.fixture
def writer():
    """Starts processes that append; whatever a test leaves of them is cleared away."""
    crew: list[subprocess.Popen[str]] = []

    def start(path: Path, name: str, count: int) -> subprocess.Popen[str]:
        words = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), name, str(count)]
        pipe = subprocess.PIPE
        crew.append(subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True))
        return crew[-1]

    yield start
    for process in crew:
        process.kill()
        process.wait(30)
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


def test_four_processes_at_once_keep_one_chain(path, writer):
    crew = [writer(path, f"p{n}", 200) for n in range(4)]
    for process in crew:
        assert process.stdout.readline() == "ready\n"
    for process in crew:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in crew:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        # SQLite's lock is not fair: on a busy machine a writer may be told to try again, as it does
        # here, but only after the whole wait.
        assert all(float(waited) > 0.95 * sqlite.BUSY_SECONDS for waited in errors.split())
    events = sqlite.read(path)
    assert len(events) == 800
    assert ledger.verify(events) is None
    for n in range(4):
        own = [event.payload["n"] for event in events if event.subject == f"p{n}"]
        assert own == list(range(200))


def test_threads_of_one_process_keep_one_chain_from_the_first_event_on(path):
    start = threading.Barrier(4)

    def write() -> None:
        start.wait(10)
        for number in range(25):
            sqlite.append(path, [draft(number)], at=AT, actor=WHO)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    events = sqlite.read(path)
    assert len(events) == 100
    assert ledger.verify(events) is None


def test_what_a_killed_process_was_told_is_written_is_there(path, writer):
    process = writer(path, "p", 100_000)
    process.stdin.write("go\n")
    process.stdin.flush()
    told = [process.stdout.readline() for _ in range(50)]
    process.kill()
    rest, _ = process.communicate(timeout=30)
    numbers = [
        int(line) for line in [*told[1:], *rest.splitlines(keepends=True)] if line[-1] == "\n"
    ]
    events = sqlite.read(path)
    assert [event.payload["n"] for event in events][: len(numbers)] == numbers
    assert len(events) <= len(numbers) + 1
    assert ledger.verify(events) is None
    sqlite.append(path, [draft()], at=AT, actor=WHO)


def test_a_locked_ledger_says_so_in_bounded_time(path, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    sqlite.append(path, [draft()], at=AT, actor=WHO)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBusyError, match=r"locked by another process .* try again"):
            sqlite.append(path, [draft()], at=AT, actor=WHO)
        assert len(sqlite.read(path)) == 1  # readers do not wait
    sqlite.append(path, [draft()], at=AT, actor=WHO)


def test_a_new_ledger_locked_by_its_maker_says_so(path, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerBusyError, match="try again"):
            sqlite.append(path, [draft()], at=AT, actor=WHO)


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 99, b"x"])
def test_a_file_that_is_no_database_is_told_and_kept(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    for use in (lambda: sqlite.read(path), lambda: sqlite.append(path, [draft()], at=AT, actor="")):
        with pytest.raises(LedgerError, match="move it away") as caught:
            use()
        assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_database_of_others_is_told_and_kept(path):
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    for use in (lambda: sqlite.read(path), lambda: sqlite.append(path, [draft()], at=AT, actor="")):
        with pytest.raises(LedgerError, match="is not a Vetline ledger"):
            use()
    assert path.read_bytes() == before


def test_a_newer_ledger_is_told_and_kept(path):
    sqlite.append(path, [draft()], at=AT, actor=WHO)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA user_version = 99")
    for use in (lambda: sqlite.read(path), lambda: sqlite.append(path, [draft()], at=AT, actor="")):
        with pytest.raises(LedgerError, match=r"newer Vetline; update"):
            use()


def test_a_damaged_ledger_is_told(path):
    sqlite.append(path, [draft(n, "s" * 500) for n in range(100)], at=AT, actor=WHO)
    database.close_kept()
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    path.write_bytes(raw)
    with pytest.raises(LedgerError, match="damaged"):
        sqlite.read(path)


@pytest.mark.parametrize("content", [b"", None])
def test_an_unfinished_new_ledger_is_an_empty_one(path, content):
    path.parent.mkdir()
    if content is None:  # its maker died before the first table
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA journal_mode = WAL")
    else:
        path.write_bytes(content)
    assert sqlite.read(path) == []
    sqlite.append(path, [draft()], at=AT, actor=WHO)
    assert len(sqlite.read(path)) == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "'x'"),
        ("at", "x'ff'"),
        ("payload", '\'{"number":1,"number":2}\''),
        ("payload", "'{\"number\": 2}'"),
        ("payload", "'{'"),
        ("payload", "'[1]'"),
        ("payload", "'{\"number\":NaN}'"),
        ("payload", "x'fffe'"),
        ("subject", "cast(x'ff' AS TEXT)"),
        ("kind", "7"),
        ("prev_hash", "hash"),
        ("hash", "upper(hash)"),
    ],
)
def test_a_row_changed_behind_our_back_is_named(path, column, value):
    sqlite.append(path, [draft(n) for n in (1, 2, 3)], at=AT, actor=WHO)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TRIGGER event_no_update")
        db.execute(f"UPDATE event SET {column} = {value} WHERE seq = 2")  # noqa: S608 - a test's own words
    bad = ledger.verify(sqlite.read(path))
    assert bad is not None
    assert bad.seq == 2


# -- where


@pytest.mark.skipif(sys.platform == "win32", reason="users are POSIX")
def test_a_ledger_that_may_only_be_read_is_read_and_its_events_kept_elsewhere(monkeypatch):
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        repository(folder)
        state = folder / "state"
        monkeypatch.setenv("XDG_STATE_HOME", str(state))
        state.mkdir()
        location = stores.locate(folder)
        stores.append(location, [draft(1)], at=AT, actor=WHO)
        database.close_kept()
        ours = folder / ".git" / "vetline"
        modes = {folder: 0o755, state: 0o777, folder / ".git": 0o755, ours: 0o555}
        for place, mode in {**modes, ours / "ledger.db": 0o444}.items():
            place.chmod(mode)
        with ordinary_user():
            assert len(stores.read(location)) == 1
            receipt = stores.append(location, [draft(2)], at=AT, actor=WHO)
            assert receipt.path.is_relative_to(state)
            assert receipt.why
            assert "\n" not in receipt.why
            assert [e.payload["number"] for e in stores.read(location)] == [1, 2]
        ours.chmod(0o700)
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def ordinary_user():
    """Permissions mean nothing to root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_git_folder_that_cannot_hold_a_ledger_loses_no_request(tmp_path, state):
    root = repository(tmp_path / "repo")
    (root / ".git" / "vetline").write_text("in the way")
    location = stores.locate(root)
    receipt = stores.append(location, [draft(1)], at=AT, actor=WHO)
    assert receipt.path.is_relative_to(state)
    assert str(root / ".git" / "vetline" / "ledger.db") in receipt.why
    assert len(stores.key(location)) == 32
    (root / ".git" / "vetline").unlink()
    later = stores.append(location, [draft(2)], at="2026-03-02T00:00:00.000Z", actor=WHO)
    assert later.path == root / ".git" / "vetline" / "ledger.db"
    assert later.why == ""
    assert [event.payload["number"] for event in stores.read(location)] == [1, 2]


def test_when_no_place_can_be_written_it_says_so(tmp_path, state):
    root = repository(tmp_path / "repo")
    (root / ".git" / "vetline").write_text("in the way")
    state.write_text("in the way")
    location = stores.locate(root)
    for use in (
        lambda: stores.append(location, [draft()], at=AT, actor=WHO),
        lambda: stores.key(location),
    ):
        with pytest.raises(LedgerUnwritableError, match="cannot") as caught:
            use()
        assert "\n" not in str(caught.value)


def test_a_damaged_ledger_is_not_skirted(tmp_path, state):
    root = repository(tmp_path / "repo")
    (root / ".git" / "vetline").mkdir()
    (root / ".git" / "vetline" / "ledger.db").write_text("x" * 2000)
    with pytest.raises(LedgerError, match="move it away"):
        stores.append(stores.locate(root), [draft()], at=AT, actor=WHO)
    assert not state.exists()


def test_the_ledger_lies_in_the_git_folder_that_work_trees_share(tmp_path, state, no_global_git):
    main, other = tmp_path / "main", tmp_path / "other"
    git(tmp_path, "init", "-q", "main")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    git(main, *identity, "commit", "-q", "--allow-empty", "-m", "x")
    git(main, "worktree", "add", "-q", "../other")
    (other / "deep").mkdir()
    here, there = stores.locate(main), stores.locate(other / "deep")
    assert here.folders == there.folders
    assert here.folders[0] == main / ".git" / "vetline"
    assert (here.base, there.base) == (main, other)
    assert there.subject(other / "deep" / "x.py") == "deep/x.py"


def test_outside_a_repository_it_lies_in_the_state_folder(tmp_path, state):
    one, two = tmp_path / "one", tmp_path / "two"
    assert stores.locate(one).folders != stores.locate(two).folders
    assert stores.locate(one).folders[0].parent == state / "vetline"
    assert not state.exists()


def test_a_file_that_lies_outside_is_not_taken_for_one_of_that_name_inside(tmp_path, state):
    root = repository(tmp_path / "repo")
    outside = tmp_path / "elsewhere.py"
    outside.write_text("x = 1\n")
    (root / "link.py").symlink_to(outside)
    location = stores.locate(root)
    assert location.subject(root / "elsewhere.py") == "elsewhere.py"
    assert location.subject(root / "link.py") == outside.as_posix()
    assert location.base / location.subject(outside) == outside


def test_what_was_kept_before_there_was_a_repository_is_read_in_it(tmp_path, state):
    root = tmp_path / "repo"
    root.mkdir()
    before = stores.locate(root)
    key = stores.key(before)
    stores.append(before, [draft(1)], at=AT, actor=WHO)
    repository(root)
    after = stores.locate(root)
    assert (root / ".git" / "vetline") in after.folders
    assert [event.payload["number"] for event in stores.read(after)] == [1]
    assert stores.key(after) == key
    stores.append(after, [draft(2)], at="2026-03-02T00:00:00.000Z", actor=WHO)
    assert (root / ".git" / "vetline" / "ledger.db").exists()
    assert [event.payload["number"] for event in stores.read(after)] == [1, 2]


@pytest.mark.parametrize("content", ["", "gitdir: ../gone\n", "no pointer", "gitdir: \0"])
def test_a_git_file_that_points_nowhere_is_no_repository(tmp_path, state, content):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / ".git").write_text(content)
    folders = stores.locate(tmp_path / "x").folders
    assert [folder.parent for folder in folders] == [state / "vetline"]


# -- the key


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path, state):
    location = stores.locate(repository(tmp_path / "repo"))
    first = stores.key(location)
    assert len(first) == 32
    assert stores.key(location) == first
    path = location.folders[0] / "key"
    assert [p.name for p in path.parent.iterdir()] == ["key"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("links", [True, False])
def test_many_who_make_the_key_at_once_get_the_same(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr("os.link", refused)
    location = Location(tmp_path, (tmp_path / "x",))
    start = threading.Barrier(8)
    keys = []

    def make() -> None:
        start.wait(10)
        keys.append(stores.key(location))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(keys) == 8
    assert len(set(keys)) == 1


def refused(*_args) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def test_a_file_system_without_links_has_a_key_too(tmp_path, monkeypatch):
    monkeypatch.setattr("os.link", refused)
    location = Location(tmp_path, (tmp_path / "x",))
    first = stores.key(location)
    assert len(first) == 32
    assert stores.key(location) == first
    assert [p.name for p in (tmp_path / "x").iterdir()] == ["key"]
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "x" / "key").stat().st_mode) == 0o600


def test_a_key_that_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(_handle, _mode):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fdopen", full)
    with pytest.raises(LedgerError, match="No space left"):
        stores.key(Location(tmp_path, (tmp_path / "x",)))
    assert list((tmp_path / "x").iterdir()) == []


def test_a_damaged_key_is_told_and_kept(tmp_path):
    location = Location(tmp_path, (tmp_path,))
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(LedgerError, match="damaged"):
        stores.key(location)
    assert (tmp_path / "key").read_bytes() == b"short"
