"""What is known here of a ledger on a server: a copy of its chain, and the events that still have to go there.

Both are in one file, so that an event is at every moment in one of the two: what the server gives back is put
into the copy and taken out of what waits at once. An event waits from the moment on that it was acknowledged.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast

from vetline import ledger
from vetline.ledger import GENESIS, Draft, Kind, LedgerError
from vetline.stores import database, sqlite

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from vetline.ledger import AuditEvent

_FORM = sqlite.FORM._replace(
    title="copy of a ledger",
    application=0x56455443,  # "VETC"
    schema=(
        *sqlite.FORM.schema,
        # AUTOINCREMENT: what waits goes in the order in which it came, whatever went before.
        """CREATE TABLE waiting (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            uid TEXT NOT NULL UNIQUE,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            payload TEXT NOT NULL
        )""",
    ),
)
_WAITING = "SELECT uid, at, actor, kind, subject, payload FROM waiting"


class Waiting(NamedTuple):
    """An event on its way to the server: its name there, and what it says."""

    uid: str
    at: str
    actor: str
    kind: str
    subject: str
    payload: str


def put(path: Path, rows: Iterable[Waiting]) -> None:
    """Let events wait; one that waits already is not doubled. They are on the disk when this returns.

    Raises:
        LedgerError: as for `sqlite.append`.
    """
    with database.opened(path, _FORM, sqlite.BUSY_SECONDS) as db, database.transaction(db):
        db.executemany("INSERT OR IGNORE INTO waiting VALUES (NULL, ?, ?, ?, ?, ?, ?)", rows)


def waiting(draft: Draft, *, at: str, actor: str, uid: str = "") -> Waiting:
    """A draft as it waits, under a name that nothing else in the world has.

    Raises:
        TypeError: its payload is not JSON, or holds a float.
    """
    event = ledger.seal(draft, after=(0, GENESIS), at=at, actor=actor)
    # PostgreSQL's texts cannot hold this one character; in the JSON of a payload it is spelled out.
    actor, subject = (text.replace("\0", "\\x00") for text in (event.actor, event.subject))
    payload = ledger.canonical(event.payload)
    return Waiting(uid or secrets.token_hex(16), event.at, actor, event.kind, subject, payload)


def rows_of(path: Path, moved: Container[str], *, at: str, actor: str) -> list[Waiting]:
    """The events of a ledger on this machine as they go to a server, and a last one that tells of them.

    Args:
        path: the ledger's file.
        moved: hashes of events that went there before; what stands behind the last of them is left.
        at: when the last one happens.
        actor: whose doing it is.

    Raises:
        LedgerError: the ledger is damaged or was changed.
    """
    events = sqlite.read(path)
    if fault := ledger.verify(events):
        raise LedgerError(f"{path} is not what was written: {fault.why}; nothing of it is imported")
    start = max((event.seq for event in events if event.hash in moved), default=0)
    if start == len(events):
        return []
    # A name made of the hash: who imports the same ledger again sends nothing twice.
    rows = []
    for event in events[start:]:
        draft = Draft(cast("Kind", event.kind), event.subject, event.payload)
        rows.append(waiting(draft, at=event.at, actor=event.actor, uid=event.hash[:32]))
    last = events[-1]
    told = {"events": last.seq, "head": last.hash, "first": events[0].hash, "from": start + 1}
    draft = Draft(Kind.LEDGER_IMPORTED, "", told)
    return [*rows, waiting(draft, at=at, actor=actor, uid=last.hash[32:])]


def left(path: Path, most: int) -> list[Waiting]:
    """The first events that wait, in their order; none when there is no file.

    Raises:
        LedgerError: as for `sqlite.read`.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        found = db.execute(f"{_WAITING} ORDER BY number LIMIT ?", (most,))
        return [Waiting(*row) for row in found]


def count(path: Path) -> int:
    """How many events wait.

    Raises:
        LedgerError: as for `sqlite.read`.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        (number,) = db.execute("SELECT count(*) FROM waiting").fetchone()
        return int(number)


def head(path: Path) -> tuple[int, str]:
    """The number and the hash of the last event of the copy.

    Raises:
        LedgerError: as for `sqlite.read`.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        return sqlite.head(db)


