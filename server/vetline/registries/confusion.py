"""Dependency confusion: which packages are internal, and of which a public registry may answer, too.

The rule `package/dependency-confusion` needs three things at once: the package is internal, it exists publicly (and is
not among the much used ones: then it *is* the public one, hosted again), and settings let both answer. This module
tells the first and the third.

**Internal** is a package

- that the setting `internal-packages` names, or
- that a tool's settings give to a private index: uv's `sources`, Poetry's `source`, PDM's `include_packages`, Pipenv's
  `index`, a registry of an npm scope, or
- that a lock file (uv.lock, poetry.lock, Pipfile.lock) has from a private index while others in it are the public
  registry's. Where all come from one place, that may be a mirror, and nothing is told.

A private index is one that is no public registry, no known mirror and no known public index of a project (PyTorch's).

**Both may answer** when a tool asks a private index *and* a public registry alike: pip with an extra index, uv with an unsafe
`index-strategy` or a public index before the private one, Poetry with several primary or supplemental sources, PDM
without `respect-source-order`, Pipenv with `install_search_all_sources`. A package that the tool pins is safe from it.
One that another tool pins or locks is not blamed on the user's own pip.conf, which that tool does not read, but
on what the project's files say. One that is internal by the setting alone is exposed, too, when no index but the public
one is configured for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline import disk
from vetline.registries import configured
from vetline.registries import where as places
from vetline.registries.index import index
from vetline.registries.names import MOST_GLOBS, Names, ecosystems, normal
from vetline_analyzers import manifests
from vetline_analyzers.core.universe import Ecosystem, Package, Registries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from vetline.registries.configured import Configured, Pins
    from vetline.registries.index import Index, Told

SETTING = "setting internal-packages"
_PYPI = Ecosystem.PYPI
_REGISTRY = "registry+"  # before an index's address in `manifests.Requirement.source`
_LOCKS = {"uv.lock": "uv", "poetry.lock": "Poetry", "Pipfile.lock": "Pipenv"}


class _Known(NamedTuple):
    """Why a package is internal, and by which tool."""

    why: str
    tool: str


def facts(
    root: Path,
    manifests: Sequence[Path] = (),
    *,
    internal: Iterable[str] = (),
    environ: Mapping[str, str] | None = None,
) -> Registries | None:
    """Where the packages of a project come from; None when its settings say nothing of it.

    Args:
        root: its folder.
        manifests: its manifests, beside which more settings may lie.
        internal: the setting `internal-packages`.
        environ: the environment variables; the process's own when not given.
    """
    where = places.of(root, manifests, environ)
    said = configured.read(where)
    globs = tuple((e, normal(e, glob), SETTING) for glob in internal for e in ecosystems(glob))
    globs = globs[: 2 * MOST_GLOBS]
    mixing = [told for told in said.told if _lets_both_answer(told)]
    named = _locked(where.named(*_LOCKS)) if mixing else {}
    private: list[tuple[Ecosystem, str, str]] = []
    for told, pins in zip(said.told, said.pins, strict=True):
        for one, indexes in pins.named.items():
            if why := _private(indexes, told):
                named[one] = _Known(why, told.tool)
        for glob, one_index in pins.globs:
            if why := _private([one_index], told):
                private.append((told.ecosystem, glob, why))
    asked = _asked(said)
    if not globs and not private and not named and not asked:
        return None
    known = {one: entry.why for one, entry in named.items()}
    exposed = _exposed(said, mixing, named, globs)
    return Registries(Names(known, (*globs, *private)), exposed, asked)


def _private(indexes: Iterable[Index], told: Told) -> str:
    """What says so, when one of the indexes that a tool's settings name is private; "" else."""
    found = (one.said for one in indexes if one.is_private(told.ecosystem))
    said = next(found, "")
    return f"{said} ({told.tool})" if said else ""


