"""Where settings of package managers are looked for: folders of a project, the user's home, the environment."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vetline import disk, toml
from vetline.config import repository_of
from vetline_analyzers.syntax.document import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vetline_analyzers.syntax.document.node import Node

LIMIT = 1_000_000  # bytes of one file of settings
_MOST = 300  # folders of a project
_DEPTH = 4  # levels of a YAML file that settings have
_NAMES = frozenset(
    {"pyproject.toml", "uv.toml", "Pipfile", ".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml"}
    | {"pnpm-workspace.yaml", "uv.lock", "poetry.lock", "Pipfile.lock"}
)
_REQUIREMENTS = re.compile(
    r"(?:[\w.-]{0,99}[-_.])?(?:requirements|constraints)[\w.-]{0,99}\.(?:txt|in)"
)
_FOLDERS = frozenset({"requirements", "constraints"})  # of which each list is one of requirements
_VIRTUALENVS = (".venv", "venv", "env")
_PIP = ("pip.conf", "pip.ini")  # in an environment


@dataclass(frozen=True, slots=True)
class Where:
    """What there is to read.

    Attributes:
        files: files of the project by their names' kind, the outermost folder first.
        environ: the environment variables.
        home: the user's home; None when it is not known.
        platform: as `sys.platform`.
        base: the folder all of the project lies in.
    """

    files: tuple[Path, ...]
    environ: Mapping[str, str]
    home: Path | None
    platform: str = sys.platform
    base: Path | None = None
    _parsed: dict[Path, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)

    def table(self, path: Path, *keys: str) -> dict[str, Any]:
        """A table of a TOML file, or a mapping of a YAML file; empty when there is none. A file is parsed once."""
        if path not in self._parsed:
            is_yaml = path.suffix in (".yml", ".yaml")
            self._parsed[path] = _yaml(path) if is_yaml else toml.read(path).data
        found: object = self._parsed[path]
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    def named(self, *names: str) -> list[Path]:
        """The project's files of these names, those of the user's home folder left out: they are the user's."""
        return [path for path in self.files if path.name in names and path.parent != self.home]

    def requirements(self) -> list[Path]:
        """The project's requirements files."""
        return [path for path in self.files if is_requirements(path)]

    def configurations(self) -> list[Path]:
        """The folders the user's settings lie in, the first choice first."""
        if self.platform == "win32":
            return [Path(self.environ["APPDATA"])] if self.environ.get("APPDATA") else []
        folder = self.environ.get("XDG_CONFIG_HOME")
        if folder and os.path.isabs(folder):  # noqa: PTH117 - a string's question
            return [Path(folder)]
        return [self.home / ".config"] if self.home else []

    def systems(self) -> list[Path]:
        """The folders the system's settings lie in, the first choice first."""
        if self.platform == "win32":
            return [Path(self.environ["PROGRAMDATA"])] if self.environ.get("PROGRAMDATA") else []
        if self.platform == "darwin":
            return [Path("/Library/Application Support"), Path("/etc")]
        told = self.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        return [Path(folder) for folder in told.split(":") if folder.startswith("/")] + [
            Path("/etc")
        ]


def of(root: Path, files: Iterable[Path] = (), environ: Mapping[str, str] | None = None) -> Where:
    """Where to read for a project.

    Args:
        root: its folder; what holds there may be said in folders above it, up to its repository's.
        files: files of it; more may be said in their folders and those these lie in.
        environ: the environment variables; the process's own when not given.
    """
    environ = os.environ if environ is None else environ
    root = Path(os.path.abspath(root))  # noqa: PTH100 - absolute() would keep ".."
    top = repository_of(root) or root
    folders = [folder for folder in (root, *root.parents) if folder.is_relative_to(top)][::-1]
    around = {folder for path in files for folder in path.parents if folder.is_relative_to(root)}
    beside = sorted(around - set(folders), key=lambda folder: (len(folder.parts), folder))
    found = [path for folder in (*folders, *beside)[:_MOST] for path in _in(folder)]
    return Where(tuple(found), environ, _home(environ), base=top)


def own(environ: Mapping[str, str] | None = None) -> Where:
    """Where the user's own settings are, and nothing else."""
    environ = os.environ if environ is None else environ
    return Where((), environ, _home(environ))


def is_requirements(path: Path) -> bool:
    """Whether a file of that name, or in a folder of that name, is a list of requirements for pip."""
    is_list = path.parent.name in _FOLDERS and path.suffix in (".txt", ".in")
    return is_list or bool(_REQUIREMENTS.fullmatch(path.name))


def is_settings(path: Path) -> bool:
    """Whether a project's file of that name may say where packages come from."""
    return path.name in _NAMES or path.name in _PIP or is_requirements(path)


def text(path: Path) -> str:
    """What a file of settings holds; "" when it is not there or cannot be."""
    return disk.text(path, LIMIT)


def tables(value: object) -> list[dict[str, Any]]:
    """The tables in what should be a list of them, or one."""
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if isinstance(item, dict)]


def _in(folder: Path) -> Iterator[Path]:
    for name in sorted(disk.names(folder)):
        if name in _NAMES or is_requirements(folder / name):
            yield folder / name
        elif name in _VIRTUALENVS:
            yield from (folder / name / pip for pip in _PIP)


def _yaml(path: Path) -> dict[str, Any]:
    """What a YAML file holds, its scalars as texts."""
    source = text(path)
    try:
        documents = yaml.read(source).documents if source else ()
    except yaml.TooLargeError:
        documents = ()
    found = _plain(documents[0], _DEPTH, {}) if documents else {}
    return found if isinstance(found, dict) else {}


def _plain(node: Node, depth: int, known: dict[tuple[int, int], Any]) -> Any:
    key = (id(node), depth)  # aliases lead to one node from many places
    if key not in known:
        known[key] = node.text
        if node.pairs:
            pairs = node.pairs if depth else ()
            known[key] = {pair.key: _plain(pair.value, depth - 1, known) for pair in pairs}
    return known[key]


def _home(environ: Mapping[str, str]) -> Path | None:
    told = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(told) if told and os.path.isabs(told) else None  # noqa: PTH117 - a string's question
