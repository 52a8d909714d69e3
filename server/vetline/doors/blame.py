"""`vetline blame`: who wrote each line of a file; needs no server.

Exit codes: 0 told, also when nothing is known; 2 wrong usage; 3 the file or what is recorded of it
cannot be read.
"""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, set_cell_size

from vetline import config, files, places, provenance, review, worker
from vetline.authors import Authors
from vetline.doors import options as words
from vetline.formats import visible, whole
from vetline.git import GitError
from vetline.ledger import LedgerError
from vetline.provenance import State
from vetline_analyzers import engine
from vetline_analyzers.engine.identity import MASK, everywhere, masked

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence

    from vetline.formats import Screen
    from vetline.provenance import Attribution, Origin
    from vetline_analyzers.core.text import Snapshot

VERSION = 1  # of the JSON
_USAGE, _UNREADABLE = 2, 3
_RANGE = re.compile(r"(?P<first>[0-9]{0,9})(?:,(?P<by>\+?)(?P<last>[0-9]{0,9}))?")
_TAB = 4
_CODE = 36  # columns that code should have on a screen, before columns about it are left out
_NOTHING = (
    "nothing is known of who wrote this file: `vetline install-hooks` has agents report what they "
    "write, `vetline provenance status` shows what is set up"
)
STYLES = {
    State.AI: "low",
    State.MIXED: "info",
    State.SUSPECT_AI: "medium",
    State.HUMAN: "",
    State.UNKNOWN: "dim",
}


class UnreadableError(Exception):
    """Something asked for cannot be read; exit 3 with this one line."""


class _Column(NamedTuple):
    """A column about a line: how it is got, how wide it may be, how soon it is left out."""

    name: str
    of: Callable[[Origin], str]
    most: int
    keep: int  # the lowest goes first on a narrow screen


def short(session: str) -> str:
    """A session as a person tells it from others; of an address, which some are, its end."""
    return session.rpartition("/")[2][:8]


def day(at: str) -> str:
    """The day of a timestamp, in UTC."""
    return at[:10]


_COLUMNS = (
    _Column("agent", lambda origin: origin.agent, 16, 4),
    _Column("model", lambda origin: origin.model, 20, 3),
    _Column("session", lambda origin: short(origin.session), 8, 0),
    _Column("who", lambda origin: review.display_name(origin.human), 14, 2),
    _Column("when", lambda origin: day(origin.at), 10, 1),
)


def main(argv: list[str]) -> int:
    """Tell who wrote what; gives the exit code."""
    try:
        return _main(_parser().parse_args(argv))
    except words.UsageError as error:
        words.tell("blame", str(error))
        return _USAGE
    except (UnreadableError, LedgerError, GitError) as error:
        words.tell("blame", str(error))
        return _UNREADABLE


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline blame", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="whose lines")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    parser.add_argument(
        "-L",
        dest="lines",
        metavar="START,END",
        help="only these lines, from 1, inclusive; END may be +COUNT, and either may be left out",
    )
    parser.add_argument("--no-color", action="store_true", help="no colours")
    return parser


def _main(options: argparse.Namespace) -> int:
    path = Path(options.file)
    if options.file == "-":
        raise words.UsageError("standard input has no history: name a file")
    if os.path.isdir(path):  # noqa: PTH112 - never raises
        raise words.UsageError(f"{path} is a folder: name a file, or use `vetline trace`")
    if not os.path.lexists(path):
        raise words.UsageError(f"{path}: no such file")
    settings = config.load(path)
    snapshot = _read(path, settings)
    numbers = _numbers(options.lines, snapshot)
    authors = Authors(settings.root, store_text=settings.settings.store_text)
    authors.drain()
    known = authors.attributions(snapshot)
    told = [(number, known[number - 1]) for number in numbers]
    if options.output_format == "json":
        subject = places.subject(places.place_of(str(path)), str(path))
        words.write(_as_json(whole(subject), told))
    else:
        terminal = sys.stdout.isatty()
        screen = words.screen(sys.stdout, no_color=options.no_color)
        code = shown("blame", snapshot, numbers, settings.settings.timeout)
        # What is piped is read by a program or a pager, neither of which wants a line cut.
        words.write(table(told, code, screen, screen.width if terminal else 0))
    if known and all(each.state is State.UNKNOWN for each in known) and snapshot.text.strip():
        words.tell("blame", _NOTHING)
    return 0


def _read(path: Path, settings: config.Config) -> Snapshot:
    """The file's text. What of it is not valid in its encoding does not matter here.

    Raises:
        UnreadableError: it has none, or is too large.
    """
    found = files.found_at(path, settings.root)
    reading = files.read(found, settings.settings.max_file_size)
    if reading.snapshot is None:
        reasons = "; ".join(failure.reason for failure in reading.failures)
        raise UnreadableError(f"{path} {reasons or 'is a binary file'}")
    return reading.snapshot