def _asked(said: Configured) -> dict[Ecosystem, str]:
    """The index of one's own that is asked for any name, by ecosystem, with what names it.

    One that the user's own settings put beside the public registry is on the machine whatever the project is, and tells
    nothing of it; one that stands in the public registry's place has what the user installs. What answers on this
    machine alone passes on what others have.
    """
    found: dict[Ecosystem, str] = {}
    for told in said.told:
        for one in (*told.default, *(one for one in told.extra if not one.own)):
            if one.trouble or (one.is_private(told.ecosystem) and not one.is_loopback):
                host = one.host if one.url else "an index"
                found.setdefault(told.ecosystem, f"{one.said.partition(':')[0]}: {host}")
    return found


def _lets_both_answer(told: Told) -> bool:
    """Whether a tool asks a private index and a public registry alike of a name it does not pin."""
    every = (*told.default, *told.extra)
    asks_public = not told.default or any(one.is_registry(told.ecosystem) for one in every)
    return bool(told.mixes) and asks_public and any(one.is_private(told.ecosystem) for one in every)


def _exposed(
    said: Configured,
    mixing: list[Told],
    named: Mapping[Package, _Known],
    globs: tuple[tuple[Ecosystem, str, str], ...],
) -> Names:
    """The internal packages that a public registry may answer for, each with what lets it."""
    exposing = tuple(_exposing(said, mixing, globs))
    found: dict[Package, str] = {}
    for one, known in named.items() if mixing or exposing else ():
        both = zip(said.told, said.pins, strict=True)
        pinning = {told.tool for told, pins in both if pins.of(one)}
        open_to = (
            told.mixes
            for told in mixing
            if told.ecosystem is one.ecosystem
            and told.tool not in pinning
            and (not told.own or told.tool == known.tool)
        )
        found[one] = next(open_to, "")
    return Names(found, exposing)


def _exposing(
    said: Configured, mixing: list[Told], globs: tuple[tuple[Ecosystem, str, str], ...]
) -> Iterator[tuple[Ecosystem, str, str]]:
    """The globs of the setting whose packages a public registry may answer for."""
    for ecosystem, glob, _ in globs:
        told = [one for one in said.told if one.ecosystem is ecosystem]
        if any(_is_covered(Package(ecosystem, glob), pins) for pins in said.pins):
            continue
        mixed = next((one.mixes for one in mixing if one.ecosystem is ecosystem), "")
        private = any(_is_private(one, ecosystem) for one in told)
        if mixed:
            yield ecosystem, glob, mixed
        elif not private:
            yield ecosystem, glob, "no index of one's own is configured for it"


def _is_private(told: Told, ecosystem: Ecosystem) -> bool:
    every: tuple[Index, ...] = (*told.default, *told.extra, *(one for _, one in told.pinned))
    return any(one.is_private(ecosystem) or one.trouble for one in every)


def _is_covered(glob: Package, pins: Pins) -> bool:
    """Whether pins keep what a glob fits apart, or may do so."""
    return bool(pins.of(glob)) or any(pin == glob.name for pin, _ in pins.globs)


def _locked(paths: Iterable[Path]) -> dict[Package, _Known]:
    """Packages that lock files have from a private index."""
    found: dict[Package, _Known] = {}
    for path in paths:
        sources = _sources(path)
        private = {
            one
            for one, source in sources.items()
            if source.startswith(_REGISTRY)
            and (index_ := index(source.removeprefix(_REGISTRY), path.name, own=False))
            and index_.is_private(_PYPI)
        }
        if "" in sources.values():
            found.update(dict.fromkeys(private, _Known(path.name, _LOCKS[path.name])))
    return found


def _sources(path: Path) -> dict[Package, str]:
    """What a lock file has, each with its source as of `manifests.Requirement`; nothing when it cannot be read."""
    form = manifests.of_path(path.name)
    try:
        text = disk.read(path, manifests.LOCK_LIMIT).decode("utf-8", "replace")
    except OSError:
        text = ""
    listed = form.read(text).requirements if form and text else ()
    return {one.package: one.source for one in listed}
