"""What git knows of a folder, by reading its files or asking the program."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 30.0  # seconds for one run of git
# The monitor is a program that the repository names; a promised object would be fetched by another.
_SAFE = {"core.fsmonitor": "false", "protocol.allow": "never"}


class GitError(Exception):
    """Git could not answer; the message is one line for a person."""


def git_dir(path: Path) -> Path | None:
    """The git directory that the worktrees of `path`'s repository share; None outside of one.

    Found by reading, git is not run.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - absolute() would keep ".."
    for folder in (path, *path.parents):
        dot = folder / ".git"
        if os.path.isdir(dot):  # noqa: PTH112 - never raises
            return dot
        if not os.path.lexists(dot):
            continue
        pointer = _line(dot)
        if not pointer.startswith("gitdir:"):
            return None
        found = folder / pointer.removeprefix("gitdir:").strip()
        common = found / (_line(found / "commondir") or ".")
        # A HEAD, because whoever asks may write there and a pointer can point anywhere.
        return Path(os.path.normpath(common)) if os.path.isfile(common / "HEAD") else None  # noqa: PTH113 - never raises
    return None


def _line(path: Path) -> str:
    try:
        if not path.is_file():  # opening a pipe would wait for its writer
            return ""
        with path.open("rb") as stream:
            return os.fsdecode(stream.read(4096)).strip()
    except OSError:
        return ""


def changed_files(root: Path, ref: str) -> list[str]:
    """Paths under `root`, relative to it, that differ from the commit `ref`.

    Files that git does not know yet are among them; those that are gone are not.

    Raises:
        GitError: there is no such commit, no repository or no git.
    """
    commit = _commit(root, ref)
    changed = ("diff", "--name-only", "-z", "--relative", "--no-renames", "--diff-filter=d")
    out = _git(root, *changed, "--no-ext-diff", "--no-textconv", commit, "--")
    out += _git(root, "ls-files", "-z", "--others", "--exclude-standard")
    return sorted({os.fsdecode(name) for name in out.split(b"\0") if name})


def renamed(root: Path, ref: str) -> dict[str, str]:
    """New path → old path, relative to `root`, of files that git sees as renamed since `ref`.

    Raises:
        GitError: there is no such commit, no repository or no git.
    """
    renames = ("diff", "--name-status", "-z", "--relative", "--find-renames", "--diff-filter=R")
    out = _git(root, *renames, "--no-ext-diff", "--no-textconv", _commit(root, ref), "--")
    fields = out.split(b"\0")
    names = [os.fsdecode(name) for name in fields[:-1]]  # status, old, new; status, …
    return dict(zip(names[2::3], names[1::3], strict=True))


def content(root: Path, ref: str, path: str) -> bytes | None:
    """The content of `path`, relative to `root`, in the commit `ref`; None when it is not in it.

    Raises:
        GitError: there is no such commit, no repository or no git.
    """
    commit = _commit(root, ref)
    entry = _git(root, "ls-tree", "-z", commit, "--", f":(literal){path}")
    mode, kind, name = [*entry.decode("utf-8", "replace").partition("\t")[0].split(), "", "", ""][
        :3
    ]
    if kind != "blob" or not mode.startswith("100"):  # a folder, a link, a submodule
        return None
    return _git(root, "cat-file", "blob", name)


def _commit(root: Path, ref: str) -> str:
    if ref.startswith("-") or not ref or "\0" in ref:
        raise GitError(f"{ref!r} is not a commit here")
    found = _git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", ok=(0, 1, 128))
    if not found:
        _git(root, "rev-parse", "--git-dir")  # says so when there is no repository
        raise GitError(f"{ref!r} is not a commit here")
    return found.decode("ascii").strip()


def _git(root: Path, *arguments: str, ok: tuple[int, ...] = (0,)) -> bytes:
    done = _run(root, arguments, {**_SAFE, **_no_filters(root)})
    if done.returncode not in ok:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
        raise GitError(words[0].removeprefix("fatal: "))
    return done.stdout


@cache
def _no_filters(root: Path) -> dict[str, str]:
    """Settings that empty the content filters a repository names, which `git diff` would run."""
    listed = _run(root, ("config", "--null", "--name-only", "--get-regexp", r"^filter\."), _SAFE)
    drivers = {name.rpartition(".")[0] for name in os.fsdecode(listed.stdout).split("\0") if name}
    parts = (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
    return {f"{driver}.{part}": value for driver in sorted(drivers) for part, value in parts}


def _run(
    root: Path, arguments: tuple[str, ...], settings: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a repository that may be anybody's: it must run no program of the repository's."""
    # A hook's variables point to the repository of the hook.
    hooks = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
    environ = {name: value for name, value in os.environ.items() if name not in hooks}
    environ |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    environ |= {"GIT_NO_LAZY_FETCH": "1", "GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        environ |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    command = ["git", "-C", str(root), "--no-pager", *arguments]
    try:
        return subprocess.run(
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=TIMEOUT, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git took over {TIMEOUT:g} s") from None
