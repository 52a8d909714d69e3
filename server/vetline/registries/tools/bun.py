"""Bun: `[install]` in bunfig.toml of the project and the user. What it reads of .npmrc is told by `npm`.

As its documentation has it ("bunfig.toml"): `registry` for everything, `install.scopes` for scopes, each an address or
a table with its login.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.registries.index import Index, Told, basic, filled, index
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.registries.where import Where


def read(where: Where) -> Iterator[Told]:
    """What Bun would ask, if anything tells of it."""
    default: Index | None = None
    scopes: dict[str, Index] = {}
    files = [(folder / ".bunfig.toml", True) for folder in where.configurations()[:1]]
    files += [(where.home / ".bunfig.toml", True)] if where.home else []
    files += [(path, False) for path in where.named("bunfig.toml")]
    for path, own in files:
        table = where.table(path, "install")
        default = (
            _index(table.get("registry"), f"{path.name}: install.registry", where, own=own)
            or default
        )
        for name, given in where.table(path, "install", "scopes").items():
            scope = "@" + str(name).lstrip("@").lower()[:100]
            if one := _index(given, f"{path.name}: install.scopes.{scope}", where, own=own):
                scopes[scope] = one
    if default or scopes:
        pinned = tuple((f"{scope}/*", one) for scope, one in sorted(scopes.items()))
        yield Told("Bun", Ecosystem.NPM, (default,) if default else (), pinned=pinned)


def _index(given: object, said: str, where: Where, *, own: bool) -> Index | None:
    table = given if isinstance(given, dict) else {"url": given}
    text = {
        key: filled(value, where.environ) if own else value
        for key, value in table.items()
        if isinstance(value, str)
    }
    header = ""
    if "$" not in (token := text.get("token", "")):  # "$TOKEN" is a variable here, too
        header = f"Bearer {token}" if token else ""
    if not header and text.get("username") and "$" not in (password := text.get("password", "")):
        header = basic(text["username"], password)
    return index(text.get("url"), said, own=own, authorization=header)
