"""`check --scope ai` in a clone: whose lines they are comes from git's notes."""

from __future__ import annotations

import json

import pytest
from repositories import sh

from vetline.doors.check import main

NOTE = """app.py
  s_00000000000000::t_00000000000000 2
---
{"schema_version": "authorship/3.0.0", "git_ai_version": "1.4.5", "base_commit_sha": "", "prompts": {},
 "humans": {}, "sessions": {"s_00000000000000": {"agent_id": {"tool": "codex", "id": "c", "model": "m"},
 "human_author": "a@example.org", "custom_attributes": {}}}}
"""


@pytest.fixture
def origin(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "origin"
    root.mkdir()
    sh(root, "init", "-q", "-b", "main")
    (root / "app.py").write_text("import yaml\n")
    sh(root, "add", ".")
    sh(root, "commit", "-qm", "by hand")
    (root / "app.py").write_text("import yaml\nsettings = yaml.load(open('settings.yml'))\n")
    sh(root, "commit", "-qam", "by an agent")
    sh(root, "notes", "--ref=refs/notes/vetline", "add", "-m", NOTE, "HEAD")
    (root / "app.py").write_text(
        (root / "app.py").read_text() + "more = yaml.load(open('m.yml'))\n"
    )
    sh(root, "commit", "-qam", "by hand again")
    return root


@pytest.fixture
def clone(origin, monkeypatch):
    def clone(*depth):
        sh(origin.parent, "clone", "-q", *depth, origin.as_uri(), "clone")
        root = origin.parent / "clone"
        sh(root, "fetch", "-q", "origin", "refs/notes/vetline:refs/notes/vetline")
        monkeypatch.chdir(root)

    return clone


def checked(capsys, *words):
    code = main(["--scope", "ai", "--output-format", "json", *words])
    return code, json.loads(capsys.readouterr().out)


def test_only_the_agents_lines_are_judged(clone, capsys):
    clone()
    code, told = checked(capsys)
    assert code == 1
    assert {(f["start"]["line"], f["origin"]["agent"]) for f in told["findings"]} == {(2, "codex")}


def test_against_a_base_only_the_agents_new_lines_are(clone, capsys):
    clone()
    assert checked(capsys, "--diff-base", "HEAD~2")[0] == 1
    code, told = checked(capsys, "--diff-base", "HEAD~1")
    assert (code, told["findings"]) == (0, [])


def test_a_history_that_was_cut_off_is_not_taken_for_clean(clone, capsys):
    clone("--depth=1")
    code, told = checked(capsys)
    assert code == 3
    assert "fetch all of it" in json.dumps(told)
