"""`vetline review`: ask for a human review of code or a package, look at it, say what came of it; needs no server.

Exit codes: 0 done; 2 wrong usage, also a decision that nobody may take so; 3 a ledger or what is trusted cannot be read.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import config as settings
from vetline import ledger, review, stores
from vetline.doors import options as words
from vetline.formats import visible
from vetline.git import GitError
from vetline.ledger import LedgerError
from vetline.review import State
from vetline.statement import Signed, Verified
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    import argparse

    from vetline.config import Config
    from vetline.doors.review.asking import Asked, Wish
    from vetline.review import ReviewRequest
    from vetline_analyzers.core.text import Snapshot

_USAGE, _UNREADABLE = 2, 3
_DECISIONS = {"approve": State.APPROVED, "reject": State.REJECTED}
# Each is a function of the options and the settings, in a module of its own.
_OTHERS = {
    "list": "listing.main",
    "show": "showing.main",
    "assign": "answering.assign",
    "comment": "answering.comment",
    "withdraw": "answering.withdraw",
    "export": "exporting.main",
}
_PLACE = re.compile(r"(?P<file>.+?)(?::(?P<first>[0-9]{1,9})(?:-(?P<last>[0-9]{1,9}))?)?")
_FINGERPRINT = re.compile("[0-9a-f]{8,64}")
_DAYS = re.compile("([0-9]{1,4})d?")
_LONGEST = 3650  # days


def main(argv: list[str]) -> int:
    """List, make, show or decide requests; gives the exit code."""
    try:
        if argv[:1] == ["publish"]:
            return int(import_module("vetline.doors.review.publish").main(argv[1:]))
        return _main(_parser().parse_args(argv))
    except words.UsageError as error:
        words.tell("review", visible(str(error)))
        return _USAGE
    except (LedgerError, GitError) as error:
        words.tell("review", visible(str(error)))
        return _UNREADABLE


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline review", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="who asked for a review of what")
    listing.add_argument(
        "path", nargs="?", metavar="PATH|PURL", help="only of this file, folder or package"
    )
    listing.add_argument("--state", choices=[*State], help="only those that came so far")
    listing.add_argument("--mine", action="store_true", help="that you asked for or are to look at")
    listing.add_argument("--pending", action="store_true", help="that wait for a decision")
    listing.add_argument("--output-format", choices=("text", "json"), default="text")
    request = commands.add_parser("request", help="ask for a review of code or a package")
    request.add_argument(
        "what",
        metavar="FILE[:START[-END]]|FINGERPRINT|PURL",
        help="lines, from 1, inclusive; the finding of that fingerprint; or a package: pkg:pypi/requests",
    )
    _add_note(request, "what the reviewer should know")
    request.add_argument(
        "--assign", action="append", default=[], metavar="WHO", help="who is to look (repeatable)"
    )
    show = _of_one(commands, "show", "show the code, who wrote it, what is found and what was said")
    show.add_argument("--no-color", action="store_true", help="no colours")
    for word in _DECISIONS:
        decision = _of_one(commands, word, f"{word} what is to be reviewed; you sign that")
        _add_note(decision, "why")
        decision.add_argument(
            "--expires",
            default="",
            metavar="DAYS|DATE",
            help="how long it holds, as 90 or 2027-01-31",
        )
    assign = _of_one(commands, "assign", "say who is to look")
    assign.add_argument("who", nargs="+", metavar="WHO", help="an address, a login or a name")
    _add_note(_of_one(commands, "comment", "write something about a request"), "what")
    _add_note(_of_one(commands, "withdraw", "take a request or a decision of yours back"), "why")
    export = commands.add_parser("export", help="write the in-toto statements of reviews")
    export.add_argument("what", nargs="?", metavar="ID|PURL", help="only this one")
    export.add_argument("--output", type=Path, metavar="DIR", help="a file each, in this folder")
    commands.add_parser("publish", help="tell GitHub or GitLab (`vetline review publish --help`)")
    return parser


def _of_one(commands: argparse._SubParsersAction, word: str, about: str) -> argparse.ArgumentParser:  # type: ignore[type-arg]
    parser: argparse.ArgumentParser = commands.add_parser(word, help=about)
    parser.add_argument("what", metavar="ID|PURL", help="the request, or the package")
    return parser


def _add_note(parser: argparse.ArgumentParser, about: str) -> None:
    parser.add_argument("--note", default="", metavar="TEXT", help=about)


def _main(options: argparse.Namespace) -> int:
    config = _config(options)
    if options.command == "request":
        return _request(options, config)
    if options.command in _DECISIONS:
        return _decide(options, config)
    module, _, name = _OTHERS[options.command].partition(".")
    door = getattr(import_module(f"vetline.doors.review.{module}"), name)
    return int(door(options, config))


def _config(options: argparse.Namespace) -> Config:
    """The settings that hold where the file is that is meant, else where we stand.

    Raises:
        UsageError: there is no such file, or something is wrong with the settings.
    """
    named = getattr(options, "path", None)
    if named is not None and not named.startswith("pkg:") and not Path(named).exists():
        raise words.UsageError(f"{named}: no such file or folder")
    if options.command == "request" and not options.what.startswith("pkg:"):
        file = _place(options.what)[0]
        named = str(file) if file.exists() else None
    found = settings.load(Path(named if named and not named.startswith("pkg:") else "."))
    if found.problems:
        raise words.UsageError("\n".join(map(str, found.problems)))
    return found


# -- asking


def _request(options: argparse.Namespace, config: Config) -> int:
    from vetline.doors.review import answering, asking, reading

    package = reading.package(options.what)
    wanted = asking.of_package(package) if package else _code(options.what, config)
    people = tuple(answering.people(options.assign)) if options.assign else ()
    wanted = wanted._replace(note=options.note, assigned=people)
    _say(asking.ask(config.root, config.settings, wanted), options)
    return 0


def _code(what: str, config: Config) -> Wish:
    """What is to be reviewed, when it is code.

    Raises:
        UsageError: there is no such code.
    """
    from vetline.doors.review import asking, looking

    path, first, last = _place(what)
    if not path.exists() and _FINGERPRINT.fullmatch(what):
        look, sighting = looking.with_finding(config, what)
        span = sighting.finding.span
    else:
        span = _span(looking.text(config, path), path, first, last)
        look = looking.look(config, path)
    return asking.wish(look.snapshot, span, look.path, look.sightings, look.authors)


def _span(snapshot: Snapshot, path: Path, first: int, last: int) -> Span:
    """The lines that were asked for, or all.

    Raises:
        UsageError: the file does not have them.
    """
    count = len(snapshot.line_starts)
    if count > 1 and snapshot.text.endswith(("\n", "\r")):
        count -= 1
    last = last or first or count
    first = first or 1
    if not 1 <= first <= last <= count:
        raise words.UsageError(f"{path} has the lines 1 to {count}, not {first} to {last}")
    return Span(snapshot.line_starts[first - 1], snapshot.line_span(last - 1).end)


def _place(place: str) -> tuple[Path, int, int]:
    """The file and the lines, 0 where none are given; a file of that very name goes first."""
    match = _PLACE.fullmatch(place)
    if Path(place).exists() or match is None:
        return Path(place), 0, 0
    first = int(match["first"] or 0)
    if match["first"] and not first:
        raise words.UsageError(f"{place}: lines are counted from 1")
    return Path(match["file"]), first, int(match["last"] or first)


def _say(asked: Asked, options: argparse.Namespace) -> None:
    from vetline.doors.review import answering

    what = asked.request.subject
    lines = f"{what.path}:{what.first}-{what.last}" + (f" ({what.symbol})" if what.symbol else "")
    id_, named = asked.request.id, visible(what.package or lines)
    if asked.new:
        words.write(f"Review {id_} requested: {named}\n")
    else:
        words.write(f"This review is requested already, as {id_}: {named}\n")
        if options.note and options.note != asked.request.note:
            how = f"vetline review comment {id_} --note TEXT"
            words.write(f"Your note was not added; to have it there: {how}\n")
    if options.assign:
        words.write(f"{answering.told(asked.request.assigned)}\n")
    if asked.path:
        words.write(f"Commit {asked.path}, so that others and CI know of it.\n")
    if asked.notice:
        words.tell("review", visible(asked.notice))


# -- deciding


def _decide(options: argparse.Namespace, config: Config) -> int:
    from vetline.doors.review import deciding

    expires = _expires(options.expires, datetime.now(UTC))
    found, state = _meant(options.what, config), _DECISIONS[options.command]
    if state is State.REJECTED and not options.note.strip():
        raise words.UsageError("a rejection needs a reason: say with --note TEXT what is wrong")
    return deciding.at_terminal(config, found, state, options.note, expires)


def _meant(word: str, config: Config) -> ReviewRequest:
    """The request that a person means; of a package that nobody asked about one that nobody made.

    Raises:
        UsageError: there is none.
    """
    from vetline.doors.review import asking, reading

    known = reading.requests(config.root, config.settings)
    package = reading.package(word)
    if package is None:
        return reading.one(known, word)
    now = ledger.timestamp(datetime.now(UTC))
    wanted = asking.of_package(package)
    if waits := review.waiting(known, wanted.subject, now):
        return waits
    said = asking.stated(stores.locate(config.root), wanted, requester="")
    return review.fold((), [Verified(Signed(said))])[0]


def _expires(word: str, now: datetime) -> str:
    """When a decision ends to hold, as `ledger.timestamp` writes it: in so many days, or with that day.

    Raises:
        UsageError: it is neither, or in the past.
    """
    if not word:
        return ""
    try:
        if days := _DAYS.fullmatch(word):
            end = now + timedelta(days=int(days[1]))
        else:
            end = datetime.combine(date.fromisoformat(word), time.max, UTC)
    except ValueError:
        raise words.UsageError(
            f"--expires {word}: give days, as 90, or a day, as 2027-01-31"
        ) from None
    if not now < end <= now + timedelta(days=_LONGEST):
        raise words.UsageError(f"--expires {word}: give a day between now and ten years from now")
    return ledger.timestamp(end)
