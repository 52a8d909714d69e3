"""docs/protocol.md is the contract: a client that knows the page and nothing else, and a server that keeps to it."""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import shutil
import subprocess
import threading
from pathlib import Path

import attrs
import pytest
import signers
from contract import Contract
from servers import SERVER, environment

from vetline import agents
from vetline.doors.lsp import features, messages
from vetline.doors.lsp.server import Server

PAGE = Contract(Path(__file__).parents[2] / "docs" / "protocol.md")
LOAD = "python/unsafe-yaml-load"
TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"  # the form of one; nobody's
TEXT = "import yaml\n\n\ndef load(path):\n    return yaml.load(open(path))\n"
BLOCK = f'\n\ndef fetch(path):\n    token = "{TOKEN}"\n    return yaml.load(open(path + token))\n'
REQUEST = "vetline/review"
_SECONDS = 60


class Raw:
    """A client of the page: headers, JSON, an answer of null to whatever the server asks."""

    def __init__(self, env):
        self.process = subprocess.Popen(
            SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
        )
        self._ids = itertools.count(1)
        self._answers, self.told, self._news = {}, [], threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def ask(self, method, params):
        id_ = next(self._ids)
        self._answers[id_] = queue.Queue()
        self.send(id=id_, method=method, params=params)
        return self._answers[id_].get(timeout=_SECONDS)

    def result(self, method, params):
        answer = self.ask(method, params)
        assert "error" not in answer, (method, answer)
        return answer["result"]

    def run(self, command, *arguments):
        return self.result(
            "workspace/executeCommand", {"command": command, "arguments": [*arguments]}
        )

    def told_of(self, method, wanted=lambda params: True, after=0):
        """The params of a notification that is wanted, of those behind so many; waits for it."""

        def found():
            meant = (one for one in self.told[after:] if one["method"] == method)
            return next((one["params"] for one in meant if wanted(one["params"])), None)

        with self._news:
            assert self._news.wait_for(lambda: found() is not None, _SECONDS), method
        return found()

    def close(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                stream.close()

    def _read(self):
        stream = self.process.stdout
        while line := stream.readline():
            length = 0
            while line.strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                line = stream.readline()
            message = json.loads(stream.read(length))
            if "method" not in message:
                self._answers[message["id"]].put(message)
                continue
            with self._news:
                self.told.append(message)
                self._news.notify_all()
            if "id" in message:
                self.send(id=message["id"], result=None)


@pytest.fixture
def raw(tmp_path, workspace, monkeypatch):
    """The client, its server and its folder, where Bo may sign and works with Ada's name in git."""
    for name in (sign for agent in agents.all_agents() for sign in agent.SIGNS):
        monkeypatch.delenv(name, raising=False)
    bo = signers.person(tmp_path / "keys", "bo@example.org", signers.PASSPHRASE)
    (workspace / ".vetline").mkdir()
    (workspace / ".vetline" / "allowed_signers").write_text(bo.line())
    (workspace / "a.py").write_text(TEXT)
    for words in (("add", "-A"), ("commit", "-q", "-m", "work")):
        subprocess.run(["git", "-C", str(workspace), *words], check=True)
    signers.answers(monkeypatch, tmp_path)
    made = Raw({**environment(tmp_path), "VETLINE_GATE_SIGNING_KEY": str(bo.key)})
    yield made
    made.close()


def as_the_page_says(value, fields, where):
    assert [*PAGE.faults(value, fields, where)] == []


needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no OpenSSH here")


# -- the server keeps to the page


@pytest.fixture
def work(raw, workspace):
    """A document with a function that a person wrote and one that an AI did; gives its URI."""
    can = {
        "general": {"positionEncodings": ["utf-8"]},
        "textDocument": {"publishDiagnostics": {"relatedInformation": True}},
    }
    folder = {"uri": workspace.as_uri(), "name": "shop"}
    done = raw.result(
        "initialize",
        {"processId": None, "rootUri": None, "capabilities": can, "workspaceFolders": [folder],
         "initializationOptions": {"scope": "all"}},
    )  # fmt: skip
    raw.capabilities = done["capabilities"]
    raw.send(method="initialized", params={})
    uri = (workspace / "a.py").as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": TEXT}
    raw.send(method="textDocument/didOpen", params={"textDocument": item})
    end, versioned = {"line": 5, "character": 0}, {"uri": uri, "version": 2}
    change = {"range": {"start": end, "end": end}, "text": BLOCK}
    changed = {"textDocument": versioned, "contentChanges": [change]}
    raw.send(method="textDocument/didChange", params=changed)
    inserted = {
        "textDocument": versioned,
        "range": {"start": end, "end": {"line": 10, "character": 0}},
        "source": "chat", "agent": "copilot", "model": "m", "session": "s-1", "turn": "t",
    }  # fmt: skip
    as_the_page_says(inserted, PAGE.sections["vetline/didInsert"].fields, "didInsert")
    raw.send(method="vetline/didInsert", params=inserted)
    (workspace / "a.py").write_text(TEXT + BLOCK)
    raw.send(method="textDocument/didSave", params={"textDocument": {"uri": uri}})
    return uri


def found(raw, uri):
    """The diagnostics of the document when both of its faults are found."""

    def both(told):
        return told["uri"] == uri and [one["code"] for one in told["diagnostics"]].count(LOAD) == 2

    return raw.told_of("textDocument/publishDiagnostics", both)["diagnostics"]


def requested(raw, uri):
    """Ask for a review of what the AI wrote; gives the request's id."""
    ai = next(one for one in found(raw, uri) if one["code"] == LOAD and one["data"]["origin"])
    target = {"uri": uri, "fingerprint": ai["data"]["fingerprint"], "note": "ours?"}
    asked = raw.run("vetline.requestReview", target)
    assert asked.keys() == {"id", "requester"}
    return asked["id"]


def test_what_is_spoken_is_told(raw, work):
    spoken = raw.capabilities["experimental"]["vetline"]
    as_the_page_says(spoken, PAGE.sections["Versions"].fields, "vetline")
    assert spoken == PAGE.sections["Versions"].examples[0]
    assert raw.capabilities["positionEncoding"] == "utf-8"


def test_the_page_on_how_a_project_stands_is_as_the_page_has_it(raw, work):
    section = PAGE.sections["vetline/posture"]
    for params in ({}, {"uri": work}):
        as_the_page_says(params, section.fields, "posture")
        said = raw.result("vetline/posture", params)
        as_the_page_says(said, section.result, "posture")
        assert said["html"].startswith(section.examples[0]["html"])
        assert TOKEN not in said["html"]


def test_authors_and_diagnostics_are_as_the_page_has_them(raw, work):
    changed = raw.told_of("vetline/provenanceChanged")
    as_the_page_says(changed, PAGE.sections["vetline/provenanceChanged"].fields, "changed")
    said = raw.result("vetline/provenance", {"textDocument": {"uri": work}})
    as_the_page_says(said, PAGE.sections["vetline/provenance"].result, "provenance")
    assert [line["state"] for line in said["lines"]] == ["unknown"] * 5 + ["ai"] * 5
    for one in found(raw, work):
        as_the_page_says(one["data"], PAGE.sections["Diagnostics"].fields, one["code"])


@needs_ssh
def test_a_review_from_the_question_to_the_answer_is_as_the_page_has_it(raw, work):
    sheet_, review = (PAGE.sections[name].fields for name in ("Sheet", "Review"))
    id_ = requested(raw, work)
    assert raw.told_of("vetline/reviewsChanged") == {}
    sheet = raw.result(REQUEST, {"request": id_, "uri": work})
    as_the_page_says(sheet, sheet_, "sheet")
    assert sheet["code"]["text"] == BLOCK.strip().replace(TOKEN, "********")
    assert (sheet["code"]["start"], sheet["lines"]) == (8, {"start": 8, "end": 10})
    assert [line["agent"] for line in sheet["origins"]] == ["copilot"] * 3
    assert {one["line"] for one in sheet["findings"]} == {9, 10}
    assert sheet["decide"] == sheet["reject"] == {"may": True, "why": ""}
    before = len(raw.told)
    target = {"request": id_, "uri": work, "digest": sheet["digest"], "note": "it is ours"}
    done = raw.run("vetline.approveReview", target)
    as_the_page_says(done, review, "approved")
    assert (done["status"], done["digest"]) == ("approved", sheet["digest"])
    raw.told_of("vetline/reviewsChanged", after=before)
    sheet = raw.result(REQUEST, {"request": id_})
    as_the_page_says(sheet, sheet_, "sheet")
    assert sheet["decision"] == sheet["decisions"][0]
    for one in raw.run("vetline.listReviews", {"quiet": True})["reviews"]:
        as_the_page_says(one, review, "listed")


def test_sessions_are_as_the_page_has_them(raw, work):
    raw.told_of("vetline/provenanceChanged")
    said = raw.result("vetline/sessions", {"uri": work})
    as_the_page_says(said, PAGE.sections["vetline/sessions"].result, "sessions")
    (one,) = said["sessions"]
    assert (one["session"], one["agent"], one["lines"]) == ("s-1", "copilot", 5)
    assert one["files"] == [{"uri": work, "path": "a.py", "lines": 5}]


def test_commands_answer_with_what_the_page_says(raw, work):
    found(raw, work)
    for command, keys in {
        "vetline.debugInformation": {"text"},
        "vetline.scanWorkspace": {"files", "findings", "notChecked"},
        "vetline.listReviews": {"reviews"},
    }.items():
        assert raw.run(command).keys() == keys
    assert raw.run("vetline.openRulePage", LOAD).keys() == {"uri"}
    secret = next(one for one in found(raw, work) if one["code"].startswith("secret/"))
    target = {"uri": work, "fingerprint": secret["data"]["fingerprint"]}
    assert raw.run("vetline.showReview", target) is None


def test_the_state_is_told_when_it_lasts(raw, work):
    with_scan = len(raw.told)
    raw.run("vetline.scanWorkspace")
    raw.told_of("vetline/status", lambda told: told == {"state": "idle"}, after=with_scan)
    states = [one["params"] for one in raw.told if one["method"] == "vetline/status"]
    for one in states:
        as_the_page_says(one, PAGE.sections["vetline/status"].fields, "status")
    assert all(one != other for one, other in itertools.pairwise(states))
    assert states[0] == {"state": "busy"}


def test_what_the_server_sends_is_listed(raw, work):
    raw.run("vetline.scanWorkspace")
    raw.run("vetline.openRulePage", LOAD)
    text = PAGE.sections["Messages"].text
    assert {one["method"] for one in raw.told if f"`{one['method']}`" not in text} == set()


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("vetline/nothing", {}, -32601),
        ("vetline/provenance", {}, -32602),
        ("vetline/provenance", {"textDocument": {"uri": "file:///nowhere.py"}}, -32602),
        (REQUEST, {}, -32602),
        (REQUEST, {"request": "0" * 12}, -32602),
        ("vetline/sessions", None, -32602),
        ("initialize", {"capabilities": {}, "processId": None, "rootUri": None}, -32600),
        ("workspace/executeCommand", {"command": "vetline.nothing", "arguments": []}, -32602),
        ("workspace/executeCommand", {"command": "vetline.showReview", "arguments": []}, -32602),
    ],
)
def test_errors_are_those_of_the_page(raw, work, method, params, code):
    error = raw.ask(method, params)["error"]
    assert error["code"] == code
    assert f"`{code}`" in PAGE.sections["Errors"].text
    assert "\n" not in error["message"]