def count_of(snapshot: Snapshot) -> int:
    """How many lines a person sees: what follows the last line end is none."""
    count = len(snapshot.line_starts)
    return count - 1 if not snapshot.line_text(count - 1) else count


def _numbers(asked: str | None, snapshot: Snapshot) -> Sequence[int]:
    """The lines that were asked for, from 1.

    Raises:
        UsageError: it names none.
    """
    count = count_of(snapshot)
    if asked is None:
        return range(1, count + 1)
    match = _RANGE.fullmatch(asked.strip())
    if match is None or not (match["first"] or match["last"]):
        raise words.UsageError(f"-L {asked}: give lines as 10,20 or 10,+5 or 10, or ,20")
    first = int(match["first"] or 1)
    last = int(match["last"] or count)
    if match["by"]:
        last += first - 1
    if first > count:
        raise words.UsageError(f"-L {asked}: the file has {count} line{'s' * (count != 1)}")
    if not 1 <= first <= last:
        raise words.UsageError(f"-L {asked}: lines are counted from 1, and START is not behind END")
    return range(first, min(last, count) + 1)


def _as_json(path: str, told: Iterable[tuple[int, Attribution]]) -> str:
    lines = [provenance.line_json(number, attribution) for number, attribution in told]
    return json.dumps({"version": VERSION, "path": path, "lines": lines}, indent=2) + "\n"


def shown(door: str, snapshot: Snapshot, numbers: Iterable[int], timeout: float) -> list[str]:
    """The lines to show at a door, secrets in them masked.

    Where the search for secrets does not come to its end, no code is shown, which is said.
    """
    with closing(worker.Worker()) as searcher:
        hidden = engine.to_mask(searcher.examine(snapshot, engine.MASKERS, timeout))
    if hidden is None:
        words.tell(door, "code is not shown: the search for secrets in it did not finish")
        return [MASK for _ in numbers]
    hidden = everywhere(snapshot.text, hidden)
    return [masked(snapshot, snapshot.line_span(number - 1), hidden) for number in numbers]


# -- the table


def table(
    told: Sequence[tuple[int, Attribution]], code: Sequence[str], screen: Screen, width: int
) -> str:
    """A row a line: its state; on the first of several of one origin who, with what and when; its code.

    Args:
        told: the lines' numbers and what is known of them.
        code: the lines.
        screen: whether there are colours.
        width: columns; 0 leaves nothing out and cuts nothing.
    """
    gutter = len(str(told[-1][0])) if told else 0
    states = max((len(attribution.state) for _, attribution in told), default=0)
    columns = _fitting([attribution for _, attribution in told], width - states - gutter - 3, width)
    rows, before = [], object()
    for (number, attribution), line in zip(told, code, strict=True):
        origin = _shown(attribution)
        about = "".join(
            "  " + _fixed(_cell(column, origin) if origin != before else "", size)
            for column, size in columns
        )
        before = origin
        head = f"{attribution.state:<{states}}{about}"
        shown = "".join(" " * _TAB if char == "\t" else visible(char) for char in line).rstrip()
        if width:
            shown = _cut(shown, max(1, width - cell_len(head) - gutter - 3))
        style = STYLES[attribution.state]
        painted = screen.paint(head, style) if style else head
        margin = screen.paint(f"{number:>{gutter}}", "dim")
        rows.append(f"{painted}  {margin} {shown}".rstrip() + "\n")
    return "".join(rows)


def _fitting(told: Iterable[Attribution], room: int, width: int) -> list[tuple[_Column, int]]:
    """The columns with something in them and their widths, as many as leave room for code."""
    origins = {_shown(attribution) for attribution in told}
    columns = []
    for column in _COLUMNS:
        size = max((cell_len(_cell(column, origin)) for origin in origins), default=0)
        if size:
            columns.append((column, min(size, column.most)))
    while width and columns and room - sum(size + 2 for _, size in columns) < _CODE:
        columns.remove(min(columns, key=lambda item: item[0].keep))
    return columns


def _shown(attribution: Attribution) -> Origin | None:
    """The origin that a person wants to see; that nobody's line was pasted, say, is for programs."""
    return None if attribution.state is State.UNKNOWN else attribution.origin


def _cell(column: _Column, origin: Origin | None) -> str:
    return visible(column.of(origin)) if origin else ""


def _fixed(text: str, size: int) -> str:
    """`text` in exactly `size` columns; "…" says that it was cut."""
    return set_cell_size(_cut(text, size), size)


def _cut(text: str, size: int) -> str:
    if cell_len(text) <= size:
        return text
    return set_cell_size(text, size - 1) + "…" if size > 1 else "…"
