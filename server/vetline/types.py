"""A type checker's word on members that are not there: `ty`, run as a program of its own, when it is installed.

It is not shown the project: each text lies in a folder of its own, under a name nobody can import, with an empty
configuration. What it says is about the standard library and, where the project has an environment, about what is
installed in that. Where the environment holds an editable install, a `.pth` line there leads to the sources of that,
which may be the project's own. All these files are read; nothing of them is run or imported.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vetline_analyzers.core.analyzer import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vetline_analyzers.core.text import Snapshot

log = logging.getLogger(__name__)

VERSION = "0.0.105"  # the one whose rules and words are known; others rename both
_ARGUMENTS = (
    "check",
    "--exit-zero",
    "--no-progress",
    "--color",
    "never",
    "--output-format",
    "gitlab",
    "--python-platform",
    "all",
)
_BUNCH, _SIZE = 500, 10_000_000  # texts and their characters in one run
_PATIENCE = 60.0  # seconds for a bunch
_LONGEST = 50_000_000  # bytes of an answer
_STARTS = 10.0  # seconds to tell its version
_ASK = "--version"
_TOLD = re.compile(
    r"(?:missing-attribute|missing-module-member): "
    r"(?:Module `(?P<module>[\w.]{1,300})` has no member"
    r"|Class `(?P<class>[^`]{1,500})` has no attribute"
    r"|Object of type `(?P<object>[^`]{1,500})` has no attribute) `(?P<member>\w{1,200})`"
)
_PLAIN = re.compile(r"(?P<name>[^\W\d][\w.]*)(?:\[[^|@<>()]*\])?\Z")
_LITERAL = re.compile(r"Literal\[(?P<first>b?[\"']|\d)")
_BY_LITERAL = {"b": "bytes", '"': "str", "'": "str"}
_INHERITED = (
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "PYTHONPATH",
)  # of our own process

_REST = (
    600.0  # seconds for which what took too long is not asked again: a machine may have been busy
)

# Until when what took too long is not asked again: by the program, and what it was asked about.
_RESTS: dict[tuple[str, Path | str | None], float] = {}
_VERSIONS: dict[str, str] = {}  # of programs that told theirs


def now() -> float:
    """Seconds of a clock that never goes back; tests put another one here."""
    return time.monotonic()


def complaints(
    texts: Mapping[str, str], environment: Path | None, timeout: float, *, root: Path | None = None
) -> dict[str, tuple[Complaint, ...]] | None:
    """What `ty` says of Python texts.

    Args:
        texts: by any key, what they hold.
        environment: what the project's code runs in; without one only the standard library is known.
        timeout: seconds after which it is ended; it is then left alone for ten minutes.
        root: the analysed project, no program of which is run.

    Returns:
        By key, for each text; None when there is no `ty` of our version, or it failed or took too long, which is logged
        once.
    """
    program = _program(root)
    if program is None:
        _say_once(
            f"no ty {VERSION} beside vetline and outside the project: members are told by the index alone",
            logging.INFO,
        )
    if program is None or not texts or _rests((program, environment)):
        return None
    keys = list(texts)
    try:
        with _laid_out([texts[key] for key in keys], environment) as (folder, place):
            answer = list(_read(_run(program, folder, place, timeout)))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        if isinstance(error, subprocess.TimeoutExpired):
            _RESTS[program, environment] = now() + _REST
        _say_once(
            f"ty gave no answer ({type(error).__name__}): members are told by the index alone"
        )
        return None
    found: dict[str, list[Complaint]] = {key: [] for key in keys}
    for number, complaint in answer:
        if number < len(keys):
            found[keys[number]].append(complaint)
    return {key: tuple(each) for key, each in found.items()}


class Checker:
    """Asks about the Python texts of a stream, many at a time, since each run of `ty` reads the same libraries.

    Args:
        environment: as for `complaints`.
        timeout: seconds for one text; many at a time have as much as a slow machine may need.
        root: as for `complaints`.
    """

    def __init__(
        self, environment: Path | None, timeout: float, *, root: Path | None = None
    ) -> None:
        """Ask nothing yet."""
        self._environment, self._timeout = environment, max(timeout, _PATIENCE)
        self._root = root
        self._said: dict[str, tuple[Complaint, ...]] = {}
        self._is_there = _program(root) is not None

    def through(self, snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
        """The same snapshots, those of a bunch after they were asked about."""
        bunch: list[Snapshot] = []
        size = 0
        for snapshot in snapshots:
            if not self._is_there:
                yield snapshot
                continue
            bunch.append(snapshot)
            size += len(snapshot.text)
            if len(bunch) >= _BUNCH or size >= _SIZE:
                yield from self._asked(bunch)
                bunch, size = [], 0
        yield from self._asked(bunch)

    def of(self, snapshot: Snapshot) -> tuple[Complaint, ...] | None:
        """What was said of a snapshot that came through; once."""
        return self._said.pop(snapshot.uri, None)

    def _asked(self, bunch: list[Snapshot]) -> list[Snapshot]:
        texts = {one.uri: one.text for one in bunch if one.language == "python"}
        found = complaints(texts, self._environment, self._timeout, root=self._root)
        self._is_there = found is not None or not texts
        self._said |= found or {}
        return bunch


@contextmanager
def _laid_out(texts: Sequence[str], environment: Path | None) -> Iterator[tuple[Path, Path]]:
    """The texts in a temporary folder, and the environment to use: an empty one where there is none."""
    with tempfile.TemporaryDirectory(prefix="vetline-types-") as name:
        folder = Path(name)
        (folder / "ty.toml").touch()
        work = folder / "texts"
        work.mkdir()
        for number, text in enumerate(texts):
            # No identifier: one text cannot import another.
            (work / f"{number}-text.py").write_text(text, "utf-8", "replace", newline="")
        if environment is None:
            environment = folder / "environment"
            minor = f"python3.{sys.version_info.minor}"
            (environment / "lib" / minor / "site-packages").mkdir(parents=True)
            (environment / "Lib" / "site-packages").mkdir(parents=True, exist_ok=True)
            (environment / "pyvenv.cfg").write_text(f"home = {sys.base_prefix}\n", "utf-8")
        yield folder, environment


def _run(program: str, folder: Path, environment: Path, timeout: float) -> bytes:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _INHERITED and not name.startswith("TY_")
    }
    command = [
        program,
        *_ARGUMENTS,
        "--config-file",
        str(folder / "ty.toml"),
        "--python",
        str(environment),
    ]
    ended = subprocess.run(
        [*command, "--project", str(folder / "texts"), str(folder / "texts")],
        cwd=folder / "texts",
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=timeout,
        check=True,
    )
    return ended.stdout[:_LONGEST]


def _read(answer: bytes) -> Iterator[tuple[int, Complaint]]:
    """The complaints in an answer in GitLab's format, each with the number of its text.

    Raises:
        ValueError: it is no such answer.
    """
    entries = json.loads(answer)
    if not isinstance(entries, list):
        raise ValueError("no list")  # noqa: TRY004 - as json has it
    for entry in entries:
        try:
            told = _TOLD.match(entry["description"])
            location = entry["location"]
            number = int(Path(location["path"]).name.partition("-")[0])
            end = location["positions"]["end"]
            line, column = int(end["line"]) - 1, int(end["column"]) - 1
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        owner = _owner(told) if told else ""
        if told and owner and line >= 0:
            member = told["member"]
            column = max(column - len(member), 0)
            yield number, Complaint(line, column, owner, member, by=f"ty {VERSION}")


def _owner(told: re.Match[str]) -> str:
    """What has no such member; "" for a union, a type variable, a function."""
    if told["module"]:
        return told["module"]
    name = told["class"] or told["object"]
    if literal := _LITERAL.match(name):
        return _BY_LITERAL.get(literal["first"][0], "int")
    plain = _PLAIN.match(name)
    return plain["name"] if plain else ""


def _program(root: Path | None = None) -> str | None:
    """The `ty` beside our interpreter if it is of our version; None when there is none, or the project `root` holds it.

    PATH is not asked: its first folder may be the project's, as `.venv/bin`.
    """
    suffix = sysconfig.get_config_var("EXE") or ""  # shutil.which would look here first on Windows
    program = Path(sysconfig.get_path("scripts"), f"ty{suffix}")
    if not program.is_file() or (root is not None and _is_below(program, root)):
        return None
    return str(program) if _version(str(program)) == VERSION else None


def _is_below(program: Path, root: Path) -> bool:
    """Whether a program lies in a folder, also by a link that leads there or away from there."""
    folder = os.path.realpath(root)
    places = (os.path.realpath(program.parent), os.path.realpath(program))
    return any(Path(place).is_relative_to(folder) for place in places)


def _version(program: str) -> str:
    """The version that a program tells, asked once; "" when it told none, which it is asked again after a rest."""
    if program not in _VERSIONS and not _rests((program, _ASK)):
        try:
            told: Any = subprocess.run(
                [program, _ASK], capture_output=True, timeout=_STARTS, check=False, text=True
            )
        except (OSError, subprocess.SubprocessError, ValueError):
            _RESTS[program, _ASK] = now() + _REST
            return ""
        words = told.stdout.split()
        _VERSIONS[program] = words[1] if len(words) > 1 else ""
    return _VERSIONS.get(program, "")


def _rests(asked: tuple[str, Path | str | None]) -> bool:
    return asked in _RESTS and now() < _RESTS[asked]


@cache
def _say_once(message: str, level: int = logging.WARNING) -> None:
    log.log(level, "%s", message)
