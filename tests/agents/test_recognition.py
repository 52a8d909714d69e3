"""Which agent sent a payload: told by its shape, whatever hook it came in by."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hook_payloads import ALL, CLAUDE, CODEX, CURSOR, PAIR, PATH, VSCODE, prompt, tool
from hypothesis import given
from hypothesis import strategies as st

from vetline import agents
from vetline.agents import Answer, Event

SHELF = Path(agents.__file__).parent


def sent_by(payload):
    return agents.recognise(payload).NAME


@pytest.mark.parametrize("name", ALL)
def test_the_sender_and_the_kind_are_told_by_the_shape(name):
    sender, kind, payload = ALL[name]
    assert sent_by(payload) == sender
    assert agents.recognise(payload).read(payload).kind == kind


def test_a_hook_of_claude_that_another_runs_is_the_others():
    pre = tool(CLAUDE, "PreToolUse", "Edit", PAIR, tool_use_id="t1")
    assert sent_by(pre) == "claude-code"
    for base, sender in ((CURSOR, "cursor"), (VSCODE, "copilot-vscode"), (CODEX, "codex")):
        replayed = {**pre, **base}
        assert sent_by(replayed) == sender


@pytest.mark.parametrize(
    "payload", [None, 1, "x", [], {}, {"type": "human"}, {"tool_name": "Edit"}]
)
def test_what_nobody_sends_is_nobodys(payload):
    assert agents.recognise(payload) is None


def test_every_module_on_the_shelf_is_asked():
    there = {path.stem for path in SHELF.glob("*.py")} - {"__init__"}
    assert there == set(agents._MODULES)
    assert [agent.NAME for agent in agents.all_agents()] == sorted(
        name.replace("_", "-") for name in there
    )
    for agent in agents.all_agents():
        assert agent.TITLE
        assert set(agent.DENIES) <= {"prompt", "pre-edit"}


def test_session_turn_call_model_and_folder_are_read():
    claude = tool(CLAUDE, "PostToolUse", "Edit", PAIR, tool_use_id="call-1")
    event = agents.recognise(claude).read(claude)
    assert event[:8] == (
        "claude-code", "post-edit", "c-1", "turn-1", "Edit", "call-1", "", "/repo"
    )  # fmt: skip
    cursor = ALL["cursor tab"][2]
    assert agents.recognise(cursor).read(cursor)[:8] == (
        "cursor", "post-edit", "k-1", "turn-1", "Tab", "", "sonnet", "/repo"
    )  # fmt: skip
    generic = ALL["generic"][2]
    event = agents.recognise(generic).read(generic)
    assert (event.agent, event.session, event.model) == ("kimi", "a-1", "k2")
    start = {**CLAUDE, "hook_event_name": "SessionStart", "model": "opus"}
    assert agents.recognise(start).read(start).model == "opus"
    message = ALL["opencode prompt"][2]
    event = agents.recognise(message).read(message)
    assert (event.turn, event.model) == ("turn-1", "m")


@pytest.mark.parametrize("name", [name for name, (_, kind, _) in ALL.items() if kind == "prompt"])
def test_a_prompt_is_what_the_person_wrote(name):
    payload = ALL[name][2]
    event = agents.recognise(payload).read(payload)
    assert event.prompt == "add the prices up"
    assert event.edits == ()


def test_other_names_for_the_same_are_understood():
    payload = {**CLAUDE, "hook_event_name": "UserPromptSubmit", "user_prompt": "add the prices up"}
    assert agents.recognise(payload).read(payload).prompt == "add the prices up"
    assert sent_by(prompt(CURSOR, "UserPromptSubmit")) == "cursor"
    string = {**ALL["cli pre"][2], "toolArgs": json.dumps({"path": PATH, "content": "x = 1\n"})}
    (edit,) = agents.recognise(string).read(string).edits
    assert (edit.path, edit.after) == (PATH, "x = 1\n")


# -- any JSON whatever

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)
TEXTS = st.sampled_from(
    ["*** Begin Patch\n*** Update File: a\n@@\n-x", "{", "{}", "[[", "\ud800", ""]
)
KEYS = sorted({key for _, _, payload in ALL.values() for key in payload})


def fits(payload: object) -> None:
    """Read a payload by every agent; what comes out has the types that it should have."""
    agents.recognise(payload)
    if not isinstance(payload, dict):
        return
    for agent in agents.all_agents():
        agent.recognises(payload)
        event = agent.read(payload)
        assert isinstance(event, Event)
        for field in (*event[:9], event.transcript):
            assert isinstance(field, str)
        for edit in event.edits:
            assert isinstance(edit.path, str)
            assert all(isinstance(part, str) for pair in edit.changes for part in pair)
            for whole in (edit.before, edit.after, edit.proposed):
                assert whole is None or isinstance(whole, str)
        assert isinstance(agent.deny(event, "no"), Answer)


@given(JSON)
def test_no_json_makes_it_raise(payload):
    fits(payload)


@given(st.dictionaries(st.sampled_from(KEYS), JSON | TEXTS, max_size=12))
def test_known_names_with_any_values_do_not_either(payload):
    fits(payload)


@given(st.sampled_from(sorted(ALL)), st.data())
def test_nor_does_a_payload_with_anything_in_a_place(name, data):
    payload = copy.deepcopy(ALL[name][2])
    spot, key = payload, data.draw(st.sampled_from(sorted(payload)))
    while isinstance(spot[key], dict) and spot[key] and data.draw(st.booleans()):
        spot = spot[key]
        key = data.draw(st.sampled_from(sorted(spot)))
    spot[key] = data.draw(JSON | TEXTS)
    fits(payload)


def test_nesting_as_deep_as_json_can_be_is_no_trouble():
    deep = "[" * 100_000
    for _, _, payload in ALL.values():
        fits({**payload, "tool_input": deep, "toolArgs": "{" + deep, "tool_info": deep})


def test_reading_loads_no_more_than_it_needs():
    code = (
        "import json, sys, typing, importlib; before = set(sys.modules)\n"
        "from vetline import agents\n"
        "payload = json.loads(sys.stdin.read())\n"
        "agents.recognise(payload).read(payload)\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(ALL["codex pre"][2]),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    ours = {"__future__", "vetline", "vetline.patches", "vetline.agents"}
    loaded = {name for name in done.stdout.split() if not name.startswith("vetline.agents.")}
    assert loaded == ours
