"""Pipfile.lock of Pipenv."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline_analyzers.core.text import Span
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Manifest, Reading, Requirement, json_places, places
from vetline_analyzers.manifests.json_places import Text

if TYPE_CHECKING:
    from collections.abc import Iterator


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "Pipfile.lock"


def read(text: str) -> Reading:
    """What a text of this format says."""
    root, whole = json_places.read(text)
    sources = json_places.below(root, "_meta", "sources")
    indexes = {
        json_places.string(one, "name"): json_places.string(one, "url")
        for one in (sources if isinstance(sources, list) else ())
    }
    found = [
        requirement
        for category, table in json_places.pairs(root)
        if category != "_meta"
        for requirement in _locked(table, indexes, dev=category == "develop")
    ]
    return Reading(
        tuple(found),
        locks=True,
        indexes=tuple(places.masked(url) for url in indexes.values() if url),
        missing="" if whole else "not valid JSON: it was read as far as possible",
    )


def _locked(table: Any, indexes: dict[str, str], *, dev: bool) -> Iterator[Requirement]:
    for name, told in json_places.pairs(table):
        version = json_places.below(told, "version")
        specifier = str(version) if isinstance(version, Text) else ""
        yield Requirement(
            package=package(Ecosystem.PYPI, name),
            span=Span(name.at, name.at + len(name)),
            written=str(name),
            specifier=specifier,
            version=specifier.removeprefix("=="),
            version_span=Span(version.at, version.at + len(version)) if specifier else None,
            hashed=bool(json_places.below(told, "hashes")),
            source=_source(told, indexes),
            dev=dev,
        )


def _source(told: Any, indexes: dict[str, str]) -> str:
    for key in ("git", "file", "path", "url"):
        if value := json_places.string(told, key):
            return places.masked(f"git+{value}" if key == "git" else value)
    return places.index(indexes.get(json_places.string(told, "index"), ""))


MANIFEST = Manifest("Pipfile.lock", matches, read, Ecosystem.PYPI, locks=True)
