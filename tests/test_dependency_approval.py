"""A dependency that an AI brought in needs a person's approval where the settings ask for it; a person's does not."""

from __future__ import annotations

import json
import subprocess

import persons
import pytest
from origins import report
from servers import environment

from vetline import config, session
from vetline.__main__ import main
from vetline.agents import PRE_EDIT, Event, FileEdit
from vetline.doors import vetting
from vetline.gate import Fate, Policy, Sighting, fate
from vetline.provenance import Attribution, State
from vetline_analyzers.core.analyzer import DependencyPolicy, Facts
from vetline_analyzers.core.finding import Persona
from vetline_analyzers.core.text import Position, Span
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.manifests import Reading, Requirement
from vetline_analyzers.supply.approval import NOT_APPROVED, findings

RULE = "dependency/not-approved"
SETTINGS = 'analyzers = ["dependencies"]\n[dependencies]\napproval = true\n'
BEFORE = '[project]\nname = "shop"\ndependencies = [\n  "flask",\n]\n'
AFTER = BEFORE.replace('  "flask",\n', '  "flask",\n  "requests",\n')


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A project whose manifest an AI added `requests` to."""
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    root = tmp_path / "shop"
    root.mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        subprocess.run(["git", "-C", str(root), "config", name, value], check=True)
    (root / "vetline.toml").write_text(SETTINGS)
    (root / "pyproject.toml").write_text(AFTER)
    report(root / "pyproject.toml", (BEFORE, AFTER))
    monkeypatch.chdir(root)
    persons.sits_there(monkeypatch)
    return root


@pytest.fixture
def check(shop, capsys):
    """Checks the project: exit code, the packages that are not approved, what was said."""

    def check(*words):
        code = main(["check", "--output-format", "json", *words])
        told = capsys.readouterr()
        found = json.loads(told.out)["findings"]
        return code, [one["package"] for one in found if one["rule"] == RULE], told.err

    return check


def test_an_ais_line_is_blocked_until_a_person_approves_the_package(check, capsys):
    assert check()[:2] == (1, ["pkg:pypi/requests"])
    assert main(["review", "approve", "pkg:pypi/other"]) == 0
    assert main(["review", "request", "pkg:pypi/requests"]) == 0
    capsys.readouterr()
    assert check()[0] == 1, "an approval of something else, and a request, are none"
    assert main(["review", "approve", "pkg:pypi/Requests", "--note", "we know it"]) == 0
    capsys.readouterr()
    assert check()[:2] == (0, [])
    assert main(["review", "reject", "pkg:pypi/requests", "--note", "we left it"]) == 0
    capsys.readouterr()
    assert check()[:2] == (1, ["pkg:pypi/requests"])


def test_a_hook_without_a_server_asks_for_the_approval_too(shop):
    (shop / "vetline.toml").write_text(SETTINGS + "[hook]\nblock = 'low'\n")
    (shop / "pyproject.toml").write_text(BEFORE)
    edit = FileEdit(str(shop / "pyproject.toml"), after=AFTER)
    event = Event("claude-code", PRE_EDIT, cwd=str(shop), edits=(edit,))
    assert vetting.edits(event).rules == (RULE,)
    assert main(["review", "approve", "pkg:pypi/requests"]) == 0
    assert vetting.edits(event) == vetting.Judged()
    for path in (shop / ".git" / "vetline").glob("ledger.db*"):
        path.unlink()
    (shop / ".git" / "vetline" / "ledger.db").write_bytes(b"not a database" * 100)
    judged = vetting.edits(event)
    assert judged.rules == (RULE,)
    assert any("ledger.db" in line for line in judged.told), "that nothing is approved has a reason"


@pytest.mark.parametrize("persona", ["regular", "pedantic", "auditor"])
def test_a_line_that_no_ai_is_known_to_have_touched_needs_none(check, persona):
    assert check("--persona", persona)[:2] == (1, ["pkg:pypi/requests"])
    assert check("--persona", persona, "--assume-origin", "ai")[1] == [
        "pkg:pypi/flask", "pkg:pypi/requests"]  # fmt: skip


def test_without_the_setting_nothing_needs_an_approval(shop, check):
    (shop / "vetline.toml").write_text('analyzers = ["dependencies"]\n')
    assert check()[:2] == (0, [])


@pytest.mark.parametrize("name", ["ledger.db", "provenance.db"])
def test_a_record_that_cannot_be_read_approves_nothing(shop, check, capsys, name):
    main(["review", "approve", "pkg:pypi/requests"])
    capsys.readouterr()
    check()
    for path in (shop / ".git" / "vetline").glob(f"{name}*"):
        path.unlink()
    (shop / ".git" / "vetline" / name).write_bytes(b"not a database" * 100)
    capsys.readouterr()
    code, found, err = check()
    assert code == (3 if name == "provenance.db" else 1)
    assert found == ([] if name == "provenance.db" else ["pkg:pypi/requests"])
    assert name in err


def test_what_one_layer_turned_on_no_other_turns_off(shop):
    loaded = config.load(shop, environ={"VETLINE_DEPENDENCIES_APPROVAL": "false"})
    assert loaded.settings.dependencies_approval is True
    (problem,) = loaded.problems
    assert "vetline.toml turned it on" in str(problem)
    (shop / "vetline.toml").write_text("[dependencies]\napproval = false\n")
    loaded = config.load(shop, environ={"VETLINE_DEPENDENCIES_APPROVAL": "true"})
    assert (loaded.settings.dependencies_approval, loaded.problems) == (True, ())


def test_the_facts_hold_approvals_only_where_they_are_asked_for(shop):
    main(["review", "approve", "pkg:pypi/requests"])
    said = []
    settings = config.load(shop).settings
    facts = session.approving(Facts(), shop, settings, said.append)
    assert facts.dependency_policy == DependencyPolicy(
        approval=True, approved=frozenset({"pkg:pypi/requests"})
    )
    assert session.approving(Facts(), shop, config.Settings(), said.append) == Facts()
    assert said == []


# -- pure


def reading(*names, **more):
    requirements = tuple(
        Requirement(package=package(Ecosystem.PYPI, name), span=Span(at, at + 1), written=name)
        for at, name in enumerate(names)
    )
    return Reading(requirements, **more)


def test_only_manifests_and_only_what_is_not_ones_own():
    policy = DependencyPolicy(approval=True, approved=frozenset({"pkg:pypi/b"}))
    facts = Facts(dependency_policy=policy, own_packages=frozenset({package(Ecosystem.PYPI, "c")}))
    found = list(findings(reading("a", "B", "C"), facts, "dependencies"))
    assert [(one.package, one.span, one.tentative) for one in found] == [
        ("pkg:pypi/a", Span(0, 1), True)]  # fmt: skip
    assert list(findings(reading("a", locks=True), facts, "dependencies")) == []
    assert list(findings(reading("a"), Facts(), "dependencies")) == []


@pytest.mark.parametrize("persona", Persona)
@pytest.mark.parametrize("state", [*State, None])
def test_the_gate_lets_it_count_in_an_ais_lines_only(persona, state):
    found = NOT_APPROVED.found("dependencies", Span(0, 1), "message")
    at = Position(0, 0)
    origin = Attribution(state) if state else None
    sighting = Sighting(path="x", finding=found, start=at, end=at, origin=origin)
    shown = state is not None and state.touched
    assert fate(sighting, Policy(persona=persona)) is (Fate.SHOWN if shown else Fate.UNSAID)
