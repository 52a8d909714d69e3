"""How hidden text is taken away: by removal, or in a string by an escape that everybody sees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Fix
from vetline_analyzers.core.text import Edit, Span

if TYPE_CHECKING:
    from vetline_analyzers.hidden.source import Source

_PLAIN_STRING = re.compile("[\"']")
_PREFIX = re.compile(r"(?i)[rbft]u?\Z")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_FOUR_DIGITS = 0xFFFF


def without(source: Source, span: Span) -> Fix | None:
    """Takes invisible characters out, unless they are letters: a name may consist of nothing else.

    Safe in a comment and in prose; a string keeps its value, in an escape.
    """
    run = source.text[span.start : span.end]
    if not _FILLERS.isdisjoint(run):
        return None
    around = source.inside(span.start)
    said = source.text[around.start : around.end] if around else ""
    if around and source.snapshot.language == "python" and _PLAIN_STRING.match(said):
        start = source.text[max(0, around.start - 2) : around.start]
        if not _PREFIX.search(start) and source.text[span.start - 1] != "\\":
            escaped = "".join(map(_escape, run))
            return Fix("Write the hidden characters as escapes", (Edit(span, escaped),), safe=True)
    safe = said.startswith(("#", "//", "/*")) or source.is_prose
    return Fix("Remove the hidden characters", (Edit(span, ""),), safe=safe)


def cut(start: int, end: int) -> Fix:
    """Takes out a part of a document that people do not see; whether they miss it, nobody knows."""
    return Fix("Remove the hidden text", (Edit(Span(start, end), ""),), safe=False)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= _FOUR_DIGITS else f"\\U{code:08x}"
