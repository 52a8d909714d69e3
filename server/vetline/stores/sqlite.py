"""A ledger in a SQLite file: append-only, one chain whoever writes.

Write-ahead log, so that readers never wait for writers, and `synchronous = FULL`, because an event that
was acknowledged is a person's decision and must outlive a power cut. A connection lives for one call:
it costs about a millisecond, and no server sits on a file that was moved away under it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from vetline import ledger
from vetline.ledger import (
    GENESIS,
    AuditEvent,
    LedgerBusyError,
    LedgerError,
    LedgerUnwritableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from vetline.ledger import Draft

BUSY_SECONDS = 2.0
_APPLICATION = 0x5645544C  # "VETL": tells our files from other databases
_VERSION = 1
_SMALLEST = 512  # bytes of a database

# The database itself refuses what would break the chain, so that another tool, or a fault of ours,
# cannot. INSERT OR REPLACE deletes without asking the delete trigger: hence the one on insertion.
_SCHEMA = (
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
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_VERSION}",
)
_COLUMNS = "seq, at, actor, kind, subject, payload, prev_hash, hash"

# Closing any handle on a file drops this process's locks on it, so a file is made by one thread at a
# time and before any connection to it is opened.
_making = threading.Lock()


def append(path: Path, drafts: Sequence[Draft], *, at: str, actor: str) -> list[AuditEvent]:
    """Append events, all or none; makes the ledger when there is none.

    Raises:
        LedgerBusyError: others kept it locked for two seconds.
        LedgerUnwritableError: nothing can be written there.
        LedgerError: it is no ledger, damaged, or of a newer version.
    """
    with _told(path):
        _make(path)
        _size(path)
        with contextlib.closing(_connect(path)) as db:
            _prepare(db, path)
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            try:
                query = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1"
                last = db.execute(query).fetchone() or (0, GENESIS)
                events = []
                for draft in drafts:
                    event = ledger.seal(draft, after=last, at=at, actor=actor)
                    last = (event.seq, event.hash)
                    events.append(event)
                db.executemany(
                    "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_row, events)
                )
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
            return events


def read(
    path: Path, kinds: Sequence[str] | None = None, subject: str | None = None
) -> list[AuditEvent]:
    """The events, in the order of the chain; none when there is no ledger. Changes nothing.

    Args:
        path: the file.
        kinds: only these; None means all.
        subject: only those about it; None means all.

    Raises:
        LedgerBusyError: others kept it locked for two seconds.
        LedgerError: it is no ledger, damaged, or of a newer version, or may not be read.
    """
    where, values = ["1"], list(kinds or ())
    if kinds is not None:
        where.append(f"kind IN ({', '.join('?' * len(values))})")
    if subject is not None:
        where.append("subject = ?")
        values.append(subject)
    query = f"SELECT {_COLUMNS} FROM event WHERE {' AND '.join(where)} ORDER BY seq"  # noqa: S608 - made of our own words only
    with _told(path):
        try:
            if not _size(path):
                return []
        except (FileNotFoundError, NotADirectoryError):
            return []
        with contextlib.closing(_connect_to_read(path)) as db:
            if _is_empty(db):
                return []
            _check(db, path)
            # vetline: allow[python/sql-from-string] reason="made of our own words only"
            return [_event(row) for row in db.execute(query, values)]


def _row(event: AuditEvent) -> tuple[object, ...]:
    payload = ledger.canonical(event.payload)
    head = (event.seq, event.at, event.actor, event.kind, event.subject)
    return (*head, payload, event.prev_hash, event.hash)


def _event(row: tuple[int, *tuple[object, ...]]) -> AuditEvent:
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


def _make(path: Path) -> None:
    """Make the folder and an empty file that only their owner may read."""
    with _making:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _size(path: Path) -> int:
    """The file's size; SQLite would take a very short file for an empty one and write over it."""
    size = path.stat().st_size
    if 0 < size < _SMALLEST:
        raise LedgerError(f"{path} is not a Vetline ledger; move it away and try again")
    return size


def _connect(path: Path, options: str = "mode=rw") -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
    )
    db.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    return db


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, also into a folder where SQLite cannot put its side files."""
    db = _connect(path, "mode=ro")
    try:
        _version(db)
    except sqlite3.Error as error:
        db.close()
        wal = path.with_name(path.name + "-wal")
        if error.sqlite_errorcode & 0xFF not in _UNWRITABLE or wal.exists():
            raise
        # Without a write-ahead log nobody writes; the file as it stands is all there is.
        return _connect(path, "immutable=1")
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables when the file is empty, else see that they are ours."""
    if _is_empty(db):
        _log_ahead(db)
        db.execute("BEGIN IMMEDIATE")
        try:
            if _is_empty(db):
                for statement in _SCHEMA:
                    db.execute(statement)
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
    _check(db, path)


def _log_ahead(db: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; SQLite does not wait when two do so at once, so we do."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _check(db: sqlite3.Connection, path: Path) -> None:
    application, version = _version(db)
    if application != _APPLICATION:
        raise LedgerError(f"{path} is not a Vetline ledger; move it away and try again")
    if version > _VERSION:
        raise LedgerError(f"{path} was written by a newer Vetline; update this one")


def _version(db: sqlite3.Connection) -> tuple[int, int]:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return application, version


def _is_empty(db: sqlite3.Connection) -> bool:
    """Whether it is a database that nobody has put anything into."""
    return _version(db) == (0, 0) and not db.execute("SELECT 1 FROM sqlite_master").fetchone()


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in one line what SQLite and the file system say in many."""
    try:
        yield
    except sqlite3.Error as error:
        # An error of the module itself, such as a value out of range, has no code.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        raise _error(code, str(error), path) from None
    except OSError as error:
        raise LedgerUnwritableError(f"cannot use {path}: {error.strerror}") from None


def _error(code: int, words: str, path: Path) -> LedgerError:
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerBusyError(
            f"{path} is locked by another process for over {BUSY_SECONDS:g} s; try again"
        )
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return LedgerError(f"{path} is damaged or not a ledger; move it away to start anew")
    if code in _UNWRITABLE:
        return LedgerUnwritableError(f"cannot use {path}: {words}")
    return LedgerError(f"cannot use {path}: {words}")


_UNWRITABLE: Iterable[int] = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL}
)
