"""How each agent is told no: the exact output and exit code."""

from __future__ import annotations

import json

import pytest
from hook_payloads import ALL

from vetline import agents
from vetline.agents import OTHER, POST_EDIT, PRE_EDIT, PROMPT, Answer, Event

WHY = 'app.py:3: SQL from a "string"'
PERMISSION = {
    "hookSpecificOutput": {
        "hookEventName": "PreToolUse",
        "permissionDecision": "deny",
        "permissionDecisionReason": WHY,
    }
}
BLOCK = {"decision": "block", "reason": WHY}
DENY = {"decision": "deny", "reason": WHY}
CURSOR = {
    "permission": "deny",
    "decision": "deny",
    "user_message": WHY,
    "agent_message": WHY,
    "reason": WHY,
}
NOTHING = ("", "", 0)
# agent → what refuses an edit, what refuses a prompt: output, error output, exit code
TOLD = {
    "claude-code": ((PERMISSION, "", 0), (BLOCK, "", 0)),
    "cursor": ((CURSOR, WHY, 2), ({"continue": False, "user_message": WHY}, "", 0)),
    "codex": ((PERMISSION, "", 0), (BLOCK, "", 0)),
    "gemini-cli": ((DENY, "", 0), (DENY, "", 0)),
    "copilot-vscode": ((PERMISSION, "", 0), ({"continue": False, "stopReason": WHY}, "", 0)),
    "copilot-cli": (
        ({"permissionDecision": "deny", "permissionDecisionReason": WHY}, WHY, 2),
        NOTHING,
    ),
    "windsurf": (("", WHY, 2), ("", WHY, 2)),
    "opencode": ((DENY, "", 2), (DENY, "", 2)),
    "agent-v1": (NOTHING, NOTHING),
}


def test_every_agent_is_in_the_table():
    assert sorted(TOLD) == [agent.NAME for agent in agents.all_agents()]


@pytest.mark.parametrize("agent", agents.all_agents(), ids=lambda agent: agent.NAME)
def test_an_agent_is_told_no_in_its_own_words(agent):  # scenario 38
    for kind, (output, error, code) in zip((PRE_EDIT, PROMPT), TOLD[agent.NAME], strict=True):
        answer = agent.deny(Event(agent.NAME, kind), WHY)
        told = json.loads(answer.stdout) if answer.stdout else ""
        assert (told, answer.stderr, answer.code) == (output, error, code)
        assert "\n" not in answer.stdout
        assert (answer != Answer()) == (kind in agent.DENIES)


@pytest.mark.parametrize("agent", agents.all_agents(), ids=lambda agent: agent.NAME)
def test_what_has_happened_is_not_refused(agent):
    for kind in (POST_EDIT, OTHER):
        assert agent.deny(Event(agent.NAME, kind), WHY) == Answer()


def test_codex_is_never_given_an_empty_reason():
    codex = next(agent for agent in agents.all_agents() if agent.NAME == "codex")
    said = json.loads(codex.deny(Event("codex", PRE_EDIT), "  ").stdout)
    assert said["hookSpecificOutput"]["permissionDecisionReason"].strip()


@pytest.mark.parametrize("name", ["claude pre", "cursor pre", "vscode pre"])
def test_a_replayed_hook_is_answered_as_the_one_who_runs_it_expects(name):
    payload = ALL[name][2]
    agent = agents.recognise(payload)
    output = TOLD[ALL[name][0]][0][0]
    assert json.loads(agent.deny(agent.read(payload), WHY).stdout) == output
