"""Text that is put together: its pieces, and where in it each of them stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.flow.signs import around
from vetline_analyzers.flow.value import CONSTANTS, FIXED, LONGEST, Value, carrying, distinct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline_analyzers.flow.value import Constant, Taint

_PIECES = 60


def text_of(parts: Iterable[str | Value], *, is_path: bool = False) -> Value:
    """The text that parts make, one after the other; of a path a part may take the place of what is before it."""
    pieces: list[str | Value] = []
    taints: list[Taint] = []
    before = ""
    for part in parts:
        if isinstance(part, str):
            before += part
        else:
            before += part.text or ""
            if part.taints and before and (where := around(before, is_path=is_path)):
                part = standing(part, where)  # noqa: PLW2901 - in its place
            taints += part.every()  # those of its pieces did not come as far
        for piece in (part,) if isinstance(part, str) else part.parts():
            if isinstance(piece, str) and pieces and isinstance(last := pieces[-1], str):
                pieces[-1] = (last + piece)[:LONGEST]
            else:
                pieces.append(piece)
    if len(pieces) > _PIECES:
        holes = [piece for piece in pieces if isinstance(piece, Value)]
        all_known = all(hole.is_known for hole in holes)
        pieces = [*pieces[: _PIECES // 2], FIXED if all_known else carrying(holes)]
    if not pieces or (len(pieces) == 1 and isinstance(pieces[0], str)):
        return Value(constants=("".join(p for p in pieces if isinstance(p, str))[:LONGEST],))
    if (known := _known_texts(pieces)) is not None:
        return Value(constants=known)
    return Value(taints=distinct(taints), pieces=tuple(pieces))


def standing(value: Value, where: frozenset[str]) -> Value:
    """The value where it stands in a text, which is a fact about each of its taints."""
    pieces = value.pieces and tuple(
        standing(piece, where) if isinstance(piece, Value) and piece.taints else piece
        for piece in value.pieces
    )
    taints = tuple(replace(t, cleared=t.cleared | where) for t in value.taints)
    return replace(value, taints=taints, pieces=pieces)


def _known_texts(pieces: list[str | Value]) -> tuple[str, ...] | None:
    """Every text that pieces of known constants may make, when they are few."""
    made = [""]
    for piece in pieces:
        if isinstance(piece, str):
            made = [text + piece for text in made]
            continue
        if piece.constants is None:
            return None
        made = [text + _shown(constant) for text in made for constant in piece.constants]
        if len(made) > CONSTANTS:
            return None
    return tuple(dict.fromkeys(text[:LONGEST] for text in made))


def _shown(value: Constant) -> str:
    return value if isinstance(value, str) else str(value)
