"""`vetline trace`: every line that is left of a session, a model, an agent or a prompt."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from repositories import sh

from vetline import notes, places, spool
from vetline.agents import POST_EDIT, PROMPT, Event, FileEdit
from vetline.doors import trace
from vetline.history import asking, shelf
from vetline.ledger import LedgerError
from vetline.provenance import UNKNOWN, Attribution, Origin, State, Tier

if TYPE_CHECKING:
    from pathlib import Path

CLAUDE = Origin(
    Tier.REPORTED,
    agent="claude-code",
    model="claude-opus-4-8",
    session="7c1f03ab-55aa",
    prompt="ab" * 32,
    source="hook",
    human="Ana Roe <ana@example.com>",
    at="2026-03-01T09:05:00.123Z",
)
CODEX = Origin(
    Tier.IMPORTED,
    agent="codex",
    model="openai/gpt-5.3-codex",
    session="7c1f03cd-9999",
    prompt="cd" * 32,
    source="notes",
    at="2026-03-02T09:05:00.123Z",
)
TYPED = Origin(Tier.OBSERVED, agent="claude-code", source="typed", ai=False)
LETTERS = {
    "a": Attribution(State.AI, CLAUDE),
    "m": Attribution(State.MIXED, CLAUDE),
    "b": Attribution(State.AI, CODEX),
    "c": Attribution(State.AI, replace(CLAUDE, session="7c1f03ef-1111")),
    "h": Attribution(State.HUMAN, TYPED),
    ".": UNKNOWN,
}


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A repository where a line's first character says who wrote it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "repo"
    (root / "shop").mkdir(parents=True)
    sh(root, "init", "-q")
    (root / "shop/db.py").write_text(".\na\na\nm\n.\nb\nh\n")
    (root / "shop/new.py").write_text("h\na\n")
    (root / "top.py").write_text(".\nb\n")
    monkeypatch.chdir(root)

    class Authors:
        def __init__(self, at, *, store_text):
            assert at == root

        def drain(self):
            pass

        def attributions(self, snapshot):
            return [LETTERS.get(line[:1], UNKNOWN) for line in snapshot.text.split("\n")]

    monkeypatch.setattr(trace, "Authors", Authors)
    monkeypatch.setattr(trace, "_subjects", lambda *_: {"shop/db.py", "shop/new.py", "top.py"})
    return root


def run(capsys, *argv: str) -> tuple[int, str, str]:
    code = trace.main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


def ranges(capsys, *argv: str) -> list[tuple[str, int, int, str]]:
    code, out, _ = run(capsys, *argv, "--output-format", "json")
    assert code == 0
    return [
        (file["path"], told["start"], told["end"], told["state"])
        for file in json.loads(out)["files"]
        for told in file["ranges"]
    ]


def test_lines_that_stand_together_are_a_range(capsys, repo):
    code, out, err = run(capsys, "--agent", "claude-code")
    assert (code, err) == (0, "")
    assert out == (
        "shop/db.py:2-3  ai     claude-code  claude-opus-4-8  7c1f03ab  2026-03-01\n"
        "shop/db.py:4    mixed  claude-code  claude-opus-4-8  7c1f03ab  2026-03-01\n"
        "shop/new.py:2   ai     claude-code  claude-opus-4-8  7c1f03ab  2026-03-01\n"
        "4 lines in 2 files\n"
    )


def test_the_json_is_a_contract(capsys, repo):
    code, out, _ = run(capsys, "--model", "gpt-5.3-codex", "--output-format", "json", "top.py")
    assert code == 0
    assert json.loads(out) == {
        "version": 1,
        "files": [
            {
                "path": "top.py",
                "ranges": [
                    {
                        "start": 2,
                        "end": 2,
                        "state": "ai",
                        "agent": "codex",
                        "model": "openai/gpt-5.3-codex",
                        "session": "7c1f03cd-9999",
                        "turn": "",
                        "tool_call": "",
                        "tier": "imported",
                        "source": "notes",
                        "human": "",
                        "at": "2026-03-02T09:05:00.123Z",
                        "prompt_digest": "cd" * 32,
                        "modified": False,
                    }
                ],
            }
        ],
        "lines": 1,
        "prompts": {},
        "gone": [],
        "not_checked": [],
    }


CLAUDES = [("shop/db.py", 2, 3, "ai"), ("shop/db.py", 4, 4, "mixed"), ("shop/new.py", 2, 2, "ai")]
CODEXES = [("shop/db.py", 6, 6, "ai"), ("top.py", 2, 2, "ai")]


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--session", "7c1f03ab-55aa"], CLAUDES),
        (["--session", "7c1f03a"], CLAUDES),
        (["--prompt-digest", "cdcdcd"], CODEXES),
        (["--prompt-digest", "ab" * 32], CLAUDES),
        (["--model", "openai/gpt-5.3-codex"], CODEXES),
        (["--model", "gpt-5.3-codex"], CODEXES),
        (["--agent", "codex", "--session", "7c1f03cd"], CODEXES),
        (["--agent", "codex", "shop"], CODEXES[:1]),
        (["--agent", "codex", "shop/db.py", "top.py"], CODEXES),
    ],
)
def test_what_is_wanted(capsys, repo, argv, expected):
    assert ranges(capsys, *argv) == expected


def test_a_folder_limits_it_from_wherever_one_stands(capsys, repo, monkeypatch):
    monkeypatch.chdir(repo / "shop")
    assert ranges(capsys, "--agent", "codex") == CODEXES  # the whole repository
    assert ranges(capsys, "--agent", "codex", ".") == CODEXES[:1]
    assert run(capsys, "--agent", "codex")[1].startswith("db.py:6      ai")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--session", "7c1f03ff"], "no line is known to be of --session 7c1f03ff"),
        (["--session", "7c1f"], "no line is of --session 7c1f: give it whole, or its first 6 characters"),
        (["--model", "claude-opus"], "no line is known to be of --model claude-opus: did you mean 'claude-opus-4-8'?"),
        (["--agent", "claud-code"], "no line is known to be of --agent claud-code: did you mean 'claude-code'?"),
        (["--agent", "codex", "--session", "7c1f03ab"], "no line is known to be of all of these"),
    ],
)  # fmt: skip
def test_when_no_line_is_left_it_says_why(capsys, repo, argv, said):
    assert run(capsys, *argv) == (0, "", f"vetline trace: {said}\n")


def test_the_start_of_several_sessions_is_refused(capsys, repo):
    (repo / "top.py").write_text("c\n")
    code, out, err = run(capsys, "--session", "7c1f03")
    assert (code, out) == (2, "")
    assert "--session 7c1f03 is ambiguous: 7c1f03ab-55aa, 7c1f03cd-9999, 7c1f03ef-1111\n" in err


def test_a_session_that_is_an_address_is_known_by_its_end(capsys, repo, monkeypatch):
    address = "https://example.com/v1/conversations/1234567"
    monkeypatch.setitem(LETTERS, "c", Attribution(State.AI, replace(CLAUDE, session=address)))
    (repo / "top.py").write_text("c\n")
    out = run(capsys, "--session", "123456")[1]
    assert out.startswith("top.py:1  ai  claude-code  claude-opus-4-8  1234567  ")
    assert ranges(capsys, "--session", address) == [("top.py", 1, 1, "ai")]


def test_a_whole_name_is_not_the_start_of_another(capsys, repo, monkeypatch):
    longer = replace(CLAUDE, session=CLAUDE.session + "0")
    monkeypatch.setitem(LETTERS, "c", Attribution(State.AI, longer))
    (repo / "top.py").write_text("c\n")
    assert ranges(capsys, "--session", CLAUDE.session) == CLAUDES
    assert run(capsys, "--session", CLAUDE.session[:-1])[0] == 2


def test_what_is_asked_wrongly(capsys, repo, tmp_path):
    (tmp_path / "other" / ".git").mkdir(parents=True)
    for argv, said in [
        ([], "of what? give --session, --model, --agent or --prompt-digest"),
        (["--agent", " "], "of what?"),
        (["--agent", "codex", "none.py"], "none.py: no such file or folder"),
        (["--agent", "codex", ".", str(tmp_path / "other")], "several repositories"),
    ]:
        code, out, err = run(capsys, *argv)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert said in err


def test_what_cannot_be_read_is_said(capsys, repo):
    (repo / "top.py").unlink()
    (repo / "top.py").symlink_to("top.py")
    code, out, err = run(capsys, "--agent", "codex")
    assert code == 3
    assert out.endswith("1 line in 1 file\n")
    assert err.startswith("vetline trace: not looked into: top.py cannot be read: ")


def test_a_damaged_store_is_said(capsys, repo, monkeypatch):
    def drain(_):
        raise LedgerError("x.db is damaged: remove it")

    monkeypatch.setattr(trace.Authors, "drain", drain)
    assert run(capsys, "--agent", "x") == (3, "", "vetline trace: x.db is damaged: remove it\n")


def test_names_cannot_steer_a_terminal(capsys, repo, monkeypatch):
    name = "a\x1b[2J\n.py"
    (repo / name).write_text("a\n")
    monkeypatch.setattr(trace, "_subjects", lambda *_: {name})
    out = run(capsys, "--agent", "claude-code")[1]
    assert out.startswith("a\\x1b[2J\\n.py:1  ai  claude-code")


def test_colours_are_for_states(capsys, repo, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[36mai   \x1b[0m" in run(capsys, "--agent", "claude-code")[1]
    assert "\x1b" not in run(capsys, "--agent", "claude-code", "--no-color")[1]


# -- as it is


AREA = "def area(width, height):\n    size = width * height\n\n    return size\n"


@pytest.fixture
def real(tmp_path, monkeypatch):
    """A repository with what hooks reported of two files."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "real"
    (root / "shop").mkdir(parents=True)
    sh(root, "init", "-q")
    monkeypatch.chdir(root)
    for name in ("shop/area.py", "other.py"):
        (root / name).write_text("import os\n\n\n" + AREA.replace("area", name[:5]))
        report(root, name, AREA.replace("area", name[:5]))
    return root


