"""What signatures and dates are judged by."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import git, trust

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from vetline.settings import Settings
    from vetline.stores import Location


class Grounds(NamedTuple):
    """What signatures and dates are judged by.

    Attributes:
        root: the root of the repository, else the project's.
        prefix: what leads from it to the project's root, "" or ending in a slash.
        rev, fork: the commit that is trusted, and the one where the work at hand branched off from it; "" where there is none.
        allowed: the allowed-signers file as trusted; b"" when there is none.
        present: the same file as the change has it.
        signers: its path, as settings name it.
        given: the commit that somebody said is to be trusted; "" when nobody did.
        settings: the project's.
        now: when.
    """

    root: Path
    prefix: str
    rev: str
    fork: str
    allowed: bytes
    present: bytes
    signers: str
    given: str
    settings: Settings
    now: datetime


def of(
    location: Location,
    root: Path,
    settings: Settings,
    *,
    base: str,
    now: datetime,
    environ: Mapping[str, str] | None,
    start: tuple[str, str] = ("", ""),
) -> Grounds:
    """What holds for the project at `root`, whose ledger is at `location`; the rest as of `dossier.load`.

    Raises:
        GitError: the base is no commit here, or cannot be read.
    """
    top = location.base
    rev, fork = start
    if not rev:
        rev = trust.base(top, base, environ)
        fork = trust.fork(top, rev)
    given = os.path.expanduser(settings.gate_allowed_signers)  # noqa: PTH111 - never raises
    signers = Path(os.path.normpath(root.resolve() / given))
    named = signers.relative_to(top).as_posix() if signers.is_relative_to(top) else str(signers)
    prefix = location.subject(root)
    return Grounds(
        root=top,
        prefix="" if prefix == "." else f"{prefix}/",
        rev=rev,
        fork=fork,
        allowed=trust.text(top, rev, named) or b"",
        present=trust.text(top, "", named) or b"",
        signers=named,
        given=base,
        settings=settings,
        now=now,
    )


def repositories(top: Path) -> frozenset[str] | None:
    """The first commits of the repository, by which it is known; None when its history is cut, so that they are not.

    Raises:
        GitError: git cannot be asked.
    """
    folder = git.git_dir(top)
    if folder is None:
        return frozenset()
    return None if os.path.lexists(folder / "shallow") else trust.repositories(top)
