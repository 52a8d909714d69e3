"""uv: uv.toml and [tool.uv] of the project, the user's and the system's uv.toml, variables.

As uv's documentation has it ("Package indexes"): indexes are asked in the order they are given, the default one last,
and the first that has the name answers; `explicit` ones answer only for what `sources` gives them. So an own index
beside the public one is safe unless `index-strategy` is an unsafe one, or a public index goes before it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline.registries import where as places
from vetline.registries.index import Index, Told, filled, index
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vetline.registries.where import Where

_PYPI = Ecosystem.PYPI


class _Layer(NamedTuple):
    """One place that says something: its name, its table, whether it is the user's own."""

    said: str
    data: Mapping[str, Any]
    own: bool


class _Listed(NamedTuple):
    one: Index
    name: str = ""
    default: bool = False
    explicit: bool = False


def read(where: Where) -> Iterator[Told]:
    """What uv would ask, if anything tells of it."""
    layers = list(_layers(where))
    listed = [*_of_environment(where), *(one for layer in layers for one in _indexes(layer, where))]
    if not listed:
        return
    default = next((one.one for one in listed if one.default), None)
    extra = tuple(one.one for one in listed if not one.default and not one.explicit)
    by_name = {one.name: one.one for one in reversed(listed) if one.name}
    pinned = tuple(pin for layer in layers for pin in _pins(layer, by_name))
    mixes, own = _mixing(where, layers, (*extra, *((default,) if default else ())))
    yield Told("uv", _PYPI, (default,) if default else (), extra, pinned, mixes, own)


def _mixing(where: Where, layers: list[_Layer], order: tuple[Index, ...]) -> tuple[str, bool]:
    """What lets several indexes answer for a name, and whether the user's own settings do."""
    told = [(layer.data.get("index-strategy"), layer.said, layer.own) for layer in layers]
    told.insert(0, (where.environ.get("UV_INDEX_STRATEGY"), "environment", True))
    strategy, said, own = next((one for one in told if one[0]), ("", "", True))
    if str(strategy).startswith("unsafe"):
        return f"{said}: index-strategy = {strategy}", own
    before = next((n for n, one in enumerate(order) if one.is_registry(_PYPI)), len(order))
    late = [one for one in order[before:] if one.is_private(_PYPI)]
    if late:
        return f"{order[before].said}: a public index before {late[0].host}", order[before].own
    return "", True


def _layers(where: Where) -> Iterator[_Layer]:
    """Where settings are, what counts most first."""
    environ = where.environ
    if environ.get("UV_NO_CONFIG", "").lower() in ("1", "true"):
        return
    if named := environ.get("UV_CONFIG_FILE"):
        yield _Layer(Path(named).name, where.table(Path(named)), own=True)
        return
    with_own = {path.parent for path in where.named("uv.toml")}
    for path in reversed(where.named("uv.toml", "pyproject.toml")):
        if path.name == "uv.toml":
            yield _Layer(path.name, where.table(path), own=False)
        elif path.parent in with_own:  # uv.toml goes before; only sources are left
            sources = where.table(path, "tool", "uv").get("sources")
            yield _Layer(path.name, {"sources": sources}, own=False)
        else:
            yield _Layer(path.name, where.table(path, "tool", "uv"), own=False)
    for folder in (*where.configurations(), *where.systems()):
        yield _Layer("uv.toml", where.table(folder / "uv" / "uv.toml"), own=True)


def _of_environment(where: Where) -> Iterator[_Listed]:
    environ = where.environ
    for variable in ("UV_INDEX", "UV_EXTRA_INDEX_URL"):
        for word in environ.get(variable, "").split():
            name, equals, url = word.partition("=")
            if not equals or ":" in name:
                name, url = "", word
            if one := index(url, f"environment {variable}", own=True):
                yield _Listed(one, name)
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        name, equals, url = environ.get(variable, "").partition("=")
        if not equals or ":" in name:
            name, url = "", environ.get(variable, "")
        if one := index(url, f"environment {variable}", own=True):
            yield _Listed(one, name, default=True)


def _indexes(layer: _Layer, where: Where) -> Iterator[_Listed]:
    def made(raw: object, key: str) -> Index | None:
        if layer.own and isinstance(raw, str):
            raw = filled(raw, where.environ)
        return index(raw, f"{layer.said}: {key}", own=layer.own)

    for table in places.tables(layer.data.get("index")):
        if one := made(table.get("url"), "index"):
            name = table.get("name")
            yield _Listed(
                one,
                name if isinstance(name, str) else "",
                table.get("default") is True,
                table.get("explicit") is True,
            )
    for data in (layer.data, *places.tables(layer.data.get("pip"))):
        extra = data.get("extra-index-url")
        for url in extra if isinstance(extra, list) else [extra]:
            if one := made(url, "extra-index-url"):
                yield _Listed(one)
        if one := made(data.get("index-url"), "index-url"):
            yield _Listed(one, default=True)


def _pins(layer: _Layer, by_name: Mapping[str, Index]) -> Iterator[tuple[str, Index]]:
    sources = layer.data.get("sources")
    for name, source in sources.items() if isinstance(sources, dict) else ():
        for table in places.tables(source):
            given = table.get("index")
            if isinstance(given, str) and given in by_name:
                yield str(name), by_name[given]
