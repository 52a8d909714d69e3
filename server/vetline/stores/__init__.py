"""Where ledgers lie: databases, one file each, and the places to look for them.

A ledger lies in the repository's git folder, `<git dir>/vetline/ledger.db`, shared by all its work
trees; outside a repository, or where the git folder cannot be written, in the user's state folder.
Reading folds them all, so that nothing is lost that was written to one of them, be it before the folder
became a repository.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import places
from vetline.ledger import LedgerError, LedgerUnwritableError
from vetline.stores import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline.ledger import AuditEvent, Draft, Kind

_KEY_BYTES = 32
_PATIENCE, _PAUSE = 10, 0.02  # how often, and after how many seconds, a short key is read again
_HOMELESS = "there is no folder for a ledger: work in a git repository or set XDG_STATE_HOME"


class Location(NamedTuple):
    """Where a project's ledger lies.

    Attributes:
        base: the folder that paths in events are relative to: the work tree, else the project.
        folders: the folders that may hold a ledger, the one to write to first.
        former: those that may hold one from the time before `base` was a repository.
    """

    base: Path
    folders: tuple[Path, ...]
    former: tuple[Path, ...] = ()

    def subject(self, path: Path) -> str:
        """`path` as events name it: relative to `base`; the whole of it where it leads outside."""
        path = path.resolve()
        inside = path.is_relative_to(self.base)
        return (path.relative_to(self.base) if inside else path).as_posix()


class Receipt(NamedTuple):
    """What was appended, where, and in `why` one line when that is not the first place to write."""

    events: list[AuditEvent]
    path: Path
    why: str = ""


def locate(root: Path) -> Location:
    """Where the ledger of the project at the folder `root` lies. Makes nothing."""
    root = root.resolve()
    place = places.place_of(str(root))
    if not place.base:
        return Location(root, tuple(map(Path, places.state_folder(str(root)))))
    return Location(
        Path(place.base), tuple(map(Path, place.folders)), tuple(map(Path, place.former))
    )


def append(location: Location, drafts: Iterable[Draft], *, at: str, actor: str) -> Receipt:
    """Append events, all or none, to the first place that can be written.

    Blocks for up to two seconds while others write: not for an event loop's thread.

    Raises:
        LedgerBusyError: others write all the time.
        LedgerError: the ledger is damaged, newer than we are, or no place can be written.
    """
    drafts = list(drafts)
    why = "" if location.folders else _HOMELESS
    for folder in location.folders:
        path = folder / "ledger.db"
        try:
            return Receipt(sqlite.append(path, drafts, at=at, actor=actor), path, why)
        except LedgerUnwritableError as error:
            why = why or str(error)
    raise LedgerUnwritableError(why)


def read(
    location: Location, kinds: Iterable[Kind] | None = None, subject: str | None = None
) -> list[AuditEvent]:
    """The events of all places, oldest first.

    Args:
        location: where to look; a place without a ledger has no events.
        kinds: only these; None means all.
        subject: only those about this path; None means all.

    Raises:
        LedgerError: a ledger is there and cannot be read.
    """
    kinds = None if kinds is None else tuple(kinds)
    folders = (*location.folders, *location.former)
    places = [sqlite.read(folder / "ledger.db", kinds, subject) for folder in folders]
    if sum(map(bool, places)) == 1:
        return list(chain(*places))
    return sorted(chain(*places), key=lambda event: event.at)


def key(location: Location) -> bytes:
    """The repository's secret key, made on first use; it never leaves the machine.

    Raises:
        LedgerError: it can neither be read nor made.
    """
    why = LedgerUnwritableError("" if location.folders else _HOMELESS)
    for folder in (*location.folders, *location.former):
        if found := _read_key(folder / "key"):
            return found
    for folder in location.folders:
        try:
            return _make_key(folder)
        except OSError as error:
            if not str(why):
                why = LedgerUnwritableError(f"cannot make {folder / 'key'}: {error.strerror}")
    raise why


def _read_key(path: Path) -> bytes | None:
    for _ in range(_PATIENCE):
        try:
            found = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise LedgerError(f"cannot read {path}: {error.strerror}") from None
        if len(found) == _KEY_BYTES:
            return found
        time.sleep(_PAUSE)  # without links, somebody may be writing it just now
    raise LedgerError(f"{path} is damaged; remove it, and what AI wrote must be learned anew")


def _make_key(folder: Path) -> bytes:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "key"
    made = path.with_name(f"key.{os.getpid()}.{secrets.token_hex(4)}")
    _write_key(made)
    try:
        # A link fails where a rename would replace: of two who make a key at once, one wins.
        os.link(made, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        with contextlib.suppress(FileExistsError):
            _write_key(path)
    finally:
        made.unlink()
    return _read_key(path) or b""


def _write_key(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
    except OSError:
        path.unlink()
        raise
