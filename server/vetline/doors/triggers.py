"""`vetline triggers`: what in an AI's code a person should look at, and how often that is so in some code.

  vetline triggers list              the triggers there are
  vetline triggers stats [PATH…]     how much of the code at these paths (.) each trigger asks to be looked at

`stats` counts as if an AI had written all of it. An insertion is a function, a method, a class apart from its methods, or
a run of top-level statements between them; of declarative files what stands under one head. Imports are not counted,
and neither are files of tests, in which no trigger fires. Exit codes: 0 told; 2 wrong usage; 3 something could not be
checked, which is said.
"""

from __future__ import annotations

import json
import os
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import files, worker
from vetline.doors import options as words
from vetline.formats import visible
from vetline_analyzers import escalation
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Span
from vetline_analyzers.engine import Failure
from vetline_analyzers.syntax import enclosing, lined, tree
from vetline_analyzers.syntax.blocks import split
from vetline_analyzers.syntax.document import kind
from vetline_analyzers.syntax.query import DIALECTS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vetline.config import Config
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.engine import Analysis

VERSION = 1  # of the JSON
_USAGE, _NOT_CHECKED = 2, 3
_ANALYZER = escalation.NAME
_FILES_A_WORKER = 10
_PASSED = frozenset(
    {"import_statement", "import_from_statement", "future_import_statement", "comment"}
)
_HEAD = re.compile(r"^[^ \t\r\n#})\]/-]", re.MULTILINE)  # a line that stands under no other


class Count(NamedTuple):
    """What was counted in some texts.

    Attributes:
        files: texts.
        insertions: pieces of them.
        escalated: those in which a trigger fires.
        by_trigger: for each trigger those in which it does.
        sites: for each trigger the places at which it does.
    """

    files: int
    insertions: int
    escalated: int
    by_trigger: Mapping[str, int]
    sites: Mapping[str, int]


def main(argv: list[str]) -> int:
    """List or count; gives the exit code."""
    try:
        options = _parser().parse_args(argv)
        if options.what == "list":
            _list(options.output_format)
            return 0
        return _stats(options)
    except words.UsageError as error:
        words.tell("triggers", str(error))
        return _USAGE


