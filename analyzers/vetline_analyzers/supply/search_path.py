"""Whether a Python text has its modules looked for in other places of the project, so that one that nobody knows may be there.

Only code says so, and only where it leads somewhere: a comment, or a folder that there is not, clears no name.
"""

from __future__ import annotations

import posixpath
import re
from itertools import islice
from typing import TYPE_CHECKING

from vetline_analyzers import places
from vetline_analyzers.supply import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST = 50  # places of one text that are looked at
_STEPS = 5  # assignments that a path is followed through
_SIZE = 300  # characters of what is added
_ADDS = re.compile(
    r"(?<!\w)(?:sys\.path(?:\.(?:insert|append|extend)\(|\[[^\]\n]{0,20}\]\s{0,9}=(?!=)|\s{0,9}\+?=(?!=))|addsitedir\()"
)
# Finders of one's own, and what tests of plugins make their modules with.
_FINDERS = re.compile(r"(?<!\w)sys\.meta_path(?:\.(?:insert|append|extend)\(|\[|\s{0,9}\+?=(?!=))")
_OF_TESTS = re.compile(r"\.(?:syspath_prepend|syspathinsert|makepyfile|mkpydir)\(")
_HERE = re.compile(
    r"(?<!\w)(?:__file__|__path__|getcwd|getcwdb|curdir|cwd|getsourcefile|getfile)(?!\w)"
)
_WORDS = re.compile(r"(?<![\w.])[^\W\d]\w{0,99}")
_STRING = re.compile(r"(?<!\w)[rRuU]?(?P<quote>['\"])(?P<path>[^'\"\\\n]{1,200})(?P=quote)")
_MADE = "tmp_path", "tmpdir", "tmp_dir", "tempdir", "temp_dir", "mkdtemp", "TemporaryDirectory"


def changes(text: str, is_code: Callable[[int], bool], path: str, files: frozenset[str]) -> bool:
    """Whether a text adds a place of the project to those where modules are looked for.

    Args:
        text: the text.
        is_code: tells whether an offset lies outside strings and comments.
        path: the text's, POSIX, relative to the project's root.
        files: as in `Facts`; empty when nothing is known of them.
    """
    if not any(
        word in text
        for word in ("sys.path", "addsitedir", "meta_path", "syspath", "make", "mkpydir")
    ):
        return False
    if any(True for _ in _within(_FINDERS, text, is_code)):
        return True
    is_test = places.is_test(path) or readers.is_data(path)
    if is_test and any(True for _ in _within(_OF_TESTS, text, is_code)):
        return True
    added = (_value(text, match.end()) for match in _within(_ADDS, text, is_code))
    return any(_leads(one, text, is_code, path, files, is_test=is_test) for one in added)


def _within(
    pattern: re.Pattern[str], text: str, is_code: Callable[[int], bool]
) -> Iterator[re.Match[str]]:
    return (one for one in islice(pattern.finditer(text), _MOST) if is_code(one.start()))


def _value(text: str, at: int) -> str:
    """What stands from an offset to the end of its line, or of the brackets that it opens, without comments."""
    lines, depth = [], int(text[at - 1] == "(")
    for line in text[at : at + _SIZE].splitlines():
        bare = line.partition("#")[0]
        lines.append(bare)
        depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
        if depth <= 0 and (bare.strip() or depth < 0):
            break
    return " ".join(lines)


def _leads(
    value: str,
    text: str,
    is_code: Callable[[int], bool],
    path: str,
    files: frozenset[str],
    *,
    is_test: bool,
) -> bool:
    """Whether what is added is, or is made from, a place of the project."""
    seen: set[str] = set()
    for _ in range(_STEPS):
        bare = _STRING.sub("''", value)
        if _HERE.search(bare) or (is_test and any(word in bare for word in _MADE)):
            return True
        if any(_is_there(match["path"], path, files) for match in _STRING.finditer(value)):
            return True
        names = set(_WORDS.findall(bare)) - seen
        seen |= names
        value = " ".join(_assigned(name, text, is_code) for name in sorted(names)[:_MOST])
        if not value.strip():
            return False
    return False


def _assigned(name: str, text: str, is_code: Callable[[int], bool]) -> str:
    """What a name is first given in a text: by an assignment, or as what a loop or `with` gives it."""
    pattern = re.compile(
        rf"(?<![\w.]){re.escape(name)}(?:[ \t]{{0,9}}:[^=\n]{{1,50}})?[ \t]{{0,9}}=(?!=)|\bfor[ \t]{{1,9}}{re.escape(name)}[ \t]{{1,9}}in\b"
    )
    found = next(_within(pattern, text, is_code), None)
    return _value(text, found.end()) if found else ""


def _is_there(written: str, path: str, files: frozenset[str]) -> bool:
    """Whether a path is that of a folder of the project, from the text's folder or from the root."""
    if not files or written.startswith(("/", "~")):
        return False
    folder = posixpath.dirname(path)
    for base in ("", folder):
        place = posixpath.normpath(posixpath.join(base, written))
        if place == "." or place + "/" in files:
            return True
    return False