ASKED = "work out\nthe area"


def report(root: Path, name: str, text: str) -> None:
    """Leave in the spool what hooks of Codex write: a prompt, and an edit that it set off."""
    head = ("codex", PROMPT, "7c1f03ab-55aa", "turn-1")
    edit = FileEdit(str(root / name), changes=(("", text),))
    events = (
        Event(*head, model="gpt-5.3-codex", cwd=str(root)),
        Event(
            *("codex", POST_EDIT, *head[2:]),
            tool_call=name,
            model="gpt-5.3-codex",
            cwd=str(root),
            edits=(edit._asdict(),),
        ),
    )
    place = places.place_of(str(root))
    for event in events:
        digest = {"digest": "ab" * 32, "text": ASKED} if event.kind == PROMPT else None
        at = spool.timestamp(time.time_ns())
        record = {"v": spool.VERSION, "at": at, "base": place.base, "event": event._asdict()}
        spool.write(place.folders, {**record, "prompt": digest})


@pytest.mark.parametrize(
    "argv",
    [
        ["--session", "7c1f03"],
        ["--agent", "codex"],
        ["--model", "gpt-5.3-codex"],
        ["--prompt-digest", "ababab"],
    ],
)
def test_what_hooks_reported_is_found(capsys, real, argv):
    expected = [("other.py", 4, 7, "ai"), ("shop/area.py", 4, 7, "ai")]
    assert ranges(capsys, *argv) == expected
    assert ranges(capsys, *argv) == expected  # now from the database


