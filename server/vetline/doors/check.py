"""`vetline check`: check files and say whether they may pass.

Exit codes: 0 pass; 1 blocked by findings; 2 wrong usage or settings; 3 something asked for could not
be checked, whatever else was found. `--exit-zero` turns 1 into 0 and nothing else.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import baseline, files, formats, history, session, settings
from vetline.doors import options as words
from vetline.doors.survey import Plan, Standard, Survey, found, survey
from vetline.gate import GateResult, Report, Scope, Verdict, judge, policy_of
from vetline.ledger import LedgerError
from vetline.provenance import Attribution, State
from vetline_analyzers import engine
from vetline_analyzers.core.finding import Persona, Severity
from vetline_analyzers.engine import Failure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from vetline.config import Config
    from vetline.formats import Screen
    from vetline.gate import Sighting
    from vetline.session import Who
    from vetline_analyzers.core.text import Snapshot

PASS, BLOCKED, USAGE, NOT_CHECKED = 0, 1, 2, 3
_NOBODY = (
    "nothing here is known to be written by an AI, so no finding was judged: `vetline install-hooks` has "
    "agents report it; a clone needs the notes (refs/notes/vetline) and the whole history; or use "
    "--assume-origin ai or --scope all"
)


_CUT = "is shallow, so it is not known who wrote older lines: fetch all of it (fetch-depth: 0)"


class _Output(NamedTuple):
    """A report to write: the format's name and the file, None for standard output."""

    format: str
    file: Path | None


def main(argv: list[str]) -> int:
    """Check and report; gives the exit code."""
    try:
        return _main(_parser().parse_args(argv))
    except (words.UsageError, baseline.BaselineError) as error:
        words.tell("check", str(error))
        return USAGE


def _main(options: argparse.Namespace) -> int:
    if options.explain:
        from vetline.doors.rule import explain

        explain(options.explain, no_color=options.no_color)
        return PASS
    outputs = _outputs(options)
    name = _standard_name(options)
    paths = [name] if name else options.paths or ["."]
    config = words.load_config(options, _flags(options), paths)
    blind: list[Failure] = []
    plan = Plan(
        config=config,
        paths=() if name else [Path(path) for path in paths],
        standard=_standard(name, config.settings.max_file_size) if name else None,
        jobs=options.jobs,
        ref=options.diff_base or ("HEAD" if config.settings.scope == "changed" else ""),
        authors=_authors(options, config, blind),
    )
    if options.show_files:
        return _show_files(plan)
    known = None if options.no_baseline else _known(config)
    seen = survey(plan)
    report = _report(plan, seen._replace(failures=(*blind, *seen.failures)), known)
    report = _seen_from_here(report, config.root)
    for output in outputs:
        _deliver(report, output, options)
    if options.output_file or not formats.named(options.output_format).for_people:
        _say_verdict(report)
    return _exit_code(report, exit_zero=options.exit_zero)


def _authors(
    options: argparse.Namespace, config: Config, failures: list[Failure]
) -> Callable[[Snapshot], Who] | None:
    """Gives who wrote what in a text; None when nothing is known of any.

    The one place where `check` learns it. What is recorded and cannot be read goes to `failures` where
    only the AI's lines are judged; elsewhere it is only said.
    """
    if options.assume_origin:
        said = Attribution(State(options.assume_origin))
        return lambda _: lambda _: said
    told: set[str] = set()

    def missed(error: LedgerError) -> None:
        reason = str(error)
        if reason not in told and config.settings.scope == "ai":
            failures.append(Failure("the ledger", reason))
        elif reason not in told:
            words.tell("check", reason)
        told.add(reason)

    try:
        recorded = session.recorded(config.root, config.settings)
    except LedgerError as error:
        missed(error)
        return None
    if recorded is None:
        return None
    if config.settings.scope == "ai" and not options.diff_base and history.is_cut(config.root):
        failures.append(Failure("git's history", _CUT))

    def who(snapshot: Snapshot) -> Who:
        try:
            return recorded(snapshot)
        except LedgerError as error:
            missed(error)
            return session.nobody

    return who


def _report(plan: Plan, seen: Survey, known: Counter[baseline.Entry] | None) -> Report:
    policy = policy_of(plan.config.settings)
    sightings = _accept(plan.config, seen.sightings, known) if known else seen.sightings
    result = judge(sightings, seen.failures, policy)
    if not seen.places and not seen.failures and not plan.ref:
        words.tell("check", "no files found under the given paths")
    if policy.scope is Scope.AI and seen.places and not seen.authors:
        words.tell("check", _NOBODY)
        verdict = Verdict.WARN if result.verdict is Verdict.PASS else result.verdict
        result = GateResult(verdict, (*result.reasons, "nothing is known to be an AI's"))
    return Report(
        sightings=sightings,
        failures=seen.failures,
        policy=policy,
        result=result,
        files=len(seen.places),
        rules=engine.rules,
    )


def _known(config: Config) -> Counter[baseline.Entry] | None:
    """What the baseline accepts; None without one."""
    path = baseline.find(config.root, config.path(config.settings.baseline))
    return baseline.load(path) if path else None


def _accept(
    config: Config, sightings: tuple[Sighting, ...], known: Counter[baseline.Entry]
) -> tuple[Sighting, ...]:
    """The sightings, those in the baseline accepted."""
    marks = [baseline.Entry(s.finding.exact, s.finding.rule, s.path) for s in sightings]
    hits = baseline.accept(known, marks, lambda place: (config.root / place).exists())
    return tuple(
        replace(sighting, accepted=sighting.accepted or hit)
        for sighting, hit in zip(sightings, hits, strict=True)
    )


