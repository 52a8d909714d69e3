"""`vetline blame`: a row a line, a contract of JSON, and no secret in either."""

from __future__ import annotations

import json
import os
import re
import time
from typing import TYPE_CHECKING

import pytest
from repositories import sh

from vetline import places, spool
from vetline.agents import POST_EDIT, Event, FileEdit
from vetline.doors import blame
from vetline.ledger import LedgerError
from vetline.provenance import UNKNOWN, Attribution, Origin, State, Tier
from vetline_analyzers.engine import Analysis, Failure

if TYPE_CHECKING:
    from pathlib import Path

CLAUDE = Origin(
    Tier.REPORTED,
    agent="claude-code",
    model="claude-opus-4-8",
    session="7c1f03ab-55aa-4f2e-9d3e-0d2f6a1b2c3d",
    turn="turn-1",
    tool_call="call-1",
    prompt="ab" * 32,
    source="hook",
    human="Ana Roe <ana@example.com>",
    at="2026-03-01T09:05:00.123Z",
)
TYPED = Origin(Tier.OBSERVED, source="typed", human="Ana Roe <ana@example.com>", ai=False)
AI, MIXED, HUMAN = (
    Attribution(State.AI, CLAUDE),
    Attribution(State.MIXED, CLAUDE),
    Attribution(State.HUMAN, TYPED),
)
SUSPECT = Attribution(State.SUSPECT_AI, Origin(Tier.SUSPECTED, source="bulk", ai=False))
CODE = "import os\ndef f(a):\n    x = a + 1\n\n    return x\n"
KNOWN = (UNKNOWN, AI, MIXED, AI, HUMAN, UNKNOWN)
TOKEN = "AKIA" + "IOSFODNN7" + "ABCDEFG"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def told(folder, monkeypatch):
    """A file of five lines and what is known of them, to be changed by a test."""
    (folder / "f.py").write_text(CODE)
    known = list(KNOWN)

    class Authors:
        def __init__(self, root, *, store_text):
            assert root == folder

        def drain(self):
            pass

        def attributions(self, snapshot):
            return known

    monkeypatch.setattr(blame, "Authors", Authors)
    return known


def run(capsys, *argv: str) -> tuple[int, str, str]:
    code = blame.main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


def states(capsys, *argv: str) -> list[tuple[int, str]]:
    code, out, err = run(capsys, *argv, "--output-format", "json")
    assert code == 0, err
    return [(line["line"], line["state"]) for line in json.loads(out)["lines"]]


# -- for people


def test_a_row_says_who_wrote_the_line_and_the_next_one_only_what_is_new(capsys, told):
    code, out, err = run(capsys, "f.py")
    assert (code, err) == (0, "")
    head = "claude-code  claude-opus-4-8  7c1f03ab  Ana Roe  2026-03-01"
    none = " " * len(head)
    who = " " * head.index("Ana") + "Ana Roe            "
    assert out == (
        f"unknown  {none}  1 import os\n"
        f"ai       {head}  2 def f(a):\n"
        f"mixed    {none}  3     x = a + 1\n"
        f"ai       {none}  4\n"
        f"human    {who}  5     return x\n"
    )


def test_columns_of_which_nothing_is_known_are_left_out(capsys, told):
    told[:] = [UNKNOWN] * 4 + [HUMAN]
    assert run(capsys, "f.py")[1].splitlines()[4] == "human    Ana Roe  5     return x"


@pytest.mark.parametrize(
    ("width", "names"),
    [(60, "claude-code"), (80, "model"), (90, "who"), (100, "when"), (120, "session")],
)
def test_a_narrow_screen_keeps_room_for_code(told, width, names):
    long = ["x" * 200] * 5
    lines = blame.table(list(enumerate(told, 1))[:5], long, blame.words.Screen(), width)
    assert {len(line) for line in lines.splitlines()} == {width}
    row = lines.splitlines()[1]
    shown = {
        "claude-code": "claude-code" in row,
        "model": "claude-opus" in row,
        "who": "Ana" in row,
        "when": "2026" in row,
        "session": "7c1f03ab" in row,
    }
    order = list(shown)
    assert [name for name in order if shown[name]] == order[: order.index(names) + 1]
    assert row.count("x") >= 30
    assert row.endswith("…")


def test_wide_characters_keep_the_columns(told):
    told[1] = Attribution(State.AI, Origin(Tier.REPORTED, agent="エージェント"))
    rows = list(enumerate(told[:3], 1))
    lines = blame.table(
        rows, ["一二三四五六七八九十" * 9] * 3, blame.words.Screen(), 60
    ).splitlines()
    assert [blame.cell_len(line) for line in lines] == [60, 60, 60]


