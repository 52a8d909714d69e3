"""`vetline review`: asking, listing, showing, saying who looks, taking back, exporting."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys

import persons
import pytest
import signers

from vetline import statement, stores, subject
from vetline.doors import review as door
from vetline.doors.review import asking, showing
from vetline.doors.review.looking import Look
from vetline.provenance import Attribution, Origin, State, Tier
from vetline_analyzers.core.text import Snapshot, Span

CODE = "import os\n\n\ndef run(name):\n    os.system('ls ' + name)\n    return name\n"
TOKEN = "AKIA" + "IOSFODNN7" + "ABCDEFG"


@pytest.fixture
def repo(tmp_path, monkeypatch):
    root = tmp_path / "repo"
    (root / "a").mkdir(parents=True)
    (root / "a" / "x.py").write_text(CODE)
    (root / "b.py").write_text("x = 1\n")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for words in (["init", "-q"], ["config", "user.name", "Ana"]):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
    email(root, "ana@example.org")
    monkeypatch.chdir(root)
    persons.sits_there(monkeypatch)
    return root


def email(root, address: str) -> None:
    command = ["git", "config", "user.email", address]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def commit(root) -> None:
    for words in (["add", "-A"], ["-c", "commit.gpgsign=false", "commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


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
    assert not (repo / ".vetline").exists()


# -- asking


def test_a_request_is_of_the_whole_function_with_all_that_is_found_in_it(repo, capsys):
    code, out, err = run(
        capsys, "request", "a/x.py:6", "--note", "is it safe?", "--assign", "bo@x.org"
    )
    (item,) = requests(capsys)
    file = f".vetline/reviews/{item['id']}/request.json"
    assert (code, err) == (0, "")
    assert out == (
        f"Review {item['id']} requested: a/x.py:4-6 (run)\n"
        "Assigned to bo@x.org (told by the ledger, and by `vetline review publish`)\n"
        f"Commit {file}, so that others and CI know of it.\n"
    )
    (line,) = run(capsys, "list")[1].splitlines()
    for word in (item["id"], "Ana", "a/x.py:4-6 (run)", "is it safe?", "waits for bo@x.org"):
        assert word in line
    assert item.pop("at").endswith("Z")
    (mark,) = item.pop("fingerprints")
    assert len(mark) >= 16
    assert "shell" in item.pop("reasons")[0]
    assert item == {
        "id": item["id"],
        "state": "requested",
        "status": "pending",
        "why": "nobody has decided yet",
        "signed": False,
        "requester": "Ana <ana@example.org>",
        "path": "a/x.py",
        "package": None,
        "symbol": "run",
        "lines": {"start": 4, "end": 6},
        "current": True,
        "rules": ["python/command-from-string"],
        "note": "is it safe?",
        "digest": subject.digest_of(CODE.partition("\n\n\n")[2]),
        "authors": [],
        "origins": [],
        "assigned": ["bo@x.org"],
        "comments": [],
        "decision": None,
        "decisions": [],
    }


def test_it_travels_in_a_file_that_holds_no_code_and_no_secret(repo, capsys):
    (repo / "a" / "x.py").write_text(CODE.replace("return name", f"return '{TOKEN}'"))
    run(capsys, "request", "a/x.py:5", "--note", f"the key {TOKEN} again")
    (item,) = requests(capsys)
    raw = (repo / ".vetline" / "reviews" / item["id"] / "request.json").read_bytes()
    ledger = (repo / ".git" / "vetline" / "ledger.db").read_bytes()
    for held in (raw, ledger):
        assert not any(word in held for word in (TOKEN.encode(), b"os.system", b"return"))
    assert item["note"] == "the key ******** again"
    shutil.rmtree(repo / ".git" / "vetline")
    assert requests(capsys) == [item]


def test_a_request_goes_by_a_findings_fingerprint(repo, capsys):
    run(capsys, "request", "a/x.py:5")
    (item,) = requests(capsys)
    (mark,) = item["fingerprints"]
    shutil.rmtree(repo / ".vetline")
    shutil.rmtree(repo / ".git" / "vetline")
    code, out, err = run(capsys, "request", mark[:10])
    assert (code, err) == (0, "")
    assert "a/x.py:4-6 (run)" in out
    code, _, err = run(capsys, "request", "0123456789abcdef")
    assert (code, "no such file and no such finding" in err) == (2, True)


def test_asking_again_says_so(repo, capsys):
    run(capsys, "request", "a/x.py:5-6")
    (before,) = requests(capsys)
    (repo / "a" / "x.py").write_text("# above\n" + CODE)
    code, out, _ = run(capsys, "request", "a/x.py:6")
    assert code == 0
    assert out == f"This review is requested already, as {before['id']}: a/x.py:4-6 (run)\n"
    (item,) = requests(capsys)
    assert (item["lines"], item["current"]) == ({"start": 5, "end": 7}, True)
    run(capsys, "request", "a/x.py:6", "--assign", "bo@x.org,cy@x.org", "--assign", "bo@x.org")
    assert requests(capsys)[0]["assigned"] == ["bo@x.org", "cy@x.org"]
    assert len(list((repo / ".vetline" / "reviews").iterdir())) == 1


def test_outside_a_repository_the_state_folder_keeps_it(tmp_path, repo, capsys, monkeypatch):
    (tmp_path / "loose").mkdir()
    monkeypatch.chdir(tmp_path / "loose")
    (tmp_path / "loose" / "y.py").write_text("y = 1\n")
    code, out, _ = run(capsys, "request", "y.py")
    assert (code, len(out.splitlines())) == (0, 1)
    assert [item["path"] for item in requests(capsys)] == ["y.py"]
    assert list((tmp_path / "state" / "vetline").glob("*/ledger.db"))
    assert not (tmp_path / "loose" / ".vetline").exists()


def test_a_ledger_kept_elsewhere_is_said(repo, capsys):
    (repo / ".git" / "vetline").write_text("in the way")
    code, out, err = run(capsys, "request", "b.py")
    assert (code, "b.py:1-1" in out) == (0, True)
    assert len(err.splitlines()) == 1
    assert "kept in" in err
    assert [item["path"] for item in requests(capsys)] == ["b.py"]


def test_a_folder_that_leads_elsewhere_is_not_written_to(tmp_path, repo, capsys):
    (tmp_path / "elsewhere").mkdir()
    (repo / ".vetline").symlink_to(tmp_path / "elsewhere")
    code, _, err = run(capsys, "request", "b.py")
    assert (code, "leads elsewhere: remove the link" in err) == (2, True)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_file_whose_name_holds_a_colon_is_that_file(repo, capsys):
    (repo / "odd:3").write_text("a\n\n\nb\n")
    assert "odd:3:1-4" in run(capsys, "request", "odd:3")[1]
    assert "odd:3:4-4" in run(capsys, "request", "odd:3:4")[1]


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
        (["request", "b.py", "--assign", " "], "people are named"),
        (["show", "0123abcd"], "no such request"),
        (["show", "../x"], "no such request"),
        (["assign", "0123abcd"], "required"),
        (["assign", "0123abcd", "bo"], "no such request"),
        (["comment", "0123abcd", "--note", "x"], "no such request"),
        (["withdraw", "0123abcd"], "no such request"),
        (["export", "0123abcd"], "no such request"),
        (["approve", "0123abcd"], "no such request"),
        (["approve", "0123abcd", "--expires", "soon"], "--expires soon: give days"),
        (["approve", "0123abcd", "--expires", "0"], "between now and ten years"),
        (["approve", "0123abcd", "--expires", "2020-01-01"], "between now and ten years"),
        (["approve", "0123abcd", "--expires", "9999-12-31"], "between now and ten years"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(repo, capsys, argv, words):
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1
    assert not (repo / ".git" / "vetline" / "ledger.db").exists()
    assert not (repo / ".vetline").exists()


@pytest.mark.parametrize("argv", [["list"], ["request", "b.py"], ["show", "0123abcd"], ["export"]])
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


# -- listing


def test_the_list_says_what_changed_or_is_gone(repo, capsys):
    run(capsys, "request", "a/x.py:5")
    run(capsys, "request", "b.py")
    (repo / "a" / "x.py").write_text(CODE.replace("+ name)", "+ name + '.')"))
    (repo / "b.py").unlink()
    assert [(item["current"], item["status"]) for item in requests(capsys)] == [
        (False, "stale")
    ] * 2
    one, other = run(capsys, "list")[1].splitlines()
    assert "  stale: run was changed since  " in one
    assert "  stale: its file is gone or cannot be read  " in other


def test_the_list_narrows(repo, capsys, monkeypatch):
    run(capsys, "request", "a/x.py:5", "--assign", "Bo <BO@example.org>")
    email(repo, "cy@example.org")
    run(capsys, "request", "b.py:1")

    def paths(*argv: str) -> list[str]:
        return [item["path"] for item in requests(capsys, *argv)]

    assert paths() == paths("--state", "requested") == paths("--pending") == ["a/x.py", "b.py"]
    assert paths("a") == ["a/x.py"]
    assert paths(".") == ["a/x.py", "b.py"]
    assert paths("b.py") == paths("--mine") == ["b.py"]
    email(repo, "bo@example.org")
    assert paths("--mine") == ["a/x.py"]
    (repo / "b.py").write_text("x = 2\n")
    assert paths("--pending") == ["a/x.py"]
    monkeypatch.chdir(repo / "a")
    assert paths(".") == ["a/x.py"]
    assert paths("../b.py") == ["b.py"]


def test_what_would_steer_a_terminal_is_taken_out(repo, capsys):
    note = "\x1b[2J one\ntwo\u202e"
    run(capsys, "request", "b.py", "--note", note, "--assign", "Bo\u00e9")
    (item,) = requests(capsys)
    assert item["note"] == note
    run(capsys, "comment", item["id"], "--note", note)
    for argv in (["list"], ["show", item["id"]]):
        _, out, _ = run(capsys, *argv)
        assert "\x1b" not in out
        assert "\u202e" not in out
    assert len(run(capsys, "list")[1].splitlines()) == 1


def test_hostile_files_are_passed_over(repo, capsys):
    run(capsys, "request", "b.py")
    (item,) = requests(capsys)
    folder = repo / ".vetline" / "reviews"
    (folder / "000000000000").mkdir()
    (folder / "000000000000" / "request.json").write_bytes(b"{" * 100_000)
    (folder / item["id"] / "aaaaaaaaaaaa.json").write_text("{}")
    (folder / item["id"] / "more").mkdir()
    (folder / "loop").symlink_to(folder)
    assert [
        one["id"]
        for one in json.loads(run(capsys, "list", "--output-format", "json")[1])["requests"]
    ] == [item["id"]]


def test_a_request_cannot_make_us_read_other_files(tmp_path, repo, capsys):
    (tmp_path / "secret.py").write_text("x = 1\n")
    place = f"{tmp_path}/secret.py"
    for path in ("../secret.py", place, "b.py/../../secret.py"):
        what = subject.of_span(Snapshot("", "python", 0, "x = 1\n"), Span(0, 1), path)
        said = statement.identified(
            statement.Statement(
                request="", subject=what, requester="x", requested="2026-01-01T00:00:00.000Z"
            )
        )
        name, raw = statement.to_file(statement.Signed(said))
        (repo / name).parent.mkdir(parents=True)
        (repo / name).write_bytes(raw)
    items = requests(capsys)
    assert [item["status"] for item in items] == ["stale"] * 3
    for item in items:
        code, out, _ = run(capsys, "show", item["id"])
        assert (code, "The code is not shown" in out, "x = 1" in out) == (0, True, False)


# -- showing


def test_show_prints_what_a_reviewer_has_to_see(repo, capsys):
    (repo / "CODEOWNERS").write_text("* @shop/all\n/a/ @shop/security ana@example.org\n")
    (repo / "a" / "x.py").write_text(CODE.replace("return name", f"return '{TOKEN}'"))
    run(capsys, "request", "a/x.py:5", "--note", "safe?", "--assign", "bo@x.org")
    (item,) = requests(capsys)
    code, out, err = run(capsys, "show", item["id"][:6])
    assert (code, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == f"Review {item['id']} waits for bo@x.org"
    assert lines[1] == "a/x.py:4-6 (run)"
    assert lines[2].startswith("requested by Ana <ana@example.org>, 20")
    assert "note: safe?" in lines
    assert "suggested reviewers: @shop/security, ana@example.org (CODEOWNERS)" in lines
    assert "unknown 4 def run(name):" in lines
    assert "unknown 6 return '********'" in lines
    assert TOKEN not in out
    found = lines[lines.index("Found in it:") + 1 :]
    assert [line.split()[2] for line in found] == [
        "python/command-from-string",
        "secret/aws-access-key",
    ]


def test_who_wrote_it_is_told_and_recorded():
    text = "def f():\n    x = 1\n    return x\n"
    snapshot = Snapshot("", "python", 0, text)
    origin = Origin(
        Tier.REPORTED,
        agent="claude-code",
        model="opus",
        session="s1",
        prompt="ab" * 32,
        human="Ana <ana@example.org>",
        at="2026-03-01T09:05:00.000Z",
    )
    known = [
        Attribution(State.AI, origin),
        Attribution(State.AI, origin),
        Attribution(State.UNKNOWN),
    ]
    wanted = asking.wish(snapshot, Span(0, 1), "a.py", (), known)
    assert wanted.authors == ("Ana <ana@example.org>",)
    assert wanted.origins == ("claude-code opus s1",)
    assert showing._origins(Look("a.py", snapshot, (), known), 1, 3) == [
        "AI: claude-code (opus), session s1, prompt abababababab, for Ana <ana@example.org>, 2026-03-01 (2 of 3 lines)",
        "UNKNOWN (1 of 3 lines)",
    ]


def test_show_tells_why_it_shows_no_code(repo, capsys):
    run(capsys, "request", "a/x.py:5")
    (item,) = requests(capsys)
    (repo / "a" / "x.py").write_text(CODE.replace("def run", "def ran"))
    _, out, _ = run(capsys, "show", item["id"])
    assert "The code is not shown: run is no longer there." in out
    assert "os.system" not in out


def test_history_is_told_in_order_and_says_what_counts(repo, capsys):
    run(capsys, "request", "a/x.py:5")
    (item,) = requests(capsys)
    run(capsys, "comment", item["id"], "--note", f"where is {TOKEN} from?")
    run(capsys, "assign", item["id"], "bo@x.org", "cy@x.org")
    run(capsys, "withdraw", item["id"], "--note", "no need")
    (item,) = requests(capsys)
    assert (item["state"], item["status"]) == ("withdrawn", "withdrawn")
    assert item["assigned"] == ["bo@x.org", "cy@x.org"]
    assert item["comments"][0]["note"] == "where is ******** from?"
    _, out, _ = run(capsys, "show", item["id"])
    history = [line.split(None, 2)[2] for line in out.partition("History:\n")[2].splitlines()]
    assert history == [
        "Ana <ana@example.org> commented: where is ******** from?",
        "Ana <ana@example.org> withdrawn: no need",
    ]


# -- taking back, exporting


def test_only_who_asked_or_decided_takes_it_back(repo, capsys):
    run(capsys, "request", "a/x.py:5")
    (item,) = requests(capsys)
    email(repo, "cy@example.org")
    code, _, err = run(capsys, "withdraw", item["id"])
    assert (code, "is withdrawn by who asked (Ana) or decided" in err) == (2, True)
    email(repo, "ana@example.org")
    assert run(capsys, "withdraw", item["id"])[0] == 0
    code, _, err = run(capsys, "withdraw", item["id"])
    assert (code, "withdrawn already" in err) == (2, True)
    shutil.rmtree(repo / ".git" / "vetline")
    assert [one["status"] for one in requests(capsys)] == ["withdrawn"]


def test_export_gives_the_statements_as_lines_or_files(tmp_path, repo, capsys):
    run(capsys, "request", "a/x.py:5")
    run(capsys, "request", "b.py")
    one, other = (item["id"] for item in requests(capsys))
    run(capsys, "withdraw", other)
    code, out, err = run(capsys, "export")
    assert (code, err) == (0, "")
    said = [statement.of_json(json.loads(line)["statement"]) for line in out.splitlines()]
    assert [(each.request, each.decision) for each in said] == [
        (one, ""), (other, ""), (other, "withdrawn")]  # fmt: skip
    assert len(run(capsys, "export", one)[1].splitlines()) == 1
    folder = tmp_path / "out"
    assert run(capsys, "export", "--output", str(folder))[1] == f"3 statements in {folder}\n"
    for path in folder.rglob("*.json"):
        place = f"{statement.FOLDER}/{path.relative_to(folder).as_posix()}"
        assert statement.from_file(place, path.read_bytes()).statement in said
        assert path.read_bytes() == (repo / place).read_bytes()


# -- deciding, the whole way


def test_a_signed_approval_counts_until_the_text_changes(tmp_path, repo, capsys, monkeypatch):
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    bo = signers.person(tmp_path / "keys", "bo@example.org", signers.PASSPHRASE)
    signers.answers(monkeypatch, tmp_path)
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("VETLINE_GATE_SIGNING_KEY", str(bo.key))
    (repo / ".vetline").mkdir()
    (repo / ".vetline" / "allowed_signers").write_text(bo.line())
    commit(repo)
    run(capsys, "request", "a/x.py:5")
    (item,) = requests(capsys)
    code, out, err = run(capsys, "approve", item["id"], "--note", "read it", "--expires", "90")
    assert (code, err.partition(":")[0]) == (0, "a/x.py"), err
    (item,) = requests(capsys)
    assert out.startswith(f"Approved: a/x.py:4-6 (run), until {item['decision']['expires'][:10]}\n")
    assert (item["status"], item["signed"], item["decision"]["signer"]) == (
        "approved",
        True,
        bo.address,
    )
    assert item["decision"]["fingerprints"] == item["fingerprints"]
    assert "approved by bo@example.org" in run(capsys, "list")[1]
    _, out, _ = run(capsys, "show", item["id"])
    assert "signed by bo@example.org with SHA256:" in out
    (repo / "a" / "x.py").write_text(CODE.replace("def run(name)", "def run(name, more)"))
    (item,) = requests(capsys)
    assert (item["status"], item["why"]) == ("stale", "run was changed since")


def test_who_asks_again_is_told_what_was_not_taken(repo, capsys):
    run(capsys, "request", "a/x.py:5", "--note", "first")
    (item,) = requests(capsys)
    again = ["request", "a/x.py:5", "--note", "second", "--assign", "bo@x.org"]
    assert run(capsys, *again)[1].splitlines() == [
        f"This review is requested already, as {item['id']}: a/x.py:4-6 (run)",
        f"Your note was not added; to have it there: vetline review comment {item['id']} --note TEXT",
        "Assigned to bo@x.org (told by the ledger, and by `vetline review publish`)",
    ]
    again[3] = "first"
    assert "not added" not in run(capsys, *again)[1]


def test_an_empty_choice_is_not_taken_for_no_reviews(repo, capsys):
    run(capsys, "request", "a/x.py:5")
    assert run(capsys, "list", "--state", "approved")[1] == (
        "None of 1 review fits; `vetline review list` shows all.\n"
    )


def test_show_says_a_reason_once_and_what_becomes_of_a_suppression(repo, capsys):
    silent = '  # vetline: allow[python/command-from-string] reason="ours" expires="2001-01-01"'
    (repo / "a" / "x.py").write_text(CODE.replace("+ name)", "+ name)" + silent))
    run(capsys, "request", "a/x.py:5")
    (item,) = requests(capsys)
    told = run(capsys, "show", item["id"])[1]
    assert told.count(item["reasons"][0]) == 1
    assert "(its suppression has expired)" in told
    (repo / "a" / "x.py").write_text("x = 1\n")
    assert f"why: {item['reasons'][0]}" in run(capsys, "show", item["id"])[1]


def test_the_command_opens_this_door(repo):
    command = [sys.executable, "-m", "vetline", "review", "list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "No review is requested.\n", "")
