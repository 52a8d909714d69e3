"""The agents we understand, one module each: what their hooks say, how they are answered, where they are set up.

A payload is recognised by its shape and not by where it was configured, since Cursor and VS Code run the
hooks that were set up for Claude Code. Everything here imports the standard library only and as little of
it as can be: a hook runs for every edit of an agent.

An agent's module has the names of `Agent`. Modules do not know each other; the words that they share for
reading a payload are here, and take any JSON value whatever.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PROMPT, PRE_EDIT, POST_EDIT, SEEN, OTHER = (
    "prompt", "pre-edit", "post-edit", "seen", "other"
)  # fmt: skip

# In the order in which they are asked, the commonest first: each that is asked has to be loaded.
_MODULES = (
    "claude_code", "cursor", "codex", "gemini_cli", "copilot_vscode", "copilot_cli", "windsurf",
    "opencode", "agent_v1",
)  # fmt: skip
_PATHS = ("file_path", "filePath", "path", "filepath", "notebook_path", "filename")
_OLD = ("old_string", "oldString", "old_str", "oldText", "old_text")
_NEW = ("new_string", "newString", "new_str", "newText", "new_text", "new_source")
_WHOLE = ("content", "contents", "file_text", "fileText")
_LISTS = ("edits", "replacements")
_PATCHES = ("command", "input", "patch", "patchText", "patch_text")
_ERRORS = frozenset({"failure", "failed", "error", "denied", "rejected", "timeout"})


class FileEdit(NamedTuple):
    """What happened, or is to happen, to one file.

    Attributes:
        path: absolute, or relative to the event's `cwd`, as the agent spells it.
        changes: pairs of what is replaced and what stands there afterwards, in their order; of a patch
            each hunk, its context lines on both sides.
        before: the whole text before, where the agent says it.
        after: the whole text afterwards, where the agent says it (a file written whole).
        proposed: what the model proposed, where a person changed it before it was written.
        modified: a person changed the proposal before it was written.
        deleted: the file is gone afterwards.
        moved_from: where the file was before.
    """

    path: str
    changes: tuple[tuple[str, str], ...] = ()
    before: str | None = None
    after: str | None = None
    proposed: str | None = None
    modified: bool = False
    deleted: bool = False
    moved_from: str = ""


class Event(NamedTuple):
    """One call of a hook, as all agents mean it.

    Attributes:
        agent: the tool's name, "claude-code"; for a generic sender the name it gives itself.
        kind: PROMPT, PRE_EDIT, POST_EDIT; SEEN for what files held, whoever wrote it; or OTHER for
            what is only worth a note.
        session: the conversation.
        turn: what one prompt set off; the join from a prompt to its edits.
        tool: the agent's tool.
        tool_call: the call of it.
        model: the model's name where the event says it.
        cwd: the folder the agent works in, absolute.
        prompt: the prompt's text, of PROMPT only.
        edits: of PRE_EDIT and POST_EDIT; of SEEN, the texts as `before`.
        transcript: the path of the agent's own record of the session; it is never read by the hook.
    """

    agent: str
    kind: str
    session: str = ""
    turn: str = ""
    tool: str = ""
    tool_call: str = ""
    model: str = ""
    cwd: str = ""
    prompt: str = ""
    edits: tuple[FileEdit, ...] = ()
    transcript: str = ""


class Answer(NamedTuple):
    """What a hook prints and how it ends."""

    stdout: str = ""
    stderr: str = ""
    code: int = 0


class Instructions(NamedTuple):
    """Where an agent reads what a project tells it to heed.

    Attributes:
        name: the word for `rules export --agent`; agents that read one file share it.
        paths: the files, POSIX, from the project's root, of which it reads each that is there; the first is made.
        front: what a file that is made begins with.
        most: bytes of a file that it reads for sure; 0 where no limit is known.
    """

    name: str
    paths: tuple[str, ...]
    front: str = ""
    most: int = 0


class Agent(Protocol):
    """What an agent's module has."""

    NAME: str  # "claude-code", the word for --agent and the value of `agent`
    TITLE: str  # "Claude Code"
    FOLDERS: tuple[str, ...]  # below the home or a project: one is there when the agent is used
    DENIES: tuple[str, ...]  # the kinds of events that it lets us refuse
    SIGNS: tuple[
        str, ...
    ]  # environment variables that it sets for the commands it runs, and nobody else sets
    TO_DO: str  # what the user must do for the hooks to run; "" for nothing
    INSTRUCTIONS: Instructions

    def recognises(self, payload: Mapping[str, Any]) -> bool:
        """Whether this agent sent it, by its shape alone; at most one says yes to what one sends."""

    def read(self, payload: Mapping[str, Any]) -> Event:
        """What the payload says. Never raises for what is missing or of another type in it."""

    def deny(self, event: Event, reason: str) -> Answer:
        """How an event of a kind in DENIES is refused, with one line for the reader.

        For other kinds an empty answer: the agent would not heed it.
        """

    def config(self, root: Path | None, home: Path) -> Path | None:
        """The file its hooks are set up in: the project's at `root`, or with None the user's.

        None: it has none, its sender calls us by itself.
        """

    def merged(self, text: str, command: str) -> str:
        """The file's text with our hooks beside what is there; itself when they are there already.

        Raises:
            ValueError: the text is not what the agent would read; says what is wrong in one line.
        """

    def without(self, text: str) -> str:
        """The file's text with our hooks taken out and nothing else; "" when nothing is left.

        Raises:
            ValueError: as for `merged`.
        """


