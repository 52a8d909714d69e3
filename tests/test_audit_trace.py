"""`vetline audit trace` of lines of which nothing was recorded: git tells the commit, the ledger who judged it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import audited
import pytest
from audited import commit, now, opened, recorded, verdict
from repositories import sh

from vetline.doors import audit, incident
from vetline.history import asking
from vetline.ledger import Kind

if TYPE_CHECKING:
    from pathlib import Path

FINDING = "f1" * 10
AT = "2026-02-03T09:05:00+01:00"


@pytest.fixture
def repo(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_AUTHOR_DATE", AT)
    return audited.repository(tmp_path, monkeypatch)


def traced(capsys, target: str) -> tuple[str, dict]:
    """What is told of something: for people and for programs."""
    assert audit.main(["trace", target]) == 0
    text, err = capsys.readouterr()
    assert err == ""
    assert audit.main(["trace", target, "--output-format", "json"]) == 0
    return text, json.loads(capsys.readouterr().out)


def judged(root: Path, word: str, name: str = "") -> int:
    """The gate judges a commit; gives the event's number."""
    return recorded(root, (Kind.GATE_JUDGED, "", verdict(word, commit=name)), at=now())[0].seq


def seqs(data: dict) -> list[int]:
    return [gate["seq"] for gate in data["gates"]]


def more(root: Path, text: str = "x = 1\n") -> str:
    """Another commit, which leaves `area.py` as it is."""
    path = root / "shop/more.py"
    path.write_text((path.read_text() if path.exists() else "") + text)
    return commit(root)


def test_of_a_line_of_nobody_the_commit_is_told_and_the_gate_that_judged_it(capsys, repo):
    first = sh(repo, "rev-parse", "HEAD").strip()
    mine = judged(repo, "pass", first)
    judged(repo, "pass", more(repo))
    judged(repo, "pass")
    text, data = traced(capsys, "shop/area.py:4")
    assert data["lines"][0]["state"] == "unknown"
    assert data["commits"] == [
        {
            "path": "shop/area.py",
            "start": 4,
            "end": 4,
            "commit": first,
            "author": "A <a@example.org>",
            "at": "2026-02-03T08:05:00.000Z",
            "shallow": False,
        }
    ]
    assert seqs(data) == [mine]
    assert data["passed_by"] == mine
    assert f"shop/area.py:4  commit {first[:12]}  by A  2026-02-03 08:05\n" in text
    assert "(the first to let it pass)" in text


def test_of_a_commit_that_was_never_judged_the_first_judged_one_that_contains_it_is(capsys, repo):
    first = sh(repo, "rev-parse", "HEAD").strip()
    sh(repo, "checkout", "-q", "--orphan", "other")
    judged(repo, "pass", more(repo, "y = 2\n"))  # says nothing of what it does not contain
    sh(repo, "checkout", "-q", "-B", "main", first)
    more(repo)
    mine = judged(repo, "pass", more(repo))
    judged(repo, "pass", more(repo))
    for target in ("shop/area.py:4", first):
        data = traced(capsys, target)[1]
        assert (seqs(data), data["passed_by"]) == ([mine], mine)


def test_what_was_blocked_is_followed_to_what_let_it_pass(capsys, repo):
    blocked = judged(repo, "block", sh(repo, "rev-parse", "HEAD").strip())
    again = judged(repo, "block", more(repo))
    mine = judged(repo, "pass", more(repo))
    judged(repo, "pass", more(repo))
    data = traced(capsys, "shop/area.py:4")[1]
    assert (seqs(data), data["passed_by"]) == ([blocked, again, mine], mine)


def test_a_commit_that_this_clone_does_not_have_is_passed_over(capsys, repo):
    for name in ("ab" * 20, "ab" * 32, "--all", "^HEAD", "HEAD", "", "x\ny"):
        judged(repo, "pass", name)
    data = traced(capsys, "shop/area.py:4")[1]
    assert (data["gates"], data["passed_by"]) == ([], None)


def test_a_line_that_is_not_committed_is_said_to_be(capsys, repo):
    first = sh(repo, "rev-parse", "HEAD").strip()
    judged(repo, "pass", first)
    path = repo / "shop/area.py"
    path.write_text("# new\n" + path.read_text().replace("    return a", "  return a"))
    text, data = traced(capsys, "shop/area.py")
    told = [(each["start"], each["end"], each["commit"]) for each in data["commits"]]
    assert told == [(1, 1, None), (2, 5, first), (6, 6, None)]
    assert "shop/area.py:1  not committed\n" in text
    (repo / "shop/fresh.py").write_text("a = 1\n")
    text, data = traced(capsys, "shop/fresh.py:1")
    assert "shop/fresh.py:1  not committed\n" in text
    assert data["gates"] == []


def test_no_filter_and_no_ignored_commit_of_the_repository_has_a_say(capsys, repo):
    first = sh(repo, "rev-parse", "HEAD").strip()
    (repo / ".gitattributes").write_text("*.py filter=evil diff=evil\n")
    (repo / "ignored").write_text(first + "\n")
    for name in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv"):
        sh(repo, "config", name, f"touch {repo}/ran; cat")
    sh(repo, "config", "blame.ignoreRevsFile", "ignored")
    assert traced(capsys, "shop/area.py:4")[1]["commits"][0]["commit"] == first
    assert not (repo / "ran").exists()


