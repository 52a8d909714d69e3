"""A requirement on a distribution as PEP 508 writes it, with its places; what formats of Python have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Requirement, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.syntax.document.node import Node

_NAME = late(
    r"[ \t\r\n]*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:[ \t]{0,9}\[[^\]\n]{0,500}\])?[ \t]*(?=$|[(;@<>=!~,]|\Z)",
    re.MULTILINE,
)
_REST = late(r"@[ \t]*(?P<url>[^\s;]+)|\(?[ \t]*(?P<specifier>[^;#\n()]*)\)?")
_PINNED = late(r"={2,3}[ \t]*(?P<version>[A-Za-z0-9.!+_-]+)[ \t]*")
_EXACT = late(r"={0,3}[ \t]*(?P<version>v?[0-9][A-Za-z0-9.!+_-]*)[ \t]*")


def read(
    text: str,
    start: int,
    end: int,
    *,
    optional: bool = False,
    dev: bool = False,
    hashed: bool = False,
) -> Requirement | None:
    """The requirement that stands in `text` from `start` to `end`; None when it is none."""
    end = start + len(text[start:end].rstrip())  # a line from Windows ends in a carriage return
    match = _NAME.match(text, start, end)
    if match is None or match["name"].isdigit():
        return None
    rest = _REST.match(text, match.end(), end)
    specifier, source, span = "", "", None
    if rest is not None and rest["url"]:
        source = places.masked(rest["url"])
    elif rest is not None and (specifier := rest["specifier"].strip().rstrip("\\").rstrip()):
        at = text.index(specifier, rest.start("specifier"))
        span = Span(at, at + len(specifier))
    pinned = _PINNED.fullmatch(specifier)
    return Requirement(
        package=package(Ecosystem.PYPI, match["name"]),
        span=Span(*match.span("name")),
        written=match["name"],
        specifier=specifier,
        version=pinned["version"] if pinned else "",
        version_span=span,
        hashed=hashed,
        source=source,
        # An environment marker may leave it out, too.
        optional=optional or text.find(";", match.end(), end) >= 0,
        dev=dev,
    )


def of_nodes(
    text: str, node: Node | None, *, optional: bool = False, dev: bool = False
) -> Iterator[Requirement]:
    """The requirements in a list of strings."""
    for item in node.items if node is not None else ():
        if not item.quoted:
            continue
        found = read(text, item.at, item.at + len(item.text), optional=optional, dev=dev)
        if found is not None:
            yield found


def direct(text: str, start: int, end: int, *, optional: bool = False) -> Requirement | None:
    """The distribution that a URL or a path from `start` to `end` names, when it names one."""
    url = text[start:end]
    named = places.named_by(url)
    if named is None:
        return None
    at = start + named.at
    return Requirement(
        package=package(Ecosystem.PYPI, named.name),
        span=Span(at, at + len(named.name)),
        written=named.name,
        source=places.masked(url),
        optional=optional,
    )


def of_table(
    name: str,
    span: Span,
    told: Node,
    indexes: dict[str, str],
    *,
    optional: bool = False,
    dev: bool = False,
) -> Requirement:
    """A requirement as Poetry and Pipenv write it: a name, and a version or a table beneath it.

    Args:
        name: the key.
        span: where the key stands, quotes included.
        told: its value.
        indexes: the URLs of indexes that it may refer to, by their names.
        optional: it is in a group.
        dev: it is in a group for development.
    """
    told = (
        told.items[0] if told.items else told
    )  # several versions for several circumstances: the first
    version = told.get("version") if told.pairs else told
    specifier = version.text.strip() if version is not None and version.quoted else ""
    specifier = "" if specifier == "*" else specifier
    pinned = _EXACT.fullmatch(specifier)
    quoted = span.end - span.start > len(name)
    at = span.start + quoted
    return Requirement(
        package=package(Ecosystem.PYPI, name),
        span=Span(at, at + len(name)),
        written=name,
        specifier=specifier,
        version=pinned["version"] if pinned else "",
        version_span=Span(version.at, version.at + len(version.text))
        if version and specifier
        else None,
        source=_source(told, indexes),
        optional=optional or told.is_true("optional") or bool(told.string("markers")),
        dev=dev,
    )


def _source(told: Node, indexes: dict[str, str]) -> str:
    """Where a table says that its package comes from."""
    for key in ("git", "hg", "svn", "url", "file", "path"):
        if value := told.string(key):
            return places.masked(f"{key}+{value}" if key in {"git", "hg", "svn"} else value)
    for key in ("source", "index"):
        if value := told.string(key):
            return places.index(indexes.get(value, ""))
    return ""
