"""The gate's policy, at the end of the config file that is there, else in a `vetline.toml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline import toml
from vetline.templates import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.templates import Project

_OWN, _SHARED = "vetline.toml", "pyproject.toml"
_TABLE = """\
# What may pass `vetline check --gate`; `vetline gate explain` shows what holds. A change that loosens this is told of, and
# judged by what was there before.
[%s]
# The least severity that blocks in lines that an AI wrote, wrote in part or may have written. In all others that is
# `fail-on` ("medium"), or what `fail-on-human` and `fail-on-unknown` say here.
fail-on-ai = "medium"
fail-on-mixed = "medium"
fail-on-suspect = "medium"
# These block whatever their severity.
block = ["secret/*"]
# An AI's code that does these things waits until a person has reviewed and approved it. `trigger/*` means all of them:
# `vetline triggers list`.
review = ["trigger/authentication", "trigger/cryptography", "trigger/database"]
# A comment that silences a finding has to say until when, and no longer than this many days; other tools' cannot.
# suppression-days = 180
# An approval holds for as long as the text stays, and no longer than this many days.
review-days = 365
"""


def steps(project: Project) -> Iterator[Step]:
    """Put a policy at the end of the config file, where that has none."""
    own, shared = project.read(_OWN), project.read(_SHARED)
    path, there, name = (
        (_SHARED, shared, "tool.vetline.gate")
        if own is None and shared is not None
        else (_OWN, own, "gate")
    )
    table = _TABLE % name
    if there is None:
        yield Step(path, table)
        return
    document = toml.parse(there.encode("utf-8", "surrogateescape"))
    if document.error:
        yield Step(
            path, None, f"is not understood ({document.error}); once it is, add to it:\n{table}"
        )
        return
    if _at(document.data, name) is not None:
        return
    new = _appended(there, table)
    after = toml.parse(new.encode("utf-8", "surrogateescape"))
    # A table that was closed, as `tool = {…}`, takes nothing more, and one in a list is not the one that is read.
    if after.error or not isinstance(_at(after.data, name), dict):
        yield Step(path, None, f"takes no [{name}] at its end; add to it:\n{table}")
    else:
        yield Step(path, new)


def _at(data: object, name: str) -> object:
    for part in name.split("."):
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _appended(there: str, table: str) -> str:
    line_end = "\r\n" if "\r\n" in there else "\n"
    gap = "" if not there.strip() else line_end if there.endswith("\n") else line_end * 2
    return there + gap + table.replace("\n", line_end)
