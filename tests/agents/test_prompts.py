"""A prompt with a secret in it, in every shape that agents send prompts in: kind and place are told, the value is not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hook_payloads import ALL
from repositories import sh
from servers import environment

from vetline import agents, spool
from vetline.places import place_of

PASSWORD = "v9#kQ2" + "m!Lx84z"
WORDS = f'log in\nwith password = "{PASSWORD}", please'
PROMPTS = {name: payload for name, (_, kind, payload) in ALL.items() if kind == "prompt"}


def instead(value, folder):
    """The payload in that folder, with our words for a prompt."""
    if isinstance(value, dict):
        return {key: instead(one, folder) for key, one in value.items()}
    if isinstance(value, list):
        return [instead(one, folder) for one in value]
    return {"add the prices up": WORDS, "/repo": str(folder)}.get(value, value)


def test_every_agent_that_has_prompts_is_here():
    names = {agents.recognise(payload).NAME for payload in PROMPTS.values()}
    assert names == {agent.NAME for agent in agents.all_agents()} - {"agent-v1"}


@pytest.mark.parametrize("name", PROMPTS)
def test_it_is_told_what_stands_where_and_never_the_value(tmp_path, name):
    shop = tmp_path / "shop"
    shop.mkdir()
    sh(shop, "init", "-q")
    payload = instead(PROMPTS[name], shop)
    assert PASSWORD in json.dumps(payload)
    agent = agents.recognise(payload)
    done = subprocess.run(
        [sys.executable, "-m", "vetline", "hook"],
        input=json.dumps(payload).encode(),
        cwd=shop,
        env=environment(tmp_path),
        capture_output=True,
        timeout=60,
        check=False,
    )
    told = (done.stdout + done.stderr).decode()
    assert "hard coded password at line 2, column 18" in told
    assert PASSWORD not in told
    refused = agents.PROMPT in agent.DENIES
    assert refused == ("Take it out and send the prompt again" in told)
    ((_, record),) = spool.pending(place_of(str(shop)).folders)
    assert record.get("denied", False) == refused
    assert record["prompt"]["text"] == WORDS.replace(PASSWORD, "********")
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in raw for raw in kept)
