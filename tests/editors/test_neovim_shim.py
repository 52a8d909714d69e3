"""The real Neovim tells a server how text came in: `nvim-client`'s shim and its signs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from chance import SEED
from recorder import recording
from scenes import RECORDED, SCENES, TEXT, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recorder import Recorder

pytestmark = [
    pytest.mark.editor,
    # pynvim calls these on start; they go with Python 3.14 and 3.16.
    pytest.mark.filterwarnings("ignore:.*child_watcher:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*event_loop_policy:DeprecationWarning"),
    pytest.mark.skipif(
        sys.platform != "linux",
        reason="the pinned Neovim is a wheel for Linux only: Neovim is NOT tested here",
    ),
]


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Recorder]:
    with recording(tmp_path, TEXT) as opened:
        yield opened


def _without_timing(messages: list[dict[str, Any]]) -> list[object]:
    """Messages with all changes on their own: how many go together depends on the machine."""
    found: list[object] = []
    for message in messages:
        if message["method"] == "textDocument/didChange":
            found += message["params"]["contentChanges"]
        else:
            found.append(message)
    return found


@pytest.mark.parametrize("name", SCENES)
def test_recordings_are_what_neovim_sends(name, tmp_path):
    recorded = json.loads((RECORDED / f"neovim-{name}.json").read_text(encoding="utf-8"))
    now = record(SCENES[name], tmp_path)
    assert _without_timing(now["messages"]) == _without_timing(recorded["messages"])
    assert {**now, "messages": []} == {**recorded, "messages": []}


@pytest.mark.fuzz
def test_changes_of_any_kind_are_known_to_the_byte(editor):
    """Outside its hunks the text is as it was, and with the old text in them it is what it was."""
    fault = editor.lua(
        r"""
        math.randomseed(...)
        local changes = require('vetline.changes')
        local letters = { 'a', 'b', 'é', '😀', '\n' }
        vim.cmd('enew')
        vim.api.nvim_buf_set_lines(0, 0, -1, false, { 'one', 'två', '', '😀 four', 'five' })
        local hunks = {}
        vim.api.nvim_buf_attach(0, false, { on_bytes = function(_, _, _, _, _, start, _, _, old, _, _, new)
          changes.add(hunks, start, old, new)
        end })
        local function anywhere()
          local row = math.random(vim.api.nvim_buf_line_count(0)) - 1
          local line = vim.api.nvim_buf_get_lines(0, row, row + 1, true)[1]
          local column = math.random(0, #line)
          return row, column + (column < #line and vim.str_utf_start(line, column + 1) or 0)
        end
        for round = 1, 300 do
          local before = changes.text(0)
          for key in pairs(hunks) do hunks[key] = nil end
          for _ = 1, math.random(6) do
            local row, first = anywhere()
            local end_row, last = anywhere()
            if end_row < row or end_row == row and last < first then
              row, first, end_row, last = end_row, last, row, first
            end
            if math.random() < 0.6 then end_row, last = row, first end
            local text = {}
            for i = 1, math.random(0, 5) do text[i] = letters[math.random(#letters)] end
            if math.random() < 0.2 then
              vim.cmd('silent! undo')
            else
              vim.api.nvim_buf_set_text(0, row, first, end_row, last, vim.split(table.concat(text), '\n'))
            end
          end
          local after, parts, at, old = changes.text(0), {}, 0, 0
          for _, hunk in ipairs(hunks) do
            parts[#parts + 1] = after:sub(at + 1, hunk.start)
            old = old + hunk.start - at
            parts[#parts + 1] = before:sub(old + 1, old + hunk.removed)
            old, at = old + hunk.removed, hunk.start + hunk.added
          end
          parts[#parts + 1] = after:sub(at + 1)
          if table.concat(parts) ~= before then return { round, before, after, vim.inspect(hunks) } end
          -- What was put again must not count, and nothing else may be left out.
          local kept = {}
          at = 0
          for _, range in ipairs(changes.ranges(0, hunks, before)) do
            local first = vim.api.nvim_buf_get_offset(0, range[1]) + range[2]
            kept[#kept + 1] = after:sub(at + 1, first)
            at = vim.api.nvim_buf_get_offset(0, range[3]) + range[4]
            if at <= first then return { round, 'empty', range } end
            if not pcall(vim.str_utfindex, after:sub(first + 1, at), 'utf-16')
              or vim.str_utf_start(after, first + 1) ~= 0 then return { round, 'half a character', range } end
          end
          kept = table.concat(kept) .. after:sub(at + 1)
          at = 0
          for index = 1, #kept do
            at = before:find(kept:sub(index, index), at + 1, true)
            if not at then return { round, 'new text outside', before, after, kept } end
          end
        end
        """,
        SEED,
    )
    assert fault is None, f"VETLINE_FUZZ_SEED={SEED}: {fault}"


def offer(editor: Recorder, text: str, typed: str = "") -> None:
    """Have ghost text ready in the cursor's line, where `typed` stands."""
    editor.lua(
        "local text, last = ...\n"
        "pending_item = { text = text, range = { vim.fn.line('.') - 1, 0, last } }",
        text, len(typed.encode()),
    )  # fmt: skip


def test_a_wrapped_function_gives_and_fails_as_it_did(editor):
    get = "return { vim.lsp.inline_completion.get() }"
    assert editor.lua(get) == [False]
    offer(editor, "x")
    assert editor.lua(get) == [True]
    editor.rest()
    assert editor.inserted() == [("completion", [0, 0, 0, 1])]
    failed = editor.lua("return { pcall(vim.paste, { {} }, -1) }")
    editor.lua("require('vetline').disable()")
    assert failed == editor.lua("return { pcall(vim.paste, { {} }, -1) }")
    assert failed[0] is False
    editor.lua("require('vetline').setup()")
    assert editor.lua("return vim.paste({ 'y' }, -1)") is True, "it reports after a failure"
    editor.rest()
    assert editor.text().startswith("xiymport"), "after the cursor"
    assert editor.inserted()[1:] == [("paste", [0, 2, 0, 3])]


def test_what_is_typed_ahead_of_an_accept_is_not_the_assistants(editor):
    editor.lua(
        "vim.keymap.set('i', '<Tab>', function()"
        " if not vim.lsp.inline_completion.get() then return '<Tab>' end end, { expr = true })"
    )
    editor.press("Goab")
    offer(editor, "abcd\n😀ef", "ab")
    editor.press("<Tab>xyz<Tab><Esc>")
    assert editor.text() == f"{TEXT}abcd\n😀efxyz   \n"
    assert editor.inserted() == [("completion", [5, 2, 6, 4])]


def test_an_accept_handler_of_the_users_is_followed_too(editor):
    offer(editor, "x = 1")
    editor.lua(
        "vim.lsp.inline_completion.get({ on_accept = function(item)"
        " vim.api.nvim_buf_set_lines(0, 0, 0, true, { item.text, 'y = 2' })"
        " vim.api.nvim_buf_set_lines(0, -1, -1, true, { 'z = 3' }) end })"
    )
    editor.rest()
    assert editor.inserted() == [("completion", [0, 0, 2, 0]), ("completion", [7, 0, 8, 0])]


def test_a_paste_in_chunks_is_reported_in_full(editor):
    editor.press("Go")
    for phase, lines in ((1, ["a = 1", "b"]), (2, [" = 2", ""]), (3, ["c = 3"])):
        assert editor.lua("return vim.paste(...)", lines, phase) is True
    editor.press("<Esc>")
    whole = [5, 0, 6, 1], [6, 1, 7, 0], [7, 0, 7, 5]
    assert editor.inserted() == [("paste", one) for one in whole]


def test_a_paste_in_replace_mode_is_only_what_was_pasted(editor):
    editor.press("5G0wwR")
    editor.lua("vim.paste({ '34' }, -1)")
    editor.press("<Esc>")
    assert editor.text().endswith("    return 34\n")
    assert editor.inserted() == [("paste", [4, 11, 4, 13])]


def test_undo_from_insert_mode_brings_text_back(editor):
    editor.press("Gdd")
    editor.press("i<C-o>u<Esc>")
    assert editor.text() == TEXT
    assert editor.inserted() == [("undo", [4, 0, 5, 0])]


def test_typing_deleting_and_moving_is_reported_by_nothing(editor):
    editor.press("Goa = 1<BS>2<Esc>yypddPxggdG")
    assert editor.inserted() == []


def test_a_formatter_that_answers_later_is_reported(editor):
    editor.lua(
        "answers['textDocument/formatting'] = { { newText = '  ', range = {"
        " start = { line = 4, character = 0 }, ['end'] = { line = 4, character = 4 } } },"
        " { newText = '# end\\n', range = {"
        " start = { line = 1, character = 0 }, ['end'] = { line = 1, character = 0 } } } }\n"
        "vim.lsp.buf.format({ async = true })"
    )
    editor.rest()
    assert editor.text() == TEXT.replace("    ", "  ").replace("math\n", "math\n# end\n")
    assert editor.inserted() == [("format", [1, 0, 2, 0])], "fewer spaces are no insertion"


def test_a_plugin_that_comes_late_is_found_and_disable_puts_everything_back(editor):
    state = (
        "local s = require('copilot.suggestion') return { tostring(vim.paste),"
        " tostring(vim.lsp.inline_completion.get), tostring(s.accept), tostring(s.accept_word),"
        " tostring(vim.lsp.buf.format), tostring(vim.lsp.handlers['textDocument/formatting']) }"
    )
    editor.lua("require('vetline').disable()")
    plain = editor.lua(state)
    editor.lua("late, package.loaded['copilot.suggestion'] = package.loaded['copilot.suggestion']")
    editor.lua("require('vetline').setup()")
    editor.lua("package.loaded['copilot.suggestion'] = late")
    editor.press("Goab")
    editor.lua("pending_item = { text = 'abc' }")
    editor.lua("require('copilot.suggestion').accept()")
    editor.rest()
    assert editor.inserted() == [("completion", [5, 2, 5, 3])]
    assert not set(plain) & set(editor.lua(state))
    editor.lua("require('vetline').disable()")
    assert editor.lua(state) == plain
    editor.lua("vim.paste({ 'd' }, -1)")
    editor.press("<Esc>u")
    assert len(editor.inserted()) == 1


def test_no_shim_where_none_is_wanted(editor):
    editor.lua("require('vetline').disable()")
    paste = editor.lua("return tostring(vim.paste)")
    editor.lua(
        "local client = vim.lsp.get_clients({ name = 'vetline' })[1]\n"
        "vim.lsp.config.vetline.on_init(client)"
    )
    assert editor.lua("return tostring(vim.paste)") == paste, "a restart does not begin again"


def test_what_somebody_else_put_around_a_function_stays(editor):
    editor.lua("ours = vim.paste; theirs = function(...) return ours(...) end; vim.paste = theirs")
    editor.lua("require('vetline').disable()")
    assert editor.lua("return vim.paste == theirs")
    assert editor.lua("return vim.paste({ 'x' }, -1)") is True
    editor.rest()
    assert editor.inserted() == []
    editor.lua("require('vetline').setup()")
    editor.lua("vim.paste({ 'y' }, -1)")
    editor.rest()
    assert len(editor.inserted()) == 1, "it reports again, and once"


def test_a_part_that_is_not_there_is_not_reported(editor):
    editor.lua(
        "local zero = { line = 0, character = 0 }\n"
        "local item = { insertText = 'never put', range = { start = zero, ['end'] = zero } }\n"
        "local client = vim.lsp.get_clients({ name = 'copilot' })[1]\n"
        "client:notify('textDocument/didPartiallyAcceptCompletion', { item = item, acceptedLength = 5 })\n"
        "client:notify('textDocument/didPartiallyAcceptCompletion', { nonsense = true })"
    )
    editor.rest()
    assert editor.inserted() == []
    assert editor.nvim.command_output("messages") == ""


def test_a_buffer_without_the_server_is_left_alone(editor):
    editor.nvim.command("enew")
    editor.lua("vim.paste({ 'x' }, -1)")
    offer(editor, "y")
    editor.lua("vim.lsp.inline_completion.get()")
    editor.press("u")
    assert editor.inserted() == []


def signs(editor: Recorder) -> list[tuple[int, str]]:
    """The lines with a sign, from 1, and the signs."""
    marks = editor.lua(
        "return vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace('vetline.origins'),"
        " 0, -1, { details = true })"
    )
    return [(mark[1] + 1, mark[3]["sign_text"].strip()) for mark in marks]


def test_signs_show_who_wrote_each_line_until_they_are_taken_away(editor):
    editor.lua(
        "states, asked = { 'ai', 'mixed', 'unknown', 'human', 'suspect_ai', 'ai' }, 0\n"
        "answers['vetline/provenance'] = function(params)\n"
        "  asked = asked + 1\n"
        "  local lines = {}\n"
        "  for i, state in ipairs(states) do lines[i] = { line = i, state = state } end\n"
        "  return { version = 1, lines = lines }\n"
        "end"
    )
    editor.nvim.command("Vetline origins")
    editor.lua("vim.wait(5000, function() return asked > 0 end, 10)")
    editor.rest()
    assert signs(editor) == [(1, "A"), (2, "M"), (4, "h"), (5, "?")], "there is no sixth line"
    editor.lua("states = { 'human' }")
    editor.press("Ox<Esc>")
    editor.lua("vim.wait(5000, function() return asked > 1 end, 10)")
    editor.rest()
    assert signs(editor) == [(1, "h")]
    editor.lua(
        "states = { 'ai' }; tell('vetline/provenanceChanged', { uri = vim.uri_from_bufnr(0) })"
    )
    editor.lua("vim.wait(5000, function() return asked > 2 end, 10)")
    editor.rest()
    assert signs(editor) == [(1, "A")]
    editor.nvim.command("Vetline origins")
    assert signs(editor) == []


def test_a_server_that_knows_no_origins_is_asked_once(editor):
    editor.lua(
        "asked = 0; answers['vetline/provenance'] = function()"
        " asked = asked + 1 return nil, { code = -32601, message = 'no such method' } end"
    )
    editor.nvim.command("Vetline origins")
    editor.lua("vim.wait(5000, function() return asked > 0 end, 10)")
    editor.rest()
    assert "origins are not shown: no such method" in editor.nvim.command_output("messages")
    editor.press("Ox<Esc>")
    editor.press("Ox<Esc>")
    assert editor.lua("return asked") == 1


def test_checkhealth_says_what_is_reported(editor):
    def report() -> str:
        editor.nvim.command("checkhealth vetline")
        said = "\n".join(editor.nvim.current.buffer[:])
        editor.nvim.command("bwipeout")
        return said

    editor.lua("vim.lsp.config('vetline', { cmd = { 'true', 'server' } })")
    both = "copilot.lua, paste, vim.lsp.inline_completion"
    assert f"Reported: undo, format, {both}" in report()
    editor.lua("require('vetline').disable(); package.loaded['copilot.suggestion'] = nil")
    assert "Nothing is reported" in report()
    editor.lua("require('vetline').setup()")
    assert "Not loaded, so not reported: copilot.lua" in report()
