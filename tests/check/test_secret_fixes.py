"""What the fix of a secret asks of other files, and what is said of secrets that a commit holds."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from vetline import disk, git
from vetline.__main__ import main
from vetline.history import exposed
from vetline.history.exposed import Exposed

PASSWORD = "v9#kQ2" + "m!Lx84z"
OTHER = "w3$hT7" + "c!Pz51q"
TEXT = f'password = "{PASSWORD}"\n'
MENDED = 'import os\n\npassword = os.environ["PASSWORD"]\n'


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A repository without commits, where we stand."""
    root = tmp_path / "shop"
    root.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("VETLINE_ANALYZERS", "secrets")
    monkeypatch.chdir(root)
    run_git("init", "-q", "-b", "main", ".")
    return root


@pytest.fixture
def run(shop, capsys):
    """Check and mend; gives the exit code, standard output, standard error, the last two without secrets."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["check", "--unsafe-fixes", *words])
        told = capsys.readouterr()
        assert PASSWORD not in told.out + told.err
        assert OTHER not in told.out + told.err
        return code, told.out, told.err

    return run


def run_git(*words: str, day: str = "2026-03-01") -> None:
    who = {
        f"GIT_{role}_{what}": "Ada"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    when = {f"GIT_{role}_DATE": f"{day}T12:00:00Z" for role in ("AUTHOR", "COMMITTER")}
    env = {**os.environ, **who, **when, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *words], check=True, env=env)


def commit(shop, text: str, name: str = "a.py", day: str = "2026-03-01") -> str:
    path = shop / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, newline="")
    run_git("add", ".")
    run_git("commit", "-qm", "x", day=day)
    done = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True)
    return done.stdout.decode()[:8]


# -- .env.example


def test_the_example_is_made_with_the_names_and_no_values(shop, run):
    (shop / "a.py").write_text(TEXT)
    (shop / "b.py").write_text(f'import os\n\nsmtp_password = "{OTHER}"\n')
    code, _, err = run("--fix")
    assert (code, err) == (0, "")
    assert (shop / "a.py").read_text() == MENDED
    assert (shop / ".env.example").read_text() == "PASSWORD=\nSMTP_PASSWORD=\n"
    run("--fix")
    assert (shop / ".env.example").read_text() == "PASSWORD=\nSMTP_PASSWORD=\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"A=1\n", b"A=1\nPASSWORD=\n"),
        (b"A=1\r\nB=2", b"A=1\r\nB=2\r\nPASSWORD=\r\n"),
        (b"export PASSWORD = x\n", b"export PASSWORD = x\n"),
        (b"\xef\xbb\xbfA=1\n", b"\xef\xbb\xbfA=1\nPASSWORD=\n"),
        (b"", b"PASSWORD=\n"),
    ],
)
def test_what_the_example_has_stays_as_it_is(shop, run, before, after):
    (shop / "a.py").write_text(TEXT)
    (shop / ".env.example").write_bytes(before)
    run("--fix")
    assert (shop / ".env.example").read_bytes() == after


def test_a_diff_shows_it_and_writes_nothing(shop, run):
    (shop / "a.py").write_text(TEXT)
    code, out, _ = run("--diff")
    assert code == 1
    assert out.endswith(f"--- {os.devnull}\n+++ .env.example\n@@ -0,0 +1 @@\n+PASSWORD=\n")
    assert not (shop / ".env.example").exists()
    (shop / ".env.example").write_text(f"OLD_PASSWORD={OTHER}\n")
    _, out, _ = run("--diff")
    assert out.endswith(
        "--- .env.example\n+++ .env.example\n@@ -1 +1,2 @@\n OLD_PASSWORD=********\n+PASSWORD=\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_written_outside_of_the_project(shop, run, tmp_path, there):
    (shop / "a.py").write_text(TEXT)
    outside = tmp_path / "secret.env"
    if there:
        outside.write_text("A=1\n")
    (shop / ".env.example").symlink_to(outside)
    code, _, err = run("--fix")
    assert code == 0
    assert (shop / "a.py").read_text() == MENDED
    assert outside.exists() == there
    assert err == (
        "vetline check: .env.example is left as it is, without the new names: it is outside of the project\n"
    )


@pytest.mark.parametrize("raw", [b"A=\xff\n", b"A=1\n" * 300_000])
def test_an_example_that_cannot_be_kept_as_it_is_is_left(shop, run, raw):
    (shop / "a.py").write_text(TEXT)
    (shop / ".env.example").write_bytes(raw)
    _, _, err = run("--fix", "a.py")
    assert (shop / ".env.example").read_bytes() == raw
    assert ".env.example is left as it is, without the new names: it is " in err


def test_a_folder_in_its_place_is_said(shop, run):
    (shop / "a.py").write_text(TEXT)
    (shop / ".env.example").mkdir()
    assert "it is a folder" in run("--fix")[2]


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path):
    path = tmp_path / "new"
    disk.create(path, b"a")
    with pytest.raises(OSError, match="is another file by now"):
        disk.create(path, b"b")
    assert path.read_bytes() == b"a"


def test_names_of_a_fix_that_was_not_written_are_not_either(shop, run):
    (shop / "a.py").write_text(TEXT)
    (shop / "a.py").chmod(0o444)
    code, _, _ = run("--fix")
    assert code == 3
    assert not (shop / ".env.example").exists()


def test_a_name_that_would_stand_for_two_secrets_is_told(shop, run):
    (shop / "a.py").write_text(TEXT)
    (shop / "b.py").write_text(TEXT)
    (shop / "c.py").write_text(TEXT.replace(PASSWORD, OTHER))
    code, _, err = run("--fix")
    assert (code, err) == (
        0,
        "vetline check: PASSWORD now stands for 2 different secrets: rename it in some of a.py, b.py, c.py\n",
    )
    assert (shop / ".env.example").read_text() == "PASSWORD=\n"


# -- commits


def test_a_secret_that_a_commit_holds_is_said(shop, run):
    first = commit(shop, TEXT)
    commit(shop, TEXT + "x = 1\n", day="2026-04-01")
    _, _, err = run("--fix")
    assert err == (
        f"vetline check: a.py: Password, key or token in commit {first} (2026-03-01): revoke it, "
        "taking it out of the file is not enough.\n"
    )


def test_one_that_no_commit_holds_is_not(shop, run):
    commit(shop, "x = 1\n")
    (shop / "a.py").write_text(TEXT)
    (shop / "b.py").write_text(TEXT)
    assert run("--fix")[2] == ""


def test_the_oldest_commit_counts_on_any_branch_and_in_any_line_ends(shop):
    commit(shop, "x = 1\n", "app/[a].py")
    run_git("checkout", "-qb", "other")
    first = commit(shop, f"x = 1\r\n{PASSWORD}\r\nb\r\n", "app/[a].py", "2026-03-02")
    commit(shop, "gone\n", "app/[a].py", "2026-03-03")
    run_git("checkout", "-q", "main")
    asked = ("x" * 40, f"{PASSWORD}\nb", PASSWORD, "")
    found = exposed.exposed(shop, "app/[a].py", asked)
    assert found == {secret: Exposed(first, "2026-03-02") for secret in asked[1:3]}
    assert exposed.exposed(shop / "app", "[a].py", (PASSWORD,)) == {PASSWORD: found[PASSWORD]}
    assert exposed.exposed(shop, "app/b.py", (PASSWORD,)) == {}


def test_outside_of_a_repository_and_before_its_first_commit_nothing_is_known(shop, tmp_path):
    assert exposed.exposed(shop, "a.py", (PASSWORD,)) == {}
    assert exposed.exposed(tmp_path, "a.py", (PASSWORD,)) == {}


def test_no_secret_is_in_an_argument_or_an_environment(shop, monkeypatch):
    commit(shop, TEXT)
    seen: list[str] = []
    real = subprocess.run

    def watched(words, **more):
        seen.append(repr((words, more.get("env"), more.get("input"))))
        return real(words, **more)

    monkeypatch.setattr(git.subprocess, "run", watched)
    assert exposed.exposed(shop, "a.py", (PASSWORD,))
    assert len(seen) == 3
    assert not any(PASSWORD in one for one in seen)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_nothing_of_the_repository_is_run(shop, tmp_path):
    commit(shop, TEXT)
    commit(shop, TEXT + "x\n")
    ran = tmp_path / "ran"
    program = shop / "trap"
    program.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    program.chmod(0o755)
    (shop / ".gitattributes").write_text("* diff=trap filter=trap\n")
    for name in (
        *("diff.trap.textconv", "diff.trap.command", "filter.trap.smudge", "filter.trap.clean"),
        *("diff.external", "core.pager", "core.fsmonitor", "gpg.program", "log.showSignature"),
    ):
        run_git("config", name, "true" if name == "log.showSignature" else str(program))
    ran.unlink(missing_ok=True)
    assert exposed.exposed(shop, "a.py", (PASSWORD,))
    assert not ran.exists()


def test_commits_that_cannot_be_searched_are_said(shop, run):
    commit(shop, TEXT)
    for path in (shop / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"broken")
    _, _, err = run("--fix")
    assert "a.py: its commits were not searched: " in err
    assert "a secret that was ever committed must be revoked" in err
    assert (shop / "a.py").read_text() == MENDED


def test_of_commits_that_were_not_searched_nothing_is_claimed(shop, run, monkeypatch):
    monkeypatch.setattr(exposed, "_COMMITS", 2)
    commit(shop, TEXT)
    commit(shop, "x = 1\n")
    commit(shop, "x = 2\n")
    (shop / "a.py").write_text(TEXT)
    _, _, err = run("--fix")
    assert err == (
        "vetline check: a.py: Password, key or token in none of the newest 2 commits of the file, older ones "
        "were not searched: revoke it if it was ever committed.\n"
    )
