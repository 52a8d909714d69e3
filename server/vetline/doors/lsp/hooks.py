"""What the server does for hooks: it is told of what they reported, and judges what they ask about."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import files, places
from vetline.doors import verdict
from vetline.doors.lsp.listener import Handlers, Listener
from vetline.worker import Worker
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Pace

if TYPE_CHECKING:
    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline_analyzers.core.analyzer import Facts

log = logging.getLogger(__name__)


class Hooks:
    """The side of a server that agents' hooks speak to."""

    def __init__(self, server: Server) -> None:
        """Listen to nobody yet; the worker starts with the first question."""
        self._server = server
        self._worker = Worker()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hooks")
        self._known: dict[str, Facts] = {}
        handlers = Handlers(server.origins.poke, self._examine, self._redact)
        self._listener = Listener(handlers)

    async def start(self) -> None:
        """Listen, and let the hooks of the workspace's folders find us."""
        try:
            await self._listener.start()
        except OSError as error:
            log.warning("hooks cannot reach this server: %s", error.strerror)
            return
        for folder in self._server.projects.workspace.folders:
            await self.serve(folder)

    async def serve(self, folder: Path) -> None:
        """Let the hooks of a folder find us."""
        await self._listener.register(places.place_of(str(folder)).folders)

    def close(self) -> None:
        """Listen no more, at once."""
        self._listener.stop()
        self._worker.cancel("closed")
        self._thread.submit(self._worker.close)
        self._thread.shutdown(wait=False)

    async def _examine(self, proposal: verdict.Proposal) -> verdict.Examined:
        project = self._server.projects.of(files.uri_of(Path(proposal.path)))
        if project.facts is None:  # whoever asks can look as well, with the facts
            return verdict.Examined(unsure="the project has not been read yet")
        names = project.analyzers(Pace.KEYSTROKE, Pace.SAVE)
        timeout = project.config.settings.hook_timeout
        ask = verdict.asking(self._worker, names, timeout, project.key)

        def examine() -> verdict.Examined:
            self._tell(project)
            return verdict.examine(proposal, project.config, ask)

        return await asyncio.get_running_loop().run_in_executor(self._thread, examine)

    async def _redact(self, words: str) -> verdict.Redacted:
        folders = self._server.projects.workspace.folders
        settings = self._server.projects.of(
            files.uri_of((folders[0] if folders else Path.cwd()) / "x")
        ).config.settings
        ask = verdict.asking(self._worker, engine.MASKERS, settings.hook_timeout)
        redact = partial(verdict.redact, words, settings, ask)
        return await asyncio.get_running_loop().run_in_executor(self._thread, redact)

    def _tell(self, project: Project) -> None:
        """Tell the worker a project's facts, as far as it does not have them."""
        facts = project.facts
        if facts is not None and self._known.get(project.key) is not facts:
            self._known[project.key] = facts
            self._worker.know(project.key, facts)
