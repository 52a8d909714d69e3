"""Where the imports of a project's own Python modules lead, told from the names of its files alone.

What cannot be told is taken for fine: an attribute of a package, a module that a build makes, a package that puts
modules into place when it is imported.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALIKE = 75  # per cent of likeness from which a sibling is offered; "modles" and "models" have 83
_SIBLINGS = 2_000  # that are compared
# Files no module is made from.
_INERT_SUFFIXES = "md rst txt json yaml yml toml cfg ini html htm css csv tsv po mo png svg jpg gif ico lock log sql sh xml"
_INERT = frozenset(_INERT_SUFFIXES.split())
# Made when a project is built or released: `setuptools-scm`, `protoc`, `pyuic`, `pyrcc`, ANTLR, CFFI, SWIG.
_MADE = re.compile(
    r"_*(?:git_?|scm_?|build_?|release_?)?(?:version|revision|commit|build|buildinfo|build_info|versioneer)_*(?:_info)?_*"
    r"|(?:_+)?generated(?:_\w+)?|\w+_(?:pb2|pb2_grpc|grpc|generated|gen|rc|ui|cffi|autogen|wrap)|[Uu]i_\w+|resources_rc"
    r"|moves|\w+(?:Lexer|Parser|Visitor|Listener)|__config__|_sysconfigdata\w*|_distributor_init_local|local_?settings\w*|settings_local"
)
_PYTHON = ("py", "so", "pyd", "cpython")
# What gives a package names that its text does not hold.
_OPEN = re.compile(
    r"import[ \t(]{0,9}\*|\b(?:__getattr__|__path__|globals|locals|vars|setattr|exec|eval|modules|importlib|pkgutil|import_module|lazy\w*|attach\w*)\b"
)
_VENDORED = re.compile(r"(?:^|/)_?(?:vendor(?:ed)?|extern(?:als?)?|third_?party)(?:/|$)")
_TEMPLATES = frozenset({"in", "j2", "jinja", "mako", "proto", "tmpl", "tpl", "ui", "qrc"})
_SOURCE_SUFFIXES = (
    "c cc cpp cxx cu cuh f f90 f95 go h hpp i in jinja j2 l lark mako m mm nim pxd pyf pyx rs tmpl tpl y zig g4 proto ui qrc thrift"
    " fbs capnp"
)
_COMPILED = frozenset(_SOURCE_SUFFIXES.split())


class Missing(NamedTuple):
    """A module that is not there.

    Attributes:
        base: where it would lie, POSIX, relative to the root, without a suffix.
        depth: how many of the parts of the name as it was asked for there are, this one included.
        near: the name of a sibling that may be meant; "" when none suggests itself.
    """

    base: str
    depth: int
    near: str


class _Tree(NamedTuple):
    """The files of a project, as imports ask for them.

    Attributes:
        modules: folder → the names of the modules in it.
        folders: folder → the names of the folders in it.
        named: name of a folder → the folders that bear it.
        code: folders with a module in them or below.
        made: names that are made somewhere, or compiled from a source that lies elsewhere.
        compiles: some modules are compiled.
    """

    modules: dict[str, set[str]]
    folders: dict[str, set[str]]
    named: dict[str, list[str]]
    code: set[str]
    made: set[str]
    compiles: bool

    def has(self, folder: str, name: str) -> bool:
        """Whether there is a module of that name in a folder."""
        return name in self.modules.get(folder, ())

    def leads(self, folder: str, name: str) -> bool:
        """Whether there is a module or a folder of that name in a folder."""
        return self.has(folder, name) or name in self.folders.get(folder, ())


@lru_cache(maxsize=4)
def _tree(files: frozenset[str]) -> _Tree:
    modules: dict[str, set[str]] = {}
    folders: dict[str, set[str]] = {}
    named: dict[str, list[str]] = {}
    code: set[str] = set()
    made: set[str] = set()
    compiles = False
    for path in files:
        folder, _, name = path.rstrip("/").rpartition("/")
        if path.endswith("/"):
            named.setdefault(name, []).append(path[:-1])
            folders.setdefault(folder, set()).add(name)
            continue
        stem, _, suffix = name.partition(".")
        if suffix in _INERT:
            continue
        modules.setdefault(folder, set()).add(stem)
        if suffix.startswith(_PYTHON):
            at = folder
            while at and at not in code:
                code.add(at)
                at = at.rpartition("/")[0]
        if folder == "**":
            made.add(stem)
        elif suffix.rpartition(".")[2] in _COMPILED:
            made.update((stem, stem.removesuffix("module"), stem.removeprefix("lib")))
            compiles = compiles or suffix.rpartition(".")[2] not in _TEMPLATES
    return _Tree(modules, folders, named, code, made, compiles)


def has_somewhere(name: str, files: frozenset[str]) -> bool:
    """Whether any file or folder of the project bears a module's name: its folder may be put on the path."""
    return name in _everywhere(files)


