"""`vetline provenance`: what is set up and recorded, its exchange with others, and its erasure.

Exit codes: 0 done; 2 wrong usage; 3 something that is recorded, or was to be taken in, cannot be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vetline import places
from vetline.doors import options as words
from vetline.git import GitError
from vetline.ledger import LedgerError
from vetline.notes import NoteError

if TYPE_CHECKING:
    import argparse

    from vetline.places import Place

_USAGE, _UNREADABLE = 2, 3


def main(argv: list[str]) -> int:
    """Do what was asked; gives the exit code."""
    try:
        options = _parser().parse_args(argv)
        code: int = options.do(options)
    except words.UsageError as error:
        words.tell("provenance", str(error))
        return _USAGE
    except (LedgerError, GitError) as error:
        words.tell("provenance", str(error))
        return _UNREADABLE
    except NoteError as error:
        words.tell("provenance", f"a note on one of these commits {error}; nothing was changed")
        return _UNREADABLE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline provenance", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    status = commands.add_parser("status", help="what is set up, and what was heard of last")
    status.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="of its repository (.)"
    )
    status.add_argument("--output-format", choices=("text", "json"), default="text")
    status.add_argument("--no-color", action="store_true", help="no colours")
    status.set_defaults(do=_status)
    export = commands.add_parser("export", help="write what is known of a commit for other tools")
    export.add_argument("--format", choices=("agent-trace", "git-ai"), required=True)
    export.add_argument("--commit", metavar="REV", help="the commit (HEAD); git-ai: all of them")
    export.add_argument(
        "--output",
        metavar="FILE",
        help="agent-trace: `-` for standard output (.agent-trace/traces.jsonl)",
    )
    export.set_defaults(do=_export)
    imports = commands.add_parser("import", help="take in what other tools have recorded")
    imports.add_argument("file", nargs="?", metavar="FILE", help="Agent Trace records")
    imports.add_argument("--git-ai", action="store_true", help="the notes in refs/notes/ai")
    imports.set_defaults(do=_import)
    sync = commands.add_parser("sync", help="fetch the notes of a remote, join and push them")
    sync.add_argument("remote", nargs="?", default="origin", metavar="REMOTE", help="(origin)")
    sync.set_defaults(do=_sync)
    forget = commands.add_parser("forget", help="erase what need not be kept")
    forget.add_argument("--prompts", action="store_true", help="the texts of prompts")
    forget.add_argument(
        "--before", default="", metavar="DATE", help="only older ones: 2026-03-01, in UTC"
    )
    forget.set_defaults(do=_forget)
    return parser


def _status(options: argparse.Namespace) -> int:
    from vetline.doors.provenance import status

    return status.show(options.path, options.output_format, no_color=options.no_color)


def _export(options: argparse.Namespace) -> int:
    from vetline.doors.provenance import exchange

    place = repository()
    if options.format == "git-ai":
        if options.output:
            raise words.UsageError(
                "--output is for agent-trace: git-ai's notes are in the repository"
            )
        return exchange.to_git_ai(place, options.commit)
    return exchange.to_agent_trace(place, options.commit or "HEAD", options.output)


def _import(options: argparse.Namespace) -> int:
    from vetline.doors.provenance import exchange

    if bool(options.file) == options.git_ai:
        raise words.UsageError("what? give a FILE of Agent Trace records, or --git-ai")
    place = repository()
    return (
        exchange.from_git_ai(place) if options.git_ai else exchange.from_file(place, options.file)
    )


def _sync(options: argparse.Namespace) -> int:
    from vetline import history

    words.write(history.sync(Path(repository().base), options.remote) + "\n")
    return 0


def _forget(options: argparse.Namespace) -> int:
    from vetline.doors.audit import choosing, erasing

    if not options.prompts:
        raise words.UsageError("forget what? give --prompts")
    before = choosing.instant(options.before, "--before")
    erasing.drain(Path())
    wish = erasing.Wish(before=before, only_prompts=True)
    count = erasing.carry_out(Path(), wish).prompts
    words.write(f"{count} prompt text{'s' * (count != 1)} erased; their digests stay.\n")
    return 0


def repository() -> Place:
    """The place of the repository we stand in.

    Raises:
        UsageError: we stand in none.
    """
    place = places.place_of(".")
    if not place.base:
        raise words.UsageError("this is no git repository: change to one")
    return place
