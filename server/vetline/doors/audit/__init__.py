"""`vetline audit`: what was recorded, whether it is whole, and how to show that to others.

Exit codes: 0; 1 the ledger or a proof is not what it claims to be, or `query` found nothing; 2 wrong usage;
3 something cannot be read, written or checked.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from vetline.doors import options as words
from vetline.doors.audit import choosing
from vetline.git import GitError
from vetline.ledger import LedgerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_USAGE, _UNREADABLE = 2, 3
_PAGE = 50  # events


def main(argv: list[str]) -> int:
    """Do what was asked; gives the exit code."""
    try:
        choosing.refuse_empty(argv)
        options = _parser().parse_args(argv)
        module = import_module(f"vetline.doors.audit.{options.module}")
        code: int = getattr(module, options.does)(options)
    except words.UsageError as error:
        words.tell("audit", str(error))
        return _USAGE
    except (LedgerError, GitError) as error:
        words.tell("audit", str(error))
        return _UNREADABLE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline audit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, module: str, about: str, does: str = "") -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about)
        made.set_defaults(module=module, does=does or name)
        return made

    log = command("log", "telling", "what was recorded, the newest first")
    choosing.add(log)
    log.add_argument(
        "--limit", type=int, default=_PAGE, metavar="N", help=f"events at most, 0 for all ({_PAGE})"
    )
    _add_form(log)
    log.add_argument("--no-color", action="store_true", help="no colours")
    choosing.add(
        command(
            "query", "telling", "the same events as JSON lines, the oldest first; exit 1 for none"
        )
    )
    show = command("show", "telling", "one event, whole")
    show.add_argument("event", metavar="SEQ|HASH", help="its number, or the start of its hash")
    _add_form(show)
    _add_checks(command)
    command("import", "importing", "put this machine's events into a team's ledger", "take_in")
    return parser


def _add_checks(command: Callable[..., argparse.ArgumentParser]) -> None:
    verify = command("verify", "checking", "whether the ledger is what was written")
    verify.add_argument(
        "--anchor", action="append", default=[], metavar="SEQ:HASH",
        help="an event that it must have (repeatable); those in git's notes are asked anyway",
    )  # fmt: skip
    verify.add_argument(
        "--require-anchor", action="store_true", help="exit 1 when no anchor bears it out"
    )
    verify.add_argument(
        "--require-signed", action="store_true", help="exit 1 when no signed one does"
    )
    verify.add_argument("--proof", default="", metavar="FILE", help="check a proof instead")
    _add_form(verify)
    anchor = command("anchor", "checking", "note the head of the ledger on the commit HEAD")
    anchor.add_argument("--sign", action="store_true", help="with your SSH signing key")
    prove = command("prove", "checking", "write a proof that an event was recorded")
    prove.add_argument("event", metavar="SEQ|HASH", help="its number, or the start of its hash")
    _add_output(prove)
    export = command("export", "exporting", "write events for others")
    export.add_argument("--format", choices=("jsonl", "csv", "in-toto", "cyclonedx"), required=True)
    export.add_argument(
        "--sign", action="store_true", help="in-toto: in an envelope, with your SSH signing key"
    )
    choosing.add(export)
    _add_output(export)
    trace = command("trace", "tracing", "who asked for lines, with what, and who let them pass")
    trace.add_argument("target", metavar="FINGERPRINT|FILE:LINE|COMMIT", help="what is meant")
    _add_form(trace)
    trace.add_argument("--no-color", action="store_true", help="no colours")
    erase = command("erase", "erasing", "erase texts that are kept beside the ledger")
    erase.add_argument(
        "--session", default="", metavar="ID", help="of this session, or its first 6"
    )
    erase.add_argument(
        "--prompt", default="", metavar="SHA256", help="of this prompt, or its first 6"
    )
    erase.add_argument("--before", default="", metavar="TIME", help="older ones: 2026-03-01, 90d")
    erase.add_argument(
        "--expired", action="store_true", help="those older than ledger.retention-days"
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    """Add where the result goes."""
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="(standard output)")


def _add_form(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
