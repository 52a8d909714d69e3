"""A team's ledger in a real PostgreSQL: one chain, nothing lost, nothing twice, whatever happens to the server."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from postgres import MISSING, Postgres, program, running
from repositories import sh

from vetline import ledger, stores
from vetline.address import Address
from vetline.ledger import Draft, Kind, LedgerError
from vetline.stores import chains, mirror, postgres, sqlite, team
from vetline.stores.team import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not program("initdb") or not program("pg_ctl"), reason=MISSING)

AT = "2026-03-01T09:05:00.000Z"
WHO = "Ana Roe <ana@example.com>"


def draft(number: int, subject: str = "shop/db.py") -> Draft:
    return Draft(Kind.REVIEW_REQUESTED, subject, {"number": number})


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running() as started:
        yield started
        postgres.close_kept()


@pytest.fixture
def team_of(server, tmp_path, monkeypatch, request):
    """Gives clones of a repository whose ledger lies on the server, each its own place."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("VETLINE_LEDGER_URL", server.url)
    monkeypatch.setenv("VETLINE_LEDGER_REPOSITORY", request.node.name)
    if server.pid is None:
        server.start()

    def clone(name: str) -> stores.Location:
        (tmp_path / name / ".git").mkdir(parents=True, exist_ok=True)
        (tmp_path / name / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        location = stores.locate(tmp_path / name)
        assert location.server is not None, location.why
        return location

    return clone


def numbers(location: stores.Location) -> list[int]:
    return [event.payload["number"] for event in stores.read(location)]


def append(location: stores.Location, *wanted: int) -> stores.Receipt:
    return stores.append(location, [draft(n) for n in wanted], at=AT, actor=WHO)


def test_clones_share_one_chain_and_read_what_the_others_wrote(team_of):
    one, two = team_of("one"), team_of("two")
    receipt = append(one, 1, 2)
    assert (receipt.why, [event.seq for event in receipt.events]) == ("", [1, 2])
    assert [event.seq for event in append(two, 3).events] == [3]
    assert numbers(one) == numbers(two) == [1, 2, 3]
    assert ledger.verify(stores.read(one)) is None
    assert (
        stores.read(one)
        == list(stores.events(one))
        == list(chains.chains(one, at_source=True)[0].events)
    )
    assert [event.seq for event in stores.read(one, [Kind.REVIEW_REQUESTED], "shop/db.py")] == [
        1,
        2,
        3,
    ]
    assert stores.read(one, [Kind.INSERTION]) == []
    assert chains.heads(two)[0].seq == 3


def test_repositories_do_not_mix(team_of, monkeypatch):
    append(team_of("one"), 1)
    monkeypatch.setenv("VETLINE_LEDGER_REPOSITORY", "another, of test_repositories_do_not_mix")
    other = team_of("other")
    assert [event.seq for event in append(other, 9).events] == [1]
    assert numbers(other) == [9]


def test_every_text_goes_there_and_back(team_of):
    location = team_of("one")
    words = Draft(Kind.INSERTION, "caf\udce9\0.py", {"n": "\ud800\0\u2028é", "m": [None, True, -1]})
    (event,) = stores.append(location, [words], at=AT, actor="Zoë\0 <z@x>").events
    assert (event.subject, event.actor) == ("caf\\udce9\\x00.py", "Zoë\\x00 <z@x>")
    assert event.payload["n"] == "\\ud800\0\u2028é"
    assert stores.read(location) == [event]
    assert ledger.verify([event]) is None


_COPY = (
    "INSERT INTO vetline.event SELECT repository, {seq}, uid || 'x', at, actor, kind, subject, payload,"
    " {prev_hash}, hash FROM vetline.event ORDER BY seq DESC LIMIT 1"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE vetline.event SET actor = 'x'",
        "DELETE FROM vetline.event",
        "TRUNCATE vetline.event",
        _COPY.format(seq="seq + 2", prev_hash="hash"),
        _COPY.format(seq="seq + 1", prev_hash="prev_hash"),
        _COPY.format(seq="seq", prev_hash="prev_hash"),
    ],
)
def test_the_database_refuses_what_breaks_the_chain(server, team_of, statement):
    append(team_of("one"), 1)
    with server.connect() as db, pytest.raises(psycopg.errors.RaiseException):
        db.execute(statement)


