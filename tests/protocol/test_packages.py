"""What a person can do about a package: take the one that is meant, declare it, call it their own, have it vetted.

A stand-in analyzer says which names are doubtful, so that what is tested here is the door and neither the lists of names
nor the judgement on them.
"""

from __future__ import annotations

import json
import os
import tomllib

import pytest
from lsp_client import span
from servers import environment

CREATES = {
    "workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}}
}
RESOLVES = {"textDocument": {"codeAction": {"resolveSupport": {"properties": ["edit"]}}}}
VET = "Ask security to vet this package"
SITE = """
import vetline_analyzers
vetline_analyzers.__path__.append({shelf!r})
"""
STAND_IN = """
import re
from dataclasses import replace

from vetline_analyzers import manifests
from vetline_analyzers.core.analyzer import Analyzer, Pace
from vetline_analyzers.core.finding import Confidence, Fix, Rule, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.core.universe import Ecosystem, package

DOUBTFUL = {
    "reqeusts": ("package/typosquat", "requests"),
    "inventedthing": ("package/nonexistent", ""),
    "obscurething": ("package/obscure", ""),
    "@shop/obscure": ("package/obscure", ""),
    "expres": ("package/typosquat", "express"),
}
IMPORTED = re.compile(
    r"^import .* from [\\x22']([^\\x22']+)[\\x22']|^[ \\t]*(?:import|from)[ \\t]+([\\w.]+)", re.MULTILINE
)
INSTALLED = re.compile(r"pip install ([\\w-]+)")


def analyze(snapshot, facts, memo):
    form = manifests.of_path(snapshot.path)
    npm = snapshot.language in ("javascript", "json")
    ecosystem = Ecosystem.NPM if npm else Ecosystem.PYPI
    if form:
        for one in form.read(snapshot.text).requirements:
            yield from found(one.span, one.package, "dependencies")
        return
    for match in IMPORTED.finditer(snapshot.text):
        group = 1 if match[1] else 2
        name = match[group] if npm else match[group].partition(".")[0]
        place = Span(match.start(group), match.start(group) + len(name))
        yield from found(place, package(ecosystem, name), "imports")
    for match in INSTALLED.finditer(snapshot.text):
        yield from found(Span(*match.span(1)), package(ecosystem, match[1]), "dependencies")


def found(span, wanted, analyzer):
    if wanted.name in DOUBTFUL:
        rule, meant = DOUBTFUL[wanted.name]
        finding = Rule(
            id=rule, title="t", severity=Severity.HIGH, confidence=Confidence.HIGH, page="p", advice="a"
        ).found(analyzer, span, f"{wanted.name} is ![doubtful](https://example.org).")
        evidence = ("absent from the [list] of 2026-01-01",)
        if meant and analyzer == "imports" and wanted.ecosystem is Ecosystem.PYPI:
            finding = replace(finding, fix=Fix("Import it", (Edit(span, meant),), safe=False))
        yield replace(finding, package=wanted.purl, meant=meant, evidence=evidence)


ANALYZER = Analyzer("stand_in", Pace.KEYSTROKE, lambda: (), analyze)
"""


@pytest.fixture
def server(start, workspace, tmp_path):
    """Starts a server that asks the stand-in only, as the client of these capabilities."""

    def server(capabilities=None):
        for name, text in (
            ("site/sitecustomize.py", SITE.format(shelf=str(tmp_path / "shelf"))),
            ("shelf/stand_in.py", STAND_IN),
        ):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        env = {**environment(tmp_path), "PYTHONPATH": str(tmp_path / "site")}
        client = start(env=env)
        options = {"scope": "all", "analyzers": ["stand_in"]}
        client.initialize(workspace, capabilities, initializationOptions=options)
        return client

    return server


@pytest.fixture
def shown(workspace):
    """Opens a file and waits until something is found in it; gives its URI."""

    def shown(client, name, text, language="python", count=1):
        path = workspace / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
        client.open(path.as_uri(), text, language)
        client.diagnosed(path.as_uri(), lambda items: len(items) == count)
        return path.as_uri()

    return shown


