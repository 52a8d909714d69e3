"""OpenAI's Codex CLI: every edit is a patch."""

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
    lies_in,
    text,
    transcript,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "codex"
TITLE = "Codex CLI"
FOLDERS = (".codex",)
DENIES = (PRE_EDIT, PROMPT)
SIGNS = ("CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED", "CODEX_THREAD_ID")
TO_DO = "type /hooks in Codex and trust them: until then it passes them over"
INSTRUCTIONS = Instructions("codex", ("AGENTS.md",), most=32_768)  # `project_doc_max_bytes`

_KINDS = {"UserPromptSubmit": PROMPT, "PreToolUse": PRE_EDIT, "PostToolUse": POST_EDIT}
_TOOLS = frozenset({"apply_patch", "Edit", "Write"})
_SECONDS = 10


def recognises(payload: Mapping[str, Any]) -> bool:
    """A turn, which other agents do not name so, or a record among those of Codex."""
    return bool(text(payload, "turn_id") and event_name(payload)) or lies_in(payload, "/.codex/")


def read(payload: Mapping[str, Any]) -> Event:
    """What the payload says. The paths are in the patch, relative to `cwd`."""
    kind, tool = _KINDS.get(event_name(payload), OTHER), text(payload, "tool_name")
    edits: tuple[FileEdit, ...] = ()
    if kind in {PRE_EDIT, POST_EDIT}:
        if tool in _TOOLS and not (kind == POST_EDIT and failed(payload.get("tool_response"))):
            edits = edits_of(payload.get("tool_input"))
        kind = kind if edits else OTHER
    return Event(
        NAME,
        kind,
        session=text(payload, "session_id", "thread_id"),
        turn=text(payload, "turn_id"),
        tool=tool,
        tool_call=text(payload, "tool_use_id"),
        model=text(payload, "model"),
        cwd=text(payload, "cwd"),
        prompt=text(payload, "prompt") if kind == PROMPT else "",
        edits=edits,
        transcript=transcript(payload),
    )


def deny(event: Event, reason: str) -> Answer:
    """A decision in JSON with exit code 0, with no field that its schema does not have.

    An unknown field or an empty reason makes Codex take the hook for broken and go on, as its parser of
    hook output shows; `ask` is not supported.
    """
    reason = reason.strip() or "refused"
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
    """Its own file of hooks; the other place, `config.toml`, also holds what the user trusts."""
    return (root or home) / ".codex" / "hooks.json"


def merged(text: str, command: str) -> str:
    """The file with our hooks. Each event names the model, so the start of a session is not wanted.

    Raises:
        ValueError: the file is not what Codex would read.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    hook = {"type": "command", "command": command, "timeout": _SECONDS}
    tools = {"matcher": "apply_patch|Edit|Write", "hooks": [hook]}
    entries = {"UserPromptSubmit": {"hooks": [hook]}, "PreToolUse": tools, "PostToolUse": tools}
    return json_edits.added(text, {}, entries)


def without(text: str) -> str:
    """The file without our hooks.

    Raises:
        ValueError: as `merged`.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    return json_edits.removed(text, {})
