"""A person's look, from an editor: asked for, seen above the code, signed with a real key, stale when the code changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time

import pytest
import signers
from servers import environment, found, rules

from vetline import agents, stores
from vetline.ledger import Kind

LOAD = "python/unsafe-yaml-load"
TEXT = "import yaml\n\n\ndef load(path):\n    return yaml.load(open(path))\n\n\ndef other():\n    return 1\n"
EXECUTE = "workspace/executeCommand"

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no OpenSSH here")


@pytest.fixture
def bo(tmp_path, workspace):
    """Somebody who may sign, as what is committed says; Ada, who works here, is another one."""
    someone = signers.person(tmp_path / "keys", "bo@example.org", signers.PASSPHRASE)
    (workspace / ".vetline").mkdir()
    (workspace / ".vetline" / "allowed_signers").write_text(someone.line())
    (workspace / "a.py").write_text(TEXT)
    for words in (("add", "-A"), ("commit", "-q", "-m", "work")):
        subprocess.run(["git", "-C", str(workspace), *words], check=True)
    return someone


@pytest.fixture
def person(tmp_path, monkeypatch, bo):
    """The surroundings of somebody who has Bo's key and types its passphrase; gives how often they were asked."""
    for name in (sign for agent in agents.all_agents() for sign in agent.SIGNS):
        monkeypatch.delenv(name, raising=False)
    asked = signers.answers(monkeypatch, tmp_path)
    return {**environment(tmp_path), "VETLINE_GATE_SIGNING_KEY": str(bo.key)}, asked


def at_work(start, workspace, env, text=TEXT, capabilities=None):
    client = start(env=env)
    client.initialize(workspace, capabilities or {}, initializationOptions={"scope": "all"})
    uri = (workspace / "a.py").as_uri()
    client.open(uri, text)
    client.diagnosed(uri, found(LOAD) if "yaml.load" in text else lambda items: True)
    return client, uri


def run(client, command, *arguments):
    return client.result(EXECUTE, {"command": f"vetline.{command}", "arguments": [*arguments]})


def refused(client, command, argument):
    """Why a command is refused; the person is told the same."""
    asked = {"command": f"vetline.{command}", "arguments": [argument]}
    error = client.ask(EXECUTE, asked, 60)["error"]
    assert error["code"] == -32602
    assert "\n" not in error["message"]
    return error["message"].removeprefix("Invalid Params: ")


def lenses(client, uri):
    return client.result("textDocument/codeLens", {"textDocument": {"uri": uri}})


def titles(client, uri):
    return [lens["command"]["title"] for lens in lenses(client, uri)]


def until(look, wanted, seconds=30):
    """Ask again until it is so."""
    deadline = time.monotonic() + seconds
    while not wanted(seen := look()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.05)
    return seen


def asked_for(client, uri):
    """Ask for a review of the finding; gives the request's id."""
    (item,) = (one for one in client.diagnostics[uri] if one["code"] == LOAD)
    target = {"uri": uri, "fingerprint": item["data"]["fingerprint"], "note": "is the file ours?"}
    return run(client, "requestReview", target)["id"]


def lens(client, uri, title):
    return next(one for one in lenses(client, uri) if one["command"]["title"].startswith(title))


# -- the whole way


