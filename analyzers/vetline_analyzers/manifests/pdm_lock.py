"""pdm.lock (pdm-project.org, "Lock file")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.manifests import Manifest, Reading, places, toml_lock

if TYPE_CHECKING:
    from vetline_analyzers.manifests.toml_lock import Block


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "pdm.lock"


def read(text: str) -> Reading:
    """What a text of this format says."""
    return toml_lock.reading(text, "package", _source, _is_dev)


def _source(block: Block) -> str | None:
    if "git" in block.values:
        return places.masked(f"git+{block.values['git'].string}")
    if "path" in block.values:
        path = block.values["path"].string
        return path if path.endswith((".whl", ".gz", ".zip")) else None
    return places.masked(block.values["url"].string) if "url" in block.values else ""


def _is_dev(block: Block) -> bool:
    groups = block.values.get("groups")
    return groups is not None and '"default"' not in groups.line and '"' in groups.line


MANIFEST = Manifest("pdm.lock", matches, read, Ecosystem.PYPI, locks=True)
