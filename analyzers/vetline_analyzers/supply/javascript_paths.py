"""Whether a path that JavaScript imports leads to a file of the project, told from a list of its files."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_SCRIPT = r"\.(?:[cm]?[jt]sx?|json|node|wasm|vue|svelte|astro|mdx|es6|coffee|litcoffee|ls|re|res|imba|marko|riot|elm|civet)"
_SIBLINGS = 500  # files that are compared with what was written
_LIKE = 0.7  # of difflib's ratio
# What may follow a name that is imported without its suffix: ".ts", ".d.ts", ".native.js".
_ENDING = re.compile(rf"(?P<more>\.(?!test\b|spec\b|stories\b)[\w-]+)?(?P<script>{_SCRIPT})\Z")
_IS_SCRIPT = re.compile(rf".+?(?P<script>{_SCRIPT})\Z")
_SPOKEN = re.compile(r"\.(?:[cm]?jsx?)\Z")  # TypeScript's `./x.js` is x.ts
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}\Z")
_STYLES = (".scss", ".sass", ".less", ".styl", ".pcss")

# Folders and files that builds make, or that people keep to themselves: nobody is surprised when they are not there.
_MADE = re.compile(
    r"\.|(?:_*generated_*|gen|codegen|autogen|dist|build|built|out|output|esm|cjs|umd|target|pkg|artifacts|tmp|temp|cache"
    r"|vendor|vendored|third[_-]party|node_modules|bower_components|coverage|compiled|bundles?|typechain|typechain-types|paraglide|styled-system)\Z"
    r"|(?:dist|build|esm|cjs|out)[-_.]\w|\+types\Z|\$|\w*(?:generated|autogen)|[\w.-]*[._-](?:gen|pb|g|min|bundle|local)(?:\.|\Z)"
    r"|\w+_(?:grpc_)?pb(?:\.|\Z)|_*(?:git-?)?version(?:\.|\Z)|build-?info(?:\.|\Z)|[\w.-]+\.(?:node|wasm)\Z"
    r"|(?:config|settings|secrets?|credentials|manifest|stats|package|package-lock)\.json\Z",
    re.IGNORECASE,
)
# Folders in which a file is itself made, or a fragment: what it imports is nobody's slip.
_OUTPUT = frozenset(
    {"dist", "esm", "cjs", "umd", "es5", "bundle", "bundles", "vendor", "third_party"}
    | {"template", "fixtures", "__fixtures__"}
)
_COMPILED = frozenset({"lib", "es", "bin", "types"})  # made when there is a `src` beside them
_PLACEHOLDER = re.compile(r"[<>{}*%|\s\[\]()#]")


class Listing(NamedTuple):
    """The files of a project, to look things up in.

    Attributes:
        names: folder → the names of the files in it; the root is "". What git ignores anywhere is in "**".
        stems: the same without the suffixes that an import may leave out, of the folders that were asked for.
        suffixes: of all files, with the dot.
    """

    names: dict[str, set[str]]
    stems: dict[str, set[str]]
    suffixes: frozenset[str]


@lru_cache(maxsize=2)
def listing(files: frozenset[str]) -> Listing:
    """The files of `Facts.files` by folder."""
    names: dict[str, set[str]] = {"": set()}
    for place in files:
        folder, _, name = place.rpartition("/")
        names.setdefault(folder, set()).add(name)
    for folder in list(names):
        while folder and (folder := folder.rpartition("/")[0]) not in names:
            names[folder] = set()
    suffixes = frozenset(place[place.rfind(".") :] for place in files if "." in place)
    return Listing(names, {}, suffixes)


def _stems(folder: str, known: Listing) -> set[str]:
    if folder not in known.names:
        return set()
    if folder not in known.stems:
        known.stems[folder] = set(_without_suffix(known.names[folder]))
    return known.stems[folder]


def _without_suffix(names: set[str]) -> Iterator[str]:
    for name in names:
        if (match := _IS_SCRIPT.match(name)) is None:
            continue
        yield name[: match.start("script")]
        if ending := _ENDING.search(name):
            yield name[: ending.start()]


def normal(folder: str, path: str) -> str | None:
    """The place that a path means from a folder; None when it leads out of the project."""
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def is_there(place: str, known: Listing) -> bool:
    """Whether a file is meant by a place, as runtimes, TypeScript and bundlers look for it."""
    folder, _, name = place.rpartition("/")
    if name and _in(name, folder, known):
        return True
    return "package.json" in known.names.get(place, ()) or _in("index", place, known)


def _in(name: str, folder: str, known: Listing) -> bool:
    names: Collection[str] = known.names.get(folder, ())
    stems = _stems(folder, known)
    if name in names or name in stems or _SPOKEN.sub("", name) in stems:
        return True
    return name.endswith(".css") and any(name[:-4] + suffix in names for suffix in _STYLES)


def is_written(place: str) -> bool:
    """Whether a file is written by people or their assistants to stand where it stands."""
    return _OUTPUT.isdisjoint(place.split("/")[:-1]) and ".min." not in place


def is_missed(place: str, known: Listing) -> bool:
    """Whether a place that no file is at should have one.

    Not what a build makes, what is not listed (hidden folders), nor an asset of a kind that is listed nowhere.
    """
    parts = place.split("/")
    if _PLACEHOLDER.search(place) or not place:
        return False
    made = known.names.get("**", set())
    at = ""
    for part in parts[:-1]:
        above, at = at, f"{at}/{part}" if at else part
        if at in known.names:
            continue
        source = f"{above}/src" if above else "src"
        if _MADE.match(part) or part in made or part in known.names.get(above, ()):
            return False  # the last: git ignores that folder
        if part in _COMPILED and source in known.names:
            return False
    name = parts[-1]
    if _MADE.match(name) or _in(name, "**", known):
        return False
    suffix = _SUFFIX.search(name)
    return suffix is None or bool(_IS_SCRIPT.match(name)) or suffix[0] in known.suffixes


def near(place: str, known: Listing) -> str:
    """The name of the file beside a place that was probably meant, without its suffix; "" when there is none."""
    folder, _, name = place.rpartition("/")
    stem = _SPOKEN.sub("", name)
    names = sorted(_stems(folder, known) - {stem})
    for other in names:
        if other.lower() == stem.lower():
            return other
    return next(iter(get_close_matches(stem, names[:_SIBLINGS], 1, _LIKE)), "")
