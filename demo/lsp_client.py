"""A language client in a page: starts a server over stdio and talks to it as an editor would.

It knows JSON and nothing else, so it shares no fault with the libraries of the server. `make try`, the
protocol tests and the benchmarks use it. Every wait has a bound.
"""

from __future__ import annotations

import itertools
import json
import queue
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Message = dict[str, Any]


class Client:
    """One server process and the conversation with it."""

    def __init__(
        self, command: list[str], *, answers: dict[str, Any] | None = None, **popen: Any
    ) -> None:
        """Start the server.

        Args:
            command: what to run.
            answers: by method, what to answer the server's requests with; null otherwise.
            popen: further arguments of `subprocess.Popen`.
        """
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **popen
        )
        self.answers = dict(answers or {})
        self.requests: list[Message] = []
        self._ids = itertools.count(1)
        self._waiting: dict[int, queue.Queue[Message]] = {}
        self._notes: queue.Queue[tuple[float, Message]] = queue.Queue()
        self._lock = threading.Lock()
        self._versions: dict[str, int] = {}
        self.diagnostics: dict[str, list[Message]] = {}
        self.ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    # -- out

    def send(self, message: Message) -> None:
        """Send one message."""
        self.send_raw(json.dumps(message).encode())

    def send_raw(self, body: bytes) -> None:
        """Send one body, whatever it is."""
        with self._lock:
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self.process.stdin.flush()

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def begin(self, method: str, params: Any = None) -> tuple[int, queue.Queue[Message]]:
        """Send a request; gives its id and the queue its answer will come in."""
        number = next(self._ids)
        answers: queue.Queue[Message] = queue.Queue()
        self._waiting[number] = answers
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return number, answers

    def ask(self, method: str, params: Any = None, timeout: float = 30) -> Message:
        """Send a request and wait for the whole answer.

        Raises:
            TimeoutError: none came.
        """
        try:
            return self.begin(method, params)[1].get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError(f"no answer to {method} in {timeout} s") from None

    def result(self, method: str, params: Any = None, timeout: float = 30) -> Any:
        """Send a request and give its result.

        Raises:
            RuntimeError: the server answered with an error.
        """
        answer = self.ask(method, params, timeout)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    # -- in

    def notes(self, method: str, timeout: float = 30) -> Message:
        """The parameters of the next notification of a kind; others are passed over.

        Raises:
            TimeoutError: none came.
        """
        return self.timed(method, timeout)[1]

    def timed(self, method: str, timeout: float = 30) -> tuple[float, Message]:
        """Like `notes`, with the time (perf_counter) at which it came."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                at, message = self._notes.get(timeout=left)
            except queue.Empty:
                break
            if message["method"] == method:
                return at, message["params"]
        raise TimeoutError(f"no {method} in {timeout} s")

    def diagnosed(self, uri: str, wanted: Any, timeout: float = 30) -> list[Message]:
        """Wait until a document's diagnostics satisfy `wanted(list)`; gives them.

        Raises:
            TimeoutError: they never did; says what came last.
        """
        deadline = time.monotonic() + timeout
        while not wanted(self.diagnostics.get(uri, [])):
            try:
                self.notes("textDocument/publishDiagnostics", deadline - time.monotonic())
            except TimeoutError:
                last = [(d["code"], d["message"]) for d in self.diagnostics.get(uri, [])]
                raise TimeoutError(f"diagnostics of {uri} stayed {last}") from None
        return self.diagnostics[uri]

    def _read(self) -> None:
        stream = self.process.stdout
        while True:
            length = 0
            while (line := stream.readline()).strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not line:
                self.ended.set()
                for waiting in list(self._waiting.values()):
                    waiting.put({"error": {"code": 0, "message": "the server has ended"}})
                return
            self._take(json.loads(stream.read(length)))

    def _take(self, message: Message) -> None:
        at = time.perf_counter()
        if "method" in message and "id" in message:
            self.requests.append(message)
            answer = self.answers.get(message["method"])
            result = answer(message["params"]) if callable(answer) else answer
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        elif "method" in message:
            if message["method"] == "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
            self._notes.put((at, message))
        elif waiting := self._waiting.pop(message["id"], None):
            waiting.put(message)
        else:
            self._notes.put((at, {"method": "unasked", "params": message}))

    # -- as an editor

    def initialize(
        self, root: Path | None = None, capabilities: Message | None = None, **more: Any
    ) -> Message:
        """Introduce ourselves; gives the server's capabilities."""
        uri = root.as_uri() if root else None
        folders = [{"uri": uri, "name": root.name}] if root else None
        params = {"processId": None, "rootUri": uri, "capabilities": capabilities or {}}
        result = self.result("initialize", {"workspaceFolders": folders, **params, **more})
        self.notify("initialized", {})
        return result["capabilities"]

    def open(self, uri: str, text: str, language: str = "python") -> None:
        """Show a document."""
        self._versions[uri] = 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def edit(self, uri: str, start: tuple[int, int], end: tuple[int, int], text: str) -> int:
        """Replace a range, in the client's own units; gives the new version."""
        return self.change(uri, [{"range": span(start, end), "text": text}])

    def change(self, uri: str, changes: list[Message]) -> int:
        """Send content changes; gives the new version."""
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        return self._versions[uri]

    def actions(
        self, uri: str, start: tuple[int, int], end: tuple[int, int] | None = None
    ) -> list[Message]:
        """The code actions at a place."""
        params = {
            "textDocument": {"uri": uri},
            "range": span(start, end or start),
            "context": {"diagnostics": []},
        }
        return self.result("textDocument/codeAction", params)

    def leave(self, timeout: float = 15) -> int:
        """Say goodbye properly; gives the server's exit code."""
        self.result("shutdown")
        self.notify("exit")
        try:
            return self.process.wait(timeout)
        finally:
            self.kill()

    def kill(self) -> None:
        """End the server whatever it does."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


def span(start: tuple[int, int], end: tuple[int, int]) -> Message:
    """A range from (line, character) to (line, character)."""
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }
