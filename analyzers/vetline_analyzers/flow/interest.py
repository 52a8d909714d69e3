"""Which pieces of a file may reach a sink at all, told from their text: the others need not be run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vetline_analyzers.flow.language import Language

_CALLED = re.compile(rb"(?<![\w$])([A-Za-z_$][\w$]*)\s*(?:\(|`)")
_WORD = re.compile(rb"[A-Za-z_$][\w$]*")


def reaching(  # noqa: PLR0917 - what a file is
    language: Language,
    aliases: Mapping[str, tuple[str, ...]],
    outside: set[bytes],
    texts: Sequence[bytes],
    data: bytes,
    called: Callable[[set[int]], set[bytes]],
) -> set[int]:
    """The numbers of the pieces of a file in which a sink may be reached, also by calling another piece.

    Args:
        language: its language, with the sinks.
        aliases: what its names stand for through imports.
        outside: the names of what reaches a sink in files that it imports.
        texts: the pieces.
        data: the file.
        called: gives the names by which pieces are called.
    """
    meant = outside | {
        name.encode()
        for name, targets in aliases.items()
        if any(t.rpartition(".")[2] in language.words for t in targets)
        or any(t.rpartition(".")[2].encode() in outside for t in targets)
    }
    calls = [set(_CALLED.findall(text)) for text in texts]
    found = {
        number
        for number, each in enumerate(calls)
        if _may_reach(language, each, meant, texts[number], data)
    }
    names = called(found)
    before = -1
    while names and len(found) != before:
        before = len(found)
        found |= {number for number, each in enumerate(calls) if not each.isdisjoint(names)}
        names |= called(found)
    return found


def _may_reach(
    language: Language, calls: set[bytes], aliases: set[bytes], text: bytes, data: bytes
) -> bool:
    """Whether a piece of a file may reach a sink by itself.

    Args:
        language: its language, with the sinks.
        calls: the last names of what it calls.
        aliases: the names that mean a sink, or something that reaches one, in its file.
        text: the piece.
        data: the file.
    """
    if not calls.isdisjoint(aliases):
        return True
    sinks = language.sinks
    for word in (call.decode() for call in calls):
        if sinks.alike(word):
            return True
        if word not in language.words:
            continue
        roots = language.roots.get(word)
        if roots is None or any(root.encode() in data for root in roots):
            return True
    if sinks.by_attribute or sinks.by_item:
        words = {word.decode() for word in _WORD.findall(text)}
        if not words.isdisjoint(sinks.by_attribute) or not words.isdisjoint(sinks.by_item):
            return True
    return bool(sinks.returned) and _gives_back(language, calls, text)


def _gives_back(language: Language, calls: set[bytes], text: bytes) -> bool:
    """Whether a handler may give text back to a visitor."""
    if b"return" not in text and b"=>" not in text:
        return False
    words = {call.decode() for call in calls}
    return not words.isdisjoint(language.models.routes) or b"request" in text
