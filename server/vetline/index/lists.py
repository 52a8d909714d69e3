"""Lists of names as they are given to `vetline index build`: read line by line, what is no name left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.universe import Ecosystem, package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LINE = 100_000  # characters; more is no list of names
_MONTH = 7  # characters of "2026-11"
_NAMES = {
    Ecosystem.PYPI: re.compile(r"[a-z0-9](?:[a-z0-9-]{0,212}[a-z0-9])?"),
    Ecosystem.NPM: re.compile(r"(?:@[^/@\s]{1,212}/)?[^/@\s]{1,214}"),
}


class ListError(Exception):
    """A list cannot be read; the message names the file, and the line where it is one."""


class Row(NamedTuple):
    """A package as a list has it.

    Attributes:
        name: normalised.
        version: of its last release; "" where the list does not say.
        month: of its last release, ISO; "" where the list does not say.
        rank: its place among the most downloaded, from 1; 0 where it has none.
        downloads: how often; 0 where the list does not say.
        summary: "" where the list does not say.
    """

    name: str
    version: str = ""
    month: str = ""
    rank: int = 0
    downloads: int = 0
    summary: str = ""


def rows(path: Path, ecosystem: Ecosystem) -> Iterator[Row]:
    """The packages of a list: a name a line, or columns between tabs that the first line names.

    Of the columns are heeded `name`, `version`, `month`, `summary`, and those that begin with `rank` and `downloads`.

    Raises:
        ListError: it cannot be read, has no column of names, or a number is none.
    """
    read: Callable[[list[str]], Row] | None = None
    for number, line in _lines(path):
        cells = line.split("\t")
        if read is None:
            read, is_header = _reader(path, cells, ecosystem)
            if is_header:
                continue
        try:
            row = read(cells)
        except ValueError as error:
            raise ListError(f"{path}:{number}: {error}") from None
        if is_name(row.name, ecosystem):
            yield row


def pairs(path: Path) -> Iterator[tuple[str, str]]:
    """The pairs of a file of import names: the name, a tab, a distribution that provides it.

    Raises:
        ListError: it cannot be read, or a line is no such pair.
    """
    for number, line in _lines(path):
        module, tab, distribution = line.partition("\t")
        if not tab or "\t" in distribution:
            raise ListError(f"{path}:{number}: is not an import name, a tab and a distribution")
        yield module, package(Ecosystem.PYPI, distribution).name


def is_name(name: str, ecosystem: Ecosystem) -> bool:
    """Whether a normalised name is one that the registry may have."""
    return _NAMES[ecosystem].fullmatch(name) is not None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
            number = 0
            while line := stream.readline(_LINE):
                number += 1
                if len(line) == _LINE:
                    raise ListError(f"{path}:{number}: is longer than {_LINE} characters")
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except OSError as error:
        raise ListError(f"{path}: cannot be read: {error.strerror}") from None


def _reader(
    path: Path, first: list[str], ecosystem: Ecosystem
) -> tuple[Callable[[list[str]], Row], bool]:
    """How the lines of a list are read, and whether its first one only names columns."""
    if len(first) == 1 and first[0] != "name":
        return (lambda cells: Row(package(ecosystem, cells[0]).name)), False
    if "name" not in first:
        raise ListError(f"{path}:1: names no column 'name': {', '.join(first)[:80]}")
    at = {
        field: next((n for n, title in enumerate(first) if title.startswith(field)), None)
        for field in Row._fields
    }

    def row(cells: list[str]) -> Row:
        def cell(field: str) -> str:
            place = at[field]
            return cells[place] if place is not None and place < len(cells) else ""

        return Row(
            package(ecosystem, cell("name")).name,
            cell("version"),
            cell("month")[:_MONTH],
            _number(cell("rank")),
            _number(cell("downloads")),
            cell("summary"),
        )

    return row, True


def _number(word: str) -> int:
    if not word:
        return 0
    if not (word.isascii() and word.isdecimal()):
        raise ValueError(f"{word[:40]!r} is not a number")
    return int(word)
