"""A local server of package indexes: PyPI's simple API in JSON and HTML, npm's, and all ways in which they fail."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from loopback import listening

if TYPE_CHECKING:
    from collections.abc import Iterator

SIMPLE = "application/vnd.pypi.simple.v1+json"


class IndexServer:
    """What the server has and how it behaves; tests change it as they like.

    Attributes:
        simple: distribution → its files: (filename, upload time, whether it is yanked).
        npm: package → its document.
        kinds: how to answer of a name, by its last part: "html", "portal", "huge", "hang", "loop", "downgrade",
            "away", "broken", or a status; "*" is for all names.
        login: the Authorization header it asks for; "" for none.
        away: where "away" leads to.
        asked: each request: its path and its headers.
    """

    def __init__(self) -> None:
        """Have nothing yet."""
        self.simple: dict[str, list[tuple[str, str, bool]]] = {}
        self.npm: dict[str, dict[str, Any]] = {}
        self.kinds: dict[str, str | int] = {}
        self.login = ""
        self.away = ""
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.leave = threading.Event()
        self.url = ""

    def has(self, name: str, *versions: str, day: str = "2020-01-01", yanked: str = "") -> None:
        """Have a distribution with some versions."""
        self.simple[name] = [
            (f"{name.replace('-', '_')}-{version}.tar.gz", f"{day}T00:00:00Z", version == yanked)
            for version in versions or ("1.0",)
        ]

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.asked]

    def forget(self) -> None:
        """Count anew."""
        self.asked.clear()


@contextmanager
def serving() -> Iterator[IndexServer]:
    """A server on the loopback interface while the block runs."""
    state = IndexServer()

    class Handler(_Handler):
        index = state

    with listening(Handler) as state.url:
        try:
            yield state
        finally:
            state.leave.set()


class _Handler(BaseHTTPRequestHandler):
    index: IndexServer

    def do_GET(self) -> None:
        index = self.index
        told = {name.title(): value for name, value in self.headers.items()}
        index.asked.append((self.path, told))
        name = self.path.rstrip("/").rpartition("/")[2]
        if index.login and self.headers.get("Authorization") != index.login:
            self._say(401, "text/plain", b"who are you?")
            return
        kind = index.kinds.get(name, index.kinds.get("*", ""))
        if isinstance(kind, int):
            self._say(kind, "text/plain", b"no")
        elif kind:
            getattr(self, f"_{kind}")(name)
        elif self.path.startswith("/simple/"):
            self._simple(name)
        else:
            document = index.npm.get(self.path[1:].replace("%2F", "/"))
            self._json(document, "application/json") if document else self._say(
                404, "text/plain", b""
            )

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _simple(self, name: str) -> None:
        if name == "simple":
            names = [{"name": one} for one in self.index.simple]
            self._json({"meta": {"api-version": "1.1"}, "projects": names}, SIMPLE)
        elif name not in self.index.simple:
            self._say(404, "text/plain", b"")
        else:
            listed = self.index.simple[name]
            files = [{"filename": f, "upload-time": t, "yanked": y} for f, t, y in listed]
            versions = [f.removesuffix(".tar.gz").rpartition("-")[2] for f, _, _ in listed]
            page = {
                "meta": {"api-version": "1.1"},
                "name": name,
                "files": files,
                "versions": versions,
            }
            self._json(page, SIMPLE)

    def _html(self, name: str) -> None:
        if name == "simple":
            links = "".join(f'<a href="/simple/{n}/">{n}</a>\n' for n in self.index.simple)
        elif name not in self.index.simple:
            self._say(404, "text/html", b"")
            return
        else:
            links = "".join(f'<a href="x/{f}">{f}</a>\n' for f, _, _ in self.index.simple[name])
        self._say(200, "text/html", f"<html><body>{links}</body></html>".encode())

    def _portal(self, _: str) -> None:
        self._say(200, "text/html", b'<html><a href="/login">Log in to the network</a></html>')

    def _broken(self, _: str) -> None:
        self._say(
            200, SIMPLE, b'{"meta": {"api-version": "1.1"}, "projects": [{"name": "flask"}, {"na'
        )

    def _huge(self, name: str) -> None:
        self._say(200, SIMPLE, b'{"name": "%s", "files": [' % name.encode() + b" " * 9_000_000)

    def _hang(self, _: str) -> None:
        self.index.leave.wait(60)

    def _loop(self, _: str) -> None:
        self._lead(self.path)

    def _downgrade(self, _: str) -> None:
        self._lead("ftp://example.com/x")

    def _away(self, _: str) -> None:
        self._lead(self.index.away + self.path)

    def _lead(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, data: Any, kind: str) -> None:
        self._say(200, kind, json.dumps(data).encode())

    def _say(self, status: int, kind: str, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # who asked has heard enough
            self.close_connection = True
