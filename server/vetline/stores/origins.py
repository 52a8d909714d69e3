"""The provenance database: what agents reported, and what was known of each text that was seen.

It can be rebuilt from nothing, at the price of what it knew; it holds prompts and code, so its owner
alone may read it, and what is erased is overwritten. All words in it are UTF-8 bytes, since names come
from file systems and agents and may hold lone surrogates, which SQLite's texts refuse.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline.agents import PROMPT
from vetline.ledger import timestamp
from vetline.stores import database, tables
from vetline.stores.records import store, without_texts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

_KEPT_STATES = 20  # of one file in one work tree: enough to switch branches and back
_MOST_TEXT = 1_000_000  # bytes of a text that is kept with its state
_RETENTION, _LIMIT = timedelta(days=30), timedelta(days=90)  # of records: applied ones, any
_DROPPED, _UNTIL_APPLIED, _KEPT = range(3)  # what becomes of the texts in a record
# Of a record: a state of each of its files holds it.
_APPLIED = """NOT EXISTS (
    SELECT 1 FROM claim WHERE claim.seq = record.seq AND NOT EXISTS (
        SELECT 1 FROM saved WHERE saved.subject = claim.subject
        AND saved.tree = record.base AND saved.seq >= record.seq))"""


class Taken(NamedTuple):
    """A record in the order in which records are applied.

    Attributes:
        seq: its number in this database; larger is later, and none is given twice.
        id: the name it had in the spool.
        record: what was reported, without the prompt's text.
    """

    seq: int
    id: str
    record: dict[str, Any]


class Saved(NamedTuple):
    """What was known of a file when it had a certain text.

    Attributes:
        subject: the file, as `places.subject` names it.
        tree: the root of its work tree; "" outside a repository.
        digest: SHA-256 of the text, in hexadecimal.
        seen: when, as `ledger.timestamp` writes it.
        seq: the newest record that is applied in it.
        state: what the tracker knew, as JSON.
        lines: keyed digests of the lines, eight bytes each.
        text: the text; None where it was not to be kept or is larger than a megabyte.
        authors: whose letters are in it: agent, model, session and prompt digest of each.
    """

    subject: str
    tree: str
    digest: str
    seen: str
    seq: int
    state: str
    lines: bytes
    text: str | None
    authors: tuple[tuple[str, str, str, str], ...] = ()


def take(
    folder: Path,
    records: Sequence[tuple[str, dict[str, Any]]],
    subjects: Mapping[str, Sequence[str]],
    *,
    keep_text: bool = True,
) -> list[Taken]:
    """Store spooled records, all or none, each once, whoever else takes them too.

    A call of a tool that several hooks report is one record, whatever they call the agent; of events
    without a call, equal ones within two seconds are.

    Args:
        folder: where the database lies; it is made when it is not there.
        records: ids and what the spool held under them, in their order.
        subjects: the files that each id has edits of.
        keep_text: False lets `drop_texts` drop the texts of their edits.

    Returns:
        Those that are new.

    Raises:
        LedgerBusyError: others kept it locked for two seconds.
        LedgerUnwritableError: nothing can be written there.
        LedgerError: it is damaged or of a newer version.
    """
    if not records:
        return []
    texts = _KEPT if keep_text else _UNTIL_APPLIED
    with tables.opened(folder) as db, database.transaction(db):
        return [
            Taken(number, id_, kept)
            for id_, record in records
            for number, kept in store(db, id_, record, subjects.get(id_, ()), texts)
        ]


def claims(folder: Path, subject: str, *, after: int = 0) -> list[Taken]:
    """The records behind number `after` with an edit of `subject` and its texts, oldest first.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    query = """SELECT seq, id, body FROM claim JOIN record USING (seq)
               WHERE subject = ? AND seq > ? AND texts > 0 ORDER BY seq"""
    with tables.reading(folder) as db:
        rows = db.execute(query, (tables.raw(subject), after))
        return [Taken(seq, tables.text(id_), tables.unpacked(body)) for seq, id_, body in rows]


