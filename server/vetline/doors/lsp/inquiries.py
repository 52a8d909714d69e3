"""Registries asked from an editor, where the user's own settings want it (`online`): in the background, when typing rests.

A name is asked for when a text has stood still for a while, so that no half-typed one is. What is said becomes part of
the project's facts, with which its documents are looked at again; no look waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from vetline import files
from vetline_analyzers import engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vetline.doors.lsp.documents import Unit
    from vetline.doors.lsp.server import Server
    from vetline.settings import Settings
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.core.universe import Answer, Package

T = TypeVar("T")

CALM = 2.0  # seconds that a text stands still before its names are asked for
_AGAIN = 3600.0  # seconds after which a name is asked for once more


class Inquiries:
    """Has registries asked about the names in open documents."""

    def __init__(self, server: Server) -> None:
        """Know nothing yet."""
        self._server = server
        self._calm: dict[str, asyncio.TimerHandle] = {}
        self._asked: dict[tuple[str, str], float] = {}

    def looked(self, unit: Unit) -> None:
        """A unit was looked at: ask about its names soon, if it stays as it is and the user's settings want it."""
        if waiting := self._calm.pop(unit.uri, None):
            waiting.cancel()
        if self._server.projects.of(unit.uri).config.settings.online:
            loop = asyncio.get_running_loop()
            self._calm[unit.uri] = loop.call_later(CALM, self._rested, unit)

    def close(self) -> None:
        """Ask no more."""
        for waiting in self._calm.values():
            waiting.cancel()

    def _rested(self, unit: Unit) -> None:
        self._calm.pop(unit.uri, None)
        if self._server.documents.units.get(unit.uri) is not unit:
            return
        key, now = self._server.projects.of(unit.uri).key, asyncio.get_running_loop().time()
        found = [
            finding
            for findings in unit.answers.values()
            for finding in findings
            if finding.package and self._asked.get((key, finding.package), -_AGAIN) + _AGAIN <= now
        ]
        self._asked.update(((key, finding.package), now) for finding in found)
        if found:
            self._server.spawn(self._ask(unit, found))

    async def _ask(self, unit: Unit, found: list[Finding]) -> None:
        project, snapshot = self._server.projects.of(unit.uri), unit.snapshot
        path = files.path_of(unit.uri) or project.root / "x"
        settings = project.config.settings
        answers = await _beside(lambda: _answers(snapshot, found, project.root, path, settings))
        if answers:
            self._server.projects.told(project, answers)


def _answers(
    snapshot: Snapshot, found: list[Finding], root: Path, path: Path, settings: Settings
) -> dict[Package, Answer]:
    from vetline.doors.online import answered, doubted  # the HTTP client is loaded by who asks

    concluded = engine.conclude(snapshot, found)
    names = [one for finding in concluded if (one := doubted(finding))]
    return answered(names, root, [path], settings) if names else {}


async def _beside(work: Callable[[], T]) -> T:
    """What a function gives, run in a thread that nobody waits for when the server ends."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(way: Callable[[], None]) -> None:
        if not future.done():
            way()

    def run() -> None:
        way: Callable[[], None]
        try:
            way = partial(future.set_result, work())
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            way = partial(future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(settle, way)

    threading.Thread(target=run, name="inquiry", daemon=True).start()
    return await future
