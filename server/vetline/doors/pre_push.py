"""`vetline git-hook pre-push`: the gate, asked of the commits that are about to be pushed.

What is judged is what the commits hold, whatever the work tree has by now: it is written into a temporary work tree,
without any filter or hook of the repository's. What could not be judged in time is not pushed, and git's own
`--no-verify` leaves it out.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import git, places, trust
from vetline.formats import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

_DONE, _REFUSED = 0, 1
_SECONDS = 300.0  # for all of it
_INPUT = 1_000_000  # characters of what git says is pushed
_COMMITS = 8  # with something new, in one push
_FILES, _BYTES = 100_000, 1_000_000_000  # of one commit
_LARGE = 20_000_000  # bytes; a larger file is not checked and need not be whole
_AT_ONCE = 50_000_000  # bytes of files in memory
_NOBODY = "0"
_OBJECT = re.compile("HEAD|0|[0-9a-f]{40}|[0-9a-f]{64}")
_REFS = ("refs/heads/", "refs/tags/")
_WAY_OUT = "`git push --no-verify` pushes all the same, as to have it reviewed; CI asks again"
_PARTIAL = (
    "this clone has only a part of the commit: `git fetch --refetch --no-filter` gets the rest"
)
_OF_PARTIAL = ("could not fetch", "promisor", "lazy fetching", "object info")  # git's words
_WHY = {
    1: "the gate blocks it, see above",
    2: "its settings are wrong, see above",
    3: "not all of it could be checked, see above",
}


class _Update(NamedTuple):
    """A ref that is to be pushed: what it is called here, and its objects here and on the remote."""

    ref: str
    new: str
    old: str


def main(argv: list[str]) -> int:
    """Judge what git is about to push to the remote that `argv` names. Exit 0, or 1 to refuse the push."""
    told = _told()
    base = places.place_of(os.curdir).base
    if not base:
        return _DONE
    remote = argv[0] if argv else os.environ.get("PRE_COMMIT_REMOTE_NAME", "")
    try:
        return _judged(Path(base), remote, list(_updates(told)), time.monotonic() + _SECONDS)
    except git.GitError as error:
        _say(f"what is pushed could not be checked: {error}; {_WAY_OUT}")
    except OSError as error:
        _say(f"what is pushed could not be checked: {error.strerror or error}; {_WAY_OUT}")
    return _REFUSED


def _told() -> str:
    """What is pushed, in git's words: the program pre-commit keeps those to itself and tells in variables, or nothing."""
    if os.environ.get("PRE_COMMIT"):
        said = {"TO_REF": "HEAD", "REMOTE_BRANCH": "refs/heads/HEAD", "FROM_REF": _NOBODY}
        words = [os.environ.get(f"PRE_COMMIT_{name}") or other for name, other in said.items()]
        return " ".join(["HEAD", *words])
    return sys.stdin.read(_INPUT + 1) if sys.stdin else ""


def _judged(root: Path, remote: str, updates: list[_Update], deadline: float) -> int:
    seen: dict[str, str] = {}
    for update in updates:
        commit = git.commit(root, update.new)
        if not commit or commit in seen:  # a tag may name a file
            continue
        since = _base(root, remote, update.old, commit)
        if since == commit or (since and not _count(root, since, commit)):
            continue
        seen[commit] = update.ref
        if len(seen) > _COMMITS:
            raise git.GitError(f"over {_COMMITS} branches with something new are pushed at once")
        code = _gate(root, commit, since, deadline)
        if code:
            name = update.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
            _say(
                f"{name} is not pushed: {_WHY.get(code, f'the check ended with {code}')}; {_WAY_OUT}"
            )
            return _REFUSED
    return _DONE


def _updates(told: str) -> Iterator[_Update]:
    """What git says: for each ref its name and object here, then those on the remote; zeros where there is none.

    Raises:
        GitError: it says more than anybody pushes.
    """
    if len(told) > _INPUT:
        raise git.GitError("too many refs are pushed at once")
    for line in told.splitlines():
        words = line.split()
        if len(words) != 4:  # noqa: PLR2004 - as githooks(5) has it
            continue
        _, new, there, old = words
        known = _OBJECT.fullmatch(new) and _OBJECT.fullmatch(old)
        if known and new.strip(_NOBODY) and there.startswith(_REFS):
            yield _Update(there, new, old if old.strip(_NOBODY) else "")