def test_nothing_is_answered_before_initialize(raw):
    assert raw.ask("vetline/sessions", {})["error"]["code"] == -32002


def test_a_request_can_be_cancelled(raw, work):
    id_ = 1000
    raw._answers[id_] = queue.Queue()
    raw.send(id=id_, method="vetline/sessions", params={})
    raw.send(method="$/cancelRequest", params={"id": id_})
    answer = raw._answers[id_].get(timeout=_SECONDS)
    assert "result" in answer or answer["error"]["code"] == -32800


# -- the page says no more and no less than the code


def test_the_messages_of_the_page_are_those_of_the_code():
    said = {name: (direction, kind) for name, direction, kind in PAGE.rows("Messages")}
    asked = dict.fromkeys(messages.SPOKEN["requests"], ("client to server", "request"))
    taken = set(messages.TYPES) - asked.keys()
    noted = {
        name: ("client to server" if name in taken else "server to client", "notification")
        for name in messages.SPOKEN["notifications"]
    }
    assert said == {**asked, **noted}
    assert said.keys() <= PAGE.sections.keys()


def test_the_params_of_the_page_are_those_of_the_code():
    for method, message in messages.TYPES.items():
        (params,) = [
            one.type for one in attrs.fields(attrs.resolve_types(message)) if one.name == "params"
        ]
        fields = attrs.fields(params)
        said = PAGE.sections[method].fields
        assert {_camel(one.name) for one in fields} == said.keys(), method
        for one in fields:
            assert said[_camel(one.name)].optional == (one.default is not attrs.NOTHING), one.name


def _camel(words):
    first, *rest = words.split("_")
    return first + "".join(map(str.capitalize, rest))


def test_the_commands_of_the_page_are_those_of_the_code():
    server = Server()
    features.register(server)
    said = [row[0] for row in PAGE.rows("Commands")]
    assert sorted(said) == sorted(server.protocol.fm.commands)


@pytest.mark.parametrize(
    ("section", "shape"),
    [
        ("vetline/provenance", "result"),
        ("vetline/provenanceChanged", "fields"),
        ("vetline/sessions", "result"),
        ("vetline/status", "fields"),
        ("vetline/review", "Sheet"),
    ],
)
def test_the_examples_are_as_the_tables_say(section, shape):
    there = PAGE.sections[section]
    fields = PAGE.sections[shape].fields if shape == "Sheet" else getattr(there, shape)
    assert there.examples
    for example in there.examples:
        as_the_page_says(example, fields, section)


def test_the_words_for_sources_are_those_of_the_code():
    from vetline.doors.lsp.origins import EVIDENCE

    text = PAGE.sections["vetline/didInsert"].text
    none, _, rest = text.partition("Every other word")
    assert all(f"`{word}`" in none for word in EVIDENCE)
    assert "`completion`" in rest
