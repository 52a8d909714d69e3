"""Which characters regular expressions let through: what a text has none of that matches, or in which nothing does."""

from __future__ import annotations

import re

from vetline_analyzers.syntax.backtracking import (
    _ALL,
    _FLAGS,
    _LONGEST,
    _Part,
    _reach,
    _Reader,
    _Unknown,
)

_ENDS = re.compile(r"(?:^|[^\\])(?:\\\\)*(?:\$|\\[Zz])\Z")
_GROUPED = re.compile(r"\((?:\?:)?([^()]*)\)")
_LITERAL = re.compile(r"(?:\\\W|[\w\s<>/:;,'\"=&%@#~`!-])+")
_ONE = re.compile(r"(?:\[(?:\\.|[^\]\\])+\]|\\[dDwWsS])\+?")


class _Letters(_Reader):
    """The same reader where it does not matter how often something is repeated."""

    def repeated(self, part: _Part, start: int, depth: int, anchors: int) -> _Part:
        del start, depth, anchors
        low, _ = self.bounds()
        self.take("?")
        return part._replace(empty=part.empty or low == 0)

    def letters(self, part: _Part) -> int:
        """What a part may match, what is only looked at left out."""
        after: dict[int, list[int]] = {}
        for a, b in self.edges:
            after.setdefault(a, []).append(b)
        mask = 0
        for first in part.first:
            for position in (first, *_reach(after, first)):
                mask |= self.sets[position]
        return mask


def _branches(pattern: str) -> list[tuple[str, _Letters, _Part]]:
    """The alternatives of a pattern, as text and read; raises _Unknown."""
    flags = _FLAGS.match(pattern)
    if len(pattern) > _LONGEST or (flags is not None and "m" in flags[0]):
        raise _Unknown
    found = []
    reader = _Letters(_FLAGS.sub("", pattern))
    while True:
        start = reader.at
        part = reader.sequence(0)
        found.append((reader.text[start : reader.at], reader, part))
        if not reader.take("|"):
            break
    if reader.at < len(reader.text):
        raise _Unknown
    return found


def excluded(pattern: str, *, start: bool = False, end: bool = False) -> frozenset[str] | None:
    """The ASCII characters that no text has which a pattern matches as a whole.

    Args:
        pattern: a regular expression of Python or JavaScript, without flags.
        start: what matches starts where the text does.
        end: it ends where the text does.

    Returns:
        None when the pattern has something that is not judged here; nothing when it may match a part only.
    """
    mask = 0
    try:
        for text, reader, read in _branches(pattern):
            begins, ends = start or text.startswith(("^", r"\A")), end or _ENDS.search(text)
            if not (begins and ends):
                return frozenset()
            mask |= reader.letters(read)
    except (_Unknown, IndexError):
        return None
    return _characters(_ALL & ~mask)


def sought(pattern: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The ASCII characters and the words that a text has none of in which nothing matches a pattern."""
    if (inner := _GROUPED.fullmatch(pattern)) is not None:
        pattern = inner[1]
    mask = 0
    words: list[str] = []
    try:
        for text, reader, read in _branches(pattern):
            if _LITERAL.fullmatch(text):
                words.append(re.sub(r"\\(\W)", r"\1", text))
            elif _ONE.fullmatch(text) and not read.empty:
                mask |= reader.letters(read)
    except (_Unknown, IndexError):
        return frozenset(), ()
    return _characters(mask), tuple(words)


def _characters(mask: int) -> frozenset[str]:
    return frozenset(chr(n) for n in range(128) if mask >> n & 1)
