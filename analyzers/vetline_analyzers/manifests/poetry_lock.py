"""poetry.lock, of Poetry 1 and 2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.manifests import Manifest, Reading, places, toml_lock

if TYPE_CHECKING:
    from vetline_analyzers.manifests.toml_lock import Block

# Before version 1.3 the hashes of all files stood at the end.
_FILES = late(r"^\[metadata\.(?:files|hashes)\]", re.MULTILINE)
_FILED = late(r"^\"?(?P<name>[A-Za-z0-9._-]{1,200})\"?[ \t]*=[ \t]*\[(?!\])", re.MULTILINE)


def matches(path: str) -> bool:
    """Whether it is called so."""
    return path.rpartition("/")[2] == "poetry.lock"


def read(text: str) -> Reading:
    """What a text of this format says."""
    found = toml_lock.reading(text, "package", _source, _is_dev)
    files = _FILES.search(text)
    hashed = {m["name"].lower() for m in _FILED.finditer(text, files.end())} if files else set()
    if not hashed:
        return found
    requirements = tuple(
        one if one.hashed or one.written.lower() not in hashed else toml_lock.with_hash(one)
        for one in found.requirements
    )
    return found._replace(requirements=requirements)


def _source(block: Block) -> str | None:
    told = block.tables.get("source", {})
    url = told["url"].string if "url" in told else ""
    kind = told["type"].string if "type" in told else ""
    if kind == "directory":
        return None
    if kind == "legacy":
        return places.index(url)
    return places.masked(f"{kind}+{url}" if kind == "git" else url) if kind else ""


def _is_dev(block: Block) -> bool:
    category, groups = block.values.get("category"), block.values.get("groups")
    if groups is not None:
        return '"main"' not in groups.line and '"' in groups.line
    return category is not None and category.string == "dev"


MANIFEST = Manifest("poetry.lock", matches, read, Ecosystem.PYPI, locks=True)
