"""Records of hooks, read: which files an event is about, which edits it reports, what the ledger is told.

A record is what `spool` carries from a hook to whoever comes next, as JSON.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

from vetline import places
from vetline.agents import OTHER, POST_EDIT, PROMPT, FileEdit
from vetline.ledger import Draft, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vetline.places import Place
    from vetline.provenance import Origin
    from vetline.stores.origins import Taken

# ruff: noqa: PTH118 - places are strings


def event_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a record; empty when it has none."""
    event = record.get("event")
    return event if isinstance(event, dict) else {}


def edits_of(record: Mapping[str, Any]) -> list[FileEdit]:
    """The edits of a record that were made; of a proposal or a refusal none."""
    event = event_of(record)
    if event.get("kind") != POST_EDIT:
        return []
    return [edit_of(data) for data in event.get("edits", ())]


def edit_of(data: Mapping[str, Any]) -> FileEdit:
    """The edit that a record tells of."""
    known = {name: data[name] for name in FileEdit._fields if name in data}
    known["changes"] = tuple((str(old), str(new)) for old, new in known.get("changes", ()))
    return FileEdit(**known)


def subject_of(place: Place, record: Mapping[str, Any], edit: FileEdit) -> str:
    """The name of an edit's file, as records and the ledger have it."""
    return places.subject(place, os.path.join(event_of(record).get("cwd", ""), edit.path))


def subjects_of(place: Place, record: Mapping[str, Any]) -> list[str]:
    """The names of the files that a record is about."""
    return [subject_of(place, record, edit_of(edit)) for edit in event_of(record).get("edits", ())]


def without_prompt(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with no more of a prompt than its digest."""
    prompt = record.get("prompt")
    return (
        {**record, "prompt": {**prompt, "text": None}} if isinstance(prompt, dict) else {**record}
    )


def drafts_of(place: Place, taken: Taken, key: bytes) -> list[Draft]:
    """What the ledger is told of a record: who, which call, and digests.

    A whole text's digest is its SHA-256, as everywhere; that of a few lines, which might be guessed, is
    keyed.
    """
    record, event = taken.record, event_of(taken.record)
    head = {name: event.get(name, "") for name in ("agent", "model", "session", "turn")}
    head["record"] = taken.id
    if event.get("kind") == PROMPT:
        prompt = (record.get("prompt") or {}).get("digest", "")
        kind = Kind.PROMPT_DENIED if record.get("denied") else Kind.PROMPT_SUBMITTED
        return [Draft(kind, "", {**head, "prompt": prompt})]
    if event.get("kind") == OTHER:
        return []
    denied = record.get("denied")
    if event.get("kind") != POST_EDIT and not denied:
        return []
    kind = Kind.EDIT_DENIED if denied else Kind.EDIT_REPORTED
    head |= {"tool": event.get("tool", ""), "tool_call": event.get("tool_call", "")}
    return [
        Draft(kind, subject_of(place, record, edit), {
            **head,
            "before": _digest(edit.before, [old for old, _ in edit.changes], key),
            "after": _digest(edit.after, [new for _, new in edit.changes], key),
            "modified": edit.modified,
        })
        for edit in map(edit_of, event.get("edits", ()))
    ]  # fmt: skip


def unmatched(subject: str, origin: Origin) -> Draft:
    """What the ledger is told of a report that explained nothing in time."""
    names = ("agent", "model", "session", "turn", "tool_call")
    head = {name: getattr(origin, name) for name in names}
    return Draft(Kind.CLAIM_UNMATCHED, subject, {**head, "record": origin.event})


def seconds(at: str) -> float:
    """A timestamp as seconds since the epoch; 0 when it is none."""
    try:
        return datetime.fromisoformat(at).timestamp()
    except ValueError:
        return 0.0


def _digest(whole: str | None, parts: list[str], key: bytes) -> str:
    if whole is not None:
        return "sha256:" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    if not parts:
        return ""
    raw = "\0".join(parts).encode("utf-8", "surrogatepass")
    return "keyed:" + hashlib.blake2b(raw, key=key, digest_size=16).hexdigest()
