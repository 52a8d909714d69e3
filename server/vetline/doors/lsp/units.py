"""Positions as the client counts them: UTF-8, UTF-16 or UTF-32 units in, code points out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline_analyzers.core.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from lsprotocol import types

    from vetline_analyzers.core.text import Snapshot

_BMP = "\uffff"


def _utf16(char: str) -> int:
    return 2 if char > _BMP else 1


def _utf8(char: str) -> int:
    return len(char.encode("utf-8", "surrogatepass"))


_WIDTH: dict[str, Callable[[str], int]] = {"utf-8": _utf8, "utf-16": _utf16}


class Units:
    """One client's way to count columns.

    Args:
        encoding: "utf-8", "utf-16" or "utf-32" (LSP 3.17, PositionEncodingKind).
    """

    def __init__(self, encoding: str) -> None:
        """Count as `encoding` says; anything unknown counts code points."""
        self.encoding = encoding
        self._width = _WIDTH.get(encoding)

    def column_out(self, line: str, column: int) -> int:
        """Units before code point `column` of `line`."""
        if self._width is None or line.isascii():
            return column
        return sum(map(self._width, line[:column]))

    def column_in(self, line: str, units: int) -> int:
        """The code point at `units`, or the one a half-way position stands in; clamped to the line."""
        if self._width is None or line.isascii():
            return min(units, len(line))
        seen = 0
        for column, char in enumerate(line):
            if seen >= units:
                return column
            seen += self._width(char)
        return len(line)

    def offset(self, snapshot: Snapshot, position: types.Position) -> int:
        """The code point offset of a client's position, clamped as the specification says."""
        if position.line >= len(snapshot.line_starts):
            return len(snapshot.text)
        start = snapshot.line_starts[position.line]
        return start + self.column_in(snapshot.line_text(position.line), position.character)

    def span(self, snapshot: Snapshot, place: types.Range) -> Span:
        """The span of a client's range; a range with its ends swapped is put right."""
        ends = self.offset(snapshot, place.start), self.offset(snapshot, place.end)
        return Span(min(ends), max(ends))

    def position(self, snapshot: Snapshot, offset: int) -> dict[str, int]:
        """An offset as the client's position."""
        line, column = snapshot.position(offset)
        return {"line": line, "character": self.column_out(snapshot.line_text(line), column)}

    def range(self, snapshot: Snapshot, span: Span) -> dict[str, Any]:
        """A span as the client's range."""
        return {
            "start": self.position(snapshot, span.start),
            "end": self.position(snapshot, span.end),
        }

    def edit(self, change: types.TextDocumentContentChangeEvent, snapshot: Snapshot) -> Edit:
        """A client's change of a text as an edit; one without a range replaces everything."""
        place = getattr(change, "range", None)
        if place is None:
            return Edit(Span(0, len(snapshot.text)), change.text)
        return Edit(self.span(snapshot, place), change.text)
