"""pylock.toml and pylock.NAME.toml (PEP 751)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.manifests import Manifest, Reading, places, toml_lock

if TYPE_CHECKING:
    from vetline_analyzers.manifests.toml_lock import Block

_PATH = late(r"(?:.*/)?pylock(?:\.[^./]{1,200})?\.toml")
_URL = late(r"\b(?:url|path)[ \t]*=[ \t]*\"(?P<where>[^\"\n]{1,2000})\"")


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.endswith(".toml") and _PATH.fullmatch(path) is not None


def read(text: str) -> Reading:
    """What a text of this format says."""
    return toml_lock.reading(text, "packages", _source, lambda _: False)


def _source(block: Block) -> str | None:
    if "directory" in block.values or "directory" in block.tables:
        return None
    for kind in ("vcs", "archive"):
        where = ""
        if kind in block.values:
            told = _URL.search(block.values[kind].line)
            where = told["where"] if told else kind
        elif table := block.tables.get(kind):
            value = table.get("url") or table.get("path")
            where = value.string if value else kind
        if where:
            return places.masked(f"git+{where}" if kind == "vcs" else where)
    return places.index(block.values["index"].string) if "index" in block.values else ""


MANIFEST = Manifest("pylock.toml", matches, read, Ecosystem.PYPI, locks=True)
