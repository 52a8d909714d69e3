"""The language server: takes events from the client, keeps what is shown in step with the text.

It decides nothing: what is found comes from workers, what it means from the session and the gate. Nothing
here takes longer than a keystroke may; what does goes to a desk or a thread.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from lsprotocol import types
from pygls.lsp.server import LanguageServer

import vetline
from vetline import files
from vetline.doors.lsp.beside import Beside, complaints
from vetline.doors.lsp.desk import Desk, Terms
from vetline.doors.lsp.display import Display
from vetline.doors.lsp.documents import SIZE, Documents
from vetline.doors.lsp.exposure import Exposure
from vetline.doors.lsp.hooks import Hooks
from vetline.doors.lsp.inquiries import Inquiries
from vetline.doors.lsp.messages import STATUS
from vetline.doors.lsp.notebooks import Notebooks
from vetline.doors.lsp.origins import Origins
from vetline.doors.lsp.projects import Projects
from vetline.doors.lsp.protocol import Protocol, QueueWriter, describe, feed, read_messages
from vetline.doors.lsp.pulse import Pulse
from vetline.doors.lsp.reviews import Reviews
from vetline.doors.lsp.saves import Saves
from vetline.doors.lsp.sittings import Sittings
from vetline.doors.lsp.units import Units
from vetline.worker import Worker
from vetline_analyzers.core.analyzer import Pace
from vetline_analyzers.engine import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from vetline.doors.lsp.documents import Unit
    from vetline.worker import Pages
    from vetline_analyzers.core.text import Edit, Snapshot
    from vetline_analyzers.engine import Analysis

T = TypeVar("T")

log = logging.getLogger(__name__)

_PAUSE = 0.25  # seconds without typing after which the slow analyzers look
_PAGES = 20.0  # seconds
_HEADER_LIMIT = 1 << 16


class Server(LanguageServer):
    """The server of one client."""

    protocol: Protocol

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Make a server that waits for `initialize`; `clock` gives seconds since the epoch."""
        self.clock = clock
        cells = types.NotebookCellLanguage(language="python")
        super().__init__(
            "vetline",
            vetline.__version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=types.NotebookDocumentSyncOptions(
                notebook_selector=[types.NotebookDocumentFilterWithCells(cells=[cells])]
            ),
            protocol_cls=Protocol,
        )
        self.units = Units("utf-16")
        self.projects = Projects(self)
        self.documents = Documents(self.projects.workspace.path_in_project)
        self.notebooks = Notebooks(self)
        self.origins = Origins(self)
        self.hooks = Hooks(self)
        self.beside = Beside(self)
        self.exposure = Exposure(self)
        self.inquiries = Inquiries(self)
        self.reviews = Reviews(self)
        self.saves = Saves(self)
        self.sittings = Sittings(self)
        self.pulse = Pulse(lambda: self.quick.is_busy or self.slow.is_busy, self._tell_state)
        self.quick = Desk("quick", self._answered, self.pulse.beat)
        self.slow = Desk("slow", self._answered, self.pulse.beat)
        self.capabilities = types.ClientCapabilities()
        self.display = Display(self)
        # Progress token → the work that its cancellation ends.
        self.cancellable: dict[int | str, asyncio.Task[Any]] = {}
        # URIs of closed files on which a scan shows something.
        self.scanned: set[str] = set()
        self.pages_folder: Path | None = None
        self._pages: asyncio.Future[Pages] | None = None
        self._left = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- life

    async def serve(self, reader: asyncio.StreamReader, writer: Any) -> int:
        """Serve one client until it leaves; gives the exit code."""
        self.protocol.set_writer(writer)
        reading = asyncio.ensure_future(read_messages(self.protocol, reader))
        leaving = asyncio.ensure_future(self._left.wait())
        await asyncio.wait({reading, leaving}, return_when=asyncio.FIRST_COMPLETED)
        for task in (reading, leaving, *self._tasks):
            task.cancel()
        await self.origins.farewell()
        for closing in (
            self.hooks,
            self.beside,
            self.inquiries,
            self.reviews,
            self.saves,
            self.sittings,
            self.pulse,
            self.quick,
            self.slow,
            self.projects,
        ):
            closing.close()
        writer.close()
        if self.pages_folder is not None:
            shutil.rmtree(self.pages_folder, ignore_errors=True)
        return self.protocol.exit_code

    async def serve_stdio(self) -> int:
        """Serve the client on stdin and stdout."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_HEADER_LIMIT)
        # What a library prints must not reach the client.
        out = os.dup(1)
        os.dup2(2, 1)
        threading.Thread(target=feed, args=(0, reader, loop), name="reader", daemon=True).start()
        return await self.serve(reader, QueueWriter(out))

    async def serve_tcp(self, address: tuple[str, int], ready: Callable[[int], None]) -> int:
        """Serve the first client that connects, and nobody else.

        Raises:
            OSError: the address cannot be listened on.
        """
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        taken = False

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal taken
            if taken:
                writer.close()
                return
            taken = True
            done.set_result(await self.serve(reader, writer))

        listener = await asyncio.start_server(connected, *address, limit=_HEADER_LIMIT)
        ready(listener.sockets[0].getsockname()[1])
        try:
            return await done
        finally:
            listener.close()

    def leave(self) -> None:
        """End `serve`."""
        self._left.set()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error; pygls would show it to the user, with whatever it quotes."""
        log.error("%s: %s", getattr(source, "__name__", source), describe(error))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run a coroutine beside the conversation; its failure is logged."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)

        def ended(task: asyncio.Task[Any]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("background work failed: %s", describe(error))

        task.add_done_callback(ended)
        return task

    def introduce(self, params: types.InitializeParams) -> None:
        """Learn who the client is."""
        self.capabilities = params.capabilities
        encoding = self.protocol.workspace.position_encoding
        self.units = Units(str(getattr(encoding, "value", encoding)))
        folders = [folder.uri for folder in params.workspace_folders or ()]
        if not folders and params.root_uri:
            folders = [params.root_uri]
        paths = [path for uri in folders if (path := files.path_of(uri))]
        if not paths and params.root_path:
            paths = [Path(params.root_path)]
        self.projects.workspace.folders = paths
        for desk, pace in ((self.quick, Pace.KEYSTROKE), (self.slow, Pace.SAVE)):
            threading.Thread(target=desk.worker.start, args=(pace,), daemon=True).start()

    def say(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show a message to the user."""
        self.window_show_message(types.ShowMessageParams(kind, message))

    def _tell_state(self, state: str) -> None:
        self.protocol.push(STATUS, {"state": state})

    def plain(self, value: Any) -> Any:
        """A value from the client as JSON would have it."""
        if isinstance(value, tuple) and hasattr(value, "_asdict"):  # pygls' untyped parameters
            return {key: self.plain(item) for key, item in value._asdict().items()}
        if attrs.has(type(value)):
            return self.protocol._converter.unstructure(value)  # noqa: SLF001 - pygls offers no other
        if isinstance(value, dict):
            return {key: self.plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.plain(item) for item in value]
        return value

    def typed(self, value: Any, kind: type[T]) -> T:
        """Plain JSON as one of lsprotocol's types."""
        return self.protocol._converter.structure(value, kind)  # noqa: SLF001 - pygls offers no other

    async def page(self, rule: str, *, brief: bool = False) -> str | None:
        """A rule's page, or what is shown of it beside the code; None when there is none in time."""
        if self._pages is None:
            self._pages = asyncio.ensure_future(self._made_pages())
        pages = await asyncio.shield(self._pages)
        return (pages.brief if brief else pages.whole).get(rule)

    async def title(self, rule: str) -> str:
        """A rule's title; its id when that is not known in time."""
        if self._pages is None:
            self._pages = asyncio.ensure_future(self._made_pages())
        return (await asyncio.shield(self._pages)).titles.get(rule, rule)

    async def _made_pages(self) -> Pages:
        """All pages, from a worker of their own: it loads every analyzer's library, and goes."""
        worker = Worker()
        try:
            return await asyncio.to_thread(worker.pages, _PAGES)
        finally:
            worker.close()

    # -- documents

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """A document is shown."""
        item = params.text_document
        unit = self.documents.add(item.uri, item.language_id, item.version, item.text)
        project = self.projects.of(item.uri)
        self.reviews.refresh(project)
        self.origins.opened(unit)
        self.look(unit)
        self.beside.refresh([unit])

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """A document was edited."""
        uri = params.text_document.uri
        if uri not in self.documents.open:
            log.warning("a change came for a document that is not open")
            return
        makes = [partial(self.units.edit, change) for change in params.content_changes]
        self.edited(uri, makes, params.text_document.version)

    def edited(self, uri: str, makes: Iterable[Callable[[Snapshot], Edit]], version: int) -> None:
        """Apply edits to an open document and have it looked at."""
        unit, told = self.documents.edit(uri, makes, version, self.clock())
        document = self.documents.open[uri]
        due = [waiting for waiting in document.waiting if waiting.version <= version]
        document.waiting = [waiting for waiting in document.waiting if waiting.version > version]
        for insertion in due:
            self.origins.mark(document, insertion)
        self.origins.edited(unit, document, told=told)
        self.look(unit, _PAUSE)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """A document is no longer shown."""
        uri = params.text_document.uri
        unit = self.documents.unit_of(uri)
        if unit is None or unit.uri != uri:
            return
        self.origins.closed(unit)
        self.documents.remove(uri)
        self.forget(uri, [uri])

    def forget(self, unit_uri: str, uris: list[str]) -> None:
        """Take down what was shown of a closed unit."""
        for desk in (self.quick, self.slow):
            desk.drop(unit_uri)
        self.display.forget(unit_uri, uris)

    def did_open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """A notebook is shown."""
        self.notebooks.opened(params)

    def did_change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """A notebook's cells or their texts changed."""
        self.notebooks.changed(params)

    def did_close_notebook(self, params: types.DidCloseNotebookDocumentParams) -> None:
        """A notebook is no longer shown."""
        self.notebooks.closed(params)

    # -- looking

    def look(self, unit: Unit, pause: float = 0.0) -> None:
        """Have a unit looked at: by the quick analyzers now, by the slow ones after a pause."""
        project = self.projects.of(unit.uri)
        settings = project.config.settings
        size, limit = len(unit.snapshot.text), settings.max_file_size
        if size > limit and size > (limit := files.bound(unit.snapshot.path, limit)):
            reason = f"{size:,} characters are over the limit of {limit:,} (max-file-size)"
            for desk in (self.quick, self.slow):
                desk.drop(unit.uri)
            unit.answers.clear()
            unit.failures = {SIZE: (Failure(unit.snapshot.path, reason),)}
            self.display.publish(unit)
            return
        unit.failures.pop(SIZE, None)
        unit.failures["facts"] = (
            (Failure(unit.snapshot.path, project.unknown),) if project.unknown else ()
        )
        for desk, pace, delay in (
            (self.quick, Pace.KEYSTROKE, 0.0),
            (self.slow, Pace.SAVE, pause),
        ):
            names = project.analyzers(pace)
            around = unit.neighbours if desk is self.quick else None
            second = partial(complaints, project.root, settings) if desk is self.slow else None
            terms = Terms(project.key, names, settings.timeout, around, second)
            desk.ask(unit, terms, delay)

    def look_again(self) -> None:
        """Have everything that is open looked at, after settings or facts changed."""
        for unit in list(self.documents.units.values()):
            self.look(unit)

    def _answered(self, desk: Desk, unit: Unit, snapshot: Snapshot, analysis: Analysis) -> None:
        if self.documents.units.get(unit.uri) is not unit or SIZE in unit.failures:
            return
        late = snapshot is not unit.snapshot
        if late and desk is self.quick and desk.waits(unit.uri) and self.display.fresh(unit):
            return  # the answer to the newer text comes soon
        unit.take(desk.name, snapshot, analysis)
        self.display.publish(unit)
        if late:
            return
        self.reviews.looked(unit)
        if desk is self.slow:
            self.inquiries.looked(unit)
