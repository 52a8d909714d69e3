"""`vetline hook`: quick and silent, nothing lost, and what it refuses it refuses for a reason."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from repositories import sh
from servers import environment

from vetline import spool
from vetline.doors import vetting
from vetline.doors.lsp.listener import Handlers, Listener
from vetline.doors.verdict import Examined, Objection, Redacted
from vetline.places import place_of

# Through `main`, as the console script does it; the modules that were loaded go to a file.
LOADED = "LOADED_MODULES"
RUN = f"""
import os, sys
import vetline.__main__ as command
code = command.main(["hook", *sys.argv[1:]])
if name := os.environ.get("{LOADED}"):
    with open(name, "w") as stream:
        print(*sorted(sys.modules), file=stream)
sys.exit(code)
"""
KEY = "AKIA" + "QYLPMN5HHHFPZAM2"
TOKEN = "ghp_" + "k7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg1Xw0Ue"
UNSAFE = "import yaml\n\n\ndef load(text):\n    return yaml.load(text)\n"
SAFE = "import yaml\n\n\ndef load(text):\n    return yaml.safe_load(text)\n"
RULE = "python/unsafe-yaml-load"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "app").mkdir(parents=True)
    sh(root, "init", "-q")
    return root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def run(shop: Path, event: Any, *words: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    raw = event if isinstance(event, bytes) else json.dumps(event).encode()
    return subprocess.run(
        [sys.executable, "-c", RUN, *words],
        input=raw,
        cwd=shop,
        env={**environment(shop.parent / "home"), **env},
        capture_output=True,
        timeout=60,
        check=False,
    )


def silent(done: subprocess.CompletedProcess[bytes]) -> bool:
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    return True


def records(path: Path) -> list[dict[str, Any]]:
    return [record for _, record in spool.pending(place_of(str(path)).folders)]


def log(path: Path) -> str:
    found = [Path(folder, "hook.log") for folder in place_of(str(path)).folders]
    return "".join(one.read_text() for one in found if one.exists())


def claude(shop: Path, name: str, **more: Any) -> dict[str, Any]:
    common = {
        "session_id": "7c1f",
        "transcript_path": str(shop.parent / "7c1f.jsonl"),
        "cwd": str(shop),
        "prompt_id": "0d2f",
        "hook_event_name": name,
    }
    return {**common, **more}


def edited(shop: Path, old: str = "a = 1\n", new: str = "a = 2\n", path: str = "app/db.py"):
    given = {"file_path": str(shop / path), "old_string": old, "new_string": new}
    more = {"tool_name": "Edit", "tool_use_id": "toolu_1", "tool_input": given}
    return claude(shop, "PostToolUse", **more, tool_response={"userModified": False})


def editing(shop: Path, old: str, new: str, path: str = "app/db.py"):
    given = {"file_path": str(shop / path), "old_string": old, "new_string": new}
    return claude(
        shop, "PreToolUse", tool_name="Edit", tool_use_id="toolu_1", tool_input=given
    )  # fmt: skip


def writing(shop: Path, text: str, path: str = "app/db.py"):
    given = {"file_path": str(shop / path), "content": text}
    return claude(shop, "PreToolUse", tool_name="Write", tool_use_id="t", tool_input=given)


def asked(shop: Path, words: str):
    return claude(shop, "UserPromptSubmit", prompt=words)


def denial(done: subprocess.CompletedProcess[bytes]) -> str:
    assert done.returncode == 0
    said = json.loads(done.stdout)["hookSpecificOutput"]
    assert said["permissionDecision"] == "deny"
    return said["permissionDecisionReason"]


# -- what an agent did


def test_an_edit_is_written_down_and_nothing_is_said(shop, home):
    assert silent(run(shop, edited(shop)))
    (record,) = records(shop)
    event = record.pop("event")
    assert record.pop("at").endswith("Z")
    assert record == {"v": 1, "base": str(shop), "prompt": None}
    (edit,) = event.pop("edits")
    assert edit["path"] == str(shop / "app/db.py")
    assert edit["changes"] == [["a = 1\n", "a = 2\n"]]
    expected = {"agent": "claude-code", "kind": "post-edit", "session": "7c1f", "turn": "0d2f"}
    assert expected.items() <= event.items()
    assert (event["tool_call"], event["prompt"], event["cwd"]) == ("toolu_1", "", str(shop))
    assert log(shop) == ""


def test_scenario_36_without_a_server_all_is_kept_in_order(shop, home):
    for n in range(5):
        assert silent(run(shop, edited(shop, f"a = {n}\n", f"a = {n + 1}\n")))
    news = [r["event"]["edits"][0]["changes"][0][1] for r in records(shop)]
    assert news == [f"a = {n}\n" for n in range(1, 6)]


def test_an_event_is_written_down_in_each_place_it_belongs_to(shop, home, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    other = tmp_path / "other"
    other.mkdir()
    sh(other, "init", "-q")
    patch = (
        "*** Begin Patch\n*** Update File: app/db.py\n@@\n-a = 1\n+a = 2\n"
        f"*** Add File: {other}/new.py\n+b = 1\n*** Add File: ../notes.py\n+c = 1\n*** End Patch"
    )
    event = {
        "session_id": "s", "turn_id": "t", "transcript_path": None, "cwd": str(shop), "model": "m",
        "hook_event_name": "PostToolUse", "permission_mode": "default", "tool_name": "apply_patch",
        "tool_use_id": "call_1", "tool_input": {"command": patch}, "tool_response": "ok",
    }  # fmt: skip
    assert silent(run(shop, event))
    for place, base, path in (
        (shop, str(shop), shop / "app/db.py"),
        (other, str(other), other / "new.py"),
        (tmp_path, "", tmp_path / "notes.py"),
    ):
        (record,) = records(place)
        assert (record["base"], record["event"]["model"]) == (base, "m")
        (edit,) = record["event"]["edits"]
        assert os.path.normpath(edit["path"]) == str(path)


def test_an_event_that_tells_the_model_is_kept_for_later_ones(shop, home):
    assert silent(run(shop, claude(shop, "SessionStart", source="startup", model="claude-x")))
    (record,) = records(shop)
    assert (record["event"]["kind"], record["event"]["model"]) == ("other", "claude-x")
    assert silent(run(shop, claude(shop, "Stop")))
    assert len(records(shop)) == 1
    assert "claude-code: an event that says nothing we keep" in log(shop)


MARK = "mark" + "edwords"


@pytest.mark.parametrize(
    ("raw", "noted"),
    [
        (b"", "nothing on standard input"),
        (b'{"prompt": "' + MARK.encode(), "bytes that are no JSON (JSONDecodeError)"),
        (b"\xff\xfe\x00" + MARK.encode(), "no JSON"),
        (b"[" * 1_000_000, "no JSON (RecursionError)"),
        (b"9" * 5_000, "no JSON (ValueError)"),
        (json.dumps([MARK]).encode(), "from an agent we do not know"),
        (json.dumps({"hello": MARK}).encode(), "from an agent we do not know"),
        (b'"' + MARK.encode() * 200_000 + b'"', "from an agent we do not know"),
    ],
)
def test_scenario_35_what_is_not_understood_is_noted_and_not_quoted(shop, home, raw, noted):
    assert silent(run(shop, raw))
    (line,) = log(shop).splitlines()
    assert noted in line
    assert MARK not in line
    assert records(shop) == []


def test_scenario_35_what_is_odd_is_kept(shop, home):
    raw = json.dumps(edited(shop, new="a\x01b\tc")).replace("\\u0001", "\x01").replace("\\t", "\t")
    assert silent(run(shop, raw.encode()))
    assert "raw control characters" in log(shop)
    assert silent(run(shop, b"\xef\xbb\xbf" + json.dumps(edited(shop, new="BOM")).encode()))
    assert silent(run(shop, edited(shop, new="x" * 2_000_000)))
    assert "claude-code: 2,0" in log(shop)
    assert silent(run(shop, edited(shop, new="\ud800")))
    raw = json.dumps(edited(shop, new="LATIN"), ensure_ascii=False).encode()
    assert silent(run(shop, raw.replace(b"LATIN", b"caf\xe9")))
    news = [record["event"]["edits"][0]["changes"][0][1] for record in records(shop)]
    assert news == ["a\x01b\tc", "BOM", "x" * 2_000_000, "\ud800", "caf\udce9"]


def test_a_record_over_the_limit_goes_without_the_text_before(shop, home):
    event = edited(shop)
    event["tool_response"]["originalFile"] = "y" * 17_000_000
    assert silent(run(shop, event))
    (record,) = records(shop)
    assert record["event"]["edits"][0]["before"] is None
    assert record["event"]["edits"][0]["changes"] == [["a = 1\n", "a = 2\n"]]
    assert silent(run(shop, edited(shop, new="z" * 17_000_000)))
    assert "post-edit was not kept: the record has 17,0" in log(shop)


def test_a_path_that_cannot_be_is_noted(shop, home):
    assert silent(run(shop, edited(shop, path="a\0b.py")))
    assert silent(run(shop, edited(shop, path="\ud800.py")))
    assert log(shop).count("1 paths that cannot be") == 2
    assert silent(run(shop, {**edited(shop), "cwd": "\0"}))
    assert len(records(shop)) == 1


def test_the_word_after_the_command_says_who_is_meant(shop, home):
    event = {"hook_event_name": "PostToolUse", "tool_name": "Edit", "cwd": str(shop)}
    event["tool_input"] = {"file_path": "a.py", "old_string": "a", "new_string": "b"}
    assert silent(run(shop, event))
    assert records(shop) == []
    assert silent(run(shop, event, "claude-code"))
    (record,) = records(shop)
    assert record["event"]["agent"] == "claude-code"
    assert silent(run(shop, event, "nobody", "--what"))


def test_where_nothing_can_be_written_one_line_says_so(shop, home):
    (shop / ".git" / "vetline").write_text("in the way")
    (home / "state").write_text("in the way")
    done = run(shop, edited(shop))
    assert (done.returncode, done.stdout) == (0, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("vetline hook: claude-code: post-edit was not kept: ")
    done = run(home, edited(shop), HOME="", XDG_STATE_HOME="")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (0, b"", 1)


def test_where_the_git_folder_cannot_be_written_the_users_own_is_taken(shop, home, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    (shop / ".git" / "vetline").write_text("in the way")
    assert silent(run(shop, edited(shop)))
    assert len(records(shop)) == 1


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_reason_to_fail(shop, home, closed):
    (shop / "event").write_text(json.dumps(edited(shop)))
    words = f'"$1" -c "$2" < event {closed}'
    done = subprocess.run(
        ["sh", "-c", words, "sh", sys.executable, RUN],
        cwd=shop, env=environment(home), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert silent(done)
    assert len(records(shop)) == (0 if "<&-" in closed else 1)


def test_a_folder_that_is_gone_is_no_reason_to_fail(shop, home):
    (shop / "event").write_text(json.dumps(edited(shop)))
    words = 'mkdir gone && cd gone && rmdir ../gone && "$1" -P -c "$2" < ../event'
    done = subprocess.run(
        ["sh", "-c", words.replace("../event", '"$3"'), "sh", sys.executable, RUN, shop / "event"],
        cwd=shop, env=environment(home), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert silent(done)
    assert len(records(shop)) == 1


def test_an_agent_that_leaves_the_pipe_open_is_not_waited_for(shop, home):
    code = f"from vetline.doors import hook\nhook._PATIENCE = 0.5\n{RUN}"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=shop, env=environment(home), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        child.stdin.write(json.dumps(edited(shop)).encode())
        child.stdin.flush()
        assert child.wait(60) == 0
        assert child.stderr.read() == b""
    assert len(records(shop)) == 1
    assert "standard input did not end within" in log(shop)


def test_more_than_we_take_is_read_and_noted(shop, home):
    code = f"from vetline.doors import hook\nhook._LARGEST = 1_000_000\n{RUN}"
    raw = json.dumps(edited(shop, new="x" * 3_000_000)).encode()
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=raw, cwd=shop, env=environment(home), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert silent(done)
    assert f"{len(raw):,} bytes, more than we take" in log(shop)


def test_a_person_is_told_how_it_is_called(shop, home):
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-c", RUN],
            stdin=theirs, cwd=shop, env=environment(home), capture_output=True, timeout=60, check=False,
        )  # fmt: skip
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 2
    assert done.stderr.startswith(b"usage: vetline hook [AGENT]")
    done = run(shop, b"", "--help")
    assert (done.returncode, done.stdout[:19]) == (0, b"usage: vetline hook")


def test_a_fault_of_ours_is_noted_by_its_type(shop, home):
    code = f"""from vetline import spool
