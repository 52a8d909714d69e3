"""What the tests of editors need beside Python's packages: `python tests/support/editors.py` installs what is missing.

Debian's packages where apt may be used, which takes root; VS Code into the user's cache; npm's packages into `vscode-client`.
What cannot be had is said, with what to install, and the exit code is 1: its tests are then skipped, and in CI they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import chromium
import vscode_client
import vscode_host

if TYPE_CHECKING:
    from collections.abc import Callable

# The fonts are for pictures that are looked at.
_PACKAGES = ("chromium", "fonts-dejavu-core", "emacs-nox", "elpa-eglot", "vim", "vim-ale")


def _missing() -> list[str]:
    """Which of Debian's packages are not installed."""
    asked = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *_PACKAGES]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    there = {line.split()[0] for line in done.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in _PACKAGES if name not in there]


def _debian() -> None:
    """Install Debian's packages.

    Raises:
        RuntimeError: some are missing and cannot be installed.
    """
    if not shutil.which("dpkg-query"):
        if chromium.program():
            return
        raise RuntimeError(chromium.MISSING)
    wanted = _missing()
    if not wanted:
        return
    if os.geteuid() != 0:
        raise RuntimeError(f"not installed, and only root may: apt-get install {' '.join(wanted)}")
    print(f"installing {', '.join(wanted)} for the tests of editors (once) ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *wanted]):
        done = subprocess.run(
            ["apt-get", "-qq", *words], env=quiet, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=900, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"apt-get {words[0]}: {done.stderr[-500:].strip()}")


def _vscode() -> None:
    if not vscode_host.program():
        print(
            f"installing VS Code for its tests into {vscode_host.folder()} (once) ...", flush=True
        )
    vscode_host.install()
    vscode_client.install()


def _said(step: Callable[[], None]) -> bool:
    """Whether a step went well; if not, why is printed."""
    try:
        step()
    except (RuntimeError, OSError, subprocess.SubprocessError) as trouble:
        print(f"WARNING: tests of editors are skipped: {trouble}", file=sys.stderr, flush=True)
        return False
    return True


if __name__ == "__main__":
    with ThreadPoolExecutor() as pool:
        steps = [pool.submit(partial(_said, step)) for step in (_debian, _vscode)]
    sys.exit(0 if all(step.result() for step in steps) else 1)
