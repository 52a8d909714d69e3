"""The server's ear for hooks: a port on the loopback that its user's own processes may speak to.

What is said there, and why nobody else learns anything by it, stands in `doors.running`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline.doors import running
from vetline.doors.verdict import Proposal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from vetline.doors.verdict import Examined, Redacted

log = logging.getLogger(__name__)

_MOST = 16  # conversations at once
_HEAD = 1 << 12  # bytes of a line before one has proved who they are
_INTRODUCTION = 2.0  # seconds to say who one is
_CONVERSATION = 30.0  # seconds in all


class Handlers(NamedTuple):
    """What the server does when it is spoken to; all are called on its event loop.

    Attributes:
        poked: something is in a spool.
        examine: what a proposed edit would bring in.
        redact: a prompt with its secrets masked.
    """

    poked: Callable[[], None]
    examine: Callable[[Proposal], Awaitable[Examined]]
    redact: Callable[[str], Awaitable[Redacted]]


class Listener:
    """A port, and its registrations in the folders of projects."""

    def __init__(self, handlers: Handlers) -> None:
        """Make a listener that does not listen yet."""
        self._handlers = handlers
        self._token = secrets.token_bytes(running.TOKEN_BYTES)
        self._started = f"{time.time_ns():020d}"  # several servers may start within a millisecond
        self._server: asyncio.Server | None = None
        self._talking: set[asyncio.Task[None]] = set()
        self._registered: dict[str, str] = {}  # the first choice of folders → the registration
        self._stopped = False

    @property
    def port(self) -> int:
        """Where it listens; 0 when it does not."""
        sockets = self._server.sockets if self._server else ()
        return int(sockets[0].getsockname()[1]) if sockets else 0

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the system does not allow it.
        """
        self._server = await asyncio.start_server(self._connected, running.HOST, 0, limit=_HEAD)

    async def register(self, folders: tuple[str, ...]) -> None:
        """Let the hooks of a place find us, whose folders these are. Does nothing when they can already.

        Where none of the folders can be written that is logged.
        """
        if not self.port or not folders or folders[0] in self._registered:
            return
        self._registered[folders[0]] = ""
        path = await asyncio.to_thread(self._announce, folders, self.port)
        if self._stopped:
            _remove([path])
        self._registered[folders[0]] = path

    def stop(self) -> None:
        """Stop listening, at once; hooks do not find us any more."""
        self._stopped = True
        _remove(self._registered.values())
        self._registered.clear()
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._talking:
            task.cancel()

    def _announce(self, folders: tuple[str, ...], port: int) -> str:
        running.sweep(folders)
        why = ""
        for folder in folders:
            try:
                return running.announce(folder, port, self._token, self._started)
            except OSError as error:
                why = error.strerror or type(error).__name__
        log.warning("hooks cannot find this server: %s", why)
        return ""

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._talking) >= _MOST or self._stopped:
            writer.close()
            return
        self._talking.add(task)
        try:
            async with asyncio.timeout(_CONVERSATION):
                await self._talk(reader, writer)
        except (OSError, ValueError, EOFError, TimeoutError, asyncio.CancelledError):
            pass  # whoever it was is gone, took too long, or is nobody we know
        except Exception as error:  # noqa: BLE001 - the type only; its words may quote what was sent
            log.error("a hook's question failed: %s", type(error).__name__)  # noqa: TRY400 - a traceback quotes it, too
        finally:
            self._talking.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonce = secrets.token_hex(16)
        async with asyncio.timeout(_INTRODUCTION):
            first = _mapping(await reader.readline())
            if "poke" in first:
                if running.is_proof(first["poke"], self._token, "poke"):
                    self._handlers.poked()
                return
            proof = running.proof(self._token, "server", str(first.get("hello")))
            writer.write(_line({"proof": proof, "nonce": nonce}))
            head = _mapping(await reader.readline())
        if not running.is_proof(head.get("proof"), self._token, "client", nonce):
            return
        size = head.get("size")
        if not isinstance(size, int) or not 0 < size <= running.LARGEST:
            return
        answer = await self._answer(_mapping(await reader.readexactly(size)))
        if answer is not None:
            writer.write(_line(answer))
            await writer.drain()

    async def _answer(self, question: dict[str, Any]) -> dict[str, Any] | None:
        match question:
            case {"examine": {"path": str(path), "text": str(text), "before": str(before), **more}}:
                whole = more.get("whole") is not False
                examined = await self._handlers.examine(Proposal(path, text, before, whole=whole))
                return examined.to_json()
            case {"secrets": str(words)}:
                return (await self._handlers.redact(words)).to_json()
        return None


def _mapping(raw: bytes) -> dict[str, Any]:
    """The JSON object in what was received.

    Raises:
        ValueError: there is none.
    """
    try:
        found = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - what is received is a value
    return found


def _line(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode("ascii") + b"\n"


def _remove(paths: Iterable[str]) -> None:
    for path in filter(None, paths):
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108 - paths are strings where hooks share the code
