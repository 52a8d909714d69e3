"""Our extension for VS Code, built once for what its sources are now."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import node

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT = Path(__file__).parents[2] / "vscode-client"
BUILD = CLIENT.parent / "build"
MISSING = (
    "what builds the extension is not there: `.venv/bin/python tests/support/editors.py` installs"
    " it; VS Code is NOT tested here"
)
# Neither built from sources nor wanted: the tests take the server of the environment they run in.
_ASIDE = ("node_modules", "dist", "bundled", "*.vsix")


def installed() -> bool:
    """Whether what building needs is there; npm writes down when and what it installed."""
    lock, done = CLIENT / "package-lock.json", CLIENT / "node_modules" / ".package-lock.json"
    return done.is_file() and done.stat().st_mtime >= lock.stat().st_mtime


def install() -> None:
    """Install what building needs.

    Raises:
        RuntimeError: npm could not.
    """
    if installed():
        return
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    # `npm ci` refuses a lock file without entries for other systems, whose packages not every mirror of the registry has.
    node.npm("install", "--no-save", "--ignore-scripts", *quiet, folder=CLIENT, seconds=600)


@contextmanager
def copied() -> Iterator[Path]:
    """The sources in a folder of their own, beside what building needs: whoever works on them is not in the way."""
    with tempfile.TemporaryDirectory(prefix="vetline-client-") as aside:
        copy = Path(aside) / "client"
        shutil.copytree(CLIENT, copy, ignore=shutil.ignore_patterns(*_ASIDE))
        (copy / "node_modules").symlink_to(CLIENT / "node_modules", target_is_directory=True)
        yield copy


def built() -> Path:
    """The extension as a VSIX, without a server inside.

    Raises:
        RuntimeError: it does not build.
    """
    with copied() as copy:
        made = BUILD / f"vetline-{_digest(copy)[:16]}.vsix"
        if not made.is_file():
            node.run("scripts/build.mjs", folder=copy)
            # Links of the README lead to files of the repository; which host it lies on is not known here.
            flags = (
                "--no-dependencies",
                "--allow-missing-repository",
                "--no-rewrite-relative-links",
            )
            node.run("node_modules/@vscode/vsce/vsce", "package", *flags, folder=copy)
            BUILD.mkdir(exist_ok=True)
            # Whoever else builds the same meanwhile finds it whole.
            aside = made.with_suffix(f".{os.getpid()}")
            shutil.copyfile(next(copy.glob("*.vsix")), aside)
            aside.replace(made)
    return made


def _digest(folder: Path) -> str:
    """What the files of a folder are, but for those that are linked to."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()
