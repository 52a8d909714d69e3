"""The same fault at the same place is one finding, whoever sees it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot, Span

_STRETCH = 1000  # characters


def merge(snapshot: Snapshot, findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those that repeat a better one of another analyzer.

    Two mean the same when one's rule names the other's in `same_as` and they share a line (of a very
    long line, a stretch), or when their spans overlap and they share a CWE. The better one is the one
    that names the other, then the one that more people see, then the more severe, then the more
    confident; it keeps the other's rule in `also`, and its fix where it has none itself.
    A rule of ours that names another tool's knows more than it: where ours speaks to a
    stricter persona, or is tentative, so is the one finding. Otherwise nobody loses sight of it.
    """
    kept: list[Finding] = []
    by_place: dict[int, list[int]] = {}
    for finding in sorted(findings, key=_rank):
        places = _places(snapshot, finding)
        twin = next(
            (
                index
                for place in places
                for index in by_place.get(place, ())
                if _same(kept[index], finding)
            ),
            None,
        )
        if twin is None:
            for place in places:
                by_place.setdefault(place, []).append(len(kept))
            kept.append(finding)
            continue
        better = kept[twin]
        if finding.rule not in better.same_as:
            persona = min(better.persona, finding.persona)
            tentative = better.tentative and finding.tentative
            better = replace(better, persona=persona, tentative=tentative)
        if finding.rule != better.rule and finding.rule not in better.also:
            better = replace(better, also=(*better.also, finding.rule))
        if better.fix is None and finding.fix is not None:
            better = replace(better, fix=finding.fix)
        kept[twin] = better
    return kept


def _rank(finding: Finding) -> tuple[object, ...]:
    names_others = 0 if finding.same_as else 1
    width = finding.span.end - finding.span.start
    return (
        names_others,
        finding.persona,
        -finding.severity,
        -finding.confidence,
        width,
        finding.rule,
        finding.span,
        finding.analyzer,
        finding.cwe,
        finding.same_as,
        finding.persona,
        finding.tentative,
    )


def _places(snapshot: Snapshot, finding: Finding) -> list[int]:
    """The stretches that the finding touches, also where the value at fault came about."""
    return [place for span in finding.spans for place in _stretches(snapshot, span)]


def _stretches(snapshot: Snapshot, span: Span) -> list[int]:
    """The offsets of the lines that a span touches, long ones cut up.

    Without the cut, a minified file would be compared all with all.
    """
    starts = snapshot.line_starts
    first, column = snapshot.position(span.start)
    last = snapshot.position(max(span.start, span.end - 1)).line
    places = [span.start - column % _STRETCH, *starts[first + 1 : last + 1]]
    for begin, end in pairwise([*places, max(span.start, span.end - 1) + 1]):
        places += range(begin + _STRETCH, end, _STRETCH)
    return places


def _same(better: Finding, other: Finding) -> bool:
    if better.analyzer == other.analyzer:
        return False
    if other.rule in better.same_as or better.rule in other.same_as:
        return True
    return better.span.overlaps(other.span) and not set(better.cwe).isdisjoint(other.cwe)