def _exit_code(report: Report, *, exit_zero: bool) -> int:
    if report.failures:
        return NOT_CHECKED
    if report.result.verdict is Verdict.BLOCK and not exit_zero:
        return BLOCKED
    return PASS


def _show_files(plan: Plan) -> int:
    asked, failures = found(plan)
    root = plan.config.root
    for item in asked:
        words.write(formats.visible(_from_here(item.place, root)) + "\n")
    for failure in failures:
        seen = replace(failure, path=_from_here(failure.path, root))
        words.tell("check", f"not checked: {formats.not_checked(seen)}")
    return NOT_CHECKED if failures else PASS


def _deliver(report: Report, output: _Output, options: argparse.Namespace) -> None:
    how = formats.named(output.format)
    screen = words.screen(sys.stdout, no_color=options.no_color)
    if output.file:
        screen = screen._replace(colour=False, width=formats.Screen().width)
    text = how.render(report, screen)
    if options.statistics and not output.file:
        text = _statistics(report, screen)
    if output.file:
        try:
            output.file.write_text(text, "utf-8", newline="\n")
        except OSError as error:
            raise words.UsageError(f"cannot write {output.file}: {error.strerror}") from None
    else:
        words.write(text, encoding="" if how.for_people else "utf-8")


def _statistics(report: Report, screen: Screen) -> str:
    """How often each rule was found, the most frequent first, and the summary."""
    counted = Counter((s.finding.rule, s.finding.severity) for s in report.shown())
    rows = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    lines = [
        f"{count:>6}  {screen.paint(f'{severity!s:<8}', str(severity))}  {rule}"
        for (rule, severity), count in rows
    ]
    return "".join(line + "\n" for line in lines) + formats.summary(report, screen)


def _say_verdict(report: Report) -> None:
    """Tell a person the verdict when the report itself is for a machine."""
    result = report.result
    why = "; ".join(result.reasons) or "nothing found that counts"
    words.tell("check", f"{result.verdict.upper()}: {why}")
    for failure in report.failures:
        words.tell("check", f"not checked: {formats.not_checked(failure)}")


def _seen_from_here(report: Report, root: Path) -> Report:
    """The report with paths as a person who stands here would type them."""
    return replace(
        report,
        sightings=tuple(replace(s, path=_from_here(s.path, root)) for s in report.sightings),
        failures=tuple(replace(f, path=_from_here(f.path, root)) for f in report.failures),
    )


def _from_here(place: str, root: Path) -> str:
    return files.relative(root / place, Path.cwd())


def _outputs(options: argparse.Namespace) -> list[_Output]:
    """Where to write what.

    Raises:
        words.UsageError: a format is not known, a file cannot be, or statistics are wanted of a format
            for machines.
    """
    outputs = [_Output(options.output_format, options.output_file)]
    for pair in options.output:
        name, colon, target = pair.partition(":")
        if not colon or not target:
            raise words.UsageError(f"--output {pair}: expected FORMAT:FILE, as in sarif:out.sarif")
        if name not in formats.names():
            hint = words.did_you_mean(name, formats.names())
            known = ", ".join(formats.names())
            raise words.UsageError(f"--output {pair}: no format {name!r}{hint or f' ({known})'}")
        outputs.append(_Output(name, Path(target)))
    targets = [output.file for output in outputs if output.file]
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
    return outputs


def _standard_name(options: argparse.Namespace) -> str:
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
    if not options.stdin_filename:
        words.tell("check", "without --stdin-filename, standard input is checked as plain text")
    return options.stdin_filename or "stdin"


def _standard(name: str, limit: int) -> Standard:
    return Standard(sys.stdin.buffer.read(limit + 1), Path(name))


def _flags(options: argparse.Namespace) -> dict[str, object]:
    """The settings among the options."""
    scope = options.scope or ("changed" if options.diff_base else None)
    return {
        "scope": scope,
        "persona": options.persona,
        "fail_on": options.fail_on,
        "baseline": os.path.abspath(options.baseline) if options.baseline else None,  # noqa: PTH100 - ".." goes without following links
    }


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(
        prog="vetline check",
        description="Check files and say whether they may pass.",
        epilog="Exit codes: 0 pass, 1 blocked, 2 wrong usage or settings, 3 something asked for could "
        "not be checked. Settings also come from vetline.toml, [tool.vetline] in pyproject.toml and "
        "VETLINE_* variables: see `vetline config show`.",
    )
    words.add_source(parser)
    parser.add_argument(
        "--stdin-filename", metavar="NAME", help="with -: the file that standard input stands for"
    )
    _add_judgement(parser.add_argument_group("what counts"))
    _add_output(parser.add_argument_group("output"))
    return parser


def _add_judgement(group: argparse._ArgumentGroup) -> None:
    severities = [str(severity) for severity in Severity]
    group.add_argument("--fail-on", choices=severities, help="least severity that blocks (medium)")
    group.add_argument("--exit-zero", action="store_true", help="exit 0 in the place of 1")
    group.add_argument("--persona", choices=[str(persona) for persona in Persona])
    group.add_argument("--scope", choices=settings.SCOPES, help="whose lines count (all)")
    group.add_argument(
        "--diff-base",
        metavar="REF",
        help="only findings that are new since HEAD branched off from this commit",
    )
    group.add_argument("--baseline", metavar="FILE", help="accepted findings (.vetline/baseline)")
    group.add_argument("--no-baseline", action="store_true", help="accept nothing as known")
    group.add_argument(
        "--assume-origin", choices=["ai"], help="take all that is checked for an AI's"
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
