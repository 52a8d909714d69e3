"""A person at a terminal, as tests that decide on packages need one."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from vetline import agents

if TYPE_CHECKING:
    import pytest


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def sits_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a person sit at standard input, and no coding agent run us, whatever runs the tests."""
    monkeypatch.setattr(sys, "stdin", _Terminal())
    for agent in agents.all_agents():
        for name in agent.SIGNS:
            monkeypatch.delenv(name, raising=False)
