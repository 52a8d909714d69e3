"""What ledgers say since a moment that is remembered: for who folds events and does not want to read all of them anew.

What is read is what `stores.stream` gives, in the same order, without a look at each event's own hash: that of the last event that
was read before tells whether the chain is still the one that was read.
"""

from __future__ import annotations

import contextlib
import heapq
from typing import TYPE_CHECKING, NamedTuple

from vetline.ledger import LedgerUnwritableError
from vetline.stores import mirror, servers, sqlite, team

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from vetline.ledger import AuditEvent
    from vetline.stores import Location
    from vetline.stores.sqlite import Told


class Source(NamedTuple):
    """A ledger's file.

    Attributes:
        path: where it lies.
        start: behind which number it is read: what is before it is read elsewhere.
        seq, hash: of its last event.
        known: the hash of the event up to which it was read before, as it is now; "" when there is none.
        mirrored: it is the copy of a server's chain.
    """

    path: Path
    start: int
    seq: int
    hash: str
    known: str
    mirrored: bool


class Mark(NamedTuple):
    """Up to where a file was read: from which number on, the last number, and that event's hash."""

    start: int
    seq: int
    hash: str


def sources(location: Location, marks: Mapping[str, Mark]) -> list[Source]:
    """The files that hold an event; a team's is made the same as its server's, where that answers.

    Raises:
        LedgerError: one is there and cannot be read, or a server's is not the one that it was.
    """
    if location.server is not None and location.folders:
        # While it is away, what is known of it here is read.
        with contextlib.suppress(team.AwayError, LedgerUnwritableError):
            team.sync(team.path_in(location.folders[0], location.server), location.server)
    folders = (*location.folders, *location.former)
    files: list[tuple[Path, int, bool]] = []
    moved: list[str] = []
    if any(map(servers.copies_in, folders)):
        copies = team.copies(folders)
        files += [(path, after, True) for path, after in copies]
        moved = team.imported(copies)
    for folder in folders:
        path = folder / "ledger.db"
        files.append((path, sqlite.latest(path, moved) if moved else 0, False))
    found = []
    for path, start, mirrored in files:
        mark = marks.get(str(path), Mark(0, 0, ""))
        known, seq, last = (mirror if mirrored else sqlite).mark(path, mark.seq)
        if seq > start:
            found.append(Source(path, start, seq, last, known, mirrored))
    return found


def told(
    found: Sequence[Source], marks: Mapping[str, Mark], kinds: Sequence[str]
) -> Iterator[Told]:
    """What the files' events say that lie behind the marks, each file's in its order, all by their times.

    Only those of some kinds have a payload.

    Raises:
        LedgerError: a file cannot be read, also in the middle.
    """
    streams: list[Iterator[Told]] = []
    for one in found:
        mark = marks.get(str(one.path))
        after = max(one.start, mark.seq if mark else 0)
        streams.append((mirror if one.mirrored else sqlite).told(one.path, after, one.seq, kinds))
    if len(streams) == 1:
        return streams[0]
    return heapq.merge(*streams, key=lambda event: event.at)


def waiting(found: Sequence[Source], location: Location) -> list[AuditEvent]:
    """The events that wait for a server and are in no chain yet.

    Raises:
        LedgerError: a file cannot be read.
    """
    paths = {one.path for one in found if one.mirrored}
    for folder in (*location.folders, *location.former):
        paths.update(servers.copies_in(folder))
    return [event for path in sorted(paths) for event in mirror.unplaced_in(path)]


def latest(location: Location, most: int) -> list[AuditEvent]:
    """The newest events, of each file so many at most, in the order of `stores.stream`.

    Raises:
        LedgerError: a file cannot be read.
    """
    found = sources(location, {})
    streams: list[Iterator[AuditEvent]] = [
        (mirror if one.mirrored else sqlite).found(one.path, after=max(one.start, one.seq - most))
        for one in found
    ]
    return list(heapq.merge(*streams, key=lambda event: event.at))
