"""What is known of a project's folders with a `package.json`: what they declare, alias and have installed.

Read from the disk, never run. A folder with a tsconfig or Deno's settings alone counts as one, too: it says what its
code may import.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vetline import disk
from vetline.config import repository_of
from vetline.project import node_aliases
from vetline_analyzers.core.analyzer import NodePackage
from vetline_analyzers.core.universe import Ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

log = logging.getLogger(__name__)

_MAX_PACKAGES = 2_000
_MAX_INSTALLED = 50_000  # names of one `node_modules`
_MAX_MEMBERS = 500  # packages of a workspace that lies around the project
_LOCKS = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"}
)
_FIELDS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_LISTS = ("bundledDependencies", "bundleDependencies")
_ALIAS = re.compile(r"npm:(?P<name>@?[^@]+)")
_MARKS = re.compile(
    rf"package\.json|jsr\.json|{node_aliases.TSCONFIG.pattern}|{node_aliases.DENO.pattern}"
)


def is_mark(name: str) -> bool:
    """Whether a file of that name makes its folder one that `read` wants to hear of."""
    return bool(_MARKS.fullmatch(name))


def read(root: Path, folders: Iterable[Path | str]) -> tuple[NodePackage, ...]:
    """The packages of a project, and of the folders above it up to that of its repository.

    Args:
        root: the project's folder.
        folders: those that have a package.json, a tsconfig or the like, or the paths of those files; relative ones
            are so to the root.
    """
    root = Path(os.path.abspath(root))  # noqa: PTH100 - absolute() would keep ".."
    top = repository_of(root) or root
    above = [folder for folder in root.parents if folder.is_relative_to(top)]
    known = _Installed(top)
    inner = dict.fromkeys(_folder(root, one) for one in folders)
    found: list[NodePackage] = []
    for folder in (*above, *inner):
        names = disk.names(folder)
        if not any(map(is_mark, names)):
            continue
        if len(found) == _MAX_PACKAGES:
            log.warning("not every package.json is read: there are too many")
            break
        found.append(_package(folder, root, names, known))
    if found:
        found += [NodePackage("..", name) for name in _members_above(above, root)]
    return tuple(found)


def _folder(root: Path, one: Path | str) -> Path:
    path = root / one
    return path.parent if is_mark(path.name) else path


def _package(folder: Path, root: Path, names: list[str], known: _Installed) -> NodePackage:
    told = node_aliases.data(folder / "package.json") if "package.json" in names else {}
    paths = node_aliases.of_folder(folder, root, known.top, names)
    name = told.get("name") or _name_of(folder, names)
    inside = folder.is_relative_to(root)
    locked, unproved = known.locked(folder)
    return NodePackage(
        folder="" if folder == root or not inside else folder.relative_to(root).as_posix(),
        name=name if isinstance(name, str) else "",
        declared=frozenset(_declared(told)),
        aliases=(*node_aliases.of_package(told, folder, root), *paths.aliases),
        bases=paths.bases,
        installed=known.seen_from(folder),
        locked=locked,
        unproved=unproved,
    )


def _name_of(folder: Path, names: list[str]) -> object:
    """The name that Deno's settings give a package."""
    for name in ("deno.json", "deno.jsonc", "jsr.json"):
        if name in names and (own := node_aliases.data(folder / name).get("name")):
            return own
    return ""


def _declared(told: dict[str, Any]) -> Iterator[str]:
    """The names under which code may import what is declared, and those that `npm:` aliases stand for."""
    for field in _FIELDS:
        for name, version in node_aliases.table(told, field).items():
            yield name
            alias = _ALIAS.match(version) if isinstance(version, str) else None
            if alias:
                yield alias["name"]
    for field in _LISTS:
        yield from node_aliases.strings(told.get(field))


