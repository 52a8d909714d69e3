"""Database files of ours: made for their owner alone, opened for one call, faults told in one line.

A connection lives for one call: it costs about a millisecond, and no server sits on a file that was
moved away under it. All of them keep a write-ahead log, so that readers never wait for writers.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from vetline.ledger import LedgerBusyError, LedgerError, LedgerUnwritableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SMALLEST = 512  # bytes of a database
_UNWRITABLE = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL}
)

# Closing any handle on a file drops this process's locks on it, so a file is made by one thread at a
# time and before any connection to it is opened.
_making = threading.Lock()


class Form(NamedTuple):
    """What a kind of database looks like.

    Attributes:
        title: what messages call it: "ledger".
        application: the number in its head that tells our files from other databases.
        version: the newest we understand, and the one we make.
        schema: the statements that make its tables.
        settings: what every connection that writes is told before its first transaction.
    """

    title: str
    application: int
    version: int
    schema: tuple[str, ...]
    settings: tuple[str, ...]


@contextlib.contextmanager
def opened(path: Path, form: Form, wait: float) -> Iterator[sqlite3.Connection]:
    """A connection that writes; makes the database when there is none.

    Args:
        path: the file.
        form: what must be in it.
        wait: for how many seconds to wait while others write.

    Raises:
        LedgerBusyError: others kept it locked for longer.
        LedgerUnwritableError: nothing can be written there.
        LedgerError: it is of another form, damaged, or of a newer version.
    """
    with _told(path, form, wait):
        _make(path)
        _size(path, form)
        with contextlib.closing(_connect(path, "mode=rw", wait)) as db:
            for setting in form.settings:
                db.execute(setting)
            if _is_empty(db):
                _log_ahead(db, wait)
                with transaction(db):
                    if _is_empty(db):
                        _fill(db, form)
            _check(db, path, form)
            yield db


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """What is written in this block is there wholly or, when the block raises, not at all."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


@contextlib.contextmanager
def reading(path: Path, form: Form, wait: float) -> Iterator[sqlite3.Connection]:
    """A connection that sees the database as it is now and changes nothing, on disk or in it.

    Where there is no database, or an unfinished one, an empty one in memory stands in for it.

    Args:
        path: the file.
        form: what must be in it.
        wait: for how many seconds to wait for others.

    Raises:
        LedgerBusyError: others kept it locked for longer.
        LedgerError: it is of another form, damaged, or of a newer version, or may not be read.
    """
    with _told(path, form, wait), contextlib.ExitStack() as stack:
        db = _connect_to_read(path, form, wait)
        if db is not None:
            stack.enter_context(contextlib.closing(db))
        if db is None or _is_empty(db):
            db = stack.enter_context(contextlib.closing(sqlite3.connect(":memory:")))
            _fill(db, form)
        _check(db, path, form)
        db.execute("BEGIN")
        yield db


def damaged(path: Path, form: Form) -> LedgerError:
    """The error that says `path` cannot be understood."""
    return LedgerError(f"{path} is damaged or not a {form.title}; move it away to start anew")


def _make(path: Path) -> None:
    """Make the folder and an empty file that only their owner may read; SQLite's side files follow."""
    with _making:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _size(path: Path, form: Form) -> int:
    """The file's size; SQLite would take a very short file for an empty one and write over it."""
    size = path.stat().st_size
    if 0 < size < _SMALLEST:
        raise LedgerError(f"{path} is not a Vetline {form.title}; move it away and try again")
    return size


def _connect(path: Path, options: str, wait: float) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}", uri=True, timeout=wait, isolation_level=None
    )
    db.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    return db


def _connect_to_read(path: Path, form: Form, wait: float) -> sqlite3.Connection | None:
    """A connection that cannot write, also into a folder where SQLite cannot put its side files."""
    try:
        if not _size(path, form):
            return None
    except (FileNotFoundError, NotADirectoryError):
        return None
    db = _connect(path, "mode=ro", wait)
    try:
        _version(db)
    except sqlite3.Error as error:
        db.close()
        wal = path.with_name(path.name + "-wal")
        if error.sqlite_errorcode & 0xFF not in _UNWRITABLE or wal.exists():
            raise
        # Without a write-ahead log nobody writes; the file as it stands is all there is.
        return _connect(path, "immutable=1", wait)
    return db


def _log_ahead(db: sqlite3.Connection, wait: float) -> None:
    """Turn the write-ahead log on; SQLite does not wait when two do so at once, so we do."""
    deadline = time.monotonic() + wait
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _fill(db: sqlite3.Connection, form: Form) -> None:
    head = (f"PRAGMA application_id = {form.application}", f"PRAGMA user_version = {form.version}")
    for statement in (*form.schema, *head):
        db.execute(statement)


def _check(db: sqlite3.Connection, path: Path, form: Form) -> None:
    application, version = _version(db)
    if application != form.application:
        raise LedgerError(f"{path} is not a Vetline {form.title}; move it away and try again")
    if version > form.version:
        raise LedgerError(f"{path} was written by a newer Vetline; update this one")


def _version(db: sqlite3.Connection) -> tuple[int, int]:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return application, version


def _is_empty(db: sqlite3.Connection) -> bool:
    """Whether it is a database that nobody has put anything into."""
    return _version(db) == (0, 0) and not db.execute("SELECT 1 FROM sqlite_master").fetchone()


@contextlib.contextmanager
def _told(path: Path, form: Form, wait: float) -> Iterator[None]:
    """Say in one line what SQLite and the file system say in many."""
    try:
        yield
    except sqlite3.Error as error:
        # An error of the module itself, such as a value out of range, has no code.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise LedgerBusyError(
                f"{path} is locked by another process for over {wait:g} s; try again"
            ) from None
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise damaged(path, form) from None
        if code in _UNWRITABLE:
            raise LedgerUnwritableError(f"cannot use {path}: {error}") from None
        raise LedgerError(f"cannot use {path}: {error}") from None
    except OSError as error:
        raise LedgerUnwritableError(f"cannot use {path}: {error.strerror}") from None
