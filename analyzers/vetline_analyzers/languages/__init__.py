"""The languages we know, one file each: suffixes, comments, grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Language:
    """A language.

    Attributes:
        name: our name for it, also the LSP's languageId where there is one.
        suffixes: file suffixes, lower case, with the dot.
        comment: what starts a comment that runs to the line's end.
        grammar: gives the tree-sitter language pointer; None where no tree is made.
        symbol: matches a line that opens a named function or class, the name in any group.
        language_ids: other LSP languageIds that mean it.
    """

    name: str
    suffixes: tuple[str, ...]
    comment: str = "#"
    grammar: Callable[[], object] | None = None
    symbol: re.Pattern[str] | None = None
    language_ids: tuple[str, ...] = ()


TEXT = Language("text", ())

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
    """The language of a file, by its suffix; TEXT when we do not know it."""
    lower = path.lower()
    for language in all_languages().values():
        if lower.endswith(language.suffixes):
            return language
    return TEXT
