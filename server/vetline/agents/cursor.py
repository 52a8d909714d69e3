"""Cursor: its agent's edits and, the one vendor that tells of them, accepted completions (Tab)."""

from __future__ import annotations

import json
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
    event_name,
    failed,
    first,
    text,
    transcript,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "cursor"
TITLE = "Cursor"
FOLDERS = (".cursor",)
DENIES = (PRE_EDIT, PROMPT)
SIGNS = ("CURSOR_AGENT",)
TO_DO = "trust the workspace: Cursor runs a project's hooks in trusted ones only"
INSTRUCTIONS = Instructions(
    "cursor",
    (".cursor/rules/vetline.mdc",),
    "---\ndescription: Secure code, as Vetline's gate checks it\nalwaysApply: true\n---\n\n",
)

_KINDS = {
    "beforesubmitprompt": PROMPT,
    "userpromptsubmit": PROMPT,
    "pretooluse": PRE_EDIT,
    "posttooluse": POST_EDIT,
    "afterfileedit": POST_EDIT,
    "aftertabfileedit": POST_EDIT,
}
_EDITS = ("afterfileedit", "aftertabfileedit")
# Its own, and those of Claude Code whose hooks it runs too. A tool that edits nothing has no edits.
_TOOLS = frozenset(
    {
        "write", "strreplace", "applypatch", "apply_patch", "delete", "edit", "multiedit",
        "notebookedit", "editnotebook", "search_replace", "edit_file", "delete_file",
    }
)  # fmt: skip
_MATCHER = "Write|StrReplace|ApplyPatch|Delete|EditNotebook"
_SECONDS = 10


def recognises(payload: Mapping[str, Any]) -> bool:
    """Its version, or the pair of ids that only Cursor has."""
    return "cursor_version" in payload or {"conversation_id", "generation_id"} <= payload.keys()


def read(payload: Mapping[str, Any]) -> Event:
    """What the payload says. The conversation goes by `conversation_id`, its hooks for others by session."""
    name = event_name(payload).lower()
    kind, tool = _KINDS.get(name, OTHER), text(payload, "tool_name")
    edits: tuple[FileEdit, ...] = ()
    if name in _EDITS:
        edits = edits_of(payload)
        tool = tool or ("Tab" if name == "aftertabfileedit" else "")
    elif kind in {PRE_EDIT, POST_EDIT} and tool.lower() in _TOOLS:
        output = first(payload, "tool_output", "tool_response", "tool_result")
        if not (kind == POST_EDIT and failed(output)):
            edits = edits_of(payload.get("tool_input"))
        if "delete" in tool.lower():
            edits = tuple(edit._replace(deleted=True, after=None) for edit in edits)
    if kind != PROMPT and not edits:
        kind = OTHER
    roots = payload.get("workspace_roots")
    root = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], str) else ""
    return Event(
        NAME,
        kind,
        session=text(payload, "conversation_id", "session_id"),
        turn=text(payload, "generation_id"),
        tool=tool,
        tool_call=text(payload, "tool_use_id"),
        model=text(payload, "model"),
        cwd=text(payload, "cwd") or root,
        prompt=text(payload, "prompt") if kind == PROMPT else "",
        edits=edits,
        transcript=transcript(payload),
    )


def deny(event: Event, reason: str) -> Answer:
    """A tool call by exit code 2 with a decision beside it, a prompt by `continue`.

    Its documentation has `permission`, an older one `decision`; exit code 2 means the same to both, and
    also where it runs a hook that was set up for Claude Code. The prompt's answer is read at exit 0.
    """
    if event.kind == PROMPT:
        return Answer(json.dumps({"continue": False, "user_message": reason}))
    if event.kind != PRE_EDIT:
        return Answer()
    told = {"user_message": reason, "agent_message": reason, "reason": reason}
    return Answer(json.dumps({"permission": "deny", "decision": "deny", **told}), reason, 2)


def config(root: Path | None, home: Path) -> Path | None:
    """Its own file of hooks, of the project or of the user."""
    return (root or home) / ".cursor" / "hooks.json"


def merged(text: str, command: str) -> str:
    """The file with our hooks. An edit is taken from `afterFileEdit`, which all of its tools call.

    Raises:
        ValueError: the file is not what Cursor would read.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    hook = {"command": command, "timeout": _SECONDS}
    entries = {
        "beforeSubmitPrompt": hook,
        "preToolUse": {**hook, "matcher": _MATCHER},
        "afterFileEdit": hook,
        "afterTabFileEdit": hook,
    }
    return json_edits.added(text, {"version": 1}, entries)


def without(text: str) -> str:
    """The file without our hooks.

    Raises:
        ValueError: as `merged`.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    return json_edits.removed(text, {"version": 1})
