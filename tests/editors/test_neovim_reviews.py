"""The whole way in the real Neovim: AI code comes in, is marked, mended, reviewed, signed for, and quiet."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
import signers
from neovim import MARKS, editing

LOAD, SQL = "python/unsafe-yaml-load", "python/sql-from-string"
ERROR = 1
BLOCK = [
    "",
    "",
    "def rows(db, name):",
    "    return db.execute(f\"SELECT * FROM t WHERE name = '{name}' {input()}\")",
    "",
    "",
    "def settings(path):",
    "    return yaml.load(open(path))",
]

pytestmark = [
    *MARKS,
    pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no OpenSSH here"),
]


@pytest.fixture
def editor(workspace, at_bos, monkeypatch):
    monkeypatch.chdir(workspace)
    with editing("shop.py", at_bos, "vim.g.vetline_origins = true") as opened:
        yield opened


def accept(editor, lines):
    """An assistant's ghost text is accepted at the end."""
    editor.nvim.exec_lua(
        "local lines = ... vim.lsp.inline_completion = { get = function() vim.schedule(function()"
        " vim.api.nvim_buf_set_lines(0, -1, -1, true, lines) end) end }"
        " require('vetline').setup() vim.lsp.inline_completion.get()",
        lines,
    )


def errors(editor):
    return sorted(item["code"] for item in editor.shown() if item["severity"] == ERROR)


def listed(workspace, surroundings):
    """The reviews, as the command line tells them."""
    done = subprocess.run(
        ["vetline", "review", "list", "--output-format", "json"],
        cwd=workspace, env=surroundings, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)["requests"]


def test_from_an_accepted_completion_to_a_signed_approval(editor, workspace, at_bos):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.input("Go<CR>TOTAL = 1<Esc>")
    accept(editor, BLOCK)
    editor.wait(lambda: errors(editor) == [SQL, LOAD])
    editor.wait(lambda: editor.signs().get(12) == "A")
    assert "A" not in [sign for line, sign in editor.signs().items() if line < 8], "what was typed"

    # One fault is mended, the other is asked about.
    at = next(item["lnum"] for item in editor.shown(LOAD) if item["severity"] == ERROR)
    editor.nvim.current.window.cursor = (at + 1, 20)
    editor.nvim.exec_lua(
        "vim.lsp.buf.code_action({ apply = true,"
        " filter = function(action) return vim.startswith(action.title, 'Fix') end })"
    )
    editor.wait(lambda: "yaml.safe_load(open(path))" in editor.text())
    editor.wait(lambda: errors(editor) == [SQL])
    editor.nvim.command("write")
    editor.nvim.command("normal! gg")
    editor.nvim.call("search", "def rows")
    editor.nvim.command("Vetline review is the name clean here?")
    editor.wait(lambda: editor.lenses() == ["review requested by Ada", "Approve…", "Reject…"])
    (request,) = listed(workspace, at_bos)
    assert (request["symbol"], request["note"]) == ("rows", "is the name clean here?")

    editor.nvim.command("Vetline approve names come from a fixed list")
    editor.answer("passphrase", signers.PASSPHRASE)
    editor.wait(lambda: editor.lenses() == [])
    editor.wait(lambda: errors(editor) == [])
    (request,) = listed(workspace, at_bos)
    assert (request["status"], request["signed"]) == ("approved", True)
    assert request["decision"]["note"] == "names come from a fixed list"
    assert signers.PASSPHRASE not in editor.said()
    assert signers.PASSPHRASE not in editor.nvim.exec_lua(
        "return table.concat(vim.tbl_map(vim.fn.histget, { 'cmd', 'input', 'expr' }), ' ')"
    )
