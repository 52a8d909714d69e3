"""`vetline install-hooks`: have agents tell us what they write, and git what is committed.

Edits the files that agents and git keep their hooks in, beside what is there; a second run changes
nothing, and --uninstall takes out what was put in. Without --agent it is done for the agents that are
found in the project or the user's home.

Exit codes: 0 done, or nothing to do; 2 wrong usage; 3 a file was left as it was, the others are done.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import agents, disk, places
from vetline.doors import hook_files, install_git_hooks
from vetline.doors import options as words
from vetline.formats import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from vetline.agents import Agent

_DONE, _USAGE, _LEFT = 0, 2, 3
_DOOR = "install-hooks"
# In a file that others get with the project only a name makes sense, and without the program a hook of it
# must not disturb them: Copilot CLI would refuse every edit. One's own file holds where it is, since an
# editor that was started from a menu has another PATH than a shell.
_BY_NAME = "vetline hook" if os.name == "nt" else "! command -v vetline >/dev/null || vetline hook"


class _Where(NamedTuple):
    """Whose files are edited: the project's at `root`, or the user's own."""

    root: Path
    home: Path
    own: bool

    def file(self, agent: Agent) -> Path | None:
        return agent.config(None if self.own else self.root, self.home)


def main(argv: list[str]) -> int:
    """Set hooks up or take them out, one line each; gives the exit code."""
    try:
        return _main(_parser().parse_args(argv))
    except words.UsageError as error:
        words.tell(_DOOR, str(error))
        return _USAGE


def _main(options: argparse.Namespace) -> int:
    here = Path.cwd()
    root = Path(places.place_of(str(here)).base or os.path.realpath(here))
    try:
        where = _Where(root, Path.home(), own=options.user)
    except RuntimeError:
        raise words.UsageError("there is no home folder: set HOME") from None
    chosen = _chosen(options, where)
    code = _DONE
    if chosen:
        code = max(code, *(_set_up(each, where, options) for each in _by_file(chosen, where)))
    if options.git:
        code = max(code, install_git_hooks.run(root, program(), options))
    return code


def _chosen(options: argparse.Namespace, where: _Where) -> list[Agent]:
    """The agents that are asked for, else those that are found.

    Raises:
        UsageError: one is not known, or has no file to be set up in.
    """
    known = {agent.NAME: agent for agent in agents.all_agents() if where.file(agent)}
    for name in options.agent:
        if name not in known:
            hint = words.did_you_mean(name, known) or f": choose from {', '.join(known)}"
            raise words.UsageError(f"no hooks can be set up for agent {name!r}{hint}")
    if options.agent or options.git:
        return [known[name] for name in dict.fromkeys(options.agent)]
    if options.uninstall:
        there = [agent for agent in known.values() if _is_there(agent, where)]
        if not there:
            words.write("No hooks of agents were found here.\n")
        return there
    found = [agent for agent in known.values() if _is_used(agent, where)]
    if not found:
        words.write(
            f"No agent was found here; --agent NAME sets one up: {', '.join(known)}. "
            "--git sets up git's hooks.\n"
        )
    return found


def _is_there(agent: Agent, where: _Where) -> bool:
    file = where.file(agent)
    return file is not None and os.path.lexists(file)


def _is_used(agent: Agent, where: _Where) -> bool:
    bases = (where.home,) if where.own else (where.root, where.home)
    # Never raises, unlike pathlib's.
    return any(os.path.isdir(base / folder) for base in bases for folder in agent.FOLDERS)  # noqa: PTH112 - see above


def _by_file(chosen: Iterable[Agent], where: _Where) -> list[list[Agent]]:
    """The agents, those together that read one file."""
    found: dict[Path | None, list[Agent]] = {}
    for agent in chosen:
        found.setdefault(where.file(agent), []).append(agent)
    return list(found.values())


def _set_up(sharing: list[Agent], where: _Where, options: argparse.Namespace) -> int:
    """Edit the file of agents that share one; gives the exit code."""
    file = where.file(sharing[0])
    if file is None:  # it would not have been chosen
        return _DONE
    title, shown = " and ".join(each.TITLE for each in sharing), _shown(file, where)
    try:
        change = _change(sharing[0], file, where, uninstall=options.uninstall)
        if change.new != change.old and not options.dry_run:
            hook_files.apply(change)
    except ValueError as error:
        words.tell(_DOOR, f"{title}: {shown} {error}; it was left as it is")
        return _LEFT
    except OSError as error:
        why = disk.reason(error).replace("cannot be read", "cannot be edited")
        words.tell(_DOOR, f"{title}: {shown} {why}")
        return _LEFT
    if change.new == change.old:
        none = "no hooks of ours in" if options.uninstall else "set up already in"
        words.write(f"{title}: {none} {shown}\n")
    elif options.dry_run:
        words.write(hook_files.diff(change, shown))
    else:
        base = where.home if where.own else where.root
        inside = change.path.is_relative_to(os.path.realpath(base))
        away = "" if inside else f" (a link to {visible(str(change.path))})"
        done = "taken out of" if options.uninstall else "set up in"
        words.write(f"{title}: {done} {shown}{away}\n")
        for each in () if options.uninstall else sharing:
            words.write(f"  {each.TITLE}: {each.TO_DO}.\n" if each.TO_DO else "")
    return _DONE


def _change(agent: Agent, file: Path, where: _Where, *, uninstall: bool) -> hook_files.Change:
    """What becomes of an agent's file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not what the agent would read.
    """
    path = Path(os.path.realpath(file))
    old = hook_files.load(path)
    mark = "\ufeff" if old and old.startswith("\ufeff") else ""
    text = (old or "").removeprefix(mark)
    if not text.isascii() and any("\udc80" <= char <= "\udcff" for char in text):
        raise ValueError("is not UTF-8")
    new = agent.without(text) if uninstall else agent.merged(text, _command(own=where.own))
    return hook_files.Change(
        path, old, mark + new if new or (new == text and old is not None) else None
    )


def program() -> list[str]:
    """Our own command, with its full path."""
    beside = Path(sys.executable).with_name("vetline.exe" if os.name == "nt" else "vetline")
    found = str(beside) if beside.is_file() else shutil.which("vetline")
    return [os.path.abspath(found)] if found else [sys.executable, "-m", "vetline"]  # noqa: PTH100 - a venv's links stay


def _command(*, own: bool) -> str:
    """What an agent is to run, for its shell."""
    if not own:
        return _BY_NAME
    argv = [*program(), "hook"]
    return subprocess.list2cmdline(argv) if os.name == "nt" else shlex.join(argv)


def _shown(path: Path, where: _Where) -> str:
    base, start = (where.home, "~/") if where.own else (where.root, "")
    return visible(start + path.relative_to(base).as_posix())


def _parser() -> words.Parser:
    parser = words.Parser(prog="vetline install-hooks", description=__doc__)
    parser.add_argument(
        "--agent", action="append", default=[], metavar="NAME", help="this one only (repeatable)"
    )
    files = parser.add_mutually_exclusive_group()
    files.add_argument("--project", action="store_true", help="edit the project's files (default)")
    files.add_argument("--user", action="store_true", help="edit your own files, for every project")
    parser.add_argument("--git", action="store_true", help="set up the repository's git hooks")
    parser.add_argument(
        "--no-pre-push", action="store_true", help="with --git: do not ask the gate before a push"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change as a diff")
    parser.add_argument("--uninstall", action="store_true", help="take out what was put in")
    return parser
