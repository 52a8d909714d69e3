"""Who owns lines that were rewritten: what stayed, moved or survived keeps its owner, the rest is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline.provenance.align import hunks, says_something, survivors
from vetline.provenance.memory import line_core, place_of, weight
from vetline.provenance.runs import Line, cut, flat, joined, lines_of, plain, respaced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vetline.provenance.align import Hunk
    from vetline.provenance.memory import Memory
    from vetline.provenance.runs import Run, Runs
    from vetline.provenance.window import Window


class _Hunk(NamedTuple):
    """Old lines with their owners, and the new ones in their place."""

    old: Sequence[str]
    own: Sequence[Line]
    new: Sequence[str]


def rewritten(
    window: Window, own: Sequence[Line], memory: Memory, owner_of: Callable[[str], int]
) -> tuple[list[Line], list[int]]:
    """The owners of a window's new lines.

    Args:
        window: the lines before and after.
        own: the owners of those before.
        memory: what was removed before; what goes now is put in it.
        owner_of: gives the id of what is new, for the text of it; asked once a hunk.

    Returns:
        The owners, and the ids that were asked for.
    """
    aligned = hunks(window.old, window.new)
    gone = _gone(window, own, aligned, memory)
    made: list[Line] = []
    ids: list[int] = []
    for a, b, c, d, same in aligned:
        hunk = _Hunk(window.old[a:b], own[a:b], window.new[c:d])
        if same:
            made += [
                Line(respaced(old, line.runs, new), line.end)
                for old, line, new in zip(*hunk, strict=True)
            ]
        elif c < d:
            text = "\n".join(hunk.new)
            place = place_of(text, 0, len(text), window.first + c)
            known = memory.put_back(place, text) or memory.brought(text)
            if known is not None:
                made += lines_of([*known, (1, known[-1][1])], hunk.new)
                continue
            lines, owner = _replaced(hunk, _known(hunk.new, gone, memory), owner_of)
            made += lines
            ids += [owner] if owner else []
    return made, ids


def _gone(
    window: Window, own: Sequence[Line], aligned: Sequence[Hunk], memory: Memory
) -> dict[str, Line | None]:
    """Remember the lines that go; and all of them by their content, None where two owners wrote alike."""
    found: dict[str, Line | None] = {}
    for a, b, _, _, same in aligned:
        if same or a == b:
            continue
        old, lines = window.old[a:b], own[a:b]
        text = "\n".join(old)
        memory.removed(place_of(text, 0, len(text), window.first + a), text, flat(lines)[:-1])
        memory.lines_removed(old, lines)
        for text, line in zip(old, lines, strict=True):
            key, core = text.strip(), line_core(text, line)
            found[key] = core if found.get(key, core) == core else None
    return found


def _known(
    new: Sequence[str], gone: Mapping[str, Line | None], memory: Memory
) -> list[Line | None]:
    """The lines that were moved in this very change, and those that had been removed before."""
    known: list[Line | None] = []
    for text in new:
        line = gone.get(text.strip()) if weight(text) else None
        line = line or memory.line(text)
        known.append(line and Line(respaced(text.strip(), line.runs, text), line.end))
    return known


def _replaced(
    hunk: _Hunk, known: Sequence[Line | None], owner_of: Callable[[str], int]
) -> tuple[list[Line], int]:
    """The owners of lines some of which are known, and the id of what is new; 0 when all are."""
    moved = {text.strip() for text, line in zip(hunk.new, known, strict=True) if line}
    stayed = [number for number, text in enumerate(hunk.old) if text.strip() not in moved]
    rest = _Hunk(
        [hunk.old[number] for number in stayed],
        [hunk.own[number] for number in stayed],
        [text for text, line in zip(hunk.new, known, strict=True) if not line],
    )
    if not rest.new:
        return [line for line in known if line], 0
    kept = survivors(rest.old, rest.new)
    touched = _touched(kept, rest.new)
    owner = owner_of("\n".join(t for number, t in enumerate(rest.new) if number not in touched))
    survived = iter(_survived(rest, kept, touched, owner))
    made: list[Line] = []
    for text, line in zip(hunk.new, known, strict=True):
        own = line or next(survived)
        if made and text.strip() and not says_something(text) and own == plain(text, owner):
            own = plain(text, made[-1].end)  # a formatter's bracket
        made.append(own)
    return made, owner


def _survived(
    hunk: _Hunk, kept: Sequence[tuple[int, int, int]], touched: set[int], owner: int
) -> list[Line]:
    """The owners of lines on which stretches of the old ones survived; the rest is `owner`'s."""
    before, total = flat(hunk.own), sum(len(text) + 1 for text in hunk.new)
    runs: list[Run] = []
    at = 0
    for start, was, length in kept:
        runs += [(start - at, owner), *cut(before, was, was + length)]
        at = start + length
    made = lines_of([*runs, (total - at, owner)], hunk.new)
    return [
        _with_end(_spaced(text, line.runs), hunk, number, owner)
        if number in touched
        else plain(text, owner)
        for number, (text, line) in enumerate(zip(hunk.new, made, strict=True))
    ]


def _with_end(runs: Runs, hunk: _Hunk, number: int, owner: int) -> Line:
    if number < len(hunk.own):
        return Line(runs, hunk.own[number].end)
    return Line(runs, runs[-1][1] if runs else owner)


def _touched(kept: Sequence[tuple[int, int, int]], new: Sequence[str]) -> set[int]:
    """The lines on which something survived."""
    text = "\n".join(new)
    found = set()
    line = at = 0
    for start, _, _ in kept:
        line += text.count("\n", at, start)
        at = start
        found.add(line)
    return found


def _spaced(text: str, runs: Runs) -> Runs:
    """The runs with spaces given to what stands before them: space is nobody's work."""
    made: list[Run] = []
    at = 0
    for length, owner in runs:
        space = text[at : at + length].isspace()
        made.append((length, made[-1][1] if space and made else owner))
        at += length
    return joined(made)
