"""What git knows: where its directory is, what changed, what was there before."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from repositories import sh, tree

from vetline import files, git
from vetline.files import Found
from vetline.git import GitError

if TYPE_CHECKING:
    from pathlib import Path


def commit(root: Path) -> None:
    sh(root, "add", "-A")
    sh(root, "commit", "-qm", "x", "--allow-empty")


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
    assert git.git_dir(repository / "a/b") == repository / ".git"
    assert git.git_dir(tmp_path / "other") == repository / ".git"
    assert git.git_dir(repository / "sub") == repository / ".git/modules/sub"


@pytest.mark.parametrize("text", ["", "gitdir: nowhere", "nonsense", "gitdir:"])
def test_a_broken_pointer_is_no_repository(tmp_path, text):
    (tmp_path / ".git").write_text(text)
    assert git.git_dir(tmp_path) is None


def changed(root: Path, ref: str) -> set[str]:
    known = git.tree(root, ref)
    found = (item.place for item in files.discover([root], root) if isinstance(item, Found))
    return {place for place in found if not git.is_same(known, place)}


def test_what_differs_from_a_commit(repository):
    tree(repository, "a.py", "b.py", "gone.py", "sub/c.py", "unix.py", **{"unix.py": "a\nb\n"})
    commit(repository)
    (repository / "a.py").write_text("changed")
    (repository / "gone.py").unlink()
    (repository / "unix.py").write_bytes(b"a\r\nb\r\n")
    os.utime(repository / "b.py", (1, 1))
    tree(repository, "sub/new é.py", "ignored.log", "sub/c.py", **{"sub/c.py": "x"})
    (repository / ".gitignore").write_text("*.log")
    assert changed(repository, "HEAD") == {".gitignore", "a.py", "sub/c.py", "sub/new é.py"}
    assert changed(repository / "sub", "main") == {"c.py", "new é.py"}


def test_files_of_a_nested_repository_are_new(repository, tmp_path):
    tree(repository, "a.py", "inner/b.py", **{"inner/b.py": "x = 1\n"})
    sh(repository / "inner", "init", "-q")
    commit(repository / "inner")
    commit(repository)
    assert changed(repository, "HEAD") == {"inner/b.py"}


def test_a_repository_of_long_names_is_read(tmp_path):
    sh(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256")
    tree(tmp_path, "a.py", "b.py", **{"a.py": "x\n"})
    commit(tmp_path)
    tree(tmp_path, "b.py", **{"b.py": "y\n"})
    assert changed(tmp_path, "HEAD") == {"b.py"}


def test_the_content_a_commit_has(repository):
    tree(repository, "sub/a.py", "[x].py", **{"sub/a.py": "é = 1\n", "[x].py": "odd"})
    (repository / "link.py").symlink_to("[x].py")
    commit(repository)
    tree(repository, "sub/a.py")
    known = git.tree(repository, "HEAD")
    assert git.content(known, "sub/a.py") == "é = 1\n".encode()
    assert git.content(git.tree(repository / "sub", "HEAD"), "a.py") == "é = 1\n".encode()
    assert git.content(known, "[x].py") == b"odd"
    assert git.content(known, "[x].py", 2) is None
    for place in ("nope.py", "sub", "link.py"):
        assert git.content(known, place) is None


def test_a_commit_means_where_the_branch_left_it(repository):
    tree(repository, "a.py", **{"a.py": "one\n"})
    commit(repository)
    sh(repository, "checkout", "-qb", "branch")
    tree(repository, "b.py")
    commit(repository)
    sh(repository, "checkout", "-q", "main")
    tree(repository, "a.py", **{"a.py": "mended since\n"})
    commit(repository)
    sh(repository, "checkout", "-q", "branch")
    assert changed(repository, "main") == {"b.py"}
    sh(repository, "checkout", "-q", "--orphan", "other")
    commit(repository)
    assert changed(repository, "main") == {"a.py", "b.py"}, "without a common commit, itself"


def test_renames(repository):
    text = "".join(f"line {number}\n" for number in range(10))
    tree(repository, "a.py", "b.py", "c.py", "d.js", "stays.py", **{"a.py": text, "b.py": "equal"})
    tree(repository, "c.py", "d.js", **{"c.py": "other\n" * 5, "d.js": text})
    commit(repository)
    known = git.tree(repository, "HEAD")
    for name in ("a.py", "b.py", "c.py", "d.js"):
        (repository / name).unlink()
    tree(
        repository, "x.py", "y.py", "z.py", **{"x.py": text + "more\n", "y.py": "equal", "z.py": ""}
    )
    assert git.renamed(known, ["x.py", "y.py", "z.py"]) == {"x.py": "a.py", "y.py": "b.py"}
    assert git.renamed(known, []) == {}


@pytest.mark.parametrize("ref", ["nope", "--output=x", "", "a\0b", "HEAD:a.py"])
def test_what_is_not_a_commit_is_said(repository, ref):
    with pytest.raises(GitError) as said:
        git.tree(repository, ref)
    assert str(said.value) == f"{ref!r} is not a commit here"
    assert not (repository / "x").exists()


def test_the_name_of_a_commit(repository, tmp_path):
    (repository / "a.py").write_text("a = 1\n")
    commit(repository)
    (head,) = sh(repository, "rev-parse", "HEAD").split()
    sh(repository, "tag", "-a", "-m", "x", "v1")
    for ref in ("HEAD", "v1", head, head[:9], "@"):
        assert git.commit(repository, ref) == head
    (blob,) = sh(repository, "rev-parse", "HEAD:a.py").split()
    none = (
        "",
        "nowhere",
        "-h",
        "--all",
        "--git-dir",
        "HEAD\0",
        "^HEAD",
        "HEAD..v1",
        "HEAD:a.py",
        blob,
    )
    for ref in (*none, "0" * 40, "HEAD\n", "a b", "\u202e", "x" * 5_000):
        assert git.commit(repository, ref) == "", ref
    assert git.commit(tmp_path, "HEAD") == "", "outside of a repository"


def test_no_repository_no_git_no_patience(tmp_path, repository, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    with pytest.raises(GitError, match="not a git repository"):
        git.tree(tmp_path / "plain", "HEAD")
    monkeypatch.setattr(git, "TIMEOUT", -1)  # over before it begins, however fast git is
    with pytest.raises(GitError, match="git took over"):
        git.tree(repository, "HEAD")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(GitError, match="git is not installed"):
        git.tree(repository, "HEAD")


# No program that the repository names is run.


@pytest.fixture
def trap(repository, tmp_path):
    """A program that leaves a mark, and a repository with a file that has changed."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    program.chmod(0o700)
    tree(repository, "a.py", ".gitattributes", **{"a.py": "x = 1\n"})
    commit(repository)
    tree(repository, "a.py", **{"a.py": "y = 1\n"})
    yield program
    assert not (tmp_path / "sprung").exists()


