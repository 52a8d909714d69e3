"""A second reading of a text that does not parse: with what is open in it closed.

Places in such a reading lead back to the text as it is. A reading counts when the parser can do more with it than
with the text alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax import tree
from vetline_analyzers.syntax.closing import readings
from vetline_analyzers.syntax.closing_javascript import JavaScriptReader
from vetline_analyzers.syntax.closing_python import PythonReader
from vetline_analyzers.syntax.tree import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.analyzer import Memo
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.syntax.closing import Mend, Reader

_READERS: dict[str, type[Reader]] = {
    "python": PythonReader,
    "javascript": JavaScriptReader,
    "typescript": JavaScriptReader,
    "tsx": JavaScriptReader,
}
_TAKEN = 3  # what it costs to take something out, where to put something in costs one
_LARGEST = 200_000  # bytes; a larger text is not read twice

# By language the second reading that was made last, for the next analyzer that asks for it.
_LATEST: dict[str, Source] = {}


@dataclass(frozen=True, slots=True)
class Mended(Source):
    """A text, and the tree of the same text with what is open in it closed.

    Attributes:
        plain: the text with its own tree.
        put: for each change where it begins and ends in `data`, where the text goes on behind it in
            `plain.data`, and how much of that it took out.
    """

    plain: Source
    put: tuple[tuple[int, int, int, int], ...]

    def offset(self, byte: int) -> int:
        """The code point of the text that a byte of this reading stands for."""
        number = self._before(byte)
        if number < 0:
            return self.plain.offset(byte)
        _, end, at, removed = self.put[number]
        return self.plain.offset(at + byte - end if byte >= end else at - removed)

    def changes(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """What was changed between two bytes: where it begins and ends, counted from the first, what it took out."""
        first = self._before(start)
        if first < 0 or self.put[first][1] <= start:
            first += 1
        last = bisect_left(self.put, end, key=lambda put: put[0])
        return tuple((a - start, b - start, gone) for a, b, _, gone in self.put[first:last])

    def _before(self, byte: int) -> int:
        """The number of the last change that begins at a byte or before it, -1 for none."""
        return bisect_right(self.put, byte, key=lambda put: put[0]) - 1

    def gaps(self) -> Iterator[Span]:
        """The stretches of the text that are not as a parser wants them."""
        for start, end, _, _ in self.put:
            yield Span(self.offset(start), self.offset(end))
        yield from Source.gaps(self)


def parse(snapshot: Snapshot, memo: Memo) -> Source:
    """The tree of a snapshot, of the better of two readings when its text does not parse.

    Args:
        snapshot: the text.
        memo: as for `tree.parse`; holds the last second reading under "mended".
    """
    source = tree.parse(snapshot, memo)
    reader = _READERS.get(snapshot.language)
    if not source.root.has_error or reader is None or len(source.data) > _LARGEST:
        memo.pop("mended", None)
        return source
    last: Source | None = memo.get("mended")
    if last is None or last.text != snapshot.text:
        last = _LATEST.get(snapshot.language)
    if last is None or last.text != snapshot.text:
        last = _LATEST[snapshot.language] = _mended(snapshot, source, reader)
    memo["mended"] = last
    return last


def _mended(snapshot: Snapshot, source: Source, reader: type[Reader]) -> Source:
    """The reading that leaves the least unread, in doubt the text as it is."""
    text = source.data.decode("utf-8", "replace")
    best, least = source, (tree.unread(source.root), 0)
    for each in (text, tree.without_string_end(snapshot.language, text)):
        for found in readings(reader, each) if each else ():
            other = _closed(snapshot.language, source, each, found)
            # To close something is a smaller change than to take out what somebody wrote.
            cost = sum(1 + _TAKEN * mend.removed for mend in found)
            if (rank := (tree.unread(other.root), cost)) < least:
                best, least = other, rank
        if not least[0]:
            break
    return best


def _closed(language: str, source: Source, text: str, found: list[Mend]) -> Mended:
    """The reading that some changes give of a text as long as the source's."""
    pieces: list[bytes] = []
    put: list[tuple[int, int, int, int]] = []
    at = read = size = 0
    for mend in found:
        before, new = text[at : mend.at].encode(), mend.text.encode()
        pieces += [before, new]
        size, read = size + len(before), read + len(before)
        read += mend.removed  # what is taken out is a bracket: one byte
        put.append((size, size + len(new), read, mend.removed))
        size, at = size + len(new), mend.at + mend.removed
    pieces.append(text[at:].encode())
    data = b"".join(pieces)
    return Mended(source.text, data, tree.parsed(language, data), [], source, tuple(put))
