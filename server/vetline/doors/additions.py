"""Lines that fixes need in other files of the project: what such a file is with them, and where it may lie.

A line `NAME=` is missing where nothing gives NAME a value yet. Nothing is ever changed outside of the project.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vetline_analyzers.core.finding import Addition

LIMIT = 1_000_000  # bytes of a file that lines are added to


class Beside(NamedTuple):
    """Another file of the project.

    Attributes:
        path: where it lies.
        raw: what it holds; None when it is not there.
        text: the same as text, "" when it is not there.
    """

    path: Path
    raw: bytes | None
    text: str


def by_file(additions: Iterable[Addition]) -> Mapping[str, list[str]]:
    """The lines by the file they belong to, each once."""
    found: dict[str, list[str]] = {}
    for path, line in dict.fromkeys(additions):
        found.setdefault(path, []).append(line)
    return found


def look(root: Path, place: str) -> Beside:
    """The file at `place`, read to a limit.

    Raises:
        OSError: it lies outside of `root`, or cannot be read; `disk.reason` says why.
    """
    path = root / place
    real, base = os.path.realpath(path), os.path.realpath(root)
    inside = PurePosixPath(place)
    if inside.is_absolute() or ".." in inside.parts or not Path(real).is_relative_to(base):
        raise OSError(0, "is outside of the project")
    if not os.path.lexists(path):
        return Beside(path, None, "")
    raw = disk.read(path, LIMIT)
    return Beside(path, raw, files.decode(raw)[0])


def missing(text: str, lines: Iterable[str]) -> str:
    """What goes to the end of a text so that it has the lines; "" when it has them all."""
    wanted = [line for line in lines if not _has(text, line)]
    if not wanted:
        return ""
    end = next(iter(re.findall(r"\r\n|\n|\r", text[:LIMIT])), "\n")
    first = end if text and not text.endswith(("\n", "\r")) else ""
    return first + "".join(line + end for line in wanted)


def _has(text: str, line: str) -> bool:
    name = re.escape(line.partition("=")[0])
    return bool(re.search(rf"^[ \t]*(?:export[ \t]+)?{name}[ \t]*=", text, re.MULTILINE))
