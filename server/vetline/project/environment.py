"""What is installed in the analysed project's environment, read from its files.

Nothing of it is run or imported: not its interpreter, not a `.pth` line.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from vetline import disk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_LIMIT = 4_000_000  # bytes of one metadata file; the RECORD of the largest has 1.5 million
_SUFFIX = r"(?:\.py|\.pyi|\.pyc|(?:\.[\w-]+)?\.(?:so|pyd))"
_MODULE = re.compile(rf"(?P<name>[^\W\d]\w*){_SUFFIX}")
_FILE = re.compile(rf"^\"?([^\W\d]\w*/[^,\n]*?){_SUFFIX}\"?,", re.MULTILINE)
_RECORDED = re.compile(r"^\"?([^\W\d]\w*)[/.]", re.MULTILINE)
_MAPPING = re.compile(r"^MAPPING\b[^=\n]*=[ \t]*\{(?P<body>[^}]*)", re.MULTILINE)
_MAPPED = re.compile(r"['\"]([\w.]+)['\"]\s*:")
_VERSION = re.compile(r"\d+\.\d+")
_IN_TREE = (".venv", "venv", "env")


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find(root: Path, top: Path, python: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The environment of the project at `root`; None when there is none to be seen.

    In this order: the setting; the active environment when it lies in the project; `.venv`, `venv` or
    `env` in `root` or above it up to `top`; the active environment elsewhere, unless it is the one
    this very program runs in, which says nothing of the project.

    Args:
        root: the project.
        top: its repository, or `root`.
        python: an environment or an interpreter that the settings name.
        environ: the environment variables.
    """
    if python is not None:
        return _named(python)
    active = Path(environ["VIRTUAL_ENV"]) if environ.get("VIRTUAL_ENV") else None
    if active is not None and not _is_environment(active):
        active = None
    if active is not None and active.is_relative_to(top):
        return active
    for folder in (root, *root.parents):
        for name in _IN_TREE:
            if _is_environment(folder / name):
                return folder / name
        if folder == top:
            break
    if active is not None and not _same(active, Path(sys.prefix)):
        return active
    return None


def read(environment: Path) -> dict[str, tuple[str, ...]]:
    """What is installed in an environment: import name → the distributions that provide it.

    For a namespace that several share ("google") there are also the dotted names of what lies in it.
    """
    modules: dict[str, set[str]] = {}
    for folder in site_folders(environment):
        for name, distribution in _provided(folder):
            modules.setdefault(name, set()).update([distribution] if distribution else [])
    return {name: tuple(sorted(by)) for name, by in modules.items()}


def site_folders(environment: Path) -> Iterator[Path]:
    """The folders packages are installed in, those of the system's Python when it may use them."""
    yield from _sites(environment, "")
    settings: dict[str, str] = {}
    for line in disk.text(environment / "pyvenv.cfg", _LIMIT).splitlines():
        key, _, value = line.partition("=")
        settings[key.strip().lower()] = value.strip()
    home = settings.get("home")
    if home and settings.get("include-system-site-packages", "").lower() == "true":
        version = _VERSION.match(settings.get("version") or settings.get("version_info", ""))
        prefix = Path(home).parent
        yield from _sites(prefix, version[0] if version else "")
        if prefix == Path("/usr"):
            yield from _sites(Path("/usr/local"), version[0] if version else "")


def _named(python: Path) -> Path | None:
    """The environment that an interpreter (not resolved: it may be a link) or a folder means."""
    if os.path.isdir(python):  # noqa: PTH112 - never raises
        return python if next(site_folders(python), None) else None
    if not os.path.lexists(python):
        return None
    for link in (python, Path(os.path.realpath(python))):
        prefix = link.parent.parent if link.parent.name in ("bin", "Scripts") else link.parent
        if next(site_folders(prefix), None):
            return prefix
    return None


