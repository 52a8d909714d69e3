"""A real Emacs, driven by keys and asked by emacsclient."""

from __future__ import annotations

import contextlib
import json
import subprocess
from typing import TYPE_CHECKING, Any

from terminal import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from terminal import Terminal

# Batch mode has no idle timers, and eglot tells the server of changes by one.
_SETUP = """
(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil create-lockfiles nil
      server-socket-dir "{folder}" server-name "tests")
(package-initialize)
(require 'eglot)
(require 'json)
(server-start)
"""


class Emacs:
    """One Emacs.

    Attributes:
        terminal: where it runs.
    """

    def __init__(self, terminal: Terminal, socket: Path) -> None:
        self.terminal = terminal
        self._socket = socket

    def ask(self, expression: str, seconds: float = 20) -> Any:
        """What a form gives in the buffer that is shown, as JSON has it."""
        form = f"(with-current-buffer (window-buffer) (json-encode {expression}))"
        command = ["emacsclient", "-s", str(self._socket), "--eval", form]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(json.loads(done.stdout))  # a string of Lisp's is one of JSON's here

    def call(self, command: str) -> None:
        """Do `M-x` and a command."""
        self.terminal.type(f"\x1bx{command}\r")


@contextlib.contextmanager
def editing(file: Path, init: str, environ: dict[str, str], home: Path) -> Iterator[Emacs]:
    """Emacs with a file open.

    Args:
        file: it.
        init: what the person's `init.el` says.
        environ: the surroundings.
        home: a folder for what it needs.
    """
    folder = home / "emacs"
    folder.mkdir(mode=0o700)
    script = folder / "init.el"
    script.write_text(init + _SETUP.format(folder=folder))
    command = ["emacs", "-nw", "-q", "-l", str(script), str(file)]
    with running(command, file.parent, environ) as terminal:
        opened = Emacs(terminal, folder / "tests")
        terminal.wait((folder / "tests").exists)
        terminal.wait(lambda: opened.ask("(buffer-name)") == file.name)
        yield opened
        terminal.type("\x1b\x1b\x1b")
        opened.ask(
            "(progn (run-at-time 0 nil (lambda () (set-buffer-modified-p nil) (kill-emacs))) t)"
        )
