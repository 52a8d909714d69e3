"""Hooks for the program pre-commit: what is committed is checked, what is pushed goes through the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.templates import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.templates import Project

PATH = ".pre-commit-config.yaml"
_HOOK = """\
  - repo: local
    hooks:
      - id: vetline
        name: vetline check
        entry: vetline check --diff-base HEAD
        language: system
        types: [text]
        require_serial: true
        stages: [pre-commit]
"""


def steps(project: Project) -> Iterator[Step]:
    """Write the configuration where there is none; of one that is there say what to add."""
    there = project.read(PATH)
    if there is None:
        yield Step(PATH, f"repos:\n{_HOOK}")
    elif "vetline" not in there:
        yield Step(PATH, None, f"does not run Vetline; add to its `repos:`\n{_HOOK}")
