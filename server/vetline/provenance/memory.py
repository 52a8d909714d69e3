"""What was removed, and who owned it: undo, cut and paste, and moves give it back.

At its place a removal is given back when the line becomes again what it was, and nothing on it was typed
since. Elsewhere only what did not come like keystrokes, says enough to be known by, and was not written alike
by two owners.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline.provenance.runs import Line, cut, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vetline.provenance.runs import Run, Runs

_LATEST = 64  # removals that are given back as a whole
_CHARACTERS = 4_000_000  # of all of them
_LINES = 20_000  # lines that are known by their content
_ENOUGH = 4  # letters or digits; "})" stands everywhere, and so does "return None"
MUCH = 12  # letters of what stands by itself in a text nobody watched
_LONG = 10_000  # characters; what follows need not be counted
_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    [
        "and",
        "as",
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "def",
        "default",
        "do",
        "elif",
        "else",
        "end",
        "except",
        "export",
        "false",
        "finally",
        "for",
        "from",
        "func",
        "function",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "let",
        "new",
        "nil",
        "none",
        "not",
        "null",
        "or",
        "pass",
        "print",
        "raise",
        "return",
        "self",
        "switch",
        "then",
        "this",
        "throw",
        "true",
        "try",
        "undefined",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ]
)


def telling(text: str) -> bool:
    """Whether a text says enough to be known by."""
    return weight(text) >= _ENOUGH


def weight(text: str) -> int:
    """How much a text says: its letters and digits, those of words that stand everywhere left out."""
    words = _WORD.findall(text[:_LONG])
    return sum(len(word) for word in words if word.lower() not in _COMMON)


class Place(NamedTuple):
    """A gap in a text: its line and column, and digests of what stands beside it on its lines."""

    line: int
    column: int
    head: int
    tail: int


def place_of(text: str, start: int, end: int, first: int) -> Place:
    """Where `start` to `end` of a text lies whose first line has the number `first`."""
    begin = text.rfind("\n", 0, start) + 1
    behind = text.find("\n", end)
    tail = text[end:] if behind < 0 else text[end:behind]
    line = first + text.count("\n", 0, start)
    return Place(line, start - begin, hash(text[begin:start]), hash(tail))


class _Removal(NamedTuple):
    place: Place
    text: str
    runs: Runs
    keys: bool  # a character at a time
    newest: int  # the last id that was given before it


def _longer(last: _Removal, made: _Removal) -> _Removal | None:
    """Both removals as one, when the second goes on where the first one was on its line."""
    if "\n" in last.text or "\n" in made.text or last.place.line != made.place.line:
        return None
    keys = last.keys and made.keys
    if made.place.column + len(made.text) == last.place.column:
        runs = joined([*made.runs, *last.runs])
        return _Removal(made.place, made.text + last.text, runs, keys, made.newest)
    if made.place.column == last.place.column:
        runs = joined([*last.runs, *made.runs])
        return _Removal(made.place, last.text + made.text, runs, keys, made.newest)
    return None


class Memory:
    """What was removed from one text, bounded.

    Attributes:
        newest: the last id that was given to a change.
    """

    def __init__(self, newest: int) -> None:
        """Remember nothing yet."""
        self.newest = newest
        self._latest: list[_Removal] = []
        self._lines: dict[str, Line | None] = {}

    def removed(self, place: Place, text: str, runs: Sequence[Run]) -> None:
        """Remember a removal; with those that it goes on from, it is one too."""
        made = _Removal(place, text, tuple(runs), len(text) == 1, self.newest)
        last = self._latest[-1] if self._latest else None
        longer = _longer(last, made) if last else None
        if last and longer and longer.keys:
            self._latest.pop()  # keys that are pressed again are not an undo
        else:
            self._latest.append(made)
        if longer:
            self._latest.append(longer)
        size = sum(len(removal.text) for removal in self._latest)
        while len(self._latest) > _LATEST or size > _CHARACTERS:
            size -= len(self._latest.pop(0).text)

    def lines_removed(self, texts: Iterable[str], lines: Iterable[Line]) -> None:
        """Remember whole lines by their content."""
        for text, line in zip(texts, lines, strict=True):
            key = text.strip()
            if not telling(key):
                continue
            core = line_core(text, line)
            known = self._lines.pop(key, core)
            self._lines[key] = core if known == core else None
            if len(self._lines) > _LINES:
                self._lines.pop(next(iter(self._lines)))

    def put_back(self, place: Place, text: str, typed: int = 0) -> Runs | None:
        """Who owned a text when it was removed from this very place; None when it was not.

        Args:
            place: where it is put in.
            text: what is put in.
            typed: the newest id of what was typed beside it. An undo takes back first what came since.
        """
        for removal in reversed(self._latest):
            if removal.place == place and removal.text == text and typed <= removal.newest:
                return removal.runs
        return None

    def put_back_in(self, line: str, place: Place, text: str, typed: int = 0) -> Runs | None:
        """Who owned a text on a line that became as a whole what was removed from this very place."""
        whole = place._replace(column=0, head=hash(""), tail=hash(""))
        runs = self.put_back(whole, line, typed) if telling(text) else None
        return runs and tuple(cut(runs, place.column, place.column + len(text)))

    def brought(self, text: str) -> Runs | None:
        """Who owned a text when it was removed somewhere; None when it was not, or says too little."""
        core = text.strip("\n")
        says_enough = telling(core)
        if not says_enough and ("\n" not in text or not any(map(str.isalnum, core))):
            return None
        for removal in reversed(self._latest):
            if removal.text.strip("\n") == core and (says_enough or "\n" in removal.text):
                start = removal.text.index(core)
                lead, tail = text.index(core), len(text) - text.index(core) - len(core)
                end = removal.runs[-1][1]
                kept = cut(removal.runs, start, start + len(core))
                return joined([(lead, end), *kept, (tail, end)])
        return None

    def line(self, text: str) -> Line | None:
        """Who owned a line that was removed; without the spaces at its edges."""
        return self._lines.get(text.strip())


def line_core(text: str, line: Line) -> Line:
    """The line without the spaces at its edges."""
    key = text.strip()
    if key == text:
        return line
    start = len(text) - len(text.lstrip())
    return Line(joined(cut(line.runs, start, start + len(key))), line.end)
