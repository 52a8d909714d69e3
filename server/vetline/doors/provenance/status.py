"""What is set up and recorded for a repository, on one screen."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import agents, config, disk, git, places
from vetline.doors import options as words
from vetline.doors import running
from vetline.doors.install_git_hooks import HOOKS
from vetline.formats import visible, whole
from vetline.stores import origins
from vetline.stores.tables import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vetline.agents import Agent
    from vetline.formats import Screen

VERSION = 1  # of the JSON
OURS, THEIRS = "refs/notes/vetline", "refs/notes/ai"
_LIMIT = 1_000_000  # bytes of a config file
_EVENTS = {"pre-edit": "edit proposed", "post-edit": "edit", "seen": "file seen"}


class Setup(NamedTuple):
    """An agent: where its hooks are set up, and what was last heard of it.

    Attributes:
        name: the agent's name.
        title: what people call it.
        where: "project", "user" or both; empty when it is not set up.
        problem: why a config file of it cannot be read; "" when all can.
        event: the kind and the time of its last event; None without one.
    """

    name: str
    title: str
    where: tuple[str, ...] = ()
    problem: str = ""
    event: tuple[str, str] | None = None


class Notes(NamedTuple):
    """What git holds of provenance.

    Attributes:
        refs: ref → how many commits have a note there.
        remotes: remote → whether fetching from it brings our notes.
        hooks: our git hooks, by name.
    """

    refs: Mapping[str, int]
    remotes: Mapping[str, bool]
    hooks: tuple[str, ...]


class Status(NamedTuple):
    """All there is to say. `database` is its path and size; `notes` is None outside a repository; `servers` are processes."""

    root: Path
    agents: tuple[Setup, ...]
    waiting: int
    rejected: int
    database: tuple[Path, int] | None
    notes: Notes | None
    servers: tuple[str, ...]


def show(path: str, output_format: str, *, no_color: bool) -> int:
    """Write the status of the repository of `path`; gives the exit code.

    Raises:
        UsageError: there is nothing at `path`.
        LedgerError: the database is damaged.
        GitError: git does not answer.
    """
    if not os.path.lexists(path):
        raise words.UsageError(f"{path}: no such file or folder")
    found = gather(path)
    if output_format == "json":
        words.write(json.dumps(_as_json(found), indent=2) + "\n")
    else:
        words.write(as_text(found, words.screen(sys.stdout, no_color=no_color)))
    return 0


def gather(path: str) -> Status:
    """The status of the repository of `path`.

    Raises:
        LedgerError: the database is damaged.
        GitError: git does not answer.
    """
    place = places.place_of(path)
    root = Path(place.base) if place.base else config.load(Path(path)).root
    folders = [Path(folder) for folder in (*place.folders, *place.former)]
    return Status(
        root=root,
        agents=tuple(_setups(root, folders)),
        waiting=sum(_files(folder / "spool") for folder in folders),
        rejected=sum(_files(folder / "spool" / "rejected") for folder in folders),
        database=next(filter(None, map(_database, folders)), None),
        notes=_notes(root) if place.base else None,
        servers=tuple(sorted(Path(each.path).stem for each in running.servers(place.folders))),
    )


def _setups(root: Path, folders: Iterable[Path]) -> Iterator[Setup]:
    """The agents we know, and others that reported something."""
    events: dict[str, tuple[str, str]] = {}
    for folder in folders:
        for name, event in origins.last_events(folder).items():
            events[name] = max(events.get(name, event), event, key=lambda each: each[1])
    for agent in agents.all_agents():
        if agent.config(None, Path.home()) is None:  # its sender calls us by itself
            continue
        where, problem = _installed(agent, root)
        yield Setup(agent.NAME, agent.TITLE, where, problem, events.pop(agent.NAME, None))
    for name, event in sorted(events.items()):
        yield Setup(name, name, event=event)


def _installed(agent: Agent, root: Path) -> tuple[tuple[str, ...], str]:
    """Where an agent's config has our hooks, and why a file of it cannot be read."""
    where, problem = [], ""
    for name, base in (("project", root), ("user", None)):
        path = agent.config(base, Path.home())
        if path is None or not os.path.lexists(path):
            continue
        try:
            text = disk.read(path, _LIMIT).decode("utf-8-sig", "replace")
            if agent.without(text) != text:
                where.append(name)
        except OSError as error:
            problem = f"{_shown(path, root)} {disk.reason(error)}"
        except ValueError as error:
            problem = f"{_shown(path, root)} {error}"
    return tuple(where), problem


def _shown(path: Path, root: Path) -> str:
    """A path as a person knows it."""
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def _files(folder: Path) -> int:
    """How many records are in a folder."""
    with suppress(OSError):
        return sum(name.endswith(".json") for name in os.listdir(folder))  # noqa: PTH208 - names only
    return 0


def _database(folder: Path) -> tuple[Path, int] | None:
    path = folder / NAME
    with suppress(OSError):
        return path, path.stat().st_size
    return None