def titles(actions):
    return [action["title"].partition(":")[0] for action in actions]


def titled(actions, start):
    return next(action for action in actions if action["title"].startswith(start))


def changes(client, uri, title, line=0):
    return titled(client.actions(uri, (line, 0), (line, 99)), title)["edit"]["changes"]


def applied(text, edits):
    lines = text.splitlines(keepends=True) or [""]
    lines.append("")

    def offset(place):
        return sum(map(len, lines[: place["line"]])) + place["character"]

    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        start, end = (offset(edit["range"][name]) for name in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


# -- what is offered


def test_what_can_be_done_depends_on_the_finding(server, shown, workspace):
    client = server(CREATES)
    (workspace / "requirements.txt").write_text("flask\n")
    common = ["Request human security review", "Suppress with reason…", "Open rule page"]
    uri = shown(
        client, "a.py", "import reqeusts\nimport inventedthing\nimport obscurething\n", count=3
    )
    assert titles(client.actions(uri, (0, 8))) == [
        "Did you mean requests?", "This is our own module", VET, *common]  # fmt: skip
    assert titles(client.actions(uri, (1, 8))) == ["This is our own module", VET, *common]
    assert titles(client.actions(uri, (2, 8))) == [
        "Declare dependency obscurething", "This is our own module", VET, *common]  # fmt: skip
    assert not any(action.get("isPreferred") for action in client.actions(uri, (0, 8)))


# -- the package that is meant


def test_the_name_is_replaced_in_code_and_manifests_at_once(server, shown, workspace):
    client = server()
    pyproject = '[project]\ndependencies = ["reqeusts>=2", "flask"]  # web\n'
    (workspace / "pyproject.toml").write_text(pyproject)
    (workspace / "requirements.txt").write_text("# none of it\nflask\n")
    text = (
        'import reqeusts\n\n\ndef f(x):\n    """reqeusts"""\n    return reqeusts.get(x.reqeusts)\n'
    )
    uri = shown(client, "shop/a.py", text)
    made = changes(client, uri, "Did you mean requests?")
    assert set(made) == {uri, (workspace / "pyproject.toml").as_uri()}
    assert applied(text, made[uri]) == (
        'import requests\n\n\ndef f(x):\n    """reqeusts"""\n    return requests.get(x.reqeusts)\n'
    )
    new = applied(pyproject, made[(workspace / "pyproject.toml").as_uri()])
    assert new == pyproject.replace("reqeusts", "requests")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("from reqeusts import get\nreqeusts = 1\n", "from requests import get\nreqeusts = 1\n"),
        ("import reqeusts as r\nreqeusts = 1\n", "import requests as r\nreqeusts = 1\n"),
        ("import reqeusts.adapters\nreqeusts.x\n", "import requests.adapters\nrequests.x\n"),
    ],
)
def test_uses_are_renamed_where_the_import_binds_the_name(server, shown, text, after):
    client = server()
    uri = shown(client, "a.py", text)
    assert applied(text, changes(client, uri, "Did you mean")[uri]) == after


def test_from_a_manifest_the_code_that_is_open_is_changed_too(server, shown, workspace):
    client = server()
    code = shown(client, "a.py", "import reqeusts\n")
    text = "flask\nreqeusts==2.0\n"
    uri = shown(client, "requirements.txt", text, "pip-requirements")
    (workspace / "requirements").mkdir()
    (workspace / "requirements" / "dev.txt").write_text("-r ../requirements.txt\nreqeusts\n")
    made = changes(client, uri, "Did you mean requests?", 1)
    assert applied(text, made.pop(uri)) == "flask\nrequests==2.0\n"
    assert applied("import reqeusts\n", made.pop(code)) == "import requests\n"
    dev = (workspace / "requirements" / "dev.txt").as_uri()
    assert made == {dev: [{"range": span((1, 0), (1, 8)), "newText": "requests"}]}


