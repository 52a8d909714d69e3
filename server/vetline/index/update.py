"""Refreshes the index in the user's cache: new lists of names, and the rest computed against the copy before."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from itertools import chain
from typing import TYPE_CHECKING

from vetline import index
from vetline.index import copies, home
from vetline.index.build import PART, Before, BuildError, Given, build
from vetline.index.layout import Source
from vetline.index.lists import Row, is_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from vetline.index.opened import Index
    from vetline_analyzers.core.universe import Ecosystem


_LEFT = 86_400.0  # seconds; no update takes that long


def update(lists: Mapping[Ecosystem, Iterable[str]], before: Index, day: date) -> Path:
    """Make a copy with new lists, and take the copies before it away; gives its folder.

    Ranks and the map of import names stay; young is what no copy had a year before.

    Args:
        lists: normalised names; what is no name is left out. Registries that are missing keep their lists.
        before: the copy that is the newest now.
        day: today.

    Raises:
        BuildError: there is no place for it, or a list is not the whole registry's. The copies stay as they are.
        DataError: what comes with the program, by which that is judged, cannot be read.
    """
    place = home()
    if place is None:
        raise BuildError("there is no folder for it: set XDG_CACHE_HOME")
    out = place / f"{day.isoformat()}-{os.urandom(4).hex()}"
    rows = {
        eco: (Row(name) for name in found if is_name(name, eco)) for eco, found in lists.items()
    }
    mine = {f"names of {eco}" for eco in lists}
    kept = (source for source in before.manifest.sources if source.what not in mine)
    fresh = (Source(what, "the user's own index", "facts") for what in sorted(mine))
    sources = tuple(chain(fresh, kept))
    earlier = Before(before.as_of, before.has, before)
    # Not by the copy before, which may be a part: then a part of as many names would pass for the whole.
    measure = index.open_at(index.EMBEDDED)
    build(Given(day.isoformat(), rows, earlier, None, sources, measure), out)
    # Who has one mapped keeps its files until he ends, where the system lets them go at all.
    for old in copies():
        if old != out:
            shutil.rmtree(old, ignore_errors=True)
    _sweep(place)
    return out


def _sweep(place: Path) -> None:
    """Take away what an update that was killed left behind; a young one may still be at work."""
    for part in place.glob(f"{PART}*"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > _LEFT:
                shutil.rmtree(part, ignore_errors=True)
