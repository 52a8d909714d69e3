"""Vim with ALE, as vim-client/README.md says: what is found while one types, and what can be done about it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from vim import editing

ROOT = Path(__file__).parents[2]
ALE = Path("/usr/share/vim-ale")
LOAD, SQL = "python/unsafe-yaml-load", "python/sql-from-string"
QUESTION = "Type number and <Enter>"

pytestmark = [
    pytest.mark.editor,
    pytest.mark.skipif(
        (shutil.which("vim") is None or not ALE.is_dir()) and "CI" not in os.environ,
        reason="Debian's vim-ale is not installed: Vim with ALE is NOT tested here",
    ),
]


@pytest.fixture
def vim(workspace, surroundings, tmp_path):
    page = (ROOT / "vim-client" / "README.md").read_text("utf-8")
    (said,) = re.findall(r"```vim\n(.*?)```", page, re.DOTALL)
    said = said.replace("/path/to/vetline/vim-client", str(ROOT / "vim-client"))
    vimrc = f"{said}set runtimepath+={ALE}\nfiletype plugin on\nset nomore shortmess+=I\n"
    with editing(workspace / "shop.py", vimrc, surroundings, tmp_path) as opened:
        yield opened


def found(vim):
    """Line, kind and rule of each finding that ALE shows."""
    listed = vim.ask("ale#engine#GetLoclist(bufnr(''))")
    return [(item["lnum"], item["type"], item["code"]) for item in listed]


def act(vim, title):
    """Take the code action on the call of `yaml.load` whose title starts so."""
    asked = vim.terminal.shown().count(QUESTION)
    vim.terminal.type("5Gfl:ALECodeAction\r")
    vim.terminal.wait(lambda: vim.terminal.shown().count(QUESTION) > asked)
    offered = vim.terminal.shown().rpartition("Code Fixes")[2]
    number = next(
        number for number, name in re.findall(r"(\d+)\) (\S.*)", offered) if name.startswith(title)
    )
    vim.terminal.type(f"{number}\r")
    vim.terminal.wait(lambda: vim.ask("mode()") == "n")


def test_what_is_typed_is_found_and_a_code_action_mends_the_buffer(vim):
    vim.terminal.wait(lambda: found(vim) == [(5, "E", LOAD)])
    vim.terminal.type("Go\x15def rows(db):\r\x15    return db.execute('SELECT ' + input())\x1b")
    vim.terminal.wait(lambda: (7, "E", SQL) in found(vim))
    assert vim.ask("ale#engine#GetLoclist(bufnr(''))[0].linter_name") == "vetline"

    act(vim, "Request human security review")
    texts = "map(copy(ale#engine#GetLoclist(bufnr(''))), 'v:val.text')"
    vim.terminal.wait(lambda: any("[review requested by Ada]" in text for text in vim.ask(texts)))

    act(vim, "Fix")
    vim.terminal.wait(lambda: vim.ask("getline(5)") == "    return yaml.safe_load(text)")
    vim.terminal.wait(lambda: [rule for *_, rule in found(vim)] == [SQL])


def test_the_page_of_a_rule_is_shown_on_hover(vim):
    vim.terminal.wait(lambda: found(vim))
    vim.terminal.type("5Gfl:ALEHover\r")
    vim.terminal.wait(lambda: "unsafe-yaml-load" in vim.terminal.shown())
