"""A look at the whole workspace, with progress, that can be cancelled."""

from __future__ import annotations

import asyncio
import itertools
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from vetline import files, session
from vetline.doors.lsp import diagnostics
from vetline.doors.lsp.documents import Document, Part, Unit
from vetline.neighbours import Neighbours
from vetline.worker import Worker
from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline.session import Recorded
    from vetline_analyzers.core.analyzer import Neighbour
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.engine import Analysis, Failure

_REPORT = 0.2  # seconds between two words about progress
_CREATE = 5.0  # seconds a client has to agree to a progress token


class Progress:
    """Work-done progress, for clients that show it; silent for the others."""

    def __init__(self, server: Server, token: int | str | None) -> None:
        """Report under the client's token, or under one of our own if it can take one."""
        self._server = server
        self._token = token
        self._reported = 0.0

    async def begin(self, title: str) -> None:
        """Say that work begins."""
        window = self._server.capabilities.window
        if self._token is None and window and window.work_done_progress:
            token = str(uuid.uuid4())
            create = self._server.window_work_done_progress_create_async(
                types.WorkDoneProgressCreateParams(token=token)
            )
            try:
                await asyncio.wait_for(create, _CREATE)
            except Exception:  # noqa: BLE001 - a client that refuses gets no progress
                return
            self._token = token
        self._send({"kind": "begin", "title": title, "cancellable": True, "percentage": 0})

    def report(self, done: int, total: int, path: str) -> None:
        """Say how far it is, not too often."""
        now = asyncio.get_running_loop().time()
        if now - self._reported < _REPORT:
            return
        self._reported = now
        message = f"{done}/{total} {path}"
        self._send({"kind": "report", "message": message, "percentage": done * 100 // total})

    def end(self, message: str) -> None:
        """Say that work has ended."""
        self._send({"kind": "end", "message": message})

    @property
    def token(self) -> int | str | None:
        """Under which it reports."""
        return self._token

    def _send(self, value: dict[str, Any]) -> None:
        if self._token is not None:
            self._server.protocol.push("$/progress", {"token": self._token, "value": value})


async def scan(server: Server, token: int | str | None) -> dict[str, Any]:
    """Check every file of the workspace and publish what is found.

    Returns:
        Counts: files, findings, and what could not be checked.
    """
    progress = Progress(server, token)
    await progress.begin("Vetline: checking the workspace")
    task = asyncio.current_task()
    if progress.token is not None and task is not None:
        server.cancellable[progress.token] = task
    total: dict[str, Any] = {"files": 0, "findings": 0, "notChecked": []}
    message = "cancelled"
    try:
        for folder in server.projects.workspace.folders:
            await _scan_folder(
                server, server.projects.of(files.uri_of(folder / "x")), total, progress
            )
        message = f"{total['findings']} findings in {total['files']} files"
    finally:
        if progress.token is not None:
            server.cancellable.pop(progress.token, None)
        progress.end(message)
    return total


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder under way.

    Attributes:
        authors: gives who wrote what in a text, for a thread; None when nothing is known of any.
        open: what a client has open, by URI as files are named here.
        total: what the scan gives.
    """

    server: Server
    project: Project
    authors: Recorded | None
    open: dict[str, Unit]
    total: dict[str, Any]


async def _scan_folder(
    server: Server, project: Project, total: dict[str, Any], progress: Progress
) -> None:
    loop = asyncio.get_running_loop()
    await server.projects.gathered(project)
    folder = _Folder(
        server,
        project,
        await server.origins.recorded(project),
        {
            files.uri_of(path): unit
            for uri, unit in server.documents.units.items()
            if (path := files.path_of(uri))
        },
        total,
    )
    settings = project.config.settings
    names = project.analyzers(Pace.KEYSTROKE, Pace.SAVE, Pace.PROJECT)
    count = os.cpu_count() or 1
    crew = [Worker() for _ in range(count)]
    with_threads = ThreadPoolExecutor(count + 1, thread_name_prefix="scan")
    reading = ThreadPoolExecutor(1, thread_name_prefix="beside")
    neighbours = Neighbours(project.root)
    try:
        listed = await loop.run_in_executor(with_threads, lambda: list(_listed(project)))
        paths = [item for item in listed if isinstance(item, files.Found)]
        total["notChecked"] += [_told(item) for item in listed if not isinstance(item, files.Found)]
        todo: Iterator[tuple[int, files.Found]] = iter(enumerate(paths, 1))

        async def work(worker: Worker) -> None:
            if project.facts is not None:
                worker.know(project.key, project.facts)
            for number, found in todo:
                read = await loop.run_in_executor(
                    with_threads, files.read, found, settings.max_file_size
                )
                total["notChecked"] += [_told(failure) for failure in read.failures]
                if read.snapshot is not None:
                    around = await loop.run_in_executor(reading, neighbours.of, read.snapshot)
                    look = partial(_look, worker, read.snapshot, names, project, around)
                    analysis = await loop.run_in_executor(with_threads, look)
                    await _show(folder, read.snapshot, analysis)
                total["files"] += 1
                progress.report(number, len(paths), found.path.name)

        await asyncio.gather(*(work(worker) for worker in crew))
    finally:
        for worker in crew:
            worker.cancel()
            with_threads.submit(worker.close)
        for threads in (with_threads, reading):
            threads.shutdown(wait=False)


def _look(
    worker: Worker,
    snapshot: Snapshot,
    names: tuple[str, ...],
    project: Project,
    around: Mapping[str, Neighbour],
) -> Analysis:
    timeout = project.config.settings.timeout
    analysis = worker.examine(snapshot, names, timeout, project.key, around)
    worker.forget(snapshot.uri)
    return analysis


def _listed(project: Project) -> Iterator[files.Found | Failure]:
    return itertools.islice(
        files.discover([project.root], project.root, project.config.settings.exclude), 1_000_000
    )


def _told(failure: Failure) -> dict[str, str]:
    return {"path": failure.path, "reason": failure.reason}


async def _show(folder: _Folder, snapshot: Snapshot, analysis: Analysis) -> None:
    server, total = folder.server, folder.total
    total["notChecked"] += [_told(failure) for failure in analysis.failures]
    if (shown := folder.open.get(snapshot.uri)) is not None:
        # The open text is newer than the file, and shown already.
        policy = folder.project.policy
        seen = server.display.sightings(shown)
        total["findings"] += sum(diagnostics.visible(sighting, policy) for sighting in seen)
        return
    found = engine.conclude(snapshot, analysis.findings)
    who = await server.origins.who(folder.authors, snapshot) if found else session.nobody
    sightings = folder.project.sight(snapshot, found, who)
    unit = Unit(snapshot.uri, [Part(Document(snapshot), 0)], snapshot)
    unit.failures["scan"] = analysis.failures
    view = server.display.view(folder.project, snapshot.uri)
    for _, items in diagnostics.of_unit(unit, sightings, view):
        total["findings"] += len(items) - len(analysis.failures)
        if items or snapshot.uri in server.scanned:
            server.display.push(snapshot.uri, None, items)
        (server.scanned.add if items else server.scanned.discard)(snapshot.uri)
