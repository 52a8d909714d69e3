"""HTML in which nothing that comes from outside can be markup."""

from __future__ import annotations

import re
from html import escape

from vetline.formats import visible, whole

_SPACE = re.compile(r"\s+")
_VOID = frozenset({"meta"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(words: object) -> Markup:
    """Anybody's text as HTML, with nothing in it that is markup, or that could steer or hide."""
    if isinstance(words, Markup):
        return words
    return Markup(escape(visible(whole(_SPACE.sub(" ", str(words))))))


def tag(name: str, /, *inside: object, **attributes: object) -> Markup:
    """An element; what is inside is escaped unless it is markup.

    Args:
        name: what it is called.
        inside: texts and markup, in order; None is nothing.
        attributes: `class_`, `aria_label`, …; True stands for a bare one, None and False for none.
    """
    said = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{joined(*inside)}</{name}>")


def joined(*parts: object) -> Markup:
    """Several parts, one after the other."""
    return Markup("".join(text(one) for one in parts if one is not None))


def prose(words: str) -> Markup:
    """Our own sentences, in which names stand between backticks."""
    parts = words.split("`")
    return joined(*(tag("code", part) if at % 2 else text(part) for at, part in enumerate(parts)))


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(value)}"'
