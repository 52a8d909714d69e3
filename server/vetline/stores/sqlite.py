"""A ledger in a SQLite file: append-only, one chain whoever writes.

`synchronous = FULL`, because an event that was acknowledged is a person's decision and must outlive a
power cut.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import ledger
from vetline.ledger import GENESIS, AuditEvent
from vetline.stores import database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from vetline.ledger import Draft

BUSY_SECONDS = 2.0

# The database itself refuses what would break the chain, so that another tool, or a fault of ours,
# cannot. INSERT OR REPLACE deletes without asking the delete trigger: hence the one on insertion.
FORM = database.Form(
    title="ledger",
    application=0x5645544C,  # "VETL"
    version=1,
    # A large import must not leave a large log behind while a server runs.
    settings=("PRAGMA synchronous = FULL", "PRAGMA journal_size_limit = 4000000"),
    keep=True,
    schema=(
        """CREATE TABLE event (
            seq INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            payload TEXT NOT NULL,
            prev_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        )""",
        "CREATE INDEX event_subject ON event (subject, kind)",
        "CREATE INDEX event_kind ON event (kind)",
        """CREATE TRIGGER event_no_update BEFORE UPDATE ON event
           BEGIN SELECT RAISE(ABORT, 'a ledger is append-only'); END""",
        """CREATE TRIGGER event_no_delete BEFORE DELETE ON event
           BEGIN SELECT RAISE(ABORT, 'a ledger is append-only'); END""",
        """CREATE TRIGGER event_chain BEFORE INSERT ON event
           WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
             OR NEW.prev_hash IS NOT coalesce(
                  (SELECT hash FROM event ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
           BEGIN SELECT RAISE(ABORT, 'not the next event of the chain'); END""",
    ),
)
INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_COLUMNS = "seq, at, actor, kind, subject, payload, prev_hash, hash"


class Told(NamedTuple):
    """What an event says, read without a look at whether it is what was written: `ledger.verify` is there for that."""

    at: str
    actor: str
    kind: str
    subject: str
    payload: dict[str, Any]


def append(path: Path, drafts: Sequence[Draft], *, at: str, actor: str) -> list[AuditEvent]:
    """Append events, all or none; makes the ledger when there is none.

    Raises:
        LedgerBusyError: others kept it locked for two seconds.
        LedgerUnwritableError: nothing can be written there.
        LedgerError: it is no ledger, damaged, or of a newer version.
    """
    with database.opened(path, FORM, BUSY_SECONDS) as db, database.transaction(db):
        last, events = head(db), []
        for draft in drafts:
            event = ledger.seal(draft, after=last, at=at, actor=actor)
            last = (event.seq, event.hash)
            events.append(event)
        db.executemany(INSERT, map(row, events))
        return events


def put(path: Path, events: Iterable[AuditEvent]) -> None:
    """Write events that have their places in the chain already, all or none, into a ledger that they go on from.

    Raises:
        LedgerError: as for `append`; also when they are not what the chain goes on with.
    """
    with database.opened(path, FORM, BUSY_SECONDS) as db, database.transaction(db):
        db.executemany(INSERT, map(row, events))


def read(
    path: Path,
    kinds: Sequence[str] | None = None,
    subject: str | None = None,
    *,
    after: int = 0,
) -> list[AuditEvent]:
    """The events, in the order of the chain; none when there is no ledger. Changes nothing.

    Args:
        path: the file.
        kinds: only these; None means all.
        subject: only those about it; None means all.
        after: only those behind this number.

    Raises:
        LedgerBusyError: others kept it locked for two seconds.
        LedgerError: it is no ledger, damaged, or of a newer version, or may not be read.
    """
    with database.reading(path, FORM, BUSY_SECONDS) as db:
        return list(select(db, kinds, subject, after))


def found(
    path: Path,
    kinds: Sequence[str] | None = None,
    subject: str | None = None,
    *,
    after: int = 0,
) -> Iterator[AuditEvent]:
    """The same one by one: a ledger may be larger than memory.

    Raises:
        LedgerError: as `read` does, also in the middle.
    """
    with database.reading(path, FORM, BUSY_SECONDS) as db:
        yield from select(db, kinds, subject, after)


def select(
    db: sqlite3.Connection,
    kinds: Sequence[str] | None = None,
    subject: str | None = None,
    after: int = 0,
) -> Iterator[AuditEvent]:
    """The events in an open database, one by one; the rest as of `read`."""
    where, values = ["1"], list[object](kinds or ())
    if kinds is not None:
        where.append(f"kind IN ({', '.join('?' * len(kinds))})")
    if subject is not None:
        where.append("subject = ?")
        values.append(subject)
    if after:  # else also numbers that nobody gave are seen
        where.append("seq > ?")
        values.append(after)
    query = f"SELECT {_COLUMNS} FROM event WHERE {' AND '.join(where)} ORDER BY seq"  # noqa: S608 - made of our own words only
    # vetline: allow[python/sql-from-string] reason="made of our own words only"
    return map(event_of, db.execute(query, values))


def head(db: sqlite3.Connection) -> tuple[int, str]:
    """The number and the hash of the last event in an open database."""
    query = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1"
    seq, digest = db.execute(query).fetchone() or (0, GENESIS)
    return seq, digest


def latest(path: Path, hashes: Iterable[str]) -> int:
    """The number of the last event that has one of these hashes; 0 when none has.

    Raises:
        LedgerError: as `read` does.
    """
    query = "SELECT seq FROM event WHERE hash = ?"
    with database.reading(path, FORM, BUSY_SECONDS) as db:
        return max((seq for one in hashes for (seq,) in db.execute(query, (one,))), default=0)


def events(path: Path, *, after: int = 0) -> Iterator[AuditEvent]:
    """The events behind number `after`, one by one: a ledger may be larger than memory.

    Raises:
        LedgerError: as `read` does, also in the middle.
    """
    with database.reading(path, FORM, BUSY_SECONDS) as db:
        yield from stream(db, after)


def stream(db: sqlite3.Connection, after: int) -> Iterator[AuditEvent]:
    """The events in an open database behind number `after`, one by one."""
    query = f"SELECT {_COLUMNS} FROM event WHERE NOT ? OR seq > ? ORDER BY seq"  # noqa: S608 - made of our own words only
    # vetline: allow[python/sql-from-string] reason="made of our own words only"
    return map(event_of, db.execute(query, (after, after)))


def told(path: Path, after: int, until: int, kinds: Sequence[str]) -> Iterator[Told]:
    """What the events behind one number and up to another say, one by one, in a third of the time of `events`.

    Only those of some kinds have a payload.

    Raises:
        LedgerError: as `read` does, also in the middle.
    """
    with database.reading(path, FORM, BUSY_SECONDS) as db:
        yield from tell(db, after, until, kinds)


def tell(db: sqlite3.Connection, after: int, until: int, kinds: Sequence[str]) -> Iterator[Told]:
    """What `told` gives, of an open database."""
    asked = ", ".join("?" * len(kinds))
    query = f"""SELECT at, actor, kind, subject, CASE WHEN kind IN ({asked}) THEN payload ELSE '{{}}' END
                FROM event WHERE seq > ? AND seq <= ? ORDER BY seq"""  # noqa: S608 - made of our own words only
    # vetline: allow[python/sql-from-string] reason="made of our own words only"
    decoded = json.JSONDecoder().decode  # without what `json.loads` asks of each text first
    for at, actor, kind, subject, text in db.execute(query, (*kinds, after, until)):
        try:
            payload = decoded(text)
        except (TypeError, ValueError, RecursionError):
            payload = None
        if type(payload) is not dict:
            payload = {}
        if not type(at) is type(actor) is type(kind) is type(subject) is str:
            at = ""  # noqa: PLW2901 - an event without a time is counted as damaged
        yield Told(at, str(actor), str(kind), str(subject), payload)


def mark(path: Path, seq: int) -> tuple[str, int, str]:
    """The hash of the event with a number, "" when there is none, and the number and the hash of the last one.

    Raises:
        LedgerError: as `read` does.
    """
    with database.reading(path, FORM, BUSY_SECONDS) as db:
        return marked(db, seq)


def marked(db: sqlite3.Connection, seq: int) -> tuple[str, int, str]:
    """What `mark` gives, of an open database."""
    found = db.execute("SELECT hash FROM event WHERE seq = ?", (seq,)).fetchone()
    return (str(found[0]) if found else "", *head(db))


def ends(path: Path) -> tuple[AuditEvent, AuditEvent] | None:
    """The first and the last event; None when there is none.

    Raises:
        LedgerError: as `read` does.
    """
    with database.reading(path, FORM, BUSY_SECONDS) as db:
        return ends_in(db)


def ends_in(db: sqlite3.Connection) -> tuple[AuditEvent, AuditEvent] | None:
    """The first and the last event in an open database; None when there is none."""
    query = f"SELECT {_COLUMNS} FROM event ORDER BY seq"  # noqa: S608 - made of our own words only
    # vetline: allow[python/sql-from-string] reason="made of our own words only"
    found = [db.execute(f"{query} {way} LIMIT 1").fetchone() for way in ("ASC", "DESC")]
    return (event_of(found[0]), event_of(found[1])) if all(found) else None


def unsound(path: Path) -> str:
    """What is wrong with the file beside its events, in one line: an index, a trigger; "" when nothing is.

    Raises:
        LedgerError: as `read` does.
    """
    with database.reading(path, FORM, BUSY_SECONDS) as db:
        return database.unsound(db, FORM)


def row(event: AuditEvent) -> tuple[object, ...]:
    """An event as a row of a table, in a database of whatever kind."""
    payload = ledger.canonical(event.payload)
    head = (event.seq, event.at, event.actor, event.kind, event.subject)
    return (*head, payload, event.prev_hash, event.hash)


def event_of(row: Sequence[Any]) -> AuditEvent:
    """The event of a row, whatever somebody did to the row: `verify` is to name it, not to fall over.

    A payload that is not as we wrote it is given as a text under "", which no hash fits.
    """
    seq, *rest = row
    at, actor, kind, subject, text, prev_hash, digest = (
        value if isinstance(value, str) else repr(value) for value in rest
    )
    try:
        payload = json.loads(text)
        as_written = isinstance(payload, dict) and ledger.canonical(payload) == text
    except (ValueError, RecursionError):
        as_written = False
    payload = payload if as_written else {"": text}
    return AuditEvent(seq, at, actor, kind, subject, payload, prev_hash, digest)
