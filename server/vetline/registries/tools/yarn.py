"""Yarn: .yarnrc.yml of the project and the user, variables; `.yarnrc` of its first version.

As its documentation has it ("yarnrc"): `npmRegistryServer` for everything, `npmScopes` for scopes, logins beside
either or under `npmRegistries`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from vetline.registries import npmrc
from vetline.registries import where as places
from vetline.registries.index import Index, Told, basic, filled, index
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vetline.registries.where import Where

_FIRST = re.compile(
    r"^[ \t]{0,9}[\"']?(?P<key>(?:@[\w.~-]{1,100}:)?registry)[\"']?[ \t]{1,9}[\"']?(?P<url>[^\s\"']{1,2000})",
    re.MULTILINE,
)


def read(where: Where) -> Iterator[Told]:
    """What Yarn would ask, if anything tells of it."""
    default: Index | None = None
    scopes: dict[str, Index] = {}
    files = [(where.home / ".yarnrc.yml", True)] if where.home else []
    files += [(path, False) for path in where.named(".yarnrc.yml")]
    for path, own in files:
        first, listed = _of_file(path, where, own=own)
        default = first or default
        scopes.update(listed)
    for path in where.named(".yarnrc"):
        pairs = [(m["key"], m["url"]) for m in _FIRST.finditer(places.text(path))]
        told = npmrc.of_pairs(pairs, path.name, own=False)
        default = told.registry or default
        scopes.update(told.scopes)
    variable = "YARN_NPM_REGISTRY_SERVER"
    if one := index(where.environ.get(variable), f"environment {variable}", own=True):
        default = one
    if default or scopes:
        pinned = tuple((f"{scope}/*", one) for scope, one in sorted(scopes.items()))
        yield Told("Yarn", Ecosystem.NPM, (default,) if default else (), pinned=pinned)


def _of_file(path: Path, where: Where, *, own: bool) -> tuple[Index | None, dict[str, Index]]:
    data = where.table(path)
    listed = data.get("npmRegistries")
    registries = listed if isinstance(listed, dict) else {}

    def made(table: dict[str, Any], said: str) -> Index | None:
        def text(key: str) -> str:
            value = table.get(key)
            text = value if isinstance(value, str) else ""
            return filled(text, where.environ) if own else text

        one = index(text("npmRegistryServer"), f"{path.name}: {said}", own=own)
        if one is None:
            return None
        place = f"//{one.host}{one.parts.path}"
        keyed = next(
            (t for key in (place, place + "/") if isinstance(t := registries.get(key), dict)), {}
        )
        table = {**keyed, **table}
        token, pair = text("npmAuthToken"), text("npmAuthIdent")
        if "${" in token + pair or not (token or pair):
            return one
        header = f"Bearer {token}" if token else _basic(pair)
        return Index(one.url, one.said, one.own, header)

    scopes = data.get("npmScopes")
    tables = scopes.items() if isinstance(scopes, dict) else ()
    found = {
        f"@{name}".lower(): one
        for name, table in tables
        if isinstance(table, dict) and (one := made(table, f"npmScopes.{str(name)[:40]}"))
    }
    return made(data, "npmRegistryServer"), found


def _basic(pair: str) -> str:
    """The header of `npmAuthIdent`, which is "user:password" or that in base64 already."""
    user, colon, password = pair.partition(":")
    return basic(user, password) if colon else f"Basic {pair}"
