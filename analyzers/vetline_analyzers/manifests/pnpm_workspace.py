"""pnpm-workspace.yaml (pnpm.io, "Catalogs"): the versions that its members take with `catalog:`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.manifests import Manifest, Reading, npm_spec
from vetline_analyzers.manifests.json_places import Text
from vetline_analyzers.syntax.document import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.manifests import Requirement
    from vetline_analyzers.syntax.document.node import Node


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] in ("pnpm-workspace.yaml", "pnpm-workspace.yml")


def read(text: str) -> Reading:
    """What a text of this format says."""
    try:
        documents, broken, _ = yaml.read(text)
    except yaml.TooLargeError:
        return Reading(missing="it has too many values, or they nest too deeply")
    found: list[Requirement] = []
    for document in documents:
        found += _wanted(document.get("catalog"))
        named = document.get("catalogs")
        for pair in named.pairs if named is not None else ():
            found += _wanted(pair.value)
    missing = f"line {broken[0] + 1} is not valid YAML" if broken else ""
    return Reading(tuple(found), missing=missing)


def _wanted(table: Node | None) -> Iterator[Requirement]:
    """The packages of a table from names to versions."""
    for pair in table.pairs if table is not None else ():
        name, spec = Text(pair.key), Text(pair.value.text)
        is_quoted = pair.span.end - pair.span.start > len(name)
        name.at, spec.at = pair.span.start + is_quoted, pair.value.at
        found = npm_spec.read(name, spec)
        if found is not None:
            yield found


MANIFEST = Manifest("pnpm-workspace.yaml", matches, read, Ecosystem.NPM)
