"""yarn.lock, of Yarn 1 and of the later ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Manifest, Reading, npm_spec, places

if TYPE_CHECKING:
    from vetline_analyzers.core.universe import Package
    from vetline_analyzers.manifests import Requirement

_NAME = r"(?:@[^@/\s\"]{1,214}/)?[^@/\s\":]{1,214}"
_ENTRY = late(
    rf"^\"?(?P<name>{_NAME})@(?:npm:(?P<alias>{_NAME})@)?(?P<range>[^\n]*):\r?$|^[ ]{{2}}(?P<key>version|resolved|resolution|integrity|checksum):?"
    r"[ ]\"?(?P<value>[^\"\n\r]*)",
    re.MULTILINE,
)
_RESOLUTION = late(rf"(?P<name>{_NAME})@(?P<protocol>[a-z+]{{1,20}}):(?P<rest>.*)")
_SHA1 = late(r"#[0-9a-f]{40}$")
_CONFLICT = late(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "yarn.lock"


def read(text: str) -> Reading:
    """What a text of this format says."""
    found: list[Requirement] = []
    own: list[Package] = []
    entry: re.Match[str] | None = None
    values: dict[str, tuple[str, int]] = {}
    for match in (*_ENTRY.finditer(text), None):
        if match is not None and match["key"]:
            values.setdefault(match["key"], (match["value"], match.start("value")))
            continue
        if entry is not None:
            _locked(entry, values, found, own)
        entry, values = match, {}
    missing = "it has conflicts of a merge in it" if _CONFLICT.search(text) else ""
    return Reading(tuple(found), locks=True, own=tuple(own), missing=missing)


def _locked(
    entry: re.Match[str],
    values: dict[str, tuple[str, int]],
    found: list[Requirement],
    own: list[Package],
) -> None:
    group = "alias" if entry["alias"] else "name"
    name, at = entry[group], entry.start(group)
    version, version_at = values.get("version", ("", 0))
    resolution, resolution_at = values.get("resolution", ("", 0))
    source = places.resolved(values["resolved"][0]) if "resolved" in values else ""
    if resolved := _RESOLUTION.match(resolution):
        name, at = resolved["name"], resolution_at + resolved.start("name")
        if resolved["protocol"] in {"workspace", "link", "portal"}:
            own.append(package(Ecosystem.NPM, name))
            return
        # A patched one is the registry's, with changes of the project's own.
        if resolved["protocol"] not in {"npm", "patch"}:
            source = places.masked(f"{resolved['protocol']}:{resolved['rest']}")
    elif entry["range"].startswith(("file:", "link:")):
        own.append(package(Ecosystem.NPM, name))
        return
    # Yarn wrote the SHA-1 behind the URL before it wrote an integrity.
    resolved_at = values.get("resolved", ("", 0))[0]
    hashed = "integrity" in values or "checksum" in values or bool(_SHA1.search(resolved_at))
    one = npm_spec.locked(name, at, version, version_at, source=source, hashed=hashed)
    if one is not None and version:
        found.append(one)


MANIFEST = Manifest("yarn.lock", matches, read, Ecosystem.NPM, locks=True)
