"""The real Neovim, attached through `nvim-client`: what a person types, sees and does there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from neovim import MARKS

SECRET = "AKIA" + "Q3EGRIW2JU7PLZXB"
SQL, LOAD = "python/sql-from-string", "python/unsafe-yaml-load"
ERROR, HINT = 1, 4

pytestmark = MARKS


def test_what_is_typed_is_found_where_it_stands_and_shown_once(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.input("Go<CR>def find(db):<CR>")
    editor.nvim.input(
        "    return db.execute(f\"SELECT * FROM t WHERE n = '{input()}' -- \U0001f600\")<CR>"
    )
    editor.nvim.input(f"<Esc>0Ckey = '{SECRET}'<Esc>")
    (found,) = editor.wait(lambda: editor.shown(SQL))
    line = editor.nvim.current.buffer[found["lnum"]]
    marked = line.encode()[found["col"] : found["end_col"]].decode()
    assert "\U0001f600" in marked, "columns are right behind characters of four bytes"
    assert found["source"] == "vetline"
    assert found["severity"] == HINT, "nobody knows who typed it"
    # bandit knows the faults too, and speaks when the search for secrets does.
    editor.wait(lambda: editor.shown("secret/aws-access-key"))
    assert [item["lnum"] for item in editor.shown()] == [4, 7, 8], editor.shown()


def test_a_fix_is_applied_to_the_buffer_and_its_finding_goes(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.act(LOAD, "Fix")
    editor.wait(lambda: "yaml.safe_load(text)" in editor.nvim.current.buffer[4])
    editor.wait(lambda: not editor.shown(LOAD))


def test_all_safe_fixes_are_made_at_once_as_the_page_of_editors_says(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.exec_lua(
        "local settings = { vetline = { scope = 'all' } }"
        " for _, client in ipairs(vim.lsp.get_clients()) do client.settings = settings"
        " client:notify('workspace/didChangeConfiguration', { settings = settings }) end"
    )
    editor.wait(lambda: editor.shown(LOAD) and editor.shown(LOAD)[0]["severity"] < HINT)
    page = (Path(__file__).parents[2] / "docs" / "editors.md").read_text("utf-8")
    mapping = next(code for code in page.split("```lua\n")[1:] if "fixAll" in code)
    editor.nvim.exec_lua(mapping.partition("```")[0])
    editor.nvim.input("\\va")
    editor.wait(lambda: "yaml.safe_load(text)" in editor.nvim.current.buffer[4])


def test_a_review_is_requested_by_code_action_and_is_in_the_ledger(editor, workspace, surroundings):
    editor.wait(lambda: editor.shown(LOAD))
    editor.act(LOAD, "Request human security review")
    editor.wait(lambda: "review requested by Ada" in editor.shown(LOAD)[0]["message"])
    listed = subprocess.run(
        ["vetline", "review", "list", "--output-format", "json"],
        cwd=workspace, env=surroundings, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    (request,) = json.loads(listed.stdout)["requests"]
    assert request["rules"] == [LOAD]
    assert request["path"] == "shop.py"
    assert request["lines"] == {"start": 4, "end": 5}
    assert request["requester"] == "Ada <ada@example.org>"


def test_a_place_is_asked_about_and_its_lenses_stand_above_it(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.current.buffer.append(["", "", "def other():", "    return 1"])
    editor.nvim.current.window.cursor = (editor.nvim.current.buffer[:].index("    return 1") + 1, 4)
    editor.nvim.exec_lua("vim.lsp.buf.code_action({ apply = true })")
    editor.wait(lambda: editor.lenses() == ["review requested by Ada", "Approve…", "Reject…"])


def test_a_plugin_says_what_an_assistant_inserted(editor):
    editor.wait(lambda: editor.shown(LOAD))
    before = 's = "' + "\U0001f600" * 20 + '"; '
    at = len(before.encode())
    insert = """
      local before, at = ...
      vim.api.nvim_buf_set_lines(0, 0, 0, false, { before .. 'print(s)' })
      vim.api.nvim_buf_set_text(0, 0, at, 0, at, { 'yaml.load(f); ' })
      return require('vetline').did_insert({
        range = { 0, at, 0, at + 14 }, source = 'completion', agent = 'copilot', model = 'm' })
    """
    assert editor.nvim.exec_lua(insert, before, at) is True
    (found,) = editor.wait(lambda: [d for d in editor.shown(LOAD) if d["severity"] == ERROR])
    assert (found["lnum"], found["col"]) == (0, at)
    assert found["message"].endswith("[partly AI: copilot (m)]")  # the rest of the line was there


def test_what_was_put_can_be_said_to_be_an_assistants(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.funcs.setreg("a", "yaml.load(put)\n")
    editor.nvim.input('G"ap')
    assert editor.nvim.exec_lua("return require('vetline').did_insert()") is True
    found = editor.wait(lambda: [d for d in editor.shown(LOAD) if d["severity"] == ERROR])
    assert [item["lnum"] for item in found] == [5]
    editor.nvim.command("enew")
    assert editor.nvim.exec_lua("return require('vetline').did_insert()") is False


def test_what_is_accepted_is_the_assistants_and_what_is_pasted_is_not(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.exec_lua(
        "vim.lsp.inline_completion = { get = function() vim.schedule(function()"
        " vim.api.nvim_buf_set_lines(0, 1, 1, true, { 'yaml.load(accepted)', '' }) end) end }\n"
        "require('vetline').setup()\n"
        "vim.lsp.inline_completion.get()"
    )
    editor.wait(lambda: [found["lnum"] for found in editor.shown(LOAD)] == [1, 6])
    editor.nvim.input("G")
    editor.nvim.exec_lua("vim.paste({ '', 'yaml.load(pasted)' }, -1)")
    editor.wait(lambda: len(editor.shown(LOAD)) == 3)
    editor.wait(lambda: [d["lnum"] for d in editor.shown(LOAD) if d["severity"] == ERROR] == [1])
    editor.nvim.command("Vetline origins")
    shown = editor.wait(editor.signs)
    assert shown[2] == "A"
    assert max(shown) < 7, "neither what was there nor what was pasted"
    editor.nvim.input("2Gdd")
    editor.wait(lambda: not [d for d in editor.shown(LOAD) if d["severity"] == ERROR])
    editor.nvim.input("u")
    editor.wait(lambda: [d["lnum"] for d in editor.shown(LOAD) if d["severity"] == ERROR] == [1])


def test_checkhealth_says_what_is_there(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.command("checkhealth vetline")
    report = "\n".join(editor.nvim.current.buffer[:])
    assert "vetline 0." in report
    assert "Attached to 1 buffer" in report
    assert "The ledger can be read" in report
    assert "ERROR" not in report
    assert "WARNING" not in report


def test_checkhealth_says_what_is_missing(editor):
    editor.nvim.exec_lua("vim.lsp.config('vetline', { cmd = { 'no-such-vetline', 'server' } })")
    editor.nvim.command("checkhealth vetline")
    report = "\n".join(editor.nvim.current.buffer[:])
    assert "no-such-vetline is not on PATH" in report
    assert "pip install vetline" in report
