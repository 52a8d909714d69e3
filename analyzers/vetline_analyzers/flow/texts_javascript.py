"""JavaScript's methods of texts, computed as it computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.flow.value import (
    LONGEST,
    Constant,
    Value,
    carrying,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from vetline_analyzers.flow.machine import Machine
    from vetline_analyzers.flow.rule import Called

    Does = Callable[[Machine, Called], Value | None]


def cut_text(text: str, start: int = 0, end: int | None = None) -> str:
    """`slice`, of a text."""
    return text[start:end]


def between(text: str, start: int = 0, end: int | None = None) -> str:
    """`substring`, of a text."""
    low, high = max(start, 0), len(text) if end is None else max(end, 0)
    return text[min(low, high) : max(low, high)]


def counted(text: str, start: int = 0, count: int | None = None) -> str:
    """`substr`, of a text."""
    return text[start:] if count is None else text[start:][: max(count, 0)]


def sign_text(text: str, at: int = 0) -> str:
    """`charAt`, of a text."""
    return text[at : at + 1] if at >= 0 else text[len(text) + at :][:1]


def repeated(text: str, count: int) -> str:
    """`repeat`, of a text."""
    if not 0 <= count * len(text) <= LONGEST:
        raise ValueError
    return text * count


def padded(text: str, width: int, sign: str = " ", *, right: bool) -> str:
    """`padStart` and `padEnd`, of a text."""
    if width > LONGEST or len(sign) != 1:
        raise ValueError
    return text.ljust(width, sign) if right else text.rjust(width, sign)


def shown(value: Constant) -> str:
    """A constant as a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def bare(value: Value) -> Value:
    """What stands for a container where a text is made of it."""
    return carrying((value,)) if value.items is not None or value.rest is not None else value
