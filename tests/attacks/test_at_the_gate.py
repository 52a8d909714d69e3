"""The same agent before `vetline check --gate`: what it changes beside its code does not let that code pass."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3

import pytest
import signers
from repositories import sh
from reviewed import CODE, PATH, SIGNERS

from vetline import stores
from vetline.doors import check
from vetline.subject import Subject

POLICY = """\
assume-origin = "ai"

[gate]
review = ["python/command-from-string"]
"""
RULE = "python/command-from-string"


@pytest.fixture
def gate(stage, monkeypatch, capsys):
    """Runs the gate on the change; gives the exit code and what it said."""
    for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        monkeypatch.delenv(name, raising=False)
    stage.write("vetline.toml", POLICY)
    (stage.root / PATH).unlink()
    stage.commit()
    stage.trust_head()
    stage.write(PATH, CODE)
    monkeypatch.chdir(stage.root)

    def run(*words, analyzers=("--analyzer", "patterns")):
        code = check.main(["--gate", "--no-record", *analyzers, *words, "."])
        out, err = capsys.readouterr()
        return code, " ".join((out + err).split())

    return run


def approved(stage):
    """The code as a person approved it, by the identity that the engine gives it."""
    from vetline import statement, subject, trust
    from vetline_analyzers import engine
    from vetline_analyzers.core.analyzer import Facts

    snapshot = stage.snapshot()
    found = engine.examine(snapshot, Facts(), engine.chosen(("patterns",)).values()).findings
    finding = next(one for one in engine.conclude(snapshot, found) if one.rule == RULE)
    asked = statement.identified(
        statement.Statement(
            request="", requester="Ada <ada@example.org>", requested="2026-05-01T00:00:00.000Z",
            subject=subject.of_span(snapshot, finding.span, PATH, [finding]),
            repository=min(trust.repositories(stage.root)),
        )
    )  # fmt: skip
    stage.put(statement.Signed(asked))
    return asked


def test_code_that_needs_a_review_waits_for_it_and_then_passes(stage, gate):
    code, told = gate()
    assert code == 1
    assert f"1 place needs a person's review ({RULE})" in told
    assert f"vetline review request {PATH}:5" in told
    asked = approved(stage)
    code, told = gate()
    assert (code, f"the review {asked.request} of 1 place waits for a person" in told) == (1, True)
    stage.decide(asked)
    code, told = gate()
    assert (code, "1 approved by a person" in told) == (0, True)


def test_its_own_signature(stage, gate):
    mallory = signers.person(stage.keys, "mallory@example.org")
    stage.write(SIGNERS, stage.bo.line() + mallory.line())
    stage.decide(approved(stage), by=mallory)
    code, told = gate()
    assert code == 1
    assert "was not signed by an allowed signer" in told
    assert f"{SIGNERS} is changed here" in told


def test_signers_changed_blocks_by_itself(stage, gate):
    (stage.root / PATH).unlink()
    mallory = signers.person(stage.keys, "mallory@example.org")
    stage.write(SIGNERS, mallory.line())
    code, told = gate()
    assert (code, "have somebody who may sign already approve the whole file" in told.lower()) == (
        1,
        True,
    )


def test_a_deleted_rejection_blocks_though_its_code_is_hidden(stage, gate):
    rejected = stage.decide(approved(stage), "rejected")
    stage.commit()
    (stage.root / rejected.path).unlink()
    code, told = gate()
    assert code == 1
    assert "this change deletes or rewrites a rejection" in told
    assert "was rejected" in told


@pytest.mark.parametrize(
    "text",
    [
        "",
        'assume-origin = "ai"\n',
        POLICY.replace(RULE, "python/eval"),
        POLICY + "unsigned = true\n",
        'ignore = ["python/*"]\n' + POLICY,
        'exclude = ["shop.py"]\n' + POLICY,
        POLICY + 'unchecked = ["*"]\n',
        POLICY + 'allowed-signers = "mine"\n',
    ],
)
def test_a_policy_that_the_change_makes_looser(stage, gate, text):
    """Where it would count, an approval of the agent's own lies beside it."""
    mallory = signers.person(stage.keys, "mallory@example.org")
    stage.write("mine", mallory.line())
    stage.decide(approved(stage), by=mallory)
    stage.write("vetline.toml", text)
    code, told = gate()
    assert code == 1, told
    assert "this change makes the policy looser" in told


def test_another_analyzer_in_the_place_of_the_one_that_finds_it(stage, gate):
    stage.write("vetline.toml", 'analyzers = ["imports"]\n' + POLICY)
    code, told = gate(analyzers=())
    assert (code, "makes the policy looser (analyzers)" in told) == (1, True), told


def test_the_policy_deleted_or_put_into_another_file(stage, gate):
    (stage.root / "vetline.toml").unlink()
    assert gate()[0] == 1
    stage.write("pyproject.toml", "[tool.vetline]\nfail-on = 'critical'\n")
    code, told = gate()
    assert (code, "this change makes the policy looser" in told) == (1, True)


