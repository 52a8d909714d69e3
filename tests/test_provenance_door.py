"""`vetline provenance`: what is set up, what goes to other tools and comes from them, what is erased."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from repositories import sh

from vetline import agents, notes, places, spool
from vetline.agents import POST_EDIT, PROMPT, Event, FileEdit
from vetline.doors import install_git_hooks, install_hooks, running
from vetline.doors import provenance as door
from vetline.doors.provenance import exchange
from vetline.exchanges import agent_trace, git_ai
from vetline.history import asking, shelf
from vetline.provenance import Attribution, Origin, State, Tier
from vetline.stores import origins

SCHEMA = json.loads(
    (Path(__file__).parent / "schemas" / "agent-trace-0.1.0.json").read_text("utf-8")
)
CLAUDE = Origin(
    Tier.REPORTED,
    agent="claude-code",
    model="claude-opus-4-8",
    session="7c1f03ab",
    prompt="ab" * 32,
    source="hook",
    human="Ana Roe <ana@example.com>",
)
AI, MIXED = Attribution(State.AI, CLAUDE), Attribution(State.MIXED, CLAUDE)
HUMAN = Attribution(
    State.HUMAN, Origin(Tier.OBSERVED, source="typed", human="Ana <ana@example.com>", ai=False)
)
TEXT = "import os\n\n\ndef area(width, height):\n    size = width * height\n    return size\n"
FIRST = {4: AI, 5: MIXED, 6: HUMAN}


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A repository with one commit of one file."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "repo"
    (root / "shop").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    sh(root, "init", "-q")
    (root / "shop/area.py").write_text(TEXT)
    commit(root)
    monkeypatch.chdir(root)
    return root


def commit(root: Path) -> str:
    sh(root, "add", "-A")
    sh(root, "commit", "-qm", "x")
    return sh(root, "rev-parse", "HEAD").strip()


def head(root: Path) -> str:
    return sh(root, "rev-parse", "HEAD").strip()


def put(root: Path, known: dict[int, Attribution], ref: str = shelf.OURS) -> str:
    """Put a note on HEAD; gives its text."""
    text = notes.render(notes.compose(head(root), {"shop/area.py": known}, ""))
    shelf.write(asking.opened(root, 60), {head(root): text}, ref=ref)
    return text


def noted(root: Path, ref: str = shelf.OURS, rev: str = "HEAD") -> dict[int, Attribution]:
    """What the note on a commit says of the file."""
    text = sh(root, "notes", f"--ref={ref}", "show", rev)
    return git_ai.said(notes.parse(text)).get("shop/area.py", {})


def run(capsys, *argv: str) -> tuple[int, str, str]:
    code = door.main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


def imported(capsys, root: Path, *records: object) -> tuple[int, str, str]:
    (root.parent / "in.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    return run(capsys, "import", str(root.parent / "in.jsonl"))


def record(first: int, last: int, lines: list[str] | None = None, **more: object) -> dict:
    """A record as another tool writes it; with `lines`, hashed."""
    told = {"start_line": first, "end_line": last}
    if lines is not None:
        told["content_hash"] = agent_trace.content_hash(lines)
    conversation = {
        "url": "https://example.com/c/1",
        "contributor": {"type": "ai", "model_id": "openai/gpt-5"},
        "ranges": [told],
    }
    return {
        "version": "0.1.0",
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "timestamp": "2026-01-23T14:30:00Z",
        "tool": {"name": "codex"},
        "files": [{"path": "shop/area.py", "conversations": [conversation]}],
        **more,
    }


def at(revision: str) -> dict[str, object]:
    return {"vcs": {"type": "git", "revision": revision}}


# -- export


def test_a_commit_is_written_as_valid_records(capsys, repo):
    put(repo, FIRST)
    code, out, err = run(capsys, "export", "--format", "agent-trace", "--output", "-")
    assert (code, err) == (0, "")
    records = [json.loads(line) for line in out.splitlines()]
    for each in records:
        Draft202012Validator(SCHEMA).validate(each)
        UUID(each["id"])
        assert each["vcs"]["revision"] == head(repo)
    human, claude = records
    assert claude["tool"] == {"name": "claude-code"}
    ai, mixed = claude["files"][0]["conversations"]
    assert ai["contributor"] == {"type": "ai", "model_id": "anthropic/claude-opus-4-8"}
    content = hashlib.sha256(b"def area(width, height):").hexdigest()
    assert ai["ranges"] == [{"start_line": 4, "end_line": 4, "content_hash": f"sha256:{content}"}]
    assert mixed["contributor"]["type"] == "mixed"
    assert human["files"][0]["conversations"][0]["contributor"] == {"type": "human"}
    assert "ana@" not in out
    assert "def area" not in out


def test_the_store_has_each_record_once(capsys, repo):
    put(repo, FIRST)
    argv = ("export", "--format", "agent-trace")
    assert run(capsys, *argv)[1] == "2 records appended to .agent-trace/traces.jsonl\n"
    store = repo / ".agent-trace/traces.jsonl"
    first = store.read_text()
    said = "0 records appended to .agent-trace/traces.jsonl; 2 records there already\n"
    assert run(capsys, *argv)[1] == said
    assert store.read_text() == first
    store.write_text(first.rstrip("\n"))
    (repo / "shop/area.py").write_text(TEXT + "x = 1\n")
    commit(repo)
    put(repo, {7: AI})
    run(capsys, *argv)
    assert len([json.loads(line) for line in store.read_text().splitlines()]) == 3
    run(capsys, *argv, "--commit", "HEAD~1", "--output", "old.jsonl")
    assert Path("old.jsonl").read_text() == first


def test_a_store_that_leads_elsewhere_is_not_followed(capsys, repo, tmp_path):
    put(repo, FIRST)
    (tmp_path / "elsewhere").mkdir()
    (repo / ".agent-trace").symlink_to(tmp_path / "elsewhere")
    code, _, err = run(capsys, "export", "--format", "agent-trace")
    assert (code, err.count("\n")) == (2, 1)
    assert "is a link" in err
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("output", ["none/x.jsonl", "shop", None])
def test_what_cannot_be_written_is_said(capsys, repo, output):
    put(repo, FIRST)
    (repo / ".agent-trace").write_text("a file")
    argv = ("--output", output) if output else ()
    code, out, err = run(capsys, "export", "--format", "agent-trace", *argv)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cannot " in err


def test_no_program_of_the_repository_is_run(capsys, repo, tmp_path):
    """A commit that claims to be signed would be shown to the program that checks signatures."""
    raw = sh(repo, "cat-file", "commit", "HEAD")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ=\n -----END PGP SIGNATURE-----"
    (tmp_path / "commit").write_text(raw.replace("\n\n", f"\n{signature}\n\n", 1))
    sh(
        repo,
        "reset",
        sh(repo, "hash-object", "-t", "commit", "-w", str(tmp_path / "commit")).strip(),
    )
    program = tmp_path / "gpg"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    sh(repo, "config", "gpg.program", str(program))
    sh(repo, "config", "log.showSignature", "true")
    put(repo, FIRST)
    code, out, _ = run(capsys, "export", "--format", "agent-trace", "--output", "-")
    assert (code, out.count("\n")) == (0, 2)
    imported(capsys, repo, record(1, 3, LINES[:3], **at(head(repo))))
    assert not (tmp_path / "ran").exists()
    sh(repo, "log", "-1")
    assert (tmp_path / "ran").exists()


def test_a_commit_of_which_nothing_is_known_gives_nothing(capsys, repo):
    code, out, err = run(capsys, "export", "--format", "agent-trace")
    assert (code, out) == (0, "")
    assert (
        err == f"vetline provenance: nothing is known of the lines that {head(repo)[:12]} brought\n"
    )
    assert not (repo / ".agent-trace").exists()


def test_what_is_written_is_read_back(capsys, repo):
    put(repo, FIRST)
    run(capsys, "export", "--format", "agent-trace")
    sh(repo, "update-ref", "-d", shelf.OURS)
    code, out, err = run(capsys, "import", ".agent-trace/traces.jsonl")
    assert (code, out, err) == (0, "2 lines of 1 commit taken in.\n", "")
    back = noted(repo)
    assert {n: str(a.state) for n, a in back.items()} == {4: "ai", 5: "mixed"}
    origin = back[4].origin
    assert (origin.agent, origin.model, origin.session) == (
        "claude-code",
        "claude-opus-4-8",
        "7c1f03ab",
    )
    assert (origin.tier, origin.source) == (Tier.IMPORTED, "agent-trace")


# -- import


LINES = TEXT.splitlines()


def test_lines_that_a_hash_bears_out_are_taken_in(capsys, repo):
    told = record(4, 5, LINES[3:5], **at(head(repo)))
    assert imported(capsys, repo, told) == (0, "2 lines of 1 commit taken in.\n", "")
    assert sorted(noted(repo)) == [4, 5]
    assert imported(capsys, repo, told)[1] == "0 lines of 0 commits taken in.\n"


def test_what_a_hook_reported_stays(capsys, repo):
    put(repo, FIRST)
    told = record(3, 6, LINES[2:6], **at(head(repo)))
    assert imported(capsys, repo, told)[1] == "1 line of 1 commit taken in.\n"
    now = noted(repo)
    assert {line: now[line].origin.agent for line in (3, 4, 5)} == {
        3: "codex",
        4: "claude-code",
        5: "claude-code",
    }
    assert now[4].origin.tier is Tier.REPORTED
    assert now[6].state is State.HUMAN


def test_lines_of_older_commits_go_to_those_commits(capsys, repo):
    first = head(repo)
    (repo / "shop/area.py").write_text("# new\n" + TEXT)
    commit(repo)
    told = record(1, 7, ["# new", *LINES], **at(head(repo)))
    assert imported(capsys, repo, told)[1] == "7 lines of 2 commits taken in.\n"
    assert sorted(noted(repo)) == [1]
    assert sorted(noted(repo, rev=first)) == [1, 2, 3, 4, 5, 6]


def test_a_record_of_the_commit_before_the_change_is_found_by_its_hash(capsys, repo):
    before = head(repo)
    (repo / "shop/area.py").write_text("# one\n# two\n" + TEXT.replace("size", "result"))
    commit(repo)
    told = record(3, 4, ["    result = width * height", "    return result"], **at(before))
    assert imported(capsys, repo, told)[1] == "2 lines of 1 commit taken in.\n"
    assert sorted(noted(repo)) == [7, 8]


def test_a_range_without_a_hash_holds_for_what_its_commit_brought(capsys, repo):
    before = head(repo)
    (repo / "shop/area.py").write_text(TEXT + "x = 1\n")
    commit(repo)
    assert imported(capsys, repo, record(5, 7, **at(head(repo))))[1].startswith("1 line of 1 ")
    assert sorted(noted(repo)) == [7]
    # As the reference implementation has it: the commit before the change, which had other lines there.
    code, out, err = imported(capsys, repo, record(7, 7, **at(before)))
    assert (code, out) == (0, "0 lines of 0 commits taken in.\n")
    assert f"not applied: shop/area.py:7-7 is beyond the 6 lines it has in {before[:12]}" in err


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (record(4, 5, ["x", "y"]), "has lines that are not in that file"),
        (record(4, 5), "has neither a hash that can be checked nor a commit"),
        (record(4, 5, **at("0" * 40)), "is no file of a commit 000000000000 here"),
        (record(4, 5, ["x"], **at("0" * 40)), "has lines that are not in that file"),
    ],
)
def test_what_the_text_does_not_bear_out_is_not_applied(capsys, repo, told, why):
    code, out, err = imported(capsys, repo, told)
    assert (code, out) == (0, "0 lines of 0 commits taken in.\n")
    assert err == f"vetline provenance: not applied: shop/area.py:4-5 {why}\n"
    assert not shelf.shelves(repo / ".git")


def test_lines_of_an_older_commit_need_a_hash(capsys, repo):
    (repo / "other.py").write_text("x = 1\n")
    later = commit(repo)
    err = imported(capsys, repo, record(4, 5, **at(later)))[2]
    assert f"not applied: shop/area.py:4-5 was not brought by {later[:12]}" in err


def test_records_of_people_are_not_applied(capsys, repo):
    told = record(4, 5, LINES[3:5], **at(head(repo)))
    told["files"][0]["conversations"][0]["contributor"]["type"] = "human"
    assert imported(capsys, repo, told) == (0, "0 lines of 0 commits taken in.\n", "")


def test_what_cannot_be_read_is_said(capsys, repo):
    code, out, err = imported(capsys, repo, {"version": "3.0.0"}, record(4, 5, LINES[3:5]))
    assert (code, out) == (3, "2 lines of 1 commit taken in.\n")
    assert "record 1" not in err
    assert err.endswith("in.jsonl: line 1: is of version '3.0.0'; 0.1.0 is read\n")


def test_many_statements_are_told_in_a_few_lines(capsys, repo):
    err = imported(capsys, repo, *[record(4, 5, ["x", "y"])] * 30)[2]
    assert err.count("\n") == 21
    assert err.endswith("not applied: 10 more\n")


def test_what_takes_too_long_changes_nothing(capsys, repo, monkeypatch):
    told = record(4, 5, LINES[3:5], **at(head(repo)))
    late = iter([0.0, float("inf")])
    monkeypatch.setattr(exchange, "time", SimpleNamespace(monotonic=lambda: next(late)))
    code, out, err = imported(capsys, repo, told, told)
    assert (code, out) == (2, "")
    assert "takes too long: import fewer records at once" in err
    assert not shelf.shelves(repo / ".git")


# -- git-ai


def test_notes_go_to_git_ai_and_never_over_its_own(capsys, repo):
    first = head(repo)
    put(repo, FIRST)
    (repo / "shop/area.py").write_text(TEXT + "x = 1\n")
    commit(repo)
    put(repo, {7: AI})
    theirs = put(repo, {7: HUMAN}, shelf.FOREIGN)
    code, out, _ = run(capsys, "export", "--format", "git-ai")
    said = "1 note written to refs/notes/ai; 1 commit had one already, which stays\n"
    assert (code, out) == (0, said)
    assert sh(repo, "notes", "--ref=ai", "show", "HEAD") == theirs
    text = sh(repo, "notes", "--ref=ai", "show", first)
    assert CLAUDE.prompt not in text
    assert sorted(git_ai.said(notes.parse(text))["shop/area.py"]) == [4, 5, 6]
    assert run(capsys, "export", "--format", "git-ai", "--commit", first)[1] == (
        "0 notes written to refs/notes/ai; 1 commit had one already, which stays\n"
    )


def test_nothing_is_written_for_git_ai_unless_asked(capsys, repo):
    put(repo, FIRST)
    run(capsys, "export", "--format", "agent-trace")
    run(capsys, "status")
    assert "refs/notes/ai" not in sh(repo, "for-each-ref")


def test_notes_of_git_ai_are_taken_in_beside_ours(capsys, repo):
    put(repo, {4: AI})
    put(repo, {4: HUMAN, 5: AI}, shelf.FOREIGN)
    code, out, err = run(capsys, "import", "--git-ai")
    assert (code, out, err) == (0, "1 line of 1 commit taken in.\n", "")
    now = noted(repo)
    assert (now[4].state, now[4].origin.tier) == (State.AI, Tier.REPORTED)
    assert (now[5].origin.tier, now[5].origin.source) == (Tier.IMPORTED, "git-ai")


def test_without_notes_of_git_ai_it_says_so(capsys, repo):
    code, out, err = run(capsys, "import", "--git-ai")
    assert (code, out) == (0, "")
    assert "there is no refs/notes/ai" in err


def test_a_damaged_note_is_said(capsys, repo):
    shelf.write(asking.opened(repo, 60), {head(repo): "what"}, ref=shelf.FOREIGN)
    (repo / "shop/area.py").write_text(TEXT + "x = 1\n")
    commit(repo)
    put(repo, {7: AI}, shelf.FOREIGN)
    code, out, err = run(capsys, "import", "--git-ai")
    assert (code, out) == (3, "1 line of 1 commit taken in.\n")
    assert "1 note could not be read" in err


def test_a_note_that_names_too_many_lines_is_refused(capsys, repo):
    text = put(repo, {1: HUMAN}).replace(" 1\n", " 1-999999999\n", 1)
    shelf.write(asking.opened(repo, 60), {head(repo): text})
    said = "vetline provenance: a note on one of these commits names too many lines; nothing was changed\n"
    assert run(capsys, "export", "--format", "agent-trace") == (3, "", said)
    assert imported(capsys, repo, record(4, 5, LINES[3:5], **at(head(repo)))) == (3, "", said)
    assert sh(repo, "notes", "--ref=vetline", "show", "HEAD") == text


# -- usage


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "COMMAND"),
        (["import"], "give a FILE of Agent Trace records, or --git-ai"),
        (["import", "x", "--git-ai"], "give a FILE of Agent Trace records, or --git-ai"),
        (["import", "none.jsonl"], "none.jsonl cannot be read: no such file"),
        (["import", "shop"], "shop is a folder"),
        (["export"], "--format"),
        (["export", "--format", "agent-trace", "--commit", "none"], "'none' is not a commit here"),
        (["export", "--format", "git-ai", "--commit", "-x"], "expected one argument"),
        (["export", "--format", "git-ai", "--output", "x"], "--output is for agent-trace"),
        (["forget"], "give --prompts"),
        (["forget", "--prompts", "--before", "tomorrow"], "give a date as 2026-03-01"),
        (["status", "none"], "none: no such file or folder"),
    ],
)
def test_what_is_asked_wrongly(capsys, repo, argv, said):
    code, out, err = run(capsys, *argv)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize("argv", [["import", "x"], ["export", "--format", "git-ai"], ["sync"]])
def test_outside_of_a_repository(capsys, tmp_path, monkeypatch, argv):
    monkeypatch.chdir(tmp_path)
    said = "vetline provenance: this is no git repository: change to one\n"
    assert run(capsys, *argv) == (2, "", said)


# -- status


def report(root: Path, event: Event, at: str = "2026-03-01T09:05:00.123Z", **prompt: str) -> None:
    """Leave in the spool what a hook writes."""
    place = places.place_of(str(root))
    record = {"v": spool.VERSION, "at": at, "base": place.base, "event": event._asdict()}
    spool.write(place.folders, {**record, "prompt": prompt or None})


def edit(root: Path, agent: str = "claude-code") -> Event:
    change = FileEdit(str(root / "shop/area.py"), changes=(("", "x = 1\n"),))
    return Event(agent, POST_EDIT, session="s", cwd=str(root), edits=(change._asdict(),))


def told(capsys) -> dict:
    code, out, err = run(capsys, "status", "--output-format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_a_fresh_repository_has_nothing_and_says_what_to_do(capsys, repo):
    code, out, err = run(capsys, "status")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == ["agent", "hooks", "last", "heard", "of"]
    for agent in agents.all_agents():
        if agent.config(None, repo):
            assert re.search(rf"^{agent.TITLE} +- +never$", out, re.MULTILINE)
    assert out.endswith(
        "\nwaiting    nothing\n"
        "database   none yet\n"
        "git hooks  not set up: `vetline install-hooks --git`\n"
        "notes      none yet\n"
        "servers    none running\n"
        "\nNo agent reports what it writes: `vetline install-hooks` sets that up.\n"
    )
    assert not (repo / ".git/vetline").exists()


def test_hooks_are_found_where_they_are_set_up(capsys, repo, tmp_path):
    assert install_hooks.main(["--agent", "claude-code", "--agent", "cursor", "--git"]) == 0
    assert install_hooks.main(["--user", "--agent", "cursor"]) == 0
    capsys.readouterr()
    known = told(capsys)
    assert {each["agent"]: each["hooks"] for each in known["agents"] if each["hooks"]} == {
        "claude-code": ["project"],
        "cursor": ["project", "user"],
    }
    assert known["git"]["hooks"] == list(install_git_hooks.HOOKS)
    out = run(capsys, "status")[1]
    assert re.search(r"^Cursor +project and user +never$", out, re.MULTILINE)
    assert "No agent reports" not in out
    install_hooks.main(["--git", "--uninstall"])
    capsys.readouterr()
    assert told(capsys)["git"]["hooks"] == []


def test_a_hook_of_somebody_else_is_not_ours(capsys, repo):
    (repo / ".claude").mkdir()
    hook = {"type": "command", "command": "lint"}
    hooks = {"hooks": {"PostToolUse": [{"matcher": "Edit", "hooks": [hook]}]}}
    (repo / ".claude/settings.json").write_text(json.dumps(hooks))
    assert not any(each["hooks"] for each in told(capsys)["agents"])


def test_a_config_that_cannot_be_read_is_said(capsys, repo):
    (repo / ".claude").mkdir()
    (repo / ".claude/settings.json").write_text("{\x1b")
    out = run(capsys, "status")[1]
    assert "  .claude/settings.json is not plain JSON" in out
    assert "\x1b" not in out


def test_what_was_heard_of_last(capsys, repo):
    report(repo, edit(repo))
    report(repo, edit(repo, "kimi"), "2026-03-02T10:00:00.000Z")
    known = told(capsys)
    assert (known["waiting"], known["rejected"], known["database"]) == (2, 0, None)
    (repo / ".git/vetline/spool/rejected").mkdir()
    (repo / ".git/vetline/spool/rejected/x.json").write_text("{")
    waiting = "waiting    2 records to be taken in; 1 record rejected, see hook.log\n"
    assert waiting in run(capsys, "status")[1]
    run(capsys, "forget", "--prompts")  # takes in what waits
    known = told(capsys)
    assert known["waiting"] == 0
    assert known["database"]["path"] == str(repo / ".git/vetline/provenance.db")
    assert known["database"]["bytes"] > 0
    events = {each["agent"]: each["last_event"] for each in known["agents"]}
    assert events["claude-code"] == {"kind": "post-edit", "at": "2026-03-01T09:05:00.123Z"}
    assert events["kimi"] == {"kind": "post-edit", "at": "2026-03-02T10:00:00.000Z"}
    out = run(capsys, "status")[1]
    assert re.search(r"^kimi +- +2026-03-02 10:00  edit$", out, re.MULTILINE)


def test_notes_and_where_they_come_from(capsys, repo, tmp_path):
    put(repo, FIRST)
    sh(tmp_path, "init", "-q", "--bare", "hub")
    sh(repo, "remote", "add", "hub", str(tmp_path / "hub"))
    assert (
        "notes      of 1 commit; never fetched: `vetline provenance sync`\n"
        in run(capsys, "status")[1]
    )
    sh(repo, "push", "-q", "hub", "HEAD", shelf.OURS)
    code, _, err = run(capsys, "sync", "hub")
    assert (code, err) == (0, "")
    put(repo, FIRST, shelf.FOREIGN)
    out = run(capsys, "status")[1]
    assert "notes      of 1 commit; fetched from hub\n" in out
    assert "git-ai     refs/notes/ai has notes of 1 commit\n" in out
    sh(repo, "config", "--add", "remote.hub.fetch", "+refs/notes/*:refs/notes/*")
    assert told(capsys)["git"]["remotes"] == [{"name": "hub", "fetches_notes": True}]


def test_outside_of_a_repository_there_is_a_status_too(capsys, repo, tmp_path):
    code, out, err = run(capsys, "status", str(tmp_path / "home"))
    assert (code, err) == (0, "")
    assert "git        this is no repository\n" in out
    assert run(capsys, "status", str(tmp_path / "home"), "--output-format", "json")[0] == 0


def test_a_server_that_runs_is_told(capsys, repo):
    folder = str(repo / ".git/vetline")
    running.announce(folder, 1, b"t" * running.TOKEN_BYTES, "2026-03-01T09:05:00.123Z")
    assert told(capsys)["servers"] == [os.getpid()]
    assert f"servers    running: process {os.getpid()}\n" in run(capsys, "status")[1]


# -- erasure


def prompt(root: Path, text: str, at: str) -> None:
    digest = hashlib.sha256(text.encode()).hexdigest()
    report(
        root,
        Event("claude-code", PROMPT, session=text[:3], cwd=str(root)),
        at,
        digest=digest,
        text=text,
    )


def test_texts_of_prompts_are_erased(capsys, repo):
    folder = repo / ".git/vetline"
    for text, at_ in [("old words", "2026-02-01"), ("new words", "2026-03-02")]:
        prompt(repo, text, f"{at_}T09:05:00.123Z")
    said = "1 prompt text erased; their digests stay.\n"
    assert run(capsys, "forget", "--prompts", "--before", "2026-03-01") == (0, said, "")
    left = [
        origins.prompt_text(folder, hashlib.sha256(text.encode()).hexdigest())
        for text in ("old words", "new words")
    ]
    assert left == [None, "new words"]
    assert run(capsys, "forget", "--prompts")[1].startswith("1 prompt text ")
    assert run(capsys, "forget", "--prompts")[1].startswith("0 prompt texts ")
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"words" not in kept
    digest = hashlib.sha256(b"old words").hexdigest()
    assert origins.prompt_of(folder, "old") == digest