@lru_cache(maxsize=4)
def _everywhere(files: frozenset[str]) -> frozenset[str]:
    tree = _tree(files)
    return frozenset().union(*tree.modules.values(), tree.named)


def relative(
    path: str, module: str, names: Iterable[str], files: frozenset[str]
) -> tuple[str, Missing] | None:
    """What a relative import misses.

    Args:
        path: of the importing file, POSIX, relative to the root.
        module: with its dots.
        names: what is taken out of it.
        files: as of `Facts`.

    Returns:
        The name that leads nowhere ("" for the module itself, else one of `names`) and what is missing; None when
        it leads somewhere, or when that cannot be told.
    """
    inner = module.lstrip(".")
    folder = posixpath.dirname(path)
    for _ in range(len(module) - len(inner) - 1):
        if not folder:
            return None  # above the root
        folder = posixpath.dirname(folder)
    if folder and f"{folder}/" not in files:
        return None  # nobody looked there
    return _lead(folder, inner.split(".") if inner else [], names, files)


def absolute(
    module: str, names: Iterable[str], files: frozenset[str], tops: Iterable[str]
) -> tuple[str, Missing] | None:
    """What an import of one of the project's own packages misses, as `relative` gives it.

    Args:
        module: its dotted name.
        names: what is taken out of it.
        files: as of `Facts`.
        tops: the folders that may be its first part, as `folders` gives them; it has to lead nowhere from any.
    """
    parts = module.split(".")[1:]
    missed = None
    asked = list(names)
    for top in tops:
        found = _lead(top, parts, asked, files)
        if found is None:
            return None
        missed = missed or found
    return missed


def unbound(
    folder: str, text: str, names: Iterable[str], files: frozenset[str]
) -> tuple[str, Missing] | None:
    """What is taken from a regular package that has no module of that name, and whose own text does not hold the word.

    Args:
        folder: the package's.
        text: of its `__init__`.
        names: what is taken.
        files: as of `Facts`.
    """
    tree = _tree(files)
    if _VENDORED.search(folder) or f"{folder}/" not in files or _is_open(text):
        return None
    for name in names:
        is_dunder = name.startswith("__")
        if not (tree.leads(folder, name) or _is_made(name, tree) or is_dunder or name in text):
            return name, Missing(f"{folder}/{name}", 1, _near(name, folder, tree))
    return None


@lru_cache(maxsize=64)
def _is_open(text: str) -> bool:
    return _OPEN.search(text) is not None


def folders(name: str, files: frozenset[str]) -> list[str]:
    """The folders of that name from which its modules are imported: they lie in no package."""
    found = _tree(files).named.get(name, ())
    code = _tree(files).code
    return sorted(at for at in found if at in code and not is_package(posixpath.dirname(at), files))


def is_package(folder: str, files: frozenset[str]) -> bool:
    """Whether a folder has an `__init__` file."""
    return _tree(files).has(folder, "__init__")


def _lead(
    folder: str, parts: list[str], names: Iterable[str], files: frozenset[str]
) -> tuple[str, Missing] | None:
    """Follow the parts of a name from a folder on."""
    tree = _tree(files)
    at = folder
    for depth, part in enumerate(parts, 1):
        base = f"{at}/{part}" if at else part
        is_folder = f"{base}/" in files
        if is_folder and (tree.has(base, "__init__") or not tree.has(at, part)):
            at = base
        elif tree.has(at, part) or any(_is_made(one, tree) for one in parts[depth - 1 :]):
            return None  # a module: what is in it, nobody knows here
        elif _VENDORED.search(at):
            return None  # others' code, stripped of what is not needed, or put into place when it is imported
        else:
            return "", Missing(base, depth, _near(part, at, tree))
    # In a folder without `__init__` there is nothing but modules; the root may be a package of another name.
    if not at or tree.has(at, "__init__") or at not in tree.code:
        return None
    for name in names:
        if not (tree.leads(at, name) or name[0].isupper() or _is_made(name, tree)):
            return name, Missing(f"{at}/{name}", len(parts) + 1, _near(name, at, tree))
    return None


def _is_made(name: str, tree: _Tree) -> bool:
    """Whether a build may make a module of that name."""
    if name in tree.made or _MADE.fullmatch(name):
        return True
    return tree.compiles and name.startswith("_")


def _near(name: str, folder: str, tree: _Tree) -> str:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only who imports what is not there pays for it

    siblings = {*tree.modules.get(folder, ()), *tree.folders.get(folder, ())} - {"__init__"}
    found = process.extractOne(
        name, sorted(siblings)[:_SIBLINGS], scorer=fuzz.ratio, score_cutoff=_ALIKE
    )
    return str(found[0]) if found else ""
