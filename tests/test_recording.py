"""What `check` tells the ledger where a gate is in force, and that it tells nothing elsewhere."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest
from servers import environment

from vetline import reports, stores
from vetline.agents import FileEdit
from vetline.doors import recording
from vetline.doors.check import main
from vetline.ledger import LedgerBusyError

TEXT = "import yaml\n\n\ndef load(path):\n    return yaml.load(open(path))\n"
FINE = TEXT.replace("yaml.load", "yaml.safe_load")
GATED = '[tool.vetline.gate]\nblock = ["secret/*"]\n'


@pytest.fixture
def shop(tmp_path):
    root = tmp_path / "shop"
    root.mkdir()
    (root / "a.py").write_text(TEXT)
    (root / "pyproject.toml").write_text(GATED)
    git(root, "init", "-q")
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        git(root, "config", name, value)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a shop")
    return root


def git(root, *words):
    return subprocess.run(
        ["git", "-C", str(root), *words], check=True, capture_output=True, text=True
    ).stdout.strip()


def check(root, *words, code=None):
    done = subprocess.run(
        [sys.executable, "-m", "vetline", "check", *words],
        cwd=root, env=environment(root.parent), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done


def events(root, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "state"))
    return stores.read(stores.locate(root))


def kinds(root, monkeypatch):
    return [event.kind for event in events(root, monkeypatch)]


def test_a_gate_tells_what_it_saw_and_how_it_judged(shop, monkeypatch):
    check(shop, code=1)
    told = {event.kind: event for event in events(shop, monkeypatch)}
    assert [*told] == ["finding.opened", "config.changed", "gate.judged"]
    assert told["finding.opened"].subject == "a.py"
    assert told["finding.opened"].payload["rule"] == "python/unsafe-yaml-load"
    assert told["config.changed"].subject == "pyproject.toml"
    judged = told["gate.judged"].payload
    assert (judged["verdict"], judged["commit"]) == ("block", git(shop, "rev-parse", "HEAD"))
    assert judged["policy"] == told["config.changed"].payload["policy"]

    check(shop, code=1)
    assert kinds(shop, monkeypatch)[3:] == ["gate.judged"], "twice seen is told once"
    (shop / "a.py").write_text(FINE)
    check(shop, code=0)
    closed, judged = events(shop, monkeypatch)[4:]
    assert (closed.kind, closed.payload["why"]) == ("finding.closed", "gone")
    assert (judged.payload["verdict"], judged.payload["commit"]) == ("pass", "")


def test_a_finding_goes_with_its_file(shop, monkeypatch):
    check(shop, code=1)
    (shop / "a.py").unlink()
    check(shop, "pyproject.toml", code=0)
    assert "finding.closed" in kinds(shop, monkeypatch)


def test_a_part_of_the_analyzers_closes_nothing(shop, monkeypatch):
    check(shop, code=1)
    check(shop, "--analyzer", "secrets", code=0)
    assert "finding.closed" not in kinds(shop, monkeypatch)


@pytest.mark.parametrize("flag", ["--no-record", "--isolated"])
def test_who_asks_for_it_is_not_recorded(shop, monkeypatch, flag):
    check(shop, "--gate", flag, code=1)
    assert kinds(shop, monkeypatch) == []


def test_without_a_gate_nothing_is_told_and_no_ledger_made(shop, monkeypatch):
    (shop / "pyproject.toml").write_text("[tool.vetline]\n")
    check(shop, code=1)
    assert not (shop / ".git" / "vetline" / "ledger.db").exists()


def test_standard_input_is_no_file_of_the_project(shop, monkeypatch):
    done = subprocess.run(
        [sys.executable, "-m", "vetline", "check", "-", "--stdin-filename", "a.py"],
        cwd=shop, env=environment(shop.parent), input=TEXT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert kinds(shop, monkeypatch) == []


def test_another_policy_is_told_of(shop, monkeypatch):
    check(shop)
    check(shop, "--fail-on", "critical")
    assert kinds(shop, monkeypatch).count("config.changed") == 1, "a flag is no setting"
    (shop / "pyproject.toml").write_text(GATED + 'fail-on-ai = "low"\n')
    check(shop)
    first, second = (e for e in events(shop, monkeypatch) if e.kind == "config.changed")
    assert second.payload["before"] == first.payload["policy"] != second.payload["policy"]


def test_a_suppression_and_its_reason_leave_no_word(shop, monkeypatch):
    secret = "AKIA" + "Q3EGRIW2JU7PLZXB"
    comment = f'  # vetline: allow[python/unsafe-yaml-load] reason="ours, really" owner="{secret}"'
    (shop / "a.py").write_text(TEXT.replace("open(path))", f"open(path)){comment}"))
    check(shop)
    (event,) = (e for e in events(shop, monkeypatch) if e.kind == "suppression")
    assert event.payload["rule"] == "python/unsafe-yaml-load"
    for file in (shop / ".git" / "vetline").rglob("*"):
        raw = b"" if file.is_dir() else file.read_bytes()
        assert secret.encode() not in raw
        assert b"ours, really" not in raw


def test_a_ledger_that_cannot_be_written_is_said_and_changes_nothing(shop, monkeypatch, capsys):
    def busy(*_, **__):
        raise LedgerBusyError("others write all the time")

    monkeypatch.chdir(shop)
    monkeypatch.setenv("XDG_STATE_HOME", str(shop.parent / "state"))
    monkeypatch.setattr(recording.stores, "append", busy)
    assert main(["a.py", "--jobs", "1"]) == 1
    said = capsys.readouterr()
    assert "not recorded: others write all the time" in said.err
    assert "BLOCK" in said.out
    assert "python/unsafe-yaml-load" in said.out


def test_an_escalation_names_what_a_review_would_cover(shop, monkeypatch):
    code = "import hashlib\n\n\ndef sign(key: bytes) -> str:\n    return hashlib.sha256(key).hexdigest()\n"
    (shop / "a.py").write_text(code)
    check(shop, "--assume-origin", "ai")
    told = [e for e in events(shop, monkeypatch) if e.kind == "escalation" and e.subject == "a.py"]
    for event in told:
        assert event.payload["symbol"] == "sign"
        assert len(event.payload["digest"]) == 64
    check(shop, "--assume-origin", "ai")
    again = [e for e in events(shop, monkeypatch) if e.kind == "escalation" and e.subject == "a.py"]
    assert told, "hashing is a trigger"
    assert len(again) == len(told)
    assert all(a.payload != b.payload for a, b in itertools.combinations(again, 2))


@pytest.mark.parametrize(
    ("environ", "change"),
    [
        ({"CI_MERGE_REQUEST_IID": "7"}, "!7"),
        ({"GITHUB_REF": "refs/pull/12/merge"}, "#12"),
        ({"GITHUB_REF": "refs/heads/main", "CI_MERGE_REQUEST_IID": ""}, ""),
        ({"GITHUB_REF": "refs/pull", "CI_MERGE_REQUEST_IID": "7; rm"}, ""),
    ],
)
def test_a_verdict_names_the_merge_request_of_its_job(shop, monkeypatch, environ, change):
    for name in ("GITHUB_REF", "CI_MERGE_REQUEST_IID"):
        monkeypatch.setenv(name, environ.get(name, ""))
    check(shop, code=1)
    judged = events(shop, monkeypatch)[-1].payload
    assert judged["change"] == change
    assert sum(judged["severities"].values()) == 1
    assert judged["escalated"] == 0


def test_a_suppression_that_goes_is_told_of(shop, monkeypatch):
    bad = (shop / "a.py").read_text()
    line = next(line for line in bad.splitlines() if "yaml.load" in line)
    (shop / "a.py").write_text(
        bad.replace(line, f'{line}  # vetline: allow[python/unsafe-yaml-load] reason="ours"')
    )
    check(shop, code=0)
    assert kinds(shop, monkeypatch)[0] == "suppression"
    (shop / "a.py").write_text(bad)
    check(shop, code=1)
    assert "suppression.ended" in kinds(shop, monkeypatch)
    assert [kind for kind in kinds(shop, monkeypatch) if kind.startswith("finding")] == [
        "finding.opened"
    ]
    check(shop, code=1)
    assert kinds(shop, monkeypatch).count("suppression.ended") == 1


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        (FileEdit("a", (("x = 1\ny = 2\n", "x = 1\n\ny = 3\nz = 4\n"),)), 2),
        (FileEdit("a", (("", "x\n"), ("a\n", "b\nb\n"))), 3),
        (FileEdit("a", before="x\n", after="x\ny\n\n"), 1),
        (FileEdit("a", after="x\ny\n"), 2),
        (FileEdit("a", (("  x\n", "x\n"),)), 0),
        (FileEdit("a", deleted=True, before="x\n"), 0),
        (FileEdit("a"), 0),
    ],
)
def test_an_edit_tells_how_many_lines_it_brought(edit, lines):
    assert reports.lines_of(edit) == lines
