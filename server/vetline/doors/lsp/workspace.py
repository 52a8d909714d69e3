"""The projects behind the documents: settings, facts and reviews of each.

A project is a folder with one configuration; a workspace folder may hold several. Reading settings is
quick and done where it is needed; facts are gathered in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import baseline, config, files, policy, session
from vetline.baseline import Entry
from vetline.gate import policy_of
from vetline_analyzers import engine

if TYPE_CHECKING:
    import asyncio
    from collections import Counter
    from collections.abc import Iterable, Mapping

    from vetline.config import Config
    from vetline.dossier import Dossier
    from vetline.gate import Policy, Sighting
    from vetline.session import Who
    from vetline_analyzers.core.analyzer import Facts, Pace
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot
    from vetline_analyzers.core.universe import Answer, Package

CONFIG_FILES = ("vetline.toml", "pyproject.toml")
_EDITOR_DEFAULTS = {"scope": "ai"}


@dataclass(slots=True, eq=False)
class Project:
    """A folder with one configuration.

    Attributes:
        root: the folder.
        config: its settings, and what is wrong with them.
        facts: what is known beyond the texts; None until it is gathered.
        accepted: by path, what the baseline knows and lives with.
        dossier: the reviews of its code; None until they are read.
        reviews: who asked for a review that nobody decided, as `review.requesters` has it.
        gathering: the last gathering of facts.
        unknown: why facts could not be gathered; "" when they could.
        answers: what registries said of names of packages.
        stamp: modification times of the config files, to notice a change nobody told us of.
    """

    root: Path
    config: Config
    facts: Facts | None = None
    accepted: dict[str, Counter[Entry]] = field(default_factory=dict)
    dossier: Dossier | None = None
    reviews: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: dict[Package, Answer] = field(default_factory=dict)
    stamp: tuple[float, ...] = ()
    gathering: asyncio.Task[None] | None = None
    unknown: str = ""

    @property
    def key(self) -> str:
        """Its name towards workers."""
        return str(self.root)

    def sight(self, snapshot: Snapshot, findings: list[Finding], who: Who) -> list[Sighting]:
        """The findings of a text in their places, those marked that the baseline has."""
        who = session.assuming(who, self.config.settings)
        sightings = session.sight(snapshot, findings, who, quoting=False)
        known = self.accepted.get(sightings[0].path) if sightings else None
        if not known:
            return sightings
        entries = [Entry(s.finding.exact, s.finding.rule, s.path) for s in sightings]
        hits = baseline.accept(known, entries, lambda _: True)
        return [
            replace(s, accepted=True) if hit else s for s, hit in zip(sightings, hits, strict=True)
        ]

    @property
    def policy(self) -> Policy:
        """What is shown, and how."""
        today = datetime.now(UTC).date().isoformat()
        gated = policy.is_set(self.config.origins)
        return policy_of(self.config.settings, today, gated=gated)

    def analyzers(self, *paces: Pace) -> tuple[str, ...]:
        """Names of the analyzers to ask at these paces; those that need facts wait for them."""
        wanted = self.config.settings.analyzers
        return tuple(
            name
            for name, analyzer in engine.analyzers().items()
            if analyzer.pace in paces
            and (not wanted or name in wanted)
            and (self.facts is not None or not analyzer.needs_facts)
        )


class Workspace:
    """The folders a client opened, and their projects.

    Args:
        folders: paths of the workspace folders.
    """

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        """Know the folders; nothing is read yet."""
        self.folders = list(folders)
        # By layer, then by workspace folder (None: all of them), what an editor said.
        self._layers: dict[str, Mapping[Path | None, Mapping[str, object]]] = {}
        self._projects: dict[Path, Project] = {}
        self._by_folder: dict[Path, Project] = {}

    @property
    def projects(self) -> list[Project]:
        """The projects met so far."""
        return list(self._projects.values())

    def project_of(self, uri: str) -> Project:
        """The project of a document; an unsaved one belongs to the first workspace folder."""
        path = files.path_of(uri.partition("#")[0])
        if path is None:
            return self._at(self.folders[0] if self.folders else Path.cwd())
        return self._at(path.parent)

    def path_in_project(self, uri: str) -> str:
        """A document's path relative to its project, POSIX; its last part when it has no place."""
        path = files.path_of(uri.partition("#")[0])
        if path is None:
            return uri.rsplit("/", 1)[-1]
        return files.relative(path, self._at(path.parent).root)

    def set_layer(self, name: str, settings: Mapping[Path | None, Mapping[str, object]]) -> None:
        """Put an editor's settings in place of what that layer held.

        `initialize` comes first, so what is asked for later stands above it.
        """
        self._layers[name] = settings
        self.reload()

    def _layers_of(self, folder: Path) -> list[tuple[str, Mapping[str, object]]]:
        around = [f for f in self.folders if folder.is_relative_to(f)]
        nearest = max(around, key=lambda f: len(f.parts), default=None)
        return [
            (name, settings.get(nearest) or settings.get(None) or {})
            for name, settings in self._layers.items()
        ]

    def reload(self) -> list[Project]:
        """Read all settings anew, keeping what else is known; gives the projects."""
        self._by_folder.clear()
        known, self._projects = self._projects, {}
        for project in known.values():
            self._at(project.root, known)
        return self.projects

    def changed_on_disk(self) -> bool:
        """Whether a config file of a known project is newer than what was read."""
        return any(project.stamp != _stamp(project) for project in self.projects)

    def _at(self, folder: Path, known: Mapping[Path, Project] | None = None) -> Project:
        if found := self._by_folder.get(folder):
            return found
        loaded = config.load(folder, layers=self._layers_of(folder), defaults=_EDITOR_DEFAULTS)
        project = self._projects.get(loaded.root)
        if project is None:
            project = (known or {}).get(loaded.root) or Project(loaded.root, loaded)
            project.config = loaded
            project.stamp = _stamp(project)
            self._projects[loaded.root] = project
        self._by_folder[folder] = project
        return project


def _stamp(project: Project) -> tuple[float, ...]:
    def changed(path: Path) -> float:
        try:
            return path.stat().st_mtime
        except OSError:
            return 0.0

    return tuple(changed(project.root / name) for name in CONFIG_FILES)
