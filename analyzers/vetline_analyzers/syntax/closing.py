"""What a text lacks where it breaks off: the reader of brackets and quotes, common to all languages.

It reads tokens only. What is open when a line shows that a new statement begins, or when the text ends, is closed
there; a bracket that closes nothing is taken out. It guesses: the parser says whether the guess was a good one.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 100  # brackets open at once, and changes: a text that needs more is no unfinished line
_TRAILING = re.compile(r"\s*[)\]}][)\]};,:\s]*\Z")
_LONGEST = 20  # code points of brackets at the end of a line
_READINGS = 3
QUOTES = frozenset("\"'`")


class GaveUp(Exception):  # noqa: N818 - an outcome, not an error
    """The text needs more than a reader will put in."""


class Mend(NamedTuple):
    """A change that makes a text whole.

    Attributes:
        at: where, in code points of the text.
        removed: how many code points it takes away.
        text: what it puts in.
    """

    at: int
    removed: int
    text: str


@dataclass(slots=True)
class Open:
    """A bracket or quote that is open.

    Attributes:
        closer: what closes it.
        at: where it stands.
        indent: how far its line is indented.
        holds_code: a quote whose text may hold expressions, a brace that holds statements, or a parenthesis
            before such a brace.
        inner: how far the first line in it is indented; -1 while there is none.
        long: a string that may run over several lines.
    """

    closer: str
    at: int
    indent: int
    holds_code: bool = False
    inner: int = -1
    long: bool = False


@dataclass(slots=True)
class Reader(ABC):
    """Reads a text from its beginning to its end.

    Attributes:
        text: the text.
        cuts: strings that end with their first line, by where they begin.
        at: where the reader is.
        stack: what is open, the outermost first.
        mends: what it has put in and taken out.
        last: the last token.
        last_end: where that ended.
        indent: how far the line is indented.
        fresh: nothing of the line has been read.
        doubtful: the first long string with a line in it that looks like a statement; -1 for none.
        statement: a line that looks like a statement; group 1 is its indentation.
        hole: what opens an expression in a string.
    """

    statement: ClassVar[re.Pattern[str]]
    hole: ClassVar[str]

    text: str
    cuts: frozenset[int] = frozenset()
    at: int = 0
    stack: list[Open] = field(default_factory=list)
    mends: list[Mend] = field(default_factory=list)
    last: str = ""
    last_end: int = 0
    indent: int = 0
    fresh: bool = True
    doubtful: int = -1

    def run(self) -> None:
        """Reads all of it.

        Raises:
            GaveUp: more is open, or wrong, than one person leaves open.
        """
        while self.at < len(self.text):
            if len(self.stack) > MOST or len(self.mends) > MOST:
                raise GaveUp
            if self.in_string():
                self.read_string()
            else:
                self.read_token()

    def in_string(self) -> bool:
        """Whether the reader stands inside a string's own text."""
        return bool(self.stack) and self.stack[-1].closer[0] in QUOTES

    @abstractmethod
    def body(self, string: Open) -> re.Pattern[str]:
        """What a string's own text consists of, up to its end or to an expression in it."""

    def read_string(self) -> None:
        """Reads on in a string, up to its end or to an expression in it."""
        top = self.stack[-1]
        found = self.body(top).match(self.text, self.at)
        end = found.end() if found else self.at
        if top.long:
            stop = self.text.find("\n", self.at, end) if top.at in self.cuts else -1
            if stop >= 0:
                self.at = self.last_end = stop
                self.cut_lines()
                return
            self.doubt(end)
        if end < len(self.text) and not top.long and self.text[end] == "\n":
            self.end_string(end)
            return
        self.at = self.last_end = end
        if self.text.startswith(top.closer, end):
            self.stack.pop()
            self.took(end + len(top.closer), '"')
        elif self.text.startswith(self.hole, end):
            self.push("}")
            self.took(end + len(self.hole), self.hole)
        elif end < len(self.text):
            self.at = self.last_end = len(self.text)  # a backslash at the end

    def doubt(self, end: int) -> None:
        """Notes a long string whose text up to `end` has a line that looks like a statement."""
        top = self.stack[-1]
        found = self.statement.search(self.text, self.at, end) if self.doubtful < 0 else None
        if found and found.start() > self.at and len(found[1].expandtabs()) <= top.indent:
            self.doubtful = top.at

    @abstractmethod
    def read_token(self) -> None:
        """Reads the next token of code."""

    @abstractmethod
    def placeholder(self) -> str:
        """What the code read last still needs to be an expression."""

    def push(self, closer: str, *, holds_code: bool = False, long: bool = False) -> None:
        """Notes that something is open."""
        self.stack.append(Open(closer, self.at, self.indent, holds_code=holds_code, long=long))

    def took(self, end: int, last: str) -> None:
        """Moves on behind a token."""
        self.at = self.last_end = end
        self.last = last
        self.fresh = False

    def close(self, depth: int) -> None:
        """Closes what is open down to a depth, behind what was read last."""
        if len(self.stack) > depth and not self.in_string() and (needed := self.placeholder()):
            self.insert(needed)
        while len(self.stack) > depth:
            self.last = self.stack.pop().closer
            self.insert(self.last)

    def insert(self, text: str) -> None:
        """Puts something in behind what was read last."""
        self.mends.append(Mend(self.last_end, 0, text))

    def blank(self) -> None:
        """Takes out the bracket that the reader stands at."""
        self.mends.append(Mend(self.at, 1, " "))
        self.at += 1

    def end(self) -> None:
        """Closes all that is open at the end of the text."""
        self.close(0)

    def depth_of(self, closer: str) -> int:
        """The place in the stack of the innermost bracket that `closer` closes, in the same string; -1 for none."""
        for depth in range(len(self.stack) - 1, -1, -1):
            if self.stack[depth].closer == closer:
                return depth
            if self.stack[depth].closer[0] in QUOTES:
                return -1
        return -1

    def end_string(self, end: int) -> None:
        """Ends a string whose line ends there; brackets at the end of the line are no part of it."""
        end -= self.text.endswith("\r", 0, end)
        found = _TRAILING.search(self.text, max(self.at, end - _LONGEST), end)
        outside = self.stack[-2].closer if len(self.stack) > 1 else ""
        if found is not None and found[0].lstrip()[0] == outside:
            end = found.start()
        self.at = self.last_end = end
        self.close(len(self.stack) - 1)

    def cut_lines(self) -> None:
        """Ends the strings that are to end with their first line; the reader stands at the end of a line."""
        for depth, each in enumerate(self.stack):
            if each.at in self.cuts:
                self.close(depth)
                return


def readings(reader: type[Reader], text: str) -> Iterator[list[Mend]]:
    """What may make a text whole, each in its order; nothing when that cannot be told.

    A quote that was never closed ends at the next one, and all strings behind it are turned inside out. Where a long
    string holds what looks like a statement there is a reading that ends it with its first line.
    """
    cuts: frozenset[int] = frozenset()
    for _ in range(_READINGS):
        attempt = reader(text, cuts)
        try:
            attempt.run()
        except GaveUp:
            return
        doubtful = attempt.doubtful if attempt.doubtful not in cuts else -1
        if doubtful < 0 or not any(each.long for each in attempt.stack):
            attempt.end()
            yield sorted(attempt.mends, key=lambda mend: mend.at)
        if doubtful < 0:
            return
        cuts |= {doubtful}
