"""The languages we know, one file each: suffixes, comments, grammar."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf
from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Language:
    """A language.

    Attributes:
        name: our name for it, also the LSP's languageId where there is one.
        suffixes: file suffixes, lower case, with the dot.
        names: names of files, lower case, that tell it with any suffix or none: "dockerfile".
        comment: what starts a comment that runs to the line's end.
        grammar: gives the tree-sitter language pointer; None where no tree is made.
        opaque: matches a string or a comment from its first character on: what stands in it is no
            code. None where they are not told apart.
        symbol: matches a line that opens a named function or class, the name in any group.
        language_ids: other LSP languageIds that mean it.
    """

    name: str
    suffixes: tuple[str, ...]
    comment: str = "#"
    grammar: Callable[[], object] | None = None
    opaque: re.Pattern[str] | None = None
    symbol: re.Pattern[str] | None = None
    language_ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


TEXT = Language("text", ())

# Strings and comments of the relatives of JavaScript. A regular expression with a quote in it is taken
# for a string up to the line's end: a comment behind it is missed, which silences nothing.
CURLY_OPAQUE = re.compile(
    r"//[^\r\n]*|/\*.*?(?:\*/|\Z)|`[^`\\]*(?:\\(?:.|\Z)[^`\\]*)*(?:`|\Z)"
    r'|"[^"\\\n]*(?:\\(?:.|\Z)[^"\\\n]*)*"?'
    r"|'[^'\\\n]*(?:\\(?:.|\Z)[^'\\\n]*)*'?",
    re.DOTALL,
)

# Named functions and classes of the languages with curly brackets that are relatives of JavaScript.
CURLY_SYMBOL = re.compile(
    r"\s*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?(?:"
    r"(?:(?:async\s+)?function\s*\*?|class)\s+(?P<name>\w+)"
    r"|(?:const|let|var)\s+(?P<arrow>\w+)[^=]*=\s*(?:async\s*)?(?:function\b|\(.*=>|\w+\s*=>)"
    r")"
)


@cache
def all_languages() -> dict[str, Language]:
    """The languages on the shelf, by name."""
    found = shelf.load(__name__, "LANGUAGE")
    return {language.name: language for language in found.values()}


def named(name: str) -> Language:
    """The language of that name or LSP languageId; TEXT when we do not know it."""
    if found := all_languages().get(name):
        return found
    for language in all_languages().values():
        if name in language.language_ids:
            return language
    return TEXT


def of_path(path: str) -> Language:
    """The language of a file, by its suffix, else by its name; TEXT when we do not know it."""
    lower = path.lower()
    for language in all_languages().values():
        if lower.endswith(language.suffixes):
            return language
    name = lower.rpartition("/")[2].partition(".")[0]
    for language in all_languages().values():
        if name in language.names:
            return language
    return TEXT


def opaque(language: Language, text: str) -> Callable[[int], Span | None]:
    """Gives the string or comment in which an offset of `text` lies; None in code.

    The text is read only as far as it is asked about. In a language without `opaque` all is code.
    """
    found = language.opaque.finditer(text) if language.opaque else iter(())
    spans = (Span(*match.span()) for match in found)
    read: list[Span] = []
    after = Span(len(text) + 1, len(text) + 1)

    def at(offset: int) -> Span | None:
        while not read or read[-1].start <= offset:
            read.append(next(spans, after))
        index = bisect_right(read, Span(offset, after.end)) - 1
        return read[index] if index >= 0 and offset < read[index].end else None

    return at
