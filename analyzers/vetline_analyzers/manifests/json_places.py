"""JSON and its relative with comments as plain values that know their places: a lock file of megabytes in a moment.

A half-typed text is read as far as it makes sense.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vetline_analyzers.core.regex import late

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = late(
    r'"(?P<string>(?:[^"\\\n]|\\[^\n])*)"?|(?P<mark>[{}\[\]:,])|(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))'
    r'|(?P<bare>[^\s"{}\[\]:,/]+)|/'
)
_COMMENT = "comment"


class Text(str):
    """A string and the offset of its first character; escapes are not resolved."""

    __slots__ = ("at",)
    at: int


class Reading(NamedTuple):
    """What a text says: dictionaries with `Text` keys, lists, `Text`; and whether all of it could be read."""

    root: Any
    whole: bool


def read(text: str) -> Reading:
    """The value that a text holds; an empty dictionary when there is none."""
    root: list[Any] = []
    builder = _Builder(root)
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "mark":
            builder.mark(match[0])
        elif kind is None:
            builder.whole = False
        elif kind != _COMMENT:
            value = Text(match[kind])
            value.at = match.start(kind)
            builder.add(value)
    whole = builder.whole and not builder.outer and len(root) == 1
    return Reading(root[0] if root else {}, whole)


class _Builder:
    """Puts values where they belong, without recursion."""

    def __init__(self, root: list[Any]) -> None:
        self.whole = True
        self.outer: list[tuple[Any, Text | None]] = []
        self._into: Any = root
        self._key: Text | None = None
        self._last: Text | None = None  # the key that was given a value since the last comma

    def add(self, value: Any) -> None:
        """Put a value into what is open; in a dictionary without a key it is one."""
        if isinstance(self._into, list):
            self._into.append(value)
        elif self._key is not None:
            self._into[self._key] = value
            self._key, self._last = None, self._key
        elif isinstance(value, Text):
            self._key = value
        else:
            self.whole = False

    def mark(self, mark: str) -> None:
        """Heed a mark between values."""
        if mark in "{[":
            value: Any = {} if mark == "{" else []
            key = self._key
            self.add(value)
            self.outer.append((self._into, key))
            self._into, self._key, self._last = value, None, None
        elif mark in "}]":
            self._close(mark)
        elif mark == ",":
            self.whole = self.whole and self._key is None
            self._key, self._last = None, None
        elif self._key is None and self._last is not None:
            # `"half": "next": "1"`: the first has no value yet, what was taken for it is the next key.
            value = self._into.pop(self._last)
            self.whole = False
            self._key, self._last = (value if isinstance(value, Text) else None), None

    def _close(self, mark: str) -> None:
        if not self.outer or isinstance(self._into, list) != (mark == "]"):
            self.whole = False
        if not self.outer:
            return
        self.whole = self.whole and self._key is None
        self._into, self._last = self.outer.pop()
        self._key = None


def below(value: Any, *keys: str) -> Any:
    """What the keys lead to; an empty dictionary where they lead nowhere."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return {} if value is None else value


def string(value: Any, *keys: str) -> str:
    """The string that the keys lead to; "" for none."""
    found = below(value, *keys)
    return found if isinstance(found, str) else ""


def pairs(value: Any, *keys: str) -> Iterator[tuple[Text, Any]]:
    """The members of the dictionary that the keys lead to."""
    found = below(value, *keys)
    if isinstance(found, dict):
        yield from found.items()