def fail(*args):
    raise RuntimeError("{MARK}")
spool.write = fail
{RUN}"""
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(edited(shop)).encode(),
        cwd=shop, env=environment(home), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert silent(done)
    assert "the hook failed (RuntimeError)" in log(shop)
    assert MARK not in log(shop)


HEAVY = {
    *("pygls", "lsprotocol", "bandit", "detect_secrets", "tree_sitter", "sqlite3", "attrs"),
    *(
        "asyncio",
        "subprocess",
        "logging",
        "pathlib",
        "tomllib",
        "dataclasses",
        "socket",
        "argparse",
    ),
}


@pytest.mark.parametrize("server", [False, True])
def test_scenario_39_an_edit_loads_next_to_nothing(shop, home, tmp_path, server):
    (shop / "vetline.toml").write_text("[hook]\nblock = 'high'\n")
    loaded = tmp_path / "loaded"
    if server:
        (shop / ".git/vetline/servers").mkdir(parents=True)
    assert silent(run(shop, edited(shop), **{LOADED: str(loaded)}))
    modules = set(loaded.read_text().split())
    assert HEAVY & {name.partition(".")[0] for name in modules} == ({"socket"} if server else set())
    tops = {name.partition(".")[0] for name in modules}
    # What an installation itself loads at every start is not ours.
    plain = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    started = {name.partition(".")[0] for name in plain.stdout.split()}
    assert tops - started - sys.stdlib_module_names == {"vetline"}
    ours = {name for name in modules if name.startswith("vetline.")}
    agents = {name for name in ours if name.startswith("vetline.agents")}
    server_side = {"vetline.doors.running"} if server else set()
    assert ours - agents - server_side == {
        "vetline.__main__", "vetline.disk", "vetline.doors", "vetline.doors.hook",
        "vetline.places", "vetline.spool",
    }  # fmt: skip


# -- prompts


def test_a_prompt_is_kept_by_its_digest_and_masked(shop, home):
    assert silent(run(shop, asked(shop, "look users up by id — é\ud800")))
    (record,) = records(shop)
    words = "look users up by id — é\ud800"
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
    assert record["prompt"] == {"digest": digest, "text": words}
    assert (record["event"]["kind"], record["event"]["prompt"]) == ("prompt", "")
    assert "denied" not in record


def test_a_prompt_with_a_secret_is_refused(shop, home):
    words = f"deploy with aws_key = {KEY} please, and {TOKEN}"
    done = run(shop, asked(shop, words))
    said = json.loads(done.stdout)
    assert (done.returncode, said["decision"]) == (0, "block")
    assert "aws" in said["reason"]
    assert "aws_key = ********" in said["reason"]
    (record,) = records(shop)
    assert record["denied"] is True
    masked = "deploy with aws_key = ******** please, and ********"
    digest = hashlib.sha256(
        masked.encode()
    ).hexdigest()  # of the words a guess could be tried against it
    assert record["prompt"] == {"digest": digest, "text": masked}
    assert "line 1, column 23" in said["reason"]
    assert "a prompt with a secret in it" in log(shop)
    everything = done.stdout + done.stderr + b"".join(
        path.read_bytes() for path in (shop / ".git/vetline").rglob("*") if path.is_file()
    )  # fmt: skip
    for secret in (KEY, TOKEN):
        assert secret.encode() not in everything


def test_the_settings_can_let_a_prompt_pass_and_keep_no_text(shop, home):
    (shop / "vetline.toml").write_text("store-text = false\nhook.prompt-secrets = 'mask'\n")
    assert silent(run(shop, asked(shop, f"use {KEY}")))
    (record,) = records(shop)
    assert record["prompt"]["text"] is None
    assert "denied" not in record
    assert silent(run(shop, asked(shop, f"use {KEY}"), VETLINE_STORE_TEXT="true"))
    assert records(shop)[1]["prompt"]["text"] == "use ********"


def test_where_the_agent_does_not_heed_us_the_user_is_told(shop, home):
    event = {
        "hook_event_name": "UserPromptSubmit", "session_id": "s", "cwd": str(shop),
        "timestamp": "2026-03-01T09:05:00.123Z", "prompt": f"use {KEY}",
    }  # fmt: skip
    done = run(shop, event, "copilot-cli")
    (record,) = records(shop)
    if record["event"]["agent"] != "copilot-cli":
        pytest.fail(f"the shape is that of {record['event']['agent']}")
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"does not let a hook refuse it" in done.stderr
    assert KEY.encode() not in done.stderr
    assert "denied" not in record


def test_a_prompt_that_cannot_be_searched_is_not_kept(shop, home):
    words = "x " * 10 + "y" * 2_000_100  # a line longer than the analyzer looks at
    done = run(shop, asked(shop, words))
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"could not be searched for secrets" in done.stderr
    (record,) = records(shop)
    assert record["prompt"]["text"] is None
    assert len(record["prompt"]["digest"]) == 64
    assert "a prompt could not be searched; not kept" in log(shop)


# -- before an edit


@pytest.fixture
def strict(shop: Path) -> Path:
    (shop / "vetline.toml").write_text("[hook]\nblock = 'medium'\n")
    return shop


def test_without_a_setting_no_edit_is_looked_at(shop, home, tmp_path):
    (shop / "pyproject.toml").write_text("[tool.vetline]\nfail-on = 'high'\n")
    loaded = tmp_path / "loaded"
    assert silent(run(shop, writing(shop, UNSAFE), **{LOADED: str(loaded)}))
    assert records(shop) == []
    assert "vetline.config" not in loaded.read_text().split()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vetline.toml", "hook.block = 'medium'\n"),
        ("pyproject.toml", "[tool.vetline.hook]\nblock = 'medium'\n"),
        ("pyproject.toml", '[tool.vetline.hook]\n"\\u0062lock" = "medium"\n'),
    ],
)
def test_an_edit_that_brings_in_a_finding_is_refused(shop, home, name, text):
    (shop / name).write_text(text)
    reason = denial(run(shop, writing(shop, UNSAFE)))
    assert reason.startswith(f"Vetline: app/db.py: {RULE} (")
    assert "line 5" in reason
    (record,) = records(shop)
    assert record["denied"] == [RULE]
    assert record["event"]["kind"] == "pre-edit"
    (edit,) = record["event"]["edits"]
    assert edit["path"] == str(shop / "app/db.py")
    assert (edit["changes"], edit["after"]) == ([], None)
    assert f"an edit was refused ({RULE})" in log(shop)


def test_a_change_is_judged_in_its_file(strict, home):
    path = strict / "app/db.py"
    path.write_bytes(SAFE.replace("\n", "\r\n").encode())
    event = editing(strict, "    return yaml.safe_load(text)\n", "    return yaml.load(text)\n")
    assert "line 5" in denial(run(strict, event))
    assert silent(run(strict, editing(strict, "def load", "def read")))
    assert path.read_bytes() == SAFE.replace("\n", "\r\n").encode()


def test_what_was_there_before_is_no_reason(strict, home):
    (strict / "app/db.py").write_text(UNSAFE)
    assert silent(run(strict, editing(strict, "def load", "def read_all")))
    assert silent(run(strict, writing(strict, "# Loads.\n" + UNSAFE)))
    more = UNSAFE + "\n\ndef again(text):\n    return yaml.load(text)\n"
    assert "line 9" in denial(run(strict, writing(strict, more)))


def test_new_parts_are_judged_alone_where_their_place_is_not_known(strict, home):
    (strict / "app/db.py").write_text("import os\n")
    event = editing(strict, "gone = 1\n", "import yaml\nx = yaml.load(y)\n")
    reason = denial(run(strict, event))
    assert RULE in reason
    assert ", line" not in reason
    assert silent(run(strict, editing(strict, "  gone = 1\n", "  safe = 1\n")))


def test_a_lesser_finding_is_no_reason(strict, home):
    assert silent(run(strict, writing(strict, UNSAFE), VETLINE_HOOK_BLOCK="critical"))
    assert silent(run(strict, writing(strict, SAFE)))
    assert silent(run(strict, writing(strict, UNSAFE), VETLINE_IGNORE="python/*,bandit/*"))
    (strict / "vetline.toml").write_text("exclude = ['app/']\nhook.block = 'medium'\n")
    assert silent(run(strict, writing(strict, UNSAFE)))
    assert records(strict) == []


def test_a_reason_does_not_repeat_a_secret(strict, home):
    done = run(strict, writing(strict, f'TOKEN = "{TOKEN}"\n'))
    assert "secret/" in denial(done)
    everything = done.stdout + done.stderr + b"".join(
        path.read_bytes() for path in (strict / ".git/vetline").rglob("*") if path.is_file()
    )  # fmt: skip
    assert TOKEN.encode() not in everything


@pytest.mark.parametrize("fail", ["open", "closed"])
@pytest.mark.parametrize("why", ["large", "slow", "broken", "pipe"])
def test_what_cannot_be_decided_is_said_and_follows_the_policy(strict, home, fail, why):
    env = {"VETLINE_HOOK_FAIL": fail}
    event = writing(strict, SAFE)
    if why == "large":
        env["VETLINE_MAX_FILE_SIZE"] = "10"
    elif why == "slow":
        env["VETLINE_HOOK_TIMEOUT"] = "0.1"
        event = writing(
            strict, "".join(f"x{n} = [{n}, {{'a': f(b, {n})}}]\n" for n in range(40_000))
        )
    elif why == "broken":
        event = writing(strict, "def f(:\n")
    else:
        os.mkfifo(strict / "app/db.py")
    done = run(strict, event, **env)
    if fail == "open":
        assert (done.returncode, done.stdout) == (0, b"")
        assert b"vetline hook: app/db.py was not checked before the edit (" in done.stderr
        assert "was let pass (hook.fail is open)" in log(strict)
        assert records(strict) == []
    else:
        assert "app/db.py could not be checked (" in denial(done)
        assert records(strict)[0]["denied"] == [vetting.NOT_CHECKED]


def test_a_mistake_in_the_settings_is_said(strict, home):
    (strict / "vetline.toml").write_text("hook.block = 'urgent'\n")
    done = run(strict, writing(strict, UNSAFE))
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"hook.block: 'urgent' is not one of" in done.stderr


def test_an_agent_that_refuses_by_its_exit_code_does(strict, home):
    tool = {
        "file_path": str(strict / "app/db.py"),
        "edits": [{"old_string": "", "new_string": UNSAFE}],
    }
    event = {
        "agent_action_name": "pre_write_code", "trajectory_id": "t", "execution_id": "e",
        "timestamp": "2026-03-01T09:05:00Z", "tool_info": tool,
    }  # fmt: skip
    done = run(strict, event)
    assert done.returncode == 2
    assert RULE.encode() in done.stderr


def test_a_refusal_that_nobody_can_read_is_one_all_the_same(strict, home):
    (strict / "event").write_text(json.dumps(writing(strict, UNSAFE)))
    done = subprocess.run(
        ["sh", "-c", '"$1" -c "$2" < event >&-', "sh", sys.executable, RUN],
        cwd=strict, env=environment(home), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert RULE.encode() in done.stderr


# -- with a running server


class Server:
    """A server that answers what it was given to say, as often as it is asked."""

    def __init__(self, *objections: Objection, pause: float = 0.0, unsure: str = "") -> None:
        self.examined = Examined(objections, unsure)
        self.heard: list[Any] = []
        self.poked = asyncio.Event()
        self.pause = pause

    async def examine(self, proposal):
        self.heard.append(proposal)
        await asyncio.sleep(self.pause)
        return self.examined

    async def redact(self, words):
        self.heard.append(words)
        await asyncio.sleep(self.pause)
        return Redacted("by the server", ("password",), "x = ********")

    async def run(self, shop: Path, event: Any) -> subprocess.CompletedProcess[bytes]:
        listener = Listener(Handlers(self.poked.set, self.examine, self.redact))
        await listener.start()
        await listener.register(place_of(str(shop)).folders)
        try:
            return await asyncio.to_thread(run, shop, event)
        finally:
            listener.stop()


async def test_a_running_server_is_told_of_an_edit(shop, home):
    server = Server()
    assert silent(await server.run(shop, edited(shop)))
    await asyncio.wait_for(server.poked.wait(), 20)
    assert len(records(shop)) == 1


async def test_a_running_server_is_asked_first(strict, home):
    server = Server(
        Objection("shop/one", "high", 3, "One."),
        Objection("shop/two", "medium", 4, "Two."),
        Objection("shop/three", "critical", 0, "Three."),
        Objection("shop/four", "low", 5, "Four."),
    )
    done = await server.run(strict, writing(strict, SAFE))
    reason = denial(done)
    assert reason == (
        "Vetline: app/db.py: shop/one (high, line 3): One. shop/two (medium, line 4): Two. And 1 more."
    )
    (proposal,) = server.heard
    assert (proposal.path, proposal.text, proposal.before) == (str(strict / "app/db.py"), SAFE, "")
    done = await server.run(strict, asked(strict, "words"))
    assert json.loads(done.stdout)["decision"] == "block"
    assert records(strict)[-1]["prompt"]["text"] == "by the server"


@pytest.mark.parametrize("server", [Server(pause=30.0), Server(unsure="busy")])
async def test_a_server_that_does_not_know_in_time_is_done_without(strict, home, server):
    done = await server.run(strict, writing(strict, UNSAFE))
    assert RULE in denial(done)
    assert len(server.heard) == 1