def test_colours_are_for_states(capsys, told, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run(capsys, "f.py")[1]
    assert "\x1b[36mai" in coloured
    assert "\x1b[34mmixed" in coloured
    plain = run(capsys, "f.py", "--no-color")[1]
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_what_would_steer_a_terminal_is_made_visible(capsys, told, folder):
    (folder / "f.py").write_bytes(b"a\x1b[2J\tb\n" + "\u202e\n".encode() + b"\r\nx\ny\n")
    told[0] = Attribution(State.AI, Origin(Tier.REPORTED, agent="evil\x1b[2J\n"))
    out = run(capsys, "f.py")[1]
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "a\\x1b[2J    b" in out
    assert "evil\\x1b[2J\\n" in out
    assert out.count("\n") == 5


def test_secrets_are_masked(capsys, told, folder):
    (folder / "f.py").write_text(f"import os\nkey = '{TOKEN}'\n\n\n\n")
    code, out, _ = run(capsys, "f.py")
    assert code == 0
    assert TOKEN not in out
    assert "key = '********'" in out


def test_secrets_that_only_others_know_are_masked(capsys, told, folder):
    secret = "k7Rz2mQx9TbW4vLp8Nf" + "3HsY6cJd5Gg1Xw0Ue"
    (folder / "f.py").write_text(f'import os\nseal = "{secret}"\n\n\n\n')
    code, out, _ = run(capsys, "f.py")
    assert code == 0
    assert 'seal = "********"' in out


def test_no_code_is_shown_when_the_search_for_secrets_fails(capsys, told, folder, monkeypatch):
    lost = Analysis((), (Failure("f.py", "took too long", "secrets"),))
    monkeypatch.setattr(blame.worker.Worker, "examine", lambda *_: lost)
    code, out, err = run(capsys, "f.py")
    assert code == 0
    assert "return" not in out
    assert out.splitlines()[1].startswith("ai ")
    assert err == (
        "vetline blame: code is not shown: the search for secrets in it did not finish\n"
    )


def test_when_nothing_is_known_it_says_what_to_do(capsys, told):
    told[:] = [UNKNOWN] * 6
    code, out, err = run(capsys, "f.py")
    assert code == 0
    assert out.startswith("unknown  1 import os\n")
    assert err.count("\n") == 1
    assert "`vetline install-hooks`" in err


# -- for programs


def test_the_json_is_a_contract(capsys, told):
    code, out, _ = run(capsys, "f.py", "--output-format", "json", "-L2,2")
    assert code == 0
    assert json.loads(out) == {
        "version": 1,
        "path": os.path.realpath("f.py"),  # outside a repository
        "lines": [
            {
                "line": 2,
                "state": "ai",
                "agent": "claude-code",
                "model": "claude-opus-4-8",
                "session": CLAUDE.session,
                "turn": "turn-1",
                "tool_call": "call-1",
                "tier": "reported",
                "source": "hook",
                "human": "Ana Roe <ana@example.com>",
                "at": "2026-03-01T09:05:00.123Z",
                "prompt_digest": "ab" * 32,
                "modified": False,
            }
        ],
    }


def test_paths_are_relative_to_the_repository(capsys, told, folder):
    (folder / ".git").mkdir()
    code, out, _ = run(capsys, "f.py", "--output-format", "json")
    assert code == 0
    assert json.loads(out)["path"] == "f.py"


def test_the_json_never_holds_code(capsys, told):
    out = run(capsys, "f.py", "--output-format", "json")[1]
    assert "return" not in out
    assert "import" not in out


# -- lines


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        ("2,3", [2, 3]),
        ("2,+2", [2, 3]),
        ("4", [4, 5]),
        ("4,", [4, 5]),
        (",2", [1, 2]),
        ("4,99", [4, 5]),
        ("5,5", [5]),
        ("1,+99", [1, 2, 3, 4, 5]),
    ],
)
def test_some_lines(capsys, told, asked, lines):
    assert [number for number, _ in states(capsys, "f.py", "-L", asked)] == lines


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "give lines as 10,20"),
        (",", "give lines as 10,20"),
        ("a,b", "give lines as 10,20"),
        ("2,3,4", "give lines as 10,20"),
        ("/f/,5", "give lines as 10,20"),
        ("0,2", "counted from 1"),
        ("3,2", "counted from 1"),
        ("2,+0", "counted from 1"),
        ("6", "the file has 5 lines"),
    ],
)
def test_lines_that_are_not_there(capsys, told, asked, said):
    code, out, err = run(capsys, "f.py", f"-L{asked}") if asked else run(capsys, "f.py", "-L", "")
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("a", 1), ("a\n", 1), ("a\r\nb\r\n", 2), ("a\n\n", 2), ("\n", 1)]
)
def test_lines_are_counted_as_a_person_does(capsys, told, folder, text, count):
    (folder / "f.py").write_bytes(text.encode())
    assert len(states(capsys, "f.py")) == count
    code, out, _ = run(capsys, "f.py")
    assert (code, out.count("\n")) == (0, count)