def test_the_prompt_is_told_to_who_asks_for_it(capsys, real):
    _, out, _ = run(capsys, "--prompt-digest", "ababab")
    assert out.splitlines()[-1] == "prompt: work out the area"
    _, out, _ = run(capsys, "--prompt-digest", "ababab", "--output-format", "json")
    assert json.loads(out)["prompts"] == {"ab" * 32: ASKED}
    _, out, _ = run(capsys, "--agent", "codex")
    assert "area\n" not in out


def test_lines_are_where_they_are_by_now(capsys, real):
    assert ranges(capsys, "--agent", "codex", "other.py") == [("other.py", 4, 7, "ai")]
    (real / "other.py").write_text("# a\n# b\n" + (real / "other.py").read_text())
    assert ranges(capsys, "--agent", "codex", "other.py") == [("other.py", 6, 9, "ai")]


def test_a_file_that_is_gone_is_told(capsys, real):
    assert len(ranges(capsys, "--agent", "codex")) == 2
    (real / "other.py").unlink()
    code, out, err = run(capsys, "--session", "7c1f03ab-55aa")
    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == ["other.py  gone", "4 lines in 1 file; 1 file gone"]
    code, out, _ = run(capsys, "--agent", "codex", "other.py", "--output-format", "json")
    assert (code, json.loads(out)["gone"], json.loads(out)["files"]) == (0, ["other.py"], [])
    assert run(capsys, "--agent", "cursor")[1] == ""


