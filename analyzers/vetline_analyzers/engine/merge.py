"""The same fault at the same place is one finding, whoever sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot


def merge(snapshot: Snapshot, findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those that repeat a better one of another analyzer.

    Two mean the same when one's rule names the other's in `same_as` and they share a line, or when
    their spans overlap and they share a CWE. The better one is the one that names the other, then
    the more severe, then the more confident; it keeps the other's rule in `also`.
    """
    kept: list[Finding] = []
    by_line: dict[int, list[int]] = {}
    for finding in sorted(findings, key=_rank):
        lines = _lines(snapshot, finding)
        twin = next(
            (
                index
                for line in lines
                for index in by_line.get(line, ())
                if _same(kept[index], finding)
            ),
            None,
        )
        if twin is None:
            for line in lines:
                by_line.setdefault(line, []).append(len(kept))
            kept.append(finding)
            continue
        better = kept[twin]
        if finding.rule != better.rule and finding.rule not in better.also:
            kept[twin] = replace(better, also=(*better.also, finding.rule))
    return kept


def _rank(finding: Finding) -> tuple[int, int, int, int, str]:
    names_others = 0 if finding.same_as else 1
    width = finding.span.end - finding.span.start
    return (names_others, -finding.severity, -finding.confidence, width, finding.rule)


def _lines(snapshot: Snapshot, finding: Finding) -> range:
    first = snapshot.position(finding.span.start).line
    return range(first, snapshot.position(finding.span.end).line + 1)


def _same(better: Finding, other: Finding) -> bool:
    if better.analyzer == other.analyzer:
        return False
    if other.rule in better.same_as or better.rule in other.same_as:
        return True
    return better.span.overlaps(other.span) and not set(better.cwe).isdisjoint(other.cwe)
