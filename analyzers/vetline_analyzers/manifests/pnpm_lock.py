"""pnpm-lock.yaml, lockfile versions 5 to 9."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.manifests import Manifest, Reading, npm_spec, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.manifests import Requirement

_LINE = late(
    r"^(?P<section>[a-zA-Z]{1,40}):|^  (?P<quote>['\"]?)(?P<key>[^\s'\"#][^\n'\"]{0,600})(?P=quote):\r?$|^    (?P<field>[a-zA-Z]{1,40}):[ ]?(?P<value>[^\n]*)",
    re.MULTILINE,
)
# "/left-pad/1.3.0_peer@1" (5), "/left-pad@1.3.0(peer@1)" (6), "left-pad@1.3.0" (9); before it a registry's host.
_KEY = late(
    r"(?P<host>[\w.-]{1,200}\.[\w.-]{1,100}(?::\d{1,5})?(?=/))?/?(?P<name>(?:@[^@/\s]{1,214}/)?[^@/\s]{1,214})[@/](?P<version>[^\s(_]{1,300})"
)
_TARBALL = late(r"\btarball:[ ]?['\"]?(?P<url>[^\s'\",}]{1,2000})")
_CONFLICT = late(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "pnpm-lock.yaml"


def read(text: str) -> Reading:
    """What a text of this format says."""
    found = [one for entry, fields in _entries(text) if (one := _locked(entry, fields))]
    missing = "it has conflicts of a merge in it" if _CONFLICT.search(text) else ""
    return Reading(tuple(found), locks=True, missing=missing)


def _entries(text: str) -> Iterator[tuple[re.Match[str], dict[str, str]]]:
    """The entries under `packages`, each with what stands below it."""
    inside = False
    entry: re.Match[str] | None = None
    fields: dict[str, str] = {}
    for match in _LINE.finditer(text):
        if match["field"]:
            fields.setdefault(match["field"], match["value"])
            continue
        if entry is not None:
            yield entry, fields
        fields = {}
        if match["section"]:
            inside, entry = match["section"] == "packages", None
        else:
            entry = match if inside else None
    if entry is not None:
        yield entry, fields


def _locked(entry: re.Match[str], fields: dict[str, str]) -> Requirement | None:
    match = _KEY.fullmatch(_plain(entry["key"]))
    resolution = fields.get("resolution", "")
    if match is None or "directory:" in resolution:
        return None
    at = entry.start("key")
    version = match["version"]
    tarball = _TARBALL.search(resolution)
    source = places.resolved(tarball["url"]) if tarball else ""
    if ":" in version:
        version, source = "", source or places.masked(version)
    elif match["host"] and not source:
        source = places.index(f"https://{match['host']}/")
    return npm_spec.locked(
        match["name"],
        at + match.start("name"),
        version,
        at + match.start("version"),
        source=source,
        hashed="integrity:" in resolution,
        optional=fields.get("optional", "").strip() == "true",
        dev=fields.get("dev", "").strip() == "true",
    )


def _plain(key: str) -> str:
    """A key without the peers that it was resolved with."""
    return re.split(r"[(_]", key, maxsplit=1)[0] if "://" not in key else key


MANIFEST = Manifest("pnpm-lock.yaml", matches, read, Ecosystem.NPM, locks=True)
