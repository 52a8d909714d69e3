"""What a place of a text belongs to: the function or class around it, else the statements or lines it stands among.

Two ways lead there: the tree where the text has one without errors, else indentation. Both are functions of the text
alone, so what was reviewed is found again in every clone.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers import languages
from vetline_analyzers.core.text import Snapshot, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGE = (
    500_000  # code points; a longer text is outlined by indentation, since some take long to parse
)
_TAB = 8
_CLOSING = (")", "]", "}")
_GRAMMARS = frozenset({"python", "javascript", "typescript", "tsx"})
_parsing = threading.Lock()  # a parser is no two threads'


class Region(NamedTuple):
    """A piece of a text that a person reviews whole.

    Attributes:
        symbol: dotted name of the function or class that it is, decorators included; "" when it is only lines.
        span: whole lines, without the end of the last one.
    """

    symbol: str
    span: Span


class Outline(NamedTuple):
    """What a text consists of: definitions in its order, and the runs of what stands between them."""

    definitions: tuple[Region, ...]
    runs: tuple[Span, ...]


def region(snapshot: Snapshot, span: Span) -> Region:
    """The smallest function, method or class that holds a stretch of text; else its lines, made whole.

    At module level that is the run of top-level statements, between two definitions, that the stretch touches; imports
    are a run of their own, and so is a statement with a callback in it. A stretch over several of these is the lines it
    touches. In a language without functions that we know, it is what stands under one head, by indentation.
    """
    touched = whole_lines(snapshot, span)
    if not _has_symbols(snapshot.language):
        return Region("", _under_one_head(snapshot, touched))
    outline = _outline(snapshot.language, snapshot.text)
    around = [one for one in outline.definitions if one.span.contains(touched)]
    if around:
        return min(around, key=lambda one: one.span.end - one.span.start)
    if any(one.span.overlaps(touched) for one in outline.definitions):
        return Region("", touched)
    runs = [run for run in outline.runs if run.overlaps(touched)]
    return Region("", runs[0] if len(runs) == 1 and runs[0].contains(touched) else touched)


def named(snapshot: Snapshot, symbol: str) -> list[Region]:
    """The functions or classes of that dotted name, in the order of the text; a name may be defined twice."""
    if not symbol or not _has_symbols(snapshot.language):
        return []
    outline = _outline(snapshot.language, snapshot.text)
    return [one for one in outline.definitions if one.symbol == symbol]


def _has_symbols(language: str) -> bool:
    return languages.named(language).symbol is not None


def whole_lines(snapshot: Snapshot, span: Span) -> Span:
    """The lines that a stretch touches, without the end of the last one."""
    first = snapshot.position(span.start).line
    last = snapshot.position(max(span.start, span.end - 1)).line
    return Span(snapshot.line_starts[first], snapshot.line_span(last).end)


@lru_cache(maxsize=16)
def _outline(language: str, text: str) -> Outline:
    snapshot = Snapshot("", language, 0, text)
    if language in _GRAMMARS and len(text) <= _LARGE:
        from vetline_analyzers.syntax import outlining  # noqa: PLC0415 - a parser is loaded when its first text comes

        with _parsing:
            found = outlining.outline(snapshot)
        if found is not None:
            return found
    return _by_indentation(snapshot)


# -- by indentation


class _Line(NamedTuple):
    """A line of code: its number, how far it is indented, whether a string or comment goes on in it, its text."""

    number: int
    indent: int
    inside: bool
    text: str

    @property
    def closes(self) -> bool:
        return self.inside or self.text.startswith(_CLOSING)


def _lines(snapshot: Snapshot) -> Iterator[_Line]:
    """The lines that are neither blank nor only a comment."""
    language = languages.named(snapshot.language)
    opaque = languages.opaque(language, snapshot.text)
    for number, start in enumerate(snapshot.line_starts):
        raw = snapshot.line_text(number)
        text = raw.strip()
        if not text:
            continue
        around = opaque(start)
        inside = around is not None and around.start < start
        if not inside and text.startswith(language.comment):
            continue
        yield _Line(number, _indent(raw), inside, text)


@lru_cache(maxsize=16)
def _kept_lines(language: str, text: str) -> tuple[_Line, ...]:
    return tuple(_lines(Snapshot("", language, 0, text)))


def _indent(raw: str) -> int:
    head = raw[: len(raw) - len(raw.lstrip())]
    return len(head.expandtabs(_TAB))


def _by_indentation(snapshot: Snapshot) -> Outline:
    pattern = languages.named(snapshot.language).symbol
    definitions: list[tuple[int, Region]] = []
    runs: list[Span] = []
    open_: list[tuple[int, str, int]] = []  # indentation, symbol, first line
    decorated: dict[int, int] = {}  # indentation → first line of the decorators
    last, run = 0, None

    def close(indent: int) -> None:
        while open_ and open_[-1][0] >= indent:
            _, symbol, first = open_.pop()
            span = Span(snapshot.line_starts[first], snapshot.line_span(last).end)
            definitions.append((first, Region(symbol, span)))

    for line in _lines(snapshot):
        if not line.closes:
            close(line.indent)
        match = None if line.inside or pattern is None else pattern.match(line.text)
        name = next((word for word in match.groups() if word), "") if match else ""
        if name:
            first = decorated.pop(line.indent, line.number)
            symbol = f"{open_[-1][1]}.{name}" if open_ else name
            open_.append((line.indent, symbol, first))
        elif line.text.startswith("@") and not line.inside:
            decorated.setdefault(line.indent, line.number)
        elif not line.closes:
            decorated = {key: value for key, value in decorated.items() if key < line.indent}
        outside = not open_ and not decorated
        if not outside and run is not None:
            runs.append(run)
            run = None
        if outside:
            start = run.start if run is not None else snapshot.line_starts[line.number]
            run = Span(start, snapshot.line_span(line.number).end)
        last = line.number
    close(0)
    found = tuple(one for _, one in sorted(definitions, key=lambda one: one[0]))
    return Outline(found, tuple(runs if run is None else [*runs, run]))


def _under_one_head(snapshot: Snapshot, touched: Span) -> Span:
    """The line that is indented less than a stretch, and all that stands under it."""
    lines = _kept_lines(snapshot.language, snapshot.text)
    numbers = [line.number for line in lines]
    first, last = (snapshot.position(at).line for at in touched)
    start, end = bisect_left(numbers, first), bisect_right(numbers, last)
    if start == end:
        return touched
    floor = min(line.indent for line in lines[start:end])
    head = start
    while head and (lines[head].closes or lines[head].indent >= floor):
        head -= 1
    if lines[head].indent < floor and not lines[head].closes:
        first, floor = lines[head].number, lines[head].indent
    while end < len(lines) and _goes_on(lines[end], floor):
        last = lines[end].number
        end += 1
    return Span(snapshot.line_starts[first], snapshot.line_span(last).end)


def _goes_on(line: _Line, floor: int) -> bool:
    return line.indent > floor or (line.closes and line.indent == floor)
