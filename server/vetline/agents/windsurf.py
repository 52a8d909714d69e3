"""Windsurf's Cascade: plain pairs of texts, and an exit code as the only answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline.agents import (
    OTHER,
    POST_EDIT,
    PRE_EDIT,
    PROMPT,
    Answer,
    Event,
    FileEdit,
    Instructions,
    edits_of,
    mapping,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "windsurf"
TITLE = "Windsurf"
FOLDERS = (".windsurf", ".codeium/windsurf")
DENIES = (PRE_EDIT, PROMPT)
SIGNS: tuple[str, ...] = ()
TO_DO = ""
INSTRUCTIONS = Instructions(
    "windsurf", (".windsurf/rules/vetline.md",), "---\ntrigger: always_on\n---\n\n", most=12_000
)

_KINDS = {"pre_user_prompt": PROMPT, "pre_write_code": PRE_EDIT, "post_write_code": POST_EDIT}


def recognises(payload: Mapping[str, Any]) -> bool:
    """The name of an action, which no other agent has."""
    return bool(text(payload, "agent_action_name"))


def read(payload: Mapping[str, Any]) -> Event:
    """What the payload says. Paths are absolute; it does not tell the folder it works in."""
    action, told = text(payload, "agent_action_name"), mapping(payload.get("tool_info"))
    kind = _KINDS.get(action, OTHER)
    edits: tuple[FileEdit, ...] = ()
    if kind in {PRE_EDIT, POST_EDIT}:
        edits = edits_of(told)
        kind = kind if edits else OTHER
    return Event(
        NAME,
        kind,
        session=text(payload, "trajectory_id"),
        turn=text(payload, "execution_id"),
        tool=action.removeprefix("pre_").removeprefix("post_") if kind != PROMPT else "",
        model=text(payload, "model_name"),
        cwd=text(told, "cwd"),
        prompt=text(told, "user_prompt") if kind == PROMPT else "",
        edits=edits,
    )


def deny(event: Event, reason: str) -> Answer:
    """Exit code 2 with the reason on standard error: its documentation knows no other answer."""
    return Answer("", reason, 2) if event.kind in DENIES else Answer()


def config(root: Path | None, home: Path) -> Path | None:
    """Its file of hooks, of the workspace or of the user."""
    return (root / ".windsurf" if root else home / ".codeium" / "windsurf") / "hooks.json"


def merged(text: str, command: str) -> str:
    """The file with our hooks; what they say is shown, since it is only said when they refuse.

    Raises:
        ValueError: the file is not what Windsurf would read.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    hook = {"command": command, "show_output": True}
    return json_edits.added(text, {}, dict.fromkeys(_KINDS, hook))


def without(text: str) -> str:
    """The file without our hooks.

    Raises:
        ValueError: as `merged`.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    return json_edits.removed(text, {})
