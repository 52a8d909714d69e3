"""Pipfile of Pipenv."""

from __future__ import annotations

from vetline_analyzers.manifests import Manifest, Reading, pep508, places
from vetline_analyzers.manifests.toml_text import parsed

_OTHER = frozenset({"source", "requires", "scripts", "pipenv"})


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "Pipfile"


def read(text: str) -> Reading:
    """What a text of this format says. Each table is a category of packages, but for a few."""
    root, missing = parsed(text)
    sources = root.each("source")
    indexes = {source.string("name"): source.string("url") for source in sources}
    found = [
        pep508.of_table(
            pair.key, pair.span, pair.value, indexes,
            optional=category.key not in {"packages", "dev-packages"}, dev=category.key == "dev-packages",
        )
        for category in root.pairs
        if category.key not in _OTHER
        for pair in category.value.pairs
    ]  # fmt: skip
    return Reading(
        tuple(found),
        indexes=tuple(places.masked(url) for url in indexes.values() if url),
        # Pipenv takes a package from the index it names, else from the first; only mirrors that are listed
        # without names answer for any.
        extra_index=len(sources) > 1 and any(not source.string("name") for source in sources),
        missing=missing,
    )


MANIFEST = Manifest("Pipfile", matches, read)
