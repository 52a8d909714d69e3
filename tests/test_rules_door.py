"""`vetline rules export`: in the files of agents, on a real disk, with a ledger and with people who sign."""

from __future__ import annotations

import json
import re
import shutil

import audited
import persons
import pytest
import signers

from vetline import agents
from vetline.doors import review as reviews
from vetline.doors import rules as door
from vetline.ledger import Kind

WORDS = ("agents-md", "claude-code", "codex", "copilot", "cursor", "gemini", "windsurf")
FILES = {
    "agents-md": "AGENTS.md", "codex": "AGENTS.md", "claude-code": "CLAUDE.md", "gemini": "GEMINI.md",
    "copilot": ".github/copilot-instructions.md", "cursor": ".cursor/rules/vetline.mdc",
    "windsurf": ".windsurf/rules/vetline.md",
}  # fmt: skip
LATELY = "What went wrong here lately"


@pytest.fixture
def repo(tmp_path, monkeypatch):
    root = audited.repository(tmp_path, monkeypatch)
    persons.sits_there(monkeypatch)
    (root / "requirements.txt").write_text("Flask==3.1.0\n")
    return root


def run(capsys, *argv: str, command: str = "export") -> tuple[int, str, str]:
    code = door.main([command, *argv])
    return code, *capsys.readouterr()


def found(root, rule: str = "python/sql-from-string", mark: str = "f1") -> None:
    """An AI's line had a finding."""
    payload = {**audited.opened(mark, 3), "rule": rule}
    audited.recorded(root, (Kind.FINDING_OPENED, "shop/area.py", payload), at=audited.now())


# -- where it goes


def test_each_word_is_an_agent_with_a_file():
    assert tuple(sorted({agent.INSTRUCTIONS.name for agent in agents.all_agents()})) == WORDS
    assert {a.INSTRUCTIONS.name: a.INSTRUCTIONS.paths[0] for a in agents.all_agents()} == FILES


@pytest.mark.parametrize("word", WORDS)
def test_it_is_written_checked_and_written_once(repo, capsys, word):
    file = repo / FILES[word]
    code, out, err = run(capsys, "--agent", word, "--check")
    assert (code, out, err) == (1, f"{FILES[word]}: behind; run `vetline rules export --agent {word}`\n", "")  # fmt: skip
    assert not file.exists()
    code, out, err = run(capsys, "--agent", word)
    assert (code, err) == (0, "")
    first, last = map(int, re.match(r".*: written, lines (\d+)-(\d+)\n", out).groups())
    lines = file.read_text().splitlines()
    assert lines[first - 1].startswith("<!-- vetline:rules:begin")
    assert lines[last - 1] == "<!-- vetline:rules:end -->"
    before = file.read_bytes()
    assert run(capsys, "--agent", word) == (0, f"{FILES[word]}: fresh\n", "")
    assert run(capsys, "--agent", word, "--check") == (0, f"{FILES[word]}: fresh\n", "")
    assert file.read_bytes() == before


def test_agents_that_want_front_matter_get_it(repo, capsys):
    run(capsys, "--agent", "cursor", "--agent", "windsurf")
    assert (repo / FILES["cursor"]).read_text().split("---")[1].endswith("alwaysApply: true\n")
    assert (repo / FILES["windsurf"]).read_text().split("---")[1] == "\ntrigger: always_on\n"
    assert len((repo / FILES["windsurf"]).read_text()) < 12_000


def test_without_a_name_it_goes_to_the_agents_that_are_used(repo, capsys):
    code, out, err = run(capsys)
    assert (code, out) == (2, "")
    assert "no file of an agent was found here: name one with --agent: agents-md, claude" in err
    (repo / ".cursor").mkdir()
    (repo / "CLAUDE.md").write_text("# Ours\n")
    code, out, err = run(capsys)
    assert [line.partition(":")[0] for line in out.splitlines()[::2]] == ["CLAUDE.md", FILES["cursor"]]  # fmt: skip
    assert (repo / "CLAUDE.md").read_text().startswith("# Ours\n\n<!-- vetline:rules:begin")


def test_a_check_without_a_name_looks_at_what_has_a_section(repo, capsys):
    (repo / ".cursor").mkdir()
    code, _, err = run(capsys, "--check")
    assert code == 2
    assert "no file has the section" in err
    run(capsys, "--agent", "gemini")
    assert run(capsys, "--check") == (0, "GEMINI.md: fresh\n", "")


def test_the_other_file_of_an_agent_is_used_where_it_is(repo, capsys):
    (repo / ".claude").mkdir()
    (repo / ".claude/CLAUDE.md").write_text("# Ours\n")
    assert run(capsys, "--agent", "claude-code")[1].startswith(".claude/CLAUDE.md: written")
    assert not (repo / "CLAUDE.md").exists()


