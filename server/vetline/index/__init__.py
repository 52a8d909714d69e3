"""The names of the public registries, as of a day: data that comes with the program, and the user's refreshed copy."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import places
from vetline.index import layout
from vetline.index.layout import DataError

if TYPE_CHECKING:
    from vetline.index.opened import Index

log = logging.getLogger(__name__)

EMBEDDED = Path(__file__).with_name("data")
_COPY = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)-[0-9a-f]{8}")
_told: set[str] = set()  # what was wrong, which is logged once


def load() -> Index | None:
    """The newest index that can be used: the user's refreshed copy, or the data that comes with the program.

    Gives None, and logs why, when there is neither. Opened once a process and copy.
    """
    dated: list[tuple[str, Path]] = []
    for folder in (EMBEDDED, *copies()):
        try:
            dated.append((layout.read(folder).as_of, folder))
        except DataError as error:
            _tell(error)
    for _, folder in sorted(dated, key=lambda pair: pair[0], reverse=True):
        try:
            found = open_at(folder)
            if folder != EMBEDDED:  # what comes with the program is its installer's to check
                _check(found)
        except DataError as error:
            _tell(error)
        else:
            return found
    return None


@lru_cache(maxsize=8)
def _check(copy: Index) -> None:
    """Refuse a copy whose files are not what was written: it could be wrong about every name, or crash its reader.

    Raises:
        DataError: it is damaged.
    """
    if damaged := layout.damaged(copy.folder, copy.manifest):
        raise DataError(
            f"{copy.folder} is damaged ({', '.join(damaged)}): run `vetline index update`"
        )


def _tell(error: DataError) -> None:
    """Log what is wrong with a copy, once."""
    if str(error) not in _told:
        _told.add(str(error))
        log.warning("an index of package names cannot be used: %s", error)


def open_at(folder: Path) -> Index:
    """The index in a folder.

    Raises:
        DataError: it cannot be used, as where the library that reads it is missing.
    """
    try:
        from vetline.index import opened  # noqa: PLC0415 - loaded by those who ask
    except ImportError as error:
        raise DataError(f"{folder} cannot be read: {error}") from None
    return opened.at(folder)


def home() -> Path | None:
    """Where the user's refreshed copies lie, each in a folder of its own; None where there is no place for them."""
    folder = places.cache_folder("index")
    return Path(folder) if folder else None


def copies() -> list[Path]:
    """The user's refreshed copies, the oldest first."""
    place = home()
    try:
        return sorted(one for one in place.iterdir() if _COPY.fullmatch(one.name)) if place else []
    except OSError:
        return []
