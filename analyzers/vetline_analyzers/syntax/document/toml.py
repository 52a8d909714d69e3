"""TOML as plain trees with places, which the standard library's reader does not give.

Enough of TOML 1.0 for settings: tables, arrays of tables, dotted keys, strings, arrays and inline tables. A line that
is none of these is told.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from vetline_analyzers.core.text import Span
from vetline_analyzers.syntax.document.node import Node, Pair

_NODES = 50_000
_DEPTH = 50
_LINES = 20  # lines that may be at fault in a text whose rest is looked at
_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY = re.compile(
    r"\"(?P<double>(?:[^\"\\\n]|\\.)*)\"|'(?P<single>[^'\n]*)'|(?P<bare>[A-Za-z0-9_-]+)"
)
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_STRING = re.compile(
    r'"""(?P<a>(?:[^"\\]|\\.|"(?!""))*)"""|\'\'\'(?P<b>(?:[^\']|\'(?!\'\'))*)\'\'\''
    r"|\"(?P<c>(?:[^\"\\\n]|\\.)*)\"|'(?P<d>[^'\n]*)'",
    re.DOTALL,
)
_BARE = re.compile(r"[^\s,#\]}]+")


class Reading(NamedTuple):
    """What a text says: its tree, and the lines, from 0, that could not be read."""

    root: Node
    broken: tuple[int, ...]


class TooLargeError(ValueError):
    """The text has too many values, or they nest too deeply."""


class _Error(Exception):
    """What stands at an offset is no TOML."""


class _Table(NamedTuple):
    """A table that is being filled: what leads to it, and its members."""

    at: int
    pairs: dict[str, tuple[Span, Node | _Table | list[_Table]]]


def read(text: str) -> Reading:
    """The tree of a text; `[[x]]` is a sequence of mappings.

    Raises:
        TooLargeError: it has too many values, or they nest too deeply.
    """
    root = _Table(0, {})
    broken: list[int] = []
    table, at, count = root, 0, 0
    while (at := _end(_SPACE, text, at)) < len(text) and len(broken) <= _LINES:
        count += 1
        if count > _NODES:
            raise TooLargeError
        try:
            table, at = _line(text, at, root, table)
        except _Error:
            broken.append(text.count("\n", 0, at))
            end = text.find("\n", at)
            at = end if end >= 0 else len(text)
    return Reading(_frozen(root), tuple(broken))


def _line(text: str, at: int, root: _Table, table: _Table) -> tuple[_Table, int]:
    """Reads a header or a pair; gives the table that is open behind it, and where that is."""
    if text[at] == "[":
        double = text.startswith("[[", at)
        keys, end = _keys(text, _end(_BLANK, text, at + 1 + double))
        close = "]]" if double else "]"
        end = _end(_BLANK, text, end)
        if not text.startswith(close, end):
            raise _Error
        return (_appended if double else _below)(root, keys), end + len(close)
    keys, end = _keys(text, at)
    end = _end(_BLANK, text, end)
    if text[end : end + 1] != "=":
        raise _Error
    node, end = _value(text, _end(_BLANK, text, end + 1), 0)
    name, span = keys[-1]
    _below(table, keys[:-1]).pairs[name] = (span, node)
    return table, end


def _keys(text: str, at: int) -> tuple[list[tuple[str, Span]], int]:
    """The parts of a key, which dots join."""
    keys: list[tuple[str, Span]] = []
    while match := _KEY.match(text, at):
        if len(keys) >= _DEPTH:
            raise TooLargeError
        name = next(part for part in match.groups() if part is not None)
        keys.append((name, Span(*match.span())))
        dot = _DOT.match(text, match.end())
        if dot is None:
            return keys, match.end()
        at = dot.end()
    raise _Error


def _below(table: _Table, keys: list[tuple[str, Span]]) -> _Table:
    for name, span in keys:
        found = table.pairs.get(name, (span, None))[1]
        if isinstance(found, list):
            table = found[-1]
            continue
        if not isinstance(found, _Table):
            found = _Table(span.start, {})
            table.pairs[name] = (span, found)
        table = found
    return table


def _appended(root: _Table, keys: list[tuple[str, Span]]) -> _Table:
    """A new table at the end of the array that the keys lead to."""
    above = _below(root, keys[:-1])
    name, span = keys[-1]
    found = above.pairs.get(name, (span, None))[1]
    if not isinstance(found, list):
        found = []
        above.pairs[name] = (span, found)
    found.append(_Table(span.start, {}))
    return found[-1]


def _value(text: str, at: int, depth: int) -> tuple[Node, int]:
    """The value at an offset, and where it ends."""
    if depth > _DEPTH:
        raise TooLargeError
    if match := _STRING.match(text, at):
        group = match.lastgroup or "c"
        span = Span(*match.span())
        return Node(span, match[group], match.start(group), quoted=True), match.end()
    opener = text[at : at + 1]
    if opener == "[":
        items, end = _members(text, at, "]", depth)
        return Node(Span(at, end), items=tuple(pair.value for pair in items)), end
    if opener == "{":
        pairs, end = _members(text, at, "}", depth)
        return Node(Span(at, end), pairs=tuple(pairs)), end
    match = _BARE.match(text, at)
    if match is None:
        raise _Error
    return Node(Span(*match.span()), match[0], at), match.end()


def _members(text: str, at: int, close: str, depth: int) -> tuple[list[Pair], int]:
    """The members of an array or of an inline table, the former without keys."""
    found: list[Pair] = []
    at = _end(_SPACE, text, at + 1)
    while not text.startswith(close, at):
        if len(found) >= _NODES:
            raise TooLargeError
        key, span = "", Span(at, at)
        if close == "}":
            keys, at = _keys(text, at)
            key, span = ".".join(name for name, _ in keys), keys[-1][1]
            at = _end(_BLANK, text, at)
            if text[at : at + 1] != "=":
                raise _Error
            at = _end(_BLANK, text, at + 1)
        node, at = _value(text, at, depth + 1)
        found.append(Pair(key, span, node))
        at = _end(_SPACE, text, at)
        if text[at : at + 1] == ",":
            at = _end(_SPACE, text, at + 1)
        elif not text.startswith(close, at):
            raise _Error
    return found, at + 1


def _frozen(table: _Table) -> Node:
    pairs = []
    for name, (span, value) in table.pairs.items():
        if isinstance(value, list):
            items = tuple(map(_frozen, value))
            node = Node(Span(items[0].span.start, items[-1].span.end), items=items)
        else:
            node = _frozen(value) if isinstance(value, _Table) else value
        pairs.append(Pair(name, span, node))
    end = max((pair.value.span.end for pair in pairs), default=table.at)
    return Node(Span(table.at, max(end, table.at)), pairs=tuple(pairs))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
