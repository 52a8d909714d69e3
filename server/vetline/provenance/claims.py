"""What an agent reports to have written, and how the text bears it out.

A report is matched by its words, never by time alone: white space and marks are a formatter's. Each word of
it explains what it explains once, so a person who types a name the agent brought in stays its author.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vetline.provenance.align import hunks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline.agents import FileEdit
    from vetline.provenance.origin import Origin
    from vetline_analyzers.core.text import Snapshot

_WORD = re.compile(r"\w+")
GAP, START = "\0", "\1"  # stand around each word, and before each piece
_USED = "\2"  # stands for what was used


@dataclass(slots=True)
class Claim:
    """A report of one file's edit.

    Attributes:
        at: when it was made, seconds since the epoch.
        origin: who claims.
        edit: what is claimed.
        pieces: the words that were added and have explained nothing yet, lines that stay together as one
            piece; "" when there is none.
        edges: the gaps in it that lie between lines.
        used: it has explained something.
    """

    at: float
    origin: Origin
    edit: FileEdit
    pieces: str
    edges: frozenset[int]
    used: bool = False

    def narrow(self, snapshot: Snapshot) -> None:
        """Of a file written whole, only what the text does not have yet is still to come."""
        if self.edit.after is not None and self.edit.before is None:
            self.pieces, self.edges = _pieces([(snapshot.text, self.edit.after)])

    def use(self, start: int, end: int) -> None:
        """Strike words that explained something; the places of the others stay."""
        struck = _WORD.sub(lambda word: _USED * len(word[0]), self.pieces[start:end])
        left = "".join((self.pieces[:start], struck, self.pieces[end:]))
        self.pieces = left if _WORD.search(left) else ""
        self.used = True


def claim(at: float, origin: Origin, edit: FileEdit) -> Claim:
    """A report with nothing explained by it yet."""
    whole = edit.after
    pairs = edit.changes if whole is None else [(edit.before or "", whole)]
    return Claim(at, origin, edit, *_pieces(pairs))


def _pieces(pairs: Iterable[tuple[str, str]]) -> tuple[str, frozenset[int]]:
    """What was added where one text was replaced by another, and the gaps between its lines."""
    made: list[str] = []
    edges: set[int] = set()
    size = 0
    for old, new in pairs:
        before, after = old.splitlines(), new.splitlines()
        for hunk in hunks(before, after):
            lines = [] if hunk.same else [_WORD.findall(text) for text in after[hunk.c : hunk.d]]
            if not any(lines):
                continue
            for part in (START + GAP, *(GAP.join((*words, "")) for words in lines if words)):
                made.append(part)
                size += len(part)
                edges.add(size - 1)
    return "".join(made), frozenset(edges)


def words_of(text: str) -> str:
    """The words of a text with a gap before, between and behind them; "" when there is none."""
    words = _WORD.findall(text)
    return GAP.join(("", *words, "")) if words else ""


def nearest(claims: Iterable[Claim], at: float) -> list[Claim]:
    """The claims, those made closest to a time first."""
    return sorted(claims, key=lambda claim: abs(claim.at - at))
