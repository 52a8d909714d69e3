"""The project's own modules that a text imports, read so that data can be followed into them.

Imports are told from the text alone, strings and comments not excepted: what is read in vain only costs. Files are
found where the languages look for them, inside the project, and nothing is run.
"""

from __future__ import annotations

import os
import posixpath
import re
import sys
from itertools import islice
from typing import TYPE_CHECKING

from vetline import disk, files
from vetline_analyzers.core.analyzer import Neighbour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from vetline_analyzers.core.text import Snapshot

MODULES = 30  # that are read for one text
SIZE = 1_000_000  # characters of them
FILE = 200_000  # bytes of one
_TOPS = 40  # folders that a module is looked for in
_NAMES = 1_000  # that one text may import before the rest is passed over
_HELD = 64_000_000  # characters that are kept from one text to the next
_SCRIPTS = (".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_SPOKEN = re.compile(r"\.([cm]?)jsx?$")  # TypeScript's `./x.js` is x.ts

_PYTHON = re.compile(
    r"(?:^|[;:])[ \t\f]*+(?:from[ \t]++(?P<source>\.*+[\w.]*+)[ \t]*+import\b"
    r"(?P<names>[ \t]*+\((?:#[^\r\n]*+|[^()#])*+|(?:[^\r\n#;\\]|\\\r?\n)*+)"
    r"|import[ \t]++(?P<modules>(?:[^\r\n#;\\]|\\\r?\n)*+))",
    re.MULTILINE,
)
_COMMENT = re.compile(r"#[^\r\n]*")
_LISTED = re.compile(r"(?:^|[(,])[\s\\]*+([^\W\d][\w.]*+)")
_JAVASCRIPT = re.compile(
    r"\b(?:from|import|require)\s*+(?:\(\s*+)?(?P<quote>['\"`])(?P<name>\.\.?(?:/[^'\"`\r\n\\]{0,300})?)(?P=quote)"
)


class Neighbours:
    """Finds and reads the modules beside a text; each file is read once, so it is made for one run."""

    def __init__(self, root: Path, instead: Mapping[str, bytes] | None = None) -> None:
        """Read nothing yet.

        Args:
            root: the project's folder; nothing outside it is read.
            instead: by place, what some files are to hold.
        """
        self._root, self._real = os.path.abspath(root), os.path.realpath(root)  # noqa: PTH100 - as `files` has it
        self._instead = instead or {}
        self._texts: dict[str, str | None] = {}
        self._imports: dict[str, dict[str, str]] = {}
        self._there: dict[str, bool] = {}
        self._tops: dict[str, tuple[str, ...]] = {}
        self._absolutes: dict[tuple[str, str], str] = {}
        self._held = 0

    def of(self, snapshot: Snapshot) -> dict[str, Neighbour]:
        """The modules that a text imports, by the names it imports them by, with what those import.

        As many as the limits let in, those of the text itself first. A file that cannot be read is none.
        """
        find = _FINDS.get(snapshot.language)
        if find is None or snapshot.path.startswith("../"):
            return {}
        if self._held > _HELD:
            self._texts.clear()
            self._imports.clear()
            self._held = 0
        seen: dict[str, str] = {}
        size = 0

        def taken(place: str) -> bool:
            nonlocal size
            text = self._text(place) or ""
            if place not in seen and (len(seen) == MODULES or size + len(text) > SIZE):
                return False
            size += 0 if place in seen else len(text)
            seen[place] = text
            return True

        direct = dict(islice(find(self, snapshot.path, snapshot.text), _NAMES))
        direct = {name: place for name, place in direct.items() if taken(place)}
        return {
            name: Neighbour(
                seen[place],
                tuple(
                    (inner, Neighbour(seen[at], path=at))
                    for inner, at in self._imported(place, find).items()
                    if at != place and taken(at)
                ),
                place,
            )
            for name, place in direct.items()
        }

    def _imported(self, place: str, find: _Find) -> dict[str, str]:
        """What a file of the project imports: name → place."""
        if place not in self._imports:
            text = self._text(place) or ""
            self._imports[place] = dict(islice(find(self, place, text), _NAMES))
        return self._imports[place]

    # -- files

    def _text(self, place: str) -> str | None:
        """The text of a file, None when it is none that can be read."""
        if place not in self._texts:
            self._texts[place] = text = self._read(place)
            self._held += 100 + len(text or "")
        return self._texts[place]

    def _read(self, place: str) -> str | None:
        if not files.SKIPPED.isdisjoint(place.split("/")):
            return None
        raw = self._instead.get(place)
        try:
            if raw is None:
                name = os.path.join(self._root, place)  # noqa: PTH118 - a thousand times a second
                raw = disk.read(name, FILE)
                if not os.path.realpath(name).startswith(self._real.rstrip(os.sep) + os.sep):
                    return None  # a link leads out of the project
        except OSError:
            return None
        return files.decode(raw, "python" if place.endswith(".py") else "")[0]

    def _is_there(self, place: str) -> bool:
        if place not in self._there:
            self._there[place] = os.path.exists(os.path.join(self._root, place))  # noqa: PTH110, PTH118 - as in `_read`
        return self._there[place]

    # -- Python

    def python(self, place: str, text: str) -> Iterator[tuple[str, str]]:
        """The modules that a Python file imports: name, the dots before it kept, and place."""
        folder = posixpath.dirname(place)
        for name in dict.fromkeys(islice(_python_names(text), _NAMES)):
            found = self._relative(folder, name) if name[0] == "." else self._absolute(folder, name)
            if found and found != place:
                yield name, found

    def _relative(self, folder: str, name: str) -> str:
        inner = name.lstrip(".")
        for _ in range(len(name) - len(inner) - 1):
            if not folder:
                return ""  # above the root
            folder = posixpath.dirname(folder)
        return self._module(posixpath.join(folder, *inner.split(".")))

    def _absolute(self, folder: str, name: str) -> str:
        """The place of a module; remembered, as the files of a folder import the same ones."""
        if (folder, name) not in self._absolutes:
            self._absolutes[folder, name] = self._sought(folder, name)
        return self._absolutes[folder, name]

    def _sought(self, folder: str, name: str) -> str:
        parts = name.split(".")
        if parts[0] in sys.stdlib_module_names:
            return ""
        for top in self._top_folders(folder):
            base = posixpath.join(top, parts[0])
            if self._is_there(base) or self._is_there(base + ".py"):
                found = self._module(posixpath.join(top, *parts))
                if found:
                    return found
        return ""

    def _top_folders(self, folder: str) -> tuple[str, ...]:
        """Where Python may look for what a file in that folder imports.

        A script finds what lies beside it; what lies in a package is found from the folder around that. Projects put
        the folder above or its `src` on the path, too.
        """
        if folder not in self._tops:
            found: list[str] = []
            at = folder
            while at:
                if not self._is_there(f"{at}/__init__.py"):
                    found += (at, f"{at}/src")
                at = posixpath.dirname(at)
            self._tops[folder] = (*found[:_TOPS], "", "src")
        return self._tops[folder]

    def _module(self, base: str) -> str:
        """The file of a module, "" when there is none: a package comes before a module, as Python has it."""
        candidates = (posixpath.join(base, "__init__.py"), f"{base}.py")
        return next((c for c in candidates if self._text(c) is not None), "")

    # -- JavaScript and TypeScript

    def javascript(self, place: str, text: str) -> Iterator[tuple[str, str]]:
        """The modules that a script imports by a path: the path as it is written, and place."""
        folder = posixpath.dirname(place)
        names = (match["name"] for match in _JAVASCRIPT.finditer(text))
        for name in dict.fromkeys(islice(names, _NAMES)):
            base = posixpath.normpath(posixpath.join(folder, name))
            if base.startswith("..") or "\0" in base:
                continue
            found = next((c for c in _candidates(base) if self._text(c) is not None), "")
            if found and found != place:
                yield name, found


def _python_names(text: str) -> Iterator[str]:
    """The names of modules in import statements; `from a import b` may mean the modules a and a.b."""
    for match in _PYTHON.finditer(text):
        listed = match["modules"]
        if listed is None:
            listed, source = match["names"], match["source"]
            if not source:
                continue
            yield source
            prefix = source if source.endswith(".") else source + "."
        else:
            prefix = ""
        for name in _LISTED.findall(_COMMENT.sub("", listed)):
            yield prefix + name


def _candidates(base: str) -> Iterator[str]:
    """The files that an import of `base` may mean, in the order that runtimes look for them."""
    if base.endswith(_SCRIPTS):
        yield base
    if match := _SPOKEN.search(base):
        stem = base[: match.start()]
        yield from (f"{stem}.{match[1]}ts", f"{stem}.tsx")
    for suffix in _SCRIPTS:
        yield base + suffix
    for suffix in _SCRIPTS:
        yield posixpath.join(base, f"index{suffix}")


if TYPE_CHECKING:
    _Find = Callable[[Neighbours, str, str], Iterator[tuple[str, str]]]

_FINDS: Mapping[str, _Find] = {
    "python": Neighbours.python,
    "javascript": Neighbours.javascript,
    "typescript": Neighbours.javascript,
    "tsx": Neighbours.javascript,
}
