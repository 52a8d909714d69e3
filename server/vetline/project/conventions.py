"""Where tools put a project's environment when they put it outside: Poetry, Hatch, Pipenv, PDM, conda, pixi.

Their folders' names hold a digest of the project's path. How it is made was read in Poetry 2.5 (`EnvManager
.generate_env_name`), Hatch 1.18 (`Path.id`, `VirtualEnvironment`) and Pipenv 2026.10 (`VenvLocator`).
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from vetline import disk, toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIMIT = 100_000  # bytes of a file that names an environment
_MANY = 2_000  # folders of environments that are looked at
_POETRY = re.compile(r'[ $`!*@"\\\r\n\t]')
_PIPENV = re.compile(r'[ &$`!*@"()\[\]\\\r\n\t]')
_LENGTH = 42  # characters of a project's name that Poetry and Pipenv keep
_RUN = re.compile(r"[-_.]+")
_CONDA_NAME = re.compile(r"^name:[ \t]*[\"']?([\w.-]+)", re.MULTILINE)
_CONDA_HOMES = (".conda", "miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba")


def inside(folder: Path) -> Iterator[Path]:
    """Where an environment may lie in a folder of the project, or where a file there says that it does."""
    yield folder / ".venv"
    told = _line(folder / ".venv")  # Pipenv and others: a file that names a folder
    if told and ("/" in told or os.sep in told):
        yield folder / told
    for name in ("venv", "env", ".conda"):
        yield folder / name
    yield folder / ".pixi" / "envs" / "default"
    packages = folder / "__pypackages__"  # PEP 582, as PDM has it
    yield from (packages / name for name in sorted(_names(packages), reverse=True))
    if interpreter := _line(folder / ".pdm-python"):
        yield Path(interpreter).parent.parent


def outside(folder: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    """Where tools put the environment of the project in a folder when they put it elsewhere.

    Args:
        folder: the project's, absolute.
        environ: the environment variables; without a home among them nothing is looked for.
    """
    home = environ.get("HOME") or environ.get("USERPROFILE")
    if not home:
        return
    names = set(_names(folder))
    if "pyproject.toml" in names:
        name = _project(folder)
        yield from _poetry(folder, name, Path(home), environ)
        yield from _hatch(folder, Path(home), environ)
    if "Pipfile" in names:
        yield from _pipenv(folder, Path(home), environ)
    for manifest in ("environment.yml", "environment.yaml"):
        if manifest in names:
            yield from _conda(folder / manifest, Path(home))


def _project(folder: Path) -> str:
    data = toml.read(folder / "pyproject.toml").data
    tool = data.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    for table in (data.get("project"), poetry):
        if isinstance(table, dict) and isinstance(name := table.get("name"), str):
            return _RUN.sub("-", name).lower()
    return ""


def _poetry(folder: Path, name: str, home: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    """Environments that Poetry made for a project, that of the newest Python first."""
    where = environ.get("POETRY_VIRTUALENVS_PATH")
    cache = environ.get("POETRY_CACHE_DIR") or _caches(home, environ) / "pypoetry"
    if not where and sys.platform == "win32" and "POETRY_CACHE_DIR" not in environ:
        cache = Path(cache) / "Cache"
    at = Path(where) if where else Path(cache) / "virtualenvs"
    place = os.path.normcase(os.path.realpath(folder))
    start = f"{_POETRY.sub('_', name)[:_LENGTH]}-{_digest(place)[:8]}-py"
    found = [each for each in _names(at) if each.startswith(start)]
    found.sort(key=lambda each: [int(n) for n in re.findall(r"\d{1,9}", each[len(start) :])])
    yield from (at / each for each in reversed(found))


def _hatch(folder: Path, home: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    """The default environment that Hatch made for a project, else any other."""
    at = Path(environ.get("HATCH_DATA_DIR") or _data(home, environ) / "hatch") / "env" / "virtual"
    place = str(folder)
    if sys.platform in ("win32", "darwin"):
        place = place.casefold()
    mark = _digest(place)[:8]
    for project in _names(at):
        made = sorted(_names(at / project / mark), key=lambda name: (name != project, name))
        yield from (at / project / mark / name for name in made)


def _pipenv(folder: Path, home: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    at = home / (".virtualenvs" if sys.platform == "win32" else ".local/share/virtualenvs")
    at = Path(os.path.expandvars(environ["WORKON_HOME"])) if environ.get("WORKON_HOME") else at
    at = Path(os.path.expanduser(at))  # noqa: PTH111 - never raises
    told = environ.get("PIPENV_CUSTOM_VENV_NAME") or _line(folder / ".venv")
    if told and "/" not in told:
        yield at / told
    name = _PIPENV.sub("_", folder.name)[:_LENGTH]
    # Six of the digest's bytes make eight characters.
    yield at / f"{name}-{_digest(str(folder / 'Pipfile'))[:8]}"


def _conda(manifest: Path, home: Path) -> Iterator[Path]:
    """The environments of the name that a manifest of conda gives."""
    told = _CONDA_NAME.search(disk.text(manifest, _LIMIT))
    if told is None or told[1] == "base":
        return
    listed = disk.text(home / ".conda" / "environments.txt", _LIMIT).splitlines()[:_MANY]
    paths = (Path(line.strip()) for line in listed if line.strip() and "\0" not in line)
    yield from (path for path in paths if path.name == told[1])
    yield from (home / base / "envs" / told[1] for base in _CONDA_HOMES)


def _caches(home: Path, environ: Mapping[str, str]) -> Path:
    """The folder of a user's caches, as the library platformdirs tells it."""
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Caches"
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache")


def _data(home: Path, environ: Mapping[str, str]) -> Path:
    """The folder of a user's data, as the library platformdirs tells it."""
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")


def _digest(text: str) -> str:
    return urlsafe_b64encode(
        hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
    ).decode()


def _line(path: Path) -> str:
    """The first line of a small file; "" where there is none."""
    first = disk.text(path, _LIMIT).split("\n", 1)[0].strip()
    return "" if "\0" in first else first


def _names(folder: Path) -> list[str]:
    return disk.names(folder)[:_MANY]
