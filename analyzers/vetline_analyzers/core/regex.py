"""Patterns that are compiled when they are first used: a text needs few of the hundreds there are.

To compile one takes a sixth of a millisecond, and whoever starts for one file would wait for all of them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import AnyStr


class _Late:
    """Behaves as the pattern that it becomes."""

    def __init__(self, compiled: Callable[[], object]) -> None:
        self._compiled = compiled

    def __getattr__(self, name: str) -> object:
        found = getattr(self._compiled(), name)
        setattr(self, name, found)
        return found


def late(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, made when it is first asked for something.

    A pattern with a fault in it is told only then; what each is for has tests of its own.
    """
    return cast("re.Pattern[AnyStr]", _Late(cache(lambda: re.compile(pattern, flags))))
