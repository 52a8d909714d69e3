"""What a file was in commits from before a time: what stood there then, nobody wrote afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline import files
from vetline.git import GitError
from vetline.history import asking

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 4  # commits


class Earlier(NamedTuple):
    """A file's text in a commit, and when that was made, whole seconds since the epoch."""

    at: int
    text: str


def earlier(tree: Path, subject: str, at: float, *, seconds: float) -> list[Earlier]:
    """The file's texts in the last commits that changed it up to a time, the newest first.

    Empty where there is no commit yet.

    Args:
        tree: the root of the work tree.
        subject: the file's path relative to it, POSIX.
        at: the time, seconds since the epoch.
        seconds: how long git may be asked.

    Raises:
        GitError: git does not answer.
    """
    if "\n" in subject:
        return []
    repository = asking.opened(tree, seconds)
    if not asking.named(repository, ["HEAD^{commit}"])[0][0]:
        return []
    told = repository.git(
        "--literal-pathspecs", "log", f"-n{_MOST}", "--format=%H %ct", "--no-show-signature",
        f"--until={int(at)} +0000", "HEAD", "--", subject,
    )  # fmt: skip
    commits = [line.split() for line in told.decode("ascii", "replace").splitlines()]
    blobs = asking.named(repository, [f"{name}:{subject}" for name, _ in commits])
    raw = asking.contents(repository, [blob for blob in blobs if blob[1] == "blob"], files.LIMIT)
    found = []
    for (_, when), (name, _, _) in zip(commits, blobs, strict=True):
        if name in raw:
            read = files.of_bytes(raw[name], "", subject, named=True).snapshot
            if read is None:
                raise GitError(f"{subject} is no text in a commit")
            found.append(Earlier(int(when), read.text))
    return found
