"""A ledger in PostgreSQL: one chain a repository, whoever writes; the database refuses what would break it.

An event has a name of its own (`uid`), so that one that is sent twice, because nobody heard whether the first time
worked, is there once. All that is asked of a server has an end: it is asked in a thread, which is left behind when
the server does not answer.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import re
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from vetline import ledger
from vetline.ledger import GENESIS, Draft, LedgerError
from vetline.stores import sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg import Connection, Cursor

    from vetline.address import Address
    from vetline.ledger import AuditEvent, Kind
    from vetline.stores.mirror import Waiting

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 4.0
_LOCK = 0x5645544C  # with a number made of the repository's name: one writer a chain
_LIMITS = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '3s'"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_LONGEST = 300  # characters of a server's message
_TLS = "verify-full"
_T = TypeVar("_T")
_MISSING = "PostgreSQL's client is not installed: pip install 'vetline[postgres]'"

# Run by the first who writes: that role owns the table. Whoever else writes needs USAGE on the schema and SELECT
# and INSERT on the table, and with these cannot take a trigger away.
SCHEMA = (
    "CREATE SCHEMA IF NOT EXISTS vetline",
    """CREATE TABLE vetline.event (
        repository TEXT NOT NULL,
        seq BIGINT NOT NULL,
        uid TEXT NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        payload TEXT NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (repository, seq),
        UNIQUE (repository, uid)
    )""",
    """CREATE FUNCTION vetline.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'a ledger is append-only'; END $$""",
    """CREATE FUNCTION vetline.chained() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE last record;
       BEGIN
           SELECT seq, hash INTO last FROM vetline.event
               WHERE repository = NEW.repository ORDER BY seq DESC LIMIT 1;
           IF NEW.seq IS DISTINCT FROM coalesce(last.seq, 0) + 1
               OR NEW.prev_hash IS DISTINCT FROM coalesce(last.hash, repeat('0', 64)) THEN
               RAISE EXCEPTION 'not the next event of the chain';
           END IF;
           RETURN NEW;
       END $$""",
    """CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON vetline.event
       FOR EACH STATEMENT EXECUTE FUNCTION vetline.refuse()""",
    """CREATE TRIGGER event_chain BEFORE INSERT ON vetline.event
       FOR EACH ROW EXECUTE FUNCTION vetline.chained()""",
)
_COLUMNS = "seq, at, actor, kind, subject, payload, prev_hash, hash"

# Connections nobody uses just now; whoever takes one takes it out.
_kept: dict[Address, Connection[Any]] = {}


class AwayError(LedgerError):
    """The server cannot be asked now, or refuses; what is to go there waits."""


class ChangedError(LedgerError):
    """The server's chain is not the one that was copied here: somebody cut it off or wrote it anew."""


class Server(NamedTuple):
    """Where a repository's chain lies: the database, and its name in it."""

    address: Address
    repository: str

    def __str__(self) -> str:
        """How messages name it."""
        return f"{self.address} ({self.repository})"


class Answer(NamedTuple):
    """Events of the chain, and which number each event has got that was sent, by its name."""

    events: list[AuditEvent]
    placed: dict[str, int]


def exchange(
    server: Server, rows: Sequence[Waiting], *, after: tuple[int, str], most: int
) -> Answer:
    """Send events, all or none and each once, and get those of the chain behind the one that is known.

    Waits one second for a connection and four for an answer: not for an event loop's thread.

    Args:
        server: whose chain it is.
        rows: what to send, in its order.
        after: the number and the hash of the last event that is known here.
        most: how many events to give at most.

    Raises:
        AwayError: it cannot be reached, does not answer, or refuses.
        ChangedError: it does not have the event that is known; nothing is sent.
    """
    try:
        import psycopg  # noqa: PLC0415 - only who has a server pays for it
    except ImportError:
        raise AwayError(_MISSING) from None
    for connection, is_new in _connections(server.address):
        try:
            ask = partial(_ask, connection, server, rows, after, most)
            answer = _within(ANSWER_SECONDS, ask, connection)
        except (psycopg.Error, TimeoutError) as error:
            is_lost = connection.broken and not isinstance(error, TimeoutError)
            _close(connection)
            if is_new or not is_lost:
                raise _away(server.address, error) from None
            continue  # the server was started anew since: what was sent twice is there once
        except BaseException:
            _close(connection)
            raise
        if _kept.setdefault(server.address, connection) is not connection:
            connection.close()
        return answer
    raise AwayError(f"the ledger's server at {server.address} closed the connection")


def _close(connection: Connection[Any]) -> None:
    with contextlib.suppress(Exception):  # whatever it is, it is no longer used
        connection.close()


def close_kept() -> None:
    """Close the connections that are kept: before a fork, since they are of one process, and at its end."""
    while _kept:
        with contextlib.suppress(KeyError):
            _kept.popitem()[1].close()


atexit.register(close_kept)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=close_kept)


def _ask(
    connection: Connection[Any],
    server: Server,
    rows: Sequence[Waiting],
    after: tuple[int, str],
    most: int,
) -> Answer:
    from psycopg import errors  # noqa: PLC0415 - as in `exchange`

    try:
        return _transact(connection, server, rows, after, most)
    except (errors.UndefinedTable, errors.InvalidSchemaName):
        if after[0]:
            raise ChangedError(f"the server {server} has no ledger any more") from None
        if not rows:
            return Answer([], {})
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(_LIMITS)
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", (_LOCK,))
        if cursor.execute("SELECT to_regclass('vetline.event')").fetchone() == (None,):
            for statement in SCHEMA:
                cursor.execute(statement)
    return _transact(connection, server, rows, after, most)


