"""A Dockerfile's instructions as rules ask for them: by name, by stage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Fix
from vetline_analyzers.core.text import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.rule import Document, Instruction
    from vetline_analyzers.syntax.document.shell import Found

_FROM = re.compile(r"(?:--\S+\s+){0,5}(?P<image>[^\s#]+)(?:\s+as\s+(?P<name>\S+))?", re.IGNORECASE)
_FLAGS = re.compile(r"(?:--\S+\s+){0,20}")
_ASSIGNED = re.compile(
    r"(?P<name>[A-Za-z_][\w.-]*)=(?P<value>\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[^\s\"']*)"
)
_SPACED = re.compile(r"(?P<name>[A-Za-z_]\w*)[ \t]+(?P<value>[^\n]*)")


class Base(NamedTuple):
    """What a stage is built on: its image, where that is written, and the stage's own name."""

    image: str
    span: Span
    name: str


class Variable(NamedTuple):
    """A variable that an instruction sets, its value without quotes and where that stands."""

    name: str
    value: str
    name_span: Span
    value_span: Span


def named(document: Document, *names: str) -> Iterator[Instruction]:
    """The instructions of those names."""
    return (each for each in document.instructions if each.name in names)


def bases(document: Document) -> list[Base]:
    """What each stage is built on."""
    found = []
    for each in named(document, "FROM"):
        match = _FROM.match(each.text)
        if match is None:
            found.append(Base("", each.span, ""))
            continue
        span = Span(each.at + match.start("image"), each.at + match.end("image"))
        found.append(Base(match["image"], span, (match["name"] or "").lower()))
    return found


def variables(instruction: Instruction) -> Iterator[Variable]:
    """The variables that an ENV or ARG sets, with "" for an ARG without a value."""
    text, at = instruction.text, instruction.at
    if instruction.name == "ENV" and not re.match(r"[^\s=]+=", text):
        matches = [match] if (match := _SPACED.match(text)) else []
    else:
        matches = list(_ASSIGNED.finditer(text))
        if instruction.name == "ARG" and not matches and re.fullmatch(r"\w+", text):
            span = Span(at, at + len(text))
            yield Variable(text, "", span, span)
    for match in matches:
        start, end = match.span("value")
        if end - start > 1 and text[start] == text[end - 1] and text[start] in "\"'":
            start, end = start + 1, end - 1
        name = Span(at + match.start("name"), at + match.end("name"))
        yield Variable(match["name"], text[start:end], name, Span(at + start, at + end))


def behind_flags(instruction: Instruction) -> int:
    """Where in the instruction's text its operands begin."""
    match = _FLAGS.match(instruction.text)
    return match.end() if match else 0


def place(instruction: Instruction, found: Found) -> Span:
    """Where something that was found in an instruction's text stands."""
    return Span(instruction.at + found.start, instruction.at + found.end)


def taken_out(at: int, found: Found, title: str, *, safe: bool) -> Fix | None:
    """The fix that takes a flag out of a command whose text starts at `at`; None when there is none."""
    if found.flag is None:
        return None
    start, end = found.flag
    return Fix(title, (Edit(Span(at + start, at + end), ""),), safe=safe)