def test_an_install_command_and_a_script_are_changed_too(server, shown):
    client = server()
    uri = shown(client, "README.md", "Run `pip install reqeusts`.\n", "markdown")
    assert applied("Run `pip install reqeusts`.\n", changes(client, uri, "Did you")[uri]) == (
        "Run `pip install requests`.\n"
    )
    text = 'import express from "expres";\n'
    uri = shown(client, "web/a.js", text, "javascript")
    assert applied(text, changes(client, uri, "Did you")[uri]) == text.replace(
        '"expres"', '"express"'
    )


def test_what_is_open_counts_and_not_what_is_on_the_disk(server, shown, workspace):
    client = server()
    uri = shown(client, "a.py", "import reqeusts\n")
    path = workspace / "requirements.txt"
    path.write_text("flask\n")
    client.open(path.as_uri(), "# new\nreqeusts\n", "text")
    client.diagnosed(path.as_uri(), lambda items: len(items) == 1)
    made = changes(client, uri, "Did you mean")
    assert made[path.as_uri()] == [{"range": span((1, 0), (1, 8)), "newText": "requests"}]


def test_an_edit_is_resolved_and_refused_when_the_name_is_gone(server, shown, workspace):
    client = server({**RESOLVES, **CREATES})
    uri = shown(client, "a.py", "import reqeusts\n")
    action = titled(client.actions(uri, (0, 8)), "Did you mean")
    assert "edit" not in action
    resolved = client.result("codeAction/resolve", action)
    assert applied("import reqeusts\n", resolved["edit"]["changes"][uri]) == "import requests\n"
    client.edit(uri, (0, 0), (0, 99), "import os")
    client.diagnosed(uri, lambda items: items == [])
    assert "no longer applies" in client.ask("codeAction/resolve", action)["error"]["message"]


# -- a declaration


@pytest.mark.parametrize(
    ("held", "after"),
    [
        ({"pyproject.toml": "[project]\ndependencies = []\n", "requirements.txt": "a\n"},
         ("pyproject.toml", '[project]\ndependencies = ["obscurething"]\n')),
        ({"pyproject.toml": "[tool.black]\n", "requirements.txt": "a\n"},
         ("requirements.txt", "a\nobscurething\n")),
        ({"pyproject.toml": "[project]\ndependencies = []\n", "inner/requirements.txt": ""},
         ("inner/requirements.txt", "obscurething\n")),
        ({"requirements.in": "a\n", "requirements.txt": "a==1 --hash=sha256:00\n"},
         ("requirements.in", "a\nobscurething\n")),
    ],
)  # fmt: skip
def test_a_dependency_is_declared_in_the_nearest_manifest(server, shown, workspace, held, after):
    client = server()
    (workspace / "inner").mkdir()
    for name, text in held.items():
        (workspace / name).write_text(text)
    uri = shown(client, "inner/a.py", "import obscurething\n")
    made = changes(client, uri, "Declare dependency obscurething")
    name, text = after
    assert list(made) == [(workspace / name).as_uri()]
    assert applied(held[name], made[(workspace / name).as_uri()]) == text


