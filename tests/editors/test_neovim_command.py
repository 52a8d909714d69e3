""":Vetline in the real Neovim: each of its names, its help, its passphrases; and the configuration alone."""

from __future__ import annotations

import re
import shutil

import pytest
import signers
from neovim import CLIENT, MARKS, editing

LOAD = "python/unsafe-yaml-load"
CALL = 5  # the line of it
REVIEW = [
    "review requested by Ada",
    "Approve…",
    "Reject…",
]

pytestmark = [
    *MARKS,
    pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no OpenSSH here"),
]


@pytest.fixture
def opened(workspace, at_bos, monkeypatch):
    """Gives Neovim at Bo's, when told what else is in the environment."""
    monkeypatch.chdir(workspace)
    return lambda **more: editing("shop.py", {**at_bos, **more})


@pytest.fixture
def editor(opened):
    with opened() as one:
        yield one


def requested(editor):
    """Ask for a review of what the finding stands in."""
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.command("write")
    editor.nvim.command(f"{CALL}Vetline review is it ours?")
    editor.wait(lambda: editor.lenses() == REVIEW)
    editor.nvim.current.window.cursor = (CALL, 0)


def message(editor):
    return " ".join(item["message"] for item in editor.shown(LOAD))


# -- reviews


def test_a_review_is_shown_with_all_that_a_reviewer_needs_and_rejected_there(editor):
    requested(editor)
    editor.nvim.command("Vetline show")
    editor.wait(lambda: editor.text().startswith("Review "))
    shown = editor.text()
    assert "shop.py (load)" in shown
    assert "requested by Ada <ada@example.org>" in shown
    assert "note: is it ours?" in shown
    assert "   5      return yaml.load(text)" in shown
    assert f"5  high  {LOAD}" in shown
    assert not editor.nvim.current.buffer.options["modifiable"]
    editor.nvim.input("r")
    editor.answer("with the note", "use safe_load")
    editor.answer("passphrase", signers.PASSPHRASE)
    editor.wait(lambda: "[rejected by bo@example.org: use safe_load]" in message(editor))
    editor.wait(lambda: editor.lenses() == [])


def test_what_a_person_may_not_do_is_said_with_why_and_the_rest_is_offered(editor):
    review = {
        "id": "0a1b2c3d4e5f",
        "status": "pending",
        "decide": {"may": False, "why": "who asked may not approve"},
        "reject": {"may": True, "why": ""},
    }
    said = editor.nvim.exec_lua("return require('vetline.card').describe(...)", review)
    assert "a: you cannot approve it here: who asked may not approve" in said
    assert "r: reject it" in said


def test_a_lens_is_run_and_asks_for_a_note_before_the_passphrase(editor):
    requested(editor)
    editor.nvim.current.window.cursor = (4, 0)
    editor.nvim.exec_lua(
        "vim.ui.select = function(items, options, choose)"
        " for _, item in ipairs(items) do"
        " if vim.startswith(options.format_item(item), 'Approve') then choose(item) end end end"
        " vim.schedule(vim.lsp.codelens.run)"
    )
    editor.answer("with the note", "")
    editor.answer("passphrase", signers.PASSPHRASE)
    editor.wait(lambda: editor.lenses() == [])
    editor.wait(lambda: editor.shown(LOAD) == [])


def test_a_lens_that_is_not_gone_through_with_comes_back(editor):
    requested(editor)
    editor.nvim.current.window.cursor = (4, 0)
    editor.nvim.exec_lua(
        "vim.ui.select = function(items, _, choose) choose(items[2]) end"
        " vim.ui.input = function(_, answer) answer(nil) end vim.lsp.codelens.run()"
    )
    editor.wait(lambda: editor.lenses() == REVIEW)
    assert "review requested by Ada" in message(editor)


@pytest.mark.parametrize("typed", ["wrong", ""])
def test_without_the_passphrase_nothing_is_signed_and_it_can_be_tried_again(editor, typed):
    requested(editor)
    editor.nvim.command("Vetline approve fine")
    editor.answer("passphrase", typed)
    editor.wait(lambda: "not signed" in editor.said())
    assert editor.said().count("not signed") == 1, "said once"
    assert "review requested by Ada" in message(editor)
    editor.nvim.command("Vetline approve fine")
    editor.answer("passphrase", signers.PASSPHRASE)
    editor.wait(lambda: editor.shown(LOAD) == [])


def test_ones_own_askpass_is_what_asks(opened, tmp_path):
    own = tmp_path / "own"
    own.write_text(f"#!/bin/sh\necho '{signers.PASSPHRASE}'\n")
    own.chmod(0o700)
    with opened(SSH_ASKPASS=str(own)) as editor:
        requested(editor)
        editor.nvim.command("Vetline approve fine")
        editor.wait(lambda: editor.shown(LOAD) == [])