def test_a_branch_from_before_there_was_a_policy(stage, gate):
    """What is merged there is judged by what holds there."""
    (stage.root / PATH).unlink()
    sh(stage.root, "checkout", "-q", "-f", "-b", "older", "HEAD~1")
    assert not (stage.root / "vetline.toml").exists()
    stage.write(PATH, CODE)
    stage.commit()
    code, told = gate("--diff-base", "origin/main")
    assert (code, f"1 place needs a person's review ({RULE})" in told) == (1, True), told
    assert "makes the policy looser" not in told, "nobody here took anything away"


@pytest.mark.parametrize(
    "comment",
    [
        f'  # vetline: allow[{RULE}] reason="a person looked at it"',
        f'  # vetline: allow[{RULE}] reason="seen" owner="bo@example.org" expires="2099-01-01"',
        "  # noqa: S602",
        "  # nosec B602",
    ],
)
def test_a_finding_that_it_silences_itself(stage, gate, comment):
    stage.write(PATH, CODE.replace("shell=True)", f"shell=True){comment}"))
    code, told = gate()
    assert (code, "1 waiting for a person's approval" in told) == (1, True), told


def test_a_baseline_that_the_change_brings(stage, gate, capsys):
    from vetline.doors import baseline

    baseline.main(["."])
    capsys.readouterr()
    assert (stage.root / ".vetline").exists()
    code, told = gate()
    assert code == 1, told


@pytest.mark.parametrize("ignored", [".gitignore", ".git/info/exclude"])
def test_a_file_of_the_change_that_git_is_told_to_ignore(stage, gate, ignored):
    stage.commit()
    stage.write(ignored, f"{PATH}\n")
    code, told = gate()
    assert code == 1, told


def test_a_ledger_with_an_approval_written_past_us(stage, gate):
    asked = approved(stage)
    stage.record(asked)
    location = stores.locate(stage.root)
    stage.record(stage.decision(asked))
    with sqlite3.connect(location.folders[0] / "ledger.db") as database:
        triggers = database.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall()
        for (name,) in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE event SET actor='Bo <bo@example.org>' WHERE seq=2")
    database.close()
    code, told = gate()
    assert (code, "is not signed" in told) == (1, True), told


def test_a_ledger_deleted_or_garbled(stage, gate):
    stage.decide(approved(stage), "rejected")
    location = stores.locate(stage.root)
    stage.record(stage.decision(approved(stage)))
    path = location.folders[0] / "ledger.db"
    path.write_bytes(b"no database" * 100)
    code, told = gate()
    assert code in {1, 3}, told
    path.unlink()
    code, told = gate()
    assert (code, "was rejected" in told) == (1, True)


@pytest.mark.parametrize("folder", ["node_modules", ".vetline", ".vetline/reviews/x", ".venv"])
def test_a_file_where_no_walk_goes(stage, gate, folder):
    stage.write(f"{folder}/{PATH}", CODE)
    (stage.root / PATH).unlink()
    sh(stage.root, "add", "-A", "-f")
    code, told = gate()
    assert (code, f"{folder}/{PATH}" in told) == (1, True)
    (stage.root / f"{folder}/{PATH}").unlink()
    assert gate()[0] == 0, "what is deleted is not looked for"


def test_a_package_that_its_own_key_approves_where_the_base_is_named(stage, gate):
    """As after a push to the main branch: of origin, HEAD and the base that is named only the last is not the change's."""
    stage.write("vetline.toml", POLICY + "[dependencies]\napproval = true\n")
    (stage.root / PATH).unlink()
    base = stage.commit()
    mallory = signers.person(stage.keys, "mallory@example.org")
    stage.write(SIGNERS, stage.bo.line() + mallory.line())
    stage.write("requirements.txt", "requests\n")
    purl = Subject("", package="pkg:pypi/requests")
    stage.decide(
        stage.request(SIGNERS, "ssh", subject=purl, requester="Mallory <mallory@example.org>"),
        by=mallory,
    )
    stage.commit()
    stage.trust_head()
    code, told = gate("--diff-base", base, analyzers=("--analyzer", "dependencies"))
    assert (code, "dependency/not-approved" in told) == (1, True), told


def test_code_under_a_name_that_nobody_reads_as_code(stage, gate):
    (stage.root / PATH).rename(stage.root / "notes.txt")
    (stage.root / PATH).symlink_to("notes.txt")
    stage.commit()
    code, told = gate()
    assert (code, f"vetline review request {PATH}:5" in told) == (1, True), told


def test_a_link_that_was_there_and_whose_file_is_changed(stage, gate):
    stage.write("notes.txt", "nothing\n")
    (stage.root / PATH).unlink()
    (stage.root / PATH).symlink_to("notes.txt")
    stage.commit()
    stage.trust_head()
    assert gate()[0] == 0
    stage.write("notes.txt", CODE)
    stage.commit()
    code, told = gate()
    assert (code, f"vetline review request {PATH}:5" in told) == (1, True), told


