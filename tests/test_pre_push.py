"""The gate before a push: what the commits hold is judged, whatever the work tree has, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from repositories import sh

from vetline import git
from vetline.doors import install_hooks, pre_push

BAD = (
    "import subprocess\n\n\ndef run(request):\n    subprocess.call(request.args['x'], shell=True)\n"
)
FINE = "def add(a, b):\n    return a + b\n"


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A clone with a remote that has one commit, the hooks set up."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        monkeypatch.delenv(name, raising=False)
    sh(tmp_path, "init", "-q", "--bare", "-b", "main", "there.git")
    root = tmp_path / "shop"
    sh(tmp_path, "clone", "-q", "there.git", "shop")
    for name, value in (("user.name", "Ana"), ("user.email", "ana@example.org")):
        sh(root, "config", name, value)
    sh(root, "checkout", "-q", "-B", "main")
    commit(root, **{"old.py": BAD, "a.py": FINE})
    sh(root, "push", "-q", "-u", "origin", "main")
    sh(root, "remote", "set-head", "origin", "main")
    monkeypatch.chdir(root)
    assert install_hooks.main(["--git"]) == 0
    return root


def commit(root, **files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    sh(root, "add", "-A")
    sh(root, "commit", "-q", "-m", "x")
    return sh(root, "rev-parse", "HEAD").strip()


def push(root, *words):
    return subprocess.run(
        ["git", "push", "-q", *words],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def there(root, ref="main"):
    return sh(root, "ls-remote", "origin", f"refs/heads/{ref}").split("\t")[0]


def left_over(root):
    return sh(root, "worktree", "list").count("\n") - 1


def test_what_the_gate_blocks_is_not_pushed_and_no_verify_is_gits_own(repo):
    before = there(repo)
    bad = commit(repo, **{"b.py": BAD})
    done = push(repo)
    assert done.returncode == 1
    assert "b.py:5:" in done.stderr
    assert "old.py" not in done.stderr, "it was there before"
    assert "vetline pre-push: main is not pushed: the gate blocks it" in done.stderr
    assert "git push --no-verify" in done.stderr
    assert there(repo) == before
    assert left_over(repo) == 0
    assert push(repo, "--no-verify").returncode == 0
    assert there(repo) == bad


def test_what_passes_is_pushed(repo):
    new = commit(repo, **{"b.py": FINE, "sub/c.py": FINE})
    done = push(repo)
    assert done.returncode == 0, done.stderr
    assert there(repo) == new
    assert left_over(repo) == 0


def test_commits_are_judged_and_not_the_work_tree(repo):
    commit(repo, **{"b.py": BAD})
    (repo / "b.py").write_text(FINE)
    assert push(repo).returncode == 1
    sh(repo, "commit", "-q", "-a", "--amend", "--no-edit")
    (repo / "b.py").write_text(BAD)
    (repo / "c.py").write_text(BAD)
    done = push(repo)
    assert done.returncode == 0, done.stderr


def test_a_branch_that_is_new_is_compared_with_the_main_one(repo):
    sh(repo, "checkout", "-q", "-b", "side")
    new = commit(repo, **{"b.py": FINE})
    assert push(repo, "origin", "side").returncode == 0
    assert there(repo, "side") == new
    commit(repo, **{"c.py": BAD})
    assert push(repo, "origin", "side").returncode == 1
    assert push(repo, "--no-verify", "origin", "side").returncode == 0
    commit(repo, **{"d.py": FINE})
    done = push(repo, "origin", "side")
    assert done.returncode == 1, "what the branch brought before is still not in main"
    assert "c.py:5:" in done.stderr


def test_the_branch_that_is_pushed_is_judged_and_not_the_one_we_are_on(repo):
    sh(repo, "checkout", "-q", "-b", "side")
    commit(repo, **{"b.py": BAD})
    sh(repo, "checkout", "-q", "main")
    assert push(repo, "origin", "side").returncode == 1
    assert push(repo, "origin", "main").returncode == 0


def test_what_brings_no_commit_is_not_judged(repo, monkeypatch):
    commit(repo, **{"b.py": BAD})
    push(repo, "--no-verify")
    asked = []
    monkeypatch.setattr(pre_push, "_gate", lambda *words: asked.append(words) or 1)
    head, zeros = sh(repo, "rev-parse", "HEAD").strip(), "0" * 40
    for told in (
        "", f"refs/heads/x {head} refs/heads/x {zeros}\n", f"(delete) {zeros} refs/heads/x {head}\n",
        f"refs/notes/vetline {head} refs/notes/vetline {zeros}\n", "what is this\n",
    ):  # fmt: skip
        assert run(monkeypatch, told) == 0
    assert asked == []


def run(monkeypatch, told, remote="origin"):
    class Input:
        def read(self, limit):
            return told[:limit]

    monkeypatch.setattr(sys, "stdin", Input())
    return pre_push.main([remote, "somewhere"])


def test_a_remote_of_which_nothing_is_known_gets_all_of_it_judged(repo, tmp_path):
    sh(tmp_path, "init", "-q", "--bare", "other.git")
    done = push(repo, str(tmp_path / "other.git"), "main")
    assert done.returncode == 1
    assert "old.py:5:" in done.stderr


def test_no_filter_hook_or_link_of_the_repository_does_anything(repo, tmp_path):
    proof = tmp_path / "proof"
    sh(repo, "config", "filter.bad.smudge", f"touch {proof}; cat")
    sh(repo, "config", "filter.bad.clean", "cat")
    (repo / ".git/hooks/post-checkout").write_text(f"#!/bin/sh\ntouch {proof}\n")
    (repo / ".git/hooks/post-checkout").chmod(0o755)
    (repo / "out").symlink_to(tmp_path)
    commit(
        repo,
        **{
            ".gitattributes": "*.py filter=bad export-ignore\n",
            "b.py": BAD,
            "typing.py": f"open({str(proof)!r}, 'w')\n",
        },
    )
    done = push(repo)
    assert done.returncode == 1
    assert "b.py:5:" in done.stderr
    assert not proof.exists()
    assert left_over(repo) == 0


def test_a_large_file_is_said_not_to_be_checked(repo, monkeypatch):
    monkeypatch.setattr(pre_push, "_LARGE", 3_000_000)
    head = commit(repo, **{"b.py": "x = 1\n" * 600_000})
    assert run(monkeypatch, f"refs/heads/main {head} refs/heads/main {'0' * 40}\n") == 1
    assert left_over(repo) == 0


@pytest.mark.parametrize(("what", "limit"), [("_FILES", 1), ("_BYTES", 10)])
def test_too_large_a_commit_is_said(repo, monkeypatch, capsys, what, limit):
    head = commit(repo, **{"b.py": FINE})
    monkeypatch.setattr(pre_push, what, limit)
    assert run(monkeypatch, f"refs/heads/main {head} refs/heads/main {'0' * 40}\n") == 1
    assert (
        "too large to be checked at a push: leave it to CI; `git push --no-verify`"
        in capsys.readouterr().err
    )
    assert left_over(repo) == 0


def test_too_many_branches_are_said(repo, monkeypatch, capsys):
    monkeypatch.setattr(pre_push, "_COMMITS", 1)
    monkeypatch.setattr(pre_push, "_gate", lambda *_: 0)
    heads = [commit(repo, **{f"b{number}.py": FINE}) for number in range(2)]
    told = "".join(f"refs/heads/{head} {head} refs/heads/{head} {'0' * 40}\n" for head in heads)
    assert run(monkeypatch, told) == 1
    assert "over 1 branches" in capsys.readouterr().err


def test_a_check_that_takes_too_long_is_ended_and_nothing_is_pushed(repo, monkeypatch, capfd):
    head = commit(repo, **{"b.py": FINE})
    monkeypatch.setattr(pre_push, "_SECONDS", 0.0)
    assert run(monkeypatch, f"refs/heads/main {head} refs/heads/main {'0' * 40}\n") == 1
    assert "could not be checked: the check took over 0 s" in capfd.readouterr().err
    assert left_over(repo) == 0


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", ".git/hooks/post-commit", "a/.GIT/config", "/etc/x", "a//b"]
)
def test_no_name_in_a_commit_leads_out_of_the_tree(tmp_path, name):
    with pytest.raises(git.GitError, match="leads out"):
        pre_push._within(tmp_path, name)


def test_outside_of_a_repository_there_is_nothing_to_judge(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "refs/heads/x 1 refs/heads/x 0\n") == 0


def test_the_hook_can_be_left_out(repo, capsys):
    hook = repo / ".git/hooks/pre-push"
    assert os.access(hook, os.X_OK)
    assert install_hooks.main(["--git", "--no-pre-push"]) == 0
    assert "pre-push taken out" in capsys.readouterr().out
    assert not hook.exists()
    commit(repo, **{"b.py": BAD})
    assert push(repo).returncode == 0


def test_a_hook_of_theirs_is_asked_too_and_hears_the_same(repo, tmp_path):
    install_hooks.main(["--git", "--uninstall"])
    hook, log = repo / ".git/hooks/pre-push", tmp_path / "log"
    hook.write_text(f'#!/bin/sh\necho "$1" > {log}\ncat >> {log}\n')
    hook.chmod(0o755)
    install_hooks.main(["--git"])
    old, new = there(repo), commit(repo, **{"b.py": FINE})
    assert push(repo).returncode == 0
    assert log.read_text() == f"origin\nrefs/heads/main {new} refs/heads/main {old}\n"
    log.unlink()
    commit(repo, **{"c.py": BAD})
    assert push(repo).returncode == 1
    assert not log.exists()


def test_without_vetline_git_goes_on_and_it_is_said(repo, monkeypatch):
    monkeypatch.setattr(install_hooks, "program", lambda: ["/nowhere/vetline"])
    install_hooks.main(["--git"])
    path = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(p for p in path if not Path(p, "vetline").exists()))
    commit(repo, **{"b.py": BAD})
    done = push(repo)
    assert done.returncode == 0
    assert "vetline is not installed: what is pushed was not checked" in done.stderr


def test_the_program_pre_commit_tells_in_variables(repo, monkeypatch, capfd):
    old, new = there(repo), commit(repo, **{"b.py": BAD})
    told = {
        "TO_REF": new,
        "FROM_REF": old,
        "REMOTE_BRANCH": "refs/heads/main",
        "REMOTE_NAME": "origin",
    }
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert pre_push.main([]) == 1, "of what is new everywhere it tells nothing"
    for name, value in told.items():
        monkeypatch.setenv(f"PRE_COMMIT_{name}", value)
    capfd.readouterr()
    assert pre_push.main([]) == 1
    told = capfd.readouterr().err
    assert "b.py:5:" in told
    assert "old.py" not in told


def test_a_clone_that_has_only_a_part_says_so(repo, tmp_path):
    sh(tmp_path / "there.git", "config", "uploadpack.allowFilter", "true")
    sh(
        tmp_path,
        "clone",
        "-q",
        "--filter=blob:none",
        "--no-checkout",
        f"file://{tmp_path}/there.git",
        "part",
    )
    part = tmp_path / "part"
    for name, value in (("user.name", "Ana"), ("user.email", "ana@example.org")):
        sh(part, "config", name, value)
    new = sh(part, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "x").strip()
    (part / ".git/hooks/pre-push").write_text((repo / ".git/hooks/pre-push").read_text())
    (part / ".git/hooks/pre-push").chmod(0o755)
    done = push(part, "origin", f"{new}:refs/heads/other")
    assert done.returncode == 1
    assert "could not be checked: this clone has only a part of the commit" in done.stderr
