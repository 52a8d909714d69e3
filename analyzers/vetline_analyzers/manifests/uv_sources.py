"""Where uv is told to take single distributions from: `[tool.uv.sources]` of a project or of a script."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vetline_analyzers.manifests import Requirement
    from vetline_analyzers.syntax.document.node import Node


def read(uv: Node) -> dict[str, str]:
    """What `Requirement.source` says of distributions, by their normalised names, from the table `tool.uv`."""
    indexes = {index.string("name"): index.string("url") for index in uv.each("index")}
    sources = uv.get("sources")
    found = {}
    for pair in sources.pairs if sources is not None else ():
        told = pair.value.items[0] if pair.value.items else pair.value
        where = places.index(indexes.get(told.string("index"), ""))
        if told.is_true("workspace"):
            where = "workspace:*"
        for key in ("git", "url", "path"):
            if value := told.string(key):
                where = places.masked(f"git+{value}" if key == "git" else value)
        found[package(Ecosystem.PYPI, pair.key).name] = where
    return found


def applied(
    requirements: Iterable[Requirement], sources: Mapping[str, str]
) -> Iterator[Requirement]:
    """The requirements, each with the source that is given it."""
    for one in requirements:
        where = sources.get(one.package.name, "")
        yield replace(one, source=where) if where else one