def ask(root: Path) -> None:
    """Ask git all that we ask of it."""
    known = git.tree(root, "HEAD")
    assert not git.is_same(known, "a.py")
    assert git.content(known, "a.py") == b"x = 1\n"
    (root / "a.py").rename(root / "b.py")
    assert git.renamed(known, ["b.py"]) == {}
    git.user(root, 10)


@pytest.mark.parametrize(
    "name",
    [
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "core.sshCommand",
        "core.editor",
        "gpg.program",
    ],
)
def test_a_program_of_the_configuration_is_not_run(repository, trap, name):
    sh(repository, "config", name, str(trap))
    ask(repository)


@pytest.mark.parametrize("part", ["clean", "smudge", "process"])
def test_a_filter_is_not_run(repository, trap, part):
    (repository / ".git/info/attributes").write_text("* filter=evil\n")
    sh(repository, "config", f"filter.evil.{part}", str(trap))
    sh(repository, "config", "filter.evil.required", "true")
    ask(repository)


@pytest.mark.parametrize("part", ["textconv", "command"])
def test_a_driver_of_differences_is_not_run(repository, trap, part):
    (repository / ".git/info/attributes").write_text("* diff=evil\n")
    sh(repository, "config", f"diff.evil.{part}", str(trap))
    ask(repository)


@pytest.mark.parametrize("by", ["folder", "setting"])
def test_a_hook_is_not_run(repository, trap, by):
    hooks = repository / ".git/hooks"
    if by == "setting":
        hooks = repository / "hooks"
        sh(repository, "config", "core.hooksPath", str(hooks))
    hooks.mkdir(exist_ok=True)
    for name in (
        "post-index-change",
        "reference-transaction",
        "post-checkout",
        "fsmonitor-watchman",
    ):
        shutil.copy(trap, hooks / name)
    os.utime(repository / ".gitattributes", (1, 1))
    ask(repository)


@pytest.mark.parametrize("defence", ["GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL"])
@pytest.mark.parametrize("by", ["url", "vcs", "uploadpack"])
def test_what_is_missing_is_not_fetched(repository, trap, monkeypatch, defence, by):
    blob = sh(repository, "rev-parse", "HEAD:a.py").strip()
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    sh(repository, "config", "core.repositoryformatversion", "1")
    sh(repository, "config", "extensions.partialClone", "origin")
    sh(repository, "config", "remote.origin.promisor", "true")
    for protocol in ("ext", "file", "ssh"):
        sh(repository, "config", f"protocol.{protocol}.allow", "always")
    sh(repository, "config", "protocol.allow", "always")
    url = {"url": f"ext::{trap}", "vcs": str(trap)}.get(by, str(repository))
    sh(repository, "config", "remote.origin.url", url)
    if by != "url":
        sh(repository, "config", f"remote.origin.{by}", "ext" if by == "vcs" else str(trap))
    # Each holds alone: an older git does not know the one.
    monkeypatch.setattr(git, "_NO_FETCH", {defence: git._NO_FETCH[defence]})
    known = git.tree(repository, "HEAD")
    with pytest.raises(GitError, match=r"^(?!warning)."):
        git.content(known, "a.py")


@pytest.mark.parametrize("entry", ["{root}", "{root}/bin", ".", "", "bin"])
def test_a_git_in_the_project_is_not_run(repository, trap, monkeypatch, entry):
    for folder in (repository, repository / "bin"):
        folder.mkdir(exist_ok=True)
        shutil.copy(trap, folder / "git")
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", entry.format(root=repository) + os.pathsep + os.environ["PATH"])
    ask(repository)
