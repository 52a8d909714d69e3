"""PDM: `[[tool.pdm.source]]`.

As its documentation has it ("Configuration"): a source called "pypi" takes the public registry's place, the others
are asked beside it, and the best version wins unless `respect-source-order` is set; what `include_packages` names comes
from that source alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.registries import where as places
from vetline.registries.index import Index, Told, index
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.registries.where import Where


def read(where: Where) -> Iterator[Told]:
    """What each pyproject.toml with sources of PDM's says."""
    for path in where.named("pyproject.toml"):
        first: list[Index] = []
        extra: list[Index] = []
        pinned: list[tuple[str, Index]] = []
        for source in places.tables(where.table(path, "tool", "pdm").get("source")):
            name = str(source.get("name") or "")
            one = index(source.get("url"), f"{path.name}: tool.pdm.source {name[:40]!r}", own=False)
            if one is None or source.get("type") == "find_links":
                continue
            (first if name == "pypi" else extra).append(one)
            globs = source.get("include_packages")
            pinned += [
                (glob, one)
                for glob in (globs if isinstance(globs, list) else ())
                if isinstance(glob, str) and glob.strip("*")
            ]
        if not first and not extra:
            continue
        resolution = where.table(path, "tool", "pdm", "resolution")
        ordered = resolution.get("respect-source-order") is True
        mixes = extra[0].said if extra and not ordered else ""
        yield Told(
            "PDM", Ecosystem.PYPI, tuple(first), tuple(extra), tuple(pinned), mixes, own=False
        )
