"""Database files of ours: made for their owner alone, opened for one call or kept, faults told in one line.

To open and close a database costs a millisecond, most of it three waits for the disk when the last connection
empties the write-ahead log. So a process keeps its connections to files that are often written to (`Form.keep`),
and looks before each use whether the path still leads to the same files. All databases have a write-ahead log,
so that readers never wait for writers.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sqlite3
import stat
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from vetline.ledger import LedgerBusyError, LedgerError, LedgerUnwritableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SMALLEST = 512  # bytes of a database
_UNWRITABLE = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL}
)
# What a disk that is full, or a quota, says when a side file is made or written.
_NO_ROOM = frozenset(
    {sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_WRITE}
)

_MOST_KEPT = 8  # connections of one process
# Windows moves and removes no file that somebody has open.
_MAY_KEEP = os.name == "posix"

# Closing any handle on a file drops this process's locks on it, so a file is made by one thread at a
# time and before any connection to it is opened.
_making = threading.Lock()

# Path → a connection that nobody uses just now, and which files it has open. Whoever takes one takes it out, so
# two threads never share one; each operation on the dictionary is a single step of the interpreter.
_kept: OrderedDict[str, tuple[sqlite3.Connection, object]] = OrderedDict()


class Form(NamedTuple):
    """What a kind of database looks like.

    Attributes:
        title: what messages call it: "ledger".
        application: the number in its head that tells our files from other databases.
        version: the newest we understand, and the one we make.
        schema: the statements that make its tables.
        settings: what every connection that writes is told before its first transaction.
        keep: whether a process keeps its connection; not where what is erased must be gone from the log at once.
    """

    title: str
    application: int
    version: int
    schema: tuple[str, ...]
    settings: tuple[str, ...]
    keep: bool = False


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
        db = _taken(path, wait) or _opened_anew(path, form, wait)
        try:
            _check(db, path, form)
            yield db
        except BaseException:
            db.close()
            raise
        if form.keep and _MAY_KEEP:
            _keep(path, db)
        else:
            db.close()


def close_kept() -> None:
    """Close the connections that are kept: before a fork, since they are of one process, and at its end."""
    while _kept:
        with contextlib.suppress(KeyError):  # another thread may take the last one
            _, (db, _) = _kept.popitem()
            db.close()


atexit.register(close_kept)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=close_kept)


def _taken(path: Path, wait: float) -> sqlite3.Connection | None:
    """The connection that is kept to what is at `path` now."""
    db, files = _kept.pop(os.path.abspath(path), (None, None))  # noqa: PTH100 - thrice as fast
    if db is None:
        return None
    # SQLite itself sees when a file was moved away, and then leaves the log at its place alone.
    if files != _files(path):
        db.close()
        return None
    db.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}")
    return db


def _keep(path: Path, db: sqlite3.Connection) -> None:
    files, name = _files(path), os.path.abspath(path)  # noqa: PTH100 - as in `_taken`
    if files is None or _kept.setdefault(name, (db, files))[0] is not db:
        db.close()
    while len(_kept) > _MOST_KEPT:
        with contextlib.suppress(KeyError):
            _, (oldest, _) = _kept.popitem(last=False)
            oldest.close()


def _files(path: Path) -> object:
    """Which files a connection to `path` writes to, and as whom; None when they are not all there."""
    try:
        found = [os.stat(f"{path}{end}") for end in ("", "-wal", "-shm")]  # noqa: PTH116 - thrice as fast
    except OSError:
        return None
    return [(each.st_dev, each.st_ino, each.st_mode) for each in found], os.geteuid()


def _opened_anew(path: Path, form: Form, wait: float) -> sqlite3.Connection:
    _make(path)
    _size(path, form)
    db = _connect(path, "mode=rw", wait)
    try:
        for setting in form.settings:
            db.execute(setting)
        if _is_empty(db):
            _log_ahead(db, wait)
            with transaction(db):
                if _is_empty(db):
                    _fill(db, form)
    except BaseException:
        db.close()
        raise
    return db


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


def unsound(db: sqlite3.Connection, form: Form) -> str:
    """What is wrong with a database beside the rows of its tables, in one line; "" when nothing is.

    An index that leaves a row out hides it from whoever looks it up, and a trigger that is gone keeps no row
    from being changed.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as model:
        _fill(model, form)
        query = "SELECT type || ' ' || name, sql FROM sqlite_master ORDER BY name"
        asked, found = (dict(each.execute(query)) for each in (model, db))
    for name in sorted(asked.keys() | found.keys()):
        if asked.get(name) != found.get(name):
            how = "is gone" if name not in found else "is not ours"
            return f"its {name} {how if name not in asked or name not in found else 'was changed'}"
    (told,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    return (
        ""
        if told == "ok"
        else f"its pages do not agree with each other: {told.split(chr(10))[-1][:200]}"
    )


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
    there = path.stat()
    if not stat.S_ISREG(there.st_mode) or 0 < there.st_size < _SMALLEST:
        raise LedgerError(f"{path} is not a Vetline {form.title}; move it away and try again")
    return there.st_size


def _connect(path: Path, options: str, wait: float) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        uri=True,
        timeout=wait,
        isolation_level=None,
        check_same_thread=False,  # one thread at a time
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
        if not _is_unwritable(error.sqlite_errorcode) or _holds_something(wal):
            raise
        # Without anything in a write-ahead log the file as it stands is all there is.
        return _connect(path, "immutable=1", wait)
    return db


def _is_unwritable(code: int) -> bool:
    """Whether an error of SQLite's says that nothing can be written there."""
    return code & 0xFF in _UNWRITABLE or code in _NO_ROOM


def _holds_something(wal: Path) -> bool:
    try:
        return wal.stat().st_size > 0
    except FileNotFoundError:
        return False


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
        whole = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_INTERNAL)
        code = whole & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise LedgerBusyError(
                f"{path} is locked by another process for over {wait:g} s; try again"
            ) from None
        # What we ask is fixed, so that it is the tables that are not ours where it makes no sense.
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR}:
            raise damaged(path, form) from None
        if whole in _NO_ROOM:
            raise LedgerUnwritableError(f"cannot use {path}: is the disk full? ({error})") from None
        if _is_unwritable(whole):
            raise LedgerUnwritableError(f"cannot use {path}: {error}") from None
        raise LedgerError(f"cannot use {path}: {error}") from None
    except OSError as error:
        raise LedgerUnwritableError(f"cannot use {path}: {error.strerror}") from None
