"""The generic protocol of git-ai, `agent-v1`, which agents without hooks of their own can speak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vetline.agents import (
    OTHER,
    POST_EDIT,
    SEEN,
    Answer,
    Event,
    FileEdit,
    Instructions,
    mapping,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME = "agent-v1"
TITLE = "git-ai's agent-v1"
FOLDERS: tuple[str, ...] = ()
DENIES: tuple[str, ...] = ()
SIGNS: tuple[str, ...] = ()
TO_DO = ""
INSTRUCTIONS = Instructions("agents-md", ("AGENTS.md",))

_TYPES = frozenset({"human", "ai_agent", "pre_shell_command", "post_shell_command"})


def recognises(payload: Mapping[str, Any]) -> bool:
    """A type of the protocol and a repository, or what its editors send when a file is saved."""
    if text(payload, "type") in _TYPES and text(payload, "repo_working_dir"):
        return True
    return bool(text(payload, "editor")) and "edited_filepaths" in payload


def read(payload: Mapping[str, Any]) -> Event:
    """What the payload says: an edit when an AI made it, else what files held before one.

    What is sent before an AI's edit ("human") tells what was there. A save in an editor tells nothing: it
    may come between an AI's edit and the report of it, and then has the AI's lines already.
    """
    edits, kind = tuple(_edits(payload)), POST_EDIT
    if not text(payload, "type"):
        edits = ()
    elif text(payload, "type") != "ai_agent":
        seen = (edit._replace(before=edit.after, after=None) for edit in edits)
        edits, kind = tuple(edit for edit in seen if edit.before is not None), SEEN
    return Event(
        text(payload, "agent_name") or NAME,
        kind if edits else OTHER,
        session=text(payload, "conversation_id"),
        tool=text(payload, "type"),
        tool_call=text(payload, "tool_use_id"),
        model=text(payload, "model"),
        cwd=text(payload, "repo_working_dir", "cwd"),
        edits=edits,
    )


def _edits(payload: Mapping[str, Any]) -> Iterator[FileEdit]:
    """The files that were edited, with their text where it is sent: it may not be on disk yet."""
    dirty, cwd = mapping(payload.get("dirty_files")), text(payload, "repo_working_dir")
    paths = payload.get("edited_filepaths")
    for path in paths if isinstance(paths, list) and paths else dirty:
        if isinstance(path, str) and path:
            known = (
                dirty.get(name) for name in (path, f"{cwd}/{path}", path.removeprefix(f"{cwd}/"))
            )
            yield FileEdit(path, after=next((one for one in known if isinstance(one, str)), None))


def deny(event: Event, reason: str) -> Answer:  # noqa: ARG001 - the form of all agents
    """Nothing: the sender tells of what happened and reads no answer."""
    return Answer()


def config(root: Path | None, home: Path) -> Path | None:  # noqa: ARG001 - the form of all agents
    """None: the sender calls `vetline hook` by itself."""
    return None


def merged(text: str, command: str) -> str:  # noqa: ARG001 - the form of all agents
    """The text: there is nothing to set up."""
    return text


def without(text: str) -> str:
    """The text: there is nothing to take out."""
    return text