def test_the_version_that_is_installed_is_the_least(server, shown, workspace):
    client = server()
    site = workspace / ".venv" / "lib" / "python3.11" / "site-packages"
    (site / "Obscurething-1.2.dist-info").mkdir(parents=True)
    (workspace / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (workspace / "requirements.txt").write_text("")
    uri = shown(client, "a.py", "import obscurething\n")
    (edits,) = changes(client, uri, "Declare").values()
    assert applied("", edits) == "obscurething>=1.2\n"
    inner = workspace / "node_modules" / "@shop" / "obscure"
    inner.mkdir(parents=True)
    (inner / "package.json").write_text('{"name": "@shop/obscure", "version": "3.0.1"}')
    (workspace / "package.json").write_text("{}")
    uri = shown(client, "a.js", 'import x from "@shop/obscure";\n', "javascript")
    (edits,) = changes(client, uri, "Declare").values()
    assert json.loads(applied("{}", edits)) == {"dependencies": {"@shop/obscure": "^3.0.1"}}


def test_without_a_manifest_nothing_can_be_declared(server, shown):
    client = server()
    uri = shown(client, "a.py", "import obscurething\n")
    assert not any("Declare" in action["title"] for action in client.actions(uri, (0, 8)))


# -- a name of one's own


def test_a_module_goes_into_the_settings_that_are_there(server, shown, workspace):
    client = server()
    (workspace / "vetline.toml").write_text('own-modules = ["a"]  # ours\n')
    client.notify("workspace/didChangeWatchedFiles", {
        "changes": [{"uri": (workspace / "vetline.toml").as_uri(), "type": 1}]})  # fmt: skip
    uri = shown(client, "a.py", "import inventedthing.core\n")
    made = changes(client, uri, "This is our own module: inventedthing")
    new = applied('own-modules = ["a"]  # ours\n', made[(workspace / "vetline.toml").as_uri()])
    assert new == 'own-modules = ["a", "inventedthing"]  # ours\n'


def test_where_there_are_none_a_table_or_a_file_is_made(server, shown, workspace):
    client = server(CREATES)
    uri = shown(client, "a.py", "import inventedthing\n")
    action = titled(client.actions(uri, (0, 8)), "This is our own module")
    made, filled = action["edit"]["documentChanges"]
    target = (workspace / "vetline.toml").as_uri()
    assert made == {"kind": "create", "uri": target, "options": {"ignoreIfExists": True}}
    assert filled["textDocument"] == {"uri": target, "version": None}
    assert applied("", filled["edits"]) == 'own-modules = ["inventedthing"]\n'

    (workspace / "pyproject.toml").write_text("[tool.black]\n")
    changed = changes(client, uri, "This is our own module")
    new = applied("[tool.black]\n", changed[(workspace / "pyproject.toml").as_uri()])
    assert tomllib.loads(new)["tool"]["vetline"] == {"own-modules": ["inventedthing"]}


def test_a_client_that_makes_no_files_is_not_offered_one(server, shown):
    client = server()
    uri = shown(client, "a.py", "import inventedthing\n")
    assert not any("our own" in action["title"] for action in client.actions(uri, (0, 8)))


def test_a_package_that_is_not_a_module_is_internal(server, shown, workspace):
    client = server(CREATES)
    uri = shown(client, "requirements.txt", "inventedthing\n", "text")
    action = titled(client.actions(uri, (0, 3)), "This is our own package: inventedthing")
    filled = action["edit"]["documentChanges"][1]
    assert applied("", filled["edits"]) == 'internal-packages = ["inventedthing"]\n'


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_nothing_outside_of_the_project_is_touched(server, shown, workspace, tmp_path):
    client = server(CREATES)
    (tmp_path / "outside.toml").write_text("[project]\ndependencies = ['reqeusts']\n")
    (workspace / "pyproject.toml").symlink_to(tmp_path / "outside.toml")
    uri = shown(client, "a.py", "import reqeusts\n")
    assert list(changes(client, uri, "Did you mean")) == [uri]
    assert not any("our own" in action["title"] for action in client.actions(uri, (0, 8)))


# -- a person's look, and what it rests on


def test_a_package_is_asked_to_be_vetted_and_that_is_shown_wherever_it_is_used(
    server, shown, start, workspace, tmp_path
):
    client = server()
    uri = shown(client, "a.py", "import inventedthing\n")
    other = shown(client, "requirements.txt", "flask\ninventedthing\n", "text")
    action = titled(client.actions(uri, (0, 8)), VET)
    assert action["title"] == f"{VET}: pkg:pypi/inventedthing"
    answer = client.result("workspace/executeCommand", action["command"])
    assert answer["requester"] == "Ada"
    (file,) = workspace.glob(".vetline/reviews/*/*")
    assert file.name == "request.json"
    asked = json.loads(file.read_text())["statement"]["predicate"]
    assert asked["request"] == file.parent.name == answer["id"]
    assert asked["subject"] == {
        "package": "pkg:pypi/inventedthing",
        "rules": ["package/nonexistent"],
    }
    assert (asked["reasons"], asked["note"]) == (
        ["inventedthing is ![doubtful](https://example.org)."],
        "",
    )
    for place in (uri, other):
        (there,) = client.diagnosed(
            place, lambda items: items and "review requested by Ada" in items[0]["message"]
        )
        assert there["data"]["reviewRequestedBy"] == "Ada"
    (lens,) = client.result("textDocument/codeLens", {"textDocument": {"uri": other}})
    client.result("workspace/executeCommand", lens["command"])
    said = [client.notes("window/showMessage")["message"] for _ in range(2)]
    assert said[0] == "Review of pkg:pypi/inventedthing requested."
    assert "review of pkg:pypi/inventedthing requested by Ada" in said[1]
    assert client.result("workspace/executeCommand", action["command"]) == answer
    assert list(workspace.glob(".vetline/reviews/*/*")) == [file]


def test_a_finding_without_a_package_cannot_be_vetted(client, workspace):
    uri = (workspace / "a.py").as_uri()
    client.open(uri, "import yaml\nyaml.load(x)\n")
    (item,) = client.diagnosed(uri, lambda items: len(items) == 1)
    actions = client.actions(uri, (1, 2))
    assert not any(VET in action["title"] for action in actions)
    target = {"uri": uri, "fingerprint": item["data"]["fingerprint"]}
    command = {"command": "vetline.requestPackageReview", "arguments": [target]}
    assert (
        "not about a package" in client.ask("workspace/executeCommand", command)["error"]["message"]
    )


def test_the_hover_tells_what_a_finding_rests_on(server, shown):
    client = server()
    uri = shown(client, "a.py", "import inventedthing\n")
    place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 8}}
    said = client.result("textDocument/hover", place)["contents"]["value"]
    assert "**Evidence**, pkg:pypi/inventedthing" in said
    assert "- absent from the \\[list\\] of 2026-01-01" in said
    assert "inventedthing is !\\[doubtful\\](https" in said, "no name is a picture that is fetched"


