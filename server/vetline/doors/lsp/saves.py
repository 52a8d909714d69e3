"""What the ledger is told when a file is saved: findings that came and went, escalations, suppressions.

Where no gate is in force nothing is told. A save waits for nothing of this.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from vetline import files, policy
from vetline.doors import recording
from vetline.doors.recording import Seen
from vetline.ledger import LedgerError

if TYPE_CHECKING:
    from vetline.doors.lsp.documents import Unit
    from vetline.doors.lsp.server import Server
    from vetline_analyzers.core.text import Snapshot

log = logging.getLogger(__name__)

_PAUSE = 1.0  # seconds after a save in which facts and neighbours that it changed come in


class Saves:
    """The recording side of a server; of several saves of a document in a moment the last is told."""

    def __init__(self, server: Server) -> None:
        """Tell of nothing yet."""
        self._server = server
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._told: set[str] = set()

    def saved(self, unit: Unit) -> None:
        """A document was saved as it stands in the editor."""
        project = self._server.projects.of(unit.uri)
        # A notebook's cells are one text here and none on the disk: `check` would know its findings by other marks.
        alone = len(unit.parts) == 1 and unit.parts[0].document.snapshot.uri == unit.uri
        if (
            not policy.is_set(project.config.origins)
            or not alone
            or files.path_of(unit.uri) is None
        ):
            return
        if (due := self._due.pop(unit.uri, None)) is not None:
            due.cancel()
        loop = asyncio.get_running_loop()
        work = partial(self._begin, unit, unit.snapshot)
        self._due[unit.uri] = loop.call_later(_PAUSE, work)

    def close(self) -> None:
        """Tell no more."""
        for due in self._due.values():
            due.cancel()
        self._due.clear()

    def _begin(self, unit: Unit, snapshot: Snapshot) -> None:
        self._due.pop(unit.uri, None)
        self._server.spawn(self._record(unit, snapshot))

    async def _record(self, unit: Unit, snapshot: Snapshot) -> None:
        server = self._server
        project = server.projects.of(unit.uri)
        idle = await server.quick.settled(unit.uri) and await server.slow.settled(unit.uri)
        known = server.documents.units.get(unit.uri) is unit and unit.snapshot is snapshot
        if not idle or not known or project.facts is None or project.config.settings.analyzers:
            return  # what is seen is not all of what was saved; whoever looks next tells the ledger
        seen = Seen(
            config=project.config,
            policy=project.policy,
            places=[snapshot.path],
            sightings=server.display.sightings(unit),
            failures=[failure for pace in unit.failures.values() for failure in pace],
            texts={snapshot.path: snapshot},
        )
        try:
            await server.projects.beside(partial(recording.record, seen))
        except LedgerError as error:
            if str(error) not in self._told:  # once is enough: each save would say it again
                self._told.add(str(error))
                log.warning("%s", error)
