"""Which pieces of a file may reach a sink at all, told from their text: the others need not be run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vetline_analyzers.flow.language import Language

_CALLED = re.compile(rb"(?<![\w$])([A-Za-z_$][\w$]*)\s*(?:\(|`)")
_WORD = re.compile(rb"[A-Za-z_$][\w$]*")


def called_in(text: bytes) -> set[bytes]:
    """The last names of what a text calls."""
    return set(_CALLED.findall(text))


def may_reach(
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
        if any(pattern.search(word) for pattern, _, _ in sinks.like):
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
