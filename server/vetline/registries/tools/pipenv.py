"""Pipenv: `[[source]]` in a Pipfile and the `index` of packages.

As its documentation has it ("Specifying package indexes"): a package comes from the first source unless it names
another, or `install_search_all_sources` has all of them asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.registries import where as places
from vetline.registries.index import Index, Told, index
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vetline.registries.where import Where


def read(where: Where) -> Iterator[Told]:
    """What each Pipfile says."""
    for path in where.named("Pipfile"):
        if (told := _of_file(path, where)) is not None:
            yield told


def _of_file(path: Path, where: Where) -> Told | None:
    data = where.table(path)
    by_name: dict[str, Index] = {}
    for number, source in enumerate(places.tables(data.get("source"))):
        name = str(source.get("name") or number)
        if one := index(source.get("url"), f"{path.name}: source {name[:40]!r}", own=False):
            by_name.setdefault(name, one)
    if not by_name:
        return None
    first, *others = by_name.values()
    settings = data.get("pipenv")
    every = isinstance(settings, dict) and settings.get("install_search_all_sources") is True
    pinned = [
        (str(name), by_name[given])
        for group in ("packages", "dev-packages")
        for name, asked in where.table(path, group).items()
        for table in places.tables(asked)
        if (given := str(table.get("index"))) in by_name
    ]
    mixes = f"{path.name}: install_search_all_sources" if every and others else ""
    extra = tuple(others) if every else ()
    return Told("Pipenv", Ecosystem.PYPI, (first,), extra, tuple(pinned), mixes, own=False)
