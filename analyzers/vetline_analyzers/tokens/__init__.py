"""The shelf of providers' tokens: one file a field, each with its `FORMATS`. Data only."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf

if TYPE_CHECKING:
    from vetline_analyzers.secret.format import Format


@cache
def formats() -> tuple[Format, ...]:
    """Every format known, file by file."""
    return tuple(f for found in shelf.load(__name__, "FORMATS").values() for f in found)
