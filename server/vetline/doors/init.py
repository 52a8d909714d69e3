"""`vetline init`: set a project up with a policy, the people who may approve, CI and git's hooks.

Writes what is not there yet and leaves alone what is: of that it says what to add. A second run changes nothing.

Exit codes: 0 done, or nothing to do; 2 wrong usage; 3 a file could not be read or written, the others are done.
"""

from __future__ import annotations

import json
import os
import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import __version__, disk, forges, git, places, signing, ssh, templates
from vetline.doors import hook_files, install_git_hooks, install_hooks
from vetline.doors import options as words
from vetline.formats import visible
from vetline.templates import Project, Step, signers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_DONE, _USAGE, _LEFT = 0, 2, 3
_DOOR = "init"
_SECONDS = 5.0
_BRANCH = re.compile(r"[\w.][\w./-]{0,200}", re.ASCII)
_SOURCE = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,500}")
_ADDRESS = re.compile(r"[^\s,*?!\"<>@]{1,100}@[^\s,*?!\"<>@]{1,200}")
_WHERE_FROM = (
    "where CI gets Vetline from is not known, since this one was not installed from an index or a commit: fill in "
    "VETLINE_FROM in the CI file, or name it with --from; until then the job fails and says so"
)

_NEXT = """Next:
  - look at the policy, and commit these files: what decides counts once it is in the main branch
  - `vetline install-hooks` has the coding agents found here report what they write
  - who else may approve runs `vetline init --me`, which gives their line for .vetline/allowed_signers
"""


def main(argv: list[str]) -> int:
    """Set the project up; gives the exit code."""
    try:
        options = _parser().parse_args(argv)
        here = Path.cwd()
        root = Path(places.place_of(str(here)).base or os.path.realpath(here))
        return _set_up(root, options)
    except words.UsageError as error:
        words.tell(_DOOR, str(error))
        return _USAGE


def _parser() -> words.Parser:
    parser = words.Parser(prog="vetline init", description=__doc__)
    parser.add_argument(
        "--ci", action="append", choices=(*templates.CI, "none"),
        help="write the CI of this forge (repeatable); by itself what the project or its remote shows",
    )  # fmt: skip
    parser.add_argument(
        "--from", dest="source", metavar="REQUIREMENT",
        help='what pip installs in CI: "vetline @ git+https://HOST/OWNER/vetline@COMMIT"',
    )  # fmt: skip
    parser.add_argument(
        "--me", action="store_true", help="let yourself approve: your signing key, as git has it"
    )
    parser.add_argument(
        "--pre-commit", action="store_true", help="write a configuration of pre-commit"
    )
    parser.add_argument("--no-hooks", action="store_true", help="leave git's hooks alone")
    parser.add_argument(
        "--no-pre-push",
        action="store_true",
        help="set up git's hooks without the gate before a push",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be written as a diff"
    )
    return parser


def _set_up(root: Path, options: argparse.Namespace) -> int:
    is_repository = bool(places.place_of(str(root)).base)
    remote = _remote(root) if is_repository else forges.Remote()
    chosen = _ci(root, remote, options.ci)
    source = options.source or _installed_from()
    if not _SOURCE.fullmatch(source or "x"):
        raise words.UsageError("--from: expected what pip installs, on one line")
    signer = _signer(root) if options.me else ""
    unread: set[str] = set()
    project = Project(
        _reader(root, unread), source, _branch(root) if is_repository else "main", signer
    )
    names = ["policy", "signers", *chosen]
    if options.pre_commit or project.read(".pre-commit-config.yaml") is not None:
        names.append("pre_commit")
    steps = [step for name in names for step in templates.named(name).steps(project)]
    code = max(
        [_DONE, *(_take(root, step, options.dry_run, step.path in unread) for step in steps)]
    )
    if not steps:
        words.write("Policy, signers and CI are there already.\n")
    if chosen and not source and any(step.text and "VETLINE_FROM" in step.text for step in steps):
        words.tell(_DOOR, _WHERE_FROM)
    if not chosen and not options.ci:
        words.write("No CI was recognised here; --ci github or --ci gitlab writes one.\n")
    code = max(code, _hooks(root, options, is_repository=is_repository))
    if steps and not options.dry_run:
        words.write(_NEXT)
    return code


def _hooks(root: Path, options: argparse.Namespace, *, is_repository: bool) -> int:
    if options.no_hooks:
        return _DONE
    if not is_repository:
        words.tell(_DOOR, "this is no git repository: run `vetline install-hooks --git` once it is")
        return _DONE
    options.uninstall = False
    return install_git_hooks.run(root, install_hooks.program(), options)


