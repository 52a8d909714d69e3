"""Lock files that are a long row of `[[package]]` tables in TOML, read in one go: a parser with places takes seconds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Reading, Requirement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LINE = late(
    r"^(?:\[\[?(?P<table>[^\]\n]{1,300})\]|(?P<key>[A-Za-z_-]{1,60})[ \t]*=[ \t]*(?:\"(?P<string>[^\"\n]*)\")?)",
    re.MULTILINE,
)
_HASH = late(r"\bhash(?:es)?[ \t]*=[ \t]*(?:\"\w|\{[ \t]*\w)|^sha\d+[ \t]*=", re.MULTILINE)
_CONFLICT = late(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)


class Value(NamedTuple):
    """A key's value: its string, "" when it is none, where that stands, and the rest of the line."""

    string: str
    at: int
    line: str


class Block(NamedTuple):
    """One `[[package]]`.

    Attributes:
        values: its own keys.
        tables: the keys of the tables beneath it, by the table's name.
        hashed: a hash of a file stands in it.
    """

    values: dict[str, Value]
    tables: dict[str, dict[str, Value]]
    hashed: bool


def blocks(text: str, table: str = "package") -> Iterator[Block]:
    """The blocks of a text."""
    here: dict[str, Value] | None = None
    block = Block({}, {}, hashed=False)
    start = 0
    for match in _LINE.finditer(text):
        if (name := match["table"]) is not None:
            if here is not None and not name.startswith(table + "."):
                yield block._replace(hashed=bool(_HASH.search(text, start, match.start())))
                here = None
            if name == table:
                block, start = Block({}, {}, hashed=False), match.start()
                here = block.values
            elif here is not None:
                here = block.tables.setdefault(name[len(table) + 1 :], {})
        elif here is not None:
            end = text.find("\n", match.end())
            line = text[match.end("key") : end if end >= 0 else len(text)]
            value = Value(match["string"] or "", match.start("string"), line)
            here.setdefault(match["key"], value)
    if here is not None:
        yield block._replace(hashed=bool(_HASH.search(text, start)))


def missing(text: str) -> str:
    """What is wrong with a text as a whole; "" for nothing."""
    return "it has conflicts of a merge in it" if _CONFLICT.search(text) else ""


def locked(
    block: Block, source: str = "", *, hashed: bool = False, dev: bool = False
) -> Requirement | None:
    """The requirement that a block is; None when it has no name."""
    name = block.values.get("name")
    if name is None or not name.string:
        return None
    version = block.values.get("version")
    shown = version.string if version is not None else ""
    optional = block.values.get("optional")
    return Requirement(
        package=package(Ecosystem.PYPI, name.string),
        span=Span(name.at, name.at + len(name.string)),
        written=name.string,
        specifier=shown,
        version=shown,
        version_span=Span(version.at, version.at + len(shown)) if version and shown else None,
        hashed=block.hashed or hashed,
        source=source,
        optional=optional is not None and "true" in optional.line,
        dev=dev,
    )


def with_hash(requirement: Requirement) -> Requirement:
    """The same, of a lock file that keeps its hashes elsewhere."""
    return replace(requirement, hashed=True)


def reading(
    text: str, table: str, source: Callable[[Block], str | None], dev: Callable[[Block], bool]
) -> Reading:
    """What a whole text of such a format says.

    Args:
        text: the text.
        table: what its tables are called.
        source: where the package of a block comes from; None for one of the project's own folders.
        dev: whether a block is needed for development only.
    """
    found: list[Requirement] = []
    own = []
    for block in blocks(text, table):
        whence = source(block)
        requirement = locked(block, whence or "", dev=dev(block))
        if requirement is not None and whence is None:
            own.append(requirement.package)
        elif requirement is not None:
            found.append(requirement)
    return Reading(tuple(found), locks=True, own=tuple(own), missing=missing(text))
