"""TOML with places: where in the file a key stands, and where its value."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import disk
from vetline_analyzers.core.text import line_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_LIMIT = 1_000_000  # bytes; a larger "config file" is not one
_AT = re.compile(r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")
# Text that tomllib has accepted: the tokens need not be checked again, only told apart.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?!")|\'\'\'.*?\'\'\'(?!\')|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
    r"|(?P<skip>\#[^\n]*|[ \t\r]+)|[\[\]{}=,.\n]|[^\s\[\]{}=,.\#\"']+",
    re.DOTALL,
)
_MAX_DOTS = 100  # of one key; tomllib takes memory by their square
# Told apart as `_TOKEN` does, but every text is gone through once, also what is not TOML.
_MARK = re.compile(
    r'"""(?:\\.|[^\\"]|"(?!""))*+(?:""")?|"(?:\\.|[^"\\\n])*+"?'
    r"|'''(?:[^']|'(?!''))*+(?:''')?|'[^'\n]*+'?"
    r"|\#[^\n]*+|(?P<dot>\.)|(?P<end>[\[\]{}=,\n])",
    re.DOTALL,
)


class Place(NamedTuple):
    """A half-open range of lines and columns, from 0, in code points."""

    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


START = Place()


class _Token(NamedTuple):
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A TOML file that was read.

    Attributes:
        data: what it says; empty when there is an `error`.
        text: its text, as far as it could be decoded.
        error: one line, when it is not TOML or could not be read.
        error_place: where.
    """

    data: dict[str, Any]
    text: str = field(default="", repr=False)
    error: str = ""
    error_place: Place = START

    def place(self, *path: str) -> tuple[Place, Place]:
        """Where the key and the value of `path` stand; the file's start when it is not written."""
        found = self._spans.get(path)
        if found is None:  # a table that is only named by its inner tables
            inner = (spans for key, spans in self._spans.items() if key[: len(path)] == path)
            found = next(inner, ((0, 0), (0, 0)))
        return self._place(found[0]), self._place(found[1])

    @cached_property
    def _spans(self) -> dict[tuple[str, ...], tuple[tuple[int, int], tuple[int, int]]]:
        spans: dict[tuple[str, ...], tuple[tuple[int, int], tuple[int, int]]] = {}
        prefix: tuple[str, ...] = ()
        for statement in _statements(self.text):
            if statement[0].text == "[":
                prefix = _key(statement)
                where = (statement[0].start, statement[-1].end)
                spans.setdefault(prefix, (where, where))
            else:
                _pair(statement, prefix, spans)
        return spans

    @cached_property
    def _starts(self) -> list[int]:
        return line_starts(self.text)

    def _place(self, span: tuple[int, int]) -> Place:
        ends = []
        for offset in span:
            line = bisect_right(self._starts, offset) - 1
            ends += [line, offset - self._starts[line]]
        return Place(*ends)


def read(path: Path) -> Document:
    """The TOML file at `path`; what is wrong with it is in the document, nothing is raised."""
    try:
        return parse(disk.read(path, _LIMIT))
    except disk.TooLargeError:
        return Document({}, error=f"{path.name} is too large to be a config file")
    except OSError as error:
        return Document({}, error=f"{path.name} {disk.reason(error)}")


def parse(raw: bytes) -> Document:
    """The document that `raw` holds; what is wrong with it is in the document."""
    text = raw.decode("utf-8-sig", "replace")
    starts = line_starts(text)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig").splitlines() or [""]
        line = raw[: error.start].count(b"\n")
        column = len(before[-1]) if len(before) > line else 0
        return Document({}, text, "not valid UTF-8", Place(line, column, line, column + 1))
    if _is_too_deep(text):
        return Document({}, text, "nested too deeply")
    try:
        return Document(tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        return Document({}, text, *_explained(str(error), starts, text))
    except (RecursionError, ValueError) as error:  # ValueError: a number too long for int()
        why = (
            "nested too deeply" if isinstance(error, RecursionError) else "a value is out of range"
        )
        return Document({}, text, why)


def _is_too_deep(text: str) -> bool:
    """Whether a key in it has more parts than anybody means."""
    if all(line.count(".") <= _MAX_DOTS for line in text.split("\n")):
        return False
    dots = 0
    for mark in _MARK.finditer(text):
        if mark["end"]:
            dots = 0
        elif mark["dot"]:
            dots += 1
            if dots > _MAX_DOTS:
                return True
    return False


def _explained(words: str, starts: list[int], text: str) -> tuple[str, Place]:
    at = _AT.search(words)
    message = _AT.sub("", words).strip()
    message = f"not valid TOML: {message[:1].lower()}{message[1:]}"
    if at and at["line"]:
        line, column = int(at["line"]) - 1, int(at["column"]) - 1
        return message, Place(line, column, line, column + 1)
    line = len(starts) - 1
    column = len(text) - starts[-1]
    return message, Place(line, column, line, column)


def _statements(text: str) -> Iterator[list[_Token]]:
    """The tokens of each table header and each `key = value`."""
    statement: list[_Token] = []
    depth = 0
    for match in _TOKEN.finditer(text):
        if match["skip"] is not None:
            continue
        mark = match[0]
        if mark == "\n":
            if depth == 0 and statement:
                yield statement
                statement = []
            continue
        depth += (mark in ("[", "{")) - (mark in ("]", "}"))
        statement.append(_Token(mark, *match.span()))
    if statement:
        yield statement


def _pair(
    tokens: list[_Token],
    prefix: tuple[str, ...],
    spans: dict[tuple[str, ...], tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    equals = next((i for i, token in enumerate(tokens) if token.text == "="), 0)
    key, value = tokens[:equals], tokens[equals + 1 :]
    if not key or not value:
        return
    path = prefix + _key(key)
    spans.setdefault(path, ((key[0].start, key[-1].end), (value[0].start, value[-1].end)))
    if value[0].text == "{":
        for pair in _parted(value[1:-1]):
            _pair(pair, path, spans)


def _parted(tokens: Iterable[_Token]) -> Iterator[list[_Token]]:
    """The tokens between the commas that stand outside brackets."""
    part: list[_Token] = []
    depth = 0
    for token in tokens:
        depth += (token.text in ("[", "{")) - (token.text in ("]", "}"))
        if token.text == "," and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _key(tokens: list[_Token]) -> tuple[str, ...]:
    """The names of a dotted key, or of a table's header."""
    names = []
    for token in tokens:
        if token.text in ("[", "]", "."):
            continue
        quoted = token.text[0] in "\"'"
        names.append(tomllib.loads(f"k = {token.text}")["k"] if quoted else token.text)
    return tuple(names)
