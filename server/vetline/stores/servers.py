"""Which server a project's settings mean. Loads nothing of servers while they mean none."""

from __future__ import annotations

import contextlib
import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vetline import config, disk, git
from vetline.git import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vetline.stores.postgres import Server

_GIT_SECONDS = 5.0
_VARIABLES = ("VETLINE_LEDGER_URL", "VETLINE_LEDGER_REPOSITORY", "VETLINE_LEDGER_HOSTS")
_NAMES = ("vetline.toml", "pyproject.toml")
_NO_NAME = "set `ledger.repository` to what its chain is to be called"


def copies_in(folder: Path) -> list[Path]:
    """The files in one of our folders with copies of chains, also of servers that nothing names any longer."""
    names = sorted(disk.names(folder))
    return [folder / n for n in names if n.startswith("team-") and n.endswith(".db")]


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
    from vetline.stores.postgres import Server  # noqa: PLC0415 - likewise

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
