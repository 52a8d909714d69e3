"""A ledger in a SQLite file: append-only, one chain whoever writes.

`synchronous = FULL`, because an event that was acknowledged is a person's decision and must outlive a
power cut.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vetline import ledger
from vetline.ledger import GENESIS, AuditEvent
from vetline.stores import database

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vetline.ledger import Draft

BUSY_SECONDS = 2.0

# The database itself refuses what would break the chain, so that another tool, or a fault of ours,
# cannot. INSERT OR REPLACE deletes without asking the delete trigger: hence the one on insertion.
_FORM = database.Form(
    title="ledger",
    application=0x5645544C,  # "VETL"
    version=1,
    settings=("PRAGMA synchronous = FULL",),
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
_COLUMNS = "seq, at, actor, kind, subject, payload, prev_hash, hash"


def append(path: Path, drafts: Sequence[Draft], *, at: str, actor: str) -> list[AuditEvent]:
    """Append events, all or none; makes the ledger when there is none.

    Raises:
        LedgerBusyError: others kept it locked for two seconds.
        LedgerUnwritableError: nothing can be written there.
        LedgerError: it is no ledger, damaged, or of a newer version.
    """
    with database.opened(path, _FORM, BUSY_SECONDS) as db, database.transaction(db):
        query = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1"
        last = db.execute(query).fetchone() or (0, GENESIS)
        events = []
        for draft in drafts:
            event = ledger.seal(draft, after=last, at=at, actor=actor)
            last = (event.seq, event.hash)
            events.append(event)
        db.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_row, events))
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
    with database.reading(path, _FORM, BUSY_SECONDS) as db:
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
