"""Least privilege in declarative files: Dockerfiles, workflows, manifests, Terraform.

Each rule is shown the whole document as a plain tree. What is no document of a kind we know is passed
over in silence, whether it parses or not.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.syntax.document import kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.analyzer import Facts, Memo
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot, Span
    from vetline_analyzers.syntax.document.rule import ConfigurationRule, Report

NAME = "configuration"
LIMIT = 1_000_000  # characters; a larger file is data
_SHELVES = ("dockerfile", "compose", "github_actions", "kubernetes", "terraform")


@cache
def rules() -> tuple[ConfigurationRule, ...]:
    """The rules on the shelves, by shelf, then by file name."""
    loaded = (shelf.load(f"vetline_analyzers.rules.{name}", "RULE") for name in _SHELVES)
    return tuple(rule for found in loaded for rule in found.values())


@cache
def _rules_for(kind: str) -> tuple[ConfigurationRule, ...]:
    return tuple(rule for rule in rules() if kind in rule.kinds)


def _analyze(snapshot: Snapshot, _facts: Facts, memo: Memo) -> Iterator[Finding]:
    if len(snapshot.text) > LIMIT:
        memo.clear()
        if not kind.is_clear(snapshot):
            return  # data
        raise NotChecked(f"larger than {LIMIT:,} characters: its configuration was not looked at")
    reading = kind.read(snapshot, memo)
    found: dict[tuple[Span, str], Finding] = {}
    for document in reading.documents:
        for rule in _rules_for(document.kind):
            for report in rule.check(document):
                found.setdefault((report.span, rule.id), _finding(rule, report))
    yield from found.values()
    if reading.missing:
        raise NotChecked(reading.missing)


def _finding(rule: ConfigurationRule, report: Report) -> Finding:
    finding = rule.found(NAME, report.span, report.message, fix=report.fix)
    own = {
        name: value
        for name in ("severity", "confidence", "persona", "tentative")
        if (value := getattr(report, name)) is not None
    }
    return replace(finding, secret=report.secret, **own)


ANALYZER = Analyzer(
    name=NAME,
    pace=Pace.KEYSTROKE,
    rules=rules,
    analyze=_analyze,
    languages=kind.LANGUAGES,
)
