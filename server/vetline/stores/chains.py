"""The ledgers of a project one by one: where each lies, its events in their order, and its head.

`stores.read` folds them into one list, which is what most want; who asks whether a chain is whole needs it alone.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from vetline.stores import mirror, sqlite, team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from vetline.ledger import AuditEvent
    from vetline.stores import Location
    from vetline.stores.team import Server


class Chain(NamedTuple):
    """The events of one ledger, in their order, and where they lie.

    Attributes:
        name: its file, or the server and what it is called there.
        events: all of them; whoever goes through them reads them anew, since they may be more than memory holds.
        unsound: what is wrong with the file beside its events, an index or a trigger, in one line; "" when nothing
            is. A damaged index hides events from who looks for some only.
    """

    name: str
    events: Iterable[AuditEvent]
    unsound: str = ""


class _Stored:
    """Events that are read one by one, anew each time."""

    def __init__(self, read: Callable[[], Iterator[AuditEvent]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[AuditEvent]:
        return self._read()


class Head(NamedTuple):
    """A ledger's last event, by its number and its hash, and the hash of its first."""

    first: str
    seq: int
    hash: str


def chains(location: Location, *, at_source: bool = False) -> list[Chain]:
    """Those that have an event, the one that is written to first.

    Args:
        location: where they lie.
        at_source: read a team's chain on its server, all of it; else the copy of it that lies here, without what
            waits to be sent.

    Raises:
        LedgerError: one is there and cannot be read, or the server's was changed; with `at_source` also when it
            cannot be asked. Going through the events raises the same.
    """
    found = []
    if (server := location.server) is not None and location.folders:
        copy = _synced(location, server, patiently=at_source)
        read = partial(team.on_server, server) if at_source else partial(mirror.events, copy)
        if mirror.ends(copy):
            found.append(Chain(str(server), _Stored(read), mirror.unsound(copy)))
    for path in _files(location):
        if sqlite.ends(path):
            events = _Stored(partial(sqlite.events, path))
            found.append(Chain(str(path), events, sqlite.unsound(path)))
    return found


def heads(location: Location) -> list[Head]:
    """Their heads, of a team's ledger as it is known here when its server cannot be asked.

    Raises:
        LedgerError: one is there and cannot be read, or a server's was changed.
    """
    ends = list(map(sqlite.ends, _files(location)))
    if location.server is not None and location.folders:
        ends.insert(0, mirror.ends(_synced(location, location.server)))
    return [Head(first.hash, last.seq, last.hash) for first, last in filter(None, ends)]


def _files(location: Location) -> list[Path]:
    return [folder / "ledger.db" for folder in (*location.folders, *location.former)]


def _synced(location: Location, server: Server, *, patiently: bool = False) -> Path:
    """The copy of a team's chain, made the same as the server's where that answers."""
    path = team.path_in(location.folders[0], server)
    try:
        team.sync(path, server, patiently=patiently)
    except team.AwayError:
        if patiently:
            raise
    return path
