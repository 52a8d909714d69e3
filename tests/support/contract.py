"""The protocol's page read as what it is, a contract: which fields each message has, and of which types."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
_ROW = re.compile(r"^\| (`[^|]*) \| ([^|]+) \| .* \|$")
_HEAD = "| field | type | meaning |"
_NAME = re.compile(r"`([^`]+)`")
_KEY = re.compile(r'"(\w+)"(\??)')
_PLAIN: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
# Types of the protocol itself, as far as our own messages have them.
_THEIRS = {
    "Range": {"start", "end"},
    "TextDocumentIdentifier": {"uri"},
    "OptionalVersionedTextDocumentIdentifier": {"uri", "version"},
}


class Field(NamedTuple):
    """A field of an object: of which types it may be, and whether it may be left out."""

    types: tuple[str, ...]
    optional: bool


Fields = dict[str, Field]


class Section(NamedTuple):
    """A part of the page: its tables of fields in order, the result's apart, and its examples."""

    text: str
    fields: Fields
    result: Fields
    examples: list[Any]


class Contract:
    """The page."""

    def __init__(self, page: Path) -> None:
        """Read it."""
        self.text = page.read_text("utf-8")
        found = [*_HEADING.finditer(self.text)]
        ends = [*(one.start() for one in found[1:]), len(self.text)]
        self.sections = {
            one[1].strip("`"): _section(self.text[one.end() : end])
            for one, end in zip(found, ends, strict=True)
        }

    def rows(self, section: str) -> list[list[str]]:
        """The rows of the first table of a section, cells without the marks of code."""
        lines = [line for line in self.sections[section].text.splitlines() if line.startswith("|")]
        return [
            [cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines[2:]
        ]

    def faults(self, value: Any, fields: Fields, where: str) -> Iterator[str]:
        """How an object differs from its table; nothing when it is as the page says."""
        if not isinstance(value, dict):
            yield f"{where} is no object"
            return
        yield from (f"{where}.{name} is not on the page" for name in value.keys() - fields.keys())
        for name, field in fields.items():
            if name in value:
                yield from self._of(value[name], field.types, f"{where}.{name}")
            elif not field.optional:
                yield f"{where}.{name} is missing"

    def _of(self, value: Any, types: tuple[str, ...], where: str) -> Iterator[str]:
        """How a value differs from all that it may be; of one that is something what is wrong inside."""
        tried = [[*self._as(value, one, where)] for one in types]
        if all(tried):
            yield from min(tried, key=lambda faults: (len(faults), "is no" in faults[0]))

    def _as(self, value: Any, kind: str, where: str) -> Iterator[str]:
        if kind.endswith("[]"):
            if not isinstance(value, list):
                yield f"{where} is no list"
                return
            for number, one in enumerate(value):
                yield from self._as(one, kind.removesuffix("[]"), f"{where}[{number}]")
        elif kind in _PLAIN:
            if not isinstance(value, _PLAIN[kind]) or (kind == "number" and value is True):
                yield f"{where} is no {kind}: {value!r}"
        elif kind.startswith("{"):
            fields = {name: Field(("any",), bool(mark)) for name, mark in _KEY.findall(kind)}
            yield from self.faults(value, fields, where)
        elif kind in _THEIRS:
            if not isinstance(value, dict) or not value.keys() >= _THEIRS[kind]:
                yield f"{where} is no {kind}"
        elif kind != "any":
            yield from self.faults(value, self.sections[kind].fields, where)


def _section(text: str) -> Section:
    before, _, after = text.partition("The result:\n")
    tables = [*_tables(before)]
    examples = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    result = next(_tables(after), {})
    return Section(text, tables[0] if tables else {}, result, [json.loads(one) for one in examples])


def _tables(text: str) -> Iterator[Fields]:
    _, *tables = text.split(_HEAD + "\n")
    for table in tables:
        fields: Fields = {}
        for line in table.splitlines()[1:]:
            if (row := _ROW.match(line)) is None:
                break
            types, optional = row[2].replace(", optional", ""), ", optional" in row[2]
            names = _NAME.findall(row[1])
            kinds = [_NAME.findall(one) for one in re.split(r"(?<=`), (?=`)", types)]
            each = kinds if len(kinds) > 1 else kinds * len(names)
            fields |= {
                name: Field(tuple(kind), optional) for name, kind in zip(names, each, strict=True)
            }
        yield fields
