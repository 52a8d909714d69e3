"""One test for each fault of pygls 2.1 that we cure; an upgrade that changes them shows here."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from servers import SERVER, children, environment, found, rules

EVAL = "import os\nos.system(input())\n"


@pytest.mark.parametrize("strange", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_real_line_ends_end_lines(client, workspace, strange):
    # pygls splits lines on each of these, puts findings on wrong lines and edits in wrong places.
    uri = (workspace / "a.py").as_uri()
    client.open(uri, f"a = '{strange}'\nimport yaml\n\n")
    client.edit(uri, (2, 0), (2, 0), "yaml.load(b)\n")
    diagnostics = client.diagnosed(uri, found("python/unsafe-yaml-load"))
    (there,) = [d for d in diagnostics if d["code"] == "python/unsafe-yaml-load"]
    assert there["range"]["start"]["line"] == 2


def test_an_edit_past_the_last_column_is_clamped(client, workspace):
    # pygls is off by one at the end of a last line without a line end.
    uri = (workspace / "a.py").as_uri()
    client.open(uri, "import yaml\nyaml.load(")
    client.edit(uri, (1, 99), (1, 99), "x)")
    diagnostics = client.diagnosed(uri, found("python/unsafe-yaml-load"))
    assert diagnostics[0]["range"]["end"] == {"line": 1, "character": 12}


def test_a_request_that_does_not_fit_is_answered(client):
    answer = client.ask("textDocument/codeAction", {}, timeout=10)
    assert answer["error"]["code"] == -32602


def test_a_request_of_an_unknown_method_is_answered(client):
    assert client.ask("textDocument/nothing", {}, timeout=10)["error"]["code"] == -32601


def test_what_is_not_json_is_refused(client):
    client.send_raw(b"{nonsense")
    assert client.notes("unasked", 10)["error"]["code"] == -32700
    client.send_raw(b"[1, 2]")
    assert client.notes("unasked", 10)["error"]["code"] == -32600


def test_a_request_before_initialize_is_refused(start):
    assert start().ask("textDocument/hover", {}, timeout=20)["error"]["code"] == -32002


def test_nothing_is_answered_after_shutdown(client):
    client.result("shutdown")
    assert client.ask("textDocument/hover", {}, timeout=10)["error"]["code"] == -32600


def test_shutdown_with_a_request_in_flight(client, workspace):
    big = "x = 1\n" * 20_000
    uri = (workspace / "a.py").as_uri()
    client.open(uri, big)
    hanging = [
        client.begin("textDocument/codeAction", {
            "textDocument": {"uri": uri},
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}},
            "context": {"diagnostics": []},
        })
        for _ in range(20)
    ]  # fmt: skip
    assert client.ask("shutdown", timeout=10)["result"] is None
    assert all(answers.get(timeout=10) for _, answers in hanging)
    client.notify("exit")
    assert client.process.wait(10) == 0


def test_exit_codes(start, workspace):
    polite, rude = start(), start()
    for one in (polite, rude):
        one.initialize(workspace)
    assert polite.leave() == 0
    rude.notify("exit")
    assert rude.process.wait(15) == 1


def test_it_ends_when_stdin_does(client):
    client.process.stdin.close()
    assert client.process.wait(15) == 1


def test_cancelling_a_command_ends_its_work(client, workspace):
    for number in range(300):
        (workspace / f"m{number}.py").write_text("import os\n" + "os.system(input())\n" * 200)
    number, answers = client.begin(
        "workspace/executeCommand",
        {"command": "vetline.scanWorkspace", "arguments": [], "workDoneToken": "t"},
    )
    while client.notes("$/progress")["value"]["kind"] != "report":
        pass
    client.notify("$/cancelRequest", {"id": number})
    assert answers.get(timeout=10)["error"]["code"] == -32800
    while (value := client.notes("$/progress", 10)["value"])["kind"] != "end":
        pass
    assert value["message"] == "cancelled"
    # The crew of workers is gone: only the two desks' remain.
    deadline = time.monotonic() + 10
    while len(children(client.process.pid)) > 2:
        assert time.monotonic() < deadline, "workers outlive the cancelled scan"


def test_cancelling_progress_ends_the_scan(client, workspace):
    for number in range(300):
        (workspace / f"m{number}.py").write_text("import os\n" + "os.system(input())\n" * 200)
    _, answers = client.begin(
        "workspace/executeCommand",
        {"command": "vetline.scanWorkspace", "arguments": [], "workDoneToken": "t"},
    )
    while client.notes("$/progress")["value"]["kind"] != "report":
        pass
    client.notify("window/workDoneProgress/cancel", {"token": "t"})
    assert answers.get(timeout=10)["error"]["code"] == -32800


def test_an_error_goes_out_without_words_and_traceback(client, workspace, tmp_path):
    secret = "AKIA" + "Q3EGRIW2JU7PLZXB"
    answer = client.ask(
        "workspace/executeCommand",
        {"command": "vetline.requestReview", "arguments": [{"uri": secret, "fingerprint": secret}]},
    )
    assert secret not in json.dumps(answer)
    assert "traceback" not in json.dumps(answer).lower()


@pytest.mark.parametrize("level", ["debug", "error"])
def test_no_body_reaches_the_log(start, workspace, tmp_path, level):
    log = tmp_path / "log"
    secret = "AKIA" + "Q3EGRIW2JU7PLZXB"
    client = start("--log-file", str(log), "--log-level", level)
    client.initialize(workspace, initializationOptions={"scope": "all", "secret": secret})
    uri = (workspace / "a.py").as_uri()
    client.open(uri, f'import yaml\nyaml.load(open("{secret}"))\n')
    client.diagnosed(uri, found("python/unsafe-yaml-load"))
    client.ask("workspace/executeCommand", {"command": secret, "arguments": [secret]})
    client.ask("textDocument/codeAction", {"textDocument": secret})
    assert client.leave() == 0
    assert secret not in log.read_text()


def test_no_error_pops_up_at_the_user(client):
    client.notify("textDocument/didChange", {"textDocument": {"uri": "file:///no", "version": 2}})
    client.notify("vetline/didInsert", {})
    client.ask("textDocument/nothing", {}, timeout=10)
    with pytest.raises(TimeoutError):
        client.notes("window/showMessage", 0.3)


def test_any_spelling_of_the_header_is_read(start):
    client = start()
    body = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "shutdown"}).encode()
    client.process.stdin.write(b"content-LENGTH: %d\r\nX: y\r\n\r\n%s" % (len(body), body))
    client.process.stdin.flush()
    assert client.notes("unasked", 20)["error"]["code"] == -32002


def test_a_message_beyond_reason_ends_the_conversation(start):
    client = start()
    client.process.stdin.write(b"Content-Length: 99999999999\r\n\r\n{}")
    client.process.stdin.flush()
    assert client.process.wait(15) == 1


@pytest.mark.parametrize("flags", [["--stdio"], ["--stdio", f"--clientProcessId={os.getpid()}"]])
def test_clients_flags_are_taken(start, workspace, flags):
    client = start(*flags)
    assert client.initialize(workspace)
    assert client.leave() == 0


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the end of stdin says it")
def test_it_leaves_with_its_client(start):
    sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    client = start(f"--clientProcessId={sleeper.pid}")
    client.initialize()
    sleeper.communicate(b"\n")
    assert client.process.wait(15) == 1


def test_wrong_usage_is_one_line(tmp_path):
    for words in (["--tcp", "0.0.0.0:9"], ["--tcp", "x"], ["--log-file", str(tmp_path)]):
        done = subprocess.run(
            [*SERVER, *words], capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_tcp_serves_one_client_and_no_other(tmp_path):
    server = subprocess.Popen(
        [*SERVER, "--tcp", "127.0.0.1:0"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
    )
    try:
        port = int(server.stderr.readline().rsplit(" ", 1)[1])
        body = json.dumps({
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {"capabilities": {}, "processId": None, "rootUri": None},
        }).encode()  # fmt: skip
        with socket.create_connection(("127.0.0.1", port), 10) as first:
            first.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            assert first.recv(16)
            with socket.create_connection(("127.0.0.1", port), 10) as second:
                second.settimeout(10)
                assert second.recv(16) == b""
        assert server.wait(15) == 1
    finally:
        server.kill()
        server.communicate()


def test_a_worker_that_dies_is_said_and_replaced(client, workspace):
    uri = (workspace / "a.py").as_uri()
    client.open(uri, EVAL)
    client.diagnosed(uri, found("python/command-from-string"))
    for child in children(client.process.pid):
        os.kill(child, signal.SIGSTOP)
    client.edit(uri, (0, 0), (0, 0), "\n")
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    client.ask(
        "textDocument/codeAction",
        {"textDocument": {"uri": uri}, "range": everything, "context": {"diagnostics": []}},
    )  # waits as long as it may for the worker that was asked
    for child in children(client.process.pid):
        os.kill(child, signal.SIGKILL)
    client.diagnosed(uri, found("gate/not-checked"))
    client.edit(uri, (0, 0), (0, 0), "\n")
    diagnostics = client.diagnosed(
        uri, lambda items: "gate/not-checked" not in rules(items) and len(items) > 0
    )
    assert "python/command-from-string" in rules(diagnostics)