def test_a_finding_is_asked_about_approved_gone_and_comes_back_when_the_code_changes(
    start, workspace, person, bo
):
    env, asked = person
    client, uri = at_work(start, workspace, env)
    request = asked_for(client, uri)
    (item,) = client.diagnosed(uri, lambda items: items and "requested" in items[0]["message"])
    assert item["message"].endswith("[review requested by Ada]")
    assert item["data"]["review"]["status"] == "pending"
    assert titles(client, uri) == ["review requested by Ada", "Approve…", "Reject…"]
    above = lens(client, uri, "Approve")
    assert above["range"]["start"]["line"] == 3, "above the function"

    done = client.result(EXECUTE, above["command"], 120)
    assert (done["id"], done["status"], done["signed"]) == (request, "approved", True)
    assert done["by"] == "bo@example.org"
    assert asked.read_text(), "somebody typed a passphrase"
    client.diagnosed(uri, lambda items: items == [])
    assert lenses(client, uri) == [], "what is decided and unchanged says nothing"
    files = sorted(path.name for path in (workspace / ".vetline/reviews" / request).iterdir())
    assert len(files) == 2
    assert "request.json" in files

    # Elsewhere in the file anything may change.
    client.edit(uri, (8, 11), (8, 12), "2")
    client.edit(uri, (0, 0), (0, 0), "# a line above\n")
    client.result("textDocument/codeLens", {"textDocument": {"uri": uri}})
    assert client.diagnostics[uri] == []

    client.edit(uri, (5, 4), (5, 4), "path = path.strip()\n    ")
    (item,) = client.diagnosed(uri, found(LOAD))
    (item,) = client.diagnosed(uri, lambda items: items and "stale" in items[0]["message"])
    assert item["message"].endswith("[review is stale: load was changed since]")
    assert item["data"]["review"]["status"] == "stale"
    assert titles(client, uri) == [
        "review is stale: load was changed since",
        "Approve…",
        "Reject…",
    ]
    # As it was, it is approved again, without anybody's doing.
    client.edit(uri, (5, 4), (6, 4), "")
    client.diagnosed(uri, lambda items: items == [])


def test_a_rejection_stays_beside_the_finding(start, workspace, person):
    env, _ = person
    client, uri = at_work(start, workspace, env)
    asked_for(client, uri)
    target = lens(client, uri, "Reject")["command"]["arguments"][0]
    done = run(client, "rejectReview", {**target, "note": "use safe_load"})
    assert done["status"] == "rejected"
    (item,) = client.diagnosed(uri, lambda items: items and "rejected" in items[0]["message"])
    assert "[rejected by bo@example.org: use safe_load]" in item["message"]
    assert lenses(client, uri) == []


def test_whoever_asked_takes_it_back(start, workspace, person):
    env, asked = person
    client, uri = at_work(start, workspace, env)
    request = asked_for(client, uri)
    assert run(client, "withdrawReview", {"request": request})["status"] == "withdrawn"
    client.diagnosed(uri, lambda items: items and "review" not in items[0]["message"])
    assert lenses(client, uri) == []
    assert not asked.exists(), "nothing is signed for that"


# -- who cannot


def test_who_drives_the_client_cannot_approve_without_the_passphrase(
    start, workspace, person, tmp_path
):
    env, _ = person
    silent = {name: value for name, value in env.items() if name not in ("SSH_ASKPASS", "DISPLAY")}
    client, uri = at_work(start, workspace, silent)
    request = asked_for(client, uri)
    assert "passphrase" in refused(client, "approveReview", {"request": request})
    assert "passphrase" in until(
        lambda: client.notes("window/showMessage")["message"], lambda said: "signed" in said
    )
    (item,) = client.diagnostics[uri]
    assert item["data"]["review"]["status"] == "pending"
    assert [path.name for path in (workspace / ".vetline/reviews" / request).iterdir()] == [
        "request.json"
    ]


