"""The shelf of carriers: one file a way to hide text from people, each with its `CARRIER`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf

if TYPE_CHECKING:
    from vetline_analyzers.hidden.source import Carrier


@cache
def all_carriers() -> tuple[Carrier, ...]:
    """Every carrier on the shelf, by name."""
    return tuple(shelf.load(__name__, "CARRIER").values())
