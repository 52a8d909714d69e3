"""Where ledgers lie: databases, one file each, and the places to look for them.

A ledger lies in the repository's git folder, `<git dir>/vetline/ledger.db`, shared by all its work
trees; outside a repository, or where the git folder cannot be written, in the user's state folder.
Reading folds them all, so that nothing is lost that was written to one of them, be it before the folder
became a repository. Where the settings name a server, a team's chain lies there, and beside the ledger a copy of it
with what waits to be sent (`team`).
"""

from __future__ import annotations

import contextlib
import heapq
import os
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import places
from vetline.ledger import Kind, LedgerError, LedgerUnwritableError
from vetline.stores import servers, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline.ledger import AuditEvent, Draft
    from vetline.stores.postgres import Server

_KEY_BYTES = 32
_PATIENCE, _PAUSE = 10, 0.02  # how often, and after how many seconds, a short key is read again
_HOMELESS = "there is no folder for a ledger: work in a git repository or set XDG_STATE_HOME"


class Location(NamedTuple):
    """Where a project's ledger lies.

    Attributes:
        base: the folder that paths in events are relative to: the work tree, else the project.
        folders: the folders that may hold a ledger, the one to write to first.
        former: those that may hold one from the time before `base` was a repository.
        server: the server that a team's ledger lies on; None when it lies in the folders.
        why: why a server that the settings name is not used, in one line.
    """

    base: Path
    folders: tuple[Path, ...]
    former: tuple[Path, ...] = ()
    server: Server | None = None
    why: str = ""

    def subject(self, path: Path) -> str:
        """`path` as events name it: relative to `base`; the whole of it where it leads outside."""
        path = path.resolve()
        inside = path.is_relative_to(self.base)
        return (path.relative_to(self.base) if inside else path).as_posix()


class Receipt(NamedTuple):
    """What was appended, where, and in `why` one line when that is not the first place to write.

    Events that wait for a server have the number 0 and no place in a chain yet.
    """

    events: list[AuditEvent]
    path: Path
    why: str = ""


def locate(root: Path) -> Location:
    """Where the ledger of the project at the folder `root` lies. Makes nothing, and asks no server."""
    root = root.resolve()
    place = places.place_of(str(root))
    base = Path(place.base or root)
    folders = place.folders if place.base else places.state_folder(str(root))
    server, why = servers.server_of(root, base)
    former = tuple(map(Path, place.former)) if place.base else ()
    return Location(base, tuple(map(Path, folders)), former, server, why)


def append(location: Location, drafts: Iterable[Draft], *, at: str, actor: str) -> Receipt:
    """Append events, all or none, to the first place that can be written.

    Blocks for up to two seconds while others write, and for up to five while a server does not answer: not for
    an event loop's thread.

    Raises:
        LedgerBusyError: others write all the time.
        LedgerError: the ledger is damaged, newer than we are, or no place can be written.
    """
    drafts = list(drafts)
    why = "" if location.folders else _HOMELESS
    for folder in location.folders:
        path = folder / "ledger.db"
        try:
            if location.server is not None:
                return _send(folder, location.server, drafts, at=at, actor=actor, why=why)
            events = sqlite.append(path, drafts, at=at, actor=actor)
            return Receipt(events, path, why or location.why)
        except LedgerUnwritableError as error:
            why = why or str(error)
    raise LedgerUnwritableError(why)


def _send(
    folder: Path, server: Server, drafts: list[Draft], *, at: str, actor: str, why: str
) -> Receipt:
    from vetline.stores import mirror, team  # noqa: PLC0415 - only who has a team's ledger pays for it

    path = team.path_in(folder, server)
    rows = [mirror.waiting(draft, at=at, actor=actor) for draft in drafts]
    mirror.put(path, rows)
    try:
        placed = team.sync(path, server)
    except LedgerError as error:
        return Receipt([mirror.unplaced(row) for row in rows], path, team.waits(path, error))
    first = min((placed.get(row.uid, 0) for row in rows), default=0)
    found = mirror.read(path, after=first - 1) if first else []
    numbers = {placed[row.uid] for row in rows} if first else set()
    return Receipt([event for event in found if event.seq in numbers], path, why)


def deliver(location: Location) -> str:
    """Send what waits for a team's server, also when it was away a moment ago; gives why it cannot be, or "".

    Raises:
        LedgerError: what lies here cannot be read or written.
    """
    return _synced(location, patiently=True) or location.why


