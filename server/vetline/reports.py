"""Records of hooks, read: which files an event is about, which edits it reports, what the ledger is told.

A record is what `spool` carries from a hook to whoever comes next, as JSON.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from vetline import agents, places
from vetline.agents import OTHER, POST_EDIT, PROMPT, SEEN, FileEdit
from vetline.ledger import Draft, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vetline.places import Place
    from vetline.provenance import Origin
    from vetline.stores.origins import Taken

# ruff: noqa: PTH118 - places are strings
_WORDS = ("agent", "kind", "session", "turn", "tool", "tool_call", "model", "cwd")


def event_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a record, whatever is in it: the words of an `Event` are words; "" for one it lacks."""
    event = record.get("event")
    event = event if isinstance(event, dict) else {}
    return {**event, **{name: _word(event, name) for name in _WORDS}}


def at_of(record: Mapping[str, Any]) -> str:
    """When it was recorded, as a timestamp; "" when it does not say."""
    return _word(record, "at")


def edits_of(record: Mapping[str, Any]) -> list[FileEdit]:
    """The edits of a record that were made, or the texts that were seen; of a proposal none."""
    return _edits(record) if event_of(record)["kind"] in {POST_EDIT, SEEN} else []


def _edits(record: Mapping[str, Any]) -> list[FileEdit]:
    """The edits that a record tells of; those that nobody can understand are passed over."""
    listed = event_of(record).get("edits")
    made = map(_edit, listed if isinstance(listed, list) else ())
    return [edit for edit in made if edit is not None]


def _edit(data: object) -> FileEdit | None:
    if not isinstance(data, dict) or not isinstance(data.get("path"), str):
        return None
    path, origin = data["path"], _word(data, "moved_from")
    if "\0" in path + origin:
        return None
    listed = data.get("changes")
    pairs = listed if isinstance(listed, list | tuple) else ()
    return FileEdit(
        path,
        tuple((str(pair[0]), str(pair[1])) for pair in pairs if _is_pair(pair)),
        before=agents.whole(data, "before"),
        after=agents.whole(data, "after"),
        proposed=agents.whole(data, "proposed"),
        modified=data.get("modified") is True,
        deleted=data.get("deleted") is True,
        moved_from=origin,
    )


def _is_pair(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2  # noqa: PLR2004 - old and new


def _word(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def subject_of(place: Place, record: Mapping[str, Any], edit: FileEdit) -> str:
    """The name of an edit's file, as records and the ledger have it."""
    return places.subject(place, os.path.join(event_of(record)["cwd"], edit.path))


def subjects_of(place: Place, record: Mapping[str, Any]) -> list[str]:
    """The names of the files that a record is about, each in the work tree that it was recorded in."""
    own = place._replace(base=_word(record, "base"))
    return [subject_of(own, record, edit) for edit in _edits(record)]


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
    place = place._replace(base=_word(record, "base"))
    head = {name: event[name] for name in ("agent", "model", "session", "turn")}
    head["record"] = taken.id
    if event["kind"] == PROMPT:
        prompt = _word(record.get("prompt") or {}, "digest")
        kind = Kind.PROMPT_DENIED if record.get("denied") else Kind.PROMPT_SUBMITTED
        return [Draft(kind, "", {**head, "prompt": prompt})]
    if event["kind"] == OTHER:
        return []
    denied = record.get("denied")
    if event["kind"] != POST_EDIT and not denied:
        return []
    kind = Kind.EDIT_DENIED if denied else Kind.EDIT_REPORTED
    head |= {"tool": event["tool"], "tool_call": event["tool_call"]}
    return [
        Draft(kind, subject_of(place, record, edit), {
            **head,
            "before": _digest(edit.before, [old for old, _ in edit.changes], key),
            "after": _digest(edit.after, [new for _, new in edit.changes], key),
            "modified": edit.modified,
            "lines": lines_of(edit),
        })
        for edit in _edits(record)
    ]  # fmt: skip


def lines_of(edit: FileEdit) -> int:
    """How many lines that are not blank an edit brought, as far as it tells: those of its new text that its old has not."""
    pairs = edit.changes or [(edit.before or "", edit.after or "")]
    return sum((_lines(new) - _lines(old)).total() for old, new in pairs)


def _lines(text: str) -> Counter[str]:
    return Counter(filter(None, map(str.strip, text.splitlines())))


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
