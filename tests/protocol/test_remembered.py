"""Who wrote what is known again: after a restart, after changes elsewhere, without a server, by two servers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from origins import Shown, lines, report
from servers import environment

START = "import os\n\nprint(os.name)\n"
BLOCK = "def f(a):\n    x = a + 1\n\n    return x\n"


@pytest.fixture
def serve(start, workspace):
    """Starts servers for the workspace."""

    def make():
        client = start()
        client.initialize(workspace)
        return client

    return make


@pytest.fixture
def left(serve, workspace):
    """What a server left behind: three lines, four of an agent and one of a person."""
    client = serve()
    shown = Shown(client, workspace / "a.py", START)
    shown.insert("", BLOCK)
    report(shown.path, ("", BLOCK))
    shown.becomes("...AAAA")
    shown.type("", "mine = 1\n")
    shown.save()
    assert client.leave() == 0
    return shown.text


def reopened(serve, workspace, text):
    return Shown(serve(), workspace / "a.py", text).states


def test_a_restart_changes_nothing(serve, workspace, left):  # scenario 17
    assert reopened(serve, workspace, left) == "...AAAAH"


def test_changes_that_nobody_saw(serve, workspace, left):  # scenario 18
    text = left.replace("a + 1", "a + 22").replace(
        "    return", "    log('other words')\n    return"
    )
    assert reopened(serve, workspace, text) == "...AMA.AH"


def test_a_formatter_that_ran_elsewhere(serve, workspace, left):  # scenario 19
    assert reopened(serve, workspace, left.replace("    ", "  ")) == "...AAAAH"


def test_a_file_that_was_not_open(serve, workspace):  # scenarios 15, 36
    path = workspace / "a.py"
    report(path, (START, START + BLOCK))
    assert reopened(serve, workspace, START + BLOCK) == "...AAAA"


def test_what_is_not_stored_yet_is_stored_at_the_end(serve, workspace):
    client = serve()
    shown = Shown(client, workspace / "a.py", START)
    shown.type("", "mine = 1\n")
    client.leave()
    assert reopened(serve, workspace, shown.text) == "...H"


def test_two_servers_agree_and_stay_quiet(serve, workspace):
    one, two = serve(), serve()
    first = Shown(one, workspace / "a.py", START)
    second = Shown(two, workspace / "a.py", START)
    for shown in (first, second):
        shown.insert("", BLOCK)
    report(workspace / "a.py", ("", BLOCK))
    first.becomes("...AAAA")
    second.becomes("...AAAA")
    for client in (one, two):
        assert client.leave() == 0
    assert reopened(serve, workspace, first.text) == "...AAAA"


def test_a_hook_is_heard_at_once(serve, workspace, tmp_path):
    client = serve()
    shown = Shown(client, workspace / "a.py", START)
    shown.insert("", BLOCK)
    assert shown.states == "......."
    payload = {
        "session_id": "7c1f", "transcript_path": "/t.jsonl", "cwd": str(workspace),
        "prompt_id": "p1", "hook_event_name": "PostToolUse", "tool_name": "Edit",
        "tool_use_id": "toolu_1",
        "tool_input": {"file_path": str(shown.path), "old_string": START[-5:],
                       "new_string": START[-5:] + BLOCK},
        "tool_response": {"filePath": str(shown.path), "originalFile": START},
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from vetline.doors.hook import main; raise SystemExit(main([]))"],
        input=json.dumps(payload).encode(), env=environment(tmp_path), cwd=workspace,
        capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    shown.becomes("...AAAA")
    (told, *_) = lines(client, shown.uri)[3:]
    assert (told["agent"], told["session"], told["turn"], told["tool_call"]) == (
        "claude-code", "7c1f", "p1", "toolu_1")  # fmt: skip


def test_what_could_not_be_read_is_not_written_over(serve, workspace, left):
    database = workspace / ".git" / "vetline" / "provenance.db"
    kept = database.read_bytes()
    for name in ("provenance.db-wal", "provenance.db-shm"):
        assert not database.with_name(name).exists(), "the server has left"
    database.write_bytes(b"no database" * 99)
    client = serve()
    shown = Shown(client, workspace / "a.py", left)
    assert shown.states == "........"
    database.write_bytes(kept)
    shown.type("", "more = 1\n")
    shown.save()
    client.leave()
    assert reopened(serve, workspace, left + "more = 1\n") == "...AAAAH."
