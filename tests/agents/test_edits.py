"""What an agent says that it did to files."""

from __future__ import annotations

import json

import pytest
from hook_payloads import (
    ALL,
    CLAUDE,
    CLI,
    CLI_PASCAL,
    CODEX,
    CURSOR,
    GEMINI,
    NEW,
    OLD,
    PAIR,
    PATCH,
    PATH,
    VSCODE,
    tool,
)

from vetline import agents, patches
from vetline.agents import FileEdit


def read(payload):
    return agents.recognise(payload).read(payload)


def edits(payload):
    return read(payload).edits


def claude(name, given, response=None, event="PostToolUse"):
    return tool(CLAUDE, event, name, given, tool_response=response)


@pytest.mark.parametrize("name", [n for n, (_, kind, _) in ALL.items() if kind.endswith("-edit")])
def test_every_agent_tells_of_the_file_and_the_text(name):
    (edit,) = edits(ALL[name][2])
    assert edit.path in {PATH, "shop/cart.py"}
    assert edit.after == NEW or edit.changes[-1][1].endswith(NEW)


# -- Claude Code


def test_an_edit_knows_the_whole_text_before():
    assert edits(claude("Edit", PAIR, {"originalFile": "a\n" + OLD})) == (
        FileEdit(PATH, ((OLD, NEW),), before="a\n" + OLD),
    )


def test_a_file_written_is_known_whole():
    given = {"file_path": PATH, "content": NEW}
    created = {"type": "create", "content": NEW, "originalFile": None}
    assert edits(claude("Write", given, created)) == (FileEdit(PATH, before="", after=NEW),)
    updated = {"type": "update", "content": NEW, "originalFile": OLD}
    assert edits(claude("Write", given, updated)) == (FileEdit(PATH, before=OLD, after=NEW),)
    assert edits(claude("Write", {"file_path": PATH, "content": ""})) == (FileEdit(PATH, after=""),)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_file_was_before_it_was_written_whole_is_told_by_the_patch(end):
    before, after = ("if a:\n\tb()\n\nc()\n", "if a:\n\tb()\n\n\tnew()\n\nc()\nd()\n")
    # Claude Code shows tabs as spaces; the numbers are those of lines after the edit.
    hunks = [
        {"newStart": 1, "lines": [" if a:", "   b()", " ", "+  new()", "+"]},
        {"newStart": 6, "lines": [" c()", "+d()"]},
    ]
    content = after.replace("\n", end)
    given = {"file_path": PATH, "content": content}
    response = {"type": "update", "originalFile": None, "structuredPatch": hunks}
    (edit,) = edits(claude("Write", given, response))
    assert (edit.before, edit.after) == (before.replace("\n", end), content)
    hunks[1]["lines"][0] = " something_else()"
    assert edits(claude("Write", given, response)) == (FileEdit(PATH, after=content),)


def test_several_edits_of_a_file_stay_in_their_order():
    pairs = [{"old_string": "a", "new_string": "b"}, {"old_string": "b", "new_string": "c"}]
    assert edits(claude("MultiEdit", {"file_path": PATH, "edits": pairs})) == (
        FileEdit(PATH, (("a", "b"), ("b", "c"))),
    )


def test_a_notebooks_cell_is_a_change():
    given = {"notebook_path": "/repo/a.ipynb", "cell_id": "1", "new_source": "x = 1"}
    assert edits(claude("NotebookEdit", given)) == (FileEdit("/repo/a.ipynb", (("", "x = 1"),)),)


def test_what_a_person_changed_of_the_proposal_is_taken_from_what_was_written():
    hunk = {"lines": [" a = 1", "-total = 0", "+total = fsum(prices)"]}
    response = {"originalFile": "a = 1\n" + OLD, "userModified": True, "structuredPatch": [hunk]}
    (edit,) = edits(claude("Edit", PAIR, response))
    assert edit.modified
    assert edit.proposed == NEW
    assert edit.changes == (("a = 1\ntotal = 0\n", "a = 1\ntotal = fsum(prices)\n"),)
    whole = {"file_path": PATH, "content": NEW}
    (edit,) = edits(claude("Write", whole, {**response, "content": NEW}))
    assert (edit.modified, edit.proposed, edit.after) == (True, NEW, None)


