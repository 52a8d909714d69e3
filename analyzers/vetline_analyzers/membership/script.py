"""Slips of Python in JavaScript and TypeScript, on what is literally a global object, a string or an array."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tree_sitter import Query, QueryCursor

from vetline_analyzers.syntax.tree import grammar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.tree import Source

_QUERY = """
    (member_expression object: [(identifier) (string) (template_string) (array)] @object
                       property: (property_identifier) @name)
"""
_MATCHES = 4_096
_KINDS = {"string": "a string", "template_string": "a string", "array": "an array"}
# By what does not have it: the member, and the one that is meant, "" where another form is.
_SLIPS: dict[str, dict[str, str]] = {
    "JSON": {"loads": "parse", "load": "parse", "dumps": "stringify", "dump": "stringify"}
    | {"decode": "parse", "encode": "stringify"},
    "Math": {"fabs": "abs", "randint": "", "uniform": "", "pi": "PI", "ceiling": "ceil", "sum": ""},
    "console": {"print": "log", "println": "log", "write": "log"},
    "Object": {"items": "entries", "has_key": "hasOwn"},
    "a string": {"strip": "trim", "lstrip": "trimStart", "rstrip": "trimEnd", "upper": "toUpperCase"}
    | {"lower": "toLowerCase", "startswith": "startsWith", "endswith": "endsWith", "find": "indexOf"}
    | {"rfind": "lastIndexOf", "format": "", "splitlines": "", "isdigit": "", "ljust": "padEnd", "rjust": "padStart"},
    "an array": {"append": "push", "extend": "push", "remove": "", "insert": "splice", "index": "indexOf"},
}  # fmt: skip


class Slip(NamedTuple):
    """A slip.

    Attributes:
        node: the member's name.
        owner: what does not have it, for people: "`JSON`", "an array".
        member: its name.
        meant: the one that is meant, "" where it is no member.
    """

    node: Node
    owner: str
    member: str
    meant: str


def found(source: Source, language: str) -> Iterator[Slip]:
    """The slips in a script, in its order."""
    pairs = [
        (captures["object"][0], captures["name"][0])
        for statement in source.root.children  # see python_names.Names
        for _, captures in QueryCursor(_query(language), match_limit=_MATCHES).matches(statement)
    ]
    made = {name for name in _SLIPS if _is_made(name, source)}
    for base, name in sorted(pairs, key=lambda pair: pair[1].start_byte):
        owner = _KINDS.get(base.type) or source.read(base)
        member = source.read(name)
        meant = _SLIPS.get(owner, {}).get(member)
        if meant is None or owner in made or _is_assigned(name):
            continue
        yield Slip(name, owner if base.type in _KINDS else f"`{owner}`", member, meant)


def _is_assigned(name: Node) -> bool:
    around = name.parent.parent if name.parent is not None else None
    return around is not None and around.type == "assignment_expression"


def _is_made(name: str, source: Source) -> bool:
    """Whether the text itself says what a global's name means, or gives that other members."""
    bound = (
        rf"\b(?:const|let|var|class|function|import|as)\s+(?:\{{\s*)?{name}\b|\b{name}\.\w+\s*=[^=]"
    )
    return bool(re.search(bound, source.text))


@cache
def _query(language: str) -> Query:
    return Query(grammar(language), _QUERY)
