"""A server of its own for each test that may break it, a shared one for those that only talk."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from lsp_client import Client
from servers import SERVER, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A git repository without commits."""
    root = tmp_path / "shop"
    root.mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.org")):
        subprocess.run(["git", "-C", str(root), "config", name, value], check=True)
    return root


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Starts servers; each is ended with the test."""
    started: list[Client] = []

    def make(*arguments: str, **more: Any) -> Client:
        more.setdefault("env", environment(tmp_path))
        more.setdefault("stderr", subprocess.PIPE if more.pop("listen", False) else None)
        client = Client([*SERVER, *arguments], **more)
        started.append(client)
        return client

    yield make
    for client in started:
        client.kill()


@pytest.fixture
def client(start: Callable[..., Client], workspace: Path) -> Client:
    """An initialized server for the workspace."""
    made = start()
    made.capabilities = made.initialize(workspace, initializationOptions={"scope": "all"})
    return made
