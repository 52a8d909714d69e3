"""What happened to a text while nobody watched, told again from the reports of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline.provenance import matching
from vetline.provenance.align import says_something
from vetline.provenance.memory import MUCH, telling, weight
from vetline.provenance.tracker import WINDOW, Tracker
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vetline.provenance.claims import Claim
    from vetline_analyzers.core.text import Snapshot


def replay(
    tracker: Tracker,
    known: Snapshot,
    reports: Sequence[Claim],
    now: Snapshot,
    between: tuple[float, float],
) -> list[Claim]:
    """Lead `tracker` from the text `known` to the text `now` by way of the reported edits.

    What no report explains was changed by nobody knows whom. An edit that cannot be placed in the text
    as it is known is looked for in the text as it is now.

    Args:
        tracker: the owners of `known`; in the end those of `now`.
        known: the text when it was last seen.
        reports: what was reported since, in order.
        now: the text.
        between: when `known` and `now` were seen, seconds since the epoch.

    Returns:
        The reports that explain nothing of the text.
    """
    at = known
    placed: list[tuple[Claim, int]] = []
    lost: list[Claim] = []
    for report in reports:
        steps = _steps(at, report)
        if steps is None:
            lost.append(report)
            continue
        for text, is_theirs in steps:
            after = replace(at, text=text)
            first = max(tracker.sources, default=0)
            tracker.rewrite(at, after, report.origin if is_theirs else between)
            at = after
            if is_theirs:
                _as_proposed(tracker, after, report, first)
                placed += [(report, owner) for owner in tracker.sources if owner > first]
    tracker.rewrite(at, now, between)
    alive = {owner for line in tracker.lines for _, owner in line.runs}
    landed = {id(report) for report, owner in placed if owner in alive}
    for report, _ in placed:
        report.used |= id(report) in landed
    lost += {id(r): r for r, _ in placed if id(r) not in landed}.values()
    return [report for report in lost if not _found(tracker, now, report)]


def _steps(at: Snapshot, report: Claim) -> list[tuple[str, bool]] | None:
    """The texts that a report leads through, and whether the agent made each; None when it has no place."""
    edit = report.edit
    text = _plain(at.text)
    steps: list[tuple[str, bool]] = []
    if edit.before is not None and _plain(edit.before) != text:
        text = _plain(edit.before)
        steps.append((text, False))
    if edit.after is not None:
        return [*steps, (_plain(edit.after), True)]
    for old, new in edit.changes:
        old, new = _plain(old), _plain(new)  # noqa: PLW2901 - the same in the text's own line ends
        if not old or text.count(old) != 1:
            return None
        text = text.replace(old, new)
    if not edit.changes:
        return steps if edit.before is not None else None
    return [*steps, (text, True)]


def _as_proposed(tracker: Tracker, after: Snapshot, report: Claim, first: int) -> None:
    """Where a person changed a proposal that is known, its other lines are the agent's alone."""
    if not report.origin.modified or report.edit.proposed is None:
        return
    proposed = {line.strip() for line in report.edit.proposed.splitlines()}
    owner = tracker.add(replace(report.origin, modified=False))
    for number in range(len(after.line_starts)):
        if after.line_text(number).strip() in proposed:
            span = after.line_span(number)
            tracker.repaint(after, span, lambda old: owner if first < old < owner else old)


def _found(tracker: Tracker, now: Snapshot, report: Claim) -> bool:
    """Look for what a report says in the text as it is."""
    located = False
    for old, new in report.edit.changes:
        located |= _located(tracker, now, report, (_plain(old), _plain(new)))
    report.used |= located
    return located or matching.apply(tracker, now, report, WINDOW)


def _located(tracker: Tracker, now: Snapshot, report: Claim, change: tuple[str, str]) -> bool:
    """Give what a change added to its agent, where the changed text stands just once."""
    old, new = change
    end = "\r\n" if "\r\n" in now.text else "\n"
    said = new.replace("\n", end)
    if not (telling(new) or _is_block(new)) or now.text.count(said) != 1:
        return False
    start = now.text.index(said)
    around = now.text[max(start - 1, 0) : start], now.text[start + len(said) :][:1]
    is_whole = around[0] in {"", "\n"} and (said.endswith("\n") or around[1] in {"", "\r", "\n"})
    if not is_whole and weight(new) < MUCH:
        return False  # a word is anybody's
    before, after = replace(now, text=old), replace(now, text=new)
    inside = Tracker.fresh(before)
    inside.rewrite(before, after, report.origin)
    explained = False
    owner = 0
    at = start
    for line in inside.lines:
        for length, own in (*line.runs, (len(end), line.end)):
            if own:
                owner = owner or tracker.add(report.origin)
                span = Span(at, min(at + length, len(now.text)))
                explained |= tracker.settle(now, span, owner)
            at += length
    return explained


def _is_block(text: str) -> bool:
    """Whether it is so many lines that they do not stand together by chance."""
    return sum(map(says_something, text.split("\n"))) > 2  # noqa: PLR2004 - lines


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
