"""Erasing texts from the provenance database: of prompts, of edits that were reported, of files that were seen.

Digests, names and times stay, so that the ledger and what is known of lines stay true. Without a text fewer lines of its
file keep their author when it changes while nobody watches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline.ledger import LedgerBusyError
from vetline.stores import database, tables
from vetline.stores.records import part, without_texts

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


class Erased(NamedTuple):
    """How many texts were erased: of prompts, of records of edits, of files as they were seen."""

    prompts: int = 0
    edits: int = 0
    files: int = 0

    def __add__(self, other: object) -> Erased:
        """Both together."""
        return (
            Erased(*map(sum, zip(self, other, strict=True)))
            if isinstance(other, Erased)
            else NotImplemented
        )


def erase(
    folder: Path,
    *,
    session: str = "",
    prompt: str = "",
    before: str = "",
    only_prompts: bool = False,
) -> Erased:
    """Erase texts; what is not given limits nothing. Traces of them go with `scrub`.

    Args:
        folder: where the database lies.
        session: only an agent's session: its prompts, its edits, and files with letters of it.
        prompt: only the prompt with this digest, and no other text.
        before: a timestamp; only what was last submitted, reported or seen before it.
        only_prompts: leave edits and files as they are.

    Raises:
        LedgerError: it is damaged, of a newer version, or cannot be written.
    """
    if not (folder / tables.NAME).exists():
        return Erased()
    words = tuple(map(tables.raw, (session, before, prompt)))
    with tables.opened(folder) as db, database.transaction(db):
        erased = Erased(_prompts(db, words))
        if not prompt and not only_prompts:
            erased += Erased(edits=_edits(db, words[:2]), files=_files(db, words[:2]))
        return erased


def scrub(folder: Path) -> None:
    """Leave no trace of what was erased in the file.

    Raises:
        LedgerBusyError: others use it all the time, so that traces may be left: ask again.
        LedgerError: as for `erase`.
    """
    if not (folder / tables.NAME).exists():
        return
    with tables.opened(folder) as db:
        # `secure_delete` overwrites what is deleted; this also leaves behind what was moved before.
        db.execute("VACUUM")
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise LedgerBusyError(
            f"{folder / tables.NAME} is in use, so traces of erased texts may be left; try again"
        )


def names(folder: Path) -> tuple[set[str], set[str]]:
    """The sessions, and the digests of prompts, of which a text may be there.

    Raises:
        LedgerError: the database is there and cannot be read.
    """
    with tables.reading(folder) as db:
        asked = "SELECT session FROM record UNION SELECT session FROM prompt UNION SELECT session FROM author"
        sessions = {tables.text(session) for (session,) in db.execute(asked)}
        prompts = {tables.text(digest) for (digest,) in db.execute("SELECT digest FROM prompt")}
    return sessions - {""}, prompts


def _prompts(db: sqlite3.Connection, words: tuple[bytes, ...]) -> int:
    query = """DELETE FROM prompt WHERE ?1 IN (x'', session) AND ?3 IN (x'', digest)
               AND (?2 = x'' OR at < ?2)"""
    return db.execute(query, words).rowcount


def _edits(db: sqlite3.Connection, words: tuple[bytes, ...]) -> int:
    query = """SELECT seq, body FROM record WHERE texts > 0
               AND ?1 IN (x'', session) AND (?2 = x'' OR at < ?2)"""
    found = [(tables.unpacked(body), seq) for seq, body in db.execute(query, words).fetchall()]
    bare = [
        (tables.packed(without_texts(record)), seq)
        for record, seq in found
        if part(record, "event").get("edits")  # of prompts there are records without
    ]
    db.executemany("UPDATE record SET texts = 0, body = ? WHERE seq = ?", bare)
    return len(bare)


def _files(db: sqlite3.Connection, words: tuple[bytes, ...]) -> int:
    query = """UPDATE saved SET text = NULL WHERE text IS NOT NULL AND (?2 = x'' OR seen < ?2)
               AND (?1 = x'' OR id IN (SELECT saved FROM author WHERE session = ?1))"""
    return db.execute(query, words).rowcount
