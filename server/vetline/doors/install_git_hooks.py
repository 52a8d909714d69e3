"""Git's hooks, for `install-hooks --git`: a block of ours at the head of each, beside what is there.

A hook that is a shell script gets the block; any other one (a program, a link, one that is switched off)
is moved aside and called by a script of ours. The block runs in a shell of its own, ends well whatever
happens and leaves arguments, standard input and the exit code to what follows. Only that of `pre-push` may say no: it
asks the gate.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, git
from vetline.doors import hook_files
from vetline.doors import options as words
from vetline.formats import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_PUSH = "pre-push"
HOOKS = ("prepare-commit-msg", "post-commit", "post-rewrite", "post-merge", _PUSH)
_DONE, _USAGE, _LEFT = 0, 2, 3
_DOOR = "install-hooks"
_SECONDS = 60  # what git waits for at most, where there is a `timeout`
_HEAD, _TAIL = "# >>> vetline >>>", "# <<< vetline <<<"
_BLOCK = re.compile(rf"^{_HEAD}.*?^{_TAIL}\n", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"#!.*\b(?:sh|bash|dash|ksh|zsh)\b[^/\n]*\n")
_FIRST = "#!/bin/sh\n"
_ALONE = "# The whole file is vetline's.\n"
_ASIDE = ".vetline-original"
_NEXT = f'[ ! -x "$0{_ASIDE}" ] || exec "$0{_ASIDE}" "$@"\n'

# These read what git tells on standard input: what was read for us is put back for what follows.
_READING = ("post-rewrite", _PUSH)
_READS = """\
vetline_input=$(cat)
"""
_PUTS_BACK = """\
[ -z "$vetline_input" ] || exec <<VETLINE_INPUT
$vetline_input
VETLINE_INPUT
"""
_RUN = """\
(
  %sif command -v vetline >/dev/null; then set -- vetline git-hook %s "$@"
  else exit 0; fi
  if command -v timeout >/dev/null; then set -- timeout %d "$@"; fi
  %s"$@" >&2
) || :
"""
# It bounds its own time, and must be interrupted by who waits for it: `timeout` would take it out of their reach.
_ASK = """\
(
  %sif command -v vetline >/dev/null; then set -- vetline git-hook %s "$@"
  else echo "vetline is not installed: what is pushed was not checked" >&2; exit 0; fi
  printf '%%s\\n' "$vetline_input" | "$@" >&2
) || exit 1
"""
_RUN_OURS = """if [ -x %s ]; then set -- %s git-hook %s "$@"
  el"""


class _Folder(NamedTuple):
    """Where git looks for hooks.

    Attributes:
        path: the folder.
        note: what a person should know of it.
        tracked: its files are everybody's, so that no path of this machine belongs in them.
        husky: its files are scripts without a first line and need not be executable.
    """

    path: Path
    note: str = ""
    tracked: bool = False
    husky: bool = False


def run(root: Path, program: Sequence[str], options: argparse.Namespace) -> int:
    """Set the hooks of the repository at `root` up or take them out; gives the exit code."""
    try:
        folder = _folder(root)
    except git.GitError as error:
        words.tell(_DOOR, f"git hooks: {error}")
        return _USAGE
    code, done = _DONE, []
    for name in HOOKS:
        path = folder.path / name
        shown = visible(str(path.relative_to(root) if path.is_relative_to(root) else path))
        try:
            goes = options.uninstall or (name == _PUSH and options.no_pre_push)
            change = _removed(path) if goes else _added(path, folder, name, program)
            if change and options.dry_run:
                words.write(hook_files.diff(change, shown))
            elif change:
                hook_files.apply(change)
                if goes and not options.uninstall:
                    words.write(f"git hooks: {name} taken out\n")
                else:
                    done.append(name)
        except BrokenPipeError:  # nobody reads any more what we tell
            raise
        except (OSError, ValueError) as error:
            why = disk.reason(error) if isinstance(error, OSError) else str(error)
            words.tell(
                _DOOR, f"git hooks: {shown} {why.replace('cannot be read', 'cannot be edited')}"
            )
            code = _LEFT
    _tell(root, folder, done, options, code)
    return code


def _tell(
    root: Path, folder: _Folder, done: list[str], options: argparse.Namespace, code: int
) -> None:
    where = visible(
        str(folder.path.relative_to(root) if folder.path.is_relative_to(root) else folder.path)
    )
    if done:
        said = "taken out of" if options.uninstall else "set up in"
        words.write(f"git hooks: {said} {where}: {', '.join(done)}\n")
        if folder.note:
            words.write(f"  {folder.note}.\n")
    elif not options.dry_run and code == _DONE:
        words.write(
            f"git hooks: {'none of ours in' if options.uninstall else 'set up already in'} {where}\n"
        )


def _folder(root: Path) -> _Folder:
    """Where git looks for the hooks of the work tree at `root`.

    Raises:
        GitError: there is no repository, or git cannot be asked.
    """
    common = git.git_dir(root)
    if common is None:
        raise git.GitError("this is no git repository")
    configured = git.hooks_path(root)
    if configured is None:
        return _Folder(common / "hooks")
    path = Path(os.path.normpath(root / configured))
    if path.name == "_" and path.parent.name == ".husky":
        note = "the files are husky's and belong to the repository: commit them"
        return _Folder(path.parent, note, tracked=True, husky=True)
    if path.is_relative_to(root) and not path.is_relative_to(common):
        note = (
            "core.hooksPath lies in the work tree: the files belong to the repository, commit them"
        )
        return _Folder(path, note, tracked=True)
    if not path.is_relative_to(common):
        return _Folder(path, "core.hooksPath is shared: these hooks run for every repository")
    return _Folder(path)


def _added(
    path: Path, folder: _Folder, name: str, program: Sequence[str]
) -> hook_files.Change | None:
    """What becomes of a hook, None when it is as it shall be.

    Raises:
        OSError: it cannot be read.
        ValueError: it cannot be edited without losing something.
    """
    block = _block(name, () if folder.tracked else program)
    there = os.path.lexists(path)
    text = hook_files.load(path) if there and not path.is_symlink() else None
    if text is not None and (ours := _BLOCK.search(text)):
        alone = _ALONE if _ALONE in ours[0] else ""
        new = text[: ours.start()] + _with(block, alone) + text[ours.end() :]
        return None if new == text else hook_files.Change(path, text, new)
    if not there:
        return hook_files.Change(path, None, _FIRST + _with(block, _ALONE), executable=True)
    runs = folder.husky or os.access(path, os.X_OK)
    if text is not None and runs and (folder.husky or _SHELL.match(text)):
        first = found[0] if (found := _SHELL.match(text)) else ""
        return hook_files.Change(path, text, first + block + text.removeprefix(first))
    aside = path.with_name(path.name + _ASIDE)
    if os.path.lexists(aside):
        raise ValueError(f"cannot be moved aside: {aside.name} is there already")
    return hook_files.Change(path, None, _FIRST + block + _NEXT, executable=True, aside=aside)


def _removed(path: Path) -> hook_files.Change | None:
    """What becomes of a hook without us, None when we are not in it.

    Raises:
        OSError: it cannot be read.
    """
    text = None if path.is_symlink() else hook_files.load(path)
    if text is None or not (ours := _BLOCK.search(text)):
        return None
    left = text[: ours.start()] + text[ours.end() :]
    if left == _FIRST + _NEXT:
        aside = path.with_name(path.name + _ASIDE)
        return hook_files.Change(path, text, None, back=aside if os.path.lexists(aside) else None)
    return hook_files.Change(path, text, None if left == _FIRST and _ALONE in ours[0] else left)


def _with(block: str, line: str) -> str:
    return block.replace("\n", f"\n{line}", 1)


def _block(name: str, program: Sequence[str]) -> str:
    command = [Path(word).as_posix() if Path(word).is_absolute() else word for word in program]
    ours = _RUN_OURS % (shlex.quote(command[0]), shlex.join(command), name) if command else ""
    reads = name in _READING
    feed = """printf '%s\\n' "$vetline_input" | """ if reads else ""
    run = _ASK % (ours, name) if name == _PUSH else _RUN % (ours, name, _SECONDS, feed)
    body = f"{_READS}{run}{_PUTS_BACK}" if reads else run
    return f"{_HEAD} written by `vetline install-hooks --git`\n{body}{_TAIL}\n"
