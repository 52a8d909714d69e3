"""How tests start the command, and what they ask of diagnostics."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SERVER = [sys.executable, "-m", "vetline", "server"]


def environment(home: Path) -> dict[str, str]:
    """The test's own home and no settings from outside."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("VETLINE_")}
    return {**env, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "NO_COLOR": "1"}


def rules(diagnostics: list[dict[str, Any]]) -> list[str]:
    """The rules of diagnostics."""
    return [diagnostic["code"] for diagnostic in diagnostics]


def found(rule: str) -> Callable[[list[dict[str, Any]]], bool]:
    """Whether diagnostics hold a rule."""
    return lambda diagnostics: rule in rules(diagnostics)


def children(pid: int) -> list[int]:
    """Processes started by `pid`."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that has just ended
            found += map(int, task.joinpath("children").read_text().split())
    return found


def notebook(root: Path, *sources: str) -> tuple[str, list[str], dict[str, Any]]:
    """A notebook of Python cells: its URI, theirs, and what a client sends when it opens it."""
    uri = (root / "n.ipynb").as_uri()
    cells = [
        f"vscode-notebook-cell:{(root / 'n.ipynb').as_posix()}#c{i}" for i in range(len(sources))
    ]
    opened = {
        "notebookDocument": {
            "uri": uri,
            "notebookType": "jupyter-notebook",
            "version": 1,
            "cells": [{"kind": 2, "document": cell} for cell in cells],
        },
        "cellTextDocuments": [
            {"uri": cell, "languageId": "python", "version": 1, "text": text}
            for cell, text in zip(cells, sources, strict=True)
        ],
    }
    return uri, cells, opened