def _synced(location: Location, *, patiently: bool = False) -> str:
    """Make what is known here and on the server the same; gives why that cannot be, or ""."""
    why = ""
    if location.server is None:
        return why
    from vetline.stores import team  # noqa: PLC0415 - only who has a team's ledger pays for it

    for number, folder in enumerate(location.folders):
        path = team.path_in(folder, location.server)
        if number and not why and not path.exists():
            continue  # all is in the folder before it
        try:
            team.sync(path, location.server, patiently=patiently)
        except LedgerUnwritableError as error:
            why = why or str(error)
        except team.AwayError as error:
            return team.waits(path, error)
        else:
            why = ""
    return why


def events(location: Location, *, after: int = 0) -> Iterator[AuditEvent]:
    """The events behind number `after` of the ledger that is written to, one by one: it may be larger than memory.

    Of a team's ledger those that are known here, once what is new has been fetched where the server answers.

    Raises:
        LedgerError: it is there and cannot be read, or a server's is not the one that it was.
    """
    _synced(location)
    for folder in location.folders[:1]:
        if location.server is not None:
            from vetline.stores import mirror, team  # noqa: PLC0415 - only who has a team's ledger pays for it

            yield from mirror.events(team.path_in(folder, location.server), after=after)
        else:
            yield from sqlite.events(folder / "ledger.db", after=after)


def import_local(location: Location, *, at: str, actor: str) -> int:
    """Put the events of the ledgers on this machine into the team's, each once; gives how many were new.

    They keep who and when; their numbers and hashes there are those of the new place in the chain. A last event,
    `ledger.imported`, tells of each ledger how many events it had (`events`) and the hash of the last (`head`), from
    which with the events, in their order, the hash of each can be worked out again.

    Raises:
        LedgerError: there is no server, it cannot be asked (what was on its way follows), or a ledger here is damaged
            or was changed, in which case none of its events is sent.
    """
    if location.server is None or not location.folders:
        raise LedgerError(location.why or "there is no server to import to: set `ledger.url`")
    from vetline.stores import mirror, team  # noqa: PLC0415 - only who has a team's ledger pays for it

    path = team.path_in(location.folders[0], location.server)
    team.sync(path, location.server, patiently=True)
    files = [folder / "ledger.db" for folder in (*location.folders, *location.former)]
    moved = set(team.imported(team.copies(location.folders)))
    rows = [row for file in files for row in mirror.rows_of(file, moved, at=at, actor=actor)]
    mirror.put(path, rows)
    try:
        team.sync(path, location.server, patiently=True)
    except team.AwayError as error:
        raise LedgerError(team.waits(path, error)) from None
    return sum(row.kind != Kind.LEDGER_IMPORTED for row in rows)


def read(
    location: Location, kinds: Iterable[Kind] | None = None, subject: str | None = None
) -> list[AuditEvent]:
    """The events of all places, oldest first, each place's in the order of its chain whatever a clock said.

    Of a team's ledger what is new is fetched first; while the server is away, what was known of it is given.

    Args:
        location: where to look; a place without a ledger has no events.
        kinds: only these; None means all.
        subject: only those about this path; None means all.

    Raises:
        LedgerError: a ledger is there and cannot be read, or a server's is not the one that it was.
    """
    return list(stream(location, kinds, subject))


def stream(
    location: Location, kinds: Iterable[Kind] | None = None, subject: str | None = None
) -> Iterator[AuditEvent]:
    """What `read` gives, one by one: it may be larger than memory.

    Raises:
        LedgerError: as for `read`, also in the middle.
    """
    kinds = None if kinds is None else tuple(kinds)
    _synced(location)
    folders = (*location.folders, *location.former)
    found: list[Iterator[AuditEvent]] = []
    moved: list[str] = []
    if any(map(servers.copies_in, folders)):
        from vetline.stores import mirror, team  # noqa: PLC0415 - only who has a team's ledger pays for it

        copies = team.copies(folders)
        found += [mirror.found(path, kinds, subject, after=after) for path, after in copies]
        moved = team.imported(copies)
    for folder in folders:
        path = folder / "ledger.db"
        after = sqlite.latest(path, moved) if moved else 0
        found.append(sqlite.found(path, kinds, subject, after=after))
    yield from heapq.merge(*found, key=lambda event: event.at)


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
