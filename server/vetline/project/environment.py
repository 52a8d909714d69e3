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
from vetline.project import conventions

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
_PYTHON = re.compile(r"(?:python|pypy)?(\d{1,3})\.(\d{1,3})")
_MADE_KNOWN = re.compile(
    r"\bmap_module\(\s*['\"](\w+)"
)  # the library `editables`, which Hatch and PDM use
_IMPORT_NAME = re.compile(r"^Import-Name(?:space)?:[ \t]*([\w.]+)", re.MULTILINE)  # PEP 794
_CONDA_FILE = re.compile(r"site-packages/([^\W\d]\w*)(?:/__init__)?\.(?:py|so|pyd|cpython)")
_CONDA_NAME = re.compile(r"(?P<name>.+)-[^-]+-[^-]+\.json")
_CONDA_LIMIT = 100_000_000  # bytes of what conda knows of all its packages


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find(root: Path, top: Path, python: Path | None, environ: Mapping[str, str]) -> Path | None:
    """The environment of the project at `root`; None when there is none to be seen.

    In this order: the setting; the active environment when it lies in the project; what lies in `root` or above it up
    to `top`, or is named there; what Poetry, Hatch, Pipenv or conda made for it elsewhere; the active environment
    elsewhere, unless it is the one this very program runs in, or conda's base: they say nothing of the project.

    Args:
        root: the project.
        top: its repository, or `root`.
        python: an environment or an interpreter that the settings name.
        environ: the environment variables.
    """
    if python is not None:
        return _named(python)
    active = _active(environ)
    if active is not None and active.is_relative_to(top):
        return active
    folders = [root, *(folder for folder in root.parents if folder.is_relative_to(top))]
    places = [each for folder in folders for each in conventions.inside(folder)]
    if named := environ.get("UV_PROJECT_ENVIRONMENT"):
        places.insert(0, root / named)
    places += [each for folder in folders for each in conventions.outside(folder, environ)]
    for place in places:
        if _is_environment(place):
            return place
    if active is not None and not _same(active, Path(sys.prefix)):
        return active
    return None


def _active(environ: Mapping[str, str]) -> Path | None:
    """The environment that a shell has entered."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        named = environ.get(variable)
        if variable == "CONDA_PREFIX" and environ.get("CONDA_DEFAULT_ENV") == "base":
            continue
        if named and _is_environment(Path(named)):
            return Path(named)
    return None


def version(environment: Path) -> tuple[int, ...]:
    """Major and minor version of an environment's Python; () when it cannot be told."""
    known = {
        (int(match[1]), int(match[2]))
        for site in _sites(environment, "")
        for part in (site.parent.name, environment.name)
        if (match := _PYTHON.fullmatch(part))
    }
    if len(known) == 1:
        return known.pop()
    told = _settings(environment)
    match = _PYTHON.match(told.get("version") or told.get("version_info", ""))
    return (int(match[1]), int(match[2])) if match else ()


def read(environment: Path) -> dict[str, tuple[str, ...]]:
    """What is installed in an environment: import name → the distributions that provide it.

    For a namespace that several share ("google") there are also the dotted names of what lies in it.
    """
    modules: dict[str, set[str]] = {}
    for folder in site_folders(environment):
        for name, distribution in _provided(folder):
            modules.setdefault(name, set()).update([distribution] if distribution else [])
    for name, distribution in _of_conda(environment):
        if name in modules and not modules[name]:
            modules[name].add(distribution)
    return {name: tuple(sorted(by)) for name, by in modules.items()}


def versions(environment: Path) -> dict[str, str]:
    """The versions of what is installed in an environment, by normalised name."""
    return {
        normalised(parts[0]): parts[1]
        for folder in site_folders(environment)
        for name in disk.names(folder)
        if name.endswith(".dist-info")
        and len(parts := name.removesuffix(".dist-info").split("-")) == 2  # noqa: PLR2004 - a name and a version
    }


def site_folders(environment: Path) -> Iterator[Path]:
    """The folders packages are installed in, those of the system's Python when it may use them."""
    yield from _sites(environment, "")
    settings = _settings(environment)
    home = settings.get("home")
    if home and settings.get("include-system-site-packages", "").lower() == "true":
        version = _VERSION.match(settings.get("version") or settings.get("version_info", ""))
        prefix = Path(home).parent
        yield from _sites(prefix, version[0] if version else "")
        if prefix == Path("/usr"):
            yield from _sites(Path("/usr/local"), version[0] if version else "")


def _settings(environment: Path) -> dict[str, str]:
    settings: dict[str, str] = {}
    for line in disk.text(environment / "pyvenv.cfg", _LIMIT).splitlines():
        key, _, value = line.partition("=")
        settings[key.strip().lower()] = value.strip()
    return settings


