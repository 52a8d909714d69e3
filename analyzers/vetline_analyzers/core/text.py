r"""Text and places in it: spans, edits, snapshots.

Offsets are code points, half-open, from 0. UTF-8 and UTF-16 units exist only in the LSP door, bytes
only in `syntax/`. A line ends with ``\n``, ``\r\n`` or ``\r`` and with nothing else (LSP 3.17,
"Text Documents"): a form feed or U+2028 is an ordinary character.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LINE_END = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether both share a character; an empty span overlaps what it stands in or touches."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def shifted(self, by: int) -> Span:
        """The same span `by` code points further on."""
        return Span(self.start + by, self.end + by)


class Position(NamedTuple):
    """A line and a column, both from 0, the column in code points."""

    line: int
    column: int


class Edit(NamedTuple):
    """Put `text` in the place of `span`."""

    span: Span
    text: str

    def carry(self, span: Span) -> Span | None:
        """Where `span` lies after this edit, or None when the edit touched its text."""
        if self.span.end <= span.start:
            return span.shifted(len(self.text) - (self.span.end - self.span.start))
        if self.span.start >= span.end:
            return span
        return None


def line_starts(text: str) -> list[int]:
    """Offsets at which the lines of `text` start; a text always has at least one line."""
    if "\r" in text:
        return [0, *(match.end() for match in _LINE_END.finditer(text))]
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    starts.pop()
    return starts


def _starts_after(starts: list[int], text: str, edit: Edit) -> list[int]:
    """The line starts of `text`, the result of `edit`, made from the line starts before it.

    Lines are looked for again from one character before the edit to one after it, since an edit can
    glue a carriage return to a line feed or part them.
    """
    (begin, end), inserted = edit
    delta = len(inserted) - (end - begin)
    window = max(0, begin - 1)
    window_end = begin + len(inserted) + 1
    if text[window_end - 1 : window_end] == "\r" and text[window_end : window_end + 1] == "\n":
        window_end += 1
    keep = bisect_right(starts, window)
    resume = bisect_right(starts, window_end - delta)
    between = (match.end() for match in _LINE_END.finditer(text, window, window_end))
    return [
        *starts[:keep],
        *(start for start in between if start > starts[keep - 1]),
        *([start + delta for start in starts[resume:]] if delta else starts[resume:]),
    ]


@dataclass(frozen=True)
class Snapshot:
    """One state of one document. Immutable; equal digests mean equal findings.

    No slots, because the derived values below are cached on first use.

    Attributes:
        uri: the document's URI, its identity.
        language: a name from `languages/` ("python"), or "text".
        version: the client's version number; 0 for a file on disk.
        text: the whole text, line ends as they are.
        path: POSIX path relative to the project's root, or the bare file name; what rules may know
            of the place ("tests/test_x.py").
    """

    uri: str
    language: str
    version: int
    text: str = field(repr=False)
    path: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets at which the lines start."""
        return line_starts(self.text)

    def position(self, offset: int) -> Position:
        """The position of `offset`; offsets outside the text are clamped."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.line_starts, offset) - 1
        return Position(line, offset - self.line_starts[line])

    def offset(self, position: Position) -> int:
        """The offset of `position`; clamped to the line's end and the text's end."""
        line, column = position
        if line < 0:
            return 0
        if line >= len(self.line_starts):
            return len(self.text)
        span = self.line_span(line)
        return min(span.start + max(column, 0), span.end)

    def line_span(self, line: int) -> Span:
        """The span of a line (from 0) without its line end.

        Raises:
            IndexError: there is no such line.
        """
        start = self.line_starts[line]
        if line + 1 == len(self.line_starts):
            return Span(start, len(self.text))
        end = self.line_starts[line + 1]
        if self.text[end - 1] == "\n":
            end -= 1
        if end > start and self.text[end - 1] == "\r":
            end -= 1
        return Span(start, end)

    def line_text(self, line: int) -> str:
        """The text of a line (from 0) without its line end."""
        start, end = self.line_span(line)
        return self.text[start:end]

    def slice(self, span: Span) -> str:
        """The text of `span`."""
        return self.text[span.start : span.end]

    def edited(self, edit: Edit, version: int) -> Snapshot:
        """The snapshot after `edit`, its line starts derived rather than looked for again."""
        (start, end), inserted = edit
        new = replace(self, version=version, text=self.text[:start] + inserted + self.text[end:])
        new.__dict__["line_starts"] = _starts_after(self.line_starts, new.text, edit)
        return new


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` after `edits`, whose spans all refer to `text` and do not overlap."""
    parts: list[str] = []
    at = 0
    # The sort is stable: what is inserted at one place stays in the order given.
    for (start, end), new in sorted(edits, key=lambda edit: edit.span):
        parts += (text[at:start], new)
        at = end
    return "".join((*parts, text[at:]))


def difference(old: str, new: str) -> Edit | None:
    """The one edit that turns `old` into `new`, as small as a common head and tail allow."""
    if old == new:
        return None
    limit = min(len(old), len(new))
    head = _common(limit, lambda n: old[:n] == new[:n])
    tail = _common(limit - head, lambda n: old[len(old) - n :] == new[len(new) - n :])
    return Edit(Span(head, len(old) - tail), new[head : len(new) - tail])


def _common(limit: int, same: Callable[[int], bool]) -> int:
    """The largest n up to `limit` for which `same(n)`, by doubling and halving (slices compare fast)."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if same(middle):
            low = middle
        else:
            high = middle - 1
    return low
