"""pygls with its faults cured, and the wire under it.

pygls 2.1.1 leaves requests without an answer, runs requests before `initialize`, cannot shut down with a
request in flight, does not cancel commands, logs bodies in clear and sends tracebacks to the client.
Each cure below has a test in tests/protocol/test_faults.py. The document handlers of pygls are replaced,
not cured: it splits lines on form feeds and the like, and an edit behind one corrupts its copy.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import queue
import re
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from vetline.doors.lsp import messages

if TYPE_CHECKING:
    from collections.abc import Generator

    from vetline.doors.lsp.server import Server

log = logging.getLogger(__name__)

_CONTENT_LENGTH = re.compile(rb"content-length\s*:\s*(\d+)", re.IGNORECASE)
# The token under which the running command's client wants progress, if it does.
command_token: ContextVar[int | str | None] = ContextVar("command_token", default=None)

_LARGEST_MESSAGE = 256 * 1024 * 1024  # bytes; more is not a message but a mistake
_FLUSH_SECONDS = 2.0
_PARSE_ERROR, _INVALID_REQUEST, _INTERNAL_ERROR = -32700, -32600, -32603


def describe(error: BaseException) -> str:
    """An error for the log: its type and where it rose. Its words may quote a document."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"


class Protocol(LanguageServerProtocol):
    """The language server protocol as the specification has it."""

    _server: Server

    def __init__(self, *args: Any) -> None:
        """Take what pygls gives."""
        super().__init__(*args)
        self._commands: dict[Any, asyncio.Task[Any]] = {}

    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]
        """The type of a message: ours, else the protocol's."""
        return messages.TYPES.get(method) or super().get_message_type(method)

    # -- messages in

    def receive(self, body: bytes) -> None:
        """Handle one message body; whatever is wrong with it is answered, never raised."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            self._refuse(None, _PARSE_ERROR, "the message is not JSON")
            return
        if not isinstance(data, dict) or data.get("jsonrpc") != "2.0":
            self._refuse(None, _INVALID_REQUEST, "the message is not JSON-RPC 2.0")
            return
        if (refusal := self._refused(data.get("method"))) is not None:
            if "id" in data:
                self._send_response(data["id"], error=refusal.to_response_error())
            return
        try:
            message = self.structure_message(data)
        except JsonRpcException as error:
            if "method" in data and "id" in data:
                self._send_response(data["id"], error=error.to_response_error())
            else:
                log.warning("ignored a malformed %s", data.get("method", "response"))
            return
        try:
            self.handle_message(message)
        except Exception as error:  # noqa: BLE001 - the server outlives any one message
            log.error("failed to handle %s: %s", data.get("method"), describe(error))  # noqa: TRY400 - a traceback quotes documents

    def _refuse(self, msg_id: Any, code: int, why: str) -> None:
        # lsprotocol's error message has no room for the null id that JSON-RPC asks for here.
        self._send_data({"jsonrpc": "2.0", "id": msg_id, "error": {"code": code, "message": why}})

    def _refused(self, method: Any) -> JsonRpcException | None:
        """Why a message comes out of turn: initialize first and once, nothing after shutdown."""
        if method is None or method == types.EXIT:
            return None
        if self._workspace is None and method != types.INITIALIZE:
            return JsonRpcServerNotInitialized()
        if self._shutdown or (self._workspace is not None and method == types.INITIALIZE):
            return JsonRpcInvalidRequest()
        return None

    def _check_handler_result(self, future: Any) -> None:
        """Log the failure of a notification's handler: where it rose, which pygls' wrapping hides."""
        if not future.cancelled() and (error := future.exception()) is not None:
            log.error("a notification's handler failed: %s", describe(error))

    # -- messages out

    def _send_data(self, data: Any) -> None:
        """Send one message. Unlike pygls' own, logs no body."""
        if not data or self.writer is None:
            return
        try:
            body = json.dumps(data, default=self._serialize_message, separators=(",", ":")).encode()
        except (TypeError, ValueError) as error:
            log.error("could not encode a message: %s", describe(error))  # noqa: TRY400 - as above
            return
        self.writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def push(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification that is plain JSON already, sparing the converter's work."""
        self._send_data({"jsonrpc": "2.0", "method": method, "params": params})

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        """Answer a request; an internal error goes out without its words and its traceback."""
        if error is not None and error.code == _INTERNAL_ERROR:
            error = types.ResponseError(
                code=_INTERNAL_ERROR, message="vetline failed to answer this; its log says where"
            )
        elif error is not None and error.data != messages.SHOWN:
            error.data = None
        super()._send_response(msg_id, result, error)

    # -- life cycle

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, Any]:
        """Answer, and say which messages of our own there are."""
        result = yield from super().lsp_initialize(params)
        result.capabilities.experimental = {"vetline": messages.SPOKEN}
        return result

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Cancel what is under way, over a copy: cancelling changes the original."""
        if (handler := self.fm.features.get(types.SHUTDOWN)) is not None:
            yield handler, args, None
        self._server.origins.flush()
        own = self.msg_id
        for task in list(self._commands.values()):
            task.cancel()
        for msg_id, future in list(self._request_futures.items()):
            if msg_id != own and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> Generator[Any, Any, None]:
        """Leave; `Server.serve` turns the state into the exit code."""
        self._server.leave()
        yield from ()

    @property
    def exit_code(self) -> int:
        """What the specification asks for: 0 after a shutdown, else 1."""
        return 0 if self._shutdown else 1

    # -- cancellation

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    def lsp_workspace__execute_command(
        self, params: types.ExecuteCommandParams
    ) -> Generator[Any, Any, Any]:
        """Run a command so that `$/cancelRequest` reaches its coroutine."""
        inner = super().lsp_workspace__execute_command(params)
        handler, args, kwargs = next(inner)
        msg_id = self.msg_id
        command_token.set(params.work_done_token)

        async def run(*args: Any, **kwargs: Any) -> Any:
            task = asyncio.current_task()
            if task is not None:
                self._commands[msg_id] = task
            try:
                return await handler(*args, **kwargs)
            except asyncio.CancelledError:
                # Cancelled from elsewhere, as by its progress: still a request that wants an answer.
                raise JsonRpcRequestCancelled("cancelled") from None
            finally:
                self._commands.pop(msg_id, None)

        return (yield (run if asyncio.iscoroutinefunction(handler) else handler), args, kwargs)

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        if task := self._commands.get(msg_id):
            task.cancel()
        super()._handle_cancel_notification(msg_id)

    # -- documents: ours, not pygls'

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Hand on an opened document."""
        self._server.did_open(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Hand on an edit."""
        self._server.did_change(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Hand on a closed document."""
        self._server.did_close(params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Hand on an opened notebook."""
        self._server.did_open_notebook(params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(
        self, params: types.DidChangeNotebookDocumentParams
    ) -> None:
        """Hand on a notebook's edit."""
        self._server.did_change_notebook(params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(
        self, params: types.DidCloseNotebookDocumentParams
    ) -> None:
        """Hand on a closed notebook."""
        self._server.did_close_notebook(params)


async def read_messages(protocol: Protocol, reader: asyncio.StreamReader) -> None:
    """Hand each message of `reader` to the protocol until it ends.

    A header without a length is skipped; a length beyond reason ends the connection.
    """
    length = 0
    while True:
        try:
            line = await reader.readline()
        except ValueError:  # a header line longer than the reader's limit
            log.error("the client's header is too long; leaving")  # noqa: TRY400 - as above
            return
        if not line:
            return
        if match := _CONTENT_LENGTH.match(line):
            length = int(match[1])
        if line.strip() or not length:
            continue
        if length > _LARGEST_MESSAGE:
            log.error("a message of %d bytes is announced; leaving", length)
            return
        try:
            body = await reader.readexactly(length)
        except asyncio.IncompleteReadError:
            return
        length = 0
        protocol.receive(body)
        await asyncio.sleep(0)  # a burst of messages must not starve what they set going


class QueueWriter:
    """A writer whose thread waits for a slow client, so that the event loop never does."""

    def __init__(self, descriptor: int) -> None:
        """Write to an open file descriptor."""
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._descriptor = descriptor
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Queue `data`."""
        self._queue.put(data)

    def close(self) -> None:
        """Flush, for a bounded time."""
        self._queue.put(None)
        self._thread.join(_FLUSH_SECONDS)

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # the client is gone; stdin's end tells the reader
            while (data := self._queue.get()) is not None:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._descriptor, view) :]


def feed(descriptor: int, reader: asyncio.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
    """Read a file descriptor to its end into `reader`; runs in a thread of its own.

    Reads the descriptor and not `sys.stdin`: a daemon thread that holds a buffer's lock at exit
    crashes the interpreter.
    """
    with contextlib.suppress(RuntimeError):  # the loop is closed: we are leaving
        while True:
            try:
                data = os.read(descriptor, 1 << 16)
            except OSError:
                data = b""
            if not data:
                loop.call_soon_threadsafe(reader.feed_eof)
                return
            loop.call_soon_threadsafe(reader.feed_data, data)
