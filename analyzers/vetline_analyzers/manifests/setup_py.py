"""setup.py of setuptools: what it says in literal lists; it is never run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Manifest, Reading, pep508

if TYPE_CHECKING:
    from collections.abc import Iterator

# `install_requires=[`, `requires: list[str] = (`, `extras_require = {`
_ASSIGNED = late(r"\b(?P<name>\w++)[ \t]{0,9}(?::[^=\n]{1,80})?=\s{0,99}(?=[\[({])")
_MEANT = late(r"require|dependencies", re.IGNORECASE)
_PIECE = late(
    r"(?P<quote>[\"'])(?P<text>(?:\\.|(?!(?P=quote))[^\\\n])*)(?P<closed>(?P=quote))?"
    r"|#[^\n]*|[\[\](){}:]"
)
_CALLED = late(r"[\w\])]")  # before a bracket
_NAME = late(r"\bname\s{0,9}=\s{0,9}[\"'](?P<name>[A-Za-z0-9._-]{1,200})[\"']")


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "setup.py"


def read(text: str) -> Reading:
    """What a text of this format says."""
    found = []
    for start, end, optional in _strings(text):
        requirement = pep508.read(text, start, end, optional=optional)
        if requirement is not None:
            found.append(requirement)
    call = text.find("setup(")
    own = _NAME.search(text, call) if call >= 0 else None
    return Reading(tuple(found), own=(package(Ecosystem.PYPI, own["name"]),) if own else ())


def _strings(text: str) -> Iterator[tuple[int, int, bool]]:
    """Strings in lists whose name says that they are requirements; keys of dictionaries and arguments of calls are none."""
    at = 0
    while start := _ASSIGNED.search(text, at):
        at = start.end()
        if not _MEANT.search(start["name"]) or "python_requires" in start["name"]:
            continue
        optional = "extra" in start["name"].lower() or "test" in start["name"].lower()
        depth = call = 0
        last: re.Match[str] | None = None
        for piece in _PIECE.finditer(text, at):
            mark = piece[0]
            if last is not None and mark != ":" and not call:
                yield *last.span("text"), optional
            last = piece if piece["closed"] else None
            depth += (mark in "[({") - (mark in "])}")
            if mark in "[(" and not call and _CALLED.match(text, piece.start() - 1):
                call = depth
            elif depth < call:
                call = 0
            at = piece.end()
            if depth == 0:
                break


MANIFEST = Manifest("setup.py", matches, read)
