"""The code cells of a Jupyter notebook, each as one text that knows where its characters stand in the file.

The file is JSON (nbformat 3 and 4); `json` gives no places, so it is gone through here, once from left to right. Outputs,
which are most of it, are passed over string by string.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DEPTH = 500  # of objects and lists; no notebook has more
_TOLD = 7  # steps of the longest path that says something
_SURROGATES = range(0xD800, 0xE000)
_TOKEN = re.compile(
    r'(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<cut>")|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)',
    re.DOTALL,
)
_MEMBER = re.compile(r"[ \t\r\n]*:")
_ESCAPE = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u(?P<code>[0-9a-fA-F]{4})|(?P<one>.))",
    re.DOTALL,
)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_MAGIC = re.compile(r"\s*%%(?P<name>[\w!]+)")
# Cell magics under which the cell is in the kernel's language still.
_SAME = frozenset({"capture", "debug", "prun", "time", "timeit", "memit", "mprun", "lprun", "pypy"})
_PYTHON = re.compile(r"(?:i|x|xeus-|py)?python|pyspark|sage|conda", re.IGNORECASE)

_CELLS = (("cells", None), ("worksheets", None, "cells", None))  # of nbformat 4 and 3
_SOURCES = {("source",), ("source", None), ("input",), ("input", None)}
_KERNEL = (
    ("metadata", "kernelspec", "language"),
    ("metadata", "language_info", "name"),
    ("metadata", "kernelspec", "name"),
)

_Path = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell.

    Attributes:
        text: its source.
        language: "python", or what a `%%` magic, the cell or the notebook says instead: "bash", "r".
        starts, places, ends: its stretches: where each begins in the text, where it begins and ends in the file. An
            escape is a stretch of one character.
    """

    text: str
    language: str
    starts: tuple[int, ...] = field(repr=False)
    places: tuple[int, ...] = field(repr=False)
    ends: tuple[int, ...] = field(repr=False)

    def span(self, span: Span) -> Span:
        """The span of the file in which a span of the text stands; an empty one is empty there, too."""
        start = self._place(span.start)
        if span.end <= span.start or not self.starts:
            return Span(start, start)
        index = bisect_right(self.starts, span.end - 1) - 1
        following = (*self.starts[index + 1 : index + 2], len(self.text))[0]
        end = self.ends[index] if span.end >= following else self._place(span.end - 1) + 1
        return Span(start, end)

    def _place(self, offset: int) -> int:
        """Where the character at an offset begins in the file; for the text's end where the last one ends."""
        if offset >= len(self.text):
            return self.ends[-1] if self.ends else 0
        index = bisect_right(self.starts, offset) - 1
        return self.places[index] + offset - self.starts[index]


class Notebook(NamedTuple):
    """What a notebook holds.

    Attributes:
        cells: its code cells, in their order.
        missing: why not all of it could be read, the end of a sentence about the file; "" when it was.
    """

    cells: tuple[Cell, ...]
    missing: str = ""


class _Draft:
    """A cell while it is read."""

    def __init__(self) -> None:
        self.kind = ""
        self.language = ""
        self.parts: list[Span] = []


def read(text: str) -> Notebook:
    """The code cells of a notebook's text; of one that is no whole JSON those that can be told."""
    drafts: list[_Draft] = []
    kernel: dict[_Path, str] = {}
    cut = ""
    draft = _Draft()
    for path, span in _strings(text):
        base = next((c for c in _CELLS if path[: len(c)] == c), None)
        if base is None:
            if path in _KERNEL:
                kernel[path] = _decoded(text, [span]).text
        elif len(path) == len(base):
            draft = _Draft()
            drafts.append(draft)
        else:
            _note(draft, path[len(base) :], text, span)
    language = next((kernel[path] for path in _KERNEL if kernel.get(path)), "python")
    cells = [_cell(text, one, language) for one in drafts if one.kind == "code"]
    try:
        json.loads(text.removeprefix("\ufeff"))
    except ValueError as error:
        cut = f"is no JSON from line {getattr(error, 'lineno', 1)} on: its cells were read as far as they can be told"
    except RecursionError:
        cut = "nests too deeply: its cells were read as far as they can be told"
    return Notebook(tuple(cells), cut)


def _note(draft: _Draft, path: _Path, text: str, span: Span) -> None:
    """Note what a string in a cell says of it."""
    if path in _SOURCES:
        draft.parts.append(span)
    elif path == ("cell_type",):
        draft.kind = text[span.start : span.end]
    elif path in {("language",), ("metadata", "vscode", "languageId")}:
        draft.language = text[span.start : span.end]


def _strings(text: str) -> Iterator[tuple[_Path, Span]]:
    """The strings that are values, without their quotes, each with its path; and where a cell's object begins.

    A path has the key for a member of an object and None for an item of a list.
    """
    path: list[str | None] = []
    objects: list[bool] = []
    wants_key = False
    at = 0
    while (token := _TOKEN.search(text, at)) and token.lastgroup != "cut":
        at = token.end()
        kind, mark = token.lastgroup, token[0]
        if kind == "string":
            inner = Span(token.start() + 1, at - 1)
            member = _MEMBER.match(text, at) if wants_key else None
            if member:
                path[-1] = text[inner.start : inner.end]
                wants_key = False
                at = member.end()
            elif len(path) <= _TOLD and "outputs" not in path:
                yield tuple(path), inner
        elif kind == "open":
            if len(path) == _DEPTH:
                return
            if mark == "{" and len(path) <= _TOLD:
                yield tuple(path), Span(at, at)
            path.append(None)
            objects.append(mark == "{")
            wants_key = mark == "{"
        elif kind == "close" and path:
            path.pop()
            objects.pop()
            wants_key = False
        elif kind == "comma":
            wants_key = bool(objects) and objects[-1]


def _cell(text: str, draft: _Draft, kernel: str) -> Cell:
    cell = _decoded(text, draft.parts)
    magic = _MAGIC.match(cell.text)
    language = draft.language or kernel
    if magic and magic["name"] not in _SAME and not _PYTHON.match(magic["name"]):
        language = magic["name"]
    elif _PYTHON.match(language):
        language = "python"
    return Cell(cell.text, language.lower(), cell.starts, cell.places, cell.ends)


def _decoded(text: str, parts: Iterable[Span]) -> Cell:
    """The text that JSON strings in a row stand for."""
    pieces: list[str] = []
    starts: list[int] = []
    places: list[int] = []
    ends: list[int] = []
    length = 0
    for part in parts:
        for piece, (start, end) in _stretches(text, part):
            pieces.append(piece)
            starts.append(length)
            places.append(start)
            ends.append(end)
            length += len(piece)
    return Cell("".join(pieces), "", tuple(starts), tuple(places), tuple(ends))


def _stretches(text: str, part: Span) -> Iterator[tuple[str, Span]]:
    """What stands in a JSON string as it is, and what its escapes stand for."""
    at = part.start
    for escape in _ESCAPE.finditer(text, part.start, part.end):
        if escape.start() > at:
            yield text[at : escape.start()], Span(at, escape.start())
        at = escape.end()
        yield _meant(escape), Span(*escape.span())
    if at < part.end:
        yield text[at : part.end], Span(at, part.end)


def _meant(escape: re.Match[str]) -> str:
    if escape["high"]:
        return chr(
            0x10000 + ((int(escape["high"], 16) - 0xD800) << 10) + int(escape["low"], 16) - 0xDC00
        )
    if escape["code"]:
        code = int(escape["code"], 16)
        return "\ufffd" if code in _SURROGATES else chr(code)  # half of a pair is no character
    return _PLAIN.get(escape["one"], escape["one"])
