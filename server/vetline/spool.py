"""The spool: what hooks report, a file each, until somebody takes it into the database; and their log.

A hook only writes: it neither waits for a server nor opens a database. Whoever comes next reads what is
pending in the order it was written, and removes it once it is kept elsewhere.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from typing import TYPE_CHECKING, Any

from vetline import disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# ruff: noqa: PTH102, PTH103, PTH105, PTH108, PTH112, PTH118, PTH120, PTH208 - pathlib costs a hook 5 ms
VERSION = 1  # of a record
LARGEST = 16_000_000  # bytes of one record
MOST = 10_000  # records read at once
AT_ONCE = 64_000_000  # bytes of them, but for the last
_LOG_SIZE = 1_000_000  # bytes, then a new one is begun
_LINE = 500  # characters of a line in the log
_ABANDONED = 3600.0  # seconds after which a file that was never finished is nobody's any more
_WRITE = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
_NEW = _WRITE | os.O_EXCL
_APPEND = _WRITE | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)


def write(folders: Iterable[str], record: Mapping[str, Any]) -> str:
    """Put a record into the first of the folders that can be written; gives its id.

    Raises:
        OSError: none can, or the record is too large.
    """
    body = json.dumps(record, separators=(",", ":")).encode("ascii")
    if len(body) > LARGEST:
        raise OSError(errno.EFBIG, f"the record has {len(body):,} bytes")
    name = f"{time.time_ns():020d}-{os.getpid()}-{os.urandom(4).hex()}"
    why = OSError(errno.ENOENT, "there is no folder to write to")
    for folder in folders:
        try:
            _put(os.path.join(folder, "spool"), name, body)
        except OSError as error:
            why = error
        else:
            return name
    raise why


def pending(folders: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """The records that wait in the folders, oldest first, each with its id; the first of very many.

    A file that is no record is moved to `spool/rejected/` and noted. One of a newer version stays for
    whoever understands it.
    """
    found = sorted((name, folder) for folder in folders for name in _names(folder))
    records = []
    size = 0
    for name, folder in found[:MOST]:
        if size > AT_ONCE:
            break
        path = os.path.join(folder, "spool", name)
        try:
            raw = disk.read(path, LARGEST)
            record = json.loads(raw)
            version = record["v"]
        except FileNotFoundError:  # somebody else took it
            continue
        except disk.TooLargeError as error:
            _reject(folder, name, str(error.strerror))
        except OSError as error:
            note([folder], f"spool: {name} {disk.reason(error)}")
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            _reject(folder, name, f"is no record ({type(error).__name__})")
        else:
            if version == VERSION:
                records.append((name.removesuffix(".json"), record))
                size += len(raw)
    return records


def waits(folders: Iterable[str]) -> bool:
    """Whether there is anything in the folders' spools; nothing is read."""
    return any(name for folder in folders for name in _names(folder))


def done(folders: Iterable[str], ids: Iterable[str]) -> None:
    """Remove records that are kept elsewhere now; others may have done so already."""
    ids = list(ids)
    for folder in folders:
        for name in ids:
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, "spool", f"{name}.json"))


def note(folders: Iterable[str], line: str) -> bool:
    """Append a line to the log in the first of the folders that can be written; whether one could.

    Args:
        folders: where it may lie.
        line: what happened, in sizes, digests and reasons; never anything that somebody wrote.
    """
    words = "".join(c if c.isprintable() else "?" for c in line[:_LINE])
    raw = f"{timestamp(time.time_ns())} {words}\n".encode("utf-8", "backslashreplace")
    for folder in folders:
        path = os.path.join(folder, "hook.log")
        with contextlib.suppress(OSError):
            os.makedirs(folder, 0o700, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                if os.lstat(path).st_size + len(raw) > _LOG_SIZE:
                    os.replace(path, path + ".1")
            _write(path, _APPEND, raw)
            return True
    return False


def timestamp(ns: int) -> str:
    """A moment, in nanoseconds since the epoch, as the ledger writes it."""
    seconds, rest = divmod(ns, 1_000_000_000)
    words = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{words}.{rest // 1_000_000:03d}Z"


def _put(spool: str, name: str, body: bytes) -> None:
    if not os.path.isdir(spool):
        os.makedirs(os.path.dirname(spool), 0o700, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(spool, 0o700)
    unfinished = os.path.join(spool, f"{name}.part")
    try:
        _write(unfinished, _NEW, body)
        os.replace(unfinished, os.path.join(spool, f"{name}.json"))
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise


def _write(path: str, flags: int, raw: bytes) -> None:
    handle = os.open(path, flags, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(raw)


def _names(folder: str) -> Iterator[str]:
    """The names of the records in a folder's spool; files that were never finished are removed."""
    spool = os.path.join(folder, "spool")
    try:
        names = os.listdir(spool)
    except OSError:
        return
    for name in names:
        if name.endswith(".json"):
            yield name
        elif name.endswith(".part"):
            with contextlib.suppress(OSError):
                path = os.path.join(spool, name)
                if time.time() - os.lstat(path).st_mtime > _ABANDONED:
                    os.unlink(path)


def _reject(folder: str, name: str, why: str) -> None:
    aside = os.path.join(folder, "spool", "rejected")
    with contextlib.suppress(OSError):
        os.makedirs(aside, 0o700, exist_ok=True)
        os.replace(os.path.join(folder, "spool", name), os.path.join(aside, name))
        note([folder], f"spool: {name} {why}; moved to rejected")
