"""A program in a terminal of its own: keys go in, what it draws comes out."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_ESCAPES = re.compile(rb"\x1b[\[\]()>=?][0-9;?>]*[A-Za-z]?")


class Terminal:
    """A terminal with a program in it."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._drawn = b""
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        with contextlib.suppress(OSError):  # the terminal is gone with its program
            while text := os.read(self._master, 65536):
                self._drawn += text

    def type(self, keys: str) -> None:
        """Press keys, as a terminal sends them."""
        os.write(self._master, keys.encode())

    def shown(self) -> str:
        """All that was drawn by now, in order, without what moves the cursor and colours it."""
        return _ESCAPES.sub(b"", self._drawn).decode("utf-8", "replace")

    def wait(self, wanted: Callable[[], Any], seconds: float = 30) -> Any:
        """What `wanted` gives, as soon as it is true."""
        deadline = time.monotonic() + seconds
        while not (found := wanted()):
            assert time.monotonic() < deadline, self.shown()[-2000:]
            select.select([], [], [], 0.05)
        return found


@contextlib.contextmanager
def running(command: list[str], folder: Path, environ: dict[str, str]) -> Iterator[Terminal]:
    """A program in a terminal; it is ended when it has not ended by itself."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        ["setsid", "--ctty", *command], stdin=slave, stdout=slave, stderr=slave, cwd=folder,
        env={**environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "40"},
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(master)
        process.wait(20)
    finally:
        process.kill()
        process.wait(20)
        os.close(master)
