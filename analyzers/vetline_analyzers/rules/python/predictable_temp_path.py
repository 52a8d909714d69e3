"""A file of a fixed name in a folder where everybody may write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_SHARED = re.compile(r"/(?:tmp|var/tmp|dev/shm)/[^/\s]")
_JOINED = re.compile(
    r"(?:[\w.]*join|Path)\((?:[\w.]*gettempdir\(\)|['\"](?:/tmp|/var/tmp|/dev/shm)/?['\"])\s*,\s*['\"]"
)
_RANDOM = re.compile(r"uuid|token|mkdtemp|getpid|random|secrets|time\(")
_WRITES = re.compile(r"[wax+]")
_MODE = {"open": 1, "io.open": 1, "codecs.open": 1, "os.open": -1}
_TARGET = {
    "shutil.copy",
    "shutil.copyfile",
    "shutil.copy2",
    "shutil.move",
    "os.rename",
    "os.replace",
}


def _check(hit: Hit) -> Report | None:
    path = hit.either(1, "dst") if hit.name in _TARGET else hit.argument(0)
    if path is None or not _shared(hit, path):
        return None
    if hit.name in _MODE and not _written(hit):
        return None
    return Report(
        "Everybody on the machine may put a file or a link of this name there first: "
        "let tempfile choose the name."
    )


def _shared(hit: Hit, path: Node) -> bool:
    """Whether a path leads to a name in a shared folder that nothing random is part of."""
    texts = [
        hit.text(node)
        for node in (path, *(hit.scope.values(path) if path.type == "identifier" else ()))
    ]
    if any(_RANDOM.search(text) for text in texts):
        return False
    if any(_JOINED.match(text) for text in texts):
        return True
    pieces = hit.scope.pieces(path) or ()
    return bool(_SHARED.match("".join(piece for piece in pieces[:2] if isinstance(piece, str))))


def _written(hit: Hit) -> bool:
    if hit.name == "os.open":
        flags = hit.argument(1)
        return (
            flags is not None and "O_CREAT" in hit.text(flags) and "O_EXCL" not in hit.text(flags)
        )
    mode = hit.string(hit.either(_MODE[hit.name], "mode"))
    return mode is not None and bool(_WRITES.search(mode)) and "x" not in mode


RULE = PatternRule(
    id="python/predictable-temp-path",
    title="File of a fixed name in a shared folder",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(377, 379, 378),
    page="""
`/tmp` belongs to everybody. Who knows the name a program will write there makes a link of that name to
one of its user's files, and the program overwrites it; or makes the file first and reads what is written
into it.
""",
    attack="Makes `/tmp/report.txt` a link to the victim's `.bashrc` and waits for the nightly job.",
    advice="Use `tempfile.NamedTemporaryFile`, `tempfile.mkdtemp`, or a folder that only the program's user "
    "may write to.",
    bad=(
        """\
with open("/tmp/report.txt", "w") as file:
    file.write(report)
""",
        """\
import os

PATH = "/var/tmp/state"
handle = os.open(PATH, os.O_WRONLY | os.O_CREAT)
""",
        """\
import shutil

shutil.copy(source, "/dev/shm/copy.db")
""",
        """\
import sqlite3

db = sqlite3.connect("/tmp/cache.db")
""",
        """\
import os
import tempfile

def keep(text):
    path = os.path.join(tempfile.gettempdir(), "state.txt")
    with open(path, "w") as file:
        file.write(text)
""",
    ),
    good=(
        """\
import tempfile

with tempfile.NamedTemporaryFile("w") as file:
    file.write(report)
""",
        """\
with open("/tmp/report.txt") as file:
    text = file.read()
""",
        """\
with open("/tmp/report.txt", "x") as file:
    file.write(report)
""",
        """\
with open(f"/tmp/{uuid4()}", "w") as file:
    file.write(report)
""",
        """\
with open("/var/lib/app/report.txt", "w") as file:
    file.write(report)
""",
    ),
    same_as=("bandit/B108",),
    url="https://docs.python.org/3/library/tempfile.html",
    names=(
        *_MODE,
        *sorted(_TARGET),
        *("os.mkdir", "os.makedirs", "sqlite3.connect", "logging.FileHandler"),
        *("logging.handlers.RotatingFileHandler",),
    ),
    check=_check,
)
