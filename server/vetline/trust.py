"""What the gate trusts: files as they are in the commit that a change starts from, and not as the change has them.

Who may write a change could otherwise write into it who may approve it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, git, places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST = 2_000_000  # bytes of one file
# What CI says of the commit that a merge request goes to: documented by each, read in this order. A branch is looked
# for under refs/remotes/origin, where CI fetches it.
_COMMITS = (
    "CI_MERGE_REQUEST_TARGET_BRANCH_SHA",  # GitLab, of merged results
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",  # GitLab
    "BITBUCKET_PR_DESTINATION_COMMIT",
)
_BRANCHES = (
    "GITHUB_BASE_REF",  # GitHub, Gitea, Forgejo
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",  # GitLab
    "SYSTEM_PULLREQUEST_TARGETBRANCH",  # Azure Pipelines
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "CHANGE_TARGET",  # Jenkins
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
    "DRONE_TARGET_BRANCH",  # Drone, Woodpecker
)
_MAIN = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master")
_WHOLE = "fetch the whole history (fetch-depth: 0) or name the commit with --diff-base"


class Blob(NamedTuple):
    """A file of a commit: its path, relative to the folder that was asked for it, and the name of its content."""

    path: str
    name: str


class Entry(NamedTuple):
    """What git tracks: its path, its mode, by which links and submodules are told, and the name of its content."""

    path: str
    mode: str
    name: str


def base(root: Path, given: str = "", environ: Mapping[str, str] | None = None) -> str:
    """The commit that is trusted.

    Args:
        root: a folder of the repository.
        given: it was said which one, as `--diff-base`.
        environ: the environment, where CI says what a merge request goes to; the process's own when not given.

    Returns:
        Its full name: of the one given, else of what CI names, else of the remote's main branch, else of HEAD, where
        all that is committed is trusted. "" outside a repository and before the first commit: files are trusted as they are.

    Raises:
        GitError: it was said which commit, and that one is not here.
    """
    environ = os.environ if environ is None else environ
    if git.git_dir(root) is None:
        return ""
    if given:
        return _known(root, given, f"{given!r} is not a commit here")
    for variable in _COMMITS:
        if value := environ.get(variable, "").strip("0"):
            return _known(root, environ[variable], f"{value} ({variable}) is not here: {_WHOLE}")
    for variable in _BRANCHES:
        if value := environ.get(variable, "").removeprefix("refs/heads/"):
            ref = f"refs/remotes/origin/{value}"
            return _known(root, ref, f"origin/{value} ({variable}) is not here: {_WHOLE}")
    return _main(root) or git.commit(root, "HEAD")


def is_guessed(root: Path, rev: str, given: str = "") -> bool:
    """Whether nothing but HEAD could be trusted, so that a commit of the change itself may be it."""
    return bool(rev) and not given and rev == git.commit(root, "HEAD") and not _main(root)


def fork(root: Path, rev: str) -> str:
    """The commit where the work at hand branched off from `rev`; `rev` itself when the two share none.

    Raises:
        GitError: git cannot be asked.
    """
    if not rev:
        return ""
    found = git.run(root, "merge-base", rev, "HEAD", ok=(0, 1, 128)).decode("ascii").strip()
    return found or rev


def text(root: Path, rev: str, path: str) -> bytes | None:
    """What a file holds in a commit; None when it is not in it.

    Args:
        root: the folder that the path is relative to.
        rev: the commit, as `base` gives it; "" for the file as it is.
        path: the file's path, POSIX. One that leads out of the repository is read as it is, since no change of the repository's
            can change it.

    Raises:
        GitError: git does not give it, it is a link or larger than 2 MB.
    """
    top = places.place_of(str(root)).base
    inside = _inside(top, root, path) if rev and top else None
    if inside is None:
        return _as_it_is(root / path)
    told = git.run(Path(top), "ls-tree", "-z", "-l", "--full-tree", rev, "--", inside)
    about, _, name = told.rstrip(b"\0").partition(b"\t")
    if os.fsdecode(name) != inside:
        return None
    mode, kind, blob, size = about.split()
    if kind != b"blob" or not mode.startswith(b"100"):
        raise git.GitError(f"{path} is a link or a folder in the commit {rev[:12]}")
    if int(size) > _MOST:
        raise git.GitError(f"{path} is over the limit of {_MOST / 1e6:g} MB")
    return git.run(Path(top), "cat-file", "blob", blob.decode("ascii"))


def listed(root: Path, rev: str, folder: str) -> list[Blob]:
    """The regular files under a folder in a commit.

    Raises:
        GitError: git does not give them.
    """
    if not rev:
        return []
    told = git.run(root, "ls-tree", "-r", "-z", "--full-tree", rev, "--", f"{folder}/")
    found = []
    for entry in filter(None, told.split(b"\0")):
        about, _, name = entry.partition(b"\t")
        mode, _, blob = about.split()
        if mode.startswith(b"100"):
            found.append(Blob(os.fsdecode(name), blob.decode("ascii")))
    return found


def touched(root: Path, rev: str, folder: str) -> list[Blob]:
    """What the commits since `rev` ever held of the files under a folder, as far as they changed them.

    Raises:
        GitError: git does not tell.
    """
    if not rev:
        return []
    how = ("--format=", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff")
    which = ("--full-history", "-m", f"{rev}..HEAD", "--", f":(top,literal){folder}")
    told = git.run(root, "log", *how, *which)
    words = told.split(b"\0")
    found = []
    for about, name in zip(words[::2], words[1::2], strict=False):
        _, mode, _, blob, *_ = about.split()
        if mode.startswith(b"100"):
            found.append(Blob(os.fsdecode(name), blob.decode("ascii")))
    return found


def changed(root: Path, rev: str) -> list[Entry]:
    """What under `root` git tracks that is new or other than in a commit, its path relative to `root`.

    Whatever `.gitignore` and `.gitmodules` say by now: they are part of the change.

    Raises:
        GitError: git does not tell.
    """
    how = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--diff-filter=AMT")
    whole = ("--cached", "--relative", "--ignore-submodules=none")
    words = git.run(root, "diff-index", *whole, *how, rev, "--").split(b"\0")
    found = []
    for about, name in zip(words[::2], words[1::2], strict=False):
        _, mode, _, blob, *_ = about.split()
        found.append(Entry(os.fsdecode(name), mode.decode("ascii"), blob.decode("ascii")))
    return found


def entries(root: Path) -> list[Entry]:
    """All that git tracks under `root`, paths relative to it.

    Raises:
        GitError: git does not tell.
    """
    found = []
    for line in filter(None, git.run(root, "ls-files", "--stage", "-z").split(b"\0")):
        about, _, name = line.partition(b"\t")
        mode, blob, _ = about.decode("ascii").split()
        found.append(Entry(os.fsdecode(name), mode, blob))
    return found


def left_out(root: Path) -> frozenset[str]:
    """What git tracks under `root` and was told not to check out, as `git sparse-checkout` does; relative to it.

    Raises:
        GitError: git does not tell.
    """
    told = git.run(root, "ls-files", "-t", "-z").split(b"\0")
    return frozenset(os.fsdecode(entry[2:]) for entry in told if entry.startswith(b"S "))


def contents(root: Path, names: Iterable[str], limit: int, total: int) -> dict[str, bytes]:
    """Blobs by their names; those over `limit` bytes are left out, and what is beyond `total` bytes of all.

    Raises:
        GitError: git does not give them.
    """
    wanted, left = [], total
    asked = "".join(f"{name}\n" for name in dict.fromkeys(names)).encode("ascii")
    if not asked:
        return {}
    for line in git.run(root, "cat-file", "--batch-check", stdin=asked).split(b"\n"):
        words = line.split()
        if len(words) == 3 and words[1] == b"blob" and int(words[2]) <= min(limit, left):  # noqa: PLR2004 - name, type, size
            left -= int(words[2])
            wanted.append(words[0])
    told = git.run(root, "cat-file", "--batch", stdin=b"".join(name + b"\n" for name in wanted))
    found, at = {}, 0
    while at < len(told):
        end = told.index(b"\n", at)
        name, _, size = told[at:end].split()
        found[name.decode("ascii")] = told[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
    return found


def repositories(root: Path) -> frozenset[str]:
    """The first commits of the history at hand, which name the repository wherever it is cloned; none without one.

    Raises:
        GitError: git cannot be asked.
    """
    if git.git_dir(root) is None or not git.commit(root, "HEAD"):
        return frozenset()
    told = git.run(root, "rev-list", "--max-parents=0", "HEAD").decode("ascii")
    return frozenset(told.split())


def _inside(top: str, root: Path, path: str) -> str | None:
    """A path as the repository at `top` names it; None when it leads out of it.

    A link that the repository holds is not followed: git knows nothing behind it. Those that lead to the repository are.
    """
    here, real = os.path.abspath(root), os.path.realpath(root)  # noqa: PTH100 - links stay
    whole = os.path.normpath(os.path.join(here, path))  # noqa: PTH118 - as above
    if Path(whole).is_relative_to(here):
        whole = os.path.normpath(os.path.join(real, os.path.relpath(whole, here)))  # noqa: PTH118 - as above
    elif not Path(whole).is_relative_to(top):
        folder, name = os.path.split(whole)
        whole = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - as above
    return Path(whole).relative_to(top).as_posix() if Path(whole).is_relative_to(top) else None


def _as_it_is(path: Path) -> bytes | None:
    try:
        return disk.read(path, _MOST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise git.GitError(f"{path} {disk.reason(error)}") from None


def _known(root: Path, ref: str, otherwise: str) -> str:
    """The commit of a ref.

    Raises:
        GitError: there is none; says so in the words given.
    """
    found = git.commit(root, ref)
    if not found:
        raise git.GitError("".join(c if c.isprintable() else "?" for c in otherwise))
    return found


def _main(root: Path) -> str:
    """The commit of the remote's main branch; "" when it is not known."""
    told = git.run(root, "for-each-ref", "--format=%(refname) %(objectname)", *_MAIN)
    known = dict(line.split(" ") for line in told.decode("utf-8", "replace").splitlines())
    return next((known[ref] for ref in _MAIN if ref in known), "")
