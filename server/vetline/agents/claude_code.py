"""Claude Code: the hooks whose form most other agents took over."""

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
    lies_in,
    mapping,
    text,
    transcript,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME = "claude-code"
TITLE = "Claude Code"
FOLDERS = (".claude",)
DENIES = (PRE_EDIT, PROMPT)
SIGNS = ("CLAUDECODE",)
TO_DO = "start a new session, or look at the hooks with /hooks"
INSTRUCTIONS = Instructions("claude-code", ("CLAUDE.md", ".claude/CLAUDE.md"))

_KINDS = {"UserPromptSubmit": PROMPT, "PreToolUse": PRE_EDIT, "PostToolUse": POST_EDIT}
_TOOLS = frozenset({"Edit", "Write", "MultiEdit", "NotebookEdit"})
_MATCHER = "Edit|Write|MultiEdit|NotebookEdit"
_SECONDS = 10
_OF_OTHERS = frozenset({"cursor_version", "generation_id", "turn_id", "agent_action_name"})
_RECORDS_OF_OTHERS = (
    "/.codex/",
    "/.gemini/",
    "/.copilot/",
    "github.copilot-chat",
    "/workspacestorage/",
)


def recognises(payload: Mapping[str, Any]) -> bool:
    """An event's name and a session, and nothing that those who took over this form have beside it.

    Its own record says nothing for sure: the folder of it can be set to another one.
    """
    return (
        bool(text(payload, "hook_event_name") and text(payload, "session_id"))
        and not _OF_OTHERS & payload.keys()
        and ("timestamp" not in payload or lies_in(payload, "/.claude/"))
        and not lies_in(payload, *_RECORDS_OF_OTHERS)
        and "__vscode-" not in text(payload, "tool_use_id")
    )


def read(payload: Mapping[str, Any]) -> Event:
    """What the payload says.

    The docs call two fields `tool_result` and `user_prompt`, the program `tool_response` and `prompt`.
    """
    kind, tool = _KINDS.get(event_name(payload), OTHER), text(payload, "tool_name")
    edits: tuple[FileEdit, ...] = ()
    if kind in {PRE_EDIT, POST_EDIT}:
        response = first(payload, "tool_response", "tool_result")
        if tool in _TOOLS and not (kind == POST_EDIT and failed(response)):
            given = edits_of(payload.get("tool_input"))
            edits = tuple(_told(edit, mapping(response)) for edit in given)
        kind = kind if edits else OTHER
    return Event(
        NAME,
        kind,
        session=text(payload, "session_id"),
        turn=text(payload, "prompt_id"),
        tool=tool,
        tool_call=text(payload, "tool_use_id"),
        model=text(payload, "model"),
        cwd=text(payload, "cwd"),
        prompt=text(payload, "prompt", "user_prompt") if kind == PROMPT else "",
        edits=edits,
        transcript=transcript(payload),
    )


def _told(edit: FileEdit, response: Mapping[str, Any]) -> FileEdit:
    """An edit with what the tool tells of it beyond its arguments."""
    after = edit.after
    if after is not None:
        after = whole(response, "content") or after
    before = "" if response.get("type") == "create" else whole(response, "originalFile")
    if before is None and after is not None:
        before = _undone(after, response.get("structuredPatch"))
    if response.get("userModified") is not True:
        return edit._replace(before=before, after=after)
    # The tool's own patch holds what was written. The arguments may hold what was proposed, or what the
    # person made of it: then nothing tells which lines are whose.
    proposed: str | None = edit.after or "".join(new for _, new in edit.changes)
    changes = tuple(_hunks(response.get("structuredPatch")))
    if not changes and edit.changes:
        changes = _replaced(edit, whole(response, "newString"))
    if after is not None and not all(new in after for _, new in changes):
        after = None
    written = [after] if after is not None else [new for _, new in changes]
    if any((proposed or "") in text for text in written):
        proposed = None
    return edit._replace(
        changes=changes or edit.changes,
        before=before,
        after=after,
        proposed=proposed,
        modified=True,
    )


def _replaced(edit: FileEdit, new: str | None) -> tuple[tuple[str, str], ...]:
    """The one change with another new text; the changes as they are where that cannot be."""
    return (
        ((edit.changes[0][0], new),) if new is not None and len(edit.changes) == 1 else edit.changes
    )


def _undone(after: str, patch: object) -> str | None:
    """The text before the tool's patch, by the text after it; None where they do not fit."""
    lines = after.split("\n")
    for hunk in reversed(patch) if isinstance(patch, list) else ():
        told = hunk.get("lines") if isinstance(hunk, dict) else None
        start = hunk.get("newStart") if isinstance(hunk, dict) else None
        if not isinstance(told, list) or not isinstance(start, int) or start < 0:
            return None
        told = [line for line in told if isinstance(line, str) and line[:1] in set(" +-")]
        new = [line for line in told if line[0] != "-"]
        at = max(start - 1, 0)
        own = lines[at : at + len(new)]
        # A patch is made to be shown: tabs may be spaces in it, and line ends are not told.
        if [line.strip() for line in own] != [line[1:].strip() for line in new]:
            return None
        stayed = iter([line for line, said in zip(own, new, strict=True) if said[0] == " "])
        lines[at : at + len(new)] = [
            next(stayed) if line[0] == " " else line[1:] for line in told if line[0] != "+"
        ]
    return "\n".join(lines) if patch else None


def _hunks(patch: object) -> Iterator[tuple[str, str]]:
    """The hunks of the tool's patch, with their context lines."""
    for hunk in patch if isinstance(patch, list) else ():
        lines = hunk.get("lines") if isinstance(hunk, dict) else None
        told = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
        old, new = (
            "".join(line[1:] + "\n" for line in told if line[:1] in signs) for signs in (" -", " +")
        )
        if old != new:
            yield old, new


def deny(event: Event, reason: str) -> Answer:
    """A decision in JSON with exit code 0, as its SDK's types have it.

    Exit code 2 would stop a tool call too, but was reported not to stop Edit and Write
    (claude-code#13744), and with it standard output is not read: the two cannot be had together.
    """
    if event.kind == PROMPT:
        return Answer(json.dumps({"decision": "block", "reason": reason}))
    if event.kind != PRE_EDIT:
        return Answer()
    decision = {
        "hookEventName": "PreToolUse",
        "permissionDecision": "deny",
        "permissionDecisionReason": reason,
    }
    return Answer(json.dumps({"hookSpecificOutput": decision}))


def config(root: Path | None, home: Path) -> Path | None:
    """Its settings, of the project or of the user."""
    return (root or home) / ".claude" / "settings.json"


def merged(text: str, command: str) -> str:
    """The settings with our hooks; the start of a session is wanted for the model's name.

    Raises:
        ValueError: the settings are not what Claude Code would read.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    hook = {"type": "command", "command": command, "timeout": _SECONDS}
    tools = {"matcher": _MATCHER, "hooks": [hook]}
    entries = {
        "SessionStart": {"hooks": [hook]},
        "UserPromptSubmit": {"hooks": [hook]},
        "PreToolUse": tools,
        "PostToolUse": tools,
    }
    return json_edits.added(text, {}, entries)


def without(text: str) -> str:
    """The settings without our hooks.

    Raises:
        ValueError: as `merged`.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    return json_edits.removed(text, {})