def _notes(root: Path) -> Notes | None:
    """What git holds of provenance in the repository at `root`.

    Raises:
        GitError: git does not answer.
    """
    common = git.git_dir(root)
    if common is None:
        return None
    refs = {}
    for ref in sorted(git.refs(common, "refs/notes/")):
        if ref.removeprefix("refs/notes/").split("/")[-1] in {"vetline", "ai"}:
            refs[ref] = git.run(root, "ls-tree", "-r", "--name-only", "-z", ref).count(b"\0")
    asked = ("config", "--null", "--get-regexp", r"^remote\..*\.(url|fetch)$")
    told = git.run(root, *asked, ok=(0, 1)).decode("utf-8", "replace")
    remotes: dict[str, bool] = {}
    for record in filter(None, told.split("\0")):
        key, _, value = record.partition("\n")
        name = key.removeprefix("remote.").rpartition(".")[0]
        source = value.removeprefix("+").partition(":")[0]
        fetches = key.endswith(".fetch") and fnmatchcase(OURS, source)
        remotes[name] = remotes.get(name, False) or fetches
    return Notes(refs, remotes, _hooks(root, common))


def _hooks(root: Path, common: Path) -> tuple[str, ...]:
    """Git's hooks that call us."""
    configured = git.hooks_path(root)
    folder = root / configured if configured else common / "hooks"
    if folder.name == "_":  # husky's own scripts, which call those beside them
        folder = folder.parent
    return tuple(name for name in HOOKS if f"git-hook {name}" in disk.text(folder / name, _LIMIT))


# -- for people


def as_text(found: Status, screen: Screen) -> str:
    """The status on one screen."""
    rows = [*_agent_rows(found.agents, screen), "", *_fact_rows(found, screen)]
    if not any(setup.where or setup.event for setup in found.agents):
        rows += ["", "No agent reports what it writes: `vetline install-hooks` sets that up."]
    return "".join(f"{row.rstrip()}\n" for row in rows)


def _agent_rows(setups: Iterable[Setup], screen: Screen) -> Iterator[str]:
    setups = list(setups)
    titles = max(len(visible(setup.title)) for setup in setups)
    hooks = [" and ".join(setup.where) or "-" for setup in setups]
    widest = max(map(len, [*hooks, "hooks"]))
    yield screen.paint(f"{'agent':<{titles}}  {'hooks':<{widest}}  last heard of", "dim")
    for setup, hook in zip(setups, hooks, strict=True):
        where = screen.paint(f"{hook:<{widest}}", "pass" if setup.where else "dim")
        heard = screen.paint("never", "dim")
        if setup.event:
            kind, at = setup.event
            heard = visible(f"{_minute(at)}  {_EVENTS.get(kind, kind)}")
        yield f"{visible(setup.title):<{titles}}  {where}  {heard}"
        if setup.problem:
            yield screen.paint(f"  {visible(setup.problem)}", "warn")


def _fact_rows(found: Status, screen: Screen) -> Iterator[str]:
    waiting = f"{_counted(found.waiting, 'record')} to be taken in" if found.waiting else "nothing"
    if found.rejected:
        waiting += f"; {_counted(found.rejected, 'record')} rejected, see hook.log"
    facts = [("waiting", waiting)]
    database = "none yet"
    if found.database:
        path, size = found.database
        database = f"{_shown(path, found.root)}, {size / 1e6:.1f} MB"
    facts.append(("database", database))
    facts += _git_facts(found.notes) if found.notes else [("git", "this is no repository")]
    processes = ", ".join(found.servers)
    facts.append(("servers", f"running: process {processes}" if processes else "none running"))
    for name, fact in facts:
        yield f"{screen.paint(f'{name:<9}', 'dim')}  {visible(fact)}"


def _git_facts(notes: Notes) -> Iterator[tuple[str, str]]:
    hooks = ", ".join(notes.hooks)
    yield "git hooks", hooks or "not set up: `vetline install-hooks --git`"
    told = f"of {_counted(notes.refs.get(OURS, 0), 'commit')}" if OURS in notes.refs else "none yet"
    fetched = [
        remote
        for remote, always in sorted(notes.remotes.items())
        if always or f"refs/notes/remotes/{remote}/vetline" in notes.refs
    ]
    if fetched:
        told += f"; fetched from {', '.join(fetched)}"
    elif notes.remotes:
        told += "; never fetched: `vetline provenance sync`"
    yield "notes", told
    if THEIRS in notes.refs:
        count = _counted(notes.refs[THEIRS], "commit")
        yield "git-ai", f"{THEIRS} has notes of {count}"


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


# -- for programs


def _as_json(found: Status) -> dict[str, Any]:
    database, notes = found.database, found.notes
    return {
        "version": VERSION,
        "root": whole(str(found.root)),
        "agents": [
            {
                "agent": whole(setup.name),
                "hooks": list(setup.where),
                "problem": whole(setup.problem),
                "last_event": setup.event
                and {"kind": whole(setup.event[0]), "at": whole(setup.event[1])},
            }
            for setup in found.agents
        ],
        "waiting": found.waiting,
        "rejected": found.rejected,
        "database": database and {"path": whole(str(database[0])), "bytes": database[1]},
        "git": notes
        and {
            "hooks": list(notes.hooks),
            "notes": dict(notes.refs),
            "remotes": [
                {"name": whole(name), "fetches_notes": fetches}
                for name, fetches in sorted(notes.remotes.items())
            ],
        },
        "servers": [int(pid) for pid in found.servers if pid.isdecimal()],
    }
