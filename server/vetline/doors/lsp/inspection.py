"""What is found in a text that somebody is to decide on, who wrote it, and where secrets stand in it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from vetline import files, stores
from vetline.authors import Authors
from vetline.doors.lsp import masking
from vetline.doors.lsp.beside import complaints
from vetline.doors.lsp.desk import Terms
from vetline.ledger import LedgerError
from vetline.neighbours import Neighbours
from vetline.provenance import Tracker
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Pace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vetline.doors.lsp.documents import Unit
    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline.gate import Sighting
    from vetline.provenance import Attribution
    from vetline_analyzers.core.text import Snapshot, Span
    from vetline_analyzers.engine import Failure

_UNFINISHED = "the checks of the text as it is now have not finished: ask again"


class Seen(NamedTuple):
    """What was seen in a text.

    Attributes:
        sightings: what is found in it.
        authors: what is known of each line.
        hidden: where secrets stand; None when that is not known.
        unchecked: what could not be checked, a sentence each; while there is any, there may be more to find.
    """

    sightings: Sequence[Sighting]
    authors: Sequence[Attribution]
    hidden: list[Span] | None
    unchecked: list[str]


async def of_open(ls: Server, project: Project, unit: Unit) -> Seen | None:
    """What is seen in a document as the editor has it, which shows the same; None when it was typed on meanwhile."""
    snapshot = unit.snapshot
    settled = await ls.quick.settled(unit.uri) and await ls.slow.settled(unit.uri)
    for part in unit.parts:
        await ls.origins.known(part.document)
    hidden = await masking.hidden_in(ls, project, snapshot)
    if ls.documents.units.get(unit.uri) is not unit or unit.snapshot is not snapshot:
        return None
    failures = (failure for failures in unit.failures.values() for failure in failures)
    unchecked = _told(failures) + ([] if settled else [_UNFINISHED])
    authors = unit.tracker().attributions(snapshot)
    return Seen(ls.display.sightings(unit), authors, hidden, unchecked)


async def of_file(ls: Server, project: Project, snapshot: Snapshot) -> Seen:
    """What is seen in a file as it is on the disk.

    Args:
        ls: the server.
        project: the file's.
        snapshot: its text, its path relative to the repository's root, as reviews name it.
    """
    await ls.projects.gathered(project)
    base, settings = stores.locate(project.root).base, project.config.settings
    inside = replace(snapshot, path=files.relative(base / snapshot.path, project.root))
    names = project.analyzers(Pace.KEYSTROKE, Pace.SAVE)
    around = await asyncio.to_thread(Neighbours(project.root).of, inside)
    second = partial(complaints, project.root, settings)
    terms = Terms(project.key, names, settings.timeout, around, second)
    analysis = await ls.slow.examined(inside, terms)
    if analysis is None:
        return Seen((), (), None, [_UNFINISHED])
    tracker = await asyncio.to_thread(_tracker, project, snapshot)
    found = engine.conclude(inside, analysis.findings)
    sightings = project.sight(inside, found, partial(tracker.touching, snapshot))
    if set(engine.MASKERS) <= set(names):
        hidden = await asyncio.to_thread(masking.hidden_by, snapshot, analysis)
    else:  # the settings leave out some who mask
        hidden = await masking.hidden_in(ls, project, snapshot)
    unchecked = _told(analysis.failures) + ([project.unknown] if project.unknown else [])
    return Seen(sightings, tracker.attributions(snapshot), hidden, unchecked)


def _told(failures: Iterable[Failure]) -> list[str]:
    return [*dict.fromkeys(failure.reason for failure in failures)]


def _tracker(project: Project, snapshot: Snapshot) -> Tracker:
    """Who owns which characters of a file's text; nobody where that cannot be read. Blocks on disk and git."""
    keeps = project.config.settings.store_text
    authors = Authors(stores.locate(project.root).base, store_text=keeps)
    try:
        return authors.tracker(snapshot, keep=False)
    except LedgerError:
        return Tracker.fresh(snapshot)