def test_one_file_of_several_agents_is_written_once(repo, capsys):
    (repo / "CLAUDE.md").symlink_to("AGENTS.md")
    _, out, err = run(capsys, "--agent", "codex", "--agent", "agents-md", "--agent", "claude-code")
    assert err == ""
    assert out.count("written") == 1
    assert (repo / "CLAUDE.md").is_symlink()
    assert (repo / "AGENTS.md").read_text().count("vetline:rules:begin") == 1


def test_a_link_that_leads_out_is_left_alone(repo, capsys, tmp_path):
    outside = tmp_path / "theirs.md"
    outside.write_text("theirs\n")
    (repo / "AGENTS.md").symlink_to(outside)
    for more in ((), ("--check",), ("--dry-run",)):
        code, out, err = run(capsys, "--agent", "codex", *more)
        assert (code, out) == (3, "")
        assert "a link that leads out of the project" in err
    assert outside.read_text() == "theirs\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"a\x00b", "is not UTF-8"), (b"<!-- vetline:rules:end -->\n", "not one pair"), (None, "is a folder")],
)  # fmt: skip
def test_a_file_that_cannot_be_is_named_and_the_others_are_done(repo, capsys, content, says):
    file = repo / "AGENTS.md"
    file.write_bytes(content) if content else file.mkdir()
    code, out, err = run(capsys, "--agent", "codex", "--agent", "gemini")
    assert (code, out.partition(":")[0]) == (3, "GEMINI.md")
    assert says in err
    assert len(err.splitlines()) == 1
    assert not content or file.read_bytes() == content


@pytest.mark.parametrize("text", ["# Ours\r\nmore\r\n", "# Ours", "\ufeff# Ours\n"])
def test_what_people_wrote_stays_to_the_byte(repo, capsys, text):
    file = repo / "AGENTS.md"
    file.write_bytes(text.encode())
    run(capsys, "--agent", "codex")
    ours = file.read_bytes()
    assert ours.startswith(text.encode())
    assert (b"\r\n" in text.encode()) == (b"\r\n" in ours)
    file.write_bytes(ours + b"below\n")
    (repo / "app.ts").write_text("let x = 1\n")
    run(capsys, "--agent", "codex")
    assert file.read_bytes().startswith(text.encode())
    assert file.read_bytes().endswith(b"below\n")
    assert b"javascript/" in file.read_bytes()


def test_the_section_can_be_had_without_a_file(repo, capsys):
    code, out, err = run(capsys, "--stdout")
    assert (code, err) == (0, "")
    assert out.startswith("<!-- vetline:rules:begin")
    assert "python/flask-debug" in out
    assert len(run(capsys, "--stdout", "--max-bytes", "3000")[1]) <= 3001
    code, out, _ = run(capsys, "--agent", "codex", "--dry-run")
    assert (code, out.splitlines()[:2]) == (0, ["--- /dev/null", "+++ AGENTS.md"])
    assert not any((repo / file).exists() for file in FILES.values())


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--agent", "clause-code"], "did you mean 'claude-code'?"),
        (["--agent", "x"], "choose from agents-md, claude-code"),
        (["--max-bytes", "10"], "give a number from 3000 to 30000"),
        (["--approved"], "--approved goes with --check"),
        (["--check", "--stdout"], "not allowed with"),
    ],
)
def test_wrong_usage_is_one_line(repo, capsys, argv, says):
    code, out, err = run(capsys, *argv)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert says in err


def test_a_file_that_outgrows_what_an_agent_reads_is_named(repo, capsys):
    (repo / ".windsurf/rules").mkdir(parents=True)
    (repo / FILES["windsurf"]).write_text("x" * 9_000 + "\n")
    code, _, err = run(capsys, "--agent", "windsurf")
    assert code == 0
    assert "of more than 12,000 not all may be read" in err


# -- kept fresh, with what went wrong


def test_a_new_language_makes_it_stale(repo, capsys):
    run(capsys, "--agent", "codex")
    (repo / "Dockerfile").write_text("FROM alpine:3.20\n")
    assert run(capsys, "--check")[0] == 1
    run(capsys, "--agent", "codex")
    assert "dockerfile/" in (repo / "AGENTS.md").read_text()


def test_kinds_of_yaml_are_told_apart(repo, capsys):
    (repo / ".github/workflows").mkdir(parents=True)
    (repo / ".github/workflows/ci.yml").write_text(
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps: []\n"
    )
    out = run(capsys, "--stdout")[1]
    assert "github-actions/" in out
    assert "kubernetes/" not in out


