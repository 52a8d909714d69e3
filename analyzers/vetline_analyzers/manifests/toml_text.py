"""TOML of a manifest as a tree, whatever the text is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.syntax.document import toml
from vetline_analyzers.syntax.document.node import NOTHING

if TYPE_CHECKING:
    from vetline_analyzers.syntax.document.node import Node


def parsed(text: str) -> tuple[Node, str]:
    """The tree of a text and what is missing of it, "" for nothing."""
    try:
        root, broken = toml.read(text)
    except toml.TooLargeError:
        return NOTHING, "it has too many values, or they nest too deeply"
    return root, f"line {broken[0] + 1} is not valid TOML" if broken else ""
