"""package-lock.json and npm-shrinkwrap.json, versions 1 to 3 (docs.npmjs.com, "package-lock.json")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Manifest, Reading, json_places, npm_spec, places
from vetline_analyzers.manifests.json_places import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.universe import Package
    from vetline_analyzers.manifests import Requirement

_INSTALLED = "node_modules/"


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] in {"package-lock.json", "npm-shrinkwrap.json"}


def read(text: str) -> Reading:
    """What a text of this format says."""
    root, whole = json_places.read(text)
    own = {package(Ecosystem.NPM, name) for name in (json_places.string(root, "name"),) if name}
    packages = json_places.below(root, "packages")
    found = _flat(packages, own) if packages else _nested(root)
    return Reading(
        tuple(found),
        locks=True,
        own=tuple(sorted(own)),
        missing="" if whole else "not valid JSON: it was read as far as possible",
    )


def _flat(packages: Any, own: set[Package]) -> Iterator[Requirement]:
    """Versions 2 and 3: by the folder of each package."""
    for folder, told in json_places.pairs(packages):
        start = folder.rfind(_INSTALLED)
        if start < 0:  # the project itself and the members of its workspace
            if name := json_places.string(told, "name"):
                own.add(package(Ecosystem.NPM, name))
            continue
        if json_places.string(told, "link") == "true":
            own.add(package(Ecosystem.NPM, folder[start + len(_INSTALLED) :]))
            continue
        alias = json_places.below(told, "name")
        at = folder.at + start + len(_INSTALLED)
        name = folder[start + len(_INSTALLED) :]
        if isinstance(alias, Text):
            name, at = alias, alias.at
        yield from _locked(name, at, told)


def _nested(root: Any) -> Iterator[Requirement]:
    """Version 1: each within the package that brought it along."""
    waiting = [json_places.below(root, "dependencies")]
    for table in waiting:  # grows while it is read
        for name, told in json_places.pairs(table):
            waiting += [inner] if (inner := json_places.below(told, "dependencies")) else []
            version = json_places.below(told, "version")
            alias = version[4:].rpartition("@") if str(version).startswith("npm:") else None
            if alias is not None and isinstance(version, Text) and alias[0]:
                yield from _locked(alias[0], version.at + 4, told, alias[2])
            else:
                yield from _locked(name, name.at, told)


def _locked(name: str, at: int, told: Any, version: str = "") -> Iterator[Requirement]:
    written = json_places.below(told, "version")
    if not isinstance(written, Text):
        return
    shown = version or str(written)
    direct = places.is_url(shown) or places.is_path(shown) or shown.startswith("github:")
    source = (
        places.masked(shown) if direct else places.resolved(json_places.string(told, "resolved"))
    )
    found = npm_spec.locked(
        name,
        at,
        "" if direct else shown,
        written.at + written.rfind(shown),
        source=source,
        hashed=bool(json_places.string(told, "integrity")),
        optional="true" in (json_places.string(told, "optional"), json_places.string(told, "peer")),
        dev=json_places.string(told, "dev") == "true",
    )
    if found is not None:
        yield found


MANIFEST = Manifest("package-lock.json", matches, read, Ecosystem.NPM, locks=True)
