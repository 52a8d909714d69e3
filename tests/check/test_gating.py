"""`check` as a gate: real repositories, real signatures, the command line as people call it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import signers
from repositories import sh

from vetline import ledger, statement
from vetline.__main__ import main
from vetline.statement import Signed

if TYPE_CHECKING:
    from pathlib import Path

START = "import hashlib\nimport yaml\n"
WEAK = "def digest(x):\n    return hashlib.md5(x).hexdigest()\n"
LOAD = "def load(x):\n    return yaml.load(x)\n"
KEY = (
    "-----BEGIN RSA "
    "PRIVATE KEY-----\nMIIEowIBAAKCAQEA7fm2Zp0Q4k3v9x8s1d5g6h7j\n-----END RSA "
    "PRIVATE KEY-----\n"
)
ALLOW = '  # vetline: allow[python/weak-hash, python/unsafe-yaml-load] reason="a cache key"'
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


class Repository:
    """`main` is what the remote has and is trusted; the change is on a branch of its own."""

    def __init__(self, root: Path, capsys) -> None:
        self.root, self._capsys = root, capsys
        root.mkdir()
        sh(root, "init", "-q", "-b", "main")
        sh(root, "config", "user.name", "Ada")
        sh(root, "config", "user.email", "ada@example.org")

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def commit(self, by: str = "", lines: str = "", path: str = "app.py", model: str = "m") -> None:
        """Commit all; `by` names the agent that wrote the `lines` of a file, as notes have it."""
        sh(self.root, "add", "-A")
        sh(self.root, "commit", "-q", "--allow-empty", "-m", "work")
        if by:
            agent = {"tool": by, "id": "c", "model": model}
            session = {
                "agent_id": agent,
                "human_author": "ada@example.org",
                "custom_attributes": {},
            }
            about = {
                "schema_version": "authorship/3.0.0", "git_ai_version": "1.4.5", "base_commit_sha": "",
                "prompts": {}, "humans": {}, "sessions": {"s_00000000000000": session},
            }  # fmt: skip
            note = f"{path}\n  s_00000000000000::t_00000000000000 {lines}\n---\n{json.dumps(about)}"
            sh(self.root, "notes", "--ref=refs/notes/vetline", "add", "-m", note, "HEAD")

    def trust(self) -> None:
        """What is committed is what the remote's main branch has; work goes on beside it."""
        sh(self.root, "update-ref", "refs/remotes/origin/main", "HEAD")
        sh(self.root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")

    def run(self, *words: str) -> tuple[int, str, str]:
        code = main([*words])
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def gate(self, *words: str) -> tuple[int, dict]:
        code, out, _ = self.run("check", "--gate", "--output-format", "json", *words)
        return code, json.loads(out)


@pytest.fixture
def repo(tmp_path, monkeypatch, capsys):
    for name in [*os.environ]:
        if name.startswith(("VETLINE_", "GIT_", "GITHUB_", "CI_")) or name in {
            "NO_COLOR",
            "FORCE_COLOR",
        }:
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    repo = Repository(tmp_path / "project", capsys)
    monkeypatch.chdir(repo.root)
    repo.write("app.py", START)
    repo.write("vetline.toml", 'analyzers = ["patterns", "escalation", "secrets"]\n')
    repo.commit()
    repo.trust()
    return repo


def rules(told: dict) -> list[str]:
    return sorted({found["rule"] for found in told["findings"]})


def reasons(told: dict) -> str:
    return "\n".join(f"{one['reason']}. {one['way_out']}" for one in told["gate"])


def policy(repo: Repository, *lines: str) -> None:
    """Let the trusted settings be these."""
    text = "\n".join(('analyzers = ["patterns", "escalation", "secrets"]', *lines)) + "\n"
    repo.write("vetline.toml", text)
    repo.commit()
    repo.trust()


# -- the verdict


def test_a_policy_in_the_settings_makes_a_check_a_gate(repo):
    repo.write("app.py", START + LOAD)
    code, plain, _ = repo.run("check")
    assert (code, "Mend it" in plain) == (1, False)
    policy(repo, "[gate]", 'fail-on-human = "high"')
    code, told, _ = repo.run("check")
    assert code == 1
    assert (
        "BLOCK:\n  - 1 finding of severity medium or above in lines whose author is unknown.\n"
        "    Mend it, or ask for a review: vetline review request app.py:4\n"
    ) in told
    assert repo.run("check", "--isolated")[1].startswith("app.py")


def test_lines_of_an_ai_have_a_bar_of_their_own(repo):
    policy(repo, 'fail-on = "critical"', "[gate]", 'fail-on-ai = "medium"')
    repo.write("app.py", START + WEAK)
    repo.commit("codex", "3-4")
    code, told = repo.gate()
    assert (code, told["verdict"]) == (1, "block")
    assert "in lines that an AI wrote" in reasons(told)
    repo.write("app.py", START + WEAK.replace("x", "y"))  # a person's: nobody reported it
    repo.commit()
    assert repo.gate()[0] == 0


def test_where_nobody_knows_an_author_the_gate_says_that_it_asked_of_none(repo):
    policy(repo, "[gate]", 'review = ["trigger/*"]')
    code, told = repo.gate()
    assert (code, told["verdict"]) == (0, "warn")
    assert "known to be written by an AI" in reasons(told)


def test_a_change_whose_notes_were_left_out_is_told_of(repo):
    """Others' are there, so that something is known, and nothing of this change."""
    policy(repo, 'fail-on = "critical"', "[gate]", 'review = ["trigger/cryptography"]')
    repo.write("other.py", "x = 1\n")
    repo.commit("codex", "1", "other.py")
    repo.trust()
    repo.write("app.py", START + WEAK)
    repo.commit()
    code, told = repo.gate("--diff-base", "origin/main")
    assert (code, told["verdict"]) == (0, "warn")
    assert "who wrote 1 place that a person reviews where an AI did" in reasons(told)
    repo.trust()
    repo.write("app.py", START + WEAK + "y = 1\n")
    repo.commit()
    code, told = repo.gate("--diff-base", "origin/main")
    assert (code, told["gate"]) == (0, []), "what was there before is not of this change"


def test_what_could_not_be_checked_blocks_with_its_way_out_unless_the_policy_names_it(repo):
    policy(repo, "[gate]", 'unchecked = ["old/"]')
    repo.write("old/a.py", "def (:\n")
    repo.commit()
    code, told = repo.gate()
    assert (code, told["verdict"], told["not_checked"]) == (0, "pass", [])
    assert [one["path"] for one in told["may_stay"]] == ["old/a.py"]
    repo.write("new.py", "def (:\n")
    code, told = repo.gate()
    assert (code, told["verdict"]) == (3, "block")
    assert "gate.unchecked" in reasons(told)


# -- people


def approve(repo: Repository, who: signers.Person, place: str) -> str:
    """Ask for a review on the command line, and approve it with a real key; gives the file of the decision."""
    code, _, err = repo.run("review", "request", place, "--note", "please")
    assert code == 0, err
    (file,) = (repo.root / ".vetline/reviews").glob("*/request.json")
    asked = statement.from_file(file.relative_to(repo.root).as_posix(), file.read_bytes()).statement
    decided = ledger.timestamp(datetime.now(UTC))
    said = replace(asked, decision="approved", reviewer=who.address, at=decided)
    path, content = statement.to_file(Signed(said, who.sign(statement.payload(said))))
    repo.write(path, content.decode())
    return path


@pytest.fixture
def bo(repo, tmp_path):
    who = signers.person(tmp_path / "keys", "bo@example.org")
    repo.write(".vetline/allowed_signers", who.line())
    policy(repo, "[gate]", 'review = ["trigger/cryptography"]')
    repo.write("app.py", START + WEAK.replace(".md5", ".sha1"))
    repo.commit("codex", "3-4")
    return who


def test_code_of_an_ai_passes_once_a_person_approved_it_and_until_it_changes(repo, bo):
    code, told = repo.gate("--fail-on", "critical")
    assert (code, told["verdict"]) == (1, "block")
    assert "1 place needs a person's review (trigger/cryptography)" in reasons(told)
    assert "vetline review request app.py:4" in reasons(told)
    approve(repo, bo, "app.py:4")
    code, told = repo.gate("--fail-on", "critical")
    assert (code, told["counts"]["approved"] > 0) == (0, True), told["gate"]
    repo.write("app.py", START + WEAK.replace(".md5", ".sha1").replace("return", "return 1 or"))
    repo.commit("codex", "4")
    code, told = repo.gate("--fail-on", "critical")
    assert code == 1
    assert "vetline review request app.py:4" in reasons(told)


def test_a_trigger_is_told_to_who_must_act_or_likes_to_know(repo):
    digests, files = "trigger/cryptography", "trigger/file-system"
    repo.write(
        "b.py", "import hashlib\nimport os\n\n\ndef sign(x):\n    return hashlib.sha256(x)\n"
    )
    repo.write("c.py", "import os\n\n\ndef drop(name):\n    os.remove(name)\n")

    def told(*words: str) -> list[str]:
        _, out, _ = repo.run(
            "check", "--assume-origin", "ai", "--output-format", "json", "b.py", "c.py", *words
        )
        return rules(json.loads(out))

    assert told() == told("--gate") == []
    assert told("--persona", "pedantic") == [digests, files]
    policy(repo, "[gate]", f'review = ["{digests}"]')
    assert told() == [digests]


@pytest.mark.parametrize("together", [1, 2, 3])
def test_of_many_files_each_is_told_once_with_its_own_review(repo, bo, monkeypatch, together):
    from vetline.doors import survey

    monkeypatch.setattr(survey, "_TOGETHER", together)
    for name in ("b.py", "c.py", "d.py", "e.py"):
        repo.write(name, START + LOAD.replace("load(x):", f"load_{name[0]}(x):"))
    repo.write("clean.py", "x = 1\n")
    approve(repo, bo, "app.py:4")
    _, told = repo.gate()
    loads = [one["path"] for one in told["findings"] if one["rule"] == "python/unsafe-yaml-load"]
    assert loads == ["b.py", "c.py", "d.py", "e.py"]
    assert "needs a person's review" not in reasons(told)
    assert told["counts"]["approved"] > 0


def test_an_approval_by_a_stranger_does_not_count_and_says_why(repo, bo, tmp_path):
    approve(repo, signers.person(tmp_path / "keys", "eve@example.org"), "app.py:4")
    code, told = repo.gate("--fail-on", "critical")
    assert code == 1
    assert "the review " in reasons(told)


# -- suppressions


def test_a_comment_in_an_ais_line_waits_for_a_person(repo, bo):
    repo.write("app.py", START + WEAK.replace("()\n", f"(){ALLOW}\n"))
    repo.commit("codex", "3-4")
    code, told = repo.gate()
    assert code == 1
    (found,) = (one for one in told["findings"] if one["rule"] == "python/weak-hash")
    assert found["suppression"]["state"] == "pending"
    assert told["counts"]["suppressions"]["pending"] == 1
    assert "its suppression waits for a person's approval" in repo.run("check")[1]
    approve(repo, bo, "app.py:4")
    code, told = repo.gate()
    assert (code, told["counts"]["suppressions"]["approved"]) == (0, 1), told["gate"]


def test_a_comment_of_a_persons_holds_until_its_day(repo):
    line = LOAD.replace("yaml.load(x)\n", f'yaml.load(x){ALLOW} owner="ana" expires="{{}}"\n')
    repo.write("app.py", START + line.format(TOMORROW))
    assert repo.gate()[0] == 0
    repo.write("app.py", START + line.format("2020-01-01"))
    code, told = repo.gate()
    assert (code, told["counts"]["suppressions"]["expired"]) == (1, 1)
    assert "its suppression has expired" in repo.run("check")[1]
    repo.write("app.py", START + line.format("2020-13-01"))
    assert "suppression/no-date" in rules(repo.gate()[1])


def test_the_policy_may_ask_for_a_nearer_day(repo):
    policy(repo, "[gate]", "suppression-days = 7")
    repo.write("app.py", START + LOAD.replace("yaml.load(x)\n", f"yaml.load(x){ALLOW}\n"))
    assert repo.gate()[1]["counts"]["suppressions"]["undated"] == 1
    repo.write(
        "app.py",
        START + LOAD.replace("yaml.load(x)\n", f'yaml.load(x){ALLOW} expires="{TOMORROW}"\n'),
    )
    assert repo.gate()[0] == 0


def test_nothing_critical_is_silenced_by_a_comment(repo):
    repo.write("key.txt", KEY.replace("KEY-----\n", "KEY-----  # pragma: allowlist secret\n", 1))
    code, told, _ = repo.run("check", "key.txt")
    assert code == 1
    assert "no comment silences what is critical" in told


# -- the policy of the change


def test_a_change_that_loosens_the_policy_is_judged_by_the_one_before(repo):
    policy(repo, 'fail-on = "medium"', "[gate]", "suppression-days = 30")
    repo.write("app.py", START + LOAD)
    repo.write(
        "vetline.toml",
        'analyzers = ["secrets"]\nignore = ["python/*"]\nexclude = ["app.py"]\nfail-on = "critical"\n',
    )
    repo.commit()
    code, told = repo.gate()
    assert (code, rules(told)) == (1, ["python/unsafe-yaml-load"])
    (said,) = (one for one in told["gate"] if one["rule"] == "gate/policy-loosened")
    for key in ("fail-on", "analyzers", "ignore", "exclude", "gate.suppression-days"):
        assert key in said["reason"]
    assert repo.run("check")[0] == 0  # nobody asked for a gate any more: CI does, with --gate


def test_a_change_may_tighten_the_policy(repo):
    repo.write("vetline.toml", 'fail-on = "low"\n[gate]\nblock = ["python/unsafe-yaml-load"]\n')
    repo.write("app.py", START + LOAD)
    code, told = repo.gate()
    assert code == 1
    assert "gate/policy-loosened" not in json.dumps(told)
    assert "which always blocks" in reasons(told)


def test_what_a_change_adds_to_the_baseline_does_not_count_for_it(repo):
    repo.write("app.py", START + LOAD)
    assert repo.run("baseline", "create")[0] == 0
    assert repo.run("check")[0] == 0
    code, told = repo.gate()
    assert (code, rules(told)) == (1, ["python/unsafe-yaml-load"])
    assert "gate/baseline-grown" in json.dumps(told["gate"])
    repo.commit()
    repo.trust()
    assert repo.gate()[0] == 0


def test_a_commit_that_is_not_here_is_not_taken_for_trusted(repo, monkeypatch):
    monkeypatch.setenv("GITHUB_BASE_REF", "release")
    code, told = repo.gate()
    assert (code, told["verdict"]) == (3, "block")
    assert "fetch the whole history" in json.dumps(told["not_checked"])


# -- the organisation


@pytest.fixture
def organisation(tmp_path):
    file = tmp_path / "organisation.toml"
    file.write_text('ignore = []\nfail-on = "low"\n[gate]\nblock = ["python/unsafe-yaml-load"]\n')
    return file


def test_an_organisations_policy_can_be_made_stricter_only(repo, organisation):
    policy(repo, 'ignore = ["python/unsafe-yaml-load"]', 'fail-on = "critical"')
    repo.write("app.py", START + LOAD)
    assert repo.run("check")[0] == 0
    code, told = repo.gate("--policy", str(organisation), "--fail-on", "critical")
    assert (code, rules(told)) == (1, ["python/unsafe-yaml-load"])
    code, text, _ = repo.run("gate", "explain", "--policy", str(organisation))
    assert code == 0
    assert "organisation organisation.toml" in text


@pytest.mark.parametrize("how", ["changed", "gone", "broken"])
def test_an_organisations_policy_that_is_not_the_one_lets_nothing_pass(
    repo, organisation, monkeypatch, how
):
    digest = hashlib.sha256(organisation.read_bytes()).hexdigest()
    monkeypatch.setenv("VETLINE_GATE_ORGANISATION_DIGEST", digest)
    monkeypatch.setenv("VETLINE_GATE_ORGANISATION", str(organisation))
    assert repo.gate()[0] == 0
    if how == "gone":
        organisation.unlink()
    else:
        organisation.write_text("" if how == "changed" else "[gate\n")
    if how == "broken":
        monkeypatch.delenv("VETLINE_GATE_ORGANISATION_DIGEST")
    code, told = repo.gate()
    assert (code, told["verdict"]) == (1, "block")
    assert [one["rule"] for one in told["gate"]] == ["gate/organisation-changed"]


# -- agents and models


def test_code_of_an_agent_that_is_not_listed_is_a_finding(repo):
    policy(repo, "[gate]", 'agents = ["claude-*"]', 'models = ["m"]')
    repo.write("app.py", START + "x = 1\ny = 2\n")
    repo.commit("codex", "3-4")
    code, told = repo.gate()
    assert (code, rules(told)) == (1, ["gate/agent-not-allowed"])
    (found,) = told["findings"]
    assert found["start"]["line"] == 3
    assert "codex" in found["message"]
    code, text, _ = repo.run("check", "--output-format", "sarif")
    described = [rule["id"] for rule in json.loads(text)["runs"][0]["tool"]["driver"]["rules"]]
    assert described == ["gate/agent-not-allowed"]
    assert repo.gate("--diff-base", "HEAD")[1]["findings"] == []
    policy(repo, "[gate]", 'agents = ["claude-*", "codex"]', 'models = ["gpt-*"]')
    assert rules(repo.gate()[1]) == ["gate/model-not-allowed"]


# -- explain


def test_explain_tells_the_policy_and_where_each_value_comes_from(repo, monkeypatch):
    policy(repo, "[gate]", 'review = ["trigger/*"]')
    monkeypatch.setenv("VETLINE_GATE_BLOCK", "secret/*")
    code, out, _ = repo.run("gate", "explain", "--output-format", "json")
    told = json.loads(out)
    assert (code, told["version"], told["about"]) == (0, 1, "policy")
    assert told["settings"]["gate.review"] == {"value": ["trigger/*"], "origin": "vetline.toml"}
    assert told["settings"]["gate.block"]["origin"] == "environment VETLINE_GATE_BLOCK"
    assert told["trusted_commit"] == sh(repo.root, "rev-parse", "HEAD").strip()
    code, text, _ = repo.run("gate", "explain")
    assert code == 0
    assert "gate.review" in text


def test_explain_tells_what_becomes_of_a_rule(repo):
    policy(repo, "[gate]", 'review = ["trigger/*"]', 'fail-on-ai = "low"')
    code, text, _ = repo.run("gate", "explain", "trigger/cryptography")
    assert code == 0
    assert "in lines that an AI wrote: BLOCK: 1 place needs a person's review" in text
    assert "in lines that a person wrote: says nothing there" in text
    assert repo.run("gate", "explain", "no/such-rule")[0] == 2
    assert repo.run("gate", "explain", "nothing.py")[0] == 2


def test_explain_tells_the_way_out_of_each_finding(repo):
    policy(repo, "[gate]", 'block = ["python/unsafe-yaml-load"]')
    repo.write("app.py", START + LOAD)
    code, text, _ = repo.run("gate", "explain", "app.py")
    assert code == 0
    assert "app.py:4:12: BLOCK python/unsafe-yaml-load" in text
    assert "vetline review request app.py:4" in text
    code, out, _ = repo.run("gate", "explain", "app.py", "--output-format", "json")
    (found,) = json.loads(out)["findings"]
    assert (found["verdict"], found["rule"]) == ("block", "python/unsafe-yaml-load")


def test_a_check_without_a_policy_loads_nothing_of_the_gate(repo):
    import subprocess
    import sys

    program = (
        "import sys; from vetline.__main__ import main; main(['check']);"
        "print(sorted(name for name in sys.modules if name.startswith("
        "('vetline.dossier', 'vetline.trust', 'vetline.ruling', 'vetline.ssh', 'psycopg',"
        " 'vetline.stores.team', 'vetline.stores.mirror', 'vetline.stores.postgres', 'vetline.address')))) "
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
