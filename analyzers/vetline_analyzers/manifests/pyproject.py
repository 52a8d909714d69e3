"""pyproject.toml: PEP 621, PEP 735 and what Poetry, PDM, Hatch and uv add to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Manifest, Reading, pep508, places, uv_sources
from vetline_analyzers.manifests.toml_text import parsed
from vetline_analyzers.syntax.document.node import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vetline_analyzers.manifests import Requirement
    from vetline_analyzers.syntax.document.node import Node

_UV_LISTS = {
    "dev-dependencies": True,
    "override-dependencies": False,
    "constraint-dependencies": False,
    "build-constraint-dependencies": False,
}


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "pyproject.toml"


def read(text: str) -> Reading:
    """What a text of this format says."""
    root, missing = parsed(text)
    tool = root.get("tool") or NOTHING
    poetry, uv = tool.get("poetry") or NOTHING, tool.get("uv") or NOTHING
    found = [
        *_project(text, root),
        *_tools(text, tool, uv),
        *_poetry(poetry),
    ]
    sources = uv_sources.read(uv)
    names = [root.string("project", "name"), poetry.string("name")]
    indexes, extra = _indexes(poetry, tool, uv)
    return Reading(
        tuple(sorted(uv_sources.applied(found, sources), key=lambda one: one.span)),
        own=tuple(package(Ecosystem.PYPI, name) for name in names if name),
        indexes=tuple(places.masked(url) for url in indexes),
        extra_index=extra,
        missing=missing,
    )


def _values(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The members of a table."""
    for pair in node.pairs if node is not None else ():
        yield pair.key, pair.value


def _project(text: str, root: Node) -> Iterator[Requirement]:
    """What standards have a place for."""
    yield from pep508.of_nodes(text, root.get("project", "dependencies"))
    for _, extra in _values(root.get("project", "optional-dependencies")):
        yield from pep508.of_nodes(text, extra, optional=True)
    yield from pep508.of_nodes(text, root.get("build-system", "requires"))
    for _, group in _values(root.get("dependency-groups")):
        yield from pep508.of_nodes(text, group, optional=True, dev=True)


def _tools(text: str, tool: Node, uv: Node) -> Iterator[Requirement]:
    """Lists that tools have of their own."""
    for key, is_dev in _UV_LISTS.items():
        yield from pep508.of_nodes(text, uv.get(key), optional=True, dev=is_dev)
    for _, group in _values(tool.get("pdm", "dev-dependencies")):
        yield from pep508.of_nodes(text, group, optional=True, dev=True)
    for _, environment in _values(tool.get("hatch", "envs")):
        for key in ("dependencies", "extra-dependencies"):
            yield from pep508.of_nodes(text, environment.get(key), optional=True, dev=True)


def _poetry(poetry: Node) -> Iterator[Requirement]:
    indexes = {source.string("name"): source.string("url") for source in poetry.each("source")}
    tables = [(poetry.get("dependencies"), False), (poetry.get("dev-dependencies"), True)]
    tables += [(group.get("dependencies"), True) for _, group in _values(poetry.get("group"))]
    for table, is_group in tables:
        for pair in table.pairs if table is not None else ():
            if pair.key.lower() != "python":
                yield pep508.of_table(
                    pair.key, pair.span, pair.value, indexes, optional=is_group, dev=is_group
                )


def _indexes(poetry: Node, tool: Node, uv: Node) -> tuple[list[str], bool]:
    """The indexes that are named, and whether several answer for any name."""
    asked = [each for each in poetry.each("source") if each.string("priority") != "explicit"]
    others = {"supplemental", "secondary"}
    mixed = len(asked) > 1 or any(each.string("priority") in others for each in asked)
    pdm = tool.get("pdm") or NOTHING
    mixed = mixed or any(each.string("name") != "pypi" for each in pdm.each("source"))
    # uv takes what the first index that knows a name has, unless it is told otherwise.
    mixed = mixed or uv.string("index-strategy").startswith("unsafe")
    tables: Iterable[Node] = (*poetry.each("source"), *pdm.each("source"), *uv.each("index"))
    found = [each.string("url") for each in tables]
    found += [uv.string("index-url"), *(each.text for each in uv.each("extra-index-url"))]
    return [url for url in found if url], mixed


MANIFEST = Manifest("pyproject.toml", matches, read)
