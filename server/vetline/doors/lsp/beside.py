"""What stands beside the open texts: the project's own modules that they import, for data to be followed into.

Read when a document is opened or saved, not at each keystroke, and away from the event loop. Texts that are open are
taken as they are in the editor.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from vetline import project, types
from vetline.neighbours import Neighbours

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vetline.doors.lsp.documents import Unit
    from vetline.doors.lsp.server import Server
    from vetline.settings import Settings
    from vetline_analyzers.core.analyzer import Complaint, Neighbour
    from vetline_analyzers.core.text import Snapshot

_PATIENCE = 5.0  # seconds for one text


class Beside:
    """Keeps every unit's `neighbours`, and has a unit looked at again when they are others."""

    def __init__(self, server: Server) -> None:
        """Know nothing yet."""
        self._server = server
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._waiting: set[str] = set()
        self._busy = False

    def refresh(self, units: Iterable[Unit]) -> None:
        """Have the modules beside these units read soon."""
        self._waiting |= {unit.uri for unit in units}
        if self._waiting and not self._busy:
            self._busy = True
            self._server.spawn(self._refresh())

    def close(self) -> None:
        """Read no more."""
        self._waiting.clear()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _refresh(self) -> None:
        try:
            while self._waiting:
                await self._one(self._waiting.pop())
        finally:
            self._busy = False

    async def _one(self, uri: str) -> None:
        documents = self._server.documents
        unit = documents.units.get(uri)
        if unit is None:
            return
        project = self._server.projects.of(uri)
        instead = {
            document.snapshot.path: document.snapshot.text.encode("utf-8", "replace")
            for other, document in documents.open.items()
            if self._server.projects.of(other) is project
        }
        found = await asyncio.get_running_loop().run_in_executor(
            self._thread, _read, project.root, instead, unit.snapshot
        )
        if found != unit.neighbours and documents.units.get(uri) is unit:
            unit.neighbours = found
            self._server.look(unit)


def complaints(root: Path, settings: Settings, snapshot: Snapshot) -> tuple[Complaint, ...] | None:
    """What a type checker says of one Python text as it stands in the editor; None when there is none."""
    if snapshot.language != "python":
        return None
    environment = project.python_of(root, settings)
    found = types.complaints({"": snapshot.text}, environment, _PATIENCE, root=root)
    return found[""] if found else None


def _read(root: Path, instead: dict[str, bytes], snapshot: Snapshot) -> dict[str, Neighbour]:
    return Neighbours(root, instead).of(snapshot)
