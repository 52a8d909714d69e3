"""What a person can do about a finding: fix it, ask for a review, suppress it, read its page."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys

import pytest
from servers import environment, found, notebook, rules

LOAD = "python/unsafe-yaml-load"
TEXT = "import yaml\n\n\ndef load(path):\n    return yaml.load(open(path))\n"
RESOLVE = {"textDocument": {"codeAction": {"resolveSupport": {"properties": ["edit"]}}}}


def titled(actions, start):
    return next(action for action in actions if action["title"].startswith(start))


@pytest.fixture
def uri(client, workspace):
    path = workspace / "a.py"
    path.write_text(TEXT)
    client.open(path.as_uri(), TEXT)
    client.diagnosed(path.as_uri(), found(LOAD))
    return path.as_uri()


def test_a_finding_offers_fix_review_suppression_and_page(client, uri):
    actions = client.actions(uri, (4, 15))
    assert [action["title"].partition(":")[0] for action in actions] == [
        "Fix",
        "Request human security review",
        "Suppress with reason…",
        "Open rule page",
    ]
    assert titled(actions, "Fix")["isPreferred"] is True
    assert not titled(actions, "Suppress").get("isPreferred")
    assert client.actions(uri, (0, 0)) == []


def test_the_fix_is_given_at_once_to_clients_that_cannot_resolve(client, uri):
    edit = titled(client.actions(uri, (4, 15)), "Fix")["edit"]
    assert edit["changes"][uri][0]["newText"] == "safe_load"


def test_the_fix_is_resolved_for_those_that_can(start, workspace):
    client = start()
    client.initialize(workspace, RESOLVE, initializationOptions={"scope": "all"})
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TEXT)
    client.diagnosed(uri, found(LOAD))
    action = titled(client.actions(uri, (4, 15)), "Fix")
    assert "edit" not in action
    resolved = client.result("codeAction/resolve", action)
    assert resolved["edit"]["changes"][uri][0]["newText"] == "safe_load"
    # The evidence is gone: the fix is refused, not misplaced.
    client.edit(uri, (4, 0), (4, 99), "    return path")
    client.diagnosed(uri, lambda items: items == [])
    assert "no longer applies" in client.ask("codeAction/resolve", action)["error"]["message"]


TWO = "import yaml\n\n\ndef load(path):\n    return [yaml.load(path), yaml.load(open(path))]\n"


def on_save(client, uri, *only):
    """The code actions of some kinds, for a whole document, as when it is saved."""
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    context = {"diagnostics": [], "only": list(only), "triggerKind": 2}
    params = {"textDocument": {"uri": uri}, "range": place, "context": context}
    return client.result("textDocument/codeAction", params)


@pytest.mark.parametrize("kind", ["source", "source.fixAll", "source.fixAll.vetline"])
def test_all_that_is_safe_is_fixed_at_once(client, workspace, kind):
    assert "source.fixAll.vetline" in client.capabilities["codeActionProvider"]["codeActionKinds"]
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TWO)
    client.diagnosed(uri, found(LOAD))
    (action,) = on_save(client, uri, kind)
    assert action["kind"] == "source.fixAll.vetline"
    edits = action["edit"]["changes"][uri]
    assert [(e["range"]["start"]["character"], e["newText"]) for e in edits] == [
        (17, "safe_load"), (34, "safe_load")]  # fmt: skip
    for edit in reversed(edits):
        start, end = edit["range"]["start"], edit["range"]["end"]
        place = [(at["line"], at["character"]) for at in (start, end)]
        client.edit(uri, *place, edit["newText"])
    client.diagnosed(uri, lambda items: items == [])
    assert on_save(client, uri, kind) == []


@pytest.mark.parametrize("kind", ["source.organizeImports", "source.fixAll.other", "refactor"])
def test_who_asks_for_other_kinds_is_offered_nothing(client, uri, kind):
    assert on_save(client, uri, kind) == []


def test_quick_fixes_alone_are_quick_fixes(client, uri):
    assert {action["kind"] for action in on_save(client, uri, "quickfix")} == {"quickfix"}


def test_the_edit_of_all_fixes_is_of_one_version(start, workspace):
    client = start()
    client.initialize(workspace, RESOLVE, initializationOptions={"scope": "all"})
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TWO)
    client.diagnosed(uri, found(LOAD))
    action = titled(client.actions(uri, (4, 20)), "Fix all")
    assert action["title"] == "Fix all that can be fixed safely (2)"
    assert "edit" not in action
    resolved = client.result("codeAction/resolve", action)
    assert len(resolved["edit"]["changes"][uri]) == 2
    client.edit(uri, (0, 0), (0, 0), "# above\n")
    assert "no longer applies" in client.ask("codeAction/resolve", action)["error"]["message"]


def test_what_is_only_a_hint_is_not_fixed_with_the_rest(start, workspace):
    client = start()
    client.initialize(workspace)  # the scope is `ai`
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TWO)
    client.diagnosed(uri, found(LOAD))
    assert on_save(client, uri, "source.fixAll") == []


def test_a_notebooks_cell_is_fixed_alone(client, workspace):
    _, cells, opened = notebook(
        workspace, "import yaml\n", "%time\nyaml.load(a)\n", "yaml.load(b)\n"
    )
    client.notify("notebookDocument/didOpen", opened)
    client.diagnosed(cells[2], found(LOAD))
    (action,) = on_save(client, cells[1], "source.fixAll")
    assert [*action["edit"]["changes"]] == [cells[1]]
    (edit,) = action["edit"]["changes"][cells[1]]
    assert edit["range"]["start"] == {"line": 1, "character": 5}


def test_suppression_asks_for_a_reason_and_then_silences(client, uri):
    change = titled(client.actions(uri, (4, 15)), "Suppress")["edit"]["changes"][uri][0]
    assert change["newText"] == f'  # vetline: allow[{LOAD}] reason=""'
    place = change["range"]["start"]
    at = (place["line"], place["character"])
    client.edit(uri, at, at, change["newText"])
    client.diagnosed(uri, lambda items: {"suppression/no-reason", LOAD} <= set(rules(items)))
    quote = at[1] + len(change["newText"]) - 1
    client.edit(uri, (4, quote), (4, quote), "the file is ours")
    client.diagnosed(uri, lambda items: items == [])


def test_a_review_is_recorded_shown_and_survives_a_restart(client, uri, start, workspace, tmp_path):
    action = titled(client.actions(uri, (4, 15)), "Request")
    answer = client.result("workspace/executeCommand", action["command"])
    assert answer["requester"] == "Ada"
    (there,) = client.diagnosed(
        uri, lambda items: items and "review requested" in items[0]["message"]
    )
    assert "review requested by Ada" in there["message"]
    lenses = client.result("textDocument/codeLens", {"textDocument": {"uri": uri}})
    titles = [lens["command"]["title"] for lens in lenses]
    assert titles == ["review requested by Ada", "Approve…", "Reject…"]

    ledger = workspace / ".git" / "vetline" / "ledger.db"
    assert ledger.stat().st_mode & 0o077 == 0
    with sqlite3.connect(ledger) as database, pytest.raises(sqlite3.DatabaseError):
        database.execute("DELETE FROM event")
    database.close()
    assert b"yaml.load(open" not in ledger.read_bytes(), "the ledger keeps digests, not code"

    again = start()
    again.initialize(workspace, initializationOptions={"scope": "all"})
    again.open(uri, "# a line above\n" + TEXT)
    (there,) = again.diagnosed(
        uri, lambda items: items and "review requested" in items[0]["message"]
    )
    assert there["range"]["start"]["line"] == 5

    listed = subprocess.run(
        [sys.executable, "-m", "vetline", "review", "list", "--output-format", "json"],
        cwd=workspace,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    (request,) = json.loads(listed.stdout)["requests"]
    assert LOAD in json.dumps(request)


def test_asking_twice_is_one_request(client, uri, workspace):
    command = titled(client.actions(uri, (4, 15)), "Request")["command"]
    first = client.result("workspace/executeCommand", command)
    assert client.result("workspace/executeCommand", command) == first


def test_two_servers_write_one_ledger(start, workspace, client, uri):
    other = start()
    other.initialize(workspace, initializationOptions={"scope": "all"})
    second = (workspace / "b.py").as_uri()
    other.open(second, TEXT)
    other.diagnosed(second, found(LOAD))
    for one, where in ((client, uri), (other, second)):
        command = titled(one.actions(where, (4, 15)), "Request")["command"]
        assert one.result("workspace/executeCommand", command)["id"]
    with sqlite3.connect(workspace / ".git" / "vetline" / "ledger.db") as database:
        assert database.execute("SELECT count(*) FROM event").fetchone() == (2,)
    database.close()


def test_a_locked_ledger_is_said_and_nothing_hangs(client, uri, workspace):
    command = titled(client.actions(uri, (4, 15)), "Request")["command"]
    client.result("workspace/executeCommand", command)
    database = sqlite3.connect(workspace / ".git" / "vetline" / "ledger.db")
    database.execute("BEGIN IMMEDIATE")
    try:
        other = (workspace / "b.py").as_uri()
        client.open(other, TEXT)
        client.diagnosed(other, found(LOAD))
        command = titled(client.actions(other, (4, 15)), "Request")["command"]
        answer = client.ask("workspace/executeCommand", command, timeout=15)
    finally:
        database.rollback()
        database.close()
    assert "\n" not in answer["error"]["message"]
    assert client.result("workspace/executeCommand", command)["id"], "and it works afterwards"


def test_a_git_directory_that_cannot_be_written_loses_no_request(start, workspace, tmp_path):
    # A file where the folder should be stops every user, root too.
    (workspace / ".git" / "vetline").write_text("")
    client = start()
    client.initialize(workspace, initializationOptions={"scope": "all"})
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TEXT)
    client.diagnosed(uri, found(LOAD))
    command = titled(client.actions(uri, (4, 15)), "Request")["command"]
    assert client.result("workspace/executeCommand", command)["id"]
    said = client.notes("window/showMessage")
    assert ".git/vetline" in said["message"]
    assert said["type"] == 2, "a warning: clients may keep what is only good news to themselves"
    assert list((tmp_path / "state").rglob("ledger.db"))
    assert client.diagnosed(uri, lambda items: "review requested by Ada" in items[0]["message"])


def test_the_page_of_a_rule(client, uri):
    hover = client.result(
        "textDocument/hover",
        {"textDocument": {"uri": uri}, "position": {"line": 4, "character": 15}},
    )
    said = hover["contents"]["value"]
    parts = (
        "What to do",
        "Bad:",
        "Good:",
        "CWE-502",
        "OWASP Top 10: A08:2021",
        "# vetline: allow[",
    )
    assert [part for part in parts if part not in said] == []
    assert "\n#" not in said, "no headings beside the code"
    action = titled(client.actions(uri, (4, 15)), "Open rule page")
    page = client.result("workspace/executeCommand", action["command"])
    assert page["uri"].endswith("python-unsafe-yaml-load.md")
    assert client.notes("window/showMessage")["message"]
    unknown = {"command": "vetline.openRulePage", "arguments": ["no/rule"]}
    assert "no/rule" in client.ask("workspace/executeCommand", unknown)["error"]["message"]


def test_a_scan_of_the_workspace_shows_files_that_are_not_open(client, workspace):
    (workspace / "closed.py").write_text("import yaml\nyaml.load(x)\n")
    (workspace / "broken.py").write_bytes(b"\xff\xfe\x00")
    result = client.result(
        "workspace/executeCommand",
        {"command": "vetline.scanWorkspace", "arguments": [], "workDoneToken": 1},
    )
    assert result["findings"] >= 1
    assert LOAD in rules(client.diagnosed((workspace / "closed.py").as_uri(), found(LOAD)))
    kinds = [client.notes("$/progress")["value"]["kind"]]
    while kinds[-1] != "end":
        kinds.append(client.notes("$/progress")["value"]["kind"])
    assert kinds[0] == "begin"


def test_a_fix_resolved_right_after_an_edit_is_for_the_text_as_it_is(start, workspace):
    client = start()
    client.initialize(workspace, RESOLVE, initializationOptions={"scope": "all"})
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TEXT)
    client.diagnosed(uri, found(LOAD))
    action = titled(client.actions(uri, (4, 15)), "Fix")
    client.edit(uri, (0, 0), (0, 0), "# one\n# two\n")
    answer = client.ask("codeAction/resolve", action)
    if "result" in answer:  # not refused: then it must be where the call is now
        (change,) = answer["result"]["edit"]["changes"][uri]
        assert change["range"]["start"]["line"] == 6
        assert change["newText"] == "safe_load"


def test_a_review_in_a_notebook_is_shown_on_its_cell(start, workspace):
    client = start()
    client.initialize(
        workspace,
        {"notebookDocument": {"synchronization": {}}},
        initializationOptions={"scope": "all"},
    )
    _, cells, opened = notebook(workspace, "import yaml", TEXT)
    client.notify("notebookDocument/didOpen", opened)
    client.diagnosed(cells[1], found(LOAD))
    command = titled(client.actions(cells[1], (4, 15)), "Request")["command"]
    assert client.result("workspace/executeCommand", command)["requester"] == "Ada"
    client.diagnosed(
        cells[1], lambda items: items and "review requested by Ada" in items[0]["message"]
    )
    (lens,) = client.result("textDocument/codeLens", {"textDocument": {"uri": cells[1]}})
    assert lens["range"]["start"]["line"] == 3, "above the function that is to be reviewed"


def scan(client):
    command = {"command": "vetline.scanWorkspace", "arguments": []}
    return client.result("workspace/executeCommand", command)


def test_a_second_scan_takes_down_what_was_mended(client, workspace):
    path = workspace / "closed.py"
    path.write_text("import yaml\nyaml.load(x)\n")
    assert scan(client)["findings"] == 1
    client.diagnosed(path.as_uri(), found(LOAD))
    path.write_text("import yaml\nyaml.safe_load(x)\n")
    assert scan(client)["findings"] == 0
    client.diagnosed(path.as_uri(), lambda items: items == [])


def test_a_scan_leaves_open_documents_alone_however_their_uri_is_spelt(client, workspace):
    path = workspace / "a+b@c.py"
    path.write_text("import yaml\nyaml.load(old)\n")
    spelt = path.as_uri().replace("%2B", "+").replace("%40", "@")
    client.open(spelt, "x = 1\n")
    assert scan(client)["findings"] == 0


def test_wrong_arguments_are_the_clients_fault(client, uri):
    for command in ("vetline.requestReview", "vetline.showReview"):
        wrong = {"command": command, "arguments": ["nonsense"]}
        assert client.ask("workspace/executeCommand", wrong)["error"]["code"] == -32602


def test_a_secret_in_a_note_is_not_kept(client, uri, workspace):
    secret = "AKIA" + "Q3EGRIW2JU7PLZXB"
    command = titled(client.actions(uri, (4, 15)), "Request")["command"]
    command["arguments"][0]["note"] = f"is {secret} fine?"
    client.result("workspace/executeCommand", command)
    for file in (workspace / ".git" / "vetline").rglob("*"):
        assert file.is_dir() or secret.encode() not in file.read_bytes()
