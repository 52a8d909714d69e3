"""OpenCode: a plugin of ours, loaded into it, sends its events to our command."""

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
    failed,
    first,
    mapping,
    text,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "opencode"
TITLE = "OpenCode"
FOLDERS = (".opencode", ".config/opencode")
DENIES = (PRE_EDIT, PROMPT)
SIGNS = ("OPENCODE",)
TO_DO = "start OpenCode anew: it loads plugins when it starts"
INSTRUCTIONS = Instructions("agents-md", ("AGENTS.md",))

_TOOLS = frozenset({"edit", "write", "patch", "multiedit", "apply_patch"})
_FIRST_LINE = "// Written by `vetline install-hooks`, which takes it out again with --uninstall.\n"
_PLUGIN = """\
// It tells Vetline of prompts and edits, and refuses those that Vetline refuses.
import { spawn } from "node:child_process"

const COMMAND = %s
const TOOLS = new Set(%s)
const MILLISECONDS = 10000

// What the command prints when it refuses; "" when it does not, or cannot be run.
const refusal = (payload) =>
  new Promise((resolve) => {
    const child = spawn(COMMAND, { shell: true, stdio: ["pipe", "pipe", "ignore"], timeout: MILLISECONDS })
    let told = ""
    child.stdout.on("data", (data) => (told += data))
    child.on("error", () => resolve(""))
    child.on("close", (code) => resolve(code === 2 ? told : ""))
    child.stdin.on("error", () => {})
    child.stdin.end(JSON.stringify(payload))
  })

const send = async (payload) => {
  const told = await refusal(payload)
  if (!told) return
  let reason = "Vetline refused it."
  try {
    reason = JSON.parse(told).reason
  } catch {}
  throw new Error(reason)
}

export const Vetline = async ({ directory }) => {
  const sessions = new Map()
  const common = (hook, input) => ({ hook, cwd: directory, ...sessions.get(input.sessionID) })
  return {
    "chat.message": async (input, output) => {
      const model = input.model ?? output?.message?.model
      sessions.set(input.sessionID, {
        turn: input.messageID ?? output?.message?.id,
        model: model ? `${model.providerID}/${model.modelID}` : undefined,
      })
      await send({ ...common("chat.message", input), input, output: { parts: output?.parts } })
    },
    "tool.execute.before": async (input, output) => {
      if (TOOLS.has(input.tool)) await send({ ...common("tool.execute.before", input), input, output })
    },
    "tool.execute.after": async (input, output) => {
      if (TOOLS.has(input.tool)) await refusal({ ...common("tool.execute.after", input), input, output })
    },
  }
}
"""


def recognises(payload: Mapping[str, Any]) -> bool:
    """The two arguments of a plugin's function, the first of them of a session."""
    return bool(text(payload.get("input"), "sessionID")) and "output" in payload


def read(payload: Mapping[str, Any]) -> Event:
    """What the payload says: the arguments of a plugin's function, and what our plugin adds.

    Without the function's name the end of a call is known by its arguments standing in the input.
    """
    asked, told = mapping(payload.get("input")), mapping(payload.get("output"))
    tool, hook = text(asked, "tool"), text(payload, "hook")
    edits: tuple[FileEdit, ...] = ()
    prompt = ""
    if not tool and (hook == "chat.message" or "parts" in told):
        kind, prompt = PROMPT, _prompt(told.get("parts"))
    else:
        ended = hook == "tool.execute.after" if hook else "args" in asked
        metadata = mapping(told.get("metadata"))
        if tool in _TOOLS and not (ended and (failed(told) or failed(metadata))):
            given = first({**told, **asked}, "args")
            edits = tuple(_told(edit, metadata) for edit in edits_of(given))
        kind = (POST_EDIT if ended else PRE_EDIT) if edits else OTHER
    return Event(
        NAME,
        kind,
        session=text(asked, "sessionID"),
        turn=text(payload, "turn") or text(asked, "messageID"),
        tool=tool,
        tool_call=text(asked, "callID"),
        model=text(payload, "model") or text(asked.get("model"), "modelID"),
        cwd=text(payload, "cwd"),
        prompt=prompt,
        edits=edits,
    )


def _told(edit: FileEdit, metadata: Mapping[str, Any]) -> FileEdit:
    """An edit with the whole texts that the tool shows of it."""
    shown = mapping(metadata.get("filediff"))
    before, after = whole(shown, "before"), whole(shown, "after")
    return edit._replace(before=before, after=edit.after if after is None else after)


def _prompt(parts: object) -> str:
    """The parts that a person wrote; what OpenCode adds of files is marked as synthetic."""
    return "\n".join(
        text(part, "text")
        for part in (parts if isinstance(parts, list) else ())
        if text(part, "type") == "text" and part.get("synthetic") is not True
    )


def deny(event: Event, reason: str) -> Answer:
    """Exit code 2 and the reason in JSON, for our plugin to throw: that is how a plugin stops a call.

    That throwing also stops a prompt follows from how plugins are called, and is not documented.
    """
    if event.kind not in DENIES:
        return Answer()
    return Answer(json.dumps({"decision": "deny", "reason": reason}), "", 2)


def config(root: Path | None, home: Path) -> Path | None:
    """Our plugin, of the project or of the user."""
    folder = root / ".opencode" if root else home / ".config" / "opencode"
    return folder / "plugins" / "vetline.js"


def merged(text: str, command: str) -> str:
    """Our plugin.

    Raises:
        ValueError: the file is somebody else's.
    """
    _check(text)
    return _FIRST_LINE + _PLUGIN % (json.dumps(command), json.dumps(sorted(_TOOLS)))


def without(text: str) -> str:
    """Nothing: the file is ours as a whole.

    Raises:
        ValueError: the file is somebody else's.
    """
    _check(text)
    return ""


def _check(text: str) -> None:
    if text.strip() and not text.startswith(_FIRST_LINE):
        raise ValueError("was not written by vetline")