@pytest.mark.parametrize(
    ("target", "why"),
    [("/etc/hosts", "leads out"), (".git/config", "leads out"), ("nowhere.py", "link to nothing")],
)
def test_a_link_to_where_nobody_can_look(stage, gate, target, why):
    (stage.root / PATH).unlink()
    (stage.root / PATH).symlink_to(target)
    stage.commit()
    code, told = gate()
    assert (code, why in told) == (3, True), told


def test_links_to_what_is_looked_at_anyway(stage, gate):
    stage.write(PATH, "def pay(): return 1\n")
    (stage.root / "more").symlink_to(".")
    (stage.root / "shop2.py").symlink_to(PATH)
    (stage.root / "README").symlink_to("README.md")
    stage.commit()
    assert gate()[0] == 0


def submodule(stage, folder):
    """Code in another repository, which the change names; what it says of it git is not to look at."""
    (folder / "other").mkdir()
    (folder / "other" / PATH).write_text(CODE)
    (stage.root / PATH).unlink()
    sh(folder / "other", "init", "-q")
    sh(folder / "other", "add", "-A")
    sh(folder / "other", "commit", "-q", "-m", "work")
    where = folder / "other"
    sh(stage.root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(where), "sub")
    stage.write(".gitmodules", '[submodule "sub"]\npath = sub\nurl = x\nignore = all\n')
    stage.write(".gitignore", "sub/\n")
    sh(stage.root, "add", "-A", "-f")
    sh(stage.root, "commit", "-q", "-m", "work")


def test_code_in_a_submodule_that_is_hidden_or_not_checked_out(stage, gate, tmp_path):
    submodule(stage, tmp_path)
    code, told = gate()
    assert (code, f"vetline review request sub/{PATH}:5" in told) == (1, True), told
    sh(stage.root / "sub", "commit", "-q", "--allow-empty", "-m", "another one")
    code, told = gate()
    assert (code, "sub: is a submodule that is not checked out" in told) == (3, True), told
    shutil.rmtree(stage.root / "sub")
    (stage.root / "sub").mkdir()
    code, told = gate()
    assert (code, "sub: is a submodule that is not checked out" in told) == (3, True), told


def test_an_environment_that_the_change_brings(stage, gate):
    (stage.root / PATH).unlink()
    stage.write("env/pyvenv.cfg", "home = /usr\n")
    stage.write("env/lib/python3.11/site-packages/invented_name/__init__.py", "")
    sh(stage.root, "add", "-A", "-f")
    code, told = gate()
    assert (code, "an environment that lies in git" in told) == (3, True), told


def test_a_secret_that_the_change_accepts_itself(stage, gate):
    secret = "ghp_" + hashlib.sha256(b"no token of anybody's").hexdigest()[:36]
    digest = hashlib.sha1(secret.encode(), usedforsecurity=False).hexdigest()
    entries = {"hooks.py": [{"type": "x", "hashed_secret": digest, "line_number": 1}]}
    (stage.root / PATH).unlink()
    stage.write("hooks.py", f'token = "{secret}"\n')
    stage.write(".secrets.baseline", json.dumps({"version": "1.5.0", "results": entries}))
    code, told = gate(analyzers=("--analyzer", "secrets"))
    assert (code, "1 entry of .secrets.baseline came with this change" in told) == (1, True), told
    stage.commit()
    stage.trust_head()
    assert gate(analyzers=("--analyzer", "secrets"))[0] == 0, "a person merged it"


def test_code_that_git_lfs_keeps(stage, gate):
    """Of a manifest nothing else tells it: a line of it may be a package's name."""
    (stage.root / PATH).unlink()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"
    stage.write("requirements.txt", pointer)
    stage.commit()
    code, told = gate()
    assert (code, "requirements.txt: is kept in Git LFS" in told) == (3, True), told


def test_code_that_is_not_checked_out(stage, gate):
    stage.write("sub/" + PATH, CODE)
    (stage.root / PATH).unlink()
    stage.commit()
    sh(stage.root, "sparse-checkout", "set", "--no-cone", "/*", "!/sub/")
    assert not (stage.root / "sub").exists()
    code, told = gate()
    assert (code, f"sub/{PATH}: was left out of the checkout" in told) == (3, True), told


@pytest.mark.parametrize("name", ["shop.pyc", "lib/shop.cpython-311-x86_64-linux-gnu.so", "a.WHL"])
def test_code_that_only_machines_read(stage, gate, name):
    (stage.root / PATH).unlink()
    stage.write(name, "\0code\n")
    sh(stage.root, "add", "-A", "-f")
    code, told = gate()
    assert (code, f"{name}: is code that only machines read" in told) == (3, True), told