def _is_environment(folder: Path) -> bool:
    return os.path.isfile(folder / "pyvenv.cfg")  # noqa: PTH113 - never raises


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _sites(prefix: Path, version: str) -> Iterator[Path]:
    candidates = [prefix / "Lib" / "site-packages"]
    for lib in ("lib", "lib64"):
        if lib == "lib64" and _same(prefix / "lib64", prefix / "lib"):
            continue
        names = sorted(
            name for name in _names(prefix / lib) if name.startswith(("python3", "pypy3"))
        )
        names = [name for name in names if not version or name in ("python3", f"python{version}")]
        candidates += [
            prefix / lib / name / site
            for name in names
            for site in ("site-packages", "dist-packages")
        ]
    yield from (path for path in candidates if os.path.isdir(path))  # noqa: PTH112 - never raises


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names are all that is wanted
    except (OSError, ValueError):  # a NUL in the name
        return []


def _provided(site: Path) -> Iterator[tuple[str, str]]:
    """Import names in a site folder, each with the distribution that brings it, "" if unknown."""
    names = _names(site)
    tops = dict(top_levels(site, names))
    for name in sorted(names):
        if name.endswith((".dist-info", ".egg-info", ".egg-link")):
            distribution = normalised(name.rsplit(".", 1)[0].split("-")[0])
            for module in _of_distribution(site, name, tops):
                yield module, distribution
        elif name.endswith(".pth"):
            for folder in _path_lines(site, name):
                yield from ((module, "") for module, _ in top_levels(folder, _names(folder)))
        elif name.startswith("__editable__") and name.endswith("_finder.py"):
            mapping = _MAPPING.search(disk.text(site / name, _LIMIT))
            yield from ((m, "") for m in _MAPPED.findall(mapping["body"] if mapping else ""))
    yield from ((module, "") for module in tops)


def top_levels(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Importable names among the entries of a folder.

    Each with whether it is a namespace: a folder without `__init__`, which several may share.
    """
    for name in names:
        if match := _MODULE.fullmatch(name):
            yield match["name"], False
        elif name.isidentifier() and name != "__pycache__" and os.path.isdir(folder / name):  # noqa: PTH112 - never raises
            inside = _names(folder / name)
            yield name, not any(inner.startswith("__init__.") for inner in inside)


def _of_distribution(site: Path, name: str, tops: Mapping[str, bool]) -> Iterator[str]:
    """The import names that one distribution's metadata claims."""
    if name.endswith(".egg-link"):
        source = Path(disk.text(site / name, _LIMIT).split("\n", 1)[0].strip() or "/nowhere")
        yield from (module for module, _ in top_levels(source, _names(source)))
        return
    info = site / name
    claimed = set(disk.text(info / "top_level.txt", _LIMIT).split())
    record = (
        "" if claimed and not any(map(tops.get, claimed)) else disk.text(info / "RECORD", _LIMIT)
    )
    claimed = claimed or {name for name in _RECORDED.findall(record) if name in tops}
    yield from (module for module in claimed if module.isidentifier())
    yield from _in_namespaces({module for module in claimed if tops.get(module)}, record)
    yield from _editable(info)


def _in_namespaces(namespaces: set[str], record: str) -> Iterator[str]:
    """Dotted names of the packages and modules that a distribution puts into shared namespaces."""
    if not namespaces:
        return
    paths = (tuple(path.split("/")) for path in _FILE.findall(record))
    files = {path for path in paths if path[0] in namespaces}
    packages = {path[:-1] for path in files if path[-1] == "__init__"}
    found = set()
    for path in files:
        for depth in range(2, len(path) + 1):
            if path[:depth] in packages or depth == len(path):
                found.add(".".join(path[:depth]))
                break
    yield from found


def _editable(info: Path) -> Iterator[str]:
    """The import names of a distribution installed from a folder in place."""
    try:
        told = json.loads(disk.text(info / "direct_url.json", _LIMIT) or "{}")
        url = told.get("url", "") if isinstance(told, dict) else ""
        folder = Path(unquote(urlsplit(str(url)).path))
    except (ValueError, RecursionError):
        return
    info_of_folder = told.get("dir_info") if isinstance(told, dict) else None
    if not isinstance(info_of_folder, dict) or not info_of_folder.get("editable"):
        return
    for base in (folder, folder / "src", folder / "lib", folder / "python"):
        yield from (module for module, _ in top_levels(base, _names(base)))


def _path_lines(site: Path, name: str) -> Iterator[Path]:
    for line in disk.text(site / name, _LIMIT).splitlines()[:100]:
        if line.strip() and not line.startswith(("#", "import ", "import\t")) and "\0" not in line:
            yield site / line.strip()
