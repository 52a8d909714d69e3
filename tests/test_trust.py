"""Which commit is trusted, and what files hold in it."""

from __future__ import annotations

import os

import pytest
from repositories import sh

from vetline import trust
from vetline.git import GitError

ZERO = "0" * 40


@pytest.fixture
def repo(tmp_path):
    root = tmp_path / "repo"
    root.mkdir()
    sh(root, "init", "-q", "-b", "main")
    (root / "a").write_text("one\n")
    sh(root, "add", "-A")
    sh(root, "commit", "-q", "-m", "one")
    sh(root, "checkout", "-q", "-b", "change")
    (root / "a").write_text("two\n")
    sh(root, "commit", "-q", "-a", "-m", "two")
    return root


def rev(root, name="HEAD"):
    return sh(root, "rev-parse", name).strip()


def remote(root, branch="main"):
    sh(root, "update-ref", f"refs/remotes/origin/{branch}", branch)


def test_outside_a_repository_and_before_the_first_commit_nothing_is(tmp_path):
    assert trust.base(tmp_path, environ={}) == ""
    sh(tmp_path, "init", "-q")
    assert trust.base(tmp_path, environ={}) == ""
    (tmp_path / "x").write_text("y")
    assert trust.text(tmp_path, "", "x") == b"y"
    assert trust.fork(tmp_path, "") == ""
    assert trust.repositories(tmp_path) == frozenset()


def test_what_is_given_goes_first_then_ci_then_the_remote_then_head(repo):
    assert trust.base(repo, environ={}) == rev(repo)
    assert trust.is_guessed(repo, rev(repo))
    remote(repo)
    assert trust.base(repo, environ={}) == rev(repo, "main")
    assert not trust.is_guessed(repo, rev(repo))
    sh(repo, "branch", "release", "change")
    remote(repo, "release")
    assert trust.base(repo, environ={"GITHUB_BASE_REF": "release"}) == rev(repo, "release")
    assert trust.base(repo, "main", {"GITHUB_BASE_REF": "release"}) == rev(repo, "main")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GITHUB_BASE_REF", "main"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
        ("CHANGE_TARGET", "main"),
        ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
        ("DRONE_TARGET_BRANCH", "main"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", None),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", None),
    ],
)
def test_what_ci_says(repo, variable, value):
    remote(repo)
    environ = {variable: value or rev(repo, "main"), "GITHUB_HEAD_REF": "change"}
    assert trust.base(repo, environ=environ) == rev(repo, "main")


def test_what_ci_says_of_no_merge_request_is_passed_over(repo):
    environ = {"GITHUB_BASE_REF": "", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": ZERO}
    assert trust.base(repo, environ=environ) == rev(repo)


@pytest.mark.parametrize(
    "name", ["gone", "-x", "a b", "a\x1b[2J", "@{-1}", "main^{tree}", "..", "a\0b"]
)
def test_a_branch_that_is_not_here_is_said_and_not_guessed(repo, name):
    remote(repo)
    with pytest.raises(GitError) as raised:
        trust.base(repo, environ={"GITHUB_BASE_REF": name})
    assert "(GITHUB_BASE_REF) is not here: fetch the whole history" in str(raised.value)
    assert str(raised.value).isprintable()
    if name != "@{-1}":  # which a person may mean
        with pytest.raises(GitError, match="is not a commit here"):
            trust.base(repo, name, {})


def test_the_fork_is_where_the_work_branched_off(repo):
    first = rev(repo, "main")
    sh(repo, "checkout", "-q", "main")
    sh(repo, "commit", "-q", "--allow-empty", "-m", "later")
    remote(repo)
    sh(repo, "checkout", "-q", "change")
    assert trust.base(repo, environ={}) == rev(repo, "main") != first
    assert trust.fork(repo, rev(repo, "main")) == first


def test_a_file_is_what_the_commit_has(repo, tmp_path):
    base = rev(repo, "main")
    assert trust.text(repo, base, "a") == b"one\n"
    assert trust.text(repo, "", "a") == b"two\n"
    assert trust.text(repo, base, "b") is None
    assert trust.text(repo, base, str(repo / "a")) == b"one\n"
    assert trust.text(repo, base, "sub/../a") == b"one\n"
    outside = tmp_path / "outside"
    outside.write_text("three\n")
    assert trust.text(repo, base, "../outside") == b"three\n"
    assert trust.text(repo, base, str(tmp_path / "none")) is None


def test_a_link_to_the_repository_is_no_way_around_it(repo, tmp_path):
    base, link = rev(repo, "main"), tmp_path / "link"
    link.symlink_to(repo)
    assert trust.text(link, base, "a") == b"one\n"
    assert trust.text(link, base, str(link / "a")) == b"one\n"
    assert trust.text(repo, base, str(link / "a")) == b"one\n"


def test_links_and_folders_in_the_commit_are_refused(repo, tmp_path):
    (repo / "link").symlink_to(tmp_path / "elsewhere")
    (repo / "folder").mkdir()
    (repo / "folder" / "file").write_text("x")
    sh(repo, "add", "-A")
    sh(repo, "commit", "-q", "-m", "three")
    for name in ("link", "folder"):
        with pytest.raises(GitError, match="is a link or a folder"):
            trust.text(repo, rev(repo), name)
    assert trust.text(repo, rev(repo), "link/file") is None


def test_a_large_file_and_a_pipe_are_refused(repo):
    (repo / "large").write_bytes(b"x" * 2_100_000)
    sh(repo, "add", "-A")
    sh(repo, "commit", "-q", "-m", "large")
    for where in (rev(repo), ""):
        with pytest.raises(GitError, match="over the limit"):
            trust.text(repo, where, "large")
    os.mkfifo(repo / "pipe")
    with pytest.raises(GitError, match="not a regular file"):
        trust.text(repo, "", "pipe")


def test_what_commits_held_is_found_even_if_it_is_gone(repo):
    base = rev(repo)
    names = ["f/a b", "f/é\n.json", "f/-x"]
    for name in names:
        (repo / "f").mkdir(exist_ok=True)
        (repo / name).write_text(f"in {name}")
        sh(repo, "add", "-A")
        sh(repo, "commit", "-q", "-m", "more")
    sh(repo, "rm", "-q", "-r", "f")
    sh(repo, "commit", "-q", "-m", "less")
    assert trust.listed(repo, rev(repo), "f") == []
    blobs = trust.touched(repo, base, "f")
    known = trust.contents(repo, [blob.name for blob in blobs], 1000, 1000)
    assert sorted((blob.path, known[blob.name].decode()) for blob in blobs) == sorted(
        (name, f"in {name}") for name in names
    )
    assert [blob.path for blob in trust.listed(repo, rev(repo, "HEAD~1"), "f")] == sorted(names)


def test_contents_are_bounded(repo):
    blobs = []
    for number, size in enumerate((10, 500, 40, 0)):
        (repo / str(number)).write_bytes(b"x" * size)
        blobs.append(sh(repo, "hash-object", "-w", str(number)).strip())
    known = trust.contents(repo, [*blobs, "f" * 40], 100, 45)
    assert {name: len(raw) for name, raw in known.items()} == {blobs[0]: 10, blobs[3]: 0}
    assert trust.contents(repo, [], 1, 1) == {}
