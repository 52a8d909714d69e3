"""What stands in a file now: its text, what was found in it and who wrote it, as a reviewer has to see it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import files, session, stores
from vetline.authors import Authors
from vetline.doors import options as words
from vetline.doors.survey import Plan, survey
from vetline.ledger import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vetline.config import Config
    from vetline.provenance import Attribution
    from vetline.sighting import Sighting
    from vetline_analyzers.core.text import Snapshot

_TOLD = (Kind.FINDING_OPENED, Kind.ESCALATION)


class Look(NamedTuple):
    """A file as it is.

    Attributes:
        path: the file's, relative to the repository's root, as reviews name it.
        snapshot: its text.
        sightings: all that was found in it.
        authors: what is known of each line.
    """

    path: str
    snapshot: Snapshot
    sightings: Sequence[Sighting]
    authors: Sequence[Attribution]


def look(config: Config, path: Path) -> Look:
    """Look at a file with all analyzers.

    Raises:
        UsageError: it has no text that can be read.
        LedgerError: what is recorded of its authors cannot be read.
    """
    snapshot = text(config, path)
    known = session.recorded(config.root, config.settings)
    seen = survey(Plan(config=config, paths=[path], jobs=1, authors=known, quoting=False))
    for failure in seen.failures:
        words.tell("review", f"{failure.path} {failure.reason}: there may be more in it")
    authors = Authors(config.root, store_text=config.settings.store_text)
    told = authors.attributions(snapshot) if known else []
    where = stores.locate(config.root).subject(path)
    return Look(where, snapshot, seen.sightings, told)


def text(config: Config, path: Path) -> Snapshot:
    """The text of a file.

    Raises:
        UsageError: it has none that can be read.
    """
    reading = files.read(files.found_at(path, config.root), config.settings.max_file_size)
    if reading.snapshot is None:
        reasons = "; ".join(failure.reason for failure in reading.failures)
        raise words.UsageError(f"{path}: {reasons or 'is a binary file'}")
    return reading.snapshot


def with_finding(config: Config, fingerprint: str) -> tuple[Look, Sighting]:
    """The finding of that fingerprint, or that it begins so: where the ledger knows it, else in all of the project.

    Raises:
        UsageError: there is none, or several.
        LedgerError: the ledger cannot be read.
    """
    location = stores.locate(config.root)
    told = [
        location.base / event.subject
        for event in stores.read(location, _TOLD)
        if str(event.payload.get("fingerprint", "")).startswith(fingerprint)
    ]
    places = [path for path in told if path.is_file() and path.is_relative_to(config.root)]
    for paths in ([*dict.fromkeys(places)], [config.root]):
        seen = survey(Plan(config=config, paths=paths, quoting=False)) if paths else None
        sightings = seen.sightings if seen else ()
        found = [one for one in sightings if one.finding.fingerprint.startswith(fingerprint)]
        if len({one.finding.fingerprint for one in found}) > 1:
            raise words.UsageError(f"{fingerprint}: the fingerprints of several findings begin so")
        if found:
            here = look(config, Path(config.root, found[0].path))
            again = [s for s in here.sightings if s.finding.fingerprint.startswith(fingerprint)]
            if again:
                return here, again[0]
    raise words.UsageError(f"{fingerprint}: there is no such file and no such finding here")
