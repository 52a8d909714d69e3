"""What the doors of the command line share: how they read words and where they write."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from vetline import config, files
from vetline.formats import Screen, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vetline.config import Config


class UsageError(Exception):
    """What was asked for makes no sense; exit 2 with this one line."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, and whose description keeps its lines."""

    def __init__(self, **words: Any) -> None:
        """Make one, as argparse does."""
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **words)

    def error(self, message: str) -> NoReturn:
        """Raise UsageError, so that every door ends in one place."""
        raise UsageError(f"{message} (see `{self.prog} --help`)")


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add what several doors take: paths, the config file, analyzers, processes."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (.)")
    add_config(parser)
    parser.add_argument(
        "--analyzer", action="append", metavar="NAME", help="ask this one only (repeatable)"
    )
    parser.add_argument(
        "--jobs", type=_positive, metavar="N", help="processes at most (one a processor)"
    )


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add where the settings come from."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, metavar="FILE", help="read this config file")
    source.add_argument(
        "--isolated", action="store_true", help="read no config file and no environment variable"
    )


def load_config(
    options: argparse.Namespace, flags: Mapping[str, object], paths: Iterable[str]
) -> Config:
    """The settings that hold where the paths are, flags on top.

    Raises:
        UsageError: something is wrong with them; says what and where.
    """
    found = config.load(
        common(paths),
        layers=[(config.COMMAND_LINE, {**flags, "analyzers": options.analyzer})],
        file=options.config,
        isolated=options.isolated,
    )
    if found.problems:
        raise UsageError("\n".join(str(problem) for problem in found.problems))
    return found


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A hint for a word that is not one of `words`; "" when nothing is near."""
    close = get_close_matches(word, list(words), 1)
    return f": did you mean {close[0]!r}?" if close else ""


def screen(stream: TextIO, *, no_color: bool) -> Screen:
    """What is known of the place that `stream` writes to.

    `--no-color` and NO_COLOR go before FORCE_COLOR, which goes before what the stream is.
    """
    terminal = stream.isatty()
    colour = terminal and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR"):
        colour = True
    if no_color or os.environ.get("NO_COLOR"):
        colour = False
    return Screen(colour, shutil.get_terminal_size((100, 24)).columns if terminal else 100)


def read(limit: int) -> bytes:
    """What comes on standard input, up to one byte more than `limit`.

    Raises:
        UsageError: it is closed, or cannot be read.
    """
    if sys.stdin is None:
        raise UsageError("standard input is closed: pipe the text into this command")
    try:
        return sys.stdin.buffer.read(limit + 1)
    except OSError as error:
        raise UsageError(f"cannot read standard input: {error.strerror}") from None


def write(text: str | bytes, *, encoding: str = "") -> None:
    """Write results to standard output.

    Args:
        text: what to write; bytes as they are.
        encoding: the one to write in, with line ends as they are; without it the stream's own, in
            which what it cannot hold becomes a question mark.

    Raises:
        UsageError: it cannot be written, as when a disk is full.
    """
    own = sys.stdout.encoding or "utf-8"
    try:
        if isinstance(text, bytes) or (encoding and hasattr(sys.stdout, "buffer")):
            sys.stdout.flush()
            sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode(encoding))
        else:
            sys.stdout.write(text.encode(own, "replace").decode(own))
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads any more, which is no fault
        raise
    except OSError as error:
        # What is left in the buffer would fail once more when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UsageError(f"cannot write to standard output: {error.strerror}") from None


def from_here(place: str, root: Path) -> str:
    """A place relative to `root` as a person who stands here would type it."""
    return files.relative(root / place, Path.cwd())


def tell(door: str, text: str) -> None:
    """Say something beside the results, on standard error."""
    for line in text.splitlines():
        sys.stderr.write(f"vetline {door}: {visible(line)}\n")


def _positive(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number of at least 1")
    return int(word)


def common(paths: Iterable[str]) -> Path:
    """The innermost folder or file that all paths lie in; where we stand when there is none."""
    real = [os.path.abspath(path) for path in paths]  # noqa: PTH100 - ".." goes without following links
    try:
        return Path(os.path.commonpath(real or [str(Path.cwd())]))
    except ValueError:  # on several drives
        return Path.cwd()
