"""What leads specifiers of JavaScript to a project's own files: tsconfig, `imports`, import maps, bundlers' settings.

Everything is read as data; a bundler's settings are a program, of which plain literals are read and the rest is not.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import disk
from vetline_analyzers import manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Aliases = tuple[tuple[str, tuple[str, ...]], ...]

LIMIT = manifests.LIMIT  # bytes of one file
_MAX = 1_000  # aliases of one folder
_CHAIN = 10  # files that extend one another
_DEPTH = 6  # of conditions in conditions

# A string stays; comments, and commas before a closing bracket, go.
_STRING_OR = r'(?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*"?)'
_COMMENT = re.compile(rf"{_STRING_OR}|//[^\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/|\Z)")
_COMMA = re.compile(rf"{_STRING_OR}|,(?=\s*[}}\]])")

TSCONFIG = re.compile(r"[jt]sconfig(?:[.-][\w.-]{1,50})?\.json")
DENO = re.compile(r"deno\.jsonc?|import_?map\.json|import-map\.json")
BUNDLERS = (
    "vite", "vitest", "webpack", "rspack", "rsbuild", "vue", "nuxt", "babel", "metro", "astro", "svelte", "jest",
    "craco", "next", "farm", "rollup", "esbuild",
)  # fmt: skip
BUNDLER = re.compile(
    rf"(?:electron\.)?(?:{'|'.join(BUNDLERS)})(?:[.-][\w-]{{1,20}}){{0,2}}\.(?:[cm]?[jt]s|json)"
    r"|\.babelrc(?:\.[cm]?js|\.json)?"
)
_ALIASES = re.compile(
    r"\b(?:alias|moduleNameMapper|extraAlias)['\"]?\s{0,9}[:=]\s{0,9}\{([^{}]{0,20000})\}"
)
_KEY = re.compile(r"(?:^|[,{\n])[ \t]{0,99}(?:['\"]([^'\"\n]{1,100})['\"]|([\w$]{1,100}))\s{0,9}:")
_FIND = re.compile(
    r"\bfind['\"]?\s{0,9}:\s{0,9}(?:['\"]([^'\"\n]{1,100})['\"]|/\^?([\w@~#$\\/-]{1,100}))"
)


class Paths(NamedTuple):
    """What a folder's settings say of specifiers: as the fields of `NodePackage`."""

    aliases: Aliases = ()
    bases: frozenset[str] = frozenset()


def of_folder(folder: Path, root: Path, top: Path, names: Iterable[str]) -> Paths:
    """What the settings in a folder say of specifiers.

    Args:
        folder: the folder.
        root: the project's; places are relative to it.
        top: what lies outside of it is not read.
        names: the files in the folder.
    """
    aliases: dict[str, tuple[str, ...]] = {}
    bases: set[str] = set()
    for name in sorted(names):
        if TSCONFIG.fullmatch(name):
            found = _tsconfig(folder / name, root, top)
            bases |= found.bases
            aliases.update(found.aliases)
        elif DENO.fullmatch(name):
            aliases.update(_import_map(data(folder / name), folder, root))
        elif BUNDLER.fullmatch(name):
            aliases.update(_bundler(disk.text(folder / name, LIMIT)))
    return Paths(tuple(aliases.items())[:_MAX], frozenset(bases))


