"""bun.lock (bun.sh, "Lockfile"): JSON with trailing commas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Manifest, Reading, json_places, npm_spec, places
from vetline_analyzers.manifests.json_places import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.manifests import Requirement

_LOCKED = late(r"(?P<name>(?:@[^@/\s]{1,214}/)?[^@/\s]{1,214})@(?P<version>.{1,2000})")


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "bun.lock"


def read(text: str) -> Reading:
    """What a text of this format says."""
    root, whole = json_places.read(text)
    names = [json_places.string(told, "name") for _, told in json_places.pairs(root, "workspaces")]
    return Reading(
        tuple(_locked(root)),
        locks=True,
        own=tuple(package(Ecosystem.NPM, name) for name in names if name),
        missing="" if whole else "not valid JSON: it was read as far as possible",
    )


def _locked(root: Any) -> Iterator[Requirement]:
    for _, told in json_places.pairs(root, "packages"):
        first = told[0] if isinstance(told, list) and told else None
        match = _LOCKED.fullmatch(first) if isinstance(first, Text) else None
        if match is None or first is None or match["version"].startswith("workspace:"):
            continue
        version = match["version"]
        registry = told[1] if len(told) > 1 and isinstance(told[1], str) else ""
        source = places.index(registry) if registry else ""
        if ":" in version or "/" in version:
            version, source = "", places.masked(version)
        one = npm_spec.locked(
            match["name"],
            first.at + match.start("name"),
            version,
            first.at + match.start("version"),
            source=source,
            hashed=any(isinstance(each, str) and each.startswith("sha") for each in told[2:]),
        )
        if one is not None:
            yield one


MANIFEST = Manifest("bun.lock", matches, read, Ecosystem.NPM, locks=True)
