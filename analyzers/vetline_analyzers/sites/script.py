"""What a single-file script says that it needs (PEP 723): a block of TOML in comments."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.manifests import Reading, pep508, uv_sources
from vetline_analyzers.manifests.toml_text import parsed
from vetline_analyzers.syntax.document.node import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.manifests import Requirement

_OPENING = "# /// script"
# One that nothing closes is passed over whole: what opens inside it is not closed either, and is not tried again.
_BLOCK = late(
    r"^# /// script[ \t]*\r?\n(?P<body>(?:#(?! ///[ \t]*\r?$)[^\n]*\n)*)(?P<end># ///[ \t]*\r?$)?",
    re.MULTILINE,
)
_MARK = late(r"^# ?", re.MULTILINE)


def read(text: str) -> Reading:
    """What the block of a text says; nothing where there is none."""
    blocks = _BLOCK.finditer(text) if _OPENING in text else ()
    block = next((one for one in blocks if one["end"] is not None), None)
    if block is None:
        return Reading()
    # Blanks in the place of the comments' signs leave the offsets as they are.
    body = _MARK.sub(lambda match: " " * len(match[0]), block["body"])
    root, missing = parsed(body)
    found = pep508.of_nodes(body, root.get("dependencies"))
    sources = uv_sources.read(root.get("tool", "uv") or NOTHING)
    moved = _moved(uv_sources.applied(found, sources), block.start("body"))
    return Reading(tuple(moved), missing=missing)


def _moved(requirements: Iterator[Requirement], by: int) -> Iterator[Requirement]:
    """The same, by places of the whole text."""
    for one in requirements:
        version = one.version_span.shifted(by) if one.version_span else None
        yield replace(one, span=one.span.shifted(by), version_span=version)