def test_what_an_ai_got_wrong_is_told_first_and_a_clone_without_the_ledger_agrees(repo, capsys):
    run(capsys, "--agent", "codex")
    assert LATELY not in (repo / "AGENTS.md").read_text()
    found(repo)
    assert run(capsys, "--check")[0] == 1
    run(capsys, "--agent", "codex")
    text = (repo / "AGENTS.md").read_text()
    assert re.search(LATELY + r"\n\n- \*\*SQL built from a string", text)
    assert "shop/area.py" not in text
    shutil.rmtree(repo / ".git/vetline")
    assert run(capsys, "--check") == (0, "AGENTS.md: fresh\n", "")
    run(capsys, "--agent", "codex")
    assert (repo / "AGENTS.md").read_text() == text
    run(capsys, "--agent", "codex", "--forget")
    assert LATELY not in (repo / "AGENTS.md").read_text()


def test_an_edit_of_the_section_is_undone_and_shows(repo, capsys):
    run(capsys, "--agent", "codex")
    fresh = (repo / "AGENTS.md").read_text()
    (repo / "AGENTS.md").write_text(fresh.replace("## Secure code", "## Do as you like"))
    assert run(capsys, "--check")[0] == 1
    run(capsys, "--agent", "codex")
    assert (repo / "AGENTS.md").read_text() == fresh


def test_a_ledger_that_cannot_be_read_is_not_passed_over(repo, capsys):
    (repo / ".git/vetline").mkdir()
    (repo / ".git/vetline/ledger.db").write_bytes(b"no database" * 100)
    code, out, err = run(capsys, "--agent", "codex")
    assert (code, out, len(err.splitlines())) == (3, "", 1)


# -- signed off by a person


@pytest.fixture
def bo(tmp_path, repo, capsys, monkeypatch):
    """Somebody who may approve."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    person = signers.person(tmp_path / "keys", "bo@example.org", signers.PASSPHRASE)
    signers.answers(monkeypatch, tmp_path)
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("VETLINE_GATE_SIGNING_KEY", str(person.key))
    (repo / ".vetline").mkdir()
    (repo / ".vetline/allowed_signers").write_text(person.line())
    audited.commit(repo)
    return person


def review(capsys, *argv: str) -> str:
    code = reviews.main(list(argv))
    out, err = capsys.readouterr()
    assert code == 0, err
    return out


@pytest.mark.parametrize("ours", ["", "# Ours\r\n\r\nBe kind.\r\n"], ids=["alone", "below others"])
def test_an_approval_of_the_section_holds_until_one_of_its_words_changes(repo, capsys, bo, ours):
    file = repo / "AGENTS.md"
    file.write_bytes(ours.encode())
    told = run(capsys, "--agent", "codex")[1]
    lines = re.search(r"`vetline review request (AGENTS\.md:\d+-\d+)`", told)[1]
    code, out, _ = run(capsys, "--check", "--approved")
    assert (code, "fresh, not approved" in out, lines in out) == (1, True, True)
    review(capsys, "request", lines, "--note", "the security team's word")
    assert run(capsys, "--check", "--approved")[0] == 1
    (item,) = json.loads(review(capsys, "list", "--output-format", "json"))["requests"]
    review(capsys, "approve", item["id"], "--note", "read all of it")
    assert run(capsys, "--check", "--approved") == (0, "AGENTS.md: fresh, approved\n", "")

    # Lines above, below and line ends of the file are not what was approved.
    approved = file.read_bytes()
    text = approved.decode().replace("\r\n", "\n")
    file.write_text(f"# Another head\n\n{text}\n    an indented end\n", newline="\n")
    assert run(capsys, "--check", "--approved")[0] == 0

    # A line more inside of the marks, where nothing that was approved is missing, is.
    file.write_bytes(approved.replace(b"<!-- vetline:rules:end", b"- Trust me.\n<!-- vetline:rules:end"))  # fmt: skip
    (item,) = json.loads(review(capsys, "list", "--output-format", "json"))["requests"]
    assert (item["status"], run(capsys, "--check", "--approved")[0]) == ("stale", 1)

    # So is what a later export brings.
    file.write_bytes(approved)
    assert run(capsys, "--check", "--approved")[0] == 0
    found(repo)
    run(capsys, "--agent", "codex")
    assert run(capsys, "--check")[0] == 0
    assert run(capsys, "--check", "--approved")[0] == 1


def test_a_request_about_a_line_of_it_does_not_cover_the_whole(repo, capsys, bo):
    run(capsys, "--agent", "codex")
    review(capsys, "request", "AGENTS.md:5")
    (item,) = json.loads(review(capsys, "list", "--output-format", "json"))["requests"]
    review(capsys, "approve", item["id"], "--note", "one line")
    assert run(capsys, "--check", "--approved")[0] == 1
