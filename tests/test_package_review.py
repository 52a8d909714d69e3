"""Reviews of packages: asked for by a URL, decided by a person, folded from events that are only added."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from dataclasses import replace

import persons
import pytest

from vetline import agents, ledger, review, stores
from vetline.doors import review as door
from vetline.ledger import GENESIS, Draft, Kind
from vetline.review import State
from vetline.statement import Statement, identified
from vetline.subject import Subject
from vetline_analyzers.core.universe import Ecosystem, Package, of_purl, package

FOO = package(Ecosystem.PYPI, "Foo_Bar")
UI = package(Ecosystem.NPM, "@shop/ui")
TOKEN = "AKIA" + "Q5XJ3VNT7LWB" + "2HKD"


def at(second: int) -> str:
    return f"2026-03-01T09:05:{second:02}.000Z"


def asked(of: Package = FOO, second: int = 0, who: str = "Ada", note: str = "") -> Statement:
    said = Statement(
        request="",
        subject=Subject("", package=of.purl, rules=("package/obscure",)),
        requester=f"{who} <x@example.com>",
        requested=at(second),
        note=note,
    )
    return identified(said)


def decided(on: Statement, state: State, second: int, note: str = "") -> Statement:
    return replace(on, decision=str(state), reviewer="bo@example.com", at=at(second), note=note)


def events(*said: Statement | Draft) -> list[ledger.AuditEvent]:
    after, found = (0, GENESIS), []
    for number, one in enumerate(said):
        draft = one if isinstance(one, Draft) else review.draft(one)
        found.append(ledger.seal(draft, after=after, at=at(number), actor="A <x@example.com>"))
        after = (found[-1].seq, found[-1].hash)
    assert ledger.verify(found) is None
    return found


def fold(*said: Statement | Draft) -> list[review.ReviewRequest]:
    return review.fold(events(*said))


# -- package URLs


@pytest.mark.parametrize(
    ("purl", "expected"),
    [
        ("pkg:pypi/foo-bar", FOO),
        ("pkg:pypi/Foo_Bar", FOO),
        ("PKG:PyPI/foo.bar", FOO),
        ("pkg:npm/%40shop/ui", UI),
        ("pkg:npm/@shop/ui", UI),
        ("pkg:npm/left-pad", package(Ecosystem.NPM, "left-pad")),
        ("pkg:pypi/foo@1.0", None),
        ("pkg:pypi/foo?x=1", None),
        ("pkg:pypi/", None),
        ("pkg:pypi/a/b", None),
        ("pkg:npm/a/b", None),
        ("pkg:cargo/foo", None),
        ("pypi/foo", None),
        ("pkg:pypi/a b", None),
        ("pkg:pypi/\x1b[31m", None),
        ("", None),
    ],
)
def test_a_package_is_known_by_its_url(purl, expected):
    assert of_purl(purl) == expected
    if expected:
        assert of_purl(expected.purl) == expected


# -- pure


def test_a_request_waits_until_it_is_decided():
    (found,) = fold(asked(note="is it ours?"))
    assert (found.subject.package, found.subject.path) == ("pkg:pypi/foo-bar", "")
    assert (found.state, found.note, found.decision) == (State.REQUESTED, "is it ours?", None)
    assert review.requesters([found]) == {"": {"pkg:pypi/foo-bar": "Ada"}}
    assert review.approved([found]) == frozenset()


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED])
def test_a_decision_answers_the_request_and_says_who_made_it(state):
    requests = fold(asked(), decided(asked(), state, 1, "looked at it"))
    (found,) = requests
    assert (found.requester, found.state) == ("Ada <x@example.com>", state)
    decision = found.decision
    assert (decision.by, decision.at) == ("bo@example.com", "2026-03-01T09:05:01.000Z")
    assert (decision.state, decision.note) == (state, "looked at it")
    assert review.requesters(requests) == {"": {}}
    assert review.approved(requests) == ({FOO.purl} if state is State.APPROVED else frozenset())


def test_the_last_decision_counts():
    def yes(on: Statement, second: int) -> Statement:
        return decided(on, State.APPROVED, second)

    def no(on: Statement, second: int) -> Statement:
        return decided(on, State.REJECTED, second)

    first, other, again = asked(), asked(UI), asked(second=5)
    assert review.approved(fold(yes(first, 1), no(first, 2))) == frozenset()
    assert review.approved(fold(no(first, 1), yes(first, 2), yes(other, 3))) == {FOO.purl, UI.purl}
    asked_again = fold(yes(first, 1), again)
    assert [one.state for one in asked_again] == [State.APPROVED, State.REQUESTED]
    assert review.approved(asked_again) == {FOO.purl}, "a doubt is not yet a decision"
    assert review.approved(fold(yes(first, 1), again, no(again, 6))) == frozenset()


def test_asking_twice_is_asking_once_and_after_a_decision_anew():
    assert len(fold(asked(), asked(second=5, who="Bo"))) == 1
    assert len(fold(asked(), asked(UI))) == 2
    assert len(fold(asked(), decided(asked(), State.REJECTED, 1), asked(second=5))) == 2


@pytest.mark.parametrize(
    "name", ["pkg:pypi/Foo_Bar", "pkg:pypi/foo@1.0", "x", "", [FOO.purl], None]
)
@pytest.mark.parametrize("state", ["", State.APPROVED, State.REJECTED])
def test_an_event_that_names_no_package_as_a_whole_decides_nothing(name, state):
    said = decided(asked(), state, 1) if state else asked()
    draft = review.draft(said)
    assert len(fold(draft)) == 1
    damaged = {**draft.payload, "subject": {"package": name}}
    assert fold(replace(draft, payload=damaged)) == []


@pytest.mark.parametrize("kind", [Kind.REVIEW_REQUESTED, Kind.REVIEW_APPROVED])
def test_an_event_without_a_statement_decides_nothing(kind):
    assert fold(Draft(kind, FOO.purl, {"package": FOO.purl, "note": ""})) == []


# -- the door


@pytest.fixture
def repo(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    root = tmp_path / "shop"
    root.mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name, value in (("user.name", "Ana"), ("user.email", "ana@example.org")):
        subprocess.run(["git", "-C", str(root), "config", name, value], check=True)
    monkeypatch.chdir(root)
    persons.sits_there(monkeypatch)
    return root


def allow_unsigned(repo):
    (repo / "pyproject.toml").write_text("[tool.vetline.gate]\nunsigned = true\n")


def run(capsys, *words):
    code = door.main([*words])
    said = capsys.readouterr()
    return code, said.out, said.err


def listed(capsys, *words):
    return json.loads(run(capsys, "list", *words, "--output-format", "json")[1])["requests"]


def test_a_package_is_asked_for_and_decided_on_by_the_requests_id(repo, capsys):
    code, out, err = run(capsys, "request", "pkg:pypi/Foo_Bar", "--note", f"ours? {TOKEN}")
    (item,) = listed(capsys)
    file = f".vetline/reviews/{item['id']}/request.json"
    assert (code, err) == (0, "")
    assert out == (
        f"Review {item['id']} requested: pkg:pypi/foo-bar\n"
        f"Commit {file}, so that others and CI know of it.\n"
    )
    assert TOKEN not in (repo / file).read_text()
    code, out, _ = run(capsys, "request", "pkg:pypi/foo-bar")
    assert (code, out) == (
        0,
        f"This review is requested already, as {item['id']}: pkg:pypi/foo-bar\n",
    )
    assert item["package"] == "pkg:pypi/foo-bar"
    assert (item["path"], item["lines"], item["current"]) == ("", {"start": 0, "end": 0}, True)
    assert (item["decision"], item["status"]) == (None, "pending")
    assert item["note"] == "ours? ********"
    line = run(capsys, "list")[1]
    assert all(said in line for said in ("pkg:pypi/foo-bar  waits", "ours?"))

    allow_unsigned(repo)
    code, out, err = run(capsys, "approve", item["id"], "--note", "read it")
    assert (code, out.splitlines()[0]) == (0, "Approved: pkg:pypi/foo-bar")
    (item,) = listed(capsys, "--state", "approved")
    assert (item["status"], item["signed"]) == ("approved", False)
    assert item["decision"]["by"] == "Ana <ana@example.org>"
    assert item["decision"]["note"] == "read it"
    assert "approved by Ana, unsigned" in run(capsys, "list", "pkg:pypi/foo_bar")[1]
    assert run(capsys, "list", "pkg:npm/other")[1] == "No review is requested.\n"
    (repo / "a.py").write_text("")
    assert run(capsys, "list", "a.py")[1] == "No review is requested.\n"


def test_what_is_not_signed_does_not_count_where_the_policy_does_not_say_so(repo, capsys):
    code, out, err = run(capsys, "approve", "pkg:npm/@shop/ui")
    assert (code, out.splitlines()[0]) == (0, "Approved: pkg:npm/%40shop/ui")
    assert "it does not count yet: the decision is not signed" in err
    (item,) = listed(capsys)
    assert (item["state"], item["status"], item["why"]) == ("requested", "invalid", "is not signed")
    assert item["requester"] == ""
    assert "nobody asked" in run(capsys, "list")[1]


def test_a_package_is_decided_by_its_url_and_events_are_only_added(repo, capsys):
    allow_unsigned(repo)
    assert run(capsys, "approve", "pkg:npm/@shop/ui")[0] == 0
    assert run(capsys, "reject", "pkg:npm/%40shop/ui", "--note", "no")[0] == 0
    events = stores.read(stores.locate(repo))
    assert [event.kind for event in events] == ["review.approved", "review.rejected"]
    assert review.approved(review.fold(events)) == frozenset()
    assert [item["state"] for item in listed(capsys)] == ["approved", "rejected"]


def test_a_package_is_shown(repo, capsys):
    allow_unsigned(repo)
    run(capsys, "request", "pkg:pypi/foo", "--note", "ours?")
    (item,) = listed(capsys)
    run(capsys, "comment", item["id"], "--note", "let me see")
    run(capsys, "approve", item["id"], "--note", "yes")
    code, out, _ = run(capsys, "show", "pkg:pypi/foo")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[0] == f"Review {item['id']} approved by Ana, unsigned"
    assert lines[1] == "pkg:pypi/foo"
    assert "note: ours?" in lines
    assert lines[-2].endswith("Ana <ana@example.org> commented: let me see")
    assert lines[-1].endswith("Ana <ana@example.org> approved, unsigned: yes")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["approve"], "required"),
        (["approve", "pkg:pypi/foo@1.0"], "without a version"),
        (["request", "pkg:cargo/serde"], "pkg:pypi/NAME or pkg:npm/NAME"),
        (["list", "pkg:pypi/"], "without a version"),
        (["reject", "0123abcd"], "no such request"),
        (["reject", "a.py"], "no such request"),
        (["reject", ""], "no such request"),
        (["reject", "pkg:pypi/foo"], "a rejection needs a reason: say with --note TEXT"),
        (["reject", "pkg:pypi/foo", "--note", " "], "a rejection needs a reason"),
    ],
)
def test_wrong_usage_is_one_line_and_changes_nothing(repo, capsys, argv, words):
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1
    assert not (repo / ".git" / "vetline" / "ledger.db").exists()


SIGNS = [(agent.TITLE, name) for agent in agents.all_agents() for name in agent.SIGNS]


@pytest.mark.parametrize("word", ["approve", "reject"])
@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.usefixtures("repo")
def test_a_coding_agent_decides_nothing(capsys, monkeypatch, sign, word):
    title, name = sign
    monkeypatch.setenv(name, "1")
    run(capsys, "request", "pkg:pypi/foo")
    code, out, err = run(capsys, word, "pkg:pypi/foo", "--note", "fine")
    assert (code, out) == (2, "")
    assert f"runs under {title}: a review is decided by a person" in err
    assert [item["state"] for item in listed(capsys)] == ["requested"]


@pytest.mark.parametrize("standard", [io.StringIO("y\n"), None])
def test_without_a_terminal_nothing_is_decided(repo, capsys, monkeypatch, standard):
    monkeypatch.setattr(sys, "stdin", standard)
    code, out, err = run(capsys, "approve", "pkg:pypi/foo")
    assert (code, out) == (2, "")
    assert "standard input is no terminal" in err
    assert not (repo / ".git" / "vetline" / "ledger.db").exists()


def test_the_command_takes_a_decision_at_a_terminal_alone(repo):
    command = [sys.executable, "-m", "vetline", "review", "approve", "pkg:pypi/foo"]
    ours, theirs = pty.openpty()
    try:
        for given, code in ((subprocess.DEVNULL, 2), (theirs, 0)):
            done = subprocess.run(
                command, stdin=given, capture_output=True, timeout=60, check=False
            )
            assert done.returncode == code, done.stderr
    finally:
        os.close(ours)
        os.close(theirs)
    assert [event.kind for event in stores.read(stores.locate(repo))] == ["review.approved"]
