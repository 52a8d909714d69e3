"""Whether a rate jumped: the newest week against the weeks before it, by what a few odd weeks cannot move.

The score is the modified z-score of Iglewicz and Hoaglin ("How to Detect and Handle Outliers", 1993): the distance from the
median in median absolute deviations, with their bound of 3.5. What little a count can say is counted in, too: of a rate
that is expected to give n findings the deviation is never taken for less than the square root of n. Pure.
"""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEKS = 8  # before the newest that are looked at
_BOUND = 3.5
_NORMAL = 1.4826  # the standard deviation in median absolute deviations, of a normal distribution
_LEAST_WEEKS, _LEAST_LINES, _LEAST_FOUND = 4, 50, 5
_LEAST_RISE = 1.5


class Week(NamedTuple):
    """How many findings there were in how many lines."""

    found: int
    lines: int


class Jump(NamedTuple):
    """A rate that jumped: findings per line in the newest week and as they were, and the score."""

    rate: float
    usual: float
    score: float


def jump(weeks: Sequence[Week]) -> Jump | None:
    """Whether the last of some weeks, the oldest first, is out of line with those before it; None when not.

    Nobody is accused of little: the newest week needs five findings in fifty lines and half as much again as usual, and four
    of the eight weeks before it fifty lines each.
    """
    *before, newest = weeks
    known = [week.found / week.lines for week in before[-WEEKS:] if week.lines >= _LEAST_LINES]
    if len(known) < _LEAST_WEEKS or newest.lines < _LEAST_LINES or newest.found < _LEAST_FOUND:
        return None
    rate, usual = newest.found / newest.lines, median(known)
    spread = _NORMAL * median(abs(one - usual) for one in known)
    counted = math.sqrt(max(usual * newest.lines, 1)) / newest.lines
    score = (rate - usual) / max(spread, counted)
    return Jump(rate, usual, score) if score > _BOUND and rate >= usual * _LEAST_RISE else None
