"""Settings in the editor: layers, files, errors on the file itself, several folders."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest
from servers import environment, found, rules

LOAD = "python/unsafe-yaml-load"
TEXT = "import yaml\nyaml.load(x)\n"
HINT, ERROR = 4, 1


def level(wanted):
    return lambda items: [i for i in items if i["code"] == LOAD and i["severity"] == wanted]


def test_the_editors_configuration_stands_above_options_and_file(start, workspace):
    (workspace / "vetline.toml").write_text('scope = "ai"\n')
    uri = (workspace / "a.py").as_uri()
    plain = start()
    plain.initialize(workspace)
    plain.open(uri, TEXT)
    assert plain.diagnosed(uri, level(HINT))
    options = start()
    options.initialize(workspace, initializationOptions={"vetline": {"scope": "all"}})
    options.open(uri, TEXT)
    assert options.diagnosed(uri, level(ERROR))
    asked = start(answers={"workspace/configuration": [{"scope": "ai"}]})
    asked.initialize(
        workspace,
        {"workspace": {"configuration": True}},
        initializationOptions={"scope": "all"},
    )
    asked.open(uri, TEXT)
    assert asked.diagnosed(uri, level(HINT))


def test_pushed_configuration_works_without_workspace_configuration(client, workspace):
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TEXT)
    client.diagnosed(uri, level(ERROR))
    client.notify("workspace/didChangeConfiguration", {"settings": {"vetline": {"scope": "ai"}}})
    assert client.diagnosed(uri, level(HINT))


def test_an_error_in_the_config_file_is_shown_on_it(client, workspace):
    path = workspace / "vetline.toml"
    path.write_text('scope = "everything"\nfail_on = "high"\n')
    client.notify(
        "workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": 1}]}
    )
    first = (workspace / "a.py").as_uri()
    client.open(first, TEXT)
    shown = client.diagnosed(path.as_uri(), lambda items: len(items) == 2)
    assert [item["range"]["start"]["line"] for item in shown] == [0, 1]
    assert "fail-on" in shown[1]["message"]
    # Opened in the editor and mended there: gone after the save.
    client.open(path.as_uri(), path.read_text(), "toml")
    path.write_text('scope = "all"\n')
    client.change(path.as_uri(), [{"text": 'scope = "all"\n'}])
    client.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
    client.diagnosed(path.as_uri(), lambda items: items == [])


def test_a_config_file_changed_on_disk_takes_effect(client, workspace):
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TEXT)
    client.diagnosed(uri, level(ERROR))
    (workspace / "vetline.toml").write_text(f'ignore = ["{LOAD}", "bandit/*"]\n')
    client.notify(
        "workspace/didChangeWatchedFiles",
        {"changes": [{"uri": (workspace / "vetline.toml").as_uri(), "type": 1}]},
    )
    client.diagnosed(uri, lambda items: items == [])


def test_config_files_are_watched_by_clients_that_can(start, workspace):
    client = start()
    dynamic = {"dynamicRegistration": True}
    client.initialize(workspace, {"workspace": {"didChangeWatchedFiles": dynamic}})
    client.open((workspace / "a.py").as_uri(), TEXT)
    client.diagnosed((workspace / "a.py").as_uri(), found(LOAD))
    registered = [r for r in client.requests if r["method"] == "client/registerCapability"]
    (registration,) = registered[0]["params"]["registrations"]
    globs = [w["globPattern"] for w in registration["registerOptions"]["watchers"]]
    assert {"**/*.toml", "**/.npmrc"} <= set(globs)


def test_each_folder_has_its_own_settings(start, tmp_path):
    folders = []
    for name, scope in (("one", "all"), ("two", "ai")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "vetline.toml").write_text(f'scope = "{scope}"\n')
        folders.append({"uri": folder.as_uri(), "name": name})
    client = start()
    client.initialize(tmp_path / "one", workspaceFolders=folders)
    for name, severity in (("one", ERROR), ("two", HINT)):
        uri = (tmp_path / name / "a.py").as_uri()
        client.open(uri, TEXT)
        assert client.diagnosed(uri, level(severity))
    third = tmp_path / "three"
    third.mkdir()
    (third / "closed.py").write_text(TEXT)
    added = [{"uri": third.as_uri(), "name": "three"}]
    client.notify(
        "workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": folders}}
    )
    client.result("workspace/executeCommand", {"command": "vetline.scanWorkspace", "arguments": []})
    assert client.diagnosed((third / "closed.py").as_uri(), found(LOAD))


@pytest.mark.parametrize(
    "capabilities",
    [
        {},  # Vim with ALE sends next to nothing
        {"textDocument": {"codeAction": {}, "publishDiagnostics": {}}},  # eglot's kind
        {"textDocument": {"diagnostic": {}}, "workspace": {"configuration": True}},  # Neovim's
        {
            "workspace": {
                "configuration": True,
                "didChangeConfiguration": {"dynamicRegistration": True},
                "didChangeWatchedFiles": {"dynamicRegistration": True},
                "diagnostics": {"refreshSupport": True},
                "codeLens": {"refreshSupport": True},
            },
            "window": {"workDoneProgress": True, "showDocument": {"support": True}},
            "general": {"positionEncodings": ["utf-16"]},
            "textDocument": {
                "diagnostic": {"dynamicRegistration": True},
                "publishDiagnostics": {"relatedInformation": True, "versionSupport": False},
                "codeAction": {"resolveSupport": {"properties": ["edit", "command"]}},
            },
        },  # VS Code's
    ],
)
@pytest.mark.parametrize("client_info", [None, {"name": "x", "version": "1"}])
def test_the_main_path_needs_no_capability(start, workspace, capabilities, client_info):
    client = start(answers={"workspace/configuration": [None]})
    more = {"clientInfo": client_info} if client_info else {}
    told = client.initialize(
        workspace, capabilities, initializationOptions={"scope": "all"}, **more
    )
    assert "diagnosticProvider" not in told
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TEXT)
    assert len(client.diagnosed(uri, found(LOAD))) == 1, "shown once, not pushed and pulled"
    command = next(a for a in client.actions(uri, (1, 3)) if a["title"].startswith("Request"))
    assert client.result("workspace/executeCommand", command["command"])["id"]
    scan = {"command": "vetline.scanWorkspace", "arguments": []}
    assert client.result("workspace/executeCommand", scan)["files"] >= 0
    assert client.leave() == 0


def test_settings_that_make_no_sense_stop_nothing(start, workspace):
    client = start()
    client.initialize(workspace, initializationOptions=["nonsense", 3])
    client.notify("workspace/didChangeConfiguration", {"settings": {"scope": 7, "persona": None}})
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TEXT)
    assert LOAD in rules(client.diagnosed(uri, found(LOAD)))


def test_what_the_baseline_accepts_is_not_shown(client, workspace, tmp_path):
    path = workspace / "a.py"
    path.write_text(TEXT)
    subprocess.run(
        [sys.executable, "-m", "vetline", "baseline", "create"],
        cwd=workspace,
        env=environment(tmp_path),
        check=True,
        capture_output=True,
        timeout=60,
    )
    uris = [{"uri": (workspace / ".vetline" / "baseline").as_uri(), "type": 1}]
    client.open(path.as_uri(), TEXT)
    client.notify("workspace/didChangeWatchedFiles", {"changes": uris})
    client.edit(path.as_uri(), (2, 0), (2, 0), "yaml.load(new)\n")
    there = client.diagnosed(
        path.as_uri(),
        lambda items: [i["range"]["start"]["line"] for i in items if i["code"] == LOAD] == [2],
    )
    assert level(ERROR)(there)


def test_a_baseline_of_detect_secrets_is_heeded_as_soon_as_it_changes(client, workspace):
    token = "AKIA" + "Q7RZ2MQX5TBW4VLP"
    rule = "secret/aws-access-key"
    path, uri = workspace / ".secrets.baseline", (workspace / "a.py").as_uri()
    client.open(uri, f'client = Client("{token}")\n')
    client.diagnosed(uri, found(rule))
    digest = hashlib.sha1(token.encode()).hexdigest()  # noqa: S324 - what detect-secrets writes
    path.write_text(json.dumps({"results": {"a.py": [{"hashed_secret": digest}]}}))
    change = {"changes": [{"uri": path.as_uri(), "type": 1}]}
    client.notify("workspace/didChangeWatchedFiles", change)
    client.diagnosed(uri, lambda items: rule not in rules(items))
    path.write_text("{")
    client.notify("workspace/didChangeWatchedFiles", change)
    client.diagnosed(uri, found(rule))


def test_a_setting_that_is_removed_in_the_editor_no_longer_holds(start, workspace):
    said = [{"scope": "ai"}]
    client = start(answers={"workspace/configuration": lambda _: said})
    client.initialize(
        workspace,
        {"workspace": {"configuration": True}},
        initializationOptions={"scope": "all"},
    )
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TEXT)
    client.diagnosed(uri, level(HINT))
    said[0] = None
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    assert client.diagnosed(uri, level(ERROR))


def test_the_editor_may_have_settings_for_each_folder(start, tmp_path):
    folders = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        folders.append({"uri": (tmp_path / name).as_uri(), "name": name})

    def answer(params):
        return [{"scope": "all" if "one" in item["scopeUri"] else "ai"} for item in params["items"]]

    client = start(answers={"workspace/configuration": answer})
    client.initialize(tmp_path, {"workspace": {"configuration": True}}, workspaceFolders=folders)
    for name, severity in (("one", ERROR), ("two", HINT)):
        uri = (tmp_path / name / "a.py").as_uri()
        client.open(uri, TEXT)
        assert client.diagnosed(uri, level(severity))


def test_closing_a_bad_config_file_keeps_its_errors(client, workspace):
    path = workspace / "vetline.toml"
    path.write_text('scope = "everything"\n')
    client.open(path.as_uri(), path.read_text(), "toml")
    client.notify("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
    client.diagnosed(path.as_uri(), found("config"))
    client.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
    client.ask("textDocument/nothing", {})
    assert client.diagnosed(path.as_uri(), found("config"))


def test_a_text_over_the_limit_shows_that_and_nothing_else(client, workspace):
    (workspace / "vetline.toml").write_text('scope = "all"\nmax-file-size = 1000\n')
    uri = (workspace / "a.py").as_uri()
    client.open(uri, TEXT)
    client.diagnosed(uri, found(LOAD))
    client.edit(uri, (2, 0), (2, 0), "x = 1\n" * 500)
    client.diagnosed(uri, lambda items: rules(items) == ["gate/not-checked"])
    client.edit(uri, (2, 0), (502, 0), "")
    client.diagnosed(uri, lambda items: rules(items) == [LOAD])
