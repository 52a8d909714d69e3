"""Settings: what can be set, where a value comes from, what is wrong with it.

One precedence, lowest first: the door's defaults, the config file, the environment (`VETLINE_FAIL_ON`),
the editor's initializationOptions, the editor's workspace/configuration, flags of the command line. A
higher layer replaces a value whole; a bad value is said and the next lower one holds.

The config file is the nearest `vetline.toml`, or the nearest `pyproject.toml` with a `[tool.vetline]`
table, looked for upwards from where the check starts to the repository's root. In one folder
`vetline.toml` wins.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vetline import toml
from vetline.settings import (
    BY_KEY,
    BY_VARIABLE,
    PREFIX,
    SETTINGS,
    TABLES,
    Setting,
    Settings,
)
from vetline.values import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["SETTINGS", "Config", "Problem", "Settings", "load", "repository_of"]

# Names of layers, as people read them in `origins` and in problems.
INITIALIZATION = "editor initializationOptions"
WORKSPACE = "editor workspace/configuration"
COMMAND_LINE = "command line"

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TABLE_IN_BROKEN_FILE = re.compile(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*vetline\b", re.MULTILINE)
# What sends something off the machine, or says what is known to be bad, is not for a project's files to choose.
_PERSONAL = "a config file cannot set it: use the command line, {} or your editor's own settings"
_CLIENTS_OWN: Final = frozenset({"trace"})  # editors keep it beside our settings; it is theirs


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a setting.

    Attributes:
        path: the config file, or None when the fault is not in a file.
        line, column, end_line, end_column: where in it, from 0, in code points.
        message: one line for a person.
        key: the setting, as it was written; "" when the whole file is meant.
        origin: the layer, as in `Config.origins`.
    """

    path: Path | None
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    key: str
    origin: str

    def __str__(self) -> str:
        if self.path is None:
            return f"{self.origin}: {self.message}"
        return f"{self.path}:{self.line + 1}:{self.column + 1}: {self.message}"


@dataclass(frozen=True, slots=True)
class Config:
    """Settings, and how they came to be.

    Attributes:
        settings: the values in force.
        origins: key → the layer its value comes from ("default", "pyproject.toml",
            "environment VETLINE_SCOPE", "command line", …).
        problems: what is wrong, in the order of the layers.
        file: the config file that was read.
        root: the folder paths are relative to: the config file's, else the repository's, else where
            the search started.
    """

    settings: Settings
    origins: Mapping[str, str]
    problems: tuple[Problem, ...]
    file: Path | None
    root: Path

    def path(self, value: str) -> Path | None:
        """The path that a setting means, relative to `root`; None when it is not set."""
        return self.root / os.path.expanduser(value) if value else None  # noqa: PTH111 - never raises


def load(
    start: Path,
    *,
    layers: Iterable[tuple[str, object]] = (),
    defaults: Mapping[str, object] | None = None,
    file: Path | None = None,
    isolated: bool = False,
    environ: Mapping[str, str] | None = None,
    read: Callable[[Path], toml.Document | None] = toml.read,
) -> Config:
    """The configuration that holds at `start`. Never raises for what people write in it.

    Args:
        start: the folder or file that is checked.
        layers: `(name, mapping)`, lowest first, above the environment. Keys may be kebab-case,
            snake_case or camelCase, the whole may stand under "vetline"; None means not set.
        defaults: the door's own defaults, below the config file.
        file: this config file instead of the one found.
        isolated: read no config file and no environment variable.
        environ: the environment; the process's own when not given.
        read: gives what a config file holds, None where there is none; who wants the settings of another time says.
    """
    start = Path(os.path.abspath(start))  # noqa: PTH100 - absolute() would keep ".."
    # os.path, because a folder that must not be looked into is no reason to raise.
    folder = start if os.path.isdir(start) else start.parent  # noqa: PTH112 - faster, and never raises
    repository = repository_of(folder)
    reader = _Reader()
    reader.take("default", _loose(defaults))
    found: Path | None = None
    if not isolated:
        found, table = _from_file(reader, folder, repository, file, read)
        if found:
            reader.take(found.name, table)
        reader.take_environment(os.environ if environ is None else environ)
    for name, mapping in layers:
        reader.take(name, _loose(mapping))
    root = repository or folder
    if found and folder.is_relative_to(found.parent):
        root = found.parent
    return Config(Settings(**reader.values), reader.origins, tuple(reader.problems), found, root)


