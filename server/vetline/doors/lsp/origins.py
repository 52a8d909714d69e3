"""The server's dealings with provenance: what is remembered of documents, what agents report, what is kept.

Disks, databases and git are asked in one thread, in order; the event loop only takes the answers. A
keystroke asks none of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from vetline import disk, files, ledger, places, provenance, session
from vetline.authors import Authors
from vetline.doors.lsp.byline import byline
from vetline.doors.lsp.documents import Insertion
from vetline.doors.lsp.messages import PROVENANCE_CHANGED
from vetline.ledger import LedgerError
from vetline.provenance import Origin, Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from vetline.doors.lsp.documents import Document, Unit
    from vetline.doors.lsp.messages import DidInsertParams
    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline.provenance import Claim
    from vetline.session import Recorded, Who
    from vetline_analyzers.core.text import Snapshot

T = TypeVar("T")

log = logging.getLogger(__name__)

# What an editor saw that was no AI's doing; any other word for a source means an AI's.
EVIDENCE = frozenset({"paste", "undo", "redo", "format", "snippet", "rename", "reload", "typed"})
_QUIET = 1.0  # seconds without a change after which it is stored
_ARRIVAL = 0.2  # seconds in which the save that a change belongs to is told of
_LOOK = 1.0  # seconds between two looks at the spools
_PATIENCE = 5.0  # seconds to wait for what is remembered
_FAREWELL = 3.0  # seconds to store what is left
_SLACK = 0.05  # seconds by which clocks of files may be ahead


class Origins:
    """The provenance side of a server."""

    def __init__(self, server: Server) -> None:
        """Serve that server's documents."""
        self._server = server
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="origins")
        self._authors: dict[tuple[Path, bool], Authors] = {}  # used in the thread only
        # Answers are taken in the order of the questions.
        self._turn = asyncio.Lock()
        self._loading: dict[str, asyncio.Task[None]] = {}
        self._saving: dict[str, asyncio.TimerHandle] = {}
        self._checking: dict[str, asyncio.TimerHandle] = {}
        self._looking: asyncio.Task[None] | None = None
        self._poked = False

    # -- what happens to documents

    def opened(self, unit: Unit) -> None:
        """A unit was opened: remember who wrote it, in the background."""
        path = files.path_of(unit.uri)
        if path is None:
            for part in unit.parts:
                part.document.authors.settle()
            return
        self._server.spawn(self._server.hooks.serve(path.parent))
        task = self._server.spawn(self._load(unit))
        self._loading[unit.uri] = task
        task.add_done_callback(partial(self._loaded, unit.uri))
        if self._looking is None or self._looking.done():
            self._looking = self._server.spawn(self._look())

    def edited(self, unit: Unit, document: Document, *, told: bool) -> None:
        """A document was edited; `told`: an agent's report had told of it."""
        self._save_later(unit)
        uri = document.snapshot.uri
        if document.authors.since_disk and uri not in self._checking:
            self._check_later(unit, document)
        if told:
            self._say(document)

    def saved(self, unit: Unit, document: Document) -> None:
        """A document was saved. That is no evidence of anything; only its text is the disk's now."""
        document.authors.saved_to_disk()
        self._save(unit)

    def closed(self, unit: Unit) -> None:
        """A unit is closed."""
        if (timer := self._saving.pop(unit.uri, None)) is not None:
            timer.cancel()
        self._save(unit)

    def inserted(self, params: DidInsertParams) -> None:
        """Take a client's word for where a range of a document came from."""
        document = self._server.documents.open.get(params.text_document.uri)
        if document is None:
            return
        origin = Origin(
            Tier.OBSERVED,
            agent=params.agent,
            model=params.model,
            session=params.session,
            turn=params.turn,
            source=params.source,
            human=document.authors.tracker.human,
            at=ledger.timestamp(datetime.now(UTC)),
            ai=params.source not in EVIDENCE,
        )
        version = params.text_document.version
        if version is None:
            version = document.snapshot.version
        self.mark(document, Insertion(version, params.range, origin))

    def mark(self, document: Document, insertion: Insertion) -> None:
        """Note where a range came from; one of a version that has not come yet waits for its change."""
        version, place, origin = insertion
        if version > document.snapshot.version:
            document.waiting.append(insertion)
            return
        before = document.at(version)
        if before is None:
            log.warning("an insertion was reported for a version that is forgotten")
            return
        span = document.mark(self._server.units.span(before, place), version, origin)
        found = self._server.documents.part_of(document.snapshot.uri)
        if span is None or found is None:
            return
        unit, part = found
        if origin.ai:
            self._server.projects.remember(unit, span.shifted(part.start), origin)
        self._save_later(unit)
        self._server.display.publish(unit)
        self._say(document)

    def poke(self) -> None:
        """Something may be in a spool: look, once for all that call by then."""
        if not self._poked:
            self._poked = True
            self._server.spawn(self._drain())

    def flush(self) -> None:
        """Store what is not stored yet, in the background."""
        for unit in list(self._server.documents.units.values()):
            self._save(unit)

    async def farewell(self) -> None:
        """Store what is not stored yet, for a bounded time, and stop."""
        self.flush()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._beside(lambda: None), _FAREWELL)
        self._thread.shutdown(wait=False, cancel_futures=True)

    # -- what is known

    async def lines(self, document: Document) -> list[dict[str, Any]]:
        """What is said of each line of a document, as `vetline blame` gives it."""
        await self.known(document)
        snapshot = document.snapshot
        said = document.authors.tracker.attributions(snapshot)
        if not snapshot.line_text(len(said) - 1):
            said.pop()  # what follows the last line end is no line to a person
        return [provenance.line_json(number, each) for number, each in enumerate(said, 1)]

    async def line(self, document: Document, number: int) -> str:
        """Who wrote a line, counted from 0, for a person, in Markdown; "" when nobody knows."""
        await self.known(document)
        snapshot = document.snapshot
        if number >= len(snapshot.line_starts):
            return ""
        said = document.authors.tracker.touching(snapshot, snapshot.line_span(number))
        return byline(said) if said else ""

    async def recorded(self, project: Project) -> Recorded | None:
        """Gives who wrote what in a text of a project, for a thread; None when nothing is known."""
        try:
            return await self._beside(
                lambda: session.recorded(project.root, project.config.settings)
            )
        except LedgerError as error:
            log.warning("%s", error)
            return None

    async def who(self, recorded: Recorded | None, snapshot: Snapshot) -> Who:
        """Gives who wrote what in a text, by what `recorded` gave."""
        if recorded is None:
            return session.nobody
        try:
            return await self._beside(partial(recorded, snapshot, keep=True))
        except LedgerError as error:
            log.warning("%s", error)
            return session.nobody

    async def known(self, document: Document) -> None:
        """Wait, for a bounded time, until what is remembered of a document is there."""
        unit = self._server.documents.unit_of(document.snapshot.uri)
        if unit is not None and (task := self._loading.get(unit.uri)) is not None:
            await asyncio.wait([task], timeout=_PATIENCE)

    # -- what is remembered

    async def _beside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _of(self, project: Project) -> Authors:
        """What is remembered in a project; for the thread."""
        key = project.root, project.config.settings.store_text
        if key not in self._authors:
            self._authors[key] = Authors(project.root, store_text=key[1])
        return self._authors[key]

    def _loaded(self, uri: str, task: asyncio.Task[None]) -> None:
        if self._loading.get(uri) is task:  # it may have been closed and opened again meanwhile
            del self._loading[uri]

    async def _load(self, unit: Unit) -> None:
        project, snapshot = self._server.projects.of(unit.uri), unit.snapshot
        cells = [part.document for part in unit.parts]
        async with self._turn:
            try:
                tracker = await self._beside(lambda: self._of(project).tracker(snapshot))
                unit.know(cells, tracker)
            except LedgerError as error:
                log.warning("%s", error)
            finally:
                for document in cells:
                    document.authors.settle()
        if not any(document.authors.tracker.sources for document in cells):
            return
        if self._server.documents.units.get(unit.uri) is not unit:
            self._save(unit)
            return
        self._save_later(unit)
        self._learned(unit)

    def _learned(self, unit: Unit) -> None:
        """Something was explained: show it, if it is still shown."""
        if self._server.documents.units.get(unit.uri) is not unit:
            return
        self._server.display.publish(unit)
        for part in unit.parts:
            self._say(part.document)

    def _say(self, document: Document) -> None:
        uri = document.snapshot.uri
        self._server.protocol.push(PROVENANCE_CHANGED, {"uri": uri})

    # -- what agents report

    async def _look(self) -> None:
        """Notice what is in a spool without anybody having told us, while documents are open."""
        seen: dict[str, int] = {}
        while self._server.documents.units:
            roots = {self._server.projects.of(unit.uri).root for unit in self._units()}
            stamps = await self._beside(partial(_stamps, roots))
            if stamps != seen:
                self.poke()
            seen = stamps
            await asyncio.sleep(_LOOK)

    def _units(self) -> list[Unit]:
        units = self._server.documents.units.values()
        return [unit for unit in units if files.path_of(unit.uri) is not None]

    async def _drain(self) -> None:
        async with self._turn:
            self._poked = False
            asked = [(u, self._server.projects.of(u.uri), u.snapshot) for u in self._units()]
            told = await self._beside(partial(self._reported, asked))
            for unit, reports in told:
                if sum(map(unit.claim, reports)):  # all of them, not the first that explains
                    self._learned(unit)
                self._save_later(unit)

    def _reported(
        self, asked: Iterable[tuple[Unit, Project, Snapshot]]
    ) -> list[tuple[Unit, list[Claim]]]:
        told: list[tuple[Unit, list[Claim]]] = []
        drained: set[Path] = set()
        for unit, project, snapshot in asked:
            authors = self._of(project)
            try:
                if project.root not in drained:
                    drained.add(project.root)
                    authors.drain()
                if reports := authors.reports(snapshot):
                    told.append((unit, reports))
            except LedgerError as error:
                log.warning("%s", error)
        return told

    # -- files that the editor read anew

    def _check_later(self, unit: Unit, document: Document) -> None:
        def check() -> None:
            self._checking.pop(document.snapshot.uri, None)
            self._server.spawn(self._check(unit, document))

        loop = asyncio.get_running_loop()
        self._checking[document.snapshot.uri] = loop.call_later(_ARRIVAL, check)

    async def _check(self, unit: Unit, document: Document) -> None:
        """Whether what was changed since the text was the disk's came from there; then nobody typed it."""
        authors, snapshot = document.authors, document.snapshot
        path = files.path_of(snapshot.uri)
        if not authors.since_disk or path is None:
            return
        same = await self._beside(partial(_is_on_disk, path, snapshot, authors.changed))
        if not authors.since_disk:
            return  # saved meanwhile, or typed on
        if document.snapshot is not snapshot:
            if snapshot.uri not in self._checking:
                self._check_later(unit, document)
        elif not same:
            authors.since_disk = None
        elif authors.read_anew(snapshot):
            self._learned(unit)

    # -- what is kept

    def _save_later(self, unit: Unit) -> None:
        if unit.uri not in self._saving:
            self._arm(unit, _QUIET)

    def _arm(self, unit: Unit, delay: float) -> None:
        loop = asyncio.get_running_loop()
        self._saving[unit.uri] = loop.call_later(delay, self._due, unit)

    def _due(self, unit: Unit) -> None:
        self._saving.pop(unit.uri, None)
        if self._server.documents.units.get(unit.uri) is not unit:
            return
        changed = max((part.document.authors.changed for part in unit.parts), default=0.0)
        quiet = self._server.clock() - changed
        if 0 <= quiet < _QUIET:
            self._arm(unit, _QUIET - quiet)
        else:
            self._save(unit)

    def _save(self, unit: Unit) -> None:
        """Store who wrote a unit, if there is anything to tell that is not stored."""
        own = [part.document.authors for part in unit.parts]
        if files.path_of(unit.uri) is None or not all(authors.is_whole for authors in own):
            return
        if all(authors.saved == authors.revision for authors in own):
            return
        revisions = [authors.revision for authors in own]
        project, snapshot, tracker = (
            self._server.projects.of(unit.uri), unit.snapshot, unit.tracker()
        )  # fmt: skip
        if not tracker.sources:
            return

        def write() -> None:
            try:
                self._of(project).save(snapshot, tracker)
            except LedgerError as error:  # the next change or save tries again
                log.warning("%s", error)
                return
            for authors, revision in zip(own, revisions, strict=True):
                authors.saved = max(authors.saved, revision)

        with contextlib.suppress(RuntimeError):  # the thread has stopped: we are leaving
            self._thread.submit(write)


def _stamps(roots: Iterable[Path]) -> dict[str, int]:
    """When something was last put into or taken from each spool of the projects."""
    found: dict[str, int] = {}
    for root in roots:
        for folder in places.place_of(str(root)).folders:
            with contextlib.suppress(OSError):
                found[folder] = os.stat(os.path.join(folder, "spool")).st_mtime_ns  # noqa: PTH116, PTH118 - folders are strings
    return found


def _is_on_disk(path: Path, snapshot: Snapshot, changed: float) -> bool:
    """Whether a file held a text already when an editor's text was changed to it."""
    try:
        if path.stat().st_mtime > changed + _SLACK:
            return False
        raw = disk.read(path, 4 * len(snapshot.text) + 4)
    except OSError:
        return False
    return _plain(files.decode(raw, snapshot.language)[0]) == _plain(snapshot.text)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
