"""`vetline review`: list the requests for a human review, make one, decide on a package; needs no server."""

from __future__ import annotations

import json
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import agents, config, files, ledger, review, session, stores
from vetline.doors import options as words
from vetline.formats import visible
from vetline.ledger import LedgerError
from vetline.review import State
from vetline_analyzers.core.text import Span
from vetline_analyzers.core.universe import Ecosystem, of_purl

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from vetline.ledger import Draft
    from vetline.review import ReviewRequest
    from vetline.stores import Location, Receipt
    from vetline_analyzers.core.universe import Package

VERSION = 1  # of the JSON
_USAGE, _UNREADABLE = 2, 3
_DECISIONS = {"approve": State.APPROVED, "reject": State.REJECTED}
_ID = re.compile("[0-9a-f]{4,64}")
_PLACE = re.compile(r"(?P<file>.+?)(?::(?P<first>[0-9]{1,9})(?:-(?P<last>[0-9]{1,9}))?)?")


def main(argv: list[str]) -> int:
    """List, make or decide requests. Exit 0; 2 on wrong usage; 3 when a ledger cannot be used."""
    try:
        options = _arguments(argv)
        if options.command == "list":
            return _list(options.path, options.state, options.output_format)
        if options.command in _DECISIONS:
            return _decide(options.what, _DECISIONS[options.command], options.note)
        if package := _package(options.place):
            return _request_package(package, options.note)
        return _request(options.place, options.note)
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
    listing.add_argument(
        "path", nargs="?", metavar="PATH|PURL", help="only of this file, folder or package"
    )
    listing.add_argument("--state", choices=[*review.State], help="only those that came so far")
    listing.add_argument("--output-format", choices=("text", "json"), default="text")
    request = commands.add_parser("request", help="ask for a review of a file's lines or a package")
    request.add_argument(
        "place",
        metavar="FILE[:START[-END]]|PURL",
        help="the lines, from 1, inclusive, or a package: pkg:pypi/requests",
    )
    request.add_argument("--note", default="", metavar="TEXT", help="what the reviewer should know")
    for word in _DECISIONS:
        decision = commands.add_parser(word, help=f"{word} a package")
        decision.add_argument("what", metavar="ID|PURL", help="the request, or the package")
        decision.add_argument("--note", default="", metavar="TEXT", help="why")
    return parser.parse_args(argv)


def _list(path: str | None, state: str | None, output_format: str) -> int:
    package = _package(path) if path is not None else None
    if path is not None and package is None and not Path(path).exists():
        raise words.UsageError(f"{path}: no such file or folder")
    location = _locate(Path("." if package else path or "."))
    requests = review.fold(stores.read(location, review.KINDS))
    if package:
        requests = [r for r in requests if r.subject.package == package.purl]
    elif path is not None:
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
    said = "Review requested" if _append(location, draft) else "This review is requested already"
    words.write(f"{said}: {visible(draft.subject)}:{first}-{last}\n")
    return 0


def _request_package(package: Package, note: str) -> int:
    location = _locate(Path())
    draft = review.vetting(package, note=session.without_secrets(note))
    said = "Review requested" if _append(location, draft) else "This review is requested already"
    words.write(f"{said}: {package.purl}\n")
    return 0


def _decide(what: str, state: State, note: str) -> int:
    _ask_for_a_person()
    location = _locate(Path())
    package = _package(what) or _asked_for(location, what)
    _append(location, review.decided(package, state, session.without_secrets(note)))
    words.write(f"{state.capitalize()}: {package.purl}\n")
    return 0


def _ask_for_a_person() -> None:
    """Refuse to take a decision that a person cannot have made, as far as that shows.

    Raises:
        UsageError: a coding agent runs this, or nobody sits at standard input.
    """
    then = "a package is decided on by a person, at a terminal"
    if agent := agents.running(os.environ):
        raise words.UsageError(f"this runs under {agent.TITLE}: {then} of their own")
    if sys.stdin is None or not sys.stdin.isatty():
        raise words.UsageError(f"standard input is no terminal: {then}")


def _asked_for(location: Location, word: str) -> Package:
    """The package that the open request of that id is about.

    Raises:
        UsageError: there is none.
    """
    requests = review.fold(stores.read(location, review.KINDS)) if _ID.fullmatch(word) else ()
    found = [one for one in requests if one.id.startswith(word)]
    if len(found) != 1:
        which = "several requests have ids that begin so" if found else "there is no such request"
        raise words.UsageError(f"{word}: {which} (see `vetline review list`)")
    package = of_purl(found[0].subject.package)
    if package is None:
        raise words.UsageError(f"{word} is about code: so far only packages can be decided on")
    if (decision := found[0].decision) is not None:
        by = review.display_name(decision.by)
        raise words.UsageError(
            f"{word} was {found[0].state} by {by}: name {package.purl} to decide anew"
        )
    return package


def _package(word: str) -> Package | None:
    """The package of a package URL; None for what is no such URL.

    Raises:
        UsageError: it is one, but not of a package as a whole.
    """
    if not word.startswith("pkg:"):  # a file of that name is ./pkg:…
        return None
    if package := of_purl(word):
        return package
    kinds = " or ".join(f"pkg:{one}/NAME" for one in Ecosystem)
    raise words.UsageError(f"{word}: a package is named {kinds}, without a version")


def _append(location: Location, draft: Draft) -> bool:
    """Append an event; whether it is a request, or a decision, of its own."""
    at, who = ledger.timestamp(datetime.now(UTC)), ledger.actor(location.base)
    receipt: Receipt = stores.append(location, [draft], at=at, actor=who)
    if receipt.why:
        words.tell("review", f"{receipt.why}; kept in {receipt.path}")
    requests = review.fold(stores.read(location, review.KINDS))
    return receipt.events[0].hash.startswith(requests[-1].id)


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
    if found.subject.package:
        return 0, 0
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
        "package": subject.package or None,
        "lines": {"start": first, "end": last},
        "current": lines is not None,
        "rules": list(subject.rules),
        "fingerprints": list(subject.fingerprints),
        "reasons": list(found.reasons),
        "note": found.note,
        "digest": subject.digest,
        "decision": found.decision and found.decision._asdict(),
    }


def _as_text(found: ReviewRequest, lines: tuple[int, int] | None) -> str:
    subject = found.subject
    first, last = lines or (subject.first, subject.last)
    place = f"{subject.path}:{first}" + (f"-{last}" if last != first else "")
    place = subject.package or place
    when = found.at[:16].replace("T", " ")
    decision = found.decision
    parts: Iterable[str] = (
        found.id,
        when,
        found.requester,
        place if lines else f"{place} (changed since)",
        " ".join(subject.rules),
        found.note,
        f"{found.state} by {review.display_name(decision.by)}" if decision else "",
        decision.note if decision else "",
    )
    # A note may have several lines; here it has one.
    return "  ".join(visible(" ".join(part.split())) for part in parts if part)
