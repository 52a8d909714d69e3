"""Which lines hold what makes a detector look: all anchors searched for in all lines at once.

Hyperscan reads a thousand lines in a tenth of a millisecond, Aho and Corasick's automaton in half of one. But
hyperscan takes some 55 ms to be loaded and to compile three thousand anchors, the automaton three, so who looks
at fewer than a hundred thousand lines never waits for hyperscan.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    # Gives of some bytes (where a match ends, the number of the anchor), matches that overlap too.
    Search = Callable[[bytes], Iterable[tuple[int, int]]]

log = logging.getLogger(__name__)

# Bytes that the automaton reads in about the time that hyperscan takes to start.
_PATIENCE = 5_000_000


class Prefilter:
    """A set of anchors, searched for in lines by the fastest means that there is and that pays.

    Args:
        anchors: lower-case ASCII strings without line ends, none empty.
        patience: after so many bytes hyperscan is started, where it is installed.
    """

    def __init__(self, anchors: Sequence[str], patience: int = _PATIENCE) -> None:
        """Make the automaton ready."""
        self._anchors = anchors
        self._left = patience
        self._search = by_automaton(anchors) or one_by_one(anchors)

    def lines_with(self, lines: Sequence[str]) -> dict[int, set[int]]:
        """By the number of each line that holds an anchor, the numbers of those that it holds.

        Letters of ASCII are found in either case, and nothing but ASCII is taken for them.

        Args:
            lines: texts without line ends.
        """
        data = "\n".join(lines).encode("utf-8", "surrogatepass")
        if self._left >= 0:
            self._left -= len(data)
            if self._left < 0:
                self._search = by_hyperscan(self._anchors) or self._search
        ends = list(accumulate(map(len, data.splitlines(keepends=True))))
        found: dict[int, set[int]] = {}
        for end, number in self._search(data):
            found.setdefault(bisect_left(ends, end), set()).add(number)
        return found


def by_hyperscan(anchors: Sequence[str]) -> Search | None:
    """A search by hyperscan; None where it is not installed or does not know the processor."""
    try:
        import hyperscan  # noqa: PLC0415 - eight milliseconds that few need

        base = hyperscan.Database()
        base.compile(
            expressions=[anchor.encode() for anchor in anchors],
            ids=list(range(len(anchors))),
            elements=len(anchors),
            flags=hyperscan.HS_FLAG_CASELESS,
            literal=True,
        )
    except Exception as error:  # noqa: BLE001 - a wheel of another platform fails in ways of its own; the automaton finds the same
        log.debug("hyperscan is not used (%s)", type(error).__name__)
        return None

    alone = Lock()  # a database reads one text at a time

    def search(data: bytes) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        with alone:
            base.scan(
                data, match_event_handler=lambda number, _, end, *__: found.append((end, number))
            )
        return found

    return search


def by_automaton(anchors: Sequence[str]) -> Search | None:
    """A search by pyahocorasick; None where it is not installed."""
    try:
        import ahocorasick  # noqa: PLC0415 - may be missing, and then costs time only
    except ImportError:
        return None
    automaton = ahocorasick.Automaton()
    for number, anchor in enumerate(anchors):
        automaton.add_word(anchor, number)
    automaton.make_automaton()

    def search(data: bytes) -> Iterable[tuple[int, int]]:
        # It reads characters; of bytes as characters the offsets are the same.
        return ((last + 1, number) for last, number in automaton.iter(_folded(data)))

    return search


def one_by_one(anchors: Sequence[str]) -> Search:
    """A search that needs nothing installed, and takes its time."""

    def search(data: bytes) -> Iterable[tuple[int, int]]:
        text = _folded(data)
        for number, anchor in enumerate(anchors):
            at = text.find(anchor)
            while at >= 0:
                yield at + len(anchor), number
                at = text.find(anchor, at + 1)

    return search


def _folded(data: bytes) -> str:
    """Bytes as characters of the same number, letters of ASCII made small and no others."""
    return data.lower().decode("latin-1")
