"""pip: configuration files of the system, the user and an environment, variables, options in requirements files.

Precedence as in pip's documentation ("Configuration"): variables, then PIP_CONFIG_FILE, the environment's file, the
user's, the system's; [install] before [global]. Extra indexes are asked beside the first, and the highest version
wins wherever it is.
"""

from __future__ import annotations

import configparser
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vetline.registries import where as places
from vetline.registries.index import Index, Told, filled, index
from vetline_analyzers.core.universe import Ecosystem
from vetline_analyzers.supply import public

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.registries.where import Where

_OPTION = re.compile(
    r"^[ \t]{0,20}(?P<name>--index-url|--extra-index-url|-i)(?:[ \t]{1,9}|=|(?<=-i))[\"']?(?P<url>[^\s\"'#]{1,2000})",
    re.MULTILINE,
)
_PUBLIC = (Index(public.ADDRESS[Ecosystem.PYPI], "pip's default"),)


class _Level(NamedTuple):
    """What one place says; None where it says nothing of it."""

    said: str
    own: bool
    first: str | None
    extra: str | None


def read(where: Where) -> Iterator[Told]:
    """What pip would ask with the user's settings, and for each requirements file that says more."""
    first: tuple[Index, ...] = ()
    extra: tuple[Index, ...] = ()
    for level in _levels(where):
        if level.first is not None:
            first = _indexes(level.first, f"{level.said}: index-url", level, where)
        if level.extra is not None:
            extra = _indexes(level.extra, f"{level.said}: extra-index-url", level, where)
    listed = [list(_of_requirements(path)) for path in where.requirements()]
    told = [options for options in listed if options]
    if first or extra:
        yield _told(first, extra)
    elif told and not all(any(main for main, _ in options) for options in listed):
        # Where one list names another index, one without is still installed from the public registry.
        yield _told(_PUBLIC, extra)
    for options in told:
        mains = tuple(one for main, one in options if main)
        more = tuple(one for main, one in options if not main)
        yield _told(mains[-1:] or first, (*more, *extra))


def _told(first: tuple[Index, ...], extra: tuple[Index, ...]) -> Told:
    private = [one for one in extra if one.is_private(Ecosystem.PYPI)]
    mixes = (private or extra)[0].said if extra else ""
    own = all(one.own for one in extra)
    return Told("pip", Ecosystem.PYPI, first, extra, mixes=mixes, own=own)


def _of_requirements(path: Path) -> Iterator[tuple[bool, Index]]:
    """The indexes a requirements file names, and whether each takes the first one's place."""
    for option in _OPTION.finditer(places.text(path)):
        is_extra = "extra" in option["name"]
        name = "extra-index-url" if is_extra else "index-url"
        if one := index(option["url"], f"{path.name}: --{name}", own=False):
            yield not is_extra, one


def _levels(where: Where) -> Iterator[_Level]:
    """The places that say something, the one that counts least first."""
    environ = where.environ
    named = environ.get("PIP_CONFIG_FILE", "")
    if named != os.devnull:
        for path, own in _files(where):
            yield from _of_file(path, own=own)
        if named:
            yield from _of_file(Path(named), own=True)
    for name, is_extra in (("PIP_INDEX_URL", False), ("PIP_EXTRA_INDEX_URL", True)):
        if value := environ.get(name):
            first, extra = (None, value) if is_extra else (value, None)
            yield _Level(f"environment {name}", own=True, first=first, extra=extra)


def _files(where: Where) -> Iterator[tuple[Path, bool]]:
    """The files of pip, the system's first, and whether each is the user's or the system's."""
    name = "pip.ini" if where.platform == "win32" else "pip.conf"
    for folder in reversed(where.systems()):
        yield folder / "pip" / name, True
        yield folder / name, True
    if where.home:
        yield where.home / ("pip" if where.platform == "win32" else ".pip") / name, True
        if where.platform == "darwin":
            yield where.home / "Library" / "Application Support" / "pip" / name, True
    for folder in where.configurations():
        yield folder / "pip" / name, True
    for path in where.named(name):  # an environment within the project
        yield path, False
    active = where.environ.get("VIRTUAL_ENV")
    if active and not (where.base and Path(active).is_relative_to(where.base)):
        yield Path(active) / name, True


def _of_file(path: Path, *, own: bool) -> Iterator[_Level]:
    text = places.text(path)
    if not text:
        return
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    for section in ("global", "install"):
        if parser.has_section(section):
            told = {key.replace("_", "-"): value for key, value in parser.items(section)}
            first, extra = told.get("index-url"), told.get("extra-index-url")
            yield _Level(path.name, own, first, extra)


def _indexes(value: str, said: str, level: _Level, where: Where) -> tuple[Index, ...]:
    # pip fills in no variables in its own files; people who write them expect it, and an address with one is of no use.
    words = (filled(word, where.environ) if level.own else word for word in value.split())
    found = (index(word, said, own=level.own) for word in words)
    return tuple(one for one in found if one is not None)
