"""`vetline dashboard`: this week, the trend, what was found most, and first what needs a look.

In the terminal, as one HTML file that fetches nothing (--html), or on a loopback address as a page that follows the
ledger (--serve). Every figure on it can be gone back to its events: `vetline metrics --explain FIGURE`.

Exit codes: 0; 2 wrong usage or settings; 3 the ledger cannot be read, or the port cannot be had.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vetline import ledger, stores
from vetline.doors import options as words
from vetline.git import GitError
from vetline.ledger import LedgerError

if TYPE_CHECKING:
    from vetline.doors.dashboard.board import Board

_USAGE, _UNREADABLE = 2, 3
_MOST_PORT = 65_535


def main(argv: list[str]) -> int:
    """Show it; gives the exit code."""
    from vetline.doors.audit import choosing

    try:
        choosing.refuse_empty(argv)
        return _main(_parser().parse_args(argv))
    except words.UsageError as error:
        words.tell("dashboard", str(error))
        return _USAGE
    except (LedgerError, GitError) as error:
        words.tell("dashboard", str(error))
        return _UNREADABLE


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline dashboard", description=__doc__)
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--html", metavar="FILE", help="write one HTML page, - for standard output")
    way.add_argument(
        "--serve",
        nargs="?",
        type=_port,
        const=0,
        metavar="PORT",
        help="serve the page on 127.0.0.1 until Ctrl-C (any free port)",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="read the whole ledger, whatever was kept of it"
    )
    words.add_config(parser)
    parser.add_argument("--no-color", action="store_true", help="no colours (also: NO_COLOR)")
    return parser


def _port(word: str) -> int:
    if not word.isdecimal() or not int(word) <= _MOST_PORT:
        raise argparse.ArgumentTypeError(f"{word!r} is no port: give 1 to {_MOST_PORT}")
    return int(word)


def _main(options: argparse.Namespace) -> int:
    from vetline.doors.audit import checking
    from vetline.doors.dashboard import board, page
    from vetline.doors.metrics import bounds_of

    options.analyzer = None
    known = words.load_config(options, {}, ["."])
    location, bounds = stores.locate(known.root), bounds_of(known)

    def gathered() -> Board:
        now = ledger.timestamp(datetime.now(UTC))
        return board.gather(location, now=now, bounds=bounds, fresh=options.fresh)

    if options.serve is not None:
        from vetline.doors.dashboard import serving

        return serving.serve(location, gathered, options.serve)
    if options.html is not None:
        checking.put(page.rendered(gathered()).html, options.html)
        return 0
    from vetline.doors.dashboard import terminal

    screen = words.screen(sys.stdout, no_color=options.no_color)
    words.write(terminal.rendered(gathered(), screen, sys.stdout.encoding or "utf-8"))
    return 0