def _of_conda(environment: Path) -> Iterator[tuple[str, str]]:
    """Modules that packages of conda brought, each with the package's name, which may be none of PyPI's."""
    left = _CONDA_LIMIT
    for name in sorted(disk.names(environment / "conda-meta")):
        told = _CONDA_NAME.fullmatch(name)
        if told is None or left < 0:
            continue
        text = disk.text(environment / "conda-meta" / name, _LIMIT)
        left -= len(text)
        for module in set(_CONDA_FILE.findall(text)):
            yield module, normalised(told["name"])


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
    if os.path.isfile(folder / "pyvenv.cfg") or os.path.isdir(folder / "conda-meta"):  # noqa: PTH112, PTH113 - never raises
        return True
    return folder.parent.name == "__pypackages__" and os.path.isdir(folder / "lib")  # noqa: PTH112 - as above


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _sites(prefix: Path, version: str) -> Iterator[Path]:
    candidates = [prefix / "Lib" / "site-packages"]
    if prefix.parent.name == "__pypackages__":  # PEP 582
        candidates.append(prefix / "lib")
    for lib in ("lib", "lib64"):
        if lib == "lib64" and _same(prefix / "lib64", prefix / "lib"):
            continue
        names = sorted(
            name for name in disk.names(prefix / lib) if name.startswith(("python3", "pypy3"))
        )
        names = [name for name in names if not version or name in ("python3", f"python{version}")]
        candidates += [
            prefix / lib / name / site
            for name in names
            for site in ("site-packages", "dist-packages")
        ]
    yield from (path for path in candidates if os.path.isdir(path))  # noqa: PTH112 - never raises


def _provided(site: Path) -> Iterator[tuple[str, str]]:
    """Import names in a site folder, each with the distribution that brings it, "" if unknown."""
    names = disk.names(site)
    tops = dict(top_levels(site, names))
    for name in sorted(names):
        if name.endswith((".dist-info", ".egg-info", ".egg-link")):
            distribution = normalised(name.rsplit(".", 1)[0].split("-")[0])
            for module in _of_distribution(site, name, tops):
                yield module, distribution
        elif name.endswith(".pth"):
            for folder in _path_lines(site, name):
                yield from ((module, "") for module, _ in top_levels(folder, disk.names(folder)))
        elif name.startswith("__editable__") and name.endswith("_finder.py"):
            mapping = _MAPPING.search(disk.text(site / name, _LIMIT))
            yield from ((m, "") for m in _MAPPED.findall(mapping["body"] if mapping else ""))
        elif name.startswith(("_editable_impl_", "__editables_")) and name.endswith(".py"):
            yield from ((m, "") for m in _MADE_KNOWN.findall(disk.text(site / name, _LIMIT)))
    yield from ((module, "") for module in tops)


def top_levels(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Importable names among the entries of a folder.

    Each with whether it is a namespace: a folder without `__init__`, which several may share.
    """
    for name in names:
        if match := _MODULE.fullmatch(name):
            yield match["name"], False
        elif name.isidentifier() and name != "__pycache__" and os.path.isdir(folder / name):  # noqa: PTH112 - never raises
            inside = disk.names(folder / name)
            yield name, not any(inner.startswith("__init__.") for inner in inside)


def _of_distribution(site: Path, name: str, tops: Mapping[str, bool]) -> Iterator[str]:
    """The import names that one distribution's metadata claims."""
    if name.endswith(".egg-link"):
        source = Path(disk.text(site / name, _LIMIT).split("\n", 1)[0].strip() or "/nowhere")
        yield from (module for module, _ in top_levels(source, disk.names(source)))
        return
    info = site / name
    claimed = set(disk.text(info / "top_level.txt", _LIMIT).split())
    record = (
        "" if claimed and not any(map(tops.get, claimed)) else disk.text(info / "RECORD", _LIMIT)
    )
    claimed = claimed or {name for name in _RECORDED.findall(record) if name in tops}
    if not claimed:
        claimed = {m.partition(".")[0] for m in _IMPORT_NAME.findall(_head(info / "METADATA"))}
    yield from (module for module in claimed if module.isidentifier())
    yield from _in_namespaces({module for module in claimed if tops.get(module)}, record)
    yield from _editable(info)


def _head(path: Path) -> str:
    """The fields of a metadata file, without the description that follows them."""
    return disk.text(path, _LIMIT).partition("\n\n")[0]


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
        yield from (module for module, _ in top_levels(base, disk.names(base)))


def _path_lines(site: Path, name: str) -> Iterator[Path]:
    for line in disk.text(site / name, _LIMIT).splitlines()[:100]:
        if line.strip() and not line.startswith(("#", "import ", "import\t")) and "\0" not in line:
            yield site / line.strip()
