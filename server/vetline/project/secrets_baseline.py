"""The `.secrets.baseline` of detect-secrets: which secrets of a project are accepted, by their digests."""

from __future__ import annotations

import json
import logging
import posixpath
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from vetline import disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

NAME = ".secrets.baseline"
_LIMIT = 10_000_000  # bytes; some 40,000 secrets
_DIGEST = re.compile(r"[0-9a-f]{40}")


def _content(path: Path) -> bytes | None:
    try:
        return disk.read(path, _LIMIT)
    except FileNotFoundError:
        return None


def read(
    root: Path,
    above: Iterable[Path] = (),
    content: Callable[[Path], bytes | None] = _content,
) -> dict[str, frozenset[str]]:
    """What the nearest baseline accepts: by POSIX path relative to `root`, SHA-1 digests of secrets.

    The results are written alike since version 0.9 of detect-secrets. An entry that an audit has labelled a real
    secret is a leak that somebody confirmed, not one that was accepted, and stays out; one without a label, or
    labelled no secret, is in. A baseline that cannot be read accepts nothing, which is logged as a warning.

    Args:
        root: the project's folder.
        above: the folders to look in when it has none, the nearest first; they are above the root.
        content: gives what a file holds, None when it is not there; raises OSError when it cannot be read.
    """
    for folder in (root, *above):
        try:
            raw = content(folder / NAME)
        except OSError as error:
            log.warning("%s %s; it accepts nothing", NAME, disk.reason(error))
            return {}
        if raw is None:
            continue
        try:
            return _accepted(json.loads(raw), root.relative_to(folder).as_posix())
        except UnicodeDecodeError:
            log.warning("%s is not UTF-8; it accepts nothing", NAME)
        except (ValueError, RecursionError):
            log.warning(
                "%s is not a baseline of detect-secrets: write it anew with `detect-secrets scan`; it accepts nothing",
                NAME,
            )
        return {}
    return {}


def _accepted(data: Any, below: str) -> dict[str, frozenset[str]]:
    """What a baseline accepts in the folder `below` the one it lies in.

    Raises:
        ValueError: it is none.
    """
    results = data.get("results") if isinstance(data, dict) else None
    if not isinstance(results, dict):
        raise ValueError  # noqa: TRY004 - as json does
    found: dict[str, set[str]] = {}
    for name, entries in results.items():
        path = PurePosixPath(posixpath.normpath(name.replace("\\", "/")))  # Windows writes its own
        if path.is_relative_to(below):
            place = path.relative_to(below).as_posix()
            found.setdefault(place, set()).update(_digests(entries))
    return {place: frozenset(digests) for place, digests in found.items() if digests}


def _digests(entries: Any) -> Iterator[str]:
    for entry in entries if isinstance(entries, list) else ():
        digest = entry.get("hashed_secret") if isinstance(entry, dict) else None
        if (
            isinstance(digest, str)
            and _DIGEST.fullmatch(digest)
            and entry.get("is_secret") is not True
        ):
            yield digest
