"""A team's ledger: how what is known here and on its server is kept the same.

An event is first written here (`mirror`) and then sent, so that it is never lost and what waits goes in its order. When
the server was away, nobody tries again for some seconds unless told to: a person who types does not wait for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from typing import TYPE_CHECKING

from vetline import disk
from vetline.ledger import GENESIS, Kind, LedgerError
from vetline.stores import mirror, postgres, servers
from vetline.stores.postgres import AwayError, Server

__all__ = ["AwayError", "Server"]  # by which callers know them

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vetline.ledger import AuditEvent

AWAY_SECONDS = 15.0
_MOST_SENT, _MOST_FETCHED = 1000, 5000  # events at a time


def path_in(folder: Path, server: Server) -> Path:
    """Where in one of our folders lies what is known of a server's chain."""
    words = "\0".join((*map(str, server.address[:3]), server.repository))
    return (
        folder
        / f"team-{hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.db"
    )


def copies(folders: Iterable[Path]) -> list[tuple[Path, int]]:
    """The files with copies of chains, and behind which number to read each, so that no event is read twice.

    Also those of servers that the settings name no longer: nothing that was written is lost.

    Raises:
        LedgerError: one is there and cannot be read.
    """
    longest: dict[str, int] = {}
    found = []
    for folder in folders:
        for path in servers.copies_in(folder):
            seq, _ = mirror.head(path)
            found.append((path, longest.get(path.name, 0)))
            longest[path.name] = max(seq, longest.get(path.name, 0))
    return found


def imported(found: Iterable[tuple[Path, int]]) -> list[str]:
    """The hashes of the last events of local ledgers whose events a team's ledger has too.

    Raises:
        LedgerError: as for `copies`.
    """
    kinds = (Kind.LEDGER_IMPORTED,)
    told = (event for path, _ in found for event in mirror.read(path, kinds))
    return [str(event.payload.get("head", "")) for event in told]


def sync(path: Path, server: Server, *, patiently: bool = False) -> dict[str, int]:
    """Send what waits and get what is new, until both sides know the same.

    Gives which number in the chain each event got that was sent, by its name.

    Args:
        path: `path_in` of the first folder that can be written.
        server: whose chain it is.
        patiently: try also when the server was away a moment ago.

    Raises:
        AwayError: it cannot be asked now; what waits does so still.
        LedgerError: what it has is not what it had, or the file at `path` cannot be used.
    """
    mark, placed = path.with_suffix(".away"), dict[str, int]()
    if not patiently and (why := _away(mark)):
        raise AwayError(why)
    while True:
        rows, after = mirror.left(path, _MOST_SENT), mirror.head(path)
        try:
            answer = postgres.exchange(server, rows, after=after, most=_MOST_FETCHED)
        except AwayError as error:
            with contextlib.suppress(OSError):
                disk.write(mark, str(error).encode("utf-8", "replace"))
            raise
        if rows or answer.events:
            mirror.take(path, answer.events, answer.placed)
        placed |= answer.placed
        mark.unlink(missing_ok=True)
        if len(rows) < _MOST_SENT and len(answer.events) < _MOST_FETCHED:
            return placed


def on_server(server: Server) -> Iterator[AuditEvent]:
    """The events of a chain as its server has them now, whatever is known of it here, one by one.

    Raises:
        AwayError: it cannot be asked, or no more.
        LedgerError: it changes while it is read.
    """
    after = (0, GENESIS)
    while True:
        answer = postgres.exchange(server, (), after=after, most=_MOST_FETCHED)
        yield from answer.events
        if len(answer.events) < _MOST_FETCHED:
            return
        after = (answer.events[-1].seq, answer.events[-1].hash)


def _away(mark: Path) -> str:
    """Why the server was away a moment ago; "" when it was not."""
    try:
        age = time.time() - mark.stat().st_mtime
        return disk.text(mark, 1000) if 0 <= age < AWAY_SECONDS else ""
    except OSError:
        return ""


def waits(path: Path, why: Exception) -> str:
    """One line on what does not go to the server."""
    with contextlib.suppress(LedgerError):
        number = mirror.count(path)
        return f"{why}; {number} event{'s wait' if number != 1 else ' waits'} in {path} and will follow"
    return str(why)
