"""An observed change that nobody has explained, and what its size alone lets us guess."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

_KEYSTROKE = 2  # characters of one keystroke: a letter, or a bracket and the one that closes it
_BURST = 10  # characters of what an editor gathers in 150 ms (Neovim's debounce) of fast typing
_BURST_OF_LINES = 4  # characters, where Enter was among them
_BULK_LINES, _BULK_CHARACTERS = 5, 200  # provenance research, tier 4


class Guess(StrEnum):
    """What a change looks like. Never evidence of an AI."""

    TYPED = "typed"
    UNKNOWN = "unknown"
    BULK = "bulk"


class Change(NamedTuple):
    """A change that was seen.

    Attributes:
        since, at: it happened between these times, seconds since the epoch; equal where it was watched.
        guess: what it looks like.
        firm: it was a keystroke, which no agent's report explains.
        human: who was at the keyboard.
    """

    since: float
    at: float
    guess: Guess = Guess.UNKNOWN
    firm: bool = False
    human: str = ""


def guess(inserted: str, *, at_start: bool = False) -> tuple[Guess, bool]:
    """What an insertion at one place looks like, and whether it was a keystroke for certain.

    Args:
        inserted: the text, lines ended by line feeds.
        at_start: it stands at the start of a line.
    """
    core = "".join(inserted.split())
    breaks = inserted.count("\n")
    whole = at_start and core and inserted.endswith("\n")  # lines come whole; keys come in lines
    if len(core) <= _KEYSTROKE and (not core or not breaks):
        return Guess.TYPED, True
    if len(core) <= (_BURST_OF_LINES if breaks else _BURST) and breaks <= 1 and not whole:
        return Guess.TYPED, False
    return (Guess.BULK if is_bulk(inserted) else Guess.UNKNOWN), False


def is_bulk(inserted: str) -> bool:
    """Whether so much came at once that nobody typed it."""
    lines = sum(1 for line in inserted.split("\n") if line.strip())
    return lines >= _BULK_LINES or len(inserted.strip()) >= _BULK_CHARACTERS
