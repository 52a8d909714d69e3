"""`vetline review export`: the in-toto statements of reviews, as they were signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import disk, review, statement, stores
from vetline.doors import options as words
from vetline.doors.review import reading
from vetline.statement import Signed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from vetline.config import Config
    from vetline.stores import Location

_MOST = 50_000  # files


def main(options: argparse.Namespace, config: Config) -> int:
    """Write the statements of one review or of all, a line each or a file each; gives the exit code."""
    location = stores.locate(config.root)
    wanted = None
    if options.what is not None:
        wanted = reading.one(reading.requests(config.root, config.settings), options.what).id
    told = {
        statement.to_file(one): one
        for one in (*_of_ledger(location), *_of_files(location))
        if wanted in {None, one.statement.request}
    }
    # A request comes before what was decided on it, and of two carriers the one with a signature counts.
    found = {statement.digest(one.statement): one for one in sorted(told.values(), key=_order)}
    if options.output is None:
        lines = (json.dumps(_as_json(one), sort_keys=True) for one in found.values())
        words.write("".join(f"{line}\n" for line in lines))
        return 0
    for one in found.values():
        _put(options.output, one)
    words.write(f"{len(found)} statement{'s' * (len(found) != 1)} in {options.output}\n")
    return 0


def _order(one: Signed) -> tuple[str, str, bool]:
    said = one.statement
    return said.at or said.requested, statement.digest(said), bool(one.signature)


def _as_json(one: Signed) -> dict[str, object]:
    return {"statement": statement.document(one.statement), "signature": one.signature}


def _put(folder: Path, one: Signed) -> None:
    path, content = statement.to_file(one)
    file = folder / Path(path).relative_to(statement.FOLDER)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        disk.write(file, content)
    except OSError as error:
        raise words.UsageError(f"{file} {disk.reason(error)}") from None


def _of_ledger(location: Location) -> Iterator[Signed]:
    for event in stores.read(location, review.KINDS):
        try:
            yield Signed(statement.from_json(event.payload))
        except ValueError:  # an assignment, a comment, or damaged
            continue


def _of_files(location: Location) -> Iterator[Signed]:
    folder = location.base / statement.FOLDER
    names = [
        f"{request}/{name}"
        for request in sorted(disk.names(folder))
        for name in sorted(disk.names(folder / request))
    ]
    for name in names[:_MOST]:
        path = f"{statement.FOLDER}/{name}"
        try:
            yield statement.from_file(path, disk.read(location.base / path, statement.LIMIT))
        except OSError as error:
            words.tell("review", f"{path} {disk.reason(error)}")
        except ValueError as error:
            words.tell("review", f"{path} {error}")
