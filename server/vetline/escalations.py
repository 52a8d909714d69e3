"""Which sites of a trigger speak: in each function, class or run of lines one, for what a person looks at is the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vetline.sighting import Sighting
    from vetline_analyzers.core.text import Snapshot, Span


def once(sightings: Iterable[Sighting], snapshot: Snapshot) -> list[Sighting]:
    """The sightings, those of a trigger marked as repeated for which another one in the same region speaks.

    Only sites that an AI touched count. One that is silenced or accepted speaks for itself alone, for it may be the
    only one that a person ever agreed to.

    Args:
        sightings: what was seen in one text, in its order, with origins; accepted ones known as such.
        snapshot: the text.
    """
    told: set[tuple[str, Span]] = set()
    found = []
    for sighting in sightings:
        if _counts(sighting):
            place = sighting.finding.rule, _region(snapshot, sighting.finding.span)
            found.append(replace(sighting, repeated=place in told))
            told.add(place)
        else:
            found.append(sighting)
    return found


def _region(snapshot: Snapshot, span: Span) -> Span:
    from vetline_analyzers.syntax.enclosing import region  # noqa: PLC0415 - grammars load when a trigger fired

    return region(snapshot, span).span


def _counts(sighting: Sighting) -> bool:
    touched = sighting.origin is not None and sighting.origin.state.touched
    spoken_for = sighting.accepted or sighting.finding.suppression is not None
    return touched and not spoken_for and sighting.finding.rule.startswith(TRIGGERS)
