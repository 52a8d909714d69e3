"""`vetline demo --history 90d [FOLDER]`: a folder with an invented ledger, to look at figures and pages.

It makes a repository of its own and touches no other ledger. Exit codes: 0 made; 2 wrong usage; 3 it cannot be written.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import git, rehearsal
from vetline.doors import options as words
from vetline.formats import visible
from vetline.git import GitError
from vetline.ledger import LedgerError
from vetline.stores import sqlite

if TYPE_CHECKING:
    import argparse

_USAGE, _UNWRITABLE = 2, 3
_DAYS = re.compile(r"([1-9][0-9]{0,3})d?")
_FOLDER = "vetline-demo"
_ABOUT = """# An invented project

`vetline demo` made this folder and the ledger in it, to show what figures and pages look like. Nothing that the
ledger tells is true: neither the people nor what it says of agents and models.

    vetline dashboard
    vetline metrics
    vetline metrics --explain gate-pass-rate
    vetline audit log
"""


def main(argv: list[str]) -> int:
    """Make the folder; gives the exit code."""
    try:
        return _main(_parser().parse_args(argv))
    except words.UsageError as error:
        words.tell("demo", str(error))
        return _USAGE
    except (LedgerError, GitError) as error:
        words.tell("demo", str(error))
        return _UNWRITABLE
    except OSError as error:
        words.tell("demo", f"cannot write: {error.strerror or error}")
        return _UNWRITABLE


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline demo", description=__doc__)
    parser.add_argument(
        "folder", nargs="?", default=_FOLDER, metavar="FOLDER", help=f"new or empty ({_FOLDER})"
    )
    parser.add_argument("--history", default="90d", metavar="DAYS", help="how many days (90d)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which ledger of many (1)")
    parser.add_argument(
        "--until", default="", metavar="DAY", help="its last day, as 2026-03-01 (today)"
    )
    return parser


def _main(options: argparse.Namespace) -> int:
    days, until = _days(options.history), _until(options.until)
    if not options.folder.strip():
        raise words.UsageError("FOLDER is empty: give it a name, or leave it out")
    folder = Path(options.folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except (FileExistsError, NotADirectoryError, ValueError):
        raise words.UsageError(
            f"{options.folder} is no folder: name a new or an empty one"
        ) from None
    if not is_empty:
        raise words.UsageError(f"{options.folder} is not empty: name a new or an empty folder")
    git.run(folder, "init", "--quiet", "--template=")
    (folder / "README.md").write_text(_ABOUT, "utf-8")
    ledger = folder / ".git" / "vetline" / "ledger.db"
    ledger.parent.mkdir(mode=0o700)
    sqlite.put(ledger, rehearsal.events(until=until, days=days, seed=options.seed))
    named = visible(options.folder)
    words.write(
        f"{named}: {days} days of an invented ledger\nLook: cd {named} && vetline metrics\n"
    )
    return 0


def _days(word: str) -> int:
    found = _DAYS.fullmatch(word)
    if not found or int(found[1]) > rehearsal.MOST_DAYS:
        raise words.UsageError(f"--history {word}: give 1d to {rehearsal.MOST_DAYS}d")
    return int(found[1])


def _until(word: str) -> datetime:
    """The end of a day, or now.

    Raises:
        UsageError: it is no day, or none that has as many before it.
    """
    if not word:
        return datetime.now(UTC)
    try:
        day = datetime.combine(date.fromisoformat(word), time(23, 59, 59), UTC)
        _ = day - timedelta(days=rehearsal.MOST_DAYS)  # there have to be such days
    except (ValueError, OverflowError):
        raise words.UsageError(f"--until {word}: give a day as 2026-03-01") from None
    return day
