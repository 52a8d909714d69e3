"""The words that `vetline check` takes, and what they ask for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import formats
from vetline.doors import options as words
from vetline.settings import ORIGINS, SCOPES
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.syntax.document.role import DECLARED

if TYPE_CHECKING:
    import argparse


class Output(NamedTuple):
    """A report to write: the format's name and the file, None for standard output."""

    format: str
    file: Path | None


def outputs(options: argparse.Namespace) -> list[Output]:
    """Where to write what.

    Raises:
        words.UsageError: a format is not known, a file cannot be, or statistics are wanted of a format
            for machines.
    """
    found = [Output(options.output_format, options.output_file)]
    for pair in options.output:
        name, colon, target = pair.partition(":")
        if not colon or not target:
            raise words.UsageError(f"--output {pair}: expected FORMAT:FILE, as in sarif:out.sarif")
        if name not in formats.names():
            hint = words.did_you_mean(name, formats.names())
            known = ", ".join(formats.names())
            raise words.UsageError(f"--output {pair}: no format {name!r}{hint or f' ({known})'}")
        found.append(Output(name, Path(target)))
    targets = [output.file for output in found if output.file]
    if len({file.resolve() for file in targets}) < len(targets):
        raise words.UsageError("two reports would be written to one file")
    asked = {Path(path).resolve() for path in options.paths}
    for file in targets:
        if file.resolve() in asked:
            raise words.UsageError(f"{file} is to be checked: the report would take its place")
        # Said before the work is done, not after it.
        if file.is_dir() or not file.parent.is_dir():
            raise words.UsageError(
                f"cannot write {file}: it is a folder, or its folder is not there"
            )
    plain = not options.output_file and formats.named(options.output_format).for_people
    if options.statistics and not plain:
        raise words.UsageError("--statistics goes with --output-format full or concise on screen")
    if options.diff and (targets or options.statistics):
        raise words.UsageError("--diff shows a diff only: leave out -o, --output and --statistics")
    return found


def standard_name(options: argparse.Namespace) -> str:
    """The name of what comes on standard input; "" when it was not asked for.

    Raises:
        words.UsageError: it was asked for beside paths, or named and not asked for.
    """
    if "-" not in options.paths:
        if options.stdin_filename:
            raise words.UsageError("--stdin-filename goes with - in the place of paths")
        return ""
    if options.paths != ["-"]:
        raise words.UsageError("- goes with no other path")
    if not options.stdin_filename and not options.kind:
        words.tell("check", "without --stdin-filename, standard input is checked as plain text")
    return options.stdin_filename or "stdin"


def kind(options: argparse.Namespace) -> str:
    """What the texts are said to be to an agent; "" when nothing is said.

    Raises:
        words.UsageError: it is not said of which text.
    """
    if options.kind and not options.paths:
        raise words.UsageError(
            f"--as {options.kind}: name the file that it is, or - for standard input"
        )
    return str(options.kind or "")


def flags(options: argparse.Namespace) -> dict[str, object]:
    """The settings among the options."""
    scope = options.scope or ("changed" if options.diff_base else None)
    return {
        "scope": scope,
        "assume_origin": options.assume_origin,
        "persona": options.persona,
        "fail_on": options.fail_on,
        "online": options.online or None,
        "gate.organisation": os.path.abspath(options.policy) if options.policy else None,  # noqa: PTH100 - as below
        "baseline": os.path.abspath(options.baseline) if options.baseline else None,  # noqa: PTH100 - ".." goes without following links
    }


def parser() -> argparse.ArgumentParser:
    """All that `vetline check` takes."""
    made = words.Parser(
        prog="vetline check",
        description="Check files and say whether they may pass.",
        epilog="Exit codes: 0 pass, 1 blocked, 2 wrong usage or settings, 3 something asked for could "
        "not be checked. Settings also come from vetline.toml, [tool.vetline] in pyproject.toml and "
        "VETLINE_* variables: see `vetline config show`.",
    )
    words.add_source(made)
    made.add_argument(
        "--stdin-filename", metavar="NAME", help="with -: the file that standard input stands for"
    )
    made.add_argument(
        "--as",
        dest="kind",
        choices=[str(role) for role in DECLARED],
        help="look at the text as what an agent is given to read: gh issue view 12 | vetline check --as ticket -",
    )
    _add_fixes(made.add_argument_group("fixes"))
    _add_judgement(made.add_argument_group("what counts"))
    _add_output(made.add_argument_group("output"))
    return made


def _add_fixes(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--fix", action="store_true", help="mend what can be mended safely")
    group.add_argument(
        "--unsafe-fixes", action="store_true", help="take fixes, too, that may change behaviour"
    )
    group.add_argument(
        "--diff", action="store_true", help="show what --fix would change, and write nothing"
    )


def _add_judgement(group: argparse._ArgumentGroup) -> None:
    severities = [str(severity) for severity in Severity]
    group.add_argument("--fail-on", choices=severities, help="least severity that blocks (medium)")
    group.add_argument("--exit-zero", action="store_true", help="exit 0 in the place of 1")
    group.add_argument("--persona", choices=[str(persona) for persona in Persona])
    group.add_argument("--scope", choices=SCOPES, help="whose lines count (all)")
    group.add_argument(
        "--gate",
        action="store_true",
        help="judge as a gate: reviews count, what the change makes looser does not (also when gate.* is set)",
    )
    group.add_argument(
        "--no-record",
        action="store_true",
        help="do not tell the ledger what a gate found and how it judged",
    )
    group.add_argument(
        "--policy",
        metavar="FILE",
        help="an organisation's settings, which can only be made stricter",
    )
    group.add_argument(
        "--diff-base",
        metavar="REF",
        help="only findings that are new since HEAD branched off from this commit",
    )
    group.add_argument("--baseline", metavar="FILE", help="accepted findings (.vetline/baseline)")
    group.add_argument("--no-baseline", action="store_true", help="accept nothing as known")
    group.add_argument(
        "--online",
        action="store_true",
        help="ask your registries about names of packages that look wrong; only the names leave the machine",
    )
    group.add_argument(
        "--require-audit",
        action="store_true",
        help="fail when a dependency could not be looked up in the advisories, or these are old",
    )
    group.add_argument(
        "--assume-origin",
        choices=ORIGINS,
        help="take lines for an AI's whose author is unknown",
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    names = formats.names()
    group.add_argument("--output-format", choices=names, default="full", help="(full)")
    group.add_argument(
        "-o", "--output-file", type=Path, metavar="FILE", help="in the place of standard output"
    )
    group.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="FORMAT:FILE",
        help="write also (repeatable)",
    )
    group.add_argument("--show-files", action="store_true", help="list what would be checked")
    group.add_argument("--statistics", action="store_true", help="count by rule")
    group.add_argument("--explain", metavar="RULE", help="show a rule's page")
    group.add_argument("--no-color", action="store_true", help="no colours (also: NO_COLOR)")