def test_lines_with_an_origin_have_a_commit_too(capsys, repo):
    audited.written(repo, "shop/pay.py", "def pay():\n    return 1\n")
    text, data = traced(capsys, "shop/pay.py:2")
    assert data["commits"][0]["commit"] is None
    mine = commit(repo)
    recorded(repo, (Kind.FINDING_OPENED, "shop/pay.py", opened(FINDING, 2)), at=now())
    for target in ("shop/pay.py:2", FINDING):
        text, data = traced(capsys, target)
        assert {each["commit"] for each in data["commits"]} == {mine}
        assert f"commit {mine[:12]}  by A" in text
        assert "asked for by Ana Roe" in text


def test_where_lines_have_moved_and_the_file_got_another_name_blame_follows(capsys, repo):
    first = sh(repo, "rev-parse", "HEAD").strip()
    mine = judged(repo, "pass", first)
    sh(repo, "mv", "shop/area.py", "shop/size.py")
    commit(repo)
    (repo / "shop/size.py").write_text("# one\r\n" + (repo / "shop/size.py").read_text())
    data = traced(capsys, "shop/size.py:5")[1]
    assert (data["commits"][0]["commit"], data["passed_by"]) == (first, mine)


def test_a_finding_of_nobodys_line_has_the_verdicts_since(capsys, repo):
    said = opened(FINDING, 4) | {"origin": {"state": "unknown"}}
    judged(repo, "pass")
    recorded(repo, (Kind.FINDING_OPENED, "shop/area.py", said), at=now())
    mine = judged(repo, "pass")
    assert seqs(traced(capsys, FINDING)[1]) == [mine]


def test_incidents_that_name_it_are_listed(capsys, repo):
    first = sh(repo, "rev-parse", "HEAD").strip()
    recorded(repo, (Kind.FINDING_OPENED, "shop/area.py", opened(FINDING, 4)), at=now())
    for title, *what in (
        ("of the line", "--path", "shop/area.py:4"),
        ("of the finding", "--finding", FINDING),
        ("of the commit", "--commit", first),
    ):
        assert incident.main(["open", "--title", title, *what]) == 0
    (repo / "shop/more.py").write_text("x = 1\n")
    assert incident.main(["open", "--title", "of another", "--path", "shop/more.py"]) == 0
    capsys.readouterr()
    text, data = traced(capsys, "shop/area.py:4")
    titles = [each["payload"]["title"] for each in data["incidents"]]
    assert titles == ["of the line", "of the commit"]
    assert f"{data['incidents'][0]['payload']['id']}  " in text
    text, data = traced(capsys, FINDING)
    titles = [each["payload"]["title"] for each in data["incidents"]]
    assert titles == ["of the line", "of the finding"]
    assert "of the finding" in text


@pytest.mark.parametrize("value", [None, 7, "x", [7, None, {}, []], [[[]], [{}, 1], [7]], {"a": 1}])
def test_an_incident_that_anybody_wrote_breaks_nothing(capsys, repo, value):
    payload = dict.fromkeys(("id", "title", "findings", "lines", "commits", "sessions"), value)
    recorded(repo, (Kind.INCIDENT_OPENED, "", payload))
    recorded(repo, (Kind.INCIDENT_OPENED, "shop/area.py", payload))
    assert len(traced(capsys, "shop/area.py:4")[1]["incidents"]) == 1


def test_a_shallow_clone_says_that_the_line_may_be_older(capsys, repo, tmp_path, monkeypatch):
    last = more(repo)
    sh(tmp_path, "clone", "-q", "--depth", "1", repo.as_uri(), "clone")
    monkeypatch.chdir(tmp_path / "clone")
    text, data = traced(capsys, "shop/area.py:4")
    assert (data["commits"][0]["commit"], data["commits"][0]["shallow"]) == (last, True)
    assert "(or an older one: this clone is shallow)" in text


def test_without_a_commit_or_a_repository_nothing_is_committed(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    project = tmp_path / "project"
    project.mkdir()
    (project / "vetline.toml").write_text("")
    (project / "a.py").write_text("a = 1\n")
    monkeypatch.chdir(project)
    assert "a.py:1  not committed\n" in traced(capsys, "a.py:1")[0]
    sh(project, "init", "-q")
    assert "a.py:1  not committed\n" in traced(capsys, "a.py:1")[0]


def test_when_git_fails_the_rest_is_told_and_that_it_is_not_all(capsys, repo):
    name = sh(repo, "rev-parse", "HEAD:shop/area.py").strip()
    (repo / ".git/objects" / name[:2] / name[2:]).unlink()
    assert audit.main(["trace", "shop/area.py:4"]) == 3
    out, err = capsys.readouterr()
    assert "shop/area.py:4  UNKNOWN" in out
    assert "not committed" not in out
    assert err.startswith("vetline audit: not looked into: shop/area.py ")


@pytest.mark.parametrize("at", ["99999999999999999999", "9" * 5000, "-" + "9" * 30])
def test_a_commit_of_no_time_has_none(at):
    made = asking.read(f"tree x\nauthor A <a@example.org> {at} +0000\n\nx".encode())
    assert (made.author, made.at) == ("A <a@example.org>", None)
