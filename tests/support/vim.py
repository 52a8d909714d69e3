"""A real Vim, driven by keys and asked over a channel (`:help channel`)."""

from __future__ import annotations

import contextlib
import json
import socket
from typing import TYPE_CHECKING, Any

from terminal import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from terminal import Terminal

_CONNECT = "let g:tests = ch_open('127.0.0.1:{}', {{'mode': 'json'}})\n"


class Vim:
    """One Vim.

    Attributes:
        terminal: where it runs.
    """

    def __init__(self, terminal: Terminal, channel: socket.socket) -> None:
        self.terminal = terminal
        self._channel = channel
        self._number = 0

    def ask(self, expression: str, seconds: float = 20) -> Any:
        """What a Vim expression gives."""
        self._number -= 1
        self._channel.settimeout(seconds)
        self._channel.sendall(json.dumps(["expr", expression, self._number]).encode() + b"\n")
        text = b""
        while True:
            text += self._channel.recv(65536)
            with contextlib.suppress(ValueError):
                number, answer = json.loads(text)
                assert number == self._number
                return answer


@contextlib.contextmanager
def editing(file: Path, vimrc: str, environ: dict[str, str], home: Path) -> Iterator[Vim]:
    """Vim with a file open.

    Args:
        file: it.
        vimrc: what the person's `.vimrc` says.
        environ: the surroundings.
        home: a folder for the vimrc.
    """
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(20)
    script = home / "vimrc"
    script.write_text(vimrc + _CONNECT.format(server.getsockname()[1]))
    command = ["vim", "-N", "-i", "NONE", "-n", "-u", str(script), str(file)]
    with running(command, file.parent, environ) as terminal, server, server.accept()[0] as channel:
        yield Vim(terminal, channel)
        channel.sendall(b'["ex", "qall!"]')
