"""What `vetline init` writes, one file each: pure functions of what is there that give files, or what to add by hand.

Nothing that is there is written over: a file of ours that is somebody's by now, or one of another tool's, is told about.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CI = ("github", "gitlab")


class Project(NamedTuple):
    """What is known of the project that is set up.

    Attributes:
        read: gives the text of a file by its POSIX path from the root; None when there is none.
        source: what pip is to install Vetline from in CI; "" when that is not known.
        branch: the main branch.
        signer: the line of the allowed-signers file for the person who sets it up; "" when they do not want one.
    """

    read: Callable[[str], str | None]
    source: str = ""
    branch: str = "main"
    signer: str = ""


class Step(NamedTuple):
    """What becomes of a file.

    Attributes:
        path: the file's, POSIX, from the root.
        text: all that it is to hold; None when it is left as it is.
        advice: what a person can do about it; "" for nothing.
    """

    path: str
    text: str | None
    advice: str = ""


class Template(Protocol):
    """What a file on this shelf has."""

    def steps(self, project: Project) -> Iterator[Step]:
        """What becomes of its files; nothing for what is there as it shall be."""


def named(name: str) -> Template:
    """The template of that name."""
    module: Template = importlib.import_module(f"{__name__}.{name}")
    return module


def alone(project: Project, path: str, text: str) -> Iterator[Step]:
    """Write a file that is all ours, where there is none."""
    there = project.read(path)
    if there is None:
        yield Step(path, text)
    elif there.replace("\r\n", "\n") != text:
        yield Step(
            path, None, "is there already, and is not what would be written: it stays as it is"
        )