def test_notes_lead_to_files_that_were_renamed_since(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = tmp_path / "clone"
    root.mkdir()
    monkeypatch.chdir(root)
    sh(root, "init", "-q")
    (root / "a.py").write_text(AREA)
    sh(root, "add", "-A")
    sh(root, "commit", "-qm", "x")
    commit = sh(root, "rev-parse", "HEAD").strip()
    known = {n: Attribution(State.AI, CLAUDE) for n in (1, 2, 4)}
    text = notes.render(notes.compose(commit, {"a.py": known}, ""))
    shelf.write(asking.opened(root, 60), {commit: text})
    assert ranges(capsys, "--session", "7c1f03ab")[0][:3] == ("a.py", 1, 4)
    for old, new in (("a.py", "b.py"), ("b.py", "c d.py")):
        sh(root, "mv", old, new)
        sh(root, "commit", "-qm", "x")
    assert {found[0] for found in ranges(capsys, "--session", "7c1f03ab")} == {"c d.py"}
    assert run(capsys, "--session", "7c1f03ab")[1].endswith(" lines in 1 file\n")


def test_outside_of_a_repository_it_looks_where_one_stands(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text(AREA)
        report(tmp_path, f"{name}/a.py", AREA)
    monkeypatch.chdir(tmp_path / "here")
    here, there = (str(tmp_path / name / "a.py") for name in ("here", "there"))
    assert ranges(capsys, "--agent", "codex") == [(here, 1, 4, "ai")]
    assert ranges(capsys, "--agent", "codex", str(tmp_path / "there")) == [(there, 1, 4, "ai")]


@pytest.mark.parametrize("path", ["../secret.py", "/etc/hosts", "a/../../secret.py"])
def test_a_note_does_not_lead_out_of_the_repository(capsys, repo, monkeypatch, path):
    monkeypatch.undo()
    monkeypatch.chdir(repo)
    monkeypatch.setenv("XDG_STATE_HOME", str(repo.parent / "state"))
    (repo.parent / "secret.py").write_text(AREA)
    sh(repo, "add", "-A")
    sh(repo, "commit", "-qm", "x")
    commit = sh(repo, "rev-parse", "HEAD").strip()
    known = {1: Attribution(State.AI, CLAUDE)}
    text = notes.render(notes.compose(commit, {path: known, "top.py": known}, ""))
    shelf.write(asking.opened(repo, 60), {commit: text})
    looked = []
    read = trace.files.read
    monkeypatch.setattr(
        trace.files, "read", lambda found, limit: looked.append(found) or read(found, limit)
    )
    assert ranges(capsys, "--agent", "claude-code") == [("top.py", 1, 1, "ai")]
    assert [found.place for found in looked] == ["top.py"]
