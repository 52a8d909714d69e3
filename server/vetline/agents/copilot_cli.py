"""GitHub Copilot CLI and its agent in the cloud: two spellings of each payload."""

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
    mapping,
    text,
    transcript,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "copilot-cli"
TITLE = "Copilot CLI"
FOLDERS = (".copilot", ".github/hooks")
DENIES = (PRE_EDIT,)
SIGNS: tuple[str, ...] = ()
TO_DO = "trust the folder when Copilot CLI asks"
INSTRUCTIONS = Instructions("copilot", (".github/copilot-instructions.md",))

_KINDS = {"UserPromptSubmit": PROMPT, "PreToolUse": PRE_EDIT, "PostToolUse": POST_EDIT}
_TOOLS = frozenset({"edit", "create", "write", "str_replace_editor", "apply_patch"})
_VIEWS = frozenset({"view", "undo_edit"})  # commands of `str_replace_editor` that write no text


def recognises(payload: Mapping[str, Any]) -> bool:
    """`sessionId` and a time in the one spelling; in the other a time and no record but its own."""
    if "timestamp" not in payload:
        return False
    if text(payload, "sessionId"):
        return True
    return bool(event_name(payload)) and (lies_in(payload, "/.copilot/") or not transcript(payload))


def read(payload: Mapping[str, Any]) -> Event:
    """What the payload says. It has no id of a call, and one spelling does not name its event."""
    name = event_name(payload)
    tool = text(payload, "toolName", "tool_name")
    given = first(payload, "toolArgs", "tool_input", "toolInput")
    result = first(payload, "toolResult", "tool_result", "tool_response")
    kind = _KINDS.get(name, OTHER) if name else _unnamed(payload, result)
    edits: tuple[FileEdit, ...] = ()
    if kind in {PRE_EDIT, POST_EDIT}:
        viewed = text(mapping(given), "command") in _VIEWS
        if tool.lower() in _TOOLS and not viewed and not (kind == POST_EDIT and failed(result)):
            edits = edits_of(given)
        kind = kind if edits else OTHER
    return Event(
        NAME,
        kind,
        session=text(payload, "sessionId", "session_id"),
        tool=tool,
        cwd=text(payload, "cwd"),
        prompt=text(payload, "prompt") if kind == PROMPT else "",
        edits=edits,
        transcript=transcript(payload),
    )


def _unnamed(payload: Mapping[str, Any], result: object) -> str:
    """The kind of an event that does not say its name, by what it has."""
    if text(payload, "toolName"):
        if payload.get("error"):
            return OTHER  # postToolUseFailure
        return PRE_EDIT if result is None else POST_EDIT
    transformed = "transformedPrompt" in payload
    return PROMPT if text(payload, "prompt") and not transformed else OTHER


def deny(event: Event, reason: str) -> Answer:
    """A tool call by exit code 2 with the decision beside it; a prompt cannot be refused.

    Its reference: exit code 2 denies and what is on standard output is merged into the denial. What a
    hook of a submitted prompt prints is dropped, so for PROMPT the answer is empty.
    """
    if event.kind != PRE_EDIT:
        return Answer()
    decision = {"permissionDecision": "deny", "permissionDecisionReason": reason}
    return Answer(json.dumps(decision), reason, 2)


def config(root: Path | None, home: Path) -> Path | None:
    """A file of our own in a folder that VS Code reads too."""
    folder = root / ".github" if root else home / ".copilot"
    return folder / "hooks" / "vetline.json"


def merged(text: str, command: str) -> str:
    """The file with our hooks.

    Raises:
        ValueError: the file is not what Copilot CLI would read.
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