def _transact(
    connection: Connection[Any],
    server: Server,
    rows: Sequence[Waiting],
    after: tuple[int, str],
    most: int,
) -> Answer:
    seq, digest = after
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(_LIMITS)
        there = "SELECT hash FROM vetline.event WHERE repository = %s AND seq = %s"
        known = cursor.execute(there, (server.repository, seq)).fetchone()
        if seq and known != (digest,):
            how = "is gone" if known is None else "is another"
            raise ChangedError(
                f"the ledger on the server {server} was changed: event {seq} {how} than it was here"
            )
        placed = _append(cursor, server.repository, rows) if rows else {}
        query = f"""SELECT {_COLUMNS} FROM vetline.event
                    WHERE repository = %s AND seq > %s ORDER BY seq LIMIT %s"""  # noqa: S608 - our own words
        # vetline: allow[python/sql-from-string] reason="made of our own words only"
        found = cursor.execute(query, (server.repository, seq, most)).fetchall()
    return Answer([sqlite.event_of(row) for row in found], placed)


def _append(cursor: Cursor[Any], repository: str, rows: Sequence[Waiting]) -> dict[str, int]:
    cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCK, repository))
    query = """SELECT uid, seq FROM vetline.event
               WHERE repository = %s AND uid = ANY(%s)"""
    placed = dict(cursor.execute(query, (repository, [row.uid for row in rows])).fetchall())
    query = "SELECT seq, hash FROM vetline.event WHERE repository = %s ORDER BY seq DESC LIMIT 1"
    last = cursor.execute(query, (repository,)).fetchone() or (0, GENESIS)
    new = []
    for row in rows:
        if row.uid in placed:
            continue
        draft = Draft(cast("Kind", row.kind), row.subject, json.loads(row.payload))
        event = ledger.seal(draft, after=last, at=row.at, actor=row.actor)
        last = (event.seq, event.hash)
        seq, *rest = sqlite.row(event)
        new.append((repository, seq, row.uid, *rest))
        placed[row.uid] = event.seq
    insert = "INSERT INTO vetline.event VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    cursor.executemany(insert, new)
    return placed


# -- connections


def _connections(address: Address) -> Iterator[tuple[Connection[Any], bool]]:
    """The connection that is kept, where there is one, and then a new one; and whether it is new."""
    if (kept := _kept.pop(address, None)) is not None:
        yield kept, False
    yield _connect(address), True


def _connect(address: Address) -> Connection[Any]:
    import psycopg  # noqa: PLC0415 - as in `exchange`
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - as in `exchange`

    words: dict[str, str | int] = {"host": address.host, "port": address.port}
    words |= {"dbname": address.database, "user": address.user, "connect_timeout": 2}
    words |= {"client_encoding": "utf8", "application_name": "vetline", **_protection(address)}
    meant = make_conninfo("", **{name: value for name, value in words.items() if value})
    try:
        connect: Callable[[], Connection[Any]] = partial(
            psycopg.connect,
            meant,
            autocommit=True,
            prepare_threshold=None,  # a pooler gives each transaction another session
        )
        connection = _within(CONNECT_SECONDS, connect)
    except (psycopg.Error, TimeoutError) as error:
        raise _away(address, error) from None
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        connection.close()
        raise AwayError(f"the database at {address} is in {encoding}: a ledger needs one in UTF8")
    return connection


def _protection(address: Address) -> dict[str, str]:
    """Beyond this machine nobody may read along or stand in for the server, unless the person says otherwise."""
    said = dict(address.protection)
    if address.is_local or "sslmode" in said or os.environ.get("PGSSLMODE"):
        return said
    own = "~/.postgresql/root.crt"
    known = "sslrootcert" in said or os.environ.get("PGSSLROOTCERT")
    if not known and not os.path.exists(os.path.expanduser(own)):  # noqa: PTH110, PTH111 - never raise
        said["sslrootcert"] = "system"
    return {"sslmode": _TLS, **said}


def _within(seconds: float, ask: Callable[[], _T], connection: Connection[Any] | None = None) -> _T:
    """What a question is answered with, asked in a thread of its own.

    Raises:
        TimeoutError: there is no answer in time; the connection is then cut, and one that comes late is closed.
    """
    answers: queue.SimpleQueue[tuple[_T | None, BaseException | None]] = queue.SimpleQueue()
    given_up = threading.Event()

    def run() -> None:
        try:
            answers.put((ask(), None))
        except BaseException as error:  # noqa: BLE001 - raised by who waits
            answers.put((None, error))
        if given_up.is_set():
            _drop(answers)

    threading.Thread(target=run, name="vetline ledger", daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except queue.Empty:
        given_up.set()
        _drop(answers)
        if connection is not None:
            _cut(connection)
        raise TimeoutError(f"no answer for {seconds:g} s") from None
    if error is not None:
        raise error
    return cast("_T", answer)


def _drop(answers: queue.SimpleQueue[Any]) -> None:
    """Close what came too late, whoever of the two threads sees it."""
    with contextlib.suppress(queue.Empty):
        late, _ = answers.get_nowait()
        if hasattr(late, "close"):
            late.close()


def _cut(connection: Connection[Any]) -> None:
    """End a connection that another thread waits at."""
    import socket  # noqa: PLC0415 - who has no server does not pay for it

    with contextlib.suppress(Exception):
        handle = socket.socket(fileno=os.dup(connection.fileno()))
        with contextlib.closing(handle):
            handle.shutdown(socket.SHUT_RDWR)


def _away(address: Address, error: Exception) -> AwayError:
    """What went wrong, in one line. A server's words are anybody's; libpq's own hold no password."""
    words = _CONTROL.sub(" ", str(error).strip().partition("\n")[0])[:_LONGEST]
    return AwayError(
        f"the ledger's server at {address} cannot be used: {words or 'no reason given'}"
    )
