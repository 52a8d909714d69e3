"""What a project says it depends on. Its files are read, never run."""

from __future__ import annotations

import configparser
import os
import re
from typing import TYPE_CHECKING, Any

from vetline import disk, toml
from vetline.project.environment import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_LIMIT = 1_000_000  # bytes of one file
_MAX_DEPTH = 50
_MAX_INCLUDED = 10_000_000  # bytes of all requirements files
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:$|[\[(;@<>=!~#\s])")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)[\s=]\s*(\S+)")
_CONDA = re.compile(r"-\s+(?:[\w-]+::)?([A-Za-z0-9][\w.-]*)\s*(?:[=<>!~].*)?")
_BLANKS = re.compile(r"(?<=\S)[^\S\n]+")
_REQUIREMENTS = re.compile(r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)")
# `install_requires=[`, `requires: list[str] = (`, `extras_require = {`
_ASSIGNED = re.compile(r"\b(?P<name>\w++)[ \t]{0,9}(?::[^=\n]{1,80})?=\s{0,99}(?=[\[({])")
_MEANT = re.compile(r"require|dependencies", re.IGNORECASE)
_PIECE = re.compile(
    r"(?P<quote>[\"'])(?P<text>(?:\\.|(?!(?P=quote))[^\\\n])*)(?P<closed>(?P=quote))?"
    r"|#[^\n]*|[\[\](){}:]"
)


def is_declaration(name: str) -> bool:
    """Whether a file of that name may declare dependencies."""
    exact = (
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "Pipfile",
        "environment.yml",
        "environment.yaml",
    )
    return name in exact or bool(_REQUIREMENTS.fullmatch(name))


def read(paths: Iterable[Path]) -> dict[str, bool]:
    """What the files at `paths` declare; those that cannot be read declare nothing.

    Returns:
        Normalised names of distributions, each with whether it is optional.
    """
    names: dict[str, bool] = {}
    seen: dict[str, int] = {}
    for path in paths:
        for requirement, is_extra in _of_file(path, seen):
            if found := _name_of(requirement):
                # A marker ("; python_version < '3.9'") may leave it out, too.
                optional = is_extra or ";" in requirement
                names[found] = optional and names.get(found, True)
    return names


def _of_file(path: Path, seen: dict[str, int]) -> Iterator[tuple[str, bool]]:
    if path.name == "pyproject.toml":
        yield from _pyproject(toml.read(path).data)
    elif path.name == "Pipfile":
        data = toml.read(path).data
        for kind in ("packages", "dev-packages"):
            yield from ((name, False) for name in table(data, kind))
    elif path.name == "setup.cfg":
        yield from _setup_cfg(_text(path))
    elif path.name == "setup.py":
        yield from _setup_py(_text(path))
    elif path.suffix in (".yml", ".yaml"):
        matches = (_CONDA.fullmatch(line.strip()) for line in _text(path).splitlines())
        yield from ((match[1], False) for match in matches if match)
    else:
        yield from ((line, False) for line in _requirements(path, seen))


def _name_of(requirement: str) -> str:
    if "://" in requirement.split("@", 1)[0] or requirement.startswith(("-", ".", "/")):
        egg = _EGG.search(requirement)
        return normalised(egg[1]) if egg else ""
    match = _NAME.match(requirement)
    return normalised(match[1]) if match else ""


def _text(path: Path) -> str:
    return disk.text(path, _LIMIT)


def _requirements(path: Path, seen: dict[str, int], depth: int = 0) -> Iterator[str]:
    """The requirements in a file and in those it includes.

    Args:
        path: the file.
        seen: the files read so far, each with its length; none is read twice.
        depth: how many files include it in turn.
    """
    name = os.path.normpath(path)
    if name in seen or depth > _MAX_DEPTH or sum(seen.values()) > _MAX_INCLUDED:
        return
    whole = _text(path)
    seen[name] = len(whole)
    for line in whole.replace("\\\n", " ").splitlines():
        text = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if include := _INCLUDE.match(text):
            if "://" not in include[1] and "\0" not in include[1]:
                yield from _requirements(path.parent / include[1], seen, depth + 1)
        elif text:
            yield re.sub(r"^(?:-e|--editable)[\s=]\s*", "", text)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def table(data: Any, *names: str) -> dict[str, Any]:
    """The table under these names in a TOML document; an empty one when there is none."""
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _pyproject(data: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    yield from ((text, False) for text in _strings(table(data, "project").get("dependencies")))
    yield from ((text, False) for text in _strings(table(data, "build-system").get("requires")))
    tool = table(data, "tool")
    groups = [
        table(data, "project", "optional-dependencies"),
        table(data, "dependency-groups"),
        table(tool, "pdm", "dev-dependencies"),
        table(tool, "uv"),
        *(each for each in table(tool, "hatch", "envs").values() if isinstance(each, dict)),
    ]
    for group in groups:
        for key, value in group.items():
            if group is not groups[3] or key == "dev-dependencies":
                yield from ((text, True) for text in _strings(value))
    yield from _poetry(table(tool, "poetry"))


def _poetry(poetry: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    for name, told in table(poetry, "dependencies").items():
        yield name, isinstance(told, dict) and bool(told.get("optional"))
    tables = [table(poetry, "dev-dependencies")]
    tables += [table(group, "dependencies") for group in table(poetry, "group").values()]
    for each in tables:
        yield from ((name, True) for name in each)


def _setup_cfg(text: str) -> Iterator[tuple[str, bool]]:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        # Its patterns take ages on a line of blanks; behind a line's first word one is as good as many.
        parser.read_string(_BLANKS.sub(" ", text))
    except configparser.Error:
        return
    for key in ("install_requires", "setup_requires", "tests_require"):
        lines = parser.get("options", key, fallback="").splitlines()
        yield from ((line, key != "install_requires") for line in lines)
    if parser.has_section("options.extras_require"):
        for _, value in parser.items("options.extras_require"):
            yield from ((line, True) for line in value.splitlines())


def _setup_py(text: str) -> Iterator[tuple[str, bool]]:
    """Strings in lists whose name says that they are requirements; keys of dictionaries are none."""
    at = 0
    while start := _ASSIGNED.search(text, at):
        at = start.end()
        if not _MEANT.search(start["name"]):
            continue
        optional = "extra" in start["name"].lower() or "test" in start["name"].lower()
        depth = 0
        last = ""
        for piece in _PIECE.finditer(text, at):
            mark = piece[0]
            if last and mark != ":":
                yield last, optional
            last = piece["text"] if piece["closed"] else ""
            depth += (mark in "[({") - (mark in "])}")
            at = piece.end()
            if depth == 0:
                break