def recognise(payload: object) -> Agent | None:
    """The agent that sent a payload, by its shape alone; None when it is nobody's we know.

    Args:
        payload: any JSON value.
    """
    if not isinstance(payload, dict):
        return None
    return next((agent for agent in _asked() if agent.recognises(payload)), None)


def all_agents() -> list[Agent]:
    """Every agent, in the order of names."""
    return sorted(_asked(), key=lambda agent: agent.NAME)


def running(environ: Mapping[str, str]) -> Agent | None:
    """The agent that runs this process, by the environment it gives its commands; None when it is nobody's we know."""
    return next((agent for agent in _asked() if any(map(environ.get, agent.SIGNS))), None)


def _asked() -> Iterator[Agent]:
    for name in _MODULES:
        yield cast("Agent", import_module(f"{__name__}.{name}"))


def copilot_hooks(command: str) -> dict[str, Any]:
    """What VS Code and Copilot CLI both read from the folder that they share, by event.

    Both know these names of events, which choose the spelling with underscores in the CLI. There a hook
    that cannot be run denies the call, so it must not fail where our command is not installed.
    """
    found = "if (Get-Command vetline -ErrorAction SilentlyContinue) "
    hook = {
        "type": "command",
        "command": command,
        "bash": command,
        "powershell": f"{found}{{ vetline hook; exit $LASTEXITCODE }}",
        "timeout": 10,
    }
    tools = {**hook, "matcher": "edit|create|str_replace_editor|apply_patch|Edit|Write"}
    return {"UserPromptSubmit": hook, "PreToolUse": tools, "PostToolUse": tools}


# -- words for reading


def text(data: object, *names: str) -> str:
    """The first text that is not empty under one of the names; "" when there is none."""
    if isinstance(data, dict):
        for name in names:
            if isinstance(value := data.get(name), str) and value:
                return value
    return ""


def whole(data: object, *names: str) -> str | None:
    """The first text, empty or not, under one of the names; None when there is none."""
    if isinstance(data, dict):
        for name in names:
            if isinstance(value := data.get(name), str):
                return value
    return None


def mapping(value: object) -> dict[str, Any]:
    """An object, also one that was sent as a string of JSON; an empty one for anything else."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def first(data: Mapping[str, Any], *names: str) -> Any:
    """The value under the first of the names that is there; None when none is."""
    return next((data[name] for name in names if name in data), None)


def event_name(payload: Mapping[str, Any]) -> str:
    """What most agents call the name of the event."""
    return text(payload, "hook_event_name", "hookEventName")


def transcript(payload: Mapping[str, Any]) -> str:
    """The path of the agent's own record."""
    return text(payload, "transcript_path", "transcriptPath")


def lies_in(payload: Mapping[str, Any], *parts: str) -> bool:
    """Whether the agent's record lies below a folder of this name, in any case of its letters."""
    path = transcript(payload).replace("\\", "/").lower()
    return any(part in path for part in parts)


def failed(response: object) -> bool:
    """Whether a tool says that it wrote nothing: it failed, or only staged what it would write."""
    data = mapping(response)
    return bool(
        data.get("error")
        or data.get("is_error") is True
        or data.get("isError") is True
        or data.get("staged") is True
        or data.get("success") is False
        or text(data, "resultType", "result_type").lower() in _ERRORS
    )


def edits_of(arguments: object) -> tuple[FileEdit, ...]:
    """What the arguments of an editing tool say that it does: a patch, pairs, or a whole text.

    Args:
        arguments: an object, the JSON of one, or the text of a patch.
    """
    if isinstance(arguments, str) and "*** " in arguments and not mapping(arguments):
        return _patched(arguments)
    data = mapping(arguments)
    patch = next((data[n] for n in _PATCHES if isinstance(data.get(n), str)), "")
    if "*** " in patch and (found := _patched(patch)):
        return found
    path = text(data, *_PATHS)
    several: dict[str, list[tuple[str, str]]] = {}
    for item in _items(data):
        several.setdefault(text(item, *_PATHS) or path, []).extend(_pair(item))
    several.setdefault(path, []).extend(_pair(data))
    content = whole(data, *_WHOLE)
    return tuple(
        FileEdit(place, tuple(pairs), after=content if place == path and not pairs else None)
        for place, pairs in several.items()
        if place and (pairs or place == path)
    )


def _items(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in _LISTS:
        if isinstance(items := data.get(name), list):
            yield from (item for item in items if isinstance(item, dict))


def _pair(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What one replacement replaces by what; nothing where it does not say."""
    new = whole(data, *_NEW)
    old = whole(data, *_OLD)
    return [] if new is None and old is None else [(old or "", new or "")]


def _patched(patch: str) -> tuple[FileEdit, ...]:
    from vetline import patches  # noqa: PLC0415 - few agents send patches, and a hook must be quick

    return tuple(
        FileEdit(
            part.path,
            part.hunks,
            after=part.whole,
            deleted=part.deleted,
            moved_from=part.moved_from,
        )
        for part in patches.parse(patch)
    )