def test_a_key_that_asks_nobody_does_not_sign_for_an_editor(start, workspace, person, bo):
    env, _ = person
    command = ["ssh-keygen", "-q", "-p", "-P", signers.PASSPHRASE, "-N", "", "-f", str(bo.key)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    client, uri = at_work(start, workspace, env)
    why = refused(client, "approveReview", {"request": asked_for(client, uri)})
    assert "has no passphrase" in why


def test_who_asked_does_not_approve(start, workspace, person, bo):
    env, asked = person
    own = ["git", "-C", str(workspace), "config", "user.email", "bo@example.org"]
    subprocess.run(own, check=True)
    client, uri = at_work(start, workspace, env)
    why = refused(client, "approveReview", {"request": asked_for(client, uri)})
    assert "somebody else has to" in why
    assert not asked.exists(), "nobody is asked for a passphrase in vain"


def test_an_agent_that_runs_the_editor_does_not_approve(start, workspace, person):
    env, _ = person
    sign = next(name for agent in agents.all_agents() for name in agent.SIGNS)
    client, uri = at_work(start, workspace, {**env, sign: "1"})
    assert "a person" in refused(client, "approveReview", {"request": asked_for(client, uri)})


def test_what_was_not_shown_is_not_signed(start, workspace, person):
    env, asked = person
    client, uri = at_work(start, workspace, env)
    asked_for(client, uri)
    command = lens(client, uri, "Approve")["command"]
    client.edit(uri, (4, 4), (4, 4), "path = path.strip()\n    ")
    assert "changed since it was shown" in refused(client, "approveReview", command["arguments"][0])
    # As shown now, but not what is on the disk.
    until(lambda: titles(client, uri), lambda said: said and "stale" in said[0])
    now = lens(client, uri, "Approve")["command"]["arguments"][0]
    assert "save the file first" in refused(client, "approveReview", now)
    assert not asked.exists()


def test_a_change_that_is_saved_can_be_approved_as_it_is_now(start, workspace, person):
    env, _ = person
    client, uri = at_work(start, workspace, env)
    asked_for(client, uri)
    client.edit(uri, (4, 4), (4, 4), "path = path.strip()\n    ")
    (workspace / "a.py").write_text(
        TEXT.replace("    return y", "    path = path.strip()\n    return y")
    )
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    until(lambda: titles(client, uri), lambda said: said and "stale" in said[0])
    command = lens(client, uri, "Approve")["command"]
    assert client.result(EXECUTE, command, 120)["status"] == "approved"
    client.diagnosed(uri, lambda items: items == [])


# -- asking for what nothing was found in


def test_a_selection_and_a_place_can_be_asked_about(start, workspace, person):
    env, _ = person
    client, uri = at_work(start, workspace, env)
    action = client.actions(uri, (8, 4), (8, 10))[-1]
    assert action["title"] == "Request human security review of other"
    assert action["kind"] == "review.vetline"
    answer = client.result(EXECUTE, action["command"])
    assert answer["requester"] == "Ada"
    until(lambda: titles(client, uri), lambda said: "review requested by Ada" in said)
    above = lens(client, uri, "Approve")
    assert above["range"]["start"]["line"] == 7
    assert client.result(EXECUTE, action["command"])["id"] == answer["id"], "asked twice is once"
    assert client.result(EXECUTE, above["command"], 120)["status"] == "approved"
    assert lenses(client, uri) == []
    (item,) = client.diagnostics[uri]
    assert item["data"]["review"] is None, "the finding next door is not approved by that"


def context(client, uri, line, **more):
    at = {"line": line, "character": 0}
    params = {"textDocument": {"uri": uri}, "range": {"start": at, "end": at}}
    params["context"] = {"diagnostics": [], **more}
    return [one["title"] for one in client.result("textDocument/codeAction", params)]


def test_nothing_is_offered_to_who_only_passes_by(start, workspace, person):
    client, uri = at_work(start, workspace, person[0])
    wish = "Request human security review of other"
    assert context(client, uri, 8) == []
    assert context(client, uri, 8, triggerKind=2) == []
    assert context(client, uri, 8, triggerKind=1) == [wish]
    assert context(client, uri, 8, only=["review"]) == [wish]
    assert context(client, uri, 8, only=["quickfix"], triggerKind=1) == []


def test_several_functions_are_lines(start, workspace, person):
    client, uri = at_work(start, workspace, person[0])
    action = client.actions(uri, (3, 0), (8, 5))[-1]
    assert action["title"] == "Request human security review of lines 4-9"
    run(client, "requestReview", *action["command"]["arguments"])
    assert until(lambda: titles(client, uri), bool)[0] == "review requested by Ada"


# -- seeing


def test_a_request_is_shown_and_listed(start, workspace, person):
    client, uri = at_work(start, workspace, person[0])
    request = asked_for(client, uri)
    run(client, "showReview", {"request": request})
    said = until(
        lambda: client.notes("window/showMessage")["message"], lambda said: said.startswith(request)
    )
    assert f"{request}: review of load ({LOAD}) requested by Ada at 20" in said
    assert ": is the file ours?\npending: nobody has decided yet" in said
    (listed,) = run(client, "listReviews")["reviews"]
    assert listed["id"] == request
    assert (listed["status"], listed["path"], listed["symbol"]) == ("pending", "a.py", "load")
    assert listed["lines"] == {"start": 4, "end": 5}
    assert client.notes("window/showMessage")["message"] == (
        f"{request} a.py:4 review requested by Ada"
    )


def test_a_quiet_list_says_nothing(start, workspace, person):
    client, uri = at_work(start, workspace, person[0])
    request = asked_for(client, uri)
    until(lambda: client.notes("window/showMessage")["message"], lambda said: "requested" in said)
    assert len(run(client, "listReviews", {"quiet": True})["reviews"]) == 1
    run(client, "showReview", {"request": request})
    assert client.notes("window/showMessage")["message"].startswith(f"{request}: "), "the next one"


def test_a_refusal_that_was_shown_says_so(start, workspace, person):
    """Who shows errors of commands does not show it twice; a fault of the client's is not shown to the person."""
    client, uri = at_work(start, workspace, person[0])
    request = asked_for(client, uri)
    for argument, data in (
        ({"request": request, "digest": "another"}, {"shown": True}),
        ({}, None),
    ):
        asked = {"command": "vetline.approveReview", "arguments": [argument]}
        assert client.ask(EXECUTE, asked, 60)["error"].get("data") == data


def test_what_is_decided_is_listed_all_the_same(start, workspace, person):
    client, uri = at_work(start, workspace, person[0])
    request = asked_for(client, uri)
    run(client, "approveReview", {"request": request})
    assert [one["status"] for one in run(client, "listReviews")["reviews"]] == ["approved"]


def test_files_that_come_from_elsewhere_are_seen(start, workspace, person, tmp_path):
    """A colleague's decision arrives with git: who watches files is told, and who cannot watch sees it at a save."""
    env, _ = person
    client, uri = at_work(start, workspace, env)
    request = asked_for(client, uri)
    command = [sys.executable, "-m", "vetline", "review", "approve", request]
    subprocess.run(command, cwd=workspace, env=env, check=True, capture_output=True, timeout=120)
    (made,) = {*(workspace / ".vetline/reviews" / request).iterdir()} - {
        workspace / ".vetline/reviews" / request / "request.json"
    }
    change = {"uri": made.as_uri(), "type": 1}
    client.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
    client.diagnosed(uri, lambda items: items == [])
    away = tmp_path / made.name
    made.rename(away)
    (workspace / ".git/vetline").rename(tmp_path / "vetline")
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    client.diagnosed(uri, found(LOAD))
    away.rename(made)
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    client.diagnosed(uri, lambda items: items == [])


def test_the_files_are_watched_where_the_client_can(start, workspace, person):
    can = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    client, _ = at_work(start, workspace, person[0], capabilities=can)
    told = until(
        lambda: [one for one in client.requests if one["method"] == "client/registerCapability"],
        bool,
    )
    assert "**/.vetline/reviews/**" in json.dumps(told)
    assert "**/allowed_signers" in json.dumps(told)


@pytest.mark.parametrize(
    ("command", "argument"),
    [
        ("approveReview", {}),
        ("approveReview", "nonsense"),
        ("approveReview", {"request": "0" * 12}),
        ("rejectReview", {"request": ["x"]}),
        ("withdrawReview", {"request": None}),
        ("showReview", {}),
        ("requestReview", {"uri": "file:///nowhere.py", "range": {}}),
        ("requestReview", {"range": {}}),
        ("listReviews", 7),
    ],
)
def test_wrong_arguments_are_the_clients_fault(start, workspace, person, command, argument):
    client, _ = at_work(start, workspace, person[0])
    assert refused(client, command, argument)


def test_a_range_that_is_none_is_refused(start, workspace, person):
    client, uri = at_work(start, workspace, person[0])
    for place in ({}, 7, {"start": 1}, {"start": {"line": -1}, "end": {}}):
        assert "range must be" in refused(client, "requestReview", {"uri": uri, "range": place})


# -- hostile files


def test_a_forged_approval_shows_why_it_does_not_count(start, workspace, person, tmp_path):
    env, _ = person
    client, uri = at_work(start, workspace, env)
    request = asked_for(client, uri)
    assert run(client, "approveReview", {"request": request})["status"] == "approved"
    folder = workspace / ".vetline/reviews" / request
    (made,) = (path for path in folder.iterdir() if path.name != "request.json")
    signed = json.loads(made.read_text())
    (workspace / ".git/vetline").rename(tmp_path / "vetline")
    mallory = signers.person(tmp_path / "keys", "mallory@example.org")
    forged = mallory.sign(b"anything")
    made.write_text(json.dumps({**signed, "signature": forged}))
    (folder / "garbage.json").write_text("{" * 100_000)
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    (item,) = client.diagnosed(uri, lambda items: items and "count" in items[0]["message"])
    assert "does not count" in item["message"]
    assert item["data"]["review"]["status"] == "invalid"
    assert rules(client.diagnostics[uri]) == [LOAD]


# -- what a save tells the ledger

GATED = '[tool.vetline.gate]\nblock = ["secret/*"]\n'


def told(workspace, kind):
    """The events of a kind: what they are about, their rule, and why where something ended."""
    return [
        (event.subject, event.payload["rule"], event.payload.get("why", ""))
        for event in stores.read(stores.locate(workspace), [kind])
    ]


def save(client, uri, path, text):
    client.change(uri, [{"text": text}])
    path.write_text(text)
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})


