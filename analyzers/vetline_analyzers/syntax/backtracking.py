"""Regular expressions whose matching may take exponential time.

A pattern is read into positions (characters or sets of them) and the transitions between them, as in
Glushkov's automaton. Matching by backtracking is exponential when one text leads from a position back to
itself in two ways, and something after it can fail. What the reader does not know, it does not judge.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

_POSITIONS = (
    90  # characters and sets of a pattern; a repetition counts as often as it is written out
)
_STEPS = 100_000  # transitions read or followed
_ATOM = 40  # steps that reading a character, a set or a group counts for
_LONGEST = 2_000  # characters of a pattern
_DEPTH = 60  # groups in groups
_OTHER = 1 << 128  # the bit for all that is not ASCII
_ALL = (_OTHER << 1) - 1


def _mask(text: str) -> int:
    mask = 0
    for character in text:
        mask |= 1 << ord(character) if ord(character) < 128 else _OTHER  # noqa: PLR2004 - ASCII
    return mask


_DIGITS = _mask("0123456789")
_WORD = _mask("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") | _DIGITS | _OTHER
_SPACE = _mask(" \t\n\r\f\v")  # the spaces beyond ASCII are no letters: a bit cannot say both
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_FLAGS = re.compile(r"\A\(\?[aimsu]+\)")
_ANCHORS = "AZzbBGK"


class _Unknown(Exception):  # noqa: N818 - an outcome, not an error
    """The pattern has something this reader does not know, or is too large."""


class _Part(NamedTuple):
    """A part of a pattern: where it can start and end, and whether it can be empty.

    Attributes:
        first, last: positions.
        empty: it matches the empty text.
    """

    first: frozenset[int]
    last: frozenset[int]
    empty: bool


_NOTHING = _Part(frozenset(), frozenset(), empty=True)


@dataclass(slots=True)
class _Reader:
    """A pattern under way.

    Attributes:
        text: the pattern.
        at: where it is read.
        sets: what each position matches.
        edges: the transitions, each as often as there are ways to take it.
        anchored: the pattern asks for the end of the text.
        seen_anchors: how many places that match no character were read.
        steps: how many more may be taken; reading a repetition again costs as well.
    """

    text: str
    at: int = 0
    sets: list[int] = field(default_factory=list)
    edges: Counter[tuple[int, int]] = field(default_factory=Counter)
    anchored: bool = False
    seen_anchors: int = 0
    steps: int = _STEPS

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise _Unknown

    def alternatives(self, depth: int = 0) -> _Part:
        if depth > _DEPTH:
            raise _Unknown
        found = self.sequence(depth)
        while self.take("|"):
            other = self.sequence(depth)
            found = _Part(
                found.first | other.first, found.last | other.last, found.empty or other.empty
            )
        return found

    def sequence(self, depth: int) -> _Part:
        found = _NOTHING
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            start = self.at
            anchors = self.seen_anchors
            found = self.joined(found, self.repeated(self.atom(depth), start, depth, anchors))
        return found

    def joined(self, left: _Part, right: _Part) -> _Part:
        self.link(left.last, right.first)
        return _Part(
            left.first | right.first if left.empty else left.first,
            left.last | right.last if right.empty else right.last,
            left.empty and right.empty,
        )

    def link(self, left: frozenset[int], right: frozenset[int]) -> None:
        self.spend(len(left) * len(right))
        for a in left:
            for b in right:
                self.edges[a, b] += 1

    def repeated(self, part: _Part, start: int, depth: int, anchors: int) -> _Part:
        low, high = self.bounds()
        if (low, high) == (1, 1):
            return part
        if self.take("+"):
            raise _Unknown  # possessive
        self.take("?")
        end = self.at
        copies = max(low, 1) if high is None else high
        if copies * max(1, len(part.first)) > _POSITIONS:
            raise _Unknown
        if self.seen_anchors > anchors:
            raise _Unknown  # which text may come between two rounds is not known here
        whole = part
        for number in range(1, copies):
            self.at = start
            part = self.atom(depth)  # read once more, at positions of its own
            self.at = end
            optional = _Part(part.first, part.last, empty=True) if number >= low else part
            whole = self.joined(whole, optional)
        if high is None:
            self.link(part.last, part.first)
        return _Part(whole.first, whole.last, whole.empty or low == 0)

    def bounds(self) -> tuple[int, int | None]:
        if self.take("*"):
            return 0, None
        if self.take("+"):
            return 1, None
        if self.take("?"):
            return 0, 1
        end = self.text.find("}", self.at)
        if not self.text.startswith("{", self.at) or end < 0:
            return 1, 1
        low, comma, high = self.text[self.at + 1 : end].partition(",")
        if not (low + high).isdecimal() or len(low + high) > len(str(_POSITIONS)) * 2:
            return 1, 1
        self.at = end + 1
        least = int(low or 0)
        if not comma:
            return least, least
        return least, int(high) if high else None

    def atom(self, depth: int) -> _Part:
        self.spend(_ATOM)
        character = self.text[self.at]
        self.at += 1
        if character == "(":
            return self.group(depth)
        if character == "[":
            return self.position(self.members())
        if character == "\\":
            return self.escape()
        if character in "^$":
            self.anchored = self.anchored or character == "$"
            self.seen_anchors += 1
            return _NOTHING
        if character in "*+?":
            raise _Unknown
        return self.position(_ALL & ~_mask("\n") if character == "." else _mask(character))

    def group(self, depth: int) -> _Part:
        silent = False
        if self.take("?"):
            rest = self.text[self.at : self.at + 2]
            if rest[:1] in {"=", "!"} or rest in {"<=", "<!"}:
                silent = True
                self.at += 2 if rest[0] == "<" else 1
            elif rest[:1] == ":":
                self.at += 1
            elif rest[:1] in {"P", "<"} and (end := self.text.find(">", self.at)) > 0:
                self.at = end + 1
            else:
                raise _Unknown
        self.spend(len(self.edges))
        edges = self.edges.copy() if silent else None
        inner = self.alternatives(depth + 1)
        if not self.take(")"):
            raise _Unknown
        if edges is not None:
            self.edges = edges
            return _NOTHING
        return inner

    def escape(self) -> _Part:
        if self.at >= len(self.text):
            raise _Unknown
        character = self.text[self.at]
        if character in _ANCHORS:
            self.anchored = self.anchored or character in "Zz"
            self.seen_anchors += 1
            self.at += 1
            return _NOTHING
        if character in "123456789kpPgXQE":
            raise _Unknown
        return self.position(self.escaped())

    def escaped(self) -> int:
        """The characters of what follows a backslash."""
        if self.at >= len(self.text):
            raise _Unknown
        character = self.text[self.at]
        self.at += 1
        if character.lower() in _CLASSES:
            mask = _CLASSES[character.lower()]
            return mask if character.islower() else _ALL & ~mask | _OTHER
        if character in "xuU":
            raise _Unknown
        return _mask(_CONTROLS.get(character, character))

    def members(self) -> int:
        """The characters of a set, the opening bracket being read."""
        negated = self.take("^")
        mask, first = 0, True
        while first or not self.text.startswith("]", self.at):
            if self.at >= len(self.text):
                raise _Unknown
            first = False
            mask |= self.member()
        self.at += 1
        return (_ALL & ~mask) | _OTHER if negated else mask

    def member(self) -> int:
        low = self.text[self.at]
        self.at += 1
        if low == "\\":
            return self.escaped()
        dash = self.text.startswith("-", self.at)
        if not dash or self.text[self.at + 1 : self.at + 2] in {"]", "", "\\"}:
            return _mask(low)
        high = self.text[self.at + 1]
        self.at += 2
        return sum(1 << n for n in range(ord(low), min(ord(high), 127) + 1)) | _mask(high)

    def position(self, mask: int) -> _Part:
        if len(self.sets) >= _POSITIONS:
            raise _Unknown
        self.sets.append(mask)
        here = frozenset({len(self.sets) - 1})
        return _Part(here, here, empty=False)

    def take(self, token: str) -> bool:
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True


def exponential(pattern: str, *, whole: bool = False) -> bool:
    """Whether matching a text against a pattern by backtracking may take exponential time.

    Args:
        pattern: a regular expression of Python or JavaScript, without flags.
        whole: the text has to match to its end.

    Returns:
        False as well when the pattern is too large or has something that is not judged here.
    """
    if len(pattern) > _LONGEST:
        return False
    reader = _Reader(_FLAGS.sub("", pattern))
    try:
        part = reader.alternatives()
        if reader.at < len(reader.text):
            return False
        return _ambiguous(reader, part, whole=whole)
    except (_Unknown, IndexError):
        return False


def _ambiguous(reader: _Reader, part: _Part, *, whole: bool) -> bool:
    after: dict[int, list[int]] = {}
    for a, b in reader.edges:
        after.setdefault(a, []).append(b)
    for start in range(len(reader.sets)):
        reached = _reach(after, start)
        if start not in reached:
            continue
        ring = {n for n in reached if start in _reach(after, n)}
        if ring & part.last and not (whole or reader.anchored):
            continue  # it may stop here at any time: nothing ever fails
        reader.spend(len(ring) * len(reached))
        if any(reader.edges[a, b] > 1 for a in ring for b in after.get(a, ()) if b in ring):
            return True
        if _parts_and_meets(reader, after, ring, start):
            return True
    return False


def _reach(after: dict[int, list[int]], start: int) -> set[int]:
    found: set[int] = set()
    stack = list(after.get(start, ()))
    while stack:
        at = stack.pop()
        if at not in found:
            found.add(at)
            stack += after.get(at, ())
    return found


def _parts_and_meets(
    reader: _Reader, after: dict[int, list[int]], ring: set[int], start: int
) -> bool:
    """Whether two different ways lead from `start` to `start` with the same text."""
    seen: set[tuple[int, int, bool]] = set()
    stack = [(start, start, False)]
    while stack:
        a, b, parted = stack.pop()
        reader.spend(len(after.get(a, ())) * len(after.get(b, ())))
        for x, y in product(after.get(a, ()), after.get(b, ())):
            if x in ring and y in ring and reader.sets[x] & reader.sets[y]:
                state = (x, y, parted or x != y)
                if state == (start, start, True):
                    return True
                if state not in seen:
                    seen.add(state)
                    stack.append(state)
    return False
