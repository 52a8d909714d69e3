"""How the server is, as Markdown for a report of a fault: no code, no secrets, no name of a home folder."""

from __future__ import annotations

import asyncio
import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import vetline
from vetline import config, session, stores
from vetline.formats import visible
from vetline.ledger import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project

_LONGEST = 300  # characters of a value
_PROJECTS = 20
_UNSAID = frozenset({"ledger.url"})  # may hold a login


async def report(ls: Server) -> str:
    """What somebody who looks for a fault wants to know."""
    projects = ls.projects.workspace.projects
    parts = [_head(ls)]
    for project in projects[:_PROJECTS]:
        lines = [*_settings(project), *_facts(project)]
        lines.append(f"ledger: {await asyncio.to_thread(_ledger, project)}")
        parts.append(_section(f"Project {project.root}", lines))
    if len(projects) > _PROJECTS:
        parts.append(f"And {len(projects) - _PROJECTS} more projects.\n")
    return await asyncio.to_thread(session.without_secrets, "\n".join(parts))


def _head(ls: Server) -> str:
    encoding = ls.units.encoding
    lines = [
        f"vetline: {vetline.__version__}",
        f"python: {platform.python_version()} ({sys.executable})",
        f"platform: {platform.platform()}",
        f"package: {Path(vetline.__file__).parent}",
        f"position encoding: {encoding}",
        f"documents: {len(ls.documents.open)} open",
        f"quick worker: {ls.quick.worker.health}{_waits(ls.quick.is_busy)}",
        f"slow worker: {ls.slow.worker.health}{_waits(ls.slow.is_busy)}",
    ]
    return _section("Vetline", lines)


def _waits(busy: bool) -> str:  # noqa: FBT001 - one word about it
    return ", at work" if busy else ""


def _settings(project: Project) -> Iterator[str]:
    """The settings that somebody set and where, and what is wrong with them."""
    found = project.config
    yield f"config file: {found.file or 'none'}"
    for setting in config.SETTINGS:
        origin = found.origins[setting.key]
        if origin != "default":
            value = getattr(found.settings, setting.field)
            said = "(set)" if setting.key in _UNSAID else json.dumps(value, default=str)
            yield f"{setting.key} = {said}  # {origin}"
    yield "all other settings: default"
    yield from (f"problem: {problem}" for problem in found.problems)


def _facts(project: Project) -> Iterator[str]:
    facts = project.facts
    if facts is None:
        yield f"facts: {project.unknown or 'not gathered yet'}"
        return
    yield f"names: {facts.universe.as_of if facts.universe else 'none'}"
    yield f"members: {facts.members.as_of if facts.members else 'none'}"
    yield f"advisories: {facts.advisories.as_of if facts.advisories else 'none'}"


def _ledger(project: Project) -> str:
    """Where the ledger lies, without its address. Blocks on disk."""
    try:
        location = stores.locate(project.root)
        folder = next(iter(location.folders), None)
        there = folder is not None and (folder / "ledger.db").exists()
    except (LedgerError, OSError) as error:
        return str(error)
    kind = "a team's, on a server" if location.server is not None else "local"
    return ", ".join(filter(None, (kind, str(folder), "" if there else "not begun", location.why)))


def _section(title: str, lines: list[str]) -> str:
    """A heading and lines of anybody's, which cannot leave their block."""
    cut = (visible(_at_home(line)) for line in lines)
    body = "\n".join(line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…" for line in cut)
    return f"## {visible(_at_home(title))}\n\n```text\n{body}\n```\n"


def _at_home(text: str) -> str:
    """Paths in the home folder begin with ~: its name is often a person's."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text
