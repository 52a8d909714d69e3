"""Places in the files that the analysed one imports, as a reader is told them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from vetline_analyzers.flow.value import FOREIGN, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vetline_analyzers.flow.value import Place
    from vetline_analyzers.syntax.blocks import Block
    from vetline_analyzers.syntax.tree import Source


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Imported:
    """A file that another one imports; its places are known as long as somebody holds it.

    Attributes:
        first: the number of its first block, a multiple of `FOREIGN`.
        path: where it lies, POSIX, relative to the project's root.
        source: its text.
        blocks: its pieces.
    """

    first: int
    path: str
    source: Source
    blocks: Sequence[Block]

    def __post_init__(self) -> None:
        _HELD[self.first // FOREIGN] = self


_HELD: WeakValueDictionary[int, Imported] = WeakValueDictionary()


def where(place: Place) -> tuple[str, int]:
    """Path and line (from 1) of a place; "" and 0 of one in the analysed file."""
    file = _HELD.get(place.block // FOREIGN)
    if file is None:
        return "", 0
    block = file.blocks[place.block - file.first].node
    return file.path, file.source.line(block.start_byte + place.start)


def entered(steps: tuple[Step, ...], call: Step) -> tuple[Step, ...]:
    """The way of a value to a call; what it went through in another file since, it did so after the call."""
    own = (number for number, step in enumerate(steps, 1) if step.place.block < FOREIGN)
    at = max(own, default=1)
    return (*steps[:at], call, *steps[at:])