@pytest.mark.parametrize(
    "response",
    [{"staged": True}, {"error": "no such text"}, {"is_error": True}, {"success": False}],
)
def test_what_wrote_nothing_is_no_edit(response):
    event = read(claude("Edit", PAIR, response))
    assert (event.kind, event.edits) == ("other", ())
    assert read(tool(CLAUDE, "PostToolUseFailure", "Edit", PAIR)).kind == "other"


def test_the_older_name_of_the_response_is_read_too():
    payload = tool(CLAUDE, "PostToolUse", "Edit", PAIR, tool_result={"originalFile": OLD})
    assert edits(payload)[0].before == OLD


# -- others


def test_gemini_tells_both_texts_and_the_models_own():
    given = {
        "file_path": PATH,
        "content": NEW,
        "modified_by_user": True,
        "ai_proposed_content": "total = 1\n",
    }
    shown = {"originalContent": OLD, "newContent": NEW, "filePath": PATH}
    payload = tool(GEMINI, "AfterTool", "write_file", given, tool_response={"returnDisplay": shown})
    assert edits(payload) == (
        FileEdit(PATH, before=OLD, after=NEW, proposed="total = 1\n", modified=True),
    )
    failed = {"error": {"message": "not found"}}
    assert read({**payload, "tool_response": failed}).kind == "other"


def test_cursor_deletes_and_keeps_windows_paths_as_it_spells_them():
    payload = tool(CURSOR, "postToolUse", "Delete", {"path": "/c:/repo/a.py"})
    assert edits(payload) == (FileEdit("/c:/repo/a.py", deleted=True),)
    assert read(tool(CURSOR, "postToolUse", "Read", {"path": "/c:/repo/a.py"})).kind == "other"
    failed = tool(CURSOR, "postToolUse", "StrReplace", PAIR, tool_output='{"error":"x"}')
    assert read(failed).kind == "other"


def test_vs_code_replaces_in_several_files_and_sketches():
    several = [
        {"filePath": "/repo/a.py", "oldString": "a", "newString": "b"},
        {"filePath": "/repo/b.py", "oldString": "c", "newString": "d"},
        {"filePath": "/repo/a.py", "oldString": "e", "newString": "f"},
    ]
    name = "multi_replace_string_in_file"
    assert edits(tool(VSCODE, "PreToolUse", name, {"replacements": several})) == (
        FileEdit("/repo/a.py", (("a", "b"), ("e", "f"))),
        FileEdit("/repo/b.py", (("c", "d"),)),
    )
    code = "def a():\n    # ...existing code...\n    return total\n"
    given = {"filePath": PATH, "code": code}
    assert edits(tool(VSCODE, "PostToolUse", "insert_edit_into_file", given)) == (
        FileEdit(PATH, (("", "def a():\n"), ("", "    return total\n"))),
    )
    assert edits(tool(VSCODE, "PostToolUse", "apply_patch", {"input": PATCH})) == (
        FileEdit("shop/cart.py", ((OLD, NEW),)),
    )


def test_copilot_cli_sends_objects_strings_and_patches():
    created = {**CLI, "toolName": "create", "toolArgs": {"path": "a.py", "file_text": NEW}}
    assert edits(created) == (FileEdit("a.py", after=NEW),)
    strings = {**created, "toolArgs": json.dumps(created["toolArgs"])}
    assert edits(strings) == edits(created)
    failed = {**created, "toolResult": {"resultType": "failure"}}
    assert read(failed).kind == "other"
    viewed = {**CLI, "toolName": "str_replace_editor", "toolArgs": {"command": "view", "path": "a"}}
    assert read(viewed).kind == "other"
    bare = tool(CLI_PASCAL, "PreToolUse", "Edit", PATCH)
    assert edits(bare) == (FileEdit("shop/cart.py", ((OLD, NEW),)),)


