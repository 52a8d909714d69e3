"""A real Neovim whose language server only writes down what it is sent."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pynvim
from servers import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
NVIM = shutil.which("nvim", path=str(Path(sys.executable).parent))

# The server is in the editor itself. What a plugin would bring is here in the plugin's shape: where and
# when it changes the buffer is as in Neovim 0.12 (`inline_completion`) and in copilot.lua (`suggestion`).
SETUP = r"""
local client, encoding = ...
vim.opt.runtimepath:prepend(client)
sent, answers = {}, {}
local function server(capabilities, list)
  local closing = false
  return {
    request = function(method, params, callback)
      local result, fault = answers[method], nil
      if method == 'initialize' then
        result = { capabilities = capabilities }
      elseif type(result) == 'function' then
        result, fault = result(params)
      end
      vim.schedule(function() callback(fault, result == nil and vim.NIL or result) end)
      return true, 1
    end,
    notify = function(method, params)
      table.insert(list, { method = method, params = vim.deepcopy(params) })
      return true
    end,
    is_closing = function() return closing end,
    terminate = function() closing = true end,
  }
end
vim.lsp.inline_completion = {
  get = function(opts)
    local item = pending_item
    if not item then return false end
    pending_item = nil
    vim.schedule(function()
      if opts and opts.on_accept then return opts.on_accept(item) end
      local lines = vim.split(item.text, '\n')
      local row, first, last = unpack(item.range)
      vim.api.nvim_buf_set_text(0, row, first, row, last, lines)
      vim.api.nvim_win_set_cursor(0, { row + #lines, #lines == 1 and first + #lines[1] or #lines[#lines] })
    end)
    return true
  end,
}
local suggestion = {}
function suggestion.accept(modifier)
  local item = modifier and modifier(pending_item) or pending_item
  if not item then return end
  vim.schedule_wrap(function()
    vim.cmd('let &undolevels=&undolevels')
    local row, last = unpack(vim.api.nvim_win_get_cursor(0))
    local edit = { newText = item.text, range = {
      start = { line = row - 1, character = 0 }, ['end'] = { line = row - 1, character = last } } }
    vim.lsp.util.apply_text_edits({ edit }, vim.api.nvim_get_current_buf(), 'utf-8')
    local lines = vim.split(item.text, '\n')
    vim.api.nvim_win_set_cursor(0, { row + #lines - 1, #lines[#lines] })
  end)()
end
function suggestion.accept_word()
  suggestion.accept(function(item)
    local _, last = item.text:find('%s*%p*[^%s%p]*%s*', vim.api.nvim_win_get_cursor(0)[2] + 1)
    return { text = item.text:sub(1, last) }
  end)
end
function suggestion.accept_line()
  suggestion.accept(function(item) return { text = vim.split(item.text, '\n')[1] } end)
end
package.loaded['copilot.suggestion'] = suggestion
vim.lsp.config('vetline', { cmd = function(dispatchers)
  tell = dispatchers.notification
  local sync = { openClose = true, change = 2 }
  return server({ textDocumentSync = sync, positionEncoding = encoding }, sent)
end })
vim.lsp.config('copilot', { filetypes = { 'python' }, cmd = function()
  return server({ documentFormattingProvider = true, inlineCompletionProvider = true }, {})
end })
vim.lsp.enable({ 'vetline', 'copilot' })
vim.cmd('filetype on | set noswapfile expandtab shiftwidth=4 autoindent')
"""


class Recorder:
    """One Neovim with one file open, and the notifications its client sends."""

    def __init__(self, nvim: Any, path: Path) -> None:
        self.nvim = nvim
        self.path = path

    def lua(self, code: str, *arguments: object) -> Any:
        """What Lua code gives."""
        return self.nvim.exec_lua(code, *arguments)

    def sent(self, method: str = "") -> list[dict[str, Any]]:
        """What was sent by now, all or by one method."""
        messages = self.lua("return sent")
        return [one for one in messages if not method or one["method"] == method]

    def inserted(self) -> list[tuple[str, list[int]]]:
        """Source and range of each `vetline/didInsert`."""
        found = []
        for message in self.sent("vetline/didInsert"):
            span = message["params"]["range"]
            ends = [(span[end]["line"], span[end]["character"]) for end in ("start", "end")]
            found.append((message["params"]["source"], [*ends[0], *ends[1]]))
        return found

    def press(self, keys: str) -> None:
        """Type keys, and wait until Neovim has done what they say."""
        self.nvim.input(keys)
        self.rest()

    def rest(self) -> None:
        """Wait until the changes made by now are sent."""
        deadline = time.monotonic() + 10
        quiet = "local before = #sent; vim.wait(200); return before == #sent"
        while self.nvim.funcs.getchar(1) or not self.lua(quiet):
            assert time.monotonic() < deadline, "Neovim does not come to rest"

    def text(self) -> str:
        """The buffer's text."""
        return "\n".join(self.nvim.current.buffer[:]) + "\n"


@contextlib.contextmanager
def recording(folder: Path, text: str, encoding: str = "utf-16") -> Iterator[Recorder]:
    """Neovim 0.11 with a file of `text`, attached to the server that only records."""
    assert NVIM, f"there is no nvim beside {sys.executable}"
    path = folder / "shop.py"
    path.write_text(text)
    folders = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA", "CACHE")}
    known = dict(os.environ)
    os.environ.update({**environment(folder), **folders})
    try:
        nvim = pynvim.attach("child", argv=[NVIM, "--embed", "--headless", "--clean"])
    finally:
        os.environ.clear()
        os.environ.update(known)
    try:
        nvim.exec_lua(SETUP, str(ROOT / "nvim-client"), encoding)
        nvim.command(f"edit {path}")
        recorder = Recorder(nvim, path)
        opened = (
            "return vim.wait(5000, function()"
            " return #sent > 1 and #vim.lsp.get_clients({ bufnr = 0 }) == 2 end, 10)"
        )
        assert nvim.exec_lua(opened), nvim.command_output("messages")
        yield recorder
        with contextlib.suppress(OSError, EOFError):  # it goes away while it answers
            nvim.command("qall!")
    finally:
        nvim.close()