def repository_of(folder: Path) -> Path | None:
    """The nearest folder, upwards from `folder` itself, that holds a `.git`; None without one."""
    for parent in (folder, *folder.parents):
        if os.path.lexists(parent / ".git"):
            return parent
    return None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A raw value under its key as written, and where both stand."""

    key: str
    value: object
    path: Path | None = None
    key_place: toml.Place = toml.START
    value_place: toml.Place = toml.START


class _Reader:
    """Takes layers, lowest first, and keeps the values that hold."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.origins = {setting.key: "default" for setting in SETTINGS}
        self.problems: list[Problem] = []

    def take(self, origin: str, entries: Iterable[_Entry]) -> None:
        for entry in entries:
            key = entry.key if entry.path else _kebab(entry.key)
            setting = BY_KEY.get(key)
            if key in TABLES:
                self.say(
                    entry, origin, f"{key}: expected a table, not {quoted(entry.value)}", value=True
                )
                continue
            if setting is None:
                near = _near(key)
                hint = f": did you mean {near!r}?" if near else ""
                self.say(entry, origin, f"unknown setting {quoted(entry.key)}{hint}")
                continue
            if setting.personal and entry.path:
                self.say(entry, origin, f"{key}: {_PERSONAL.format(setting.variable)}")
                continue
            raw = entry.value if entry.path else _loosened(entry.value, setting)
            try:
                value = setting.read(raw)
            except ValueError as error:
                self.say(entry, origin, f"{key}: {error}", value=True)
                continue
            if setting.tightens and self.values.get(setting.field) and not value:
                by = self.origins[setting.key]
                self.say(entry, origin, f"{key}: {by} turned it on, which holds", value=True)
                continue
            self.values[setting.field] = value
            self.origins[setting.key] = origin

    def take_environment(self, environ: Mapping[str, str]) -> None:
        """Variables of settings; one that resembles none of them may be somebody else's."""
        for name in sorted(environ):
            if not name.startswith(PREFIX) or not environ[name]:
                continue
            setting = BY_VARIABLE.get(name)
            key = setting.key if setting else _kebab(name.removeprefix(PREFIX))
            if setting or _near(key):
                self.take(f"environment {name}", [_Entry(key, environ[name])])

    def say(self, entry: _Entry, origin: str, message: str, *, value: bool = False) -> None:
        place = entry.value_place if value else entry.key_place
        self.problems.append(Problem(entry.path, *place, message, entry.key, origin))


def _from_file(
    reader: _Reader,
    folder: Path,
    repository: Path | None,
    file: Path | None,
    read: Callable[[Path], toml.Document | None],
) -> tuple[Path | None, list[_Entry]]:
    """The config file, given or found, and its entries."""
    given = [Path(os.path.abspath(file))] if file else None  # noqa: PTH100 - as in `load`
    for path in given or _candidates(folder, repository, toml.read is read):
        document = read(path)
        if document is None:
            continue
        wanted = ("tool", "vetline") if path.name == "pyproject.toml" else ()
        if document.error:
            ours = not wanted or not document.text or _TABLE_IN_BROKEN_FILE.search(document.text)
            if file or ours:
                entry = _Entry("", None, path, document.error_place)
                reader.say(entry, path.name, document.error)
                return path, []
            continue
        table: object = document.data
        for name in wanted:
            table = table.get(name) if isinstance(table, dict) else None
        if isinstance(table, dict):
            return path, [
                _Entry(".".join(keys), value, path, *document.place(*wanted, *keys))
                for keys, value in _flat(table)
            ]
        if file or table is not None:
            entry = _Entry("tool.vetline", None, path, document.place(*wanted)[0])
            reader.say(entry, path.name, "there is no [tool.vetline] table in this file")
            return path, []
    return None, []


def _candidates(folder: Path, repository: Path | None, now: bool) -> Iterator[Path]:  # noqa: FBT001 - one caller
    """Where a config file may be, the nearest first; of `now` those that are there."""
    for parent in (folder, *folder.parents):
        for name in ("vetline.toml", "pyproject.toml"):
            if not now or os.path.lexists(parent / name):
                yield parent / name
        if parent == repository:
            return


def _loose(mapping: object) -> Iterator[_Entry]:
    """The entries of an editor's or a door's mapping."""
    if isinstance(mapping, dict) and isinstance(mapping.get("vetline"), dict):
        mapping = mapping["vetline"]
    if mapping is None:
        return
    if not isinstance(mapping, dict):
        yield _Entry("settings", mapping)
        return
    for keys, value in _flat(mapping):
        if value is not None and keys[0] not in _CLIENTS_OWN:
            yield _Entry(".".join(keys), value)


def _flat(mapping: Mapping[object, object]) -> Iterator[tuple[tuple[str, ...], object]]:
    """The entries of a mapping and of the tables in it that we know."""
    for key, value in mapping.items():
        if key in TABLES and isinstance(value, dict):
            yield from (((str(key), str(inner)), found) for inner, found in value.items())
        else:
            yield (str(key),), value


def _kebab(key: str) -> str:
    return _CAMEL.sub("-", key).replace("_", "-").lower()


def _near(key: str) -> str:
    import difflib  # noqa: PLC0415 - needed for mistakes only

    close = difflib.get_close_matches(_kebab(key), list(BY_KEY), 1, 0.7)
    return close[0] if close else ""


def _loosened(raw: object, setting: Setting) -> object:
    """Where there are no types (environment, flags), a string may mean a list or a number."""
    if not isinstance(raw, str) or isinstance(setting.default, str):
        return raw
    if isinstance(setting.default, tuple):
        return [part for part in (part.strip() for part in raw.split(",")) if part]
    if isinstance(setting.default, bool):
        return {"true": True, "1": True, "false": False, "0": False}.get(raw.lower(), raw)
    if type(setting.default) in (int, float):
        with contextlib.suppress(ValueError):
            return float(raw)
    return raw
