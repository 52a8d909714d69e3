"""`vetline check`: check files and say whether they may pass.

Exit codes: 0 pass; 1 blocked by findings; 2 wrong usage or settings; 3 something asked for could not
be checked, whatever else was found. `--exit-zero` turns 1 into 0 and nothing else.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import baseline, disk, files, formats, history, session
from vetline.doors import check_options, gating
from vetline.doors import options as words
from vetline.doors.survey import Plan, Standard, Survey, audits, found, survey
from vetline.gate import GateResult, Reason, Report, Scope, Verdict, counting, judge
from vetline.ledger import LedgerError
from vetline.notices import Notice
from vetline_analyzers import engine
from vetline_analyzers.engine import Failure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from vetline.config import Config
    from vetline.doors.check_options import Output
    from vetline.doors.fixing import Outcome
    from vetline.doors.gating import Gate
    from vetline.formats import Screen
    from vetline.gate import Sighting
    from vetline.session import Recorded, Who
    from vetline_analyzers.core.text import Snapshot

_DEPENDENCIES = "the dependencies"
PASS, BLOCKED, USAGE, NOT_CHECKED = 0, 1, 2, 3
_NOBODY = (
    "nothing here is known to be written by an AI, so no finding was judged: `vetline install-hooks` has "
    "agents report it; a clone needs the notes (refs/notes/vetline) and the whole history; or use "
    "--assume-origin ai or --scope all"
)

_NOTES = "set up `vetline install-hooks`, or fetch what others recorded: vetline provenance sync"
_UNKNOWN = Notice(
    "gate/authors-unknown",
    "nothing here is known to be written by an AI, so what the policy asks of an AI's lines was asked of none",
    _NOTES,
    blocks=False,
)
_CUT = "is shallow, so it is not known who wrote older lines: fetch all of it (fetch-depth: 0)"


def main(argv: list[str]) -> int:
    """Check and report; gives the exit code."""
    try:
        return _main(check_options.parser().parse_args(argv))
    except (words.UsageError, baseline.BaselineError) as error:
        words.tell("check", str(error))
        return USAGE


def _main(options: argparse.Namespace) -> int:
    if options.explain:
        from vetline.doors.rule import explain

        explain(options.explain, no_color=options.no_color)
        return PASS
    outputs = check_options.outputs(options)
    gate, plan = _opened(options, outputs)
    config, blind = gate.config, gate.failures
    if options.show_files:
        return _show_files(plan)
    known = None if options.no_baseline else gating.known(gate)
    plan, seen = _look(plan, known)
    if options.require_audit:
        blind += _unaudited(plan, seen)
    fixed: int | None = None
    if options.fix or options.diff:
        from vetline.doors import fixing

        def shown(look: Survey) -> list[Sighting]:
            return _judged(plan, look, known, gate).shown()

        outcome = fixing.mend(plan, seen, shown, unsafe=options.unsafe_fixes)
        if options.diff:
            failures = [
                *blind,
                *seen.failures,
                *fixing.show(plan, outcome, no_color=options.no_color),
            ]
            return _say_diff(outcome, failures, config, exit_zero=options.exit_zero)
        if plan.standard:
            words.write(_mended(plan.standard, outcome))
        else:
            outcome = fixing.write(plan, seen, outcome)
            fixing.warn_of_exposed(plan, outcome)
            fixing.warn_of_shared(plan, outcome)
        seen, fixed = outcome.seen, outcome.fixed
    report = _report(plan, seen, known, gate)
    _record(options, gate, plan, seen, report)
    report = replace(report, fixed=fixed, unsafe=options.unsafe_fixes)
    report = _seen_from_here(report, config.root)
    for output in outputs:
        _deliver(report, output, options)
    if options.output_file or not formats.named(options.output_format).for_people:
        _say_verdict(report)
    return _exit_code(report, exit_zero=options.exit_zero)


def _record(
    options: argparse.Namespace, gate: Gate, plan: Plan, seen: Survey, report: Report
) -> None:
    """Tell the ledger what a gate saw and how it judged."""
    if gate.gated:
        from vetline.doors import recording

        recording.checked(options, gate, plan, seen, report)


def reported(options: argparse.Namespace) -> tuple[Gate, Report]:
    """What a check comes to that mends and writes nothing, for another door to tell; paths as `_seen_from_here` has them.

    Raises:
        UsageError: something is wrong with the words or the settings.
        BaselineError: the baseline cannot be read.
    """
    gate, plan = _opened(options, [])
    known = None if options.no_baseline else gating.known(gate)
    plan, seen = _look(plan, known)
    return gate, _seen_from_here(_report(plan, seen, known, gate), gate.config.root)


def _opened(options: argparse.Namespace, outputs: Iterable[Output]) -> tuple[Gate, Plan]:
    """What the words ask for."""
    name = check_options.standard_name(options)
    paths = [name] if name else options.paths or ["."]
    gate = gating.open_gate(options, paths)
    settings = gate.config.settings
    asked = () if name else tuple(map(Path, paths))
    return gate, Plan(
        config=gate.config,
        paths=asked,
        standard=_standard(name, settings.max_file_size) if name else None,
        jobs=options.jobs,
        ref=options.diff_base or ("HEAD" if settings.scope == "changed" else ""),
        authors=_authors(options, gate),
        quoting=any(formats.named(output.format).quotes for output in outputs),
        kind=check_options.kind(options),
        reviews=gate.reviews,
        reviewed=gate.reviewed,
        tracked=gate.tracked(asked),
        accepted=gating.accepted(gate),
    )


def _look(plan: Plan, known: Counter[baseline.Entry] | None) -> tuple[Plan, Survey]:
    """What is seen, with what registries say of it where that is asked for; the plan for looking again."""
    seen = survey(plan)
    if not plan.config.settings.online:
        return plan, seen
    from vetline.doors.online import asked

    counting = _accept(plan.config, seen.sightings, known) if known else None
    return asked(plan, seen, counting)


def _authors(options: argparse.Namespace, gate: Gate) -> Recorded | None:
    """Gives who wrote what in a text; None when nothing is known of any.

    The one place where `check` learns it. What is recorded and cannot be read goes to the gate's failures where
    only the AI's lines are judged, or need an approval; elsewhere it is only said.
    """
    config, failures = gate.config, gate.failures
    settings = config.settings
    # Where the unknown counts as an AI's, nothing of an AI's is missed without the records.
    decides = settings.scope == "ai" or settings.dependencies_approval or gate.asks_for_authors
    strict = decides and not settings.assume_origin
    told: set[str] = set()

    def missed(error: LedgerError) -> None:
        reason = str(error)
        if reason not in told and strict:
            failures.append(Failure("the ledger", reason))
        elif reason not in told:
            words.tell("check", reason)
        told.add(reason)

    try:
        recorded = session.recorded(config.root, settings)
    except LedgerError as error:
        missed(error)
        recorded = None
    if recorded is None:
        if not settings.assume_origin:
            return None
        nobody = session.assuming(session.nobody, settings)
        return lambda snapshot, *, keep: nobody  # noqa: ARG005 - of every text the same
    if strict and not options.diff_base and history.is_cut(config.root):
        failures.append(Failure("git's history", _CUT))

    def who(snapshot: Snapshot, *, keep: bool) -> Who:
        try:
            known = recorded(snapshot, keep=keep)
        except LedgerError as error:
            missed(error)
            known = session.nobody
        return session.assuming(known, settings)

    return who


def _report(plan: Plan, seen: Survey, known: Counter[baseline.Entry] | None, gate: Gate) -> Report:
    """What the check came to, the empty cases told."""
    if gate.asks_for_authors and plan.authors is None:
        gate.notices.append(_UNKNOWN)
    report = _judged(plan, seen, known, gate)
    if not seen.places and not seen.failures and not plan.ref:
        words.tell("check", "no files found under the given paths")
    if report.policy.scope is Scope.AI and seen.places and not seen.authors:
        words.tell("check", _NOBODY)
        verdict, reasons = report.result.verdict, report.result.reasons
        verdict = Verdict.WARN if verdict is Verdict.PASS else verdict
        result = GateResult(verdict, (*reasons, Reason("nothing is known to be an AI's", _NOTES)))
        report = replace(report, result=result)
    return report


def _judged(plan: Plan, seen: Survey, known: Counter[baseline.Entry] | None, gate: Gate) -> Report:
    sightings = _accept(plan.config, seen.sightings, known) if known else seen.sightings
    here = cache(partial(words.from_here, root=plan.config.root))
    notices = gate.told()  # which may show that something cannot be read
    if plan.ref and plan.authors:
        notices += gating.unasked(gate, sightings)
    blocking, passing = counting((*seen.failures, *gate.unseen), gate.policy)
    # Files may stay unchecked; that it is not known who wrote or approved them no pattern excuses.
    failures = (*gate.failures, *blocking)
    return Report(
        sightings=sightings,
        failures=failures,
        unchecked=passing,
        policy=gate.policy,
        result=judge(sightings, failures, replace(gate.policy, unchecked=()), notices, here),
        files=len(seen.places),
        rules=engine.rules,
        audit=seen.audit,
    )


def _unaudited(plan: Plan, seen: Survey) -> Iterator[Failure]:
    """What `--require-audit` fails for."""
    if not audits(plan):
        yield Failure(_DEPENDENCIES, "the analyzer dependencies was not asked, so none is audited")
    elif seen.audit is None:
        words.tell("check", "--require-audit: no manifest names a dependency")
    else:
        if seen.audit.missing:
            yield Failure(_DEPENDENCIES, formats.audited(seen.audit))
        if seen.audit.is_stale:
            from vetline.advisories.store import HOW, STALE

            yield Failure(
                _DEPENDENCIES,
                f"the advisories are of {seen.audit.as_of}, older than {STALE.days} days: {HOW}",
            )


def _accept(
    config: Config, sightings: tuple[Sighting, ...], known: Counter[baseline.Entry]
) -> tuple[Sighting, ...]:
    """The sightings, those in the baseline accepted; what asks for a person it does not answer."""
    marks = [baseline.Entry(s.finding.exact, s.finding.rule, s.path) for s in sightings]
    hits = baseline.accept(known, marks, lambda place: (config.root / place).exists())
    return tuple(
        replace(sighting, accepted=sighting.accepted or (hit and not sighting.finding.of_ai))
        for sighting, hit in zip(sightings, hits, strict=True)
    )


def _exit_code(report: Report, *, exit_zero: bool) -> int:
    if report.failures:
        return NOT_CHECKED
    if report.result.verdict is Verdict.BLOCK and not exit_zero:
        return BLOCKED
    return PASS


def _mended(standard: Standard, outcome: Outcome) -> bytes:
    return next((file.new for file in outcome.changed.values()), standard.raw)


def _say_diff(outcome: Outcome, failures: list[Failure], config: Config, *, exit_zero: bool) -> int:
    """Tell how much a diff holds; gives the exit code."""
    fixed = outcome.fixed
    if fixed:
        what, where = formats.number(fixed, "finding"), formats.number(len(outcome.changed), "file")
        words.tell("check", f"would fix {what} in {where}")
    _say_not_checked(
        replace(failure, path=words.from_here(failure.path, config.root)) for failure in failures
    )
    if failures:
        return NOT_CHECKED
    return BLOCKED if fixed and not exit_zero else PASS


def _show_files(plan: Plan) -> int:
    asked, failures = found(plan)
    root = plan.config.root
    for item in asked:
        words.write(formats.visible(words.from_here(item.place, root)) + "\n")
    _say_not_checked(
        replace(failure, path=words.from_here(failure.path, root)) for failure in failures
    )
    return NOT_CHECKED if failures else PASS


def _deliver(report: Report, output: Output, options: argparse.Namespace) -> None:
    how = formats.named(output.format)
    # With a mended text on standard output the report goes beside it.
    beside = options.fix and options.paths == ["-"]
    screen = words.screen(sys.stderr if beside else sys.stdout, no_color=options.no_color)
    if output.file:
        screen = screen._replace(colour=False, width=formats.Screen().width)
    text = how.render(report, screen)
    if options.statistics and not output.file:
        text = _statistics(report, screen)
    if output.file:
        try:
            disk.write(output.file, text.encode("utf-8"))
        except OSError as error:
            raise words.UsageError(f"cannot write {output.file}: {error.strerror}") from None
    elif beside:
        sys.stderr.write(text)
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
    words.tell("check", f"{report.result.verdict.upper()}: {formats.why(report)}")
    _say_not_checked(report.failures)


def _say_not_checked(failures: Iterable[Failure]) -> None:
    for failure in failures:
        words.tell("check", f"not checked: {formats.not_checked(failure)}")


def _seen_from_here(report: Report, root: Path) -> Report:
    """The report with paths as a person who stands here would type them."""
    here = cache(partial(words.from_here, root=root))  # a file may have many findings
    reasons = (replace(r, paths=tuple(map(here, r.paths))) for r in report.result.reasons)
    return replace(
        report,
        result=replace(report.result, reasons=tuple(reasons)),
        sightings=tuple(_sighting_from_here(s, here) for s in report.sightings),
        failures=tuple(replace(f, path=here(f.path)) for f in report.failures),
        unchecked=tuple(replace(f, path=here(f.path)) for f in report.unchecked),
    )


def _sighting_from_here(sighting: Sighting, here: Callable[[str], str]) -> Sighting:
    related, flow = (
        tuple(p._replace(path=here(p.path)) if p.path else p for p in places)
        for places in (sighting.related, sighting.flow)
    )
    return replace(sighting, path=here(sighting.path), related=related, flow=flow)


def _standard(name: str, limit: int) -> Standard:
    return Standard(words.read(files.bound(Path(name).as_posix(), limit)), Path(name))
