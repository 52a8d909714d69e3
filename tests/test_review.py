"""Review requests: folded from events, one for one wish, following the code they are about."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from vetline import ledger, review, stores
from vetline.doors import review as door
from vetline.ledger import GENESIS, Draft, Kind
from vetline_analyzers.core.finding import Confidence, Finding, Severity
from vetline_analyzers.core.text import Snapshot, Span

KEY = b"k" * 32
CODE = "import os\n\n\ndef run(name):\n    os.system(name)\n    return name\n"
CALL = "os.system(name)"
TOKEN = "AKIA" + "IOSFODNN7" + "ABCDEFG"


def snap(text: str) -> Snapshot:
    return Snapshot("file:///x.py", "python", 1, text, "x.py")


def finding(text: str = CODE, rule: str = "python/os-system", fingerprint: str = "f1") -> Finding:
    start = text.index(CALL)
    return Finding(
        rule=rule,
        span=Span(start, start + len(CALL)),
        message="A shell runs a text.",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        analyzer="python",
        fingerprint=fingerprint,
    )


def about(*findings: Finding, text: str = CODE, path: str = "a/x.py", **more) -> Draft:
    return review.request(
        snap(text), findings[0].span, key=KEY, subject=path, findings=findings, **more
    )


def lines(first: int, last: int, text: str = CODE, path: str = "a/x.py") -> Draft:
    snapshot = snap(text)
    span = Span(snapshot.line_starts[first - 1], snapshot.line_span(last - 1).end)
    return review.request(snapshot, span, key=KEY, subject=path)


def fold(*drafts: Draft) -> list[review.ReviewRequest]:
    after, events = (0, GENESIS), []
    for number, draft in enumerate(drafts):
        at = f"2026-03-01T09:05:0{number}.000Z"
        events.append(ledger.seal(draft, after=after, at=at, actor="Ana <a@example.com>"))
        after = (events[-1].seq, events[-1].hash)
    return review.fold(events)


# -- pure


def test_a_request_says_who_wants_what_reviewed_and_why():
    draft = about(finding(), reasons=["A shell runs a text."], note="  please  ")
    (found,) = fold(draft)
    assert found.requester == "Ana <a@example.com>"
    assert found.at == "2026-03-01T09:05:00.000Z"
    assert (found.note, found.reasons) == ("please", ("A shell runs a text.",))
    assert found.state is review.State.REQUESTED
    subject = found.subject
    assert (subject.path, subject.first, subject.last) == ("a/x.py", 5, 5)
    assert (subject.rules, subject.fingerprints) == (("python/os-system",), ("f1",))
    assert subject.digest == snap(CODE).digest


def test_no_code_is_in_the_event():
    payload = json.dumps([about(finding()).payload, lines(4, 6).payload])
    assert not any(word in payload for word in ("run", "name", "return", "import"))


def test_asking_twice_is_asking_once():
    both = (finding(), finding(rule="python/b", fingerprint="f2"))
    assert len(fold(about(finding()), about(finding()))) == 1
    assert len(fold(about(*both), about(both[1]))) == 1
    assert len(fold(about(finding()), about(*both))) == 2
    assert len(fold(about(finding()), about(finding(), path="b.py"))) == 2
    assert len(fold(about(finding()), lines(5, 5))) == 2
    moved = "# above\n" + CODE
    assert len(fold(about(finding()), about(finding(moved), text=moved))) == 1
    assert len(fold(lines(5, 6), lines(6, 7, text=moved))) == 1
    assert len(fold(lines(5, 6), lines(5, 5))) == 2
    assert len(fold(lines(2, 2), lines(2, 2), lines(3, 3))) == 2
    assert fold(about(finding(), note="one"), about(finding(), note="two"))[0].note == "one"


def test_who_asked_is_known_by_path_and_fingerprint():
    both = (finding(), finding(rule="python/b", fingerprint="f2"))
    requests = fold(about(finding()), about(*both), about(finding(fingerprint="f3"), path="b.py"))
    assert review.requesters(requests) == {
        "a/x.py": {"f1": "Ana", "f2": "Ana"},
        "b.py": {"f3": "Ana"},
    }
    late = replace(requests[1], requester="Bo <bo@example.com>")
    assert review.requesters([requests[0], late])["a/x.py"] == {"f1": "Ana", "f2": "Bo"}


@pytest.mark.parametrize(
    ("actor", "name"),
    [("Ada <a@b>", "Ada"), ("Ada", "Ada"), ("<a@b>", "<a@b>"), ("", ""), ("A B <a<b>", "A B")],
)
def test_people_are_shown_by_name(actor, name):
    assert review.display_name(actor) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CODE, (5, 6)),
        ("# above\n" * 9 + CODE, (14, 15)),
        (CODE.replace("    ", "\t"), (5, 6)),
        (CODE.replace("import os\n", "import os, sys\n"), (5, 6)),
        (CODE.replace(CALL + "\n", CALL + "\n\n"), (5, 7)),
        (CODE + "\n\n" + CODE, (5, 6)),
        ("# above\n" * 9 + CODE + "\n\n" + CODE, (14, 15)),
        (CODE.replace("(name)\n", "(name or '')\n"), None),
        (CODE.replace(CALL + "\n", CALL + "\n    more()\n"), None),
        (CODE.replace("    return name\n", ""), None),
        ("", None),
    ],
)
def test_it_follows_its_lines_and_falls_stale_when_they_change(text, expected):
    (found,) = fold(lines(5, 6))
    assert review.lines_now(found, snap(text), KEY) == expected


def test_blank_lines_are_current_only_in_the_same_text():
    (found,) = fold(lines(3, 3))
    assert review.lines_now(found, snap(CODE), KEY) == (3, 3)
    assert review.lines_now(found, snap(CODE + "\n"), KEY) is None


@pytest.mark.parametrize(
    "payload",
    [{}, {"lines": []}, {"lines": ["1", 2]}, {"lines": [1]}, {"lines": 3}, {"": "{"}],
)
def test_a_damaged_event_is_passed_over(payload):
    assert len(fold(Draft(Kind.REVIEW_REQUESTED, "x", payload), about(finding()))) == 1


def test_words_of_the_wrong_kind_do_no_harm():
    odd = {"lines": [1, 1], "marks": "abc", "rules": {"a": 1}, "fingerprints": [None], "note": 3}
    (found,) = fold(Draft(Kind.REVIEW_REQUESTED, "x", odd))
    assert (found.subject.marks, found.subject.rules, found.note) == ((), (), "3")


def test_a_long_note_is_cut():
    assert len(fold(about(finding(), note="x" * 100_000))[0].note) == 2000


# -- the door


@pytest.fixture
def repo(tmp_path, monkeypatch):
    root = tmp_path / "repo"
    (root / "a").mkdir(parents=True)
    (root / "a" / "x.py").write_text(CODE)
    (root / "b.py").write_text("x = 1\n")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "state"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for words in (["init", "-q"], ["config", "user.name", "Ana"]):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
    monkeypatch.chdir(root)
    return root


def run(capsys, *argv: str) -> tuple[int, str, str]:
    try:
        code = door.main(list(argv))
    except SystemExit as stop:
        code = stop.code
    out, err = capsys.readouterr()
    return code, out, err


def requests(capsys, *argv: str) -> list[dict]:
    code, out, err = run(capsys, "list", "--output-format", "json", *argv)
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["version"] == 1
    return answer["requests"]


def test_an_empty_list_says_so_and_makes_nothing(repo, capsys):
    assert run(capsys, "list") == (0, "No review is requested.\n", "")
    assert requests(capsys) == []
    assert not (repo / ".git" / "vetline").exists()


def test_a_request_is_listed(repo, capsys):
    assert run(capsys, "request", "a/x.py:5", "--note", "is it safe?") == (
        0,
        "Review requested: a/x.py:5-5\n",
        "",
    )
    code, out, err = run(capsys, "list")
    assert (code, err) == (0, "")
    (line,) = out.splitlines()
    assert all(word in line for word in ("Ana", "a/x.py:5", "is it safe?"))
    (item,) = requests(capsys)
    assert item["id"] in line
    assert item.pop("at").endswith("Z")
    assert item == {
        "id": item["id"],
        "state": "requested",
        "requester": "Ana",
        "path": "a/x.py",
        "package": None,
        "lines": {"start": 5, "end": 5},
        "current": True,
        "rules": [],
        "fingerprints": [],
        "reasons": [],
        "note": "is it safe?",
        "digest": snap(CODE).digest,
        "decision": None,
    }


def test_asking_again_says_so(repo, capsys):
    run(capsys, "request", "a/x.py:5-6")
    (repo / "a" / "x.py").write_text("# above\n" + CODE)
    code, out, _ = run(capsys, "request", "a/x.py:6-7")
    assert (code, out) == (0, "This review is requested already: a/x.py:6-7\n")
    (item,) = requests(capsys)
    assert (item["lines"], item["current"]) == ({"start": 6, "end": 7}, True)


def test_the_list_says_what_changed_or_is_gone(repo, capsys):
    run(capsys, "request", "a/x.py:5")
    run(capsys, "request", "b.py")
    (repo / "a" / "x.py").write_text(CODE.replace("name)\n", "name, 1)\n"))
    (repo / "b.py").unlink()
    assert [item["current"] for item in requests(capsys)] == [False, False]
    _, out, _ = run(capsys, "list")
    assert out.count("(changed since)") == 2


def test_the_list_narrows_by_path_and_state(repo, capsys, monkeypatch):
    run(capsys, "request", "a/x.py:5")
    run(capsys, "request", "b.py:1")
    assert [r["path"] for r in requests(capsys)] == ["a/x.py", "b.py"]
    assert [r["path"] for r in requests(capsys, "--state", "requested")] == ["a/x.py", "b.py"]
    assert [r["path"] for r in requests(capsys, "a")] == ["a/x.py"]
    assert [r["path"] for r in requests(capsys, ".")] == ["a/x.py", "b.py"]
    assert [r["path"] for r in requests(capsys, "b.py")] == ["b.py"]
    monkeypatch.chdir(repo / "a")
    assert [r["path"] for r in requests(capsys, ".")] == ["a/x.py"]
    assert [r["path"] for r in requests(capsys)] == ["a/x.py", "b.py"]
    assert [r["path"] for r in requests(capsys, "../b.py")] == ["b.py"]


def test_a_secret_in_a_note_is_masked(repo, capsys):
    run(capsys, "request", "b.py", "--note", f"the key {TOKEN} again")
    (item,) = requests(capsys)
    assert item["note"] == "the key ******** again"
    assert TOKEN.encode() not in (repo / ".git" / "vetline" / "ledger.db").read_bytes()


def test_what_would_steer_a_terminal_is_taken_out(repo, capsys):
    run(capsys, "request", "b.py", "--note", "\x1b[2J one\ntwo\u202e")
    _, out, _ = run(capsys, "list")
    assert len(out.splitlines()) == 1
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert requests(capsys)[0]["note"] == "\x1b[2J one\ntwo\u202e"


def test_outside_a_repository_the_state_folder_keeps_it(tmp_path, repo, capsys, monkeypatch):
    (tmp_path / "loose").mkdir()
    monkeypatch.chdir(tmp_path / "loose")
    (tmp_path / "loose" / "y.py").write_text("y = 1\n")
    assert run(capsys, "request", "y.py")[0] == 0
    assert [item["path"] for item in requests(capsys)] == ["y.py"]
    assert list((tmp_path / "state" / "vetline").glob("*/ledger.db"))


def test_a_ledger_kept_elsewhere_is_said(repo, capsys):
    (repo / ".git" / "vetline").write_text("in the way")
    code, out, err = run(capsys, "request", "b.py")
    assert (code, out) == (0, "Review requested: b.py:1-1\n")
    assert len(err.splitlines()) == 1
    assert "kept in" in err
    assert [item["path"] for item in requests(capsys)] == ["b.py"]


def test_a_file_whose_name_holds_a_colon_is_that_file(repo, capsys):
    (repo / "odd:3").write_text("a\nb\n")
    assert run(capsys, "request", "odd:3")[1] == "Review requested: odd:3:1-2\n"
    assert run(capsys, "request", "odd:3:2")[1] == "Review requested: odd:3:2-2\n"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "required"),
        (["nonsense"], "invalid choice"),
        (["list", "--state", "nonsense"], "invalid choice"),
        (["list", "--output-format", "xml"], "invalid choice"),
        (["list", "gone"], "gone: no such file"),
        (["request"], "required"),
        (["request", "gone.py:3"], "gone.py: cannot be read: no such file"),
        (["request", "a"], "a: is a folder"),
        (["request", "b.py:2"], "lines 1 to 1, not 2 to 2"),
        (["request", "b.py:0"], "counted from 1"),
        (["request", "a/x.py:5-3"], "lines 1 to 6, not 5 to 3"),
        (["request", "b.py:1-99999999999"], "no such file"),
        (["request", ":3"], "no such file"),
        (["request", "\0"], "not a possible"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(repo, capsys, argv, words):
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1
    assert not (repo / ".git" / "vetline" / "ledger.db").exists()


@pytest.mark.parametrize("argv", [["list"], ["request", "b.py"]])
def test_a_ledger_that_cannot_be_used_is_one_line_and_exit_3(repo, capsys, argv):
    stores.key(stores.locate(repo))
    (repo / ".git" / "vetline" / "ledger.db").write_text("x" * 5000)
    code, out, err = run(capsys, *argv)
    assert (code, out) == (3, "")
    assert len(err.splitlines()) == 1
    assert "move it away" in err


def test_a_locked_ledger_can_be_listed_and_not_written(repo, capsys, monkeypatch):
    monkeypatch.setattr("vetline.stores.sqlite.BUSY_SECONDS", 0.05)
    run(capsys, "request", "b.py")
    path = repo / ".git" / "vetline" / "ledger.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        assert len(requests(capsys)) == 1
        code, out, err = run(capsys, "request", "a/x.py:5")
    assert (code, out) == (3, "")
    assert "locked by another process" in err


def test_the_command_opens_this_door(repo):
    command = [sys.executable, "-m", "vetline", "review", "list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No review is requested.\n", "")