def _parser() -> argparse.ArgumentParser:
    parser = words.Parser(prog="vetline triggers", description=__doc__)
    actions = parser.add_subparsers(dest="what", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the triggers there are")
    stats = actions.add_parser("stats", help="how often each fires in some code")
    stats.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (.)")
    words.add_config(stats)
    for each in (listing, stats):
        each.add_argument("--output-format", choices=("text", "json"), default="text")
    return parser


def _list(output_format: str) -> None:
    rules = escalation.rules()
    if output_format == "json":
        told = [
            {"id": rule.id, "title": rule.title, "page": rule.page.strip(), "advice": rule.advice}
            for rule in rules
        ]
        words.write(json.dumps({"version": VERSION, "triggers": told}, indent=2) + "\n")
        return
    width = max(len(rule.id) for rule in rules)
    words.write("".join(f"{rule.id:<{width}}  {rule.title}\n" for rule in rules))


# -- how often


def _stats(options: argparse.Namespace) -> int:
    options.analyzer = [_ANALYZER]
    config = words.load_config(options, {}, options.paths)
    paths = [Path(path) for path in options.paths or ["."]]
    failures: list[Failure] = []
    count = counted(_examined(config, paths, failures))
    write = _as_json if options.output_format == "json" else _as_text
    words.write(write(count, len(failures)))
    for failure in failures:
        words.tell("triggers", f"{failure.path}: {failure.reason}")
    return _NOT_CHECKED if failures else 0


def _examined(
    config: Config, paths: Sequence[Path], failures: list[Failure]
) -> Iterator[tuple[Snapshot, Analysis]]:
    settings = config.settings
    found = []
    for item in files.discover(paths, config.root, settings.exclude):
        if isinstance(item, Failure):
            failures.append(item)
        elif not escalation.is_passed_over(item.place):
            found.append(item)

    def snapshots() -> Iterator[Snapshot]:
        for item in found:
            reading = files.read(item, settings.max_file_size)
            failures.extend(reading.failures)
            if reading.snapshot is not None:
                yield reading.snapshot

    most = min(os.cpu_count() or 1, 1 + len(found) // _FILES_A_WORKER)
    asked = worker.examine_all(
        snapshots(), (_ANALYZER,), Facts(), workers=most, timeout=settings.timeout
    )
    for snapshot, analysis in asked:
        failures.extend(analysis.failures)
        yield snapshot, analysis


def counted(examined: Iterable[tuple[Snapshot, Analysis]]) -> Count:
    """What triggers come to in some texts.

    Args:
        examined: texts, and what the triggers said of them.
    """
    number = insertions = escalated = 0
    by_trigger: Counter[str] = Counter()
    sites: Counter[str] = Counter()
    for snapshot, analysis in examined:
        pieces = _pieces(snapshot)
        fired: defaultdict[Span, set[str]] = defaultdict(set)
        for finding in analysis.findings:
            fired[_holding(snapshot, pieces, finding.span)].add(finding.rule)
            sites[finding.rule] += 1
        there = {*pieces, *fired}
        number += bool(there)
        insertions += len(there)
        escalated += len(fired)
        for rules in fired.values():
            by_trigger.update(rules)
    return Count(number, insertions, escalated, by_trigger, sites)


def _pieces(snapshot: Snapshot) -> list[Span]:
    """What an AI may have inserted in one go, in the order of the text."""
    if snapshot.language not in DIALECTS:
        if not _is_read(snapshot):
            return []
        heads = [match.start() for match in _HEAD.finditer(snapshot.text)]
        return [Span(*pair) for pair in pairwise([*heads, len(snapshot.text)])]
    source = tree.parse(snapshot, {})
    blocks = split(source, DIALECTS[snapshot.language])
    spans = (source.span(each.node) for each in blocks if each.node.type not in _PASSED)
    return sorted({enclosing.region(snapshot, span).span for span in spans})


def _is_read(snapshot: Snapshot) -> bool:
    """Whether triggers look into a text that is no code."""
    if snapshot.language in kind.LANGUAGES:
        return bool(kind.read(snapshot, {}).documents)
    return bool(lined.kind(snapshot.path))


def _holding(snapshot: Snapshot, pieces: list[Span], span: Span) -> Span:
    """The piece that a finding is in."""
    if snapshot.language in DIALECTS:
        return enclosing.region(snapshot, span).span
    index = bisect_right(pieces, span.start, key=lambda piece: piece.start) - 1
    return pieces[index] if index >= 0 else span


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _as_json(count: Count, failures: int) -> str:
    triggers = {
        rule.id: {
            "insertions": count.by_trigger.get(rule.id, 0),
            "share": round(_share(count.by_trigger.get(rule.id, 0), count.insertions), 4),
            "sites": count.sites.get(rule.id, 0),
        }
        for rule in escalation.rules()
    }
    told = {
        "version": VERSION,
        "files": count.files,
        "insertions": count.insertions,
        "escalated": count.escalated,
        "share": round(_share(count.escalated, count.insertions), 4),
        "triggers": triggers,
        "not_checked": failures,
    }
    return json.dumps(told, indent=2) + "\n"


def _as_text(count: Count, failures: int) -> str:
    rows = [("escalate", count.escalated, "")]
    for rule in escalation.rules():
        number, sites = count.by_trigger.get(rule.id, 0), count.sites.get(rule.id, 0)
        rows.append((f"  {rule.id}", number, f"  {sites:,} site{'s' * (sites != 1)}"))
    width = max(len(name) for name, _, _ in rows)
    lines = [
        f"{name:<{width}}  {number:>7,}  {_share(number, count.insertions):>6.1%}{more}"
        for name, number, more in rows
    ]
    head = f"{count.insertions:,} insertions in {count.files:,} file{'s' * (count.files != 1)}"
    missed = f"; {failures:,} could not be checked, or not wholly" if failures else ""
    return visible(head + missed) + "\n" + "\n".join(lines) + "\n"
