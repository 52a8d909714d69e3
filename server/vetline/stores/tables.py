"""The tables of the provenance database, and how values lie in them.

All words in it are UTF-8 bytes, since names come from file systems and agents and may hold lone
surrogates, which SQLite's texts refuse. What is long is compressed.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from typing import TYPE_CHECKING, Any

from vetline.stores import database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

NAME = "provenance.db"
BUSY_SECONDS = 2.0
_FAST = 1  # zlib's level: the usual one takes several times as long to save a fifth

_FORM = database.Form(
    title="provenance database",
    application=0x56455450,  # "VETP"
    version=1,
    settings=(
        "PRAGMA synchronous = NORMAL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA secure_delete = ON",
    ),
    schema=(
        # AUTOINCREMENT: the number of a record that was pruned is never given to another.
        """CREATE TABLE record (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id BLOB NOT NULL UNIQUE,
            at BLOB NOT NULL,
            base BLOB NOT NULL,
            agent BLOB NOT NULL,
            kind BLOB NOT NULL,
            session BLOB NOT NULL,
            turn BLOB NOT NULL,
            model BLOB NOT NULL,
            prompt BLOB NOT NULL,
            identity BLOB NOT NULL,
            texts INTEGER NOT NULL,
            body BLOB NOT NULL,
            told INTEGER NOT NULL
        )""",
        "CREATE INDEX record_identity ON record (identity, at)",
        "CREATE INDEX record_session ON record (session, seq)",
        "CREATE INDEX record_agent ON record (agent, seq)",
        "CREATE INDEX record_fleeting ON record (seq) WHERE texts = 1",
        "CREATE INDEX record_untold ON record (seq) WHERE told = 0",
        """CREATE TABLE claim (
            subject BLOB NOT NULL,
            seq INTEGER NOT NULL REFERENCES record ON DELETE CASCADE,
            PRIMARY KEY (subject, seq)
        ) WITHOUT ROWID""",
        "CREATE INDEX claim_seq ON claim (seq)",
        """CREATE TABLE prompt (
            digest BLOB PRIMARY KEY,
            at BLOB NOT NULL,
            text BLOB NOT NULL,
            session BLOB NOT NULL,
            agent BLOB NOT NULL
        )""",
        """CREATE TABLE saved (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            subject BLOB NOT NULL,
            tree BLOB NOT NULL,
            digest BLOB NOT NULL,
            seen BLOB NOT NULL,
            seq INTEGER NOT NULL,
            state BLOB NOT NULL,
            lines BLOB NOT NULL,
            text BLOB,
            UNIQUE (subject, tree, digest)
        )""",
        "CREATE INDEX saved_digest ON saved (digest)",
        """CREATE TABLE author (
            id INTEGER PRIMARY KEY,
            saved INTEGER NOT NULL REFERENCES saved ON DELETE CASCADE,
            agent BLOB NOT NULL,
            model BLOB NOT NULL,
            session BLOB NOT NULL,
            prompt BLOB NOT NULL
        )""",
        "CREATE INDEX author_saved ON author (saved)",
    ),
)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection that writes; makes the database when there is none.

    Raises:
        LedgerError: as for `database.opened`; also when a value is not one that we wrote.
    """
    path = folder / NAME
    with database.opened(path, _FORM, BUSY_SECONDS) as db, _understood(path):
        yield db


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads; of an empty database when there is none.

    Raises:
        LedgerError: as for `database.reading`; also when a value is not one that we wrote.
    """
    path = folder / NAME
    with database.reading(path, _FORM, BUSY_SECONDS) as db, _understood(path):
        yield db


def raw(words: str) -> bytes:
    """The bytes that stand for `words`, whatever is in it."""
    return words.encode("utf-8", "surrogatepass")


def text(value: object) -> str:
    """The words that `raw` was given; like its neighbours below it is for values of the database."""
    try:
        return str(value, "utf-8", "surrogatepass")  # type: ignore[call-overload,no-any-return]
    except (TypeError, ValueError):
        raise _NotOursError from None


def deflated(words: str) -> bytes:
    """The bytes of a long text, compressed."""
    return zlib.compress(raw(words), _FAST)


def inflated(value: object) -> str:
    """The text that `deflated` was given."""
    try:
        return text(zlib.decompress(value))  # type: ignore[arg-type]
    except (zlib.error, TypeError):
        raise _NotOursError from None


def packed(record: dict[str, Any]) -> bytes:
    """The bytes of a record."""
    return deflated(json.dumps(record))


def unpacked(value: object) -> dict[str, Any]:
    """The record that `packed` was given."""
    try:
        found = json.loads(inflated(value))
    except (ValueError, RecursionError):
        raise _NotOursError from None
    if not isinstance(found, dict):
        raise _NotOursError
    return found


class _NotOursError(Exception):
    """A value in the database is not one that we wrote."""


@contextlib.contextmanager
def _understood(path: Path) -> Iterator[None]:
    try:
        yield
    except _NotOursError:
        raise database.damaged(path, _FORM) from None
