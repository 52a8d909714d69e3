"""Poetry: `[[tool.poetry.source]]` and the `source` of dependencies.

As its documentation has it ("Repositories"): without a primary source the public registry is the one; primary sources
are asked alike, supplemental ones when no primary one has a fitting version, explicit ones only for what names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline.registries import where as places
from vetline.registries.index import Index, Told, index
from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.supply import public

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from vetline.registries.where import Where

_PYPI = Ecosystem.PYPI
_LATER = ("supplemental", "secondary")


def read(where: Where) -> Iterator[Told]:
    """What each pyproject.toml with sources of Poetry's says."""
    for path in where.named("pyproject.toml"):
        poetry = where.table(path, "tool", "poetry")
        if sources := places.tables(poetry.get("source")):
            yield _told(path, poetry, sources)


def _told(path: Path, poetry: Mapping[str, Any], sources: list[dict[str, Any]]) -> Told:
    first: list[Index] = []
    later: list[Index] = []
    by_name: dict[str, Index] = {}
    for source in sources:
        name = str(source.get("name") or "")
        url = public.ADDRESS[_PYPI] if name.lower() == "pypi" else source.get("url")
        one = index(url, f"{path.name}: tool.poetry.source {name[:40]!r}", own=False)
        if one is None:
            continue
        by_name[name.lower()] = one
        priority = str(source.get("priority") or "").lower()
        if priority in _LATER or source.get("secondary") is True:
            later.append(one)
        elif priority != "explicit":
            first.append(one)
    pinned = tuple(_pins(poetry, by_name))
    mixes = ""
    if later or len(first) > 1:
        mixes = next(
            (one for one in (*later, *first) if one.is_private(_PYPI)),
            first[0] if first else later[0],
        ).said
    return Told("Poetry", _PYPI, tuple(first), tuple(later), pinned, mixes, own=False)


def _pins(poetry: Mapping[str, Any], by_name: Mapping[str, Index]) -> Iterator[tuple[str, Index]]:
    groups = poetry.get("group")
    tables = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    if isinstance(groups, dict):
        tables += [g.get("dependencies") for g in groups.values() if isinstance(g, dict)]
    for table in tables:
        for name, asked in table.items() if isinstance(table, dict) else ():
            for one in places.tables(asked):
                given = str(one.get("source") or "").lower()
                if given in by_name:
                    yield str(name), by_name[given]
