"""Files of others that `install-hooks` edits: what is there, what shall be, and writing that in one go."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk
from vetline.formats import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LIMIT = 4_000_000  # bytes


class Change(NamedTuple):
    """What becomes of one file.

    Attributes:
        path: the file, links followed where it is to be edited.
        old: its text; None when there is none.
        new: its text afterwards; None when it goes.
        executable: it is a program.
        aside: where what is there is moved first, link or file, so that `new` takes its name.
        back: what is moved to `path` afterwards, when `new` is None.
    """

    path: Path
    old: str | None
    new: str | None
    executable: bool = False
    aside: Path | None = None
    back: Path | None = None


def load(path: Path) -> str | None:
    """The text of a file with its line ends as they are; None when there is none.

    Raises:
        OSError: it cannot be read or is too large.
    """
    try:
        return disk.read(path, _LIMIT).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def apply(change: Change) -> None:
    """Make the change; nobody ever reads half a file, and the mode of an old one stays.

    Raises:
        OSError: it cannot be made.
    """
    path = change.path
    if change.back:
        change.back.replace(path)
    elif change.new is None:
        path.unlink(missing_ok=True)
    elif not change.aside:
        _write(path, change.new, executable=change.executable)
    else:
        path.rename(change.aside)
        try:
            _write(path, change.new, executable=change.executable)
        except BaseException:
            change.aside.rename(path)
            raise


def _write(path: Path, text: str, *, executable: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    beside = path.with_name(f".{path.name}.{os.getpid()}.vetline")
    try:
        created = os.open(
            beside,
            os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0),
            0o777 if executable else 0o666,
        )
        with os.fdopen(created, "wb") as stream:
            stream.write(text.encode("utf-8", "surrogateescape"))
        if mode is not None:
            beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def diff(change: Change, shown: str) -> str:
    """The change as a unified diff, secrets in it masked."""
    from difflib import unified_diff

    from vetline.session import without_secrets

    old, new = change.old or "", change.new or ""
    names = (
        shown if change.old is not None else "/dev/null",
        shown if change.new is not None else "/dev/null",
    )
    lines = unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="")
    moved = f"rename {shown} => {change.aside.name}\n" if change.aside else ""
    moved += f"rename {change.back.name} => {shown}\n" if change.back else ""
    return moved + "".join(f"{line}\n" for line in _shown(without_secrets("\n".join(lines))))


def _shown(text: str) -> Iterator[str]:
    for line in text.split("\n") if text else ():
        yield line.replace("\t", " " * 4) if line.replace("\t", "").isprintable() else visible(line)
