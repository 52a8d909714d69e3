"""The fix of a secret in an editor: `.env.example` beside it, and whether a commit holds the secret."""

from __future__ import annotations

import subprocess
import sys

import pytest
from lsp_client import span
from servers import notebook

PASSWORD = "v9#kQ2" + "m!Lx84z"
TEXT = f'password = "{PASSWORD}"\n'
CREATES = {
    "workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}}
}
RESOLVES = {"textDocument": {"codeAction": {"resolveSupport": {"properties": ["edit"]}}}}


def is_found(items):
    return any("password" in item["code"] for item in items)


@pytest.fixture
def offered(start, workspace):
    """Opens a text as the client of these capabilities; gives the client and the fix that it is offered."""

    def offered(text: str = TEXT, capabilities=None, name: str = "a.py", line: int = 0):
        client = start()
        client.initialize(workspace, capabilities, initializationOptions={"scope": "all"})
        uri = (workspace / name).as_uri()
        client.open(uri, text)
        client.diagnosed(uri, is_found)
        return client, fix_at(client, uri, line)

    return offered


def fix_at(client, uri, line):
    actions = client.actions(uri, (line, 0), (line, 99))
    return next(a for a in actions if a["title"].startswith("Fix: Read it from the env"))


def inserted(line: int, column: int, text: str):
    return {"range": span((line, column), (line, column)), "newText": text}


def test_a_client_that_makes_files_is_given_the_example(offered, workspace):
    _, fix = offered(capabilities=CREATES)
    example, uri = ((workspace / name).as_uri() for name in (".env.example", "a.py"))
    made, filled, mended = fix["edit"]["documentChanges"]
    assert made == {"kind": "create", "uri": example, "options": {"ignoreIfExists": True}}
    assert filled == {
        "textDocument": {"uri": example, "version": None},
        "edits": [inserted(0, 0, "PASSWORD=\n")],
    }
    assert mended["textDocument"] == {"uri": uri, "version": 1}
    assert any(edit["newText"].endswith('os.environ["PASSWORD"]') for edit in mended["edits"])
    assert fix["isPreferred"] is False
    assert PASSWORD not in str(fix)


@pytest.mark.parametrize("capabilities", [{}, CREATES])
def test_an_example_that_is_there_is_added_to(offered, workspace, capabilities):
    (workspace / ".env.example").write_bytes(b"A=1\r\nB=\xc3\xa9")
    _, fix = offered(capabilities=capabilities)
    changes = fix["edit"]["changes"]
    assert changes[(workspace / ".env.example").as_uri()] == [inserted(1, 3, "\r\nPASSWORD=\r\n")]
    assert changes[(workspace / "a.py").as_uri()]


def test_what_is_open_counts_and_not_what_is_on_the_disk(offered, workspace):
    client, _ = offered()
    example = (workspace / ".env.example").as_uri()
    client.open(example, "# none\n", "dotenv")
    uri = (workspace / "a.py").as_uri()
    assert fix_at(client, uri, 0)["edit"]["changes"][example] == [inserted(1, 0, "PASSWORD=\n")]
    client.edit(example, (1, 0), (1, 0), "PASSWORD=\n")
    assert list(fix_at(client, uri, 0)["edit"]["changes"]) == [uri]


def test_a_client_that_makes_no_files_is_given_the_fix_alone(offered, workspace):
    _, fix = offered()
    assert list(fix["edit"]["changes"]) == [(workspace / "a.py").as_uri()]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_nothing_outside_of_the_project_is_touched(offered, workspace, tmp_path):
    (tmp_path / "outside").write_text("A=1\n")
    (workspace / ".env.example").symlink_to(tmp_path / "outside")
    _, fix = offered(capabilities=CREATES)
    assert list(fix["edit"]["changes"]) == [(workspace / "a.py").as_uri()]


def test_the_edit_is_resolved_with_all_of_it(offered):
    client, fix = offered(capabilities={**CREATES, **RESOLVES})
    assert "edit" not in fix
    resolved = client.result("codeAction/resolve", fix)
    assert len(resolved["edit"]["documentChanges"]) == 3
    assert resolved["command"] == fix["command"]


def test_in_a_notebook_each_cell_is_edited(start, workspace):
    client = start()
    client.initialize(workspace, initializationOptions={"scope": "all"})
    _, cells, opened = notebook(workspace, "import abc\n", TEXT)
    client.notify("notebookDocument/didOpen", opened)
    client.diagnosed(cells[1], is_found)
    fix = fix_at(client, cells[1], 0)
    assert fix["edit"]["changes"] == {
        cells[0]: [inserted(1, 0, "import os\n")],
        cells[1]: [{"range": span((0, 11), (0, 26)), "newText": 'os.environ["PASSWORD"]'}],
    }


def test_after_the_edit_a_commit_that_holds_the_secret_is_told(offered, workspace):
    (workspace / "a.py").write_text(TEXT)
    git = ["git", "-C", str(workspace)]
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "x", "--date", "2026-03-01"], check=True)
    day = subprocess.run(
        [*git, "log", "-1", "--format=%h %cs", "--abbrev=8"], check=True, capture_output=True
    )
    commit, date = day.stdout.decode().split()
    client, fix = offered()
    client.change((workspace / "a.py").as_uri(), [{"text": "x = 1\n"}])
    told = client.result("workspace/executeCommand", fix["command"])
    assert told == {"commit": commit, "date": date}
    shown = client.notes("window/showMessage")
    assert shown["type"] == 2
    assert shown["message"].endswith(
        f" in commit {commit} ({date}): revoke it, taking it out of the file is not enough."
    )
    assert PASSWORD not in str(shown)
    # Told once: the secret is forgotten.
    assert client.result("workspace/executeCommand", fix["command"]) is None


def test_of_a_secret_that_no_commit_holds_nothing_is_said(offered):
    client, fix = offered()
    assert client.result("workspace/executeCommand", fix["command"]) is None
    wrong = {"command": fix["command"]["command"], "arguments": ["nonsense"]}
    assert client.ask("workspace/executeCommand", wrong)["error"]["code"] == -32602
