"""What steers agents: phrases in their instructions that serve somebody else, and settings that give too much.

Phrases are hints: a text says them for many reasons, and no rule on them is severe. Settings are read as they are
written, and what they allow is a fact.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf
from vetline_analyzers.core.analyzer import Analyzer, NotChecked, Pace
from vetline_analyzers.syntax.document import agent_settings
from vetline_analyzers.syntax.document.role import Role, role_of
from vetline_analyzers.syntax.document.rule import ConfigurationRule
from vetline_analyzers.syntax.prose import PhraseRule, Prose, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.core.analyzer import Facts, Memo
    from vetline_analyzers.core.finding import Finding, Rule
    from vetline_analyzers.core.text import Snapshot, Span
    from vetline_analyzers.syntax.document.rule import Report

NAME = "steering"
LIMIT = 1_000_000  # characters; nobody gives an agent more to read
_LISTED = 5  # lines that a message lists


@cache
def rules() -> tuple[Rule, ...]:
    """The rules on the shelf, by file name."""
    return tuple(shelf.load("vetline_analyzers.rules.agent", "RULE").values())


@cache
def _on_settings() -> tuple[ConfigurationRule, ...]:
    return tuple(rule for rule in rules() if isinstance(rule, ConfigurationRule))


@cache
def _on_phrases() -> tuple[PhraseRule, ...]:
    return tuple(rule for rule in rules() if isinstance(rule, PhraseRule))


@cache
def _words() -> Words:
    return Words(_on_phrases())


def _analyze(snapshot: Snapshot, _facts: Facts, _memo: Memo) -> Iterator[Finding]:
    text, path = snapshot.text, snapshot.path
    role = role_of(path, text, snapshot.language)
    if role is Role.NONE:
        return
    if len(text) > LIMIT:
        raise NotChecked(
            f"larger than {LIMIT:,} characters: what it tells agents was not looked at"
        )
    if role in {Role.SETTINGS, Role.INSTRUCTIONS}:
        yield from _settings(snapshot, role)
    if role is not Role.SETTINGS:
        yield from _phrases(text)


def _phrases(text: str) -> Iterator[Finding]:
    prose = Prose(text, _words())
    found = [(rule, *one) for rule in _on_phrases() for one in prose.find(rule)]
    # Of what several rules say of one place the gravest counts, and then the longest.
    found.sort(key=lambda one: (-(one[1].severity or one[0].severity), one[2].start - one[2].end))
    told: list[Span] = []
    for rule, phrase, span in found:
        if any(span.overlaps(other) for other in told):
            continue
        told.append(span)
        finding = rule.found(NAME, span, phrase.message)
        yield finding if phrase.severity is None else replace(finding, severity=phrase.severity)
    if prose.is_cut:
        raise NotChecked(
            "holds too many of the words that orders to agents are made of: not all were looked at"
        )


def _settings(snapshot: Snapshot, role: Role) -> Iterator[Finding]:
    reading = agent_settings.read(snapshot.text, snapshot.path, role)
    found: dict[tuple[Span, str], Finding] = {}
    for document in reading.documents:
        for rule in _on_settings():
            for report in rule.check(document):
                found.setdefault((report.span, rule.id), _finding(rule, report))
    yield from found.values()
    if reading.missing:
        raise NotChecked(reading.missing)
    if reading.broken:
        raise NotChecked(f"{_lines(reading.broken)} could not be parsed; the rest was checked")


def _finding(rule: ConfigurationRule, report: Report) -> Finding:
    own = {
        name: value
        for name in ("severity", "confidence", "persona", "tentative")
        if (value := getattr(report, name)) is not None
    }
    finding = rule.found(NAME, report.span, report.message, fix=report.fix)
    return replace(finding, secret=report.secret, **own)


def _lines(numbers: Iterable[int]) -> str:
    """The lines of those numbers, from 0: "line 3", "lines 3, 5 and 12 more"."""
    found = sorted({number + 1 for number in numbers})
    listed = ", ".join(map(str, found[:_LISTED]))
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return f"line{'s' if len(found) > 1 else ''} {listed}{more}"


ANALYZER = Analyzer(name=NAME, pace=Pace.KEYSTROKE, rules=rules, analyze=_analyze)
