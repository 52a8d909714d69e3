"""An independent model of authorship: a list of characters, each with its author. Trivially right."""

from __future__ import annotations

from typing import NamedTuple

PERSON, NOBODY, LOST = "a person", "nobody we know", "lost"


class Character(NamedTuple):
    """A character and who wrote it: an agent's name, PERSON, NOBODY; LOST when it cannot be known."""

    char: str
    author: str


class Page:
    """A text, character by character. Line ends are line feeds."""

    def __init__(self, text: str = "", author: str = NOBODY):
        self.characters = [Character(char, author) for char in text]

    @property
    def text(self) -> str:
        return "".join(char for char, _ in self.characters)

    def put(self, start: int, end: int, what: list[Character]) -> list[Character]:
        """Replace a stretch, and give what stood there."""
        gone = self.characters[start:end]
        self.characters[start:end] = what
        return gone

    def lines(self) -> list[list[Character]]:
        """The characters line by line, without line ends."""
        lines: list[list[Character]] = [[]]
        for character in self.characters:
            if character.char == "\n":
                lines.append([])
            else:
                lines[-1].append(character)
        return lines

    def bounds(self) -> list[tuple[int, int]]:
        """Where each line starts and ends."""
        found, at = [], 0
        for line in self.lines():
            found.append((at, at + len(line)))
            at += len(line) + 1
        return found


def written(text: str, author: str) -> list[Character]:
    return [Character(char, author) for char in text]


def authors_of(line: list[Character]) -> set[str]:
    """Who wrote the letters of a line."""
    return {author for char, author in line if char.isalnum()}


def allowed(authors: set[str]) -> set[str]:
    """The states that a tracker may give a line whose letters are by these authors."""
    agents = authors - {PERSON, NOBODY, LOST}
    if not authors:
        return {"ai", "mixed", "human", "unknown", "suspect_ai"}  # a blank line is its neighbours'
    if LOST in authors:
        return {"unknown", "human", "mixed", "suspect_ai"} | ({"ai"} if agents else set())
    if agents:
        return {"ai"} if authors == agents else {"mixed"}
    if authors == {NOBODY}:
        return {"unknown", "suspect_ai"}
    return {"human"} if authors == {PERSON} else {"human", "suspect_ai"}