def test_a_member_who_may_only_add_can_take_no_trigger_away(server, team_of, monkeypatch):
    append(team_of("one"), 1)
    with server.connect() as db:
        db.execute("DROP ROLE IF EXISTS member")
        db.execute("CREATE ROLE member LOGIN")
        db.execute("GRANT USAGE ON SCHEMA vetline TO member")
        db.execute("GRANT SELECT, INSERT ON vetline.event TO member")
        monkeypatch.setenv(
            "VETLINE_LEDGER_URL", server.url.replace(f"//{server.user}@", "//member@")
        )
        assert append(team_of("two"), 2).events[0].seq == 2
        with server.connect(user="member") as own:
            for statement in (
                "ALTER TABLE vetline.event DISABLE TRIGGER ALL",
                "DROP TRIGGER event_chain ON vetline.event",
                "UPDATE vetline.event SET actor = ''",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    own.execute(statement)
        postgres.close_kept()
        db.execute("DROP OWNED BY member")
        db.execute("DROP ROLE member")


def test_what_waits_while_the_server_is_away_follows_in_order(server, team_of):
    location = team_of("one")
    append(location, 1)
    server.stop()
    started = time.monotonic()
    receipt = append(location, 2)
    assert time.monotonic() - started < 2
    assert "1 event waits" in receipt.why
    assert len(receipt.why.splitlines()) == 1
    assert [event.seq for event in receipt.events] == [0]
    append(location, 3)
    assert numbers(location) == [1, 2, 3]  # what waits is seen by who wrote it
    assert "2 events wait" in stores.deliver(location)
    server.start()
    other = team_of("two")
    append(other, 4)
    assert stores.deliver(location) == ""
    assert numbers(location) == [1, 4, 2, 3]
    assert ledger.verify(stores.read(location)) is None
    assert [event.seq for event in append(location, 5).events] == [5]


def test_who_finds_the_server_away_is_not_made_to_wait_again(server, team_of, monkeypatch):
    location = team_of("one")
    append(location, 1)
    server.stop()
    append(location, 2)
    asked = []
    monkeypatch.setattr(postgres, "exchange", lambda *words, **more: asked.append(words))
    assert "2 events wait" in append(location, 3).why
    stores.read(location)
    assert asked == []
    monkeypatch.undo()
    mark = team.path_in(location.folders[0], location.server).with_suffix(".away")
    then = time.time() - 60
    os.utime(mark, (then, then))
    server.start()
    monkeypatch.setenv("XDG_STATE_HOME", str(location.base))
    assert append(location, 4).why == ""
    assert numbers(location) == [1, 2, 3, 4]
    assert not mark.exists()


def test_a_server_that_does_not_answer_costs_a_bounded_time(server, team_of, monkeypatch):
    location = team_of("one")
    append(location, 1)
    monkeypatch.setattr(postgres, "ANSWER_SECONDS", 1.0)
    backends = own_children(server.pid)
    for pid in (server.pid, *backends):
        os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert "no answer" in append(location, 2).why
        assert time.monotonic() - started < 3
    finally:
        for pid in (server.pid, *backends):
            os.kill(pid, signal.SIGCONT)
    assert stores.deliver(location) == ""
    assert numbers(location) == [1, 2]


def own_children(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def test_a_host_that_says_nothing_costs_a_second(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(team.AwayError, match="no answer for 1 s"):
            team.sync(tmp_path / "team-x.db", Server(Address("127.0.0.1", port, "x"), "r"))
        assert time.monotonic() - started < 3


def test_an_event_whose_acknowledgement_was_lost_is_there_once(team_of, monkeypatch):
    location = team_of("one")
    append(location, 1)
    real = postgres.exchange

    def lost(*words, **more):
        real(*words, **more)
        raise team.AwayError("the connection was lost on the way back")

    monkeypatch.setattr(postgres, "exchange", lost)
    assert "1 event waits" in append(location, 2).why
    monkeypatch.setattr(postgres, "exchange", real)
    assert stores.deliver(location) == ""
    assert numbers(location) == [1, 2]


def test_a_server_that_was_started_anew_is_connected_to_again(server, team_of):
    location = team_of("one")
    append(location, 1)
    server.stop()
    server.start()
    assert append(location, 2).why == ""
    assert numbers(location) == [1, 2]


WRITER = """
import sys
from pathlib import Path
from vetline import stores
from vetline.ledger import Draft, Kind
location = stores.locate(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    one = Draft(Kind.EDIT_REPORTED, sys.argv[2], {"number": number})
    receipt = stores.append(location, [one], at="2026-03-01T09:05:00.000Z", actor="a")
    print(receipt.why)
"""


def test_many_writers_of_many_clones_keep_one_chain(team_of):
    places = [team_of(name).base for name in ("one", "one", "two", "three")]
    crew = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(place), f"w{n}", "40"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for n, place in enumerate(places)
    ]  # fmt: skip
    for process in crew:
        said, _ = process.communicate(timeout=240)
        assert process.returncode == 0, said
    for name in ("one", "two", "three"):
        assert stores.deliver(team_of(name)) == ""
    events = stores.read(team_of("four"))
    assert ledger.verify(events) is None
    assert len(events) == 160
    for n in range(4):
        own = [event.payload["number"] for event in events if event.subject == f"w{n}"]
        assert own == list(range(40))


def test_threads_of_one_process_lose_nothing(team_of):
    location = team_of("one")
    start = threading.Barrier(4)

    def write(name: str) -> None:
        start.wait(30)
        for number in range(10):
            stores.append(location, [draft(number, name)], at=AT, actor=WHO)

    threads = [threading.Thread(target=write, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert stores.deliver(location) == ""
    events = stores.read(location)
    assert len(events) == 40
    assert ledger.verify(events) is None


@contextlib.contextmanager
def without_triggers(server: Postgres) -> Iterator[psycopg.Connection]:
    with server.connect() as db:
        db.execute("ALTER TABLE vetline.event DISABLE TRIGGER ALL")
        try:
            yield db
        finally:
            db.execute("ALTER TABLE vetline.event ENABLE TRIGGER ALL")


@pytest.mark.parametrize("how", ["cut off", "written anew"])
def test_a_ledger_that_its_owner_changed_is_said_and_gets_nothing(server, team_of, how):
    location = team_of("one")
    append(location, 1, 2, 3)
    name = location.server.repository
    with without_triggers(server) as db:
        if how == "cut off":
            db.execute("DELETE FROM vetline.event WHERE repository = %s AND seq = 3", (name,))
        else:
            last = replace(stores.read(location)[2], actor="Eve")
            words = ("Eve", ledger.digest(last), name)
            db.execute(
                "UPDATE vetline.event SET actor = %s, hash = %s WHERE repository = %s AND seq = 3",
                words,
            )
    with pytest.raises(LedgerError, match="was changed: event 3"):
        stores.read(location)
    receipt = append(location, 4)
    assert "was changed" in receipt.why
    assert "1 event waits" in receipt.why
    with server.connect() as db:
        (count,) = db.execute(
            "SELECT count(*) FROM vetline.event WHERE repository = %s", (name,)
        ).fetchone()
    assert count == (2 if how == "cut off" else 3)


def test_an_edit_on_the_server_is_found_by_who_reads_all_of_it(server, team_of):
    location = team_of("one")
    append(location, 1, 2, 3)
    with without_triggers(server) as db:
        words = ("Eve", location.server.repository)
        db.execute("UPDATE vetline.event SET actor = %s WHERE repository = %s AND seq = 2", words)
    (chain,) = chains.chains(location, at_source=True)
    assert ledger.verify(chain.events).seq == 2
    assert ledger.verify(chains.chains(location)[0].events) is None  # the copy is as it was
    with pytest.raises(LedgerError, match="event 2 was changed"):
        stores.read(team_of("two"))


def test_a_local_ledger_is_imported_once_with_who_and_when(team_of):
    location = team_of("one")
    local = replace_server(location)
    append(local, 1)
    stores.append(local, [draft(2)], at="2026-03-02T00:00:00.000Z", actor="Bo <b@x>")
    before = stores.read(local)
    assert [event.payload["number"] for event in stores.read(location)] == [1, 2]
    append(location, 3)
    assert stores.import_local(location, at=AT, actor=WHO) == 2
    assert stores.import_local(location, at=AT, actor=WHO) == 0
    events = stores.read(location)
    assert [event.kind for event in events][-1] == Kind.LEDGER_IMPORTED
    assert [(e.at, e.actor, e.payload) for e in events[1:3]] == [
        (e.at, e.actor, e.payload) for e in before
    ]
    assert events[-1].payload == {
        "events": 2,
        "first": before[0].hash,
        "from": 1,
        "head": before[-1].hash,
    }
    assert ledger.verify(events) is None
    # What was imported can be shown to be what the local chain held.
    again = ledger.GENESIS
    for seq, event in enumerate(events[1:3], 1):
        again = ledger.digest(replace(event, seq=seq, prev_hash=again))
    assert again == before[-1].hash
    append(local, 4)
    assert stores.import_local(location, at=AT, actor=WHO) == 1
    assert [e.payload.get("number") for e in stores.read(location)] == [3, 1, 2, None, 4, None]
    assert stores.import_local(team_of("two"), at=AT, actor=WHO) == 0


def replace_server(location: stores.Location) -> stores.Location:
    """The same place as it was before there was a server."""
    return location._replace(server=None)


def test_a_local_ledger_that_was_changed_is_not_imported(team_of):
    import sqlite3

    location = team_of("one")
    append(replace_server(location), 1, 2)
    stores.database.close_kept()
    with contextlib.closing(sqlite3.connect(location.folders[0] / "ledger.db")) as db, db:
        db.execute("DROP TRIGGER event_no_update")
        db.execute("UPDATE event SET actor = 'Eve' WHERE seq = 1")
    with pytest.raises(LedgerError, match=r"event 1 was changed.*nothing of it is imported"):
        stores.import_local(location, at=AT, actor=WHO)
    assert chains.chains(location, at_source=True)[0].name.endswith("ledger.db")


def test_an_import_while_the_server_is_away_is_refused_in_one_line(server, team_of):
    location = team_of("one")
    append(replace_server(location), 1)
    server.stop()
    with pytest.raises(LedgerError, match="cannot be used") as caught:
        stores.import_local(location, at=AT, actor=WHO)
    assert len(str(caught.value).splitlines()) == 1
    server.start()


def test_what_waited_for_a_server_that_is_named_no_longer_is_read(server, team_of, monkeypatch):
    location = team_of("one")
    append(location, 1)
    server.stop()
    append(location, 2)
    server.start()
    monkeypatch.delenv("VETLINE_LEDGER_URL")
    assert numbers(stores.locate(location.base)) == [1, 2]


def test_the_chain_is_called_by_the_first_commit(team_of, tmp_path, monkeypatch):
    monkeypatch.delenv("VETLINE_LEDGER_REPOSITORY")
    root = tmp_path / "repo"
    root.mkdir()
    sh(root, "init", "-q")
    fresh = stores.locate(root)
    assert fresh.server is None
    assert "no commit yet" in fresh.why
    for message in ("first", "second"):
        sh(root, "commit", "-q", "--allow-empty", "-m", message)
    located = stores.locate(root)
    sh(tmp_path, "clone", "-q", f"file://{root}", "clone")
    assert stores.locate(tmp_path / "clone").server == located.server
    assert len(located.server.repository) == 40
    sh(tmp_path, "clone", "-q", "--depth=1", f"file://{root}", "shallow")
    shallow = stores.locate(tmp_path / "shallow")
    assert shallow.server is None
    assert "set `ledger.repository`" in shallow.why
    receipt = append(shallow, 1)
    assert receipt.why == shallow.why
    assert receipt.path.name == "ledger.db"


def test_a_client_that_is_not_installed_loses_nothing(team_of, monkeypatch):
    location = team_of("one")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    receipt = append(location, 1)
    assert "pip install 'vetline[postgres]'" in receipt.why
    assert "1 event waits" in receipt.why
    monkeypatch.delitem(sys.modules, "psycopg")
    assert sqlite.read(location.folders[0] / "ledger.db") == []
    assert mirror.count(receipt.path) == 1


def test_a_refused_login_shows_no_password(team_of, monkeypatch, tmp_path):
    monkeypatch.setenv("PGPASSWORD", "hunter2-and-more")
    monkeypatch.setenv(
        "VETLINE_LEDGER_URL", os.environ["VETLINE_LEDGER_URL"].replace("//", "//nobody-", 1)
    )
    receipt = append(team_of("one"), 1)
    assert "does not exist" in receipt.why
    assert "hunter2" not in receipt.why
