"""One walk through a project's folders: what its imports may lead to, and which files say what it needs."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from vetline import disk
from vetline.project import declared

MAX_ENTRIES = 50_000  # of folders; beyond it the deepest modules are not known
_MAX_DEPTH = 20
_MAX_IGNORES = 200  # files that say what git ignores
_IGNORES = 200_000  # bytes of one
_SKIPPED = frozenset({"node_modules", "bower_components", "__pycache__", "site-packages"})
_MODULE = re.compile(r"(?P<name>[^\W\d]\w*)(?:\.py|\.pyi|\.pyw|\.pyx|(?:\.[\w-]+)?\.(?:so|pyd))")
_PROTO = re.compile(r"(?P<name>[^\W\d]\w*)\.proto")
_SCRIPTS = re.compile(r"package\.json|[tj]sconfig(?:[.-][\w.-]+)?\.json|deno\.jsonc?|jsr\.json")
# Endings of the files that may be a manifest or a lock file; asking each format of each file would take long.
TELLING = (".toml", ".txt", ".in", ".lock", ".cfg", ".json", ".jsonc", ".yaml", ".yml", "Pipfile", "setup.py", "tox.ini")  # fmt: skip
_NAMED = re.compile(r"[\w./-]*\w")  # a line of a `.gitignore` without wildcards


class Tree(NamedTuple):
    """What a walk found.

    Attributes:
        modules: import names; one that only its neighbours can import, because it lies in a package,
            as "folder/name".
        declarations: files that declare or lock dependencies.
        scripts: files that say what JavaScript may import: `package.json`, `tsconfig.json` and their kind.
        packages: place of each folder seen → whether it is a package.
        files: as of `Facts`.
        is_whole: nothing was left out for its size.
    """

    modules: set[str]
    declarations: list[Path]
    scripts: list[Path]
    packages: dict[str, bool]
    files: set[str]
    is_whole: bool

    def add(self, folder: str, name: str) -> None:
        """Note a module or package `name` in `folder`, a place relative to the root."""
        # A folder without __init__ may be on the path; what lies in a package is seen from within.
        inner = folder and self.packages[folder]
        self.modules.add(f"{folder}/{name}" if inner else name)


def walk(root: Path) -> Tree:
    """Look through the folders of a project, the outer ones first."""
    tree = Tree(set(), [], [], {}, set(), is_whole=True)
    ignores: list[tuple[str, Path]] = []
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
        start = f"{place}/" if place else ""
        tree.files.add(start)
        inner = [entry for entry in entries if _is_walked(entry)] if depth < _MAX_DEPTH else []
        tree.files.update(start + entry.name for entry in entries if entry not in inner)
        _note(tree, place, folder, entries)
        if ".gitignore" in names and len(ignores) < _MAX_IGNORES:
            ignores.append((start, Path(folder, ".gitignore")))
        if left > 0:
            queue += [(entry.path, start + entry.name, depth + 1) for entry in inner]
    if tree.packages.get(""):
        tree.modules.add(root.name)
    tree.files.discard("")
    for start, path in ignores:
        tree.files.update(_ignored(start, disk.text(path, _IGNORES)))
    tree.declarations.sort()
    return tree._replace(is_whole=left > 0)


def declarations(folder: Path) -> list[Path]:
    """The files in a folder that declare or lock dependencies."""
    return [folder / name for name in sorted(disk.names(folder)) if _declares(name)]


def _note(tree: Tree, place: str, folder: str, entries: list[os.DirEntry[str]]) -> None:
    """Note what lies in a folder and, when there are modules, the packages it makes of itself."""
    found = False
    start = f"{place}/" if place else ""
    for entry in entries:
        name = entry.name
        if match := _MODULE.fullmatch(name):
            tree.add(place, match["name"])
            found = True
        elif match := _PROTO.fullmatch(name):  # what a generator makes of it
            for made in (f"{match['name']}_pb2", f"{match['name']}_pb2_grpc"):
                tree.add(place, made)
                tree.files.add(f"{start}{made}.py")
        elif name.isidentifier() and entry.is_symlink() and _leads_to_folder(entry):
            tree.add(place, name)
        if name.endswith(TELLING):
            _note_manifest(tree, start + name, Path(folder, name))
    if not found:
        return
    while place:
        place, _, name = place.rpartition("/")
        tree.add(place, name)


def _note_manifest(tree: Tree, place: str, path: Path) -> None:
    # The folder makes a manifest of `requirements/dev.txt`.
    in_folder = place.endswith((".txt", ".in")) and declared.is_declaration(place)
    if in_folder or _declares(path.name):
        tree.declarations.append(path)
    if _SCRIPTS.fullmatch(path.name):
        tree.scripts.append(path)


@lru_cache(maxsize=10_000)
def _declares(name: str) -> bool:
    return name.endswith(TELLING) and declared.is_declaration(name)


def _ignored(start: str, text: str) -> list[str]:
    """What git ignores by name in a folder and what is below it: a build makes it, so an import may lead there.

    What may lie in any folder below is given as "**/name", without the folder.
    """
    found = []
    for line in text.splitlines():
        name = line.strip()
        if not _NAMED.fullmatch(name.rstrip("/")):
            continue
        if "/" in name.rstrip("/"):
            found.append(start + name.removeprefix("/"))
        else:
            found.append(f"**/{name.rstrip('/')}")
    return found


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
