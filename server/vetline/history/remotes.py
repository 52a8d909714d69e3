"""Notes of other clones: fetched from a remote, joined with ours, pushed. Only when somebody asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline import git
from vetline.git import GitError
from vetline.history import asking, shelf

if TYPE_CHECKING:
    from pathlib import Path

    from vetline.history.asking import Repository

_SECONDS = 120.0
_ATTEMPTS = 3


def sync(tree: Path, remote: str, *, push: bool = True) -> str:
    """Fetch a remote's notes, take those we have not, and push ours. Ours are never overwritten.

    Returns:
        What was done, a sentence for a person.

    Raises:
        GitError: there is no such remote, or it does not let us.
    """
    repository = asking.opened(tree, _SECONDS)
    if remote not in repository.git("remote").decode("utf-8", "replace").split():
        raise GitError(f"{remote!r} is no remote of this repository: see `git remote`")
    before = _count(repository, shelf.OURS)
    _exchange(repository, remote, shelf.OURS, "ours", push=push)
    # Of anchors on one commit none is better than another: all are kept.
    _exchange(repository, remote, shelf.ANCHORS, "cat_sort_uniq", push=push)
    new = _count(repository, shelf.OURS) - before
    return f"{new} note{'s' * (new != 1)} taken from {remote}; there {'is' if before + new == 1 else 'are'} {before + new} now."


def _exchange(repository: Repository, remote: str, ref: str, strategy: str, *, push: bool) -> None:
    """Fetch a ref of notes, join what both have, and push it."""
    for attempt in range(_ATTEMPTS):
        theirs = _fetch(repository, remote, ref)
        if theirs:
            _join(repository, ref, theirs, strategy)
        there = git.refs(repository.common, "refs/notes/")
        if not push or ref not in there or there[ref] == there.get(theirs):
            return
        try:
            words = ("push", "--quiet", "--no-follow-tags", "--recurse-submodules=no")
            repository.git(*words, remote, f"{ref}:{ref}", network=True)
        except GitError:  # somebody else pushed meanwhile
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _count(repository: Repository, ref: str) -> int:
    there = [each for each in shelf.shelves(repository.common) if each.ref == ref]
    return len(shelf.noted(repository, there[0])) if there else 0


def _fetch(repository: Repository, remote: str, ref: str) -> str:
    """The ref that a remote's notes are fetched into; "" when it has none."""
    told = repository.git("ls-remote", remote, ref, network=True)
    if not told:
        return ""
    theirs = f"refs/notes/remotes/{remote}/{ref.rpartition('/')[2]}"
    words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc")
    spec = f"+{ref}:{theirs}"
    repository.git(*words, "--no-recurse-submodules", remote, spec, network=True)
    return theirs


def _join(repository: Repository, ref: str, theirs: str, strategy: str) -> None:
    """Take over the notes of a ref on commits on which we have none; of others what the strategy says."""
    # A merge is a commit, and git wants somebody to have made it.
    name, _, mail = shelf.NOBODY.rstrip(">").partition(" <")
    identity = ("-c", f"user.name={name}", "-c", f"user.email={mail}")
    words = ("notes", f"--ref={ref}", "merge", "--quiet", "-s", strategy, theirs)
    repository.git(*identity, *words)
