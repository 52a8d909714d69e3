"""The real Neovim, attached to the real server through `nvim-client`."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pynvim
import pytest
from servers import children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENT = Path(__file__).parents[2] / "nvim-client"
BIN = Path(sys.executable).parent
NVIM = shutil.which("nvim", path=str(BIN))
MARKS = [
    pytest.mark.editor,
    # pynvim calls these on start; they go with Python 3.14 and 3.16.
    pytest.mark.filterwarnings("ignore:.*child_watcher:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*event_loop_policy:DeprecationWarning"),
    pytest.mark.skipif(
        sys.platform != "linux",
        reason="the pinned Neovim is a wheel for Linux only: Neovim is NOT tested here",
    ),
]


class Editor:
    """One Neovim."""

    def __init__(self, nvim: Any) -> None:
        self.nvim = nvim

    def wait(self, wanted: Callable[[], Any], seconds: float = 20) -> Any:
        """What `wanted` gives, as soon as it is true."""
        deadline = time.monotonic() + seconds
        while self._is_stuck(deadline) or not (found := wanted()):
            if time.monotonic() > deadline:
                messages = self.nvim.command_output("messages")
                raise AssertionError(f"waited in vain; {self.shown()}; messages: {messages}")
            time.sleep(
                0.02
            )  # between looks; `vim.wait` would hold up a question that it is asked in
        return found

    def _is_stuck(self, deadline: float) -> bool:
        """Whether Neovim waits for a key before it answers anything, as after a message of several lines."""
        mode = self.nvim.api.get_mode()
        assert not mode["blocking"] or time.monotonic() < deadline, (
            f"Neovim waits for a key: {mode}"
        )
        return bool(mode["blocking"])

    def answer(self, question: str, text: str) -> None:
        """Type a line, as soon as Neovim asks on its command line for what `question` is in."""
        asked = "return vim.fn.mode() == 'c' and vim.fn.getcmdprompt() or ''"
        self.wait(lambda: question in self.nvim.exec_lua(asked))
        self.nvim.input(text.replace("<", "<lt>") + "<CR>")

    def shown(self, rule: str = "") -> list[dict[str, Any]]:
        """The diagnostics of the buffer, all or of one rule."""
        found = self.nvim.exec_lua("return vim.diagnostic.get(0)")
        return [item for item in found if not rule or item["code"] == rule]

    def act(self, rule: str, title: str) -> None:
        """Take the code action on a rule's finding whose title starts so."""
        place = self.shown(rule)[0]
        self.nvim.current.window.cursor = (place["lnum"] + 1, place["col"])
        self.nvim.exec_lua(
            "local title = ... vim.lsp.buf.code_action({ apply = true,"
            " filter = function(action) return vim.startswith(action.title, title) end })",
            title,
        )

    def lenses(self) -> list[str]:
        """What stands above lines for the person to see, without anybody asking for it."""
        return self.nvim.exec_lua(
            "local said = {} for _, client in ipairs(vim.lsp.get_clients()) do"
            " local space = vim.api.nvim_create_namespace('nvim.lsp.codelens:' .. client.id)"
            " for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }))"
            " do for _, chunk in ipairs(mark[4].virt_text) do"
            " if chunk[2] == 'LspCodeLens' then table.insert(said, chunk[1]) end end end end return said"
        )

    def signs(self) -> dict[int, str]:
        """The signs of who wrote a line, by its number from 1."""
        marks = self.nvim.exec_lua(
            "local space = vim.api.nvim_create_namespace('vetline.origins')"
            " return vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })"
        )
        return {mark[1] + 1: mark[3]["sign_text"].strip() for mark in marks}

    def said(self) -> str:
        """The messages so far."""
        return str(self.nvim.command_output("messages"))

    def text(self) -> str:
        """What the current window shows."""
        return "\n".join(self.nvim.current.buffer[:])


def _family(pid: int) -> list[int]:
    return [one for child in children(pid) for one in (child, *_family(child))]


@contextlib.contextmanager
def editing(file: str, environ: dict[str, str], before: str = "") -> Iterator[Editor]:
    """Neovim with a file of the current folder open, set up as nvim-client/README.md says.

    Args:
        file: its name.
        environ: the surroundings.
        before: Lua of the person's init.lua.
    """
    assert NVIM, f"there is no nvim beside {sys.executable}: run `make test`, which installs it"
    known = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        nvim = pynvim.attach("child", argv=[NVIM, "--embed", "--headless", "--clean"])
    finally:
        os.environ.clear()
        os.environ.update(known)
    pid = nvim.funcs.getpid()
    try:
        enable = f"vim.opt.runtimepath:prepend(...) {before} vim.lsp.enable('vetline')"
        nvim.exec_lua(enable, str(CLIENT))
        nvim.command(f"filetype on | set noswapfile | edit {file}")
        yield Editor(nvim)
        started = _family(pid)
        with contextlib.suppress(OSError, EOFError):  # it goes away while it answers
            nvim.command("qall!")
    finally:
        nvim.close()
    assert started, "Neovim had no server"
    deadline = time.monotonic() + 20
    while left := [child for child in started if Path(f"/proc/{child}/cwd").exists()]:
        assert time.monotonic() < deadline, f"processes left behind: {left}"
        time.sleep(0.02)
