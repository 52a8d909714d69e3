r"""Which line of a new text is which of an old one, and which tokens survived where lines changed.

Patience on lines without the spaces at their edges, then the longest common subsequence inside the gaps,
then tokens inside what is left. So reindenting changes nothing, and a line that a formatter split keeps its
words. `difflib` takes seconds at 10,000 lines; rapidfuzz's bit-parallel LCS takes milliseconds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import Indel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r"\w+|[^\w\s]")
_LARGEST = 400_000_000  # bits of the LCS's matrix; beyond it only anchors are used
_LONGEST = 2_000_000  # characters whose tokens are compared


class Hunk(NamedTuple):
    """Lines `a` to `b` of the old text against `c` to `d` of the new; `same` but for edge spaces."""

    a: int
    b: int
    c: int
    d: int
    same: bool = False


def hunks(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """The alignment of two texts given as lines: hunks in order that cover both, neighbours differ."""
    keys_old = [line.strip() for line in old]
    keys_new = [line.strip() for line in new]
    made: list[Hunk] = []
    for hunk in _aligned(keys_old, keys_new):
        last = made[-1] if made else None
        if last and last.same == hunk.same:
            made[-1] = Hunk(last.a, hunk.b, last.c, hunk.d, hunk.same)
        elif hunk.a < hunk.b or hunk.c < hunk.d:
            made.append(hunk)
    return made


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    gaps = [(0, len(old), 0, len(new))]
    # A stack in place of recursion: an anchor each line is as deep as the text is long.
    while gaps:
        a, b, c, d = gaps.pop()
        head = 0
        limit = min(b - a, d - c)
        while head < limit and old[a + head] == new[c + head]:
            head += 1
        if head:
            yield Hunk(a, a + head, c, c + head, same=True)
            a, c = a + head, c + head
        tail = 0
        limit = min(b - a, d - c)
        while tail < limit and old[b - 1 - tail] == new[d - 1 - tail]:
            tail += 1
        inner_b, inner_d = b - tail, d - tail
        if a == inner_b or c == inner_d:
            yield Hunk(a, inner_b, c, inner_d)
            yield Hunk(inner_b, b, inner_d, d, same=True)
            continue
        anchors = _anchors(old, new, (a, inner_b, c, inner_d))
        if not anchors:
            yield from _common(old, new, (a, inner_b, c, inner_d))
            yield Hunk(inner_b, b, inner_d, d, same=True)
            continue
        if tail:
            gaps.append((inner_b, b, inner_d, d))
        ends = [*anchors[1:], (inner_b, inner_d)]
        gaps += [(i, k, j, m) for (i, j), (k, m) in zip(anchors, ends, strict=True)][::-1]
        gaps.append((a, anchors[0][0], c, anchors[0][1]))


def _anchors(
    old: Sequence[str], new: Sequence[str], gap: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    """Pairs of lines that are unique on both sides and say something, in rising order."""
    a, b, c, d = gap
    count_old, count_new = Counter(old[a:b]), Counter(new[c:d])
    place = {key: j for j, key in enumerate(new[c:d], c) if count_new[key] == 1}
    pairs = [
        (i, place[key])
        for i, key in enumerate(old[a:b], a)
        if count_old[key] == 1 and key in place and says_something(key)
    ]
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(pairs):
        length = bisect_left(tops, j)
        before.append(ends[length - 1] if length else -1)
        tops[length : length + 1] = [j]
        ends[length : length + 1] = [at]
    chain: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _common(
    old: Sequence[str], new: Sequence[str], gap: tuple[int, int, int, int]
) -> Iterator[Hunk]:
    a, b, c, d = gap
    if (b - a) * (d - c) > _LARGEST:
        yield Hunk(a, b, c, d)
        return
    for op in Indel.opcodes(old[a:b], new[c:d]):
        a_to_b = a + op.src_start, a + op.src_end
        yield Hunk(*a_to_b, c + op.dest_start, c + op.dest_end, same=op.tag == "equal")


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(map(str.isalnum, text))


class Token(NamedTuple):
    """A word or a mark: what it is, where in the joined text, on which line, how many letters."""

    text: str
    start: int
    line: int
    letters: int


def _tokens(lines: Sequence[str]) -> list[Token]:
    found = []
    at = 0
    for number, line in enumerate(lines):
        for match in _TOKEN.finditer(line):
            word = match[0]
            letters = len(word) if word[0].isalnum() or word[0] == "_" else 0
            found.append(Token(word, at + match.start(), number, letters))
        at += len(line) + 1
    return found


def survivors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Stretches of the new lines, joined by newlines, that are stretches of the old: (new, old, length).

    A line counts as surviving in another when half of the letters of one of the two are in the other;
    words that two lines merely happen to share stay apart.
    """
    if sum(map(len, old)) + sum(map(len, new)) > _LONGEST:
        return []
    before, after = _tokens(old), _tokens(new)
    if not before or not after or len(before) * len(after) > _LARGEST:
        return []
    pairs = [
        (before[op.src_start + k], after[op.dest_start + k])
        for op in Indel.opcodes([t.text for t in before], [t.text for t in after])
        if op.tag == "equal"
        for k in range(op.src_end - op.src_start)
    ]
    shared: Counter[tuple[int, int]] = Counter()
    for was, now in pairs:
        shared[was.line, now.line] += now.letters
    of_old, of_new = _letters(before), _letters(after)
    alike = {
        (i, j)
        for (i, j), letters in shared.items()
        if letters and (2 * letters >= of_old[i] or 2 * letters >= of_new[j])
    }
    living = {i for i, _ in alike}
    return [
        (now.start, was.start, len(now.text))
        for was, now in pairs
        # A line of marks only came from a line that lives on beside it.
        if (was.line, now.line) in alike or (was.line in living and not of_new[now.line])
    ]


def _letters(tokens: Sequence[Token]) -> Counter[int]:
    count: Counter[int] = Counter()
    for token in tokens:
        count[token.line] += token.letters
    return count