def test_a_save_tells_what_came_and_went(start, workspace, person):
    (workspace / "pyproject.toml").write_text(GATED)
    client, uri = at_work(start, workspace, person[0])
    path = workspace / "a.py"
    save(client, uri, path, TEXT)
    save(client, uri, path, TEXT)  # twice in a moment
    opened = until(lambda: told(workspace, Kind.FINDING_OPENED), bool)
    assert opened == [("a.py", LOAD, "")]
    save(client, uri, path, TEXT.replace("yaml.load", "yaml.safe_load"))
    closed = until(lambda: told(workspace, Kind.FINDING_CLOSED), bool)
    assert closed == [("a.py", LOAD, "gone")]
    assert told(workspace, Kind.FINDING_OPENED) == opened
    assert told(workspace, Kind.GATE_JUDGED) == [], "an editor judges nothing"


def test_without_a_gate_a_save_tells_nothing(start, workspace, person):
    """Two projects of one repository; what is saved first, where no gate is, is not told when the other is."""
    gated = workspace / "gated"
    gated.mkdir()
    (gated / "vetline.toml").write_text("[gate]\nblock = ['secret/*']\n")
    (gated / "b.py").write_text(TEXT)
    client, uri = at_work(start, workspace, person[0])
    other = (gated / "b.py").as_uri()
    client.open(other, TEXT)
    client.diagnosed(other, found(LOAD))
    save(client, uri, workspace / "a.py", TEXT)
    save(client, other, gated / "b.py", TEXT)
    opened = until(lambda: told(workspace, Kind.FINDING_OPENED), bool)
    assert opened == [("gated/b.py", LOAD, "")]


def test_what_was_not_saved_is_not_told(start, workspace, person):
    """Who types on at once leaves it to the next save."""
    (workspace / "pyproject.toml").write_text(GATED)
    client, uri = at_work(start, workspace, person[0])
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    client.edit(uri, (8, 11), (8, 12), "2")
    save(client, uri, workspace / "a.py", TEXT.replace("return 1", "return yaml.load(x)"))
    opened = until(lambda: told(workspace, Kind.FINDING_OPENED), bool)
    assert len(opened) == 2, "one look, at what was saved last"
