"""`vetline review`: list the requests for a human review, or make one; needs no server."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import config, files, ledger, review, session, stores
from vetline.doors import options as words
from vetline.formats import visible
from vetline.ledger import Kind, LedgerError
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from vetline.review import ReviewRequest
    from vetline.stores import Location

VERSION = 1  # of the JSON
_USAGE, _UNREADABLE = 2, 3
_PLACE = re.compile(r"(?P<file>.+?)(?::(?P<first>[0-9]{1,9})(?:-(?P<last>[0-9]{1,9}))?)?")


def main(argv: list[str]) -> int:
    """List or make requests. Exit 0; 2 on wrong usage; 3 when a ledger cannot be used."""
    try:
        options = _arguments(argv)
        if options.command == "request":
            return _request(options.place, options.note)
        return _list(options.path, options.state, options.output_format)
    except words.UsageError as error:
        words.tell("review", visible(str(error)))
        return _USAGE
    except LedgerError as error:
        words.tell("review", visible(str(error)))
        return _UNREADABLE


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = words.Parser(prog="vetline review", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="who asked for a review of what")
    listing.add_argument("path", nargs="?", metavar="PATH", help="only of this file or folder")
    listing.add_argument("--state", choices=[*review.State], help="only those that came so far")
    listing.add_argument("--output-format", choices=("text", "json"), default="text")
    request = commands.add_parser("request", help="ask for a review of a file's lines")
    request.add_argument("place", metavar="FILE[:START[-END]]", help="the lines, from 1, inclusive")
    request.add_argument("--note", default="", metavar="TEXT", help="what the reviewer should know")
    return parser.parse_args(argv)


def _list(path: str | None, state: str | None, output_format: str) -> int:
    if path is not None and not Path(path).exists():
        raise words.UsageError(f"{path}: no such file or folder")
    location = _locate(Path(path or "."))
    requests = review.fold(stores.read(location, [Kind.REVIEW_REQUESTED]))
    if path is not None:
        under = location.subject(Path(path))
        requests = [r for r in requests if _lies_in(r.subject.path, under)]
    if state is not None:
        requests = [r for r in requests if r.state == state]
    rows = [(found, _lines_now(location, found)) for found in requests]
    if output_format == "json":
        items = [_as_json(found, lines) for found, lines in rows]
        text = json.dumps({"version": VERSION, "requests": items}, indent=2, ensure_ascii=False)
        words.write(text + "\n")
    elif not rows:
        words.write("No review is requested.\n")
    else:
        words.write("".join(_as_text(found, lines) + "\n" for found, lines in rows))
    return 0


def _request(place: str, note: str) -> int:
    path, first, last = _place(place)
    location = _locate(path)
    reading = files.read(files.found_at(path, location.base))
    snapshot = reading.snapshot
    if snapshot is None:
        reasons = "; ".join(failure.reason for failure in reading.failures)
        raise words.UsageError(f"{path}: {reasons or 'is a binary file'}")
    count = len(snapshot.line_starts)
    if count > 1 and snapshot.text.endswith(("\n", "\r")):
        count -= 1
    last = last or first or count
    first = first or 1
    if not 1 <= first <= last <= count:
        raise words.UsageError(f"{path} has the lines 1 to {count}, not {first} to {last}")
    draft = review.request(
        snapshot,
        Span(snapshot.line_starts[first - 1], snapshot.line_span(last - 1).end),
        key=stores.key(location),
        subject=location.subject(path),
        note=session.without_secrets(note),
    )
    at, who = ledger.timestamp(datetime.now(UTC)), ledger.actor(location.base)
    receipt = stores.append(location, [draft], at=at, actor=who)
    if receipt.why:
        words.tell("review", f"{receipt.why}; kept in {receipt.path}")
    requests = review.fold(stores.read(location, [Kind.REVIEW_REQUESTED]))
    new = receipt.events[0].hash.startswith(requests[-1].id)
    said = "Review requested" if new else "This review is requested already"
    words.write(f"{said}: {visible(draft.subject)}:{first}-{last}\n")
    return 0


def _place(place: str) -> tuple[Path, int, int]:
    """The file and the lines, 0 where none are given; a file of that very name goes first."""
    match = _PLACE.fullmatch(place)
    if Path(place).exists() or match is None:
        return Path(place), 0, 0
    first = int(match["first"] or 0)
    if match["first"] and not first:
        raise words.UsageError(f"{place}: lines are counted from 1")
    return Path(match["file"]), first, int(match["last"] or first)


def _locate(path: Path) -> Location:
    """Where the ledger of the project of `path` lies: the same as an editor finds."""
    return stores.locate(config.load(path).root)


def _lies_in(path: str, under: str) -> bool:
    return under in {".", path} or path.startswith(under + "/")


def _lines_now(location: Location, found: ReviewRequest) -> tuple[int, int] | None:
    """The lines on which it stands now; None when it is stale or the file is gone."""
    path = location.base / found.subject.path
    snapshot = files.read(files.found_at(path, location.base)).snapshot
    if snapshot is None:
        return None
    return review.lines_now(found, snapshot, stores.key(location))


def _as_json(found: ReviewRequest, lines: tuple[int, int] | None) -> dict[str, object]:
    subject = found.subject
    first, last = lines or (subject.first, subject.last)
    return {
        "id": found.id,
        "state": str(found.state),
        "at": found.at,
        "requester": found.requester,
        "path": subject.path,
        "lines": {"start": first, "end": last},
        "current": lines is not None,
        "rules": list(subject.rules),
        "fingerprints": list(subject.fingerprints),
        "reasons": list(found.reasons),
        "note": found.note,
        "digest": subject.digest,
    }


def _as_text(found: ReviewRequest, lines: tuple[int, int] | None) -> str:
    subject = found.subject
    first, last = lines or (subject.first, subject.last)
    place = f"{subject.path}:{first}" + (f"-{last}" if last != first else "")
    when = found.at[:16].replace("T", " ")
    parts: Iterable[str] = (
        found.id,
        when,
        found.requester,
        place if lines else f"{place} (changed since)",
        " ".join(subject.rules),
        found.note,
    )
    # A note may have several lines; here it has one.
    return "  ".join(visible(" ".join(part.split())) for part in parts if part)
