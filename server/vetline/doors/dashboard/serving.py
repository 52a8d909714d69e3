"""The page on a loopback address, made anew when the ledger changed.

Whoever asks has to know the random token in the address, and to have asked for this very host: a page of the web whose name was
bound anew to 127.0.0.1 gets nothing. It answers GET and HEAD of one page and changes nothing.
"""

from __future__ import annotations

import hmac
import secrets
import signal
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline.doors import options as words
from vetline.doors.dashboard import page
from vetline.ledger import LedgerError
from vetline.stores import news

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from vetline.doors.dashboard.board import Board
    from vetline.stores import Location

_HOST = "127.0.0.1"
_SECONDS = 10.0  # that a request may take to come
_AT_ONCE = 16  # requests
_PAUSE = 2.0  # seconds in which the ledger is looked at once
_HOUR = 3600  # seconds, after which ages are counted anew
_TOKEN_BYTES = 24
_UNREADABLE = 3
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Shown(NamedTuple):
    """The page, and by what it is told from a newer one."""

    digest: str
    body: bytes


class Source:
    """Gives the page: gathered anew when the ledger has another last event, and not more often than is good."""

    def __init__(self, location: Location, gathered: Callable[[], Board]) -> None:
        """Serve the ledger that lies there."""
        self._location = location
        self._gathered = gathered
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._known: object = None
        self._shown = Shown("", b"")

    def page(self) -> Shown:
        """The page as the ledger is now, give or take two seconds.

        Raises:
            LedgerError: it cannot be read.
        """
        with self._lock:
            if time.monotonic() - self._looked < _PAUSE:
                return self._shown
            heads = [(one.path, one.seq, one.hash) for one in news.sources(self._location, {})]
            known = (heads, int(time.time()) // _HOUR)
            if known != self._known:
                board = self._gathered()
                made = page.rendered(board, live=True, served=True)
                self._shown = Shown(made.digest, made.html.encode())
                self._known = known
            self._looked = time.monotonic()
            return self._shown


class Server(ThreadingHTTPServer):
    """Serves one page to whoever knows its address."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = sys.platform != "win32"  # where it would let others take the port

    def __init__(self, source: Source, port: int) -> None:
        """Listen, on any free port when it is 0.

        Raises:
            OSError: the port cannot be had.
        """
        super().__init__((_HOST, port), _Handler)
        self.source = source
        self.path = f"/{secrets.token_urlsafe(_TOKEN_BYTES)}/"
        self.hosts = {f"{name}:{self.server_port}" for name in (_HOST, "localhost")}
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{_HOST}:{self.server_port}{self.path}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, or hang up when too many ask."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any) -> None:  # fmt: skip
        """Pass over it: who hung up need not be told, and nobody else is to be told of an address."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = _SECONDS
    server_version = "vetline"
    sys_version = ""

    def do_GET(self) -> None:
        """Give the page."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Say what a GET would give."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        asked = self.headers.get_all("Host") or []
        if len(asked) != 1 or asked[0] not in self.server.hosts:
            self.send_error(HTTPStatus.FORBIDDEN)
        elif not hmac.compare_digest(self.path.encode(), self.server.path.encode()):
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self._give(with_body=with_body)

    def _give(self, *, with_body: bool) -> None:
        try:
            shown = self.server.source.page()
        except LedgerError:
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        is_same = self.headers.get("If-None-Match") == f'"{shown.digest}"'
        self.send_response(HTTPStatus.NOT_MODIFIED if is_same else HTTPStatus.OK)
        self.send_header("ETag", f'"{shown.digest}"')
        policy = page.policy(live=True, served=True)
        self.send_header("Content-Security-Policy", f"{policy}; frame-ancestors 'none'")
        if not is_same:
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(shown.body)))
        self.end_headers()
        if with_body and not is_same:
            self.wfile.write(shown.body)

    def end_headers(self) -> None:
        """End the head of an answer, each with what keeps the page to itself."""
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def send_error(self, code: int, *_: Any, **__: Any) -> None:
        """Say the code, and nothing of what was asked."""
        body = f"{code} {HTTPStatus(code).phrase}\n".encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called there
        """Say nothing: an address with its token belongs into no log."""


def serve(location: Location, gathered: Callable[[], Board], port: int) -> int:
    """Serve until Ctrl-C or SIGTERM; gives the exit code.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    source = Source(location, gathered)
    source.page()  # what is wrong with the ledger is said here, and not to a browser
    try:
        server = Server(source, port)
    except OSError as error:
        words.tell("dashboard", f"cannot listen on {_HOST}:{port}: {error.strerror}")
        return _UNREADABLE
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    with server:
        try:
            words.write(f"{server.url}\n")
            words.tell(
                "dashboard", "only this machine can open it, by this address; Ctrl-C ends it"
            )
            server.serve_forever()
        except KeyboardInterrupt:
            words.tell("dashboard", "ended")
        finally:
            signal.signal(signal.SIGTERM, before)
    return 0
