"""uv.lock (docs.astral.sh/uv, "Project structure and files")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.manifests import Manifest, Reading, places, toml_lock

if TYPE_CHECKING:
    from vetline_analyzers.manifests.toml_lock import Block

_SOURCE = late(r"(?P<kind>[a-z]{1,20})[ \t]*=[ \t]*\"(?P<where>[^\"\n]{0,2000})\"")
_OWN = frozenset({"virtual", "editable", "directory"})


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "uv.lock"


def read(text: str) -> Reading:
    """What a text of this format says."""
    return toml_lock.reading(text, "package", _source, lambda _: False)


def _source(block: Block) -> str | None:
    told = _SOURCE.search(block.values["source"].line) if "source" in block.values else None
    if told is None:
        return ""
    if told["kind"] in _OWN:
        return None
    if told["kind"] == "registry":
        return places.index(told["where"])
    return places.masked(f"git+{told['where']}" if told["kind"] == "git" else told["where"])


MANIFEST = Manifest("uv.lock", matches, read, Ecosystem.PYPI, locks=True)
