"""Hooks ask the server that is running: about an edit before it is made, and to mask a prompt."""

from __future__ import annotations

import pytest

from vetline import places
from vetline.doors import running


@pytest.fixture
def ask(client, workspace):
    """Asks as a hook does; gives the answer once the server can be found."""
    folders = places.place_of(str(workspace)).folders
    client.open((workspace / "a.py").as_uri(), "")
    while not running.servers(folders):
        client.ask("textDocument/nothing", {})
    return lambda question: running.ask(folders, question, 30.0)


def test_an_edit_that_brings_something_in_is_objected_to(ask, workspace):
    question = {
        "path": str(workspace / "b.py"),
        "text": "import yaml\nyaml.load(x)\n",
        "before": "",
    }
    answer = ask({"examine": question})
    while answer["unsure"]:  # the project is still being read
        answer = ask({"examine": question})
    ((rule, severity, line, message),) = answer["objections"]
    assert (rule, severity, line) == ("python/unsafe-yaml-load", "high", 2)
    assert message
    assert ask({"examine": {**question, "before": question["text"]}})["objections"] == []


def test_what_needs_a_project_that_is_not_read_yet_is_not_passed_as_checked(ask, workspace):
    other = workspace / "other"
    other.mkdir()
    (other / "vetline.toml").write_text('persona = "auditor"\n', "utf-8")
    text = "import nobody_has_this\n"
    question = {"examine": {"path": str(other / "b.py"), "text": text, "before": ""}}
    answer = ask(question)
    assert answer["unsure"]
    while answer["unsure"]:
        answer = ask(question)
    assert [objection[0] for objection in answer["objections"]] == ["package/nonexistent"]


def test_a_prompt_is_kept_without_its_secrets(ask):
    secret = "AKIA" + "Q5XJ3VNT7LWB" + "2HKD"
    answer = ask({"secrets": f"use {secret} please"})
    assert secret not in str(answer)
    assert answer["kinds"]
    assert ask({"secrets": "use none"}) == {
        "text": "use none",
        "kinds": [],
        "places": [],
        "excerpt": "",
        "unsure": "",
    }
