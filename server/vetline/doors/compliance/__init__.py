"""`vetline compliance`: what the ledger and the reviews show for the controls of a framework, and what they do not.

It gathers evidence for people who are asked about SOC 2, ISO 27001, PCI DSS and the like. It never says that anything
complies: that is for an assessor to judge. Every count can be gone back to its events: `vetline audit query` with the
kind and the period lists them, and each report names the first and the last.

Exit codes: 0 reported; 1 the ledger is not whole, or an anchor speaks against it, and the report says so; 2 wrong usage;
3 something cannot be read or written.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import anchors, compliance, config, dossier, frameworks, ledger, stores
from vetline.compliance import Period, Proof
from vetline.doors import options as words
from vetline.doors.audit import checking, choosing
from vetline.doors.audit.examining import examine
from vetline.doors.compliance import report
from vetline.formats import visible
from vetline.git import GitError
from vetline.ledger import LedgerError
from vetline.stores import chains

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from vetline.frameworks import Framework
    from vetline.stores import Location

_BROKEN, _USAGE, _UNREADABLE = 1, 2, 3
_DOOR = "compliance"
_MONTHS = 12
_CALENDAR = re.compile(r"(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>[0-9]{2})))?")
_FORMS: dict[str, Callable[[report.Report], str]] = {
    "markdown": report.as_markdown,
    "html": report.as_html,
    "json": report.as_json,
}


def main(argv: list[str]) -> int:
    """Report; gives the exit code."""
    try:
        choosing.refuse_empty(argv)
        options = _parser().parse_args(argv)
        return _list() if options.list else _report(options)
    except words.UsageError as error:
        words.tell(_DOOR, str(error))
        return _USAGE
    except (LedgerError, GitError) as error:
        words.tell(_DOOR, str(error))
        return _UNREADABLE


def _parser() -> words.Parser:
    parser = words.Parser(prog="vetline compliance", description=__doc__)
    parser.add_argument(
        "--framework",
        action="append",
        default=[],
        metavar="NAME",
        help="this one only (repeatable)",
    )
    parser.add_argument("--list", action="store_true", help="the frameworks there are")
    parser.add_argument(
        "--period",
        default="90d",
        metavar="TIME",
        help="2026, 2026-Q1, 2026-03, 2026-01-15..2026-03-31, or 90d for the last 90 days (90d)",
    )
    parser.add_argument("--output-format", choices=[*_FORMS], default="markdown")
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="(standard output)")
    return parser


def _list() -> int:
    known = frameworks.all_frameworks().values()
    width = max(len(one.key) for one in known)
    for one in known:
        words.write(f"{one.key:<{width}}  {one.name}: {one.edition}\n")
    return 0


def _report(options: argparse.Namespace) -> int:
    chosen = _chosen(options.framework)
    now = datetime.now(UTC)
    period = _period(options.period, now)
    found = config.load(Path())
    if found.problems:
        raise words.UsageError("\n".join(str(problem) for problem in found.problems))
    location = stores.locate(found.root)
    requests = dossier.load(found.root, found.settings, now=now).requests
    proof = _proof(location)
    told = report.Report(
        project=location.base.name,
        at=ledger.timestamp(now),
        period=period,
        evidence=compliance.gather(stores.stream(location), period),
        reviews=compliance.decided(requests, period),
        requests=requests,
        proof=proof,
        frameworks=chosen,
    )
    checking.put(_FORMS[options.output_format](told), options.output)
    return 0 if proof.whole else _BROKEN


def _chosen(names: Sequence[str]) -> list[Framework]:
    """The frameworks that are asked for, all when none is.

    Raises:
        UsageError: one of them is none.
    """
    known = frameworks.all_frameworks()
    for name in names:
        if name not in known:
            hint = words.did_you_mean(name, known) or f": choose from {', '.join(known)}"
            raise words.UsageError(f"there is no framework {visible(name)!r}{hint}")
    return [known[name] for name in dict.fromkeys(names or known)]


def _period(word: str, now: datetime) -> Period:
    """The period that a word means.

    Raises:
        UsageError: it means none, or one that ends before it begins.
    """
    first, dots, last = word.partition("..")
    if dots:
        period = Period(
            choosing.instant(first, "--period"), choosing.instant(last, "--period", end=True)
        )
    elif match := _CALENDAR.fullmatch(word):
        period = _calendar(word, match)
    else:
        period = Period(choosing.instant(word, "--period"), ledger.timestamp(now))
    if not period.since or period.since >= period.until:
        raise words.UsageError(f"--period {word}: give when it begins and, later, when it ends")
    if period.since >= ledger.timestamp(now):
        raise words.UsageError(f"--period {word}: it has not begun yet")
    return period


def _calendar(word: str, match: re.Match[str]) -> Period:
    """A year, a quarter or a month.

    Raises:
        UsageError: there is no such month.
    """
    year, quarter, month = int(match["year"]), match["quarter"], int(match["month"] or 1)
    first, length = (
        (3 * int(quarter) - 2, 3) if quarter else (month, 1 if match["month"] else _MONTHS)
    )
    try:
        after, rest = divmod(first - 1 + length, _MONTHS)
        edges = (date(year, first, 1), date(year + after, rest + 1, 1))
    except ValueError:
        raise words.UsageError(f"--period {word}: there is no such month") from None
    since, until = (ledger.timestamp(datetime(d.year, d.month, 1, tzinfo=UTC)) for d in edges)
    return Period(since, until)


def _proof(location: Location) -> Proof:
    """What the chains and the anchors in git's notes show."""
    found = checking.anchors_of(location)
    asked = {anchor.seq for anchor in found}
    there = [known for chain in chains.chains(location) if (known := examine(chain, asked))]
    held = anchors.hold([each.known for each in there], "", found)

    def told() -> Iterator[str]:
        if not there:
            yield "Nothing was ever recorded here."
        for each in there:
            state = f"The ledger is NOT whole: {each.why}" if each.why else "The ledger is whole"
            yield f"{state}. It has {each.events:,} events; the last is {each.last.seq}:{each.last.hash}."
            yield from (f"{note[:1].upper()}{note[1:]}." for note in each.notes)
        for anchor in held.borne[-1:]:
            sign = "A signed anchor" if anchor.signature else "An anchor"
            yield f"{sign} in the note on commit {anchor.commit} bears it out up to {anchor.seq}:{anchor.hash}."
        for _, why in held.broken:
            yield f"An anchor does NOT bear it out: {why}."
        if there and not held.borne and not held.broken:
            yield "No anchor in git's notes bears it out (vetline audit anchor sets one)."

    whole = not held.broken and not any(each.why for each in there)
    return Proof(whole, bool(held.borne) and not held.broken, tuple(told()))
