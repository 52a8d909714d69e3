"""What git knows: where its directory is, what changed, what was there before."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from vetline import files, git
from vetline.files import GitError

if TYPE_CHECKING:
    from pathlib import Path


def tree(root: Path, *names: str, **texts: str) -> Path:
    for name in names:
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts.get(name, ""))
    return root


def sh(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, *arguments],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    root.mkdir()
    sh(root, "init", "-q", "-b", "main")
    return root


def test_the_git_directory_is_found_without_git(repository, tmp_path, monkeypatch):
    tree(repository, "a/b/")
    (repository / "x.py").write_text("x")
    sh(repository, "add", ".")
    sh(repository, "commit", "-qm", "one")
    sh(repository, "worktree", "add", "-q", str(tmp_path / "other"))
    sh(
        repository,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        str(repository),
        "sub",
    )
    monkeypatch.setenv("PATH", "")
    assert files.git_dir(repository / "a/b") == repository / ".git"
    assert files.git_dir(tmp_path / "other") == repository / ".git"
    assert files.git_dir(repository / "sub") == repository / ".git/modules/sub"


@pytest.mark.parametrize("text", ["", "gitdir: nowhere", "nonsense", "gitdir:"])
def test_a_broken_pointer_is_no_repository(tmp_path, text):
    (tmp_path / ".git").write_text(text)
    assert files.git_dir(tmp_path) is None


def test_changed_files(repository):
    tree(repository, "a.py", "b.py", "gone.py", "sub/c.py")
    (repository / "move.py").write_text("long enough to be known again\n" * 9)
    sh(repository, "add", ".")
    sh(repository, "commit", "-qm", "one")
    (repository / "a.py").write_text("changed")
    (repository / "gone.py").unlink()
    (repository / "move.py").rename(repository / "moved.py")
    sh(repository, "add", "-A", "moved.py", "move.py")
    tree(repository, "sub/new é.py", "ignored.log", "sub/c.py", **{"sub/c.py": "x"})
    (repository / ".gitignore").write_text("*.log")
    expected = [".gitignore", "a.py", "moved.py", "sub/c.py", "sub/new é.py"]
    assert files.changed_files(repository, "HEAD") == expected
    assert files.changed_files(repository / "sub", "main") == ["c.py", "new é.py"]


def test_at_ref(repository):
    tree(repository, "sub/a.py", "[x].py", **{"sub/a.py": "é = 1\n", "[x].py": "odd"})
    sh(repository, "add", ".")
    sh(repository, "commit", "-qm", "one")
    (repository / "sub/a.py").write_text("é = 2\n")
    assert files.at_ref(repository, "HEAD", "sub/a.py") == "é = 1\n"
    assert files.at_ref(repository / "sub", "HEAD", "a.py") == "é = 1\n"
    assert files.at_ref(repository, "HEAD", "[x].py") == "odd"
    assert files.at_ref(repository, "HEAD", "nope.py") is None
    assert files.at_ref(repository, "HEAD", "sub") is None


@pytest.mark.parametrize("ref", ["nope", "--output=x", "", "a\0b", "HEAD:a.py"])
def test_what_is_not_a_commit_is_said(repository, ref):
    for ask in (files.changed_files, lambda root, ref: files.at_ref(root, ref, "a.py")):
        with pytest.raises(GitError) as said:
            ask(repository, ref)
        assert str(said.value) == f"{ref!r} is not a commit here"
    assert not (repository / "x").exists()


def test_no_repository_no_git_no_patience(tmp_path, repository, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    with pytest.raises(GitError, match="not a git repository"):
        files.changed_files(tmp_path / "plain", "HEAD")
    monkeypatch.setattr(git, "TIMEOUT", 0.0)
    with pytest.raises(GitError, match="git took over 0 s"):
        files.changed_files(repository, "HEAD")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GitError, match="git is not installed"):
        files.changed_files(repository, "HEAD")


def test_a_program_named_by_the_repository_is_not_run(repository, tmp_path):
    tree(repository, "a.py")
    sh(repository, "add", ".")
    sh(repository, "commit", "-qm", "one")
    (repository / "a.py").write_text("new")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o700)
    sh(repository, "config", "core.fsmonitor", str(trap))
    sh(repository, "config", "diff.external", str(trap))
    assert files.changed_files(repository, "HEAD") == ["a.py"]
    assert not (tmp_path / "sprung").exists()


def test_no_program_that_the_repository_names_is_run(repository, tmp_path):
    marker = tmp_path / "ran"
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    program.chmod(0o755)
    (repository / ".gitattributes").write_text("*.py filter=evil.one diff=evil\n")
    (repository / "a.py").write_text("x = 1\n")
    sh(repository, "add", ".")
    sh(repository, "commit", "-qm", "one")
    for name, value in {
        "filter.evil.one.clean": str(program),
        "filter.evil.one.process": str(program),
        "filter.evil.one.required": "true",
        "diff.evil.textconv": str(program),
        "diff.evil.command": str(program),
        "diff.external": str(program),
        "core.fsmonitor": str(program),
        "core.pager": str(program),
    }.items():
        sh(repository, "config", name, value)
    (repository / "a.py").write_text("y = 1\n")
    assert git.changed_files(repository, "HEAD") == ["a.py"]
    assert git.renamed(repository, "HEAD") == {}
    assert files.at_ref(repository, "HEAD", "a.py") == "x = 1\n"
    assert not marker.exists()