# -- with the real analyzers and the names that are shipped


def test_of_a_manifest_that_declares_a_slip_the_code_is_mended_too(client, workspace):
    text = "import opencv_pyhton\n\nopencv_pyhton.imread()\nimport sklearn\n"
    code = (workspace / "a.py").as_uri()
    (workspace / "requirements.txt").write_text("opencv-pyhton\nsklearn\n")
    client.open(code, text)
    uri = (workspace / "requirements.txt").as_uri()
    client.open(uri, "opencv-pyhton\nsklearn\n", "text")
    client.diagnosed(uri, lambda items: len(items) == 2)
    made = changes(client, uri, "Did you mean opencv-python?")
    assert applied("opencv-pyhton\nsklearn\n", made[uri]) == "opencv-python\nsklearn\n"
    assert applied(text, made[code]) == "import cv2\n\ncv2.imread()\nimport sklearn\n"
    made = changes(client, uri, "Did you mean scikit-learn?", 1)
    assert list(made) == [uri], "the module is called so, the package is not"


def test_of_an_import_the_module_and_the_uses_are_mended(client, workspace):
    text = "import opencv_pyhton\nopencv_pyhton.imread()\n"
    uri = (workspace / "a.py").as_uri()
    client.open(uri, text)
    client.diagnosed(uri, lambda items: [item["code"] for item in items] == ["package/typosquat"])
    actions = client.actions(uri, (0, 8))
    assert not any(action["title"].startswith("Fix:") for action in actions)
    edits = titled(actions, "Did you mean opencv-python?")["edit"]["changes"][uri]
    assert applied(text, edits) == "import cv2\ncv2.imread()\n"
    place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 8}}
    said = client.result("textDocument/hover", place)["contents"]["value"]
    assert "**Evidence**, pkg:pypi/opencv-pyhton (names as of 20" in said
    assert "absent from PyPI" in said
