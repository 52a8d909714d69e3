"""Who should look at a file, as a CODEOWNERS file says: in GitHub's form, or GitLab's with sections.

Sources: "About code owners" (docs.github.com) and "Code Owners syntax" (docs.gitlab.com). The file may be anybody's:
patterns are compared without regular expressions, so that none takes long. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# Where one is looked for; the first that is there counts.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
LIMIT = 3_000_000  # bytes; GitHub reads no larger one

# "[Name]", "^[Name]", "[Name][2] @default"
_SECTION = re.compile(r"\^?\[[^\]]{1,200}\](?:\[[0-9]{1,4}\])?(?:[ \t]+(?P<owners>.*))?")
_WORD = re.compile(r"(?:\\.|[^\\\s])+")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(slots=True)
class _Section:
    """Entries of which the last that fits counts."""

    default: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


def owners(text: str, path: str) -> tuple[str, ...]:
    """Who owns a file: "@login", "@team/name" and addresses, in the order of the text; none when nobody does.

    Args:
        text: the content of the CODEOWNERS file.
        path: the file's, POSIX, relative to the repository's root.
    """
    lines = list(_lines(text))
    sections = [_Section()]
    has_sections = any(_SECTION.fullmatch(line) for line in lines)
    for line in lines:
        if head := _SECTION.fullmatch(line):
            sections.append(_Section(_people(_words(head["owners"] or ""))))
            continue
        pattern, *people = _words(line)
        if pattern.startswith("!"):  # GitLab: nobody of this section has to look at it
            if fits(pattern[1:], path, anywhere=has_sections):
                sections[-1].found = ()
        elif fits(pattern, path, anywhere=has_sections):
            sections[-1].found = _people(people) or sections[-1].default
    return tuple(dict.fromkeys(who for section in sections for who in section.found))


def fits(pattern: str, path: str, *, anywhere: bool = False) -> bool:
    """Whether a pattern, as in `.gitignore` without ranges, means a file.

    Args:
        pattern: it.
        path: the file's.
        anywhere: a pattern that does not start with a slash fits at any depth, as for GitLab; else only one
            without a slash inside does.
    """
    bare = pattern.strip("/")
    if not bare:
        return pattern == "/"
    parts = bare.split("/")
    if not pattern.startswith("/") and (anywhere or len(parts) == 1):
        parts = ["**", *parts]
    if pattern.endswith("/"):
        parts += ["*", "**"]
    elif parts[-1] != "*" or parts == ["**", "*"]:  # "docs/*" does not mean what lies deeper
        parts.append("**")
    return _spread(parts, path.split("/"), "**", _is_word)


def _is_word(pattern: str, word: str) -> bool:
    return _spread(pattern, word, "*", lambda one, other: one in {"?", other})


def _spread(
    pattern: Sequence[str],
    items: Sequence[str],
    many: str,
    same: Callable[[str, str], bool],
) -> bool:
    """Whether items fit a pattern in which `many` stands for any number of them.

    Only the last `many` met is ever tried again, so the time is at most the product of both lengths.
    """
    at = back = 0
    star = -1
    place = 0
    while place < len(items):
        if at < len(pattern) and pattern[at] == many:
            star, back = at, place
            at += 1
        elif at < len(pattern) and same(pattern[at], items[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            back += 1
            at, place = star + 1, back
        else:
            return False
    return all(one == many for one in pattern[at:])


def _lines(text: str) -> Iterator[str]:
    for raw in text.splitlines():
        line = raw.strip()
        if line and not line.startswith("#"):
            yield line


def _words(line: str) -> list[str]:
    """The words of a line up to a comment, with their escapes undone."""
    found: list[str] = []
    for word in _WORD.findall(line):
        if word.startswith("#"):
            break
        found.append(_ESCAPED.sub(r"\1", word))
    return found or [""]


def _people(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if "@" in word)