def test_opencode_shows_both_texts():
    payload = ALL["opencode post"][2]
    shown = {"filediff": {"file": PATH, "before": OLD, "after": NEW}}
    (edit,) = edits({**payload, "output": {"metadata": shown}})
    assert (edit.before, edit.after) == (OLD, NEW)
    given = {"patchText": PATCH}
    patched = {"input": {"tool": "patch", "sessionID": "o", "args": given}, "output": {}}
    assert edits(patched) == (FileEdit("shop/cart.py", ((OLD, NEW),)),)


def test_a_generic_sender_may_send_what_is_not_on_disk_yet():
    base = {"type": "ai_agent", "repo_working_dir": "/repo", "agent_name": "kimi"}
    dirty = {"/repo/a.py": "x = 1\n", "/repo/b.py": "y = 1\n"}
    payload = {**base, "edited_filepaths": ["a.py"], "dirty_files": dirty}
    assert edits(payload) == (FileEdit("a.py", after="x = 1\n"),)
    assert [edit.path for edit in edits({**base, "dirty_files": dirty})] == list(dirty)
    assert edits({**base, "edited_filepaths": ["c.py"]}) == (FileEdit("c.py"),)


def test_a_save_is_no_evidence_and_what_was_there_before_an_edit_is_nobodys():
    saved = read(ALL["generic save"][2])
    assert (saved.kind, saved.edits) == ("other", ())  # an agent's lines may be in it already
    event = read(ALL["generic person"][2])
    assert event.kind == "seen"
    assert event.edits == (FileEdit("shop/cart.py", before=NEW),)


# -- patches


def test_a_patch_of_several_files():
    patch = (
        "*** Begin Patch\n"
        "*** Add File: new.py\n+import os\n+\n+x = '*** Delete File: no'\n"
        "*** Update File: old.py\n*** Move to: lib/moved.py\n@@ class A:\n a\n-b\n+B\n\n c\n"
        "@@\n-z\n*** End of File\n"
        "*** Delete File: gone.py\n"
        "*** End Patch\n"
    )
    payload = tool(CODEX, "PostToolUse", "apply_patch", {"command": patch})
    assert edits(payload) == (
        FileEdit("new.py", after="import os\n\nx = '*** Delete File: no'\n"),
        FileEdit(
            "lib/moved.py", (("a\nb\n\nc\n", "a\nB\n\nc\n"), ("z\n", "")), moved_from="old.py"
        ),
        FileEdit("gone.py", deleted=True),
    )


@pytest.mark.parametrize("key", ["command", "input", "patch", "patchText"])
def test_a_patch_is_found_under_any_name(key):
    assert agents.edits_of({key: PATCH}) == agents.edits_of(PATCH) != ()


def test_a_patch_inside_a_shell_command_is_found():
    command = f"apply_patch <<'EOF'\n{PATCH}\nEOF\n"
    assert agents.edits_of({"command": command}) == agents.edits_of(PATCH)


def test_line_ends_and_odd_characters_of_a_patch_stay():
    crlf = PATCH.replace("\n", "\r\n")
    (part,) = patches.parse(crlf)
    assert part.path == "shop/cart.py"
    assert part.hunks == ((OLD.replace("\n", "\r\n"), NEW.replace("\n", "\r\n")),)
    (part,) = patches.parse("*** Add File: a.py\n+x = '\u2028\x0c\x85'\n")
    assert part.whole == "x = '\u2028\x0c\x85'\n"


@pytest.mark.parametrize(
    "patch", ["", "*** ", "*** Update File: ", "*** Update File:x", "*** End Patch", "@@\n-a\n+b"]
)
def test_what_is_no_patch_touches_no_file(patch):
    assert patches.parse(patch) == []
    assert agents.edits_of(patch) == ()


def test_a_hunk_that_changes_nothing_is_none():
    assert patches.parse("*** Update File: a\n@@\n x\n")[0].hunks == ()