def test_one_question_at_a_time_and_what_it_is_about_cannot_hide_anything(editor):
    ask = "require('vetline.askpass').ask"
    editor.nvim.exec_lua(f"vim.schedule(function() first = {ask}('one\\27[2J: ', '') end)")
    editor.wait(lambda: editor.nvim.exec_lua("return vim.fn.getcmdprompt()"))
    assert editor.nvim.exec_lua("return vim.fn.getcmdprompt()") == "vetline: one?[2J: "
    assert editor.nvim.exec_lua(f"return (pcall({ask}, 'two: ', ''))") is False
    editor.answer("one", "it's <a>")
    assert editor.nvim.exec_lua("return first") == "it's <a>"
    editor.nvim.exec_lua(f"{ask}('Confirm user presence', 'none')")
    assert "Confirm user presence" in editor.said()


def test_reviews_are_listed_and_withdrawn(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.command("Vetline reviews")
    editor.wait(lambda: "no review waits for anybody" in editor.said())
    requested(editor)
    editor.nvim.command("Vetline reviews")
    (item,) = editor.wait(lambda: editor.nvim.call("getqflist"))
    assert item["lnum"] == CALL - 1
    assert re.fullmatch(r"[0-9a-f]{12}  shop\.py \(load\)  pending by Ada.*", item["text"])
    editor.nvim.input("<CR>")
    editor.wait(lambda: editor.nvim.current.buffer.name.endswith("/shop.py"))
    editor.nvim.command(f"Vetline withdraw {item['text'][:12]} it was ours")
    editor.wait(lambda: editor.lenses() == [])
    assert "review" not in message(editor)
    editor.nvim.command("Vetline reviews")
    editor.wait(lambda: not editor.nvim.call("getqflist"))
    editor.nvim.command("Vetline reviews all")
    (item,) = editor.wait(lambda: editor.nvim.call("getqflist"))
    assert "withdrawn" in item["text"]


def test_what_there_is_no_review_of_is_said(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.command("Vetline approve")
    editor.wait(lambda: "there is no review to choose from" in editor.said())
    editor.nvim.command("Vetline approve 0123456789ab")
    editor.wait(lambda: "there is no review 0123456789ab" in editor.said())


# -- who wrote it


def test_who_wrote_a_line_is_told_at_it_and_beside_it(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.current.buffer.append(["x = 1"])
    editor.nvim.exec_lua(
        "require('vetline').did_insert({ range = { 5, 0, 6, 0 }, agent = 'copilot', model = 'm\\27[1m',"
        " source = 'completion', session = 'talk' })"
    )
    editor.nvim.current.window.cursor = (6, 0)
    editor.nvim.command("Vetline origin")
    floats = (
        "for _, win in ipairs(vim.api.nvim_list_wins()) do"
        " if vim.api.nvim_win_get_config(win).relative ~= '' then"
        " return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, true) end end"
    )
    told = editor.wait(lambda: editor.nvim.exec_lua(floats))
    assert told[0].startswith("AI: copilot (m?[1m), for Ada")
    assert "session: talk" in told
    assert "came in as: completion" in told
    editor.nvim.command("Vetline blame")
    editor.wait(lambda: editor.nvim.current.buffer.name.startswith("vetline://blame"))
    side = editor.nvim.current.buffer[:]
    assert len(side) == 6
    assert side[5].startswith("AI: copilot")
    assert side[4] == ""
    bound = (
        "return vim.tbl_map(function(w) return vim.wo[w].scrollbind end, vim.fn.win_findbuf(...))"
    )
    assert editor.nvim.exec_lua(bound, editor.nvim.call("bufnr", "shop.py")) == [True]
    editor.nvim.input("q")
    editor.wait(lambda: editor.nvim.current.buffer.name.endswith("/shop.py"))
    assert editor.nvim.exec_lua("return vim.wo.scrollbind") is False


def test_signs_are_there_from_the_start_where_they_are_wanted(workspace, at_bos, monkeypatch):
    monkeypatch.chdir(workspace)
    with editing("shop.py", at_bos, "vim.g.vetline_origins = true") as editor:
        editor.wait(lambda: editor.shown(LOAD))
        editor.nvim.current.buffer.append(["x = 1"])
        editor.nvim.exec_lua("require('vetline').did_insert({ range = { 5, 0, 6, 0 } })")
        editor.wait(lambda: editor.signs() == {6: "A"})


def test_lenses_are_not_asked_for_where_they_are_not_wanted(workspace, at_bos, monkeypatch):
    monkeypatch.chdir(workspace)
    with editing("shop.py", at_bos, "vim.g.vetline_lenses = false") as editor:
        editor.wait(lambda: editor.shown(LOAD))
        editor.nvim.command(f"{CALL}Vetline review")
        editor.wait(lambda: "review requested by Ada" in message(editor))
        editor.nvim.command("normal! x")
        editor.wait(lambda: editor.nvim.exec_lua("return vim.wait(400) == false"))
        assert editor.lenses() == []


# -- the rest


def test_a_project_is_scanned_into_the_quickfix_list(editor, workspace):
    (workspace / "other.py").write_text("import yaml\n\nyaml.load(input())\n")
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.exec_lua(
        "local settings = { vetline = { scope = 'all' } }"
        " for _, client in ipairs(vim.lsp.get_clients()) do client.settings = settings"
        " client:notify('workspace/didChangeConfiguration', { settings = settings }) end"
    )
    editor.wait(lambda: editor.shown(LOAD)[0]["severity"] == 1)
    editor.nvim.command("Vetline scan")
    listed = (
        "return vim.tbl_map(function(item) return vim.fn.bufname(item.bufnr) .. ':' .. item.lnum end,"
        " vim.fn.getqflist())"
    )
    editor.wait(lambda: {"other.py:3", "shop.py:5"} <= set(editor.nvim.exec_lua(listed)))
    assert re.search(r"vetline: \d+ files, \d+ findings", editor.said())


def test_all_safe_fixes_are_made(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.exec_lua("require('vetline').did_insert({ range = { 0, 0, 5, 0 } })")
    editor.wait(lambda: editor.shown(LOAD)[0]["severity"] == 1)
    editor.nvim.command("Vetline fix")
    editor.wait(lambda: "yaml.safe_load(text)" in editor.text())


def test_what_a_report_of_a_fault_should_say_is_shown(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.command("Vetline debug")
    editor.wait(lambda: editor.nvim.current.buffer.name == "vetline://debug")
    assert "\npython: 3." in editor.text()


def test_names_are_completed_and_wrong_ones_are_told(editor):
    editor.wait(lambda: editor.shown(LOAD))

    def complete(typed):
        return editor.nvim.call("getcompletion", typed, "cmdline")

    assert complete("Vetline re") == ["reject", "review", "reviews"]
    assert complete("5Vetline blam") == ["blame"]
    assert complete("Vetline reviews ") == ["all"]
    assert complete("Vetline review ") == []
    editor.nvim.command("Vetline reviw")
    assert "there is no :Vetline reviw; there are: approve, blame," in editor.said()


def test_without_a_server_it_says_so(editor):
    editor.wait(lambda: editor.shown(LOAD))
    editor.nvim.exec_lua("vim.lsp.enable('vetline', false)")
    editor.wait(lambda: editor.nvim.exec_lua("return #vim.lsp.get_clients()") == 0)
    for name in ("review", "reviews", "approve", "show", "origin", "blame", "scan", "debug"):
        editor.nvim.command("messages clear")
        editor.nvim.command(f"Vetline {name}")
        editor.wait(lambda: "no server runs" in editor.said())
    editor.nvim.exec_lua("vim.lsp.enable('vetline')")
    editor.wait(lambda: editor.nvim.exec_lua("return #vim.lsp.get_clients()") == 1)


def test_the_help_names_everything_and_its_tags_are_found(editor, tmp_path):
    copy = tmp_path / "nvim-client"
    shutil.copytree(CLIENT, copy, ignore=shutil.ignore_patterns("tags"))
    editor.wait(lambda: editor.shown(LOAD))
    swap = "local old, new = ... vim.opt.runtimepath:remove(old) vim.opt.runtimepath:prepend(new)"
    editor.nvim.exec_lua(swap, str(CLIENT), str(copy))
    editor.nvim.command("Vetline help")
    assert editor.nvim.current.buffer.name.endswith("doc/vetline.txt")
    tags = {line.partition("\t")[0] for line in (copy / "doc/tags").read_text().splitlines()}
    page = (copy / "doc/vetline.txt").read_text()
    names = set(editor.nvim.call("getcompletion", "Vetline ", "cmdline"))
    assert {f":Vetline-{name}" for name in names} == {
        tag for tag in tags if tag.startswith(":Vetline-")
    }
    code = "\n".join(file.read_text() for file in copy.rglob("*.lua"))
    assert set(re.findall(r"vim\.(g\.vetline_\w+)", code)) == {
        tag.replace(":", ".") for tag in tags if tag.startswith("g:")
    }
    ours = re.findall(r"\|((?::?[Vv]etline|g:vetline)[^|\s]*)\|", page)
    assert ours
    assert set(ours) <= tags, "no link leads nowhere"


def test_the_configuration_alone_is_enough_for_findings(workspace, at_bos, tmp_path, monkeypatch):
    (tmp_path / "alone" / "lsp").mkdir(parents=True)
    shutil.copy(CLIENT / "lsp" / "vetline.lua", tmp_path / "alone" / "lsp")
    monkeypatch.chdir(workspace)
    alone = f"vim.opt.runtimepath = {{ '{tmp_path / 'alone'}', vim.env.VIMRUNTIME }}"
    with editing("shop.py", at_bos, alone) as editor:
        editor.wait(lambda: editor.shown(LOAD))
        editor.act(LOAD, "Fix")
        editor.wait(lambda: "yaml.safe_load(text)" in editor.text())
        assert editor.nvim.call("exists", ":Vetline") == 0
