"""Counts the lines of a project by whose they are, for figures that need to know how many there are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vetline import files, ledger, places, recorder, stores
from vetline.authors import Authors
from vetline.chronicle import AI
from vetline.doors import progress, trace
from vetline.doors.blame import day
from vetline.doors.trace import Wanted
from vetline.provenance import UNKNOWN, State
from vetline_analyzers.places import is_lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vetline.config import Config
    from vetline.provenance import Attribution
    from vetline.stores import Location
    from vetline_analyzers.core.text import Snapshot


def count(known: Config, location: Location, at: str) -> None:
    """Put a count of the project's lines into its ledger: of all texts but lock files, blank lines apart.

    Raises:
        LedgerError: what is recorded cannot be read, or the ledger cannot be written.
        GitError: git does not answer.
    """
    lines: Counter[str] = Counter()
    written: Counter[tuple[str, str, str]] = Counter()
    root = known.root
    authors = Authors(root, store_text=known.settings.store_text)
    touched = trace.look(Wanted(), places.place_of(str(root)), location.base, [])
    theirs = {each.path for each in touched.ranges}
    number = 0
    for snapshot in _texts(known):
        number += 1
        said: Sequence[Attribution] = ()
        if location.subject(root / snapshot.path) in theirs:
            said = authors.attributions(snapshot)
        for row in range(len(snapshot.line_starts)):
            if not snapshot.line_text(row).strip():
                continue
            one = said[row] if row < len(said) else UNKNOWN
            lines[str(one.state)] += 1
            if one.state in AI and one.origin is not None:
                written[one.agent, one.model, day(one.origin.at)] += 1
    told = {str(state): lines[str(state)] for state in State}
    draft = recorder.counted(location.subject(root), told, written, number, today=at[:10])
    stores.append(location, [draft], at=at, actor=ledger.actor(root))


def _texts(known: Config) -> Iterator[Snapshot]:
    """The texts of a project, lock files apart."""
    found = list(files.discover([known.root], known.root, known.settings.exclude))
    with progress.bar(len(found)) as step:
        for item in found:
            step()
            if isinstance(item, files.Found) and not is_lock(item.place):
                reading = files.read(item, known.settings.max_file_size)
                if reading.snapshot is not None:
                    yield reading.snapshot