def _take(root: Path, step: Step, dry_run: bool, is_unread: bool) -> int:  # noqa: FBT001 - private
    """Write a file, or say what to do about it; gives the exit code."""
    shown = visible(step.path)
    if is_unread:
        return _LEFT  # it was said already
    if step.text is None:
        words.write(f"{shown} {step.advice.rstrip()}\n")
        return _DONE
    path = root / step.path
    try:
        change = hook_files.Change(path, hook_files.load(path), step.text)
        if not dry_run:
            _stay_inside(root, path)
            hook_files.apply(change)
    except OSError as error:
        words.tell(
            _DOOR, f"{shown} {disk.reason(error).replace('cannot be read', 'cannot be written')}"
        )
        return _LEFT
    done = "written" if change.old is None else "the policy was added"
    words.write(hook_files.diff(change, shown) if dry_run else f"{shown}: {done}\n")
    return _DONE


def _stay_inside(root: Path, path: Path) -> None:
    """Refuse to write where a link of the project's leads.

    Raises:
        OSError: it leads elsewhere.
    """
    folder = os.path.realpath(path.parent)
    if path.is_symlink() or not Path(folder).is_relative_to(os.path.realpath(root)):
        raise OSError(0, "is a link, or lies behind one: it is left alone")


def _reader(root: Path, unread: set[str]) -> Callable[[str], str | None]:
    def read(path: str) -> str | None:
        try:
            return hook_files.load(root / path)
        except OSError as error:
            if path not in unread:
                words.tell(_DOOR, f"{visible(path)} {disk.reason(error)}")
            unread.add(path)
            return ""

    return read


def _ci(root: Path, remote: forges.Remote, asked: list[str] | None) -> list[str]:
    """Whose CI to write: what is asked for, else what the project's files or its remote show."""
    if asked:
        if "none" in asked and len(set(asked)) > 1:
            raise words.UsageError("--ci none goes with no other --ci")
        return [name for name in templates.CI if name in asked]
    signs = {"github": (".github",), "gitlab": (".gitlab-ci.yml", ".gitlab")}
    found = [
        name for name in templates.CI if any(os.path.lexists(root / sign) for sign in signs[name])
    ]
    return found or [name for name in templates.CI if name in remote.host.split(".")]


def _remote(root: Path) -> forges.Remote:
    return forges.remote_of(_asked(root, "config", "--get", "remote.origin.url"))


def _branch(root: Path) -> str:
    """The main branch: the remote's, else the one we are on."""
    told = _asked(root, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    name = told.removeprefix("origin/") or _asked(
        root, "symbolic-ref", "--quiet", "--short", "HEAD"
    )
    return name if _BRANCH.fullmatch(name) else "main"


def _asked(root: Path, *question: str) -> str:
    """A line of git's; "" where it has none."""
    try:
        told = git.run(root, *question, ok=(0, 1, 128), timeout=_SECONDS)
    except git.GitError:
        return ""
    return told.decode("utf-8", "replace").strip()


def _signer(root: Path) -> str:
    """The line for the person who runs this.

    Raises:
        UsageError: git does not know their address or their SSH key.
    """
    try:
        key = signing.key_of(root)
    except ssh.SigningError as error:
        raise words.UsageError(f"--me: {error}") from None
    address = _asked(root, "config", "--get", "user.email")
    if not _ADDRESS.fullmatch(address):
        raise words.UsageError("--me: git does not know your address: set user.email")
    return signers.line(address, key.line)


def _installed_from() -> str:
    """What pip would install this very Vetline from; "" for a folder of this machine.

    As PEP 610 tells it (packaging.python.org/specifications/direct-url).
    """
    try:
        told = metadata.distribution("vetline").read_text("direct_url.json")
        data = json.loads(told) if told else None
    except (metadata.PackageNotFoundError, ValueError):
        return ""
    if data is None:
        return f"vetline=={__version__}"
    url, vcs = str(data.get("url", "")), data.get("vcs_info") or {}
    if (
        not url.startswith(("https://", "ssh://"))
        or "@" in url.partition("://")[2].partition("/")[0]
    ):
        return ""
    if vcs.get("vcs") == "git" and vcs.get("commit_id"):
        return f"vetline @ git+{url}@{vcs['commit_id']}"
    digest = (data.get("archive_info") or {}).get("hashes", {}).get("sha256", "")
    return f"vetline @ {url}#sha256={digest}" if digest else ""
