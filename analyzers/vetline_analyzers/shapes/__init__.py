"""The shelf of shapes: one file a way in which a secret without a format of its own is written down.

Each has `DETECTORS`, and `RULES` where what it finds has a rule of its own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vetline_analyzers.core import shelf

if TYPE_CHECKING:
    from vetline_analyzers.core.finding import Rule
    from vetline_analyzers.secret.detector import Detector


@cache
def detectors() -> tuple[Detector, ...]:
    """Every detector of a shape."""
    return tuple(d for found in shelf.load(__name__, "DETECTORS").values() for d in found)


@cache
def rules() -> tuple[Rule, ...]:
    """The rules that shapes bring along."""
    return tuple(rule for found in shelf.load(__name__, "RULES").values() for rule in found)