def ends(path: Path) -> tuple[AuditEvent, AuditEvent] | None:
    """The first and the last event of the copy; None when there is none.

    Raises:
        LedgerError: as for `sqlite.read`.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        return sqlite.ends_in(db)


def events(path: Path, *, after: int = 0) -> Iterator[AuditEvent]:
    """The events of the copy behind number `after`, one by one, without those that wait.

    Raises:
        LedgerError: as for `sqlite.read`, also in the middle.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        yield from sqlite.stream(db, after)


def told(path: Path, after: int, until: int, kinds: Sequence[str]) -> Iterator[sqlite.Told]:
    """What `sqlite.told` gives, of the copy.

    Raises:
        LedgerError: as for `sqlite.read`, also in the middle.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        yield from sqlite.tell(db, after, until, kinds)


def mark(path: Path, seq: int) -> tuple[str, int, str]:
    """What `sqlite.mark` gives, of the copy.

    Raises:
        LedgerError: as for `sqlite.read`.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        return sqlite.marked(db, seq)


def unplaced_in(path: Path) -> list[AuditEvent]:
    """The events that wait.

    Raises:
        LedgerError: as for `sqlite.read`.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        found = db.execute(f"{_WAITING} ORDER BY number")
        return [unplaced(Waiting(*row)) for row in found]


def unsound(path: Path) -> str:
    """What is wrong with the file beside its events, as `sqlite.unsound` says it.

    Raises:
        LedgerError: as for `sqlite.read`.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        return database.unsound(db, _FORM)


def take(path: Path, events: Sequence[AuditEvent], placed: Mapping[str, int]) -> None:
    """Put events of the server behind the copy; what the copy has by then waits no longer.

    Args:
        path: the file.
        events: what the server has; others here may have put some of them into the copy before.
        placed: of what waited, which number in the chain it has got, by its name.

    Raises:
        LedgerError: as for `sqlite.append`; also when they are not what the chain goes on with.
    """
    with database.opened(path, _FORM, sqlite.BUSY_SECONDS) as db, database.transaction(db):
        last, digest = sqlite.head(db)
        new = [event for event in events if event.seq > last]
        if fault := ledger.verify(new, after=(last, digest)):
            raise LedgerError(
                f"the server's ledger is not the one that {path} is a copy of: {fault.why}"
            )
        db.executemany(sqlite.INSERT, map(sqlite.row, new))
        last, _ = sqlite.head(db)
        done = [(uid,) for uid, seq in placed.items() if seq <= last]
        db.executemany("DELETE FROM waiting WHERE uid = ?", done)


def read(
    path: Path,
    kinds: Sequence[str] | None = None,
    subject: str | None = None,
    *,
    after: int = 0,
) -> list[AuditEvent]:
    """What `found` gives, at once.

    Raises:
        LedgerError: as for `sqlite.read`.
    """
    return list(found(path, kinds, subject, after=after))


def found(
    path: Path,
    kinds: Sequence[str] | None = None,
    subject: str | None = None,
    *,
    after: int = 0,
) -> Iterator[AuditEvent]:
    """The events of the copy behind a number and, behind them, those that wait: these have the number 0 and no place in a chain.

    One by one: a ledger may be larger than memory.

    Raises:
        LedgerError: as for `sqlite.read`, also in the middle.
    """
    with database.reading(path, _FORM, sqlite.BUSY_SECONDS) as db:
        yield from sqlite.select(db, kinds, subject, after)
        for each in db.execute(f"{_WAITING} ORDER BY number"):
            row = Waiting(*each)
            if (kinds is None or row.kind in kinds) and subject in (None, row.subject):
                yield unplaced(row)


def unplaced(row: Waiting) -> AuditEvent:
    """An event that waits, as whoever reads the ledger sees it: with the number 0."""
    # Two that say the same at one time are two: the hash is of the name as well.
    event = sqlite.event_of((0, *row[1:], row.uid, ""))
    return replace(event, prev_hash=GENESIS, hash=ledger.digest(event))
