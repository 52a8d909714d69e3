"""Faults of data flow as findings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Related, Severity
from vetline_analyzers.core.text import Span
from vetline_analyzers.flow.value import FOREIGN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.flow.machine import Fault
    from vetline_analyzers.flow.value import Place
    from vetline_analyzers.syntax.blocks import Block
    from vetline_analyzers.syntax.tree import Source


_ELSEWHERE = Span(0, 0)  # of a step in another file, which has a line instead
_NEAR = 20  # findings that are compared with one


def findings(
    analyzer: str, source: Source, blocks: Sequence[Block], faults: Sequence[Fault]
) -> Iterator[Finding]:
    """What a reader is told of faults, the traced ones with the way of the value."""

    def span(place: Place) -> Span:
        return span_of(source, blocks, place)

    best: dict[tuple[str, Place], Fault] = {}
    for fault in faults:  # of a function that is run for several callers the surest
        key = fault.rule.id, fault.place
        if key not in best or _surety(fault) > _surety(best[key]):
            best[key] = fault
    for fault in best.values():
        rule, opinion = fault.rule, fault.opinion
        finding = rule.found(analyzer, span(fault.place), opinion.message)
        flow = tuple(
            Related(_ELSEWHERE, step.words, step.path, step.line)
            if step.path
            else Related(span(step.place), step.words)
            for step in fault.steps
            if step.path or step.place.block < FOREIGN
        )
        severity, confidence, tentative = rule.severity, Confidence.HIGH, rule.tentative
        if not fault.traced:
            severity = min(rule.severity, Severity.MEDIUM)
            confidence, tentative = Confidence.MEDIUM, True
        yield replace(
            finding,
            flow=flow,
            severity=severity if opinion.severity is None else opinion.severity,
            confidence=confidence if opinion.confidence is None else opinion.confidence,
            persona=finding.persona if opinion.persona is None else opinion.persona,
            tentative=_cut(source, blocks, fault.place)
            or (tentative if opinion.tentative is None else opinion.tentative),
        )


def _cut(source: Source, blocks: Sequence[Block], place: Place) -> bool:
    """Whether what the fault speaks of is not finished."""
    start = blocks[place.block].node.start_byte
    return bool(source.changes(start + place.start, start + place.end))


def _surety(fault: Fault) -> tuple[bool, bool]:
    return fault.traced, not fault.doubted


def told_once(flows: Sequence[Finding], patterns: Iterable[Finding]) -> list[Finding]:
    """What both kinds of rules found, where both see the same fault what the surer one says, or else data flow.

    Theirs is the same where their spans overlap and they share a CWE. What is left keeps the fix of either.
    """
    known = sorted(flows, key=lambda f: f.span.start)
    ends = list(accumulate((f.span.end for f in known), max))
    told = [*known]
    for finding in patterns:
        at = bisect_left(ends, finding.span.start)
        until = bisect_right(known, finding.span.end, key=lambda f: f.span.start)
        twin = next(
            (n for n in range(at, min(until, at + _NEAR)) if _same(known[n], finding)), None
        )
        if twin is None:
            told.append(finding)
            continue
        better, other = told[twin], finding
        if better.tentative and not other.tentative:
            better, other = other, better
        told[twin] = replace(
            better,
            also=tuple(dict.fromkeys((*better.also, other.rule, *other.also))),
            severity=max(better.severity, other.severity),
            fix=better.fix or other.fix,
        )
    return told


def _same(a: Finding, b: Finding) -> bool:
    overlap = a.span.start <= b.span.end and b.span.start <= a.span.end
    return overlap and a.rule != b.rule and not set(a.cwe).isdisjoint(b.cwe)


def span_of(source: Source, blocks: Sequence[Block], place: Place) -> Span:
    """Where a place lies in the text."""
    start = blocks[place.block].node.start_byte
    return Span(source.offset(start + place.start), source.offset(start + place.end))