def touched_since(folder: Path, seq: int) -> set[str]:
    """The files that records behind number `seq` have edits of.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    with tables.reading(folder) as db:
        rows = db.execute("SELECT DISTINCT subject FROM claim WHERE seq > ?", (seq,))
        return {tables.text(subject) for (subject,) in rows}


def drop_texts(folder: Path) -> int:
    """Drop the texts of edits that were not taken for keeps, once saved states of all their files hold them.

    `claims` gives such a record no longer; `touched_since` still does.

    Returns:
        Of how many records.

    Raises:
        LedgerError: as for `take`.
    """
    if not (folder / tables.NAME).exists():
        return 0
    query = f"SELECT seq, body FROM record WHERE texts = 1 AND {_APPLIED}"  # noqa: S608 - our own words
    with tables.opened(folder) as db, database.transaction(db):
        rows = db.execute(query).fetchall()
        bare = [
            (_DROPPED, tables.packed(without_texts(tables.unpacked(body))), seq)
            for seq, body in rows
        ]
        db.executemany("UPDATE record SET texts = ?, body = ? WHERE seq = ?", bare)
        return len(bare)


def save(folder: Path, saved: Saved) -> None:
    """Keep what is known of a text, in place of what was; of a file the last twenty texts are kept.

    Raises:
        LedgerError: as for `take`.
    """
    text = saved.text
    if text is not None and len(tables.raw(text)) > _MOST_TEXT:
        text = None
    key = (tables.raw(saved.subject), tables.raw(saved.tree), tables.raw(saved.digest))
    row = (
        *key,
        tables.raw(saved.seen),
        saved.seq,
        tables.deflated(saved.state),
        saved.lines,
        None if text is None else tables.deflated(text),
    )
    with tables.opened(folder) as db, database.transaction(db):
        db.execute("DELETE FROM saved WHERE subject = ? AND tree = ? AND digest = ?", key)
        last = db.execute("INSERT INTO saved VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", row).lastrowid
        authors = [(last, *map(tables.raw, author)) for author in saved.authors]
        db.executemany("INSERT INTO author VALUES (NULL, ?, ?, ?, ?, ?)", authors)
        db.execute(
            """DELETE FROM saved WHERE subject = ?1 AND tree = ?2 AND id NOT IN (
               SELECT id FROM saved WHERE subject = ?1 AND tree = ?2 ORDER BY id DESC LIMIT ?3)""",
            (*key[:2], _KEPT_STATES),
        )


def exact(folder: Path, subject: str, digest: str, tree: str) -> Saved | None:
    """What is known of exactly this text: as `tree` has it, else as another work tree does.

    With the subject "" whatever file it is of: one that was renamed is still the same text.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    query = """SELECT * FROM saved WHERE ?1 IN (x'', subject) AND digest = ?2
               ORDER BY tree = ?3 DESC, id DESC LIMIT 1"""
    return _saved(folder, query, (subject, digest, tree))


def latest(folder: Path, subject: str, tree: str) -> Saved | None:
    """What was saved last of this file in `tree`.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    query = "SELECT * FROM saved WHERE subject = ? AND tree = ? ORDER BY id DESC LIMIT 1"
    return _saved(folder, query, (subject, tree))


def subjects(
    folder: Path, *, agent: str = "", model: str = "", session: str = "", prompt: str = ""
) -> list[str]:
    """The files of which a saved text has letters of one author who is all this; "" is anyone.

    Claims that nobody has applied yet are not in it: see `touched_since`.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    query = """SELECT DISTINCT subject FROM author JOIN saved ON saved.id = author.saved
               WHERE ?1 IN (x'', agent) AND ?2 IN (x'', model)
               AND ?3 IN (x'', session) AND ?4 IN (x'', prompt) ORDER BY subject"""
    with tables.reading(folder) as db:
        rows = db.execute(query, tuple(map(tables.raw, (agent, model, session, prompt))))
        return [tables.text(subject) for (subject,) in rows]


