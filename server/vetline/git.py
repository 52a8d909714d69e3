"""What git knows of a folder, by reading its files or asking the program.

The repository may be anybody's, so git is asked only what needs no program that a repository can name:
commits, trees and blobs. Files are compared with blobs here, not by `git diff`, which would run filters
and hooks for it.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from vetline import disk, places

if TYPE_CHECKING:
    from collections.abc import Iterable

TIMEOUT = 30.0  # seconds for one run of git
_LARGE = 64_000_000  # bytes; a larger file is taken for changed
_MAX_RENAMES = 100  # files of each kind; beyond it only equal content is a rename, as for git
_COMPARED = 1_000_000  # bytes; the lines of a larger file are not compared
_ALIKE = 0.5  # of the lines, as for git
_SHA256 = 64  # digits
_NAME = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")  # of an object
# No command here should ask for a monitor, a hook or a signature's program; if one does, there is none.
_SET = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "log.showSignature=false")
_SAFE = (*(word for setting in _SET for word in ("-c", setting)), "--no-pager")
# An object that is promised is not fetched: a transport is a program, and no commit is worth one.
_NO_FETCH = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
# A hook's variables point to the repository of the hook; others change what a question means.
_OF_HOOKS = {
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"),
    *("GIT_NAMESPACE", "GIT_NOTES_REF", "GIT_DIFF_OPTS", "GIT_EXTERNAL_DIFF"),
    *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS"),
    "GIT_ICASE_PATHSPECS",
}
_ALWAYS = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
_REFS = 4_000_000  # bytes of packed refs


class GitError(Exception):
    """Git could not answer; the message is one line for a person."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a commit.

    Attributes:
        root: the folder that the paths are relative to.
        commit: the commit's full name.
        blobs: path → name of its content, of regular files.
    """

    root: Path
    commit: str
    blobs: dict[str, str] = field(repr=False)


def git_dir(path: Path) -> Path | None:
    """The git directory that the worktrees of `path`'s repository share; None outside of one.

    Found by reading, git is not run.
    """
    found = places.git_dir(str(path))
    return Path(found) if found else None


def user(folder: Path, timeout: float) -> str:
    """Who git takes the user for in `folder`: "Name <address>", or what there is of it.

    Raises:
        GitError: git could not be asked within `timeout` seconds.
    """
    asked = ("config", "--null", "--get-regexp", r"^user\.(name|email)$")
    told = run(folder, *asked, ok=(0, 1), timeout=timeout).decode("utf-8", "replace")
    # git gives "key\nvalue" records; of several values the last one holds.
    known = dict(record.split("\n", 1) for record in told.split("\0") if "\n" in record)
    name, email = known.get("user.name", "").strip(), known.get("user.email", "").strip()
    return f"{name} <{email}>".strip() if email else name


def hooks_path(root: Path) -> str | None:
    """What `core.hooksPath` is set to for the work tree at `root`; None when it is not.

    Raises:
        GitError: git could not be asked.
    """
    asked = ("config", "--null", "--show-scope", "--type=path", "--get-all", "core.hooksPath")
    told = run(root, *asked, ok=(0, 1)).decode("utf-8", "surrogateescape").split("\0")
    # Scope and value by turns. The last one holds, but for our own on the command line.
    found = [
        value for scope, value in zip(told[::2], told[1::2], strict=False) if scope != "command"
    ]
    return found[-1] or None if found else None


def commit(root: Path, ref: str, *, timeout: float = 0) -> str:
    """The full name of the commit that a ref, a tag or the start of a name stands for; "" when there is none.

    Args:
        root: a folder of the repository; outside of one there is no commit.
        ref: anybody's word; one that git could take for something else names none.
        timeout: seconds.

    Raises:
        GitError: git cannot be run or took too long.
    """
    if ref.startswith("-") or not ref or "\0" in ref:
        return ""
    asked = ("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    told = run(root, *asked, ok=(0, 1, 128), timeout=timeout).decode("ascii", "replace").strip()
    return told if _NAME.fullmatch(told) else ""  # "^HEAD" would be all commits but these


def tree(root: Path, ref: str) -> Tree:
    """The files under `root` as they were where the work at hand branched off from `ref`.

    That is the merge base of `ref` and HEAD, or `ref` itself when the two have none.

    Raises:
        GitError: there is no such commit, no repository or no git.
    """
    known = commit(root, ref)
    if not known:
        run(root, "rev-parse", "--git-dir")  # says so when there is no repository
        raise GitError(f"{ref!r} is not a commit here")
    told = run(root, "merge-base", known, "HEAD", ok=(0, 1, 128)).decode("ascii").strip()
    base = told or known
    blobs = {}
    for entry in run(root, "ls-tree", "-r", "-z", base).split(b"\0"):
        about, _, name = entry.partition(b"\t")
        mode, _, rest = about.partition(b" ")
        if mode.startswith(b"100"):  # not a link, not a submodule
            blobs[os.fsdecode(name)] = rest.partition(b" ")[2].decode("ascii")
    return Tree(root, base, blobs)


def is_same(known: Tree, place: str) -> bool:
    """Whether the file at `place` is, up to line ends, what it is in the tree."""
    blob = known.blobs.get(place)
    return blob is not None and blob in _names_of(known, place)


def renamed(known: Tree, new: Iterable[str]) -> dict[str, str]:
    """New path → old path of the files that the tree has under a path where nothing is any more.

    Args:
        known: the tree.
        new: the paths that it does not have.

    Raises:
        GitError: git does not give what the tree holds.
    """
    new = list(new)
    if not new:
        return {}
    gone: dict[str, list[str]] = {}
    for place, blob in known.blobs.items():
        if not os.path.lexists(known.root / place):
            gone.setdefault(blob, []).append(place)
    found: dict[str, str] = {}
    for place in new if gone else ():
        if equal := next((blob for blob in _names_of(known, place) if gone.get(blob)), None):
            found[place] = gone[equal].pop()
    left = [place for place in new if place not in found]
    old = [place for places in gone.values() for place in places]
    if len(left) <= _MAX_RENAMES and len(old) <= _MAX_RENAMES:
        found |= _alike(known, left, old)
    return found


def _alike(known: Tree, new: list[str], gone: list[str]) -> dict[str, str]:
    """New path → old path of pairs that share enough lines, the most alike first."""
    suffixes = {PurePosixPath(place).suffix for place in new}
    old_lines = {
        place: _lines(content(known, place, _COMPARED) or b"")
        for place in gone
        if PurePosixPath(place).suffix in suffixes
    }
    pairs = []
    for place in new:
        try:
            lines = _lines(disk.read(known.root / place, _COMPARED))
        except OSError:
            continue
        for old, others in old_lines.items():
            larger = max(lines.total(), others.total())
            if PurePosixPath(old).suffix == PurePosixPath(place).suffix and larger:
                pairs.append(((lines & others).total() / larger, place, old))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for alike, place, old in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if alike >= _ALIKE and place not in found and old not in taken:
            found[place] = old
            taken.add(old)
    return found


def _lines(raw: bytes) -> Counter[bytes]:
    return Counter(line.strip() for line in raw.splitlines() if line.strip())


def content(known: Tree, place: str, limit: int = _LARGE) -> bytes | None:
    """The content of `place` in the tree; None when it is not in it or over `limit` bytes.

    Raises:
        GitError: git does not give it.
    """
    blob = known.blobs.get(place)
    if blob is None or int(run(known.root, "cat-file", "-s", blob)) > limit:
        return None
    return run(known.root, "cat-file", "blob", blob)


def _names_of(known: Tree, place: str) -> tuple[str, ...]:
    """What git would call the content of a file, as it is and with the line ends of Unix."""
    try:
        raw = disk.read(known.root / place, _LARGE)
    except OSError:
        return ()
    digits = len(next(iter(known.blobs.values())))
    how = hashlib.sha256 if digits == _SHA256 else hashlib.sha1
    texts = [raw, raw.replace(b"\r\n", b"\n")] if b"\r\n" in raw else [raw]
    return tuple(how(b"blob %d\0%b" % (len(text), text)).hexdigest() for text in texts)


def run(
    root: Path,
    *arguments: str,
    ok: tuple[int, ...] = (0,),
    timeout: float = 0,
    stdin: bytes = b"",
    network: bool = False,
) -> bytes:
    """What git answers, in a repository that may be anybody's: no program of the repository's is run.

    Args:
        root: a folder of the repository.
        arguments: the command and its words. Whoever asks for differences says that no driver of the
            repository's may make them: `--no-ext-diff`, `--no-textconv`.
        ok: the exit codes that are an answer.
        timeout: seconds.
        stdin: what git reads.
        network: a person asked for what needs a remote, and trusts the repository's settings for it.

    Raises:
        GitError: it failed, could not be run or took too long.
    """
    environ = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    environ |= _ALWAYS | ({} if network else {"GIT_TERMINAL_PROMPT": "0", **_NO_FETCH})
    timeout = timeout or TIMEOUT
    try:
        done = subprocess.run(
            [program(root), "-C", str(root), *_SAFE, *arguments], env=environ,
            input=stdin, capture_output=True, timeout=timeout, check=False,
        )  # fmt: skip
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git took over {timeout:g} s") from None
    if done.returncode not in ok:
        words = done.stderr.decode("utf-8", "replace").splitlines()
        told = next((word for word in words if not word.startswith("warning: ")), "git failed")
        raise GitError(told.removeprefix("fatal: "))
    return done.stdout


def refs(common: Path, under: str) -> dict[str, str]:
    """Name → object of the refs under a prefix ("refs/notes/"), by reading files: git is not run.

    Args:
        common: the git directory that work trees share.
        under: where to look, with a slash at the end.

    Raises:
        GitError: there are too many to read or only git can, and it cannot be asked.
    """
    packed = common / "packed-refs"
    many = os.path.isfile(packed) and packed.stat().st_size > _REFS  # noqa: PTH113 - never raises
    if many or os.path.isdir(common / "reftable"):  # noqa: PTH112 - never raises
        told = run(common, "for-each-ref", "--format=%(objectname) %(refname)", under)
        return _refs_in(told.decode("utf-8", "replace"), under)
    found = _refs_in(disk.text(packed, _REFS), under)
    for folder, _, names in os.walk(common / under):
        for name in names:
            path = Path(folder, name)
            if _NAME.fullmatch(value := disk.text(path, 256).strip()):
                found[path.relative_to(common).as_posix()] = value
    return found


def _refs_in(listed: str, under: str) -> dict[str, str]:
    pairs = (line.partition(" ") for line in listed.splitlines())
    return {name: value for value, _, name in pairs if name.startswith(under)}


def program(root: Path, name: str = "git") -> str:
    """Where git is, or another program. Not in the folder that is looked at, nor where we stand: that is the project's.

    The system's own search would look there first on Windows, and elsewhere for a dot in PATH.

    Raises:
        GitError: it is not installed.
    """
    name_here = f"{name}.exe" if os.name == "nt" else name
    projects = [Path(os.path.realpath(folder)) for folder in (root, Path.cwd())]
    for folder in map(os.path.realpath, filter(os.path.isabs, os.get_exec_path())):
        path = Path(folder, name_here)
        # Everything lies in the system's root, also what is nobody's project.
        if any(path.is_relative_to(each) and each != Path(each.anchor) for each in projects):
            continue
        if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113 - never raises
            return str(path)
    raise GitError(f"{name} is not installed")