def of_package(
    told: dict[str, Any], folder: Path, root: Path
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a package.json says of specifiers: `imports`, `browser`, `_moduleAliases`, `alias`, jest's mapper."""
    for key, value in table(told, "imports").items():
        leaves = [leaf for leaf in _leaves(value) if leaf.startswith("./")]
        yield key, _places(folder, leaves, root)
    for field in ("browser", "alias", "react-native"):
        for key in table(told, field):
            if not key.startswith("."):
                yield key, ()
    for key in table(told, "_moduleAliases"):
        yield from _with_inner(key)
    for key in table(told, "jest", "moduleNameMapper"):
        yield from _of_regex(key)


def data(path: Path) -> dict[str, Any]:
    """The object in a JSON file that may have comments; an empty one when there is none that can be read."""
    text = disk.text(path, LIMIT)
    for plain in (True, False):  # most have none
        with contextlib.suppress(ValueError, RecursionError):
            read = json.loads(text if plain else _COMMA.sub(_kept, _COMMENT.sub(_kept, text)))
            return read if isinstance(read, dict) else {}
    return {}


def table(told: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The object under nested keys; an empty one when something else stands there."""
    value: Any = told
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def strings(value: object) -> list[str]:
    """The strings of a list, of a string itself, else none."""
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _kept(match: re.Match[str]) -> str:
    return match["string"] or " "


def _place(folder: Path, path: str, root: Path) -> str | None:
    """The place, relative to the root, of a path from a folder; None when it lies outside."""
    if "\0" in path:
        return None
    try:
        place = os.path.relpath(os.path.normpath(folder / path), root).replace(os.sep, "/")
    except ValueError:  # another drive
        return None
    if place == ".." or place.startswith("../"):
        return None
    return "" if place == "." else place


def _places(folder: Path, paths: Iterable[str], root: Path) -> tuple[str, ...]:
    found = (_place(folder, path, root) for path in paths)
    return tuple(place for place in found if place is not None)


def _leaves(value: object, depth: int = 0) -> Iterator[str]:
    """The strings in conditions and lists of them."""
    if isinstance(value, str):
        yield value
    elif depth < _DEPTH:
        inner = (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
        for one in inner:
            yield from _leaves(one, depth + 1)


def _tsconfig(path: Path, root: Path, top: Path) -> Paths:
    """The `paths` and `baseUrl` that hold in a tsconfig or jsconfig: each its own, or of the nearest one it extends."""
    aliases: dict[str, Any] | None = None
    base = based = source = None
    queue = [path]
    for _ in range(_CHAIN):
        if not queue or (aliases is not None and base is not None):
            break
        config = queue.pop(0)
        told = data(config)
        options = table(told, "compilerOptions")
        url = options.get("baseUrl")
        if base is None and isinstance(url, str) and "\0" not in url:
            base, based = config.parent / _expanded(url, path), config
        if aliases is None and "paths" in options:
            aliases, source = table(options, "paths"), config
        queue += _extended(told, config, top)
    place = _place(base, ".", root) if base is not None else None
    bases = frozenset() if place is None else frozenset({place})
    if not aliases or source is None or (based != path and _is_told_above(source, path)):
        return Paths((), bases)
    return Paths(tuple(_paths(aliases, base or source.parent, root, path)), bases)


def _is_told_above(source: Path, path: Path) -> bool:
    """Whether what a tsconfig inherits is read for its folder, or one around it, anyway."""
    around = path.parent.is_relative_to(source.parent)
    return source != path and around and bool(TSCONFIG.fullmatch(source.name))


def _paths(
    told: dict[str, Any], base: Path, root: Path, config: Path
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern, targets in told.items():
        yield pattern, _places(base, [_expanded(one, config) for one in strings(targets)], root)


def _expanded(path: str, config: Path) -> str:
    return path.replace("${configDir}", str(config.parent))


def _extended(told: dict[str, Any], config: Path, top: Path) -> Iterator[Path]:
    """The files that a tsconfig extends, a package's and those outside left out."""
    for one in strings(told.get("extends")):
        name = one if one.endswith(".json") else one + ".json"
        path = Path(os.path.normpath(config.parent / name))
        if one.startswith(".") and path.is_relative_to(top):
            yield path


def _import_map(
    told: dict[str, Any], folder: Path, root: Path
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Of Deno's settings and of import maps: a key with "/" at its end stands for what begins with it."""
    maps = [table(told, "imports"), *table(told, "scopes").values()]
    for one in maps:
        for key, value in one.items() if isinstance(one, dict) else ():
            star = "*" if key.endswith("/") else ""
            own = isinstance(value, str) and value.startswith(("./", "../"))
            yield key + star, _places(folder, [value + star], root) if own else ()


def _bundler(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names in the literals that a bundler's or a test runner's settings hold; where they lead is not read."""
    for match in _ALIASES.finditer(text):
        for quoted, bare in _KEY.findall(match[1]):
            key = quoted or bare
            yield from _of_regex(key) if key.startswith("^") else _with_inner(key)
    for quoted, regex in _FIND.findall(text):
        yield from _with_inner(quoted) if quoted else _of_regex(regex)


def _with_inner(key: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """An alias stands for itself and for what lies below it; with "$" at its end for itself alone."""
    bare = key.removesuffix("$").removesuffix("/*").removesuffix("/")
    if bare and bare != "*":
        yield bare, ()
        if not key.endswith("$"):
            yield bare + "/*", ()


def _of_regex(pattern: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a regular expression of a simple form stands for: "^@/(.*)$"."""
    head = re.match(r"\^?([\w@~#/\\-]+)", pattern)
    bare = head[1].replace("\\", "").rstrip("/") if head else ""
    if bare:
        yield from _with_inner(bare)
