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
from typing import TYPE_CHECKING

from vetline import advisories, disk, index, registries
from vetline.config import repository_of
from vetline.index import members
from vetline.project import declared, environment, node, secrets_baseline
from vetline.project import tree as trees
from vetline_analyzers import manifests
from vetline_analyzers.core.analyzer import DependencyPolicy, Facts
from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.supply.obsolete import REMOVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vetline.settings import Settings
    from vetline_analyzers.core.analyzer import NodePackage
    from vetline_analyzers.core.universe import Members, Package

log = logging.getLogger(__name__)

_MAX_DECLARATIONS = 500
_MAX_DECLARED = 5 * manifests.LIMIT  # bytes of all declarations
_MAX_LOCKED = 2 * manifests.LOCK_LIMIT  # bytes of all lock files

# Modules of the standard library that this Python has no more, or not yet: real, not invented.
_OTHER_STDLIB = {"_typeshed", "annotationlib", "compression", "test", "tomllib", *REMOVED}
STDLIB = frozenset(sys.stdlib_module_names) | _OTHER_STDLIB


def facts(root: Path, settings: Settings, environ: Mapping[str, str] | None = None) -> Facts:
    """The facts of the project at `root`.

    Args:
        root: the project's folder.
        settings: `python`, `own_modules`, `internal_packages`, `advisories` and those of dependencies are heeded.
        environ: the environment variables; the process's own when not given.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100 - absolute() would keep ".."
    top = repository_of(root) or root
    where = python_of(root, settings, environ)
    if settings.python and where is None:
        log.warning("setting python: %s is no Python environment", settings.python)
    installed = environment.read(where) if where else None
    tree = trees.walk(root)
    above = _above(root, top)
    files = [*tree.declarations, *(path for at in above for path in trees.declarations(at))]
    read, is_cut = _bounded(files)
    told = declared.gather(read)
    versions = environment.versions(where) if where else {}
    nodes = node.read(root, tree.scripts)
    modules = {*tree.modules, *settings.own_modules, *_spelt(told.own)}
    # A file may import what lies beside it or beside a folder it is in.
    for folder in above:
        tops = environment.top_levels(folder, disk.names(folder))
        modules.update(name for name, is_shared in tops if not is_shared)
    return Facts(
        stdlib=_stdlib(where),
        installed=installed,
        declared=frozenset(told.declared),
        optional=frozenset(name for name, optional in told.declared.items() if optional),
        modules=frozenset(modules),
        accepted=secrets_baseline.read(root, above),
        files=frozenset(tree.files) if tree.is_whole else frozenset(),
        locked=frozenset(told.locked),
        unproved=told.unproved,
        own_packages=told.own | _named(nodes),
        node=nodes,
        universe=index.load(),
        members=_members(versions, installed or {}),
        advisories=advisories.load(_path(root, settings.advisories)),
        registries=registries.facts(
            root,
            [*files, *tree.scripts],
            internal=settings.internal_packages,
            environ=environ,
        ),
        dependency_policy=DependencyPolicy(
            pinned=settings.dependencies_pinned,
            hashed=settings.dependencies_hashed,
            sources=frozenset(settings.dependencies_sources),
        ),
        is_cut=is_cut,
        versions={**told.locked, **versions},
    )


def python_of(
    root: Path, settings: Settings, environ: Mapping[str, str] | None = None
) -> Path | None:
    """The Python environment of the project at `root`; None when there is none to be seen."""
    root = Path(os.path.abspath(root))  # noqa: PTH100 - as above
    named = _path(root, settings.python)
    environ = os.environ if environ is None else environ
    return environment.find(root, repository_of(root) or root, named, environ)


def accepted(
    root: Path, content: Callable[[Path], bytes | None] | None = None
) -> dict[str, frozenset[str]]:
    """Of the facts of the project at `root` the accepted secrets alone, which cost no walk.

    Args:
        root: the project.
        content: gives what files held at another time, None for one that was not there; what it raises passes through.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100 - as above
    above = _above(root, repository_of(root) or root)
    return secrets_baseline.read(root, above, *([content] if content else []))


def _members(
    versions: Mapping[str, str], installed: Mapping[str, tuple[str, ...]]
) -> Members | None:
    """The index of members, silent about what is installed in a version that it does not know."""
    known = members.load()
    return known.beside(installed, versions) if known and installed else known


def _path(root: Path, value: str) -> Path | None:
    """The path that a setting means; None when it is not set."""
    return root / os.path.expanduser(value) if value else None  # noqa: PTH111 - never raises


def _above(root: Path, top: Path) -> list[Path]:
    """The folders above a root up to that of its repository, the nearest first."""
    return [folder for folder in root.parents if folder.is_relative_to(top)]


def _stdlib(where: Path | None) -> frozenset[str]:
    """The standard library of an environment's Python; where its version is not known, all that ever was of Python 3."""
    version = environment.version(where) if where else ()
    if not version:
        return STDLIB
    gone = {name for name, known in REMOVED.items() if _numbers(known.since) <= version}
    return STDLIB - gone


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _bounded(files: Iterable[Path]) -> tuple[list[Path], bool]:
    """Of the files those that tell of Python, as many as a project can need, and whether some were left out.

    The outermost go first: what a project needs stands at its root, and many more may lie in its tests' data.
    """
    kept: list[Path] = []
    left = {False: _MAX_DECLARED, True: _MAX_LOCKED}
    telling = [path for path in files if declared.is_of_python(path.as_posix())]
    for path in sorted(telling, key=lambda path: (len(path.parts), path)):
        locks = declared.is_lock(path.as_posix())
        size = 0
        with contextlib.suppress(OSError):
            size = path.stat().st_size
        if size <= left[locks] and len(kept) < _MAX_DECLARATIONS:
            left[locks] -= size
            kept.append(path)
    is_cut = len(kept) < len(telling)
    if is_cut:
        log.warning("not every file that declares dependencies is read: there are too many")
    return kept, is_cut


def _named(nodes: Iterable[NodePackage]) -> frozenset[Package]:
    """The packages of npm that the project's folders are."""
    return frozenset(package(Ecosystem.NPM, node.name) for node in nodes if node.name)


def _spelt(own: Iterable[Package]) -> set[str]:
    """The projects' own names as import names, for code that is generated or built elsewhere."""
    return {re.sub(r"-", "_", one.name) for one in own if one.ecosystem is Ecosystem.PYPI}
