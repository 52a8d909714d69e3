"""A team's ledger: which server a project's settings mean, and how what is known here and there is kept the same.

An event is first written here (`mirror`) and then sent, so that it is never lost and what waits goes in its order. When
the server was away, nobody tries again for some seconds unless told to: a person who types does not wait for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vetline import config, disk, git
from vetline.git import GitError
from vetline.ledger import GENESIS, Kind, LedgerError
from vetline.stores import mirror, postgres
from vetline.stores.postgres import AwayError, Server

__all__ = ["AwayError", "Server"]  # by which callers know them

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vetline.ledger import AuditEvent

AWAY_SECONDS = 15.0
_GIT_SECONDS = 5.0
_MOST_SENT, _MOST_FETCHED = 1000, 5000  # events at a time
_VARIABLES = ("VETLINE_LEDGER_URL", "VETLINE_LEDGER_REPOSITORY", "VETLINE_LEDGER_HOSTS")
_NAMES = ("vetline.toml", "pyproject.toml")
_NO_NAME = "set `ledger.repository` to what its chain is to be called"


def server_of(root: Path, base: Path) -> tuple[Server | None, str]:
    """The server that the settings of a project name; or why they name one that is not used, in one line.

    A config file may be anybody's, and events tell who works on what. So its address counts only for a host that
    the person trusts already: one that VETLINE_LEDGER_HOSTS or their own password file names; and it says nothing
    about how to connect.

    Args:
        root: the folder of the project.
        base: the work tree that paths in its events are relative to.
    """
    variables = tuple(os.environ.get(name, "") for name in _VARIABLES)
    said = _said(root, variables, tuple(_config_files(root)))
    if said.problem or not said.url:
        return None, said.problem
    from vetline import address  # noqa: PLC0415 - only who names a server pays for it

    meant = address.parse(said.url)
    if not said.by_person and not meant.is_plain:
        return None, (
            "a config file's `ledger.url` names a host, a port, a user and a database and nothing else; the environment's"
            " VETLINE_LEDGER_URL may say more"
        )
    if not (said.by_person or meant.host in said.hosts or address.has_login(meant)):
        return None, (
            f"a config file names the server {meant}: if it is your team's, give it a line in your password file"
            f" (~/.pgpass) or set VETLINE_LEDGER_HOSTS={meant.host}"
        )
    try:
        return Server(meant, said.repository or _first_commit(base)), ""
    except GitError as error:
        return None, f"{error}: {_NO_NAME}"


def _config_files(root: Path) -> Iterator[tuple[str, int, int]]:
    """The files that may hold settings, and what changes when they do."""
    for folder in (root, *root.parents):
        for name in _NAMES:
            with contextlib.suppress(OSError):
                known = os.stat(folder / name)  # noqa: PTH116 - twice as fast
                yield str(folder / name), known.st_mtime_ns, known.st_size
        if os.path.lexists(folder / ".git"):
            return


_first_commits: dict[Path, str] = {}


class _Said(NamedTuple):
    url: str
    by_person: bool
    repository: str
    hosts: tuple[str, ...]
    problem: str


@lru_cache(maxsize=16)
def _said(
    root: Path, _variables: tuple[str, ...], _files: tuple[tuple[str, int, int], ...]
) -> _Said:
    """What the settings say; read anew when a variable or a file is another."""
    found = config.load(root)
    settings = found.settings
    problem = next((str(each) for each in found.problems if each.key.startswith("ledger")), "")
    return _Said(
        settings.ledger_url,
        found.origins["ledger.url"].startswith("environment"),
        settings.ledger_repository,
        settings.ledger_hosts,
        problem,
    )


def _first_commit(base: Path) -> str:
    """What a repository is called by: the commit it began with, which all its clones have.

    Raises:
        GitError: there is none, or it cannot be known here.
    """
    common = git.git_dir(base)
    if common is None:
        raise GitError("there is no repository")
    if (common / "shallow").exists():
        raise GitError("a shallow clone does not know its first commit")
    asked = ("rev-list", "--max-parents=0", "--first-parent", "HEAD")
    found = (
        git.run(base, *asked, ok=(0, 128), timeout=_GIT_SECONDS).decode("ascii", "replace").split()
    )
    if not found:
        raise GitError("the repository has no commit yet")
    return found[-1]


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
        for name in sorted(disk.names(folder)):
            if name.startswith("team-") and name.endswith(".db"):
                seq, _ = mirror.head(folder / name)
                found.append((folder / name, longest.get(name, 0)))
                longest[name] = max(seq, longest.get(name, 0))
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
