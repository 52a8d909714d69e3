"""The facts of a project: what its code may import, and what would change the answer.

Read from the disk, never run. It takes tens of milliseconds, so it belongs off the event loop; nothing
is remembered here.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline import disk, toml
from vetline.config import repository_of
from vetline.project import declared, environment, secrets_baseline
from vetline_analyzers.core.analyzer import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vetline.settings import Settings

log = logging.getLogger(__name__)

MAX_ENTRIES = 50_000  # of folders; beyond it the deepest modules are not known
_MAX_DEPTH = 20
_MAX_DECLARATIONS = 500
_MAX_DECLARED = 10_000_000  # bytes of all declarations
_SKIPPED = frozenset({"node_modules", "bower_components", "__pycache__", "site-packages"})
_MODULE = re.compile(r"(?P<name>[^\W\d]\w*)(?:\.py|\.pyi|\.pyw|\.pyx|(?:\.[\w-]+)?\.(?:so|pyd))")
_PROTO = re.compile(r"(?P<name>[^\W\d]\w*)\.proto")

# Modules of the standard library that this Python has no more, or not yet: real, not invented.
_OTHER_STDLIB = frozenset(
    {
        "_bootlocale",
        "_typeshed",
        "aifc",
        "annotationlib",
        "asynchat",
        "asyncore",
        "audioop",
        "binhex",
    }
    | {"cgi", "cgitb", "chunk", "compression", "crypt", "distutils", "dummy_threading", "formatter"}
    | {"imghdr", "imp", "lib2to3", "macpath", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev"}
    | {
        "parser",
        "pipes",
        "smtpd",
        "sndhdr",
        "spwd",
        "sunau",
        "symbol",
        "telnetlib",
        "test",
        "tomllib",
    }
    | {"uu", "xdrlib"}
)
STDLIB = frozenset(sys.stdlib_module_names) | _OTHER_STDLIB


def facts(root: Path, settings: Settings, environ: Mapping[str, str] | None = None) -> Facts:
    """The facts of the project at `root`.

    Args:
        root: the project's folder.
        settings: `python` and `own_modules` are heeded.
        environ: the environment variables; the process's own when not given.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100 - absolute() would keep ".."
    top = repository_of(root) or root
    named = root / os.path.expanduser(settings.python) if settings.python else None  # noqa: PTH111 - never raises
    where = environment.find(root, top, named, os.environ if environ is None else environ)
    if named is not None and where is None:
        log.warning("setting python: %s is no Python environment", settings.python)
    tree = _walk(root)
    above = _above(root, top)
    files = [*tree.declarations, *(path for folder in above for path in _declarations(folder))]
    files = _bounded(files)
    told = declared.read(files)
    modules = {*tree.modules, *settings.own_modules, *_own_names(files)}
    # A file may import what lies beside it or beside a folder it is in.
    for folder in above:
        tops = environment.top_levels(folder, _names(folder))
        modules.update(name for name, is_shared in tops if not is_shared)
    return Facts(
        stdlib=STDLIB,
        installed=environment.read(where) if where else None,
        declared=frozenset(told),
        optional=frozenset(name for name, optional in told.items() if optional),
        modules=frozenset(modules),
        accepted=secrets_baseline.read(root, above),
    )


def accepted(root: Path) -> dict[str, frozenset[str]]:
    """Of the facts of the project at `root` the accepted secrets alone, which cost no walk."""
    root = Path(os.path.abspath(root))  # noqa: PTH100 - as above
    return secrets_baseline.read(root, _above(root, repository_of(root) or root))


def _above(root: Path, top: Path) -> list[Path]:
    """The folders above a root up to that of its repository, the nearest first."""
    return [folder for folder in root.parents if folder.is_relative_to(top)]


class _Tree(NamedTuple):
    """What a walk found.

    Attributes:
        modules: import names; one that only its neighbours can import, because it lies in a package,
            as "folder/name".
        declarations: files that declare dependencies.
        packages: place of each folder seen → whether it is a package.
    """

    modules: set[str]
    declarations: list[Path]
    packages: dict[str, bool]

    def add(self, folder: str, name: str) -> None:
        """Note a module or package `name` in `folder`, a place relative to the root."""
        # A folder without __init__ may be on the path; what lies in a package is seen from within.
        inner = folder and self.packages[folder]
        self.modules.add(f"{folder}/{name}" if inner else name)


def _walk(root: Path) -> _Tree:
    """Look through the folders of a project, the outer ones first."""
    tree = _Tree(set(), [], {})
    queue = [(str(root), "", 0)]
    left = MAX_ENTRIES
    for folder, place, depth in queue:  # grows while it is read
        try:
            with os.scandir(folder) as scan:
                entries = list(scan)
        except OSError:
            continue
        left -= len(entries)
        names = [entry.name for entry in entries]
        if disk.is_virtualenv(names) and place:
            continue
        tree.packages[place] = "__init__.py" in names
        _note_modules(tree, place, entries)
        tree.declarations.extend(Path(folder, n) for n in names if declared.is_declaration(n))
        if left > 0 and depth < _MAX_DEPTH:
            queue += [
                (entry.path, f"{place}/{entry.name}" if place else entry.name, depth + 1)
                for entry in entries
                if _is_walked(entry)
            ]
    if tree.packages.get(""):
        tree.modules.add(root.name)
    tree.declarations.sort()
    return tree


def _note_modules(tree: _Tree, place: str, entries: list[os.DirEntry[str]]) -> None:
    """Note the modules in a folder and, when there are some, the packages it makes of itself."""
    found = False
    for entry in entries:
        if match := _MODULE.fullmatch(entry.name):
            tree.add(place, match["name"])
            found = True
        elif match := _PROTO.fullmatch(entry.name):  # what a generator makes of it
            tree.add(place, match["name"] + "_pb2")
            tree.add(place, match["name"] + "_pb2_grpc")
        elif entry.is_symlink() and entry.name.isidentifier() and _leads_to_folder(entry):
            tree.add(place, entry.name)
    if not found:
        return
    while place:
        place, _, name = place.rpartition("/")
        tree.add(place, name)


def _leads_to_folder(link: os.DirEntry[str]) -> bool:
    try:
        return link.is_dir()
    except OSError:  # it leads in a circle, to a name that is too long, to where we may not look
        return False


def _is_walked(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    if name in _SKIPPED or name.startswith(".") or name.endswith(".egg-info"):
        return False
    return entry.is_dir(follow_symlinks=False)


def _bounded(files: Iterable[Path]) -> list[Path]:
    """The first of the files, as many as a project can need."""
    kept: list[Path] = []
    left = _MAX_DECLARED
    for path in files:
        with contextlib.suppress(OSError):
            left -= path.stat().st_size
        if left < 0 or len(kept) == _MAX_DECLARATIONS:
            log.warning("not every file that declares dependencies is read: there are too many")
            break
        kept.append(path)
    return kept


def _declarations(folder: Path) -> list[Path]:
    return sorted(folder / name for name in _names(folder) if declared.is_declaration(name))


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names are all that is wanted
    except (OSError, ValueError):  # a NUL in the name
        return []


def _own_names(files: Iterable[Path]) -> set[str]:
    """The projects' own names as import names, for code that is generated or built elsewhere."""
    found = set()
    for path in files:
        if path.name != "pyproject.toml":
            continue
        data = toml.read(path).data
        for table in (declared.table(data, "project"), declared.table(data, "tool", "poetry")):
            if isinstance(name := table.get("name"), str):
                found.add(re.sub(r"[-.]+", "_", name).lower())
    return found