# -- what cannot be


def test_what_is_asked_wrongly(capsys, folder):
    (folder / "sub").mkdir()
    for argv, said in [
        (["none.py"], "none.py: no such file"),
        (["sub"], "sub is a folder: name a file, or use `vetline trace`"),
        (["-"], "standard input has no history: name a file"),
        ([], "the following arguments are required: FILE (see `vetline blame --help`)"),
    ]:
        assert run(capsys, *argv) == (2, "", f"vetline blame: {said}\n")


def test_what_cannot_be_read(capsys, folder):
    (folder / "b.bin").write_bytes(b"\0\1\2")
    (folder / "big.py").write_text("x = 1\n" * 200)
    (folder / "vetline.toml").write_text("max-file-size = 1000\n")
    os.mkfifo(folder / "pipe")
    for name, said in [
        ("b.bin", "b.bin is a binary file"),
        ("big.py", "big.py is 0.0 MB, over the limit of 0.0 MB"),
        ("pipe", "pipe is not a regular file"),
    ]:
        code, out, err = run(capsys, name)
        assert (code, out) == (3, "")
        assert said in err
        assert err.count("\n") == 1


def test_a_damaged_store_is_said(capsys, told, monkeypatch):
    def drain(_):
        raise LedgerError("x.db is damaged: remove it")

    monkeypatch.setattr(blame.Authors, "drain", drain)
    assert run(capsys, "f.py") == (3, "", "vetline blame: x.db is damaged: remove it\n")


# -- as it is


def test_a_file_never_seen_is_nobodys(capsys, folder):
    (folder / "f.py").write_text(CODE)
    assert states(capsys, "f.py") == [(n, "unknown") for n in range(1, 6)]
    assert not (folder / "state").exists()


def report(root: Path, path: Path, **edit: object) -> None:
    """Leave in the spool what a hook of Claude Code writes."""
    event = Event(
        "claude-code",
        POST_EDIT,
        session="7c1f03ab-55aa",
        turn="turn-1",
        tool="Edit",
        tool_call=f"call-{path.name}",
        model="claude-opus-4-8",
        cwd=str(root),
        edits=(FileEdit(str(path), **edit)._asdict(),),
    )
    place = places.place_of(str(path))
    spool.write(
        place.folders,
        {
            "v": spool.VERSION,
            "at": spool.timestamp(time.time_ns()),
            "base": place.base,
            "event": event._asdict(),
            "prompt": None,
        },
    )


AREA = "def area(w, h):\n    size = w * h\n\n    return size\n"


@pytest.mark.parametrize("repository", [True, False])
def test_what_waits_in_the_spool_is_taken_in_first(capsys, folder, repository):
    if repository:
        sh(folder, "init", "-q")
    path = folder / "f.py"
    path.write_text("import os\n\n\n" + AREA)
    report(folder, path, changes=(("", AREA),))
    assert states(capsys, "f.py") == [
        (1, "unknown"),
        *((n, "unknown") for n in (2, 3)),
        *((n, "ai") for n in (4, 5, 6, 7)),
    ]
    assert not spool.pending(places.place_of(str(path)).folders)
    out = run(capsys, "f.py")[1]
    assert "claude-code  claude-opus-4-8  7c1f03ab" in out.splitlines()[3]


def test_line_ends_and_astral_characters_change_nothing(capsys, folder):
    text = AREA.replace("size", "größe_\U0001d4b3")
    (folder / "f.py").write_bytes(("x = 1\n" + text).replace("\n", "\r\n").encode())
    report(folder, folder / "f.py", changes=(("", text),))
    assert [state for _, state in states(capsys, "f.py")] == ["unknown", *["ai"] * 4]


def test_a_link_to_the_folder_is_the_folder(capsys, folder, monkeypatch):
    real = folder / "real"
    real.mkdir()
    (real / "f.py").write_text(AREA)
    (folder / "link").symlink_to(real)
    report(folder, real / "f.py", changes=(("", AREA),))
    monkeypatch.chdir(folder / "link")
    assert {state for _, state in states(capsys, "f.py")} == {"ai"}
