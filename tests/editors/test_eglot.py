"""Emacs with eglot, as docs/editors.md says: what is found while one types, and what can be done about it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from emacs import editing

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def _has_eglot() -> bool:
    if shutil.which("emacs") is None:
        return False
    found = ["emacs", "-q", "--batch", "--eval", '(unless (locate-library "eglot") (kill-emacs 1))']
    return subprocess.run(found, capture_output=True, check=False, timeout=60).returncode == 0


pytestmark = [
    pytest.mark.editor,
    pytest.mark.skipif(
        not _has_eglot() and "CI" not in os.environ,
        reason="Debian's emacs-nox and elpa-eglot are not installed: Emacs is NOT tested here",
    ),
]


LOAD, SQL = 5, 9  # the lines where they are


@pytest.fixture
def emacs(workspace, surroundings, tmp_path):
    page = (ROOT / "docs" / "editors.md").read_text("utf-8")
    (said,) = re.findall(r"```elisp\n(.*?)```", page, re.DOTALL)
    with editing(workspace / "shop.py", said, surroundings, tmp_path) as opened:
        opened.call("eglot")
        yield opened


def found(emacs):
    """What flymake shows, by its line."""
    each = "(vector (line-number-at-pos (flymake-diagnostic-beg it)) (flymake-diagnostic-text it))"
    shown = emacs.ask(f"(mapcar (lambda (it) {each}) (flymake-diagnostics))")
    return dict(shown or [])


def act(emacs, title):
    """Take the code action at point whose title starts so, from the menu that eglot makes."""
    emacs.call("eglot-code-actions")
    table = '(all-completions "" minibuffer-completion-table)'
    asked = f"(with-current-buffer (window-buffer (minibuffer-window)) {table})"
    chosen = emacs.terminal.wait(
        lambda: next((one for one in emacs.ask(asked) or () if one.startswith(title)), "")
    )
    emacs.terminal.type(f"{chosen}\r")


def test_what_is_typed_is_found_and_code_actions_ask_for_a_review_and_mend(emacs, workspace):
    wait = emacs.terminal.wait
    wait(lambda: set(found(emacs)) == {LOAD})
    emacs.terminal.type("\x1b>\r\rdef rows(db):\rreturn db.execute('SELECT ' + input())\r")
    wait(lambda: set(found(emacs)) == {LOAD, SQL})
    assert "sql-from-string" in found(emacs)[SQL]

    emacs.terminal.type(f"\x1bgg{LOAD}\r\x13yaml.load\r")
    act(emacs, "Request human security review")
    wait(lambda: "[review requested by Ada]" in found(emacs)[LOAD])

    act(emacs, "Fix")
    wait(lambda: set(found(emacs)) == {SQL})
    emacs.call("save-buffer")
    saved = workspace / "shop.py"
    wait(lambda: "    return yaml.safe_load(text)\n" in saved.read_text("utf-8"))
