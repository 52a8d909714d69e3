"""What tests in real editors need: a project, surroundings of its own, and Neovim in it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
import signers
from neovim import BIN, editing
from servers import environment

from vetline import agents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from neovim import Editor

TEXT = """\
import yaml


def load(text):
    return yaml.load(text)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A repository of Ada's with `shop.py` in it."""
    root = tmp_path / "shop"
    root.mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        subprocess.run(["git", "-C", str(root), "config", name, value], check=True)
    (root / "shop.py").write_text(TEXT)
    return root


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """A home of its own, `vetline` on PATH, and no agent that runs the editor."""
    folders = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "CACHE")}
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    signs = {sign for agent in agents.all_agents() for sign in agent.SIGNS}
    env = {**environment(tmp_path), **folders, "PATH": path}
    return {name: value for name, value in env.items() if name not in signs}


@pytest.fixture
def bo(tmp_path: Path, workspace: Path) -> signers.Person:
    """Somebody who may sign, as what is committed says; Ada, who works here, is another one."""
    someone = signers.person(tmp_path / "keys", "bo@example.org", signers.PASSPHRASE)
    (workspace / ".vetline").mkdir()
    (workspace / ".vetline" / "allowed_signers").write_text(someone.line())
    for words in (("add", "-A"), ("commit", "-q", "-m", "work")):
        subprocess.run(["git", "-C", str(workspace), *words], check=True)
    return someone


@pytest.fixture
def at_bos(surroundings: dict[str, str], bo: signers.Person) -> dict[str, str]:
    """Bo's key is the one to sign with, and nothing asks for its passphrase but the editor."""
    known = {**surroundings, "VETLINE_GATE_SIGNING_KEY": str(bo.key)}
    return {name: value for name, value in known.items() if name not in ("SSH_ASKPASS", "DISPLAY")}


@pytest.fixture
def before() -> str:
    """What the person's init.lua says before the server is enabled."""
    return ""


@pytest.fixture
def editor(
    workspace: Path, surroundings: dict[str, str], before: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Editor]:
    """Neovim with `shop.py` open."""
    monkeypatch.chdir(workspace)
    with editing("shop.py", surroundings, before) as opened:
        yield opened
