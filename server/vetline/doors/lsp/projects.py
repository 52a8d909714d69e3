"""The server's dealings with projects: settings from the client, facts, the ledger.

Disks and databases are asked in one thread, in order; the event loop only takes the answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from vetline import baseline, config, files, session
from vetline import project as projects
from vetline.doors.lsp import records, reviews
from vetline.doors.lsp.protocol import describe
from vetline.doors.lsp.workspace import CONFIG_FILES, Workspace
from vetline.ledger import LedgerError
from vetline.project import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from vetline.baseline import Entry
    from vetline.config import Problem
    from vetline.doors.lsp.documents import Unit
    from vetline.doors.lsp.server import Server
    from vetline.doors.lsp.workspace import Project
    from vetline.provenance import Origin
    from vetline_analyzers.core.analyzer import Facts
    from vetline_analyzers.core.text import Span
    from vetline_analyzers.core.universe import Answer, Package

T = TypeVar("T")

log = logging.getLogger(__name__)

SECTION = "vetline"


_ANSWER = 5.0  # seconds a client has to say its settings
_GATHER = 30.0  # seconds to wait for a project's facts


class Projects:
    """The project side of a server."""

    def __init__(self, server: Server) -> None:
        """Serve that server's projects."""
        self._server = server
        self.workspace = Workspace()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="projects")
        self._shown_problems: set[str] = set()

    def of(self, uri: str) -> Project:
        """The project of a document; its facts are gathered when it is first met."""
        project = self.workspace.project_of(uri)
        if project.facts is None and project.gathering is None:
            self.gather(project)
            self.show_problems()
        return project

    def close(self) -> None:
        """Stop; what is under way is not waited for."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def beside(self, work: Callable[[], T]) -> T:
        """What `work` gives, done in the thread, in its turn."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    # -- facts

    def gather(self, project: Project) -> None:
        """Gather a project's facts in the background and have its documents looked at again."""
        if project.gathering is None or project.gathering.done():
            project.gathering = self._server.spawn(self._gather(project))

    async def _gather(self, project: Project) -> None:
        try:
            with self._server.pulse.working():
                facts, accepted = await self.beside(lambda: _read(project))
        except Exception as error:  # noqa: BLE001 - said on every document of the project
            log.error("the facts of %s: %s", project.root, describe(error))  # noqa: TRY400 - a traceback quotes files
            project.unknown = f"imports: the project could not be read ({type(error).__name__})"
            self._server.look_again()
            return
        project.unknown = ""
        facts = replace(facts, answers=project.answers)
        if facts == project.facts and accepted == project.accepted:
            return
        project.facts, project.accepted = facts, accepted
        self._know(project, facts)

    def told(self, project: Project, answers: Mapping[Package, Answer]) -> None:
        """Take what registries said of names and have the project's documents looked at again."""
        project.answers = {**project.answers, **answers}
        if project.facts is not None:
            project.facts = replace(project.facts, answers=project.answers)
            self._know(project, project.facts)

    def _know(self, project: Project, facts: Facts) -> None:
        for desk in (self._server.quick, self._server.slow):
            desk.know(project.key, facts)
        for unit in list(self._server.documents.units.values()):
            if self.workspace.project_of(unit.uri) is project:
                self._server.look(unit)

    async def gathered(self, project: Project) -> None:
        """Wait, for a bounded time, until a project's facts are there."""
        if project.facts is None:
            self.gather(project)
        if project.gathering is not None:
            await asyncio.wait([project.gathering], timeout=_GATHER)

    # -- settings

    async def subscribe(self) -> None:
        """Ask for the client's settings, and to be told of changes, as far as it can do so."""
        workspace = self._server.capabilities.workspace
        registrations = []
        configuration = workspace.did_change_configuration if workspace else None
        if configuration and configuration.dynamic_registration:
            registrations.append(
                types.Registration(
                    id="configuration",
                    method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                    register_options=types.DidChangeConfigurationRegistrationOptions(
                        section=SECTION
                    ),
                )
            )
        watching = workspace.did_change_watched_files if workspace else None
        if watching and watching.dynamic_registration:
            globs = (*watched.GLOBS, *reviews.GLOBS)
            watchers = [types.FileSystemWatcher(glob_pattern=f"**/{one}") for one in globs]
            registrations.append(
                types.Registration(
                    id="files",
                    method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                    register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers),
                )
            )
        if registrations:
            register = self._server.client_register_capability_async(
                types.RegistrationParams(registrations)
            )
            self._server.spawn(asyncio.wait_for(register, _ANSWER))
        await self.configuration_changed(None)
        for folder in self.workspace.folders:
            self.of(files.uri_of(folder / "x"))
        self.show_problems()

    async def configuration_changed(self, pushed: object) -> None:
        """Take the client's settings: asked for where it answers, else as it pushed them."""
        workspace = self._server.capabilities.workspace
        told: dict[Path | None, object] = {None: pushed}
        if workspace and workspace.configuration:
            folders: list[Path | None] = [*self.workspace.folders] or [None]
            items = [
                types.ConfigurationItem(
                    scope_uri=files.uri_of(folder) if folder else None, section=SECTION
                )
                for folder in folders
            ]
            ask = self._server.workspace_configuration_async(types.ConfigurationParams(items))
            try:
                answers = await asyncio.wait_for(ask, _ANSWER)
            except (TimeoutError, JsonRpcException) as error:
                log.warning("the client did not say its settings: %s", describe(error))
                return
            told = dict(zip(folders, answers or [], strict=False))
        elif pushed is None:
            return
        self.workspace.set_layer(
            config.WORKSPACE, {folder: self._mapping(said) for folder, said in told.items()}
        )
        self.reloaded()

    def initialized_with(self, options: object) -> None:
        """Take the settings that came with `initialize`."""
        self.workspace.set_layer(config.INITIALIZATION, {None: self._mapping(options)})

    def _mapping(self, settings: object) -> Mapping[str, object]:
        plain = self._server.plain(settings)
        return plain if isinstance(plain, Mapping) else {}

    def reloaded(self) -> None:
        """Settings were read anew: show what is wrong with them and look at everything again."""
        self.show_problems()
        for project in self.workspace.projects:
            self.gather(project)
        self._server.look_again()

    def saved(self, uri: str) -> None:
        """A document was saved: it may be a config file, and others may have changed unseen."""
        name = uri.rsplit("/", 1)[-1]
        if name in CONFIG_FILES or self.workspace.changed_on_disk():
            self.workspace.reload()
            self.reloaded()
        elif (unit := self._server.documents.unit_of(uri)) is not None:
            project = self.of(uri)
            self._server.reviews.refresh(project)
            self.gather(project)  # the save may have made a module, an install came meanwhile
            self._server.look(unit)

    def files_changed(self, uris: Iterable[str]) -> None:
        """Files changed on disk: open ones, or those that settings or facts come from."""
        uris = list(uris)
        if any(uri in self._server.documents.open for uri in uris):
            self._server.origins.poke()
        if any(reviews.concerns(uri) for uri in uris):
            for project in self.workspace.projects:
                self._server.reviews.refresh(project)
        uris = [uri for uri in uris if _is_watched(uri)]
        if any(uri.rsplit("/", 1)[-1] in CONFIG_FILES for uri in uris):
            self.workspace.reload()
            self.reloaded()
            return
        for project in self.workspace.projects if uris else ():
            self.gather(project)

    def show_problems(self) -> None:
        """Publish what is wrong with config files, as diagnostics on them."""
        by_uri: dict[str, list[dict[str, Any]]] = {uri: [] for uri in self._shown_problems}
        for project in self.workspace.projects:
            if project.config.file is not None:
                by_uri.setdefault(files.uri_of(project.config.file), [])
            for problem in project.config.problems:
                if problem.path is None:
                    log.warning("%s", problem)
                else:
                    by_uri.setdefault(files.uri_of(problem.path), []).append(_problem(problem))
        for uri, items in by_uri.items():
            if uri in self._server.documents.open:
                self._server.display.problems[uri] = items
                if (unit := self._server.documents.unit_of(uri)) is not None:
                    self._server.display.publish(unit)
            elif items or uri in self._shown_problems:
                self._server.display.push(uri, None, items)
            self._server.display.problems[uri] = items
        self._shown_problems = {uri for uri, items in by_uri.items() if items}

    # -- the ledger

    def remember(self, unit: Unit, span: Span, origin: Origin) -> None:
        """Note an insertion into a unit in the ledger."""
        project, snapshot = self.of(unit.uri), unit.snapshot
        if files.path_of(unit.uri) is None:
            return

        async def write() -> None:
            try:
                await self.beside(lambda: records.remember(project.root, snapshot, span, origin))
            except LedgerError as error:
                log.warning("%s", error)

        self._server.spawn(write())


def _is_watched(uri: str) -> bool:
    path = files.path_of(uri)
    return path is not None and watched.counts(path.as_posix())


def _read(project: Project) -> tuple[Facts, dict[str, Counter[Entry]]]:
    """A project's facts, and by path what its baseline accepts. A bad baseline accepts nothing."""
    settings = project.config.settings
    facts = projects.facts(project.root, settings)
    accepted: dict[str, Counter[Entry]] = {}
    try:
        facts = replace(facts, key=baseline.key(project.root))
        path = baseline.find(project.root, project.config.path(settings.baseline))
        for entry, count in baseline.load(path).items() if path else ():
            accepted.setdefault(entry.path, Counter())[entry] = count
    except baseline.BaselineError as error:
        log.warning("%s", error)
    return session.approving(facts, project.root, settings, log.warning), accepted


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        # Columns are code points here; a config file's line is ASCII or the client is close enough.
        "range": {
            "start": {"line": problem.line, "character": problem.column},
            "end": {"line": problem.end_line, "character": problem.end_column},
        },
        "severity": 1,
        "code": "config",
        "source": "vetline",
        "message": problem.message,
    }