def untold(folder: Path) -> list[Taken]:
    """The records that the ledger was not told of yet, oldest first.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    with tables.reading(folder) as db:
        return _untold(db)


@contextlib.contextmanager
def telling(folder: Path) -> Iterator[list[Taken]]:
    """The same, for a block that tells the ledger of them: nobody else does meanwhile.

    When the block ends, the ledger was told; when it raises, it was not.

    Raises:
        LedgerError: as for `take`.
    """
    with tables.opened(folder) as db, database.transaction(db):
        untold = _untold(db)
        yield untold
        rows = [(taken.seq,) for taken in untold]
        db.executemany("UPDATE record SET told = 1 WHERE seq = ?", rows)


def model_of(folder: Path, session: str) -> str:
    """The model that a session said last; "" when it never did.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    query = """SELECT model FROM record WHERE session = ?1 AND session != x'' AND model != x''
               ORDER BY seq DESC LIMIT 1"""
    with tables.reading(folder) as db:
        row = db.execute(query, (tables.raw(session),)).fetchone()
        return tables.text(row[0]) if row else ""


def prompt_of(folder: Path, session: str, turn: str = "", *, before: int = 0) -> str:
    """The digest of the last prompt of a session, of that turn when given; "" when not known.

    Args:
        folder: where the database lies.
        session: the conversation; "" has no prompt.
        turn: what the prompt set off; "" is any.
        before: the number of the record that the prompt must come before; 0 is no bound.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    query = """SELECT prompt FROM record WHERE session = ?1 AND session != x'' AND kind = ?2
               AND prompt != x'' AND ?3 IN (x'', turn) AND (?4 = 0 OR seq < ?4)
               ORDER BY seq DESC LIMIT 1"""
    with tables.reading(folder) as db:
        row = db.execute(
            query, (tables.raw(session), tables.raw(PROMPT), tables.raw(turn), before)
        ).fetchone()
        return tables.text(row[0]) if row else ""


def prompt_text(folder: Path, digest: str) -> str | None:
    """The redacted text of a prompt; None when it was never kept or is erased.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    with tables.reading(folder) as db:
        row = db.execute(
            "SELECT text FROM prompt WHERE digest = ?", (tables.raw(digest),)
        ).fetchone()
        return tables.text(row[0]) if row else None


def last_events(folder: Path) -> dict[str, tuple[str, str]]:
    """Of each agent the kind and the time of the last event it reported.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    # With max(), SQLite takes the other columns from the row that has it.
    query = "SELECT agent, kind, at, max(seq) FROM record GROUP BY agent"
    with tables.reading(folder) as db:
        return {
            tables.text(agent): (tables.text(kind), tables.text(at))
            for agent, kind, at, _ in db.execute(query)
        }


def prune(folder: Path, now: datetime) -> int:
    """Remove records that the ledger was told of: after thirty days what is applied, after ninety all.

    Applied is what a saved state of each of its files holds. The last record of each agent stays, and so
    do the prompts' texts.

    Returns:
        How many were removed.

    Raises:
        LedgerError: as for `take`.
    """
    if not (folder / tables.NAME).exists():
        return 0
    query = f"""DELETE FROM record WHERE told = 1
                AND seq NOT IN (SELECT max(seq) FROM record GROUP BY agent)
                AND (at < ?2 OR at < ?1 AND {_APPLIED})"""  # noqa: S608 - our own words
    ages = [tables.raw(timestamp(now - age)) for age in (_RETENTION, _LIMIT)]
    with tables.opened(folder) as db, database.transaction(db):
        return db.execute(query, ages).rowcount


def _untold(db: sqlite3.Connection) -> list[Taken]:
    rows = db.execute("SELECT seq, id, body FROM record WHERE told = 0 ORDER BY seq")
    return [Taken(seq, tables.text(id_), tables.unpacked(body)) for seq, id_, body in rows]


def _saved(folder: Path, query: str, words: Sequence[str]) -> Saved | None:
    with tables.reading(folder) as db:
        row = db.execute(query, tuple(map(tables.raw, words))).fetchone()
        if not row:
            return None
        id_, subject, tree, digest, seen, seq, state, lines, text = row
        authors = db.execute(
            "SELECT agent, model, session, prompt FROM author WHERE saved = ? ORDER BY id", (id_,)
        )
        return Saved(
            subject=tables.text(subject),
            tree=tables.text(tree),
            digest=tables.text(digest),
            seen=tables.text(seen),
            seq=seq,
            state=tables.inflated(state),
            lines=lines,
            text=None if text is None else tables.inflated(text),
            authors=tuple(
                (tables.text(a), tables.text(m), tables.text(s), tables.text(p))
                for a, m, s, p in authors
            ),
        )
