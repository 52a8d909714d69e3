"""GitHub Copilot's agent in VS Code, whose hooks are a preview."""

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
    copilot_hooks,
    edits_of,
    event_name,
    failed,
    first,
    lies_in,
    text,
    transcript,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "copilot-vscode"
TITLE = "Copilot in VS Code"
_STORED = "Code/User/globalStorage/github.copilot-chat"
FOLDERS = (
    ".github/hooks",
    f".config/{_STORED}",
    f"Library/Application Support/{_STORED}",
    f"AppData/Roaming/{_STORED}",
)
DENIES = (PRE_EDIT, PROMPT)
SIGNS: tuple[str, ...] = ()
TO_DO = "trust the workspace and see that `chat.useHooks` is on: agent hooks are a preview"
INSTRUCTIONS = Instructions("copilot", (".github/copilot-instructions.md",))

_KINDS = {"UserPromptSubmit": PROMPT, "PreToolUse": PRE_EDIT, "PostToolUse": POST_EDIT}
_TOOLS = frozenset(
    {
        "create_file", "replace_string_in_file", "multi_replace_string_in_file",
        "insert_edit_into_file", "apply_patch", "edit_notebook_file",
    }
)  # fmt: skip
_READ = _TOOLS | {"Edit", "Write", "MultiEdit"}  # of Claude Code, should a replay keep its names
_ELSEWHERE = "...existing code..."  # what the model writes where it leaves lines out


def recognises(payload: Mapping[str, Any]) -> bool:
    """A record among those of the editor, a call's id with its mark, or one of its tools.

    Its documentation has `sessionId` and `hookEventName`, its log `session_id` and `hook_event_name`.
    """
    return (
        lies_in(payload, "github.copilot-chat", "/workspacestorage/")
        or "__vscode-" in text(payload, "tool_use_id", "toolUseId")
        or bool(text(payload, "hookEventName"))
        or ("timestamp" in payload and text(payload, "tool_name") in _TOOLS)
    )


def read(payload: Mapping[str, Any]) -> Event:
    """What the payload says. The file may not be on disk yet when the edit is told of.

    It runs our hook for every tool, whatever our matcher says.
    """
    kind, tool = _KINDS.get(event_name(payload), OTHER), text(payload, "tool_name", "toolName")
    edits: tuple[FileEdit, ...] = ()
    if kind in {PRE_EDIT, POST_EDIT}:
        response = first(payload, "tool_response", "toolResponse", "tool_result")
        if tool in _READ and not (kind == POST_EDIT and failed(response)):
            given = first(payload, "tool_input", "toolInput")
            edits = _sketched(given) if tool == "insert_edit_into_file" else edits_of(given)
        kind = kind if edits else OTHER
    return Event(
        NAME,
        kind,
        session=text(payload, "session_id", "sessionId"),
        tool=tool,
        tool_call=text(payload, "tool_use_id", "toolUseId"),
        cwd=text(payload, "cwd"),
        prompt=text(payload, "prompt") if kind == PROMPT else "",
        edits=edits,
        transcript=transcript(payload),
    )


def _sketched(given: object) -> tuple[FileEdit, ...]:
    """An edit that says where it goes by comments in place of the lines that stay."""
    edits = edits_of(given)
    parts = [""]
    for line in text(given, "code").splitlines(keepends=True):
        if _ELSEWHERE in line:
            parts.append("")
        else:
            parts[-1] += line
    changes = tuple(("", part) for part in parts if part.strip())
    return tuple(edit._replace(changes=changes) for edit in edits if changes)


def deny(event: Event, reason: str) -> Answer:
    """JSON with exit code 0: for a tool call as for Claude Code, for a prompt the common fields.

    VS Code's reference gives prompts no decision of their own, and `continue: false` ends the request.
    """
    if event.kind == PROMPT:
        return Answer(json.dumps({"continue": False, "stopReason": reason}))
    if event.kind != PRE_EDIT:
        return Answer()
    decision = {
        "hookEventName": "PreToolUse",
        "permissionDecision": "deny",
        "permissionDecisionReason": reason,
    }
    return Answer(json.dumps({"hookSpecificOutput": decision}))


def config(root: Path | None, home: Path) -> Path | None:
    """A file of our own in a folder that Copilot CLI reads too."""
    folder = root / ".github" if root else home / ".copilot"
    return folder / "hooks" / "vetline.json"


def merged(text: str, command: str) -> str:
    """The file with our hooks.

    Raises:
        ValueError: the file is not what VS Code would read.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    return json_edits.added(text, {"version": 1}, copilot_hooks(command))


def without(text: str) -> str:
    """The file without our hooks.

    Raises:
        ValueError: as `merged`.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    return json_edits.removed(text, {"version": 1})
