"""A real VS Code for the tests: installed once into the user's cache, started as a server that a browser opens.

npm's code-server carries VS Code's own build. Only that is taken of it, and
Node, which it needs, is the wheel of the tests: no archive is had from anywhere but a package registry.
"""

from __future__ import annotations

import base64
import hashlib
import os
import platform
import shutil
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import node

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "4.139.1"  # of code-server, which is VS Code 1.139.1
# What the registry says of this version, and what anybody who packs it finds. Its own dependencies are pinned by the
# npm-shrinkwrap.json inside.
_INTEGRITY = (
    "fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew=="
)
_INSIDE = "package/lib/vscode/"
MISSING = (
    "there is no VS Code to test in: `.venv/bin/python tests/support/editors.py` installs one into"
    " your cache; VS Code is NOT tested here"
)


def cache() -> Path:
    """Where editors for tests are kept, outside of any checkout."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "vetline-editors"


def folder() -> Path:
    """Where this VS Code is, or would be. What was installed for another machine or another Node is not taken."""
    machine = f"{sys.platform}-{platform.machine()}".lower()
    return cache() / f"vscode-{VERSION}-node{node.VERSION}-{machine}"


def program() -> Path | None:
    """The server's script, when it is wholly installed."""
    script = folder() / "out" / "server-main.js"
    return script if script.is_file() else None


def install() -> Path:
    """Install it where it is not yet, and give its folder. Safe when several do so at once, and when one is killed.

    Raises:
        RuntimeError: the registry did not give it, or gave something else.
    """
    place = folder()
    place.parent.mkdir(parents=True, exist_ok=True)
    with _alone(place.with_suffix(".lock")):
        if program():
            return place
        # Made aside and moved when it is whole: an install that was broken off is none.
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".installing-") as aside:
            made = _unpack(_archive(Path(aside)), Path(aside))
            # Its scripts would compile native modules, which headers are missing for and which it does without.
            # `npm ci` refuses the lock file that it ships; `npm install` keeps to it.
            npm = ("install", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund")
            node.npm(*npm, "--loglevel=error", folder=made, seconds=900)
            if place.exists():
                shutil.rmtree(place)
            made.rename(place)
    return place


def _archive(aside: Path) -> Path:
    pack = ("pack", f"code-server@{VERSION}", "--silent", "--ignore-scripts")
    node.npm(*pack, folder=aside, seconds=600)
    (archive,) = aside.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != _INTEGRITY:
        raise RuntimeError(f"code-server {VERSION} is not the one that is pinned: {digest}")
    return archive


def _unpack(archive: Path, aside: Path) -> Path:
    with tarfile.open(archive) as tar:
        # The way that Python documents for versions before 3.11.4, which know no filters.
        tar.extraction_filter = getattr(tarfile, "data_filter", None) or (lambda member, _: member)
        members = [one for one in tar if one.name.startswith(_INSIDE)]
        tar.extractall(aside, members=members)  # noqa: S202 - its digest is the one that is pinned
    archive.unlink()
    return aside / _INSIDE


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process at a time go on."""
    with lock.open("w") as file:
        if os.name != "nt":  # elsewhere two that install at once do it twice
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