class _Installed:
    """What `node_modules` and lock files hold, each looked into once."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self._seen: dict[Path, frozenset[str] | None] = {}
        self._locks: dict[Path, tuple[frozenset[str], frozenset[str]] | None] = {}

    def seen_from(self, folder: Path) -> frozenset[str] | None:
        """The names in `node_modules` of a folder and those above it; None when there are none."""
        if folder not in self._seen:
            outer = self.seen_from(folder.parent) if folder != self.top else None
            own = frozenset(_packages_in(folder / "node_modules"))
            self._seen[folder] = own | (outer or own) if own else outer
        return self._seen[folder]

    def locked(self, folder: Path) -> tuple[frozenset[str], frozenset[str]]:
        """The names in the nearest lock file, upwards from a folder, and those of them that nothing proves."""
        for one in self._upwards(folder):
            if one not in self._locks:
                self._locks[one] = _locked(one)
            if (names := self._locks[one]) is not None:
                return names
        return frozenset(), frozenset()

    def _upwards(self, folder: Path) -> Iterator[Path]:
        for one in (folder, *folder.parents):
            if not one.is_relative_to(self.top):
                return
            yield one


def _packages_in(modules: Path) -> Iterator[str]:
    left = _MAX_INSTALLED
    for name in disk.names(modules):
        if name.startswith("."):
            continue
        inner = (
            [f"{name}/{one}" for one in disk.names(modules / name)]
            if name.startswith("@")
            else [name]
        )
        yield from inner
        left -= len(inner)
        if left < 0:
            log.warning("not everything in %s is known: there is too much", modules)
            return


def _locked(folder: Path) -> tuple[frozenset[str], frozenset[str]] | None:
    """The names in the lock files of a folder, and those that none proves; None when it has no such file."""
    present = _LOCKS.intersection(disk.names(folder))
    if not present:
        return None
    from vetline_analyzers import manifests  # noqa: PLC0415 - not every project has a lock file

    names: dict[str, bool] = {}
    for name in sorted(present):
        format_ = manifests.of_path(name)
        text = disk.text(folder / name, format_.limit) if format_ else ""
        if format_ and text:
            for one in format_.read(text).requirements:
                if one.package.ecosystem is Ecosystem.NPM:
                    known = names.get(one.package.name, False)
                    names[one.package.name] = known or one.is_proved
    return frozenset(names), frozenset(name for name, proved in names.items() if not proved)


def _members_above(above: list[Path], root: Path) -> Iterator[str]:
    """The names of the packages of a workspace that the project is a member of."""
    left = _MAX_MEMBERS
    for folder in above:
        for pattern in _workspaces(folder):
            for member in _matching(folder, pattern):
                if left == 0:
                    return
                if member.is_relative_to(root):
                    continue
                left -= 1
                name = node_aliases.data(member / "package.json").get("name")
                if isinstance(name, str) and name:
                    yield name


def _workspaces(folder: Path) -> list[str]:
    """The patterns of a workspace's members, as npm, yarn, bun and pnpm have them."""
    told = node_aliases.data(folder / "package.json").get("workspaces")
    listed = told.get("packages") if isinstance(told, dict) else told
    pnpm = disk.text(folder / "pnpm-workspace.yaml", node_aliases.LIMIT)
    _, _, packages = pnpm.partition("packages:")
    items = (line.strip() for line in packages.splitlines())
    named = (
        item[1:].partition("#")[0].strip().strip("'\"") for item in items if item.startswith("-")
    )
    return [*node_aliases.strings(listed), *named]


def _matching(folder: Path, pattern: str) -> Iterator[Path]:
    """The folders with a package.json that a pattern such as "packages/*" means."""
    pattern = pattern.strip().removeprefix("./").rstrip("/")
    if pattern.startswith(("!", "/")) or ".." in pattern or not pattern:
        return
    heads = [folder]
    for part in pattern.split("/"):
        if part in {"*", "**"}:
            heads = [
                head / name
                for head in heads
                for name in disk.names(head)
                if not name.startswith(".")
            ]
        else:
            heads = [head / part for head in heads]
        heads = heads[:_MAX_MEMBERS]
    yield from (head for head in heads if (head / "package.json").is_file())
