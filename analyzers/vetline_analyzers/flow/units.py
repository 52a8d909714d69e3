"""The pieces a file is run by, and what a run over one gave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.flow.value import FOREIGN, Place, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tree_sitter import Node

    from vetline_analyzers.flow.machine import Fault
    from vetline_analyzers.syntax.dialect import Dialect
    from vetline_analyzers.syntax.tree import Source

    Signature = tuple[object, ...] | None

_SERVED = re.compile(rb"(?:\s|//[^\n]*\n|/\*[^*]*\*/){0,200}[\"']use server[\"']")
_FLAGS = (bool, int, float, type(None))


class Remembered(NamedTuple):
    """What a run over one unit found, and what it depends on besides its own text.

    Attributes:
        asked: the names that it looked for outside, and what they stood for.
        faults: what it found.
        unfed: calls that are given nothing that does harm.
        blocks: the blocks that the faults speak of, by the numbers that they had.
        steps: what it cost.
        whole: it was run to the end.
    """

    asked: Mapping[str, Signature]
    faults: tuple[Fault, ...]
    unfed: frozenset[Place]
    blocks: Mapping[int, object]
    steps: int
    whole: bool


class Unit(NamedTuple):
    """A function or member by its block."""

    number: int
    name: str
    owner: str


@dataclass(slots=True)
class Outcome:
    """What was found in a file.

    Attributes:
        faults: what arrived where it does harm.
        unfed: calls that would do harm by what they are given, and are given nothing that does.
        cut: the blocks that could not be run to the end.
    """

    faults: list[Fault] = field(default_factory=list)
    unfed: set[Place] = field(default_factory=set)
    cut: list[int] = field(default_factory=list)


def divisions(name: str) -> Iterator[tuple[str, str]]:
    """The modules that a dotted name may begin with, the longest first, each with what is left of it."""
    bare = name.lstrip(".")
    dots = name[: len(name) - len(bare)]
    parts = bare.split(".")
    for cut in range(len(parts) - 1, -1 if dots else 0, -1):
        yield dots + ".".join(parts[:cut]), ".".join(parts[cut:])


def is_served(text: bytes) -> bool:
    """Whether a file begins with the directive that any visitor may call what it exports."""
    return _SERVED.match(text) is not None


def unsettled(value: Value) -> Value:
    """A variable of the module as its functions see it: what is set at run time is not known."""
    if value.constants is not None and any(isinstance(c, _FLAGS) or not c for c in value.constants):
        return (
            Value(number=True)
            if all(isinstance(c, bool | int | float) for c in value.constants)
            else Value()
        )
    return value


def definition(node: Node) -> Node:
    """What is defined inside decorators or an export."""
    for name in ("definition", "declaration"):
        inside = node.child_by_field_name(name)
        if inside is not None:
            return inside
    return node


def class_around(node: Node, dialect: Dialect) -> Node | None:
    """The class whose member a block is, with decorators and an export around it."""
    at, levels = node.parent, 0
    while at is not None and levels < 4:  # noqa: PLR2004 - body, class, decorator, export
        if at.type in dialect.classes:
            return at
        at, levels = at.parent, levels + 1
    return None


def exported(variables: Mapping[str, Value], name: str) -> Value | None:
    """What `exports.name = value` or `module.exports.name = value` gave a name."""
    module = variables.get("module", Value()).items or {}
    for each in (variables.get("exports"), module.get(".exports")):
        if each is not None and (found := (each.items or {}).get(f".{name}")) is not None:
            return found
    return None


def heading(node: Node, source: Source) -> str:
    """What a class says of the classes above it."""
    heads = (n for n in node.children if n.type in {"argument_list", "class_heritage"})
    found = next(heads, None)
    return source.read(found) if found is not None else ""


def blocks_of(fault: Fault) -> Iterable[int]:
    """The numbers of the blocks of its file that a fault speaks of."""
    return (fault.place.block, *(s.place.block for s in fault.steps if s.place.block < FOREIGN))


def moved(fault: Fault, number: Callable[[int], int]) -> Fault:
    """The fault with its file's blocks numbered anew."""

    def at(place: Place) -> Place:
        return place if place.block >= FOREIGN else place._replace(block=number(place.block))

    steps = tuple(step._replace(place=at(step.place)) for step in fault.steps)
    return fault._replace(place=at(fault.place), steps=steps)