def _base(root: Path, remote: str, old: str, commit: str) -> str:
    """Where what is pushed branched off from what the remote has; "" when nothing is known of that.

    The remote's main branch goes before what the branch had there: who pushes in two steps is not to choose what the
    second one is compared with.
    """
    main = [f"refs/remotes/{remote}/{name}" for name in ("HEAD", "main", "master")]
    for ref in (*main, old):
        known = git.commit(root, ref)
        if known:
            told = git.run(root, "merge-base", known, commit, ok=(0, 1))
            if found := told.decode("ascii").strip():
                return found
    return ""


def _gate(root: Path, commit: str, since: str, deadline: float) -> int:
    """The exit code of `vetline check --gate` for a commit."""
    with _tree(root, commit) as tree:
        program = [sys.executable, "-P", "-m", "vetline"]
        against = ["--diff-base", since] if since else []
        told = ["check", "--gate", *against, "--output-format", "concise"]
        # The hook's own variables point to the repository that is pushed from.
        environ = {name: value for name, value in os.environ.items() if not _is_of_hook(name)}
        with subprocess.Popen(
            [*program, *told], cwd=tree, env=environ, stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(), start_new_session=os.name != "nt",
        ) as check:  # fmt: skip
            try:
                return check.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise git.GitError(f"the check took over {_SECONDS:g} s") from None
            finally:
                _end(check)


def _is_of_hook(name: str) -> bool:
    return name.startswith("GIT_") and not name.startswith("GIT_CONFIG")


def _end(check: subprocess.Popen[bytes]) -> None:
    """End a check with its workers, when it has not ended by itself."""
    if check.poll() is not None:
        return
    with contextlib.suppress(OSError):
        if os.name == "nt":
            check.kill()
        else:
            os.killpg(check.pid, signal.SIGKILL)


@contextlib.contextmanager
def _tree(root: Path, commit: str) -> Iterator[Path]:
    """A work tree of the repository with the files of a commit, while the block runs."""
    with tempfile.TemporaryDirectory(prefix="vetline-push-", ignore_cleanup_errors=True) as folder:
        tree = Path(os.path.realpath(folder), root.name or "tree")
        git.run(root, "worktree", "add", "--quiet", "--no-checkout", "--detach", str(tree), commit)
        try:
            _write(root, commit, tree)
            yield tree
        finally:
            with contextlib.suppress(git.GitError):
                git.run(root, "worktree", "remove", "--force", str(tree))


def _write(root: Path, commit: str, tree: Path) -> None:
    """Write the regular files of a commit; links and submodules hold nothing that would be checked.

    Raises:
        GitError: it is too large, or a name in it leads elsewhere.
        OSError: they cannot be written.
    """
    batch: dict[str, list[Path]] = {}
    count = total = held = 0
    for entry in _listed(root, commit).split(b"\0"):
        about, _, name = entry.partition(b"\t")
        if not about.startswith(b"100"):
            continue
        blob, size = about.split()[2].decode("ascii"), int(about.split()[3])
        count, total = count + 1, total + min(size, _LARGE)
        if count > _FILES or total > _BYTES:
            raise git.GitError("the commit is too large to be checked at a push: leave it to CI")
        path = _within(tree, os.fsdecode(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        if size > _LARGE:
            path.touch()
            os.truncate(path, size)
            continue
        batch.setdefault(blob, []).append(path)
        held += size
        if held > _AT_ONCE:
            _fill(root, batch)
            batch, held = {}, 0
    _fill(root, batch)


def _listed(root: Path, commit: str) -> bytes:
    """The files of a commit and their sizes, as `git ls-tree -l` tells them.

    Raises:
        GitError: not all of them are here, or git cannot be asked.
    """
    try:
        return git.run(root, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
    except git.GitError as error:
        is_partial = any(word in str(error) for word in _OF_PARTIAL)
        raise git.GitError(_PARTIAL if is_partial else str(error)) from None


def _fill(root: Path, batch: dict[str, list[Path]]) -> None:
    contents = trust.contents(root, batch, _LARGE, _BYTES)
    if len(contents) < len(batch):
        raise git.GitError(_PARTIAL)
    for blob, paths in batch.items():
        for path in paths:
            path.write_bytes(contents[blob])


def _within(tree: Path, name: str) -> Path:
    """Where a file of a commit is written.

    Raises:
        GitError: git itself would refuse the name.
    """
    parts = name.split("/")
    if any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts):
        raise git.GitError("the commit holds a name that leads out of it")
    return tree.joinpath(*parts)


def _count(root: Path, since: str, commit: str) -> int:
    return int(git.run(root, "rev-list", "--count", "--max-count=1", f"{since}..{commit}"))


def _say(what: str) -> None:
    sys.stderr.write(f"vetline pre-push: {visible(' '.join(what.split()))}\n")
