"""Gemini CLI: the whole text before and after an edit, and what a person changed of the proposal."""

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
    mapping,
    text,
    transcript,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "gemini-cli"
TITLE = "Gemini CLI"
FOLDERS = (".gemini",)
DENIES = (PRE_EDIT, PROMPT)
SIGNS = ("GEMINI_CLI",)
TO_DO = "confirm the hooks when Gemini CLI asks: a project's are run when they are trusted"
INSTRUCTIONS = Instructions("gemini", ("GEMINI.md",))

_KINDS = {"BeforeAgent": PROMPT, "BeforeTool": PRE_EDIT, "AfterTool": POST_EDIT}
_EVENTS = frozenset(
    {*_KINDS, "AfterAgent", "BeforeModel", "AfterModel", "BeforeToolSelection", "PreCompress"}
)
_TOOLS = frozenset({"write_file", "replace", "edit"})
_MILLISECONDS = 10_000


def recognises(payload: Mapping[str, Any]) -> bool:
    """The name of an event that only Gemini CLI has, or a record among its own."""
    return event_name(payload) in _EVENTS or lies_in(payload, "/.gemini/")


def read(payload: Mapping[str, Any]) -> Event:
    """What the payload says. It has neither a turn nor the id of a call."""
    kind, tool = _KINDS.get(event_name(payload), OTHER), text(payload, "tool_name")
    edits: tuple[FileEdit, ...] = ()
    if kind in {PRE_EDIT, POST_EDIT}:
        response = mapping(payload.get("tool_response"))
        if tool in _TOOLS and not (kind == POST_EDIT and failed(response)):
            given = mapping(payload.get("tool_input"))
            edits = tuple(_told(edit, given, response) for edit in edits_of(given))
        kind = kind if edits else OTHER
    return Event(
        NAME,
        kind,
        session=text(payload, "session_id"),
        tool=tool,
        model=text(payload, "model") or text(payload.get("llm_request"), "model"),
        cwd=text(payload, "cwd"),
        prompt=text(payload, "prompt") if kind == PROMPT else "",
        edits=edits,
        transcript=transcript(payload),
    )


def _told(edit: FileEdit, given: Mapping[str, Any], response: Mapping[str, Any]) -> FileEdit:
    """An edit with what the tool shows of it, and with the model's own proposal."""
    shown = mapping(response.get("returnDisplay"))
    before = whole(shown, "originalContent")
    if before is None and shown.get("isNewFile") is True:
        before = ""
    after = whole(shown, "newContent")
    modified = given.get("modified_by_user") is True
    return edit._replace(
        before=before,
        after=edit.after if after is None else after,
        proposed=whole(given, "ai_proposed_content") if modified else None,
        modified=modified,
    )


def deny(event: Event, reason: str) -> Answer:
    """A decision in JSON with exit code 0, which its reference prefers to exit code 2.

    `continue: false` would end the whole loop instead of the one call.
    """
    if event.kind not in DENIES:
        return Answer()
    return Answer(json.dumps({"decision": "deny", "reason": reason}))


def config(root: Path | None, home: Path) -> Path | None:
    """Its settings, of the project or of the user."""
    return (root or home) / ".gemini" / "settings.json"


def merged(text: str, command: str) -> str:
    """The settings with our hooks; time is counted in milliseconds.

    Only `BeforeModel` tells the model's name, with the whole conversation each time: it is not worth it.

    Raises:
        ValueError: the settings are not what Gemini CLI would read.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    hook = {"name": "vetline", "type": "command", "command": command, "timeout": _MILLISECONDS}
    tools = {"matcher": "write_file|replace", "hooks": [hook]}
    entries = {"BeforeAgent": {"hooks": [hook]}, "BeforeTool": tools, "AfterTool": tools}
    return json_edits.added(text, {}, entries)


def without(text: str) -> str:
    """The settings without our hooks.

    Raises:
        ValueError: as `merged`.
    """
    from vetline import json_edits  # noqa: PLC0415 - no hook needs it

    return json_edits.removed(text, {})
