"""Spooled records: what one says, whatever is wrong with it; which say the same; storing one."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from vetline.ledger import timestamp
from vetline.stores import tables

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

_SAME = timedelta(seconds=2)  # equal events without a tool call's id this close are one


def store(
    db: sqlite3.Connection, id_: str, record: dict[str, Any], subjects: Sequence[str], texts: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Store one record; gives its number and what is kept of it, or nothing when its like is there."""
    event, prompt = part(record, "event"), part(record, "prompt")
    at, same = word(record, "at"), identity(record, event, prompt)
    earliest, newest = map(tables.raw, around(at, event))
    query = """SELECT 1 FROM record WHERE id = ?
               UNION ALL SELECT 1 FROM record WHERE identity = ? AND at BETWEEN ? AND ? LIMIT 1"""
    if db.execute(query, (tables.raw(id_), same, earliest, newest)).fetchone():
        return
    digest, session, agent = word(prompt, "digest"), word(event, "session"), word(event, "agent")
    if digest and (text := word(prompt, "text")):
        shown = tuple(map(tables.raw, (digest, at, text, session, agent)))
        db.execute("INSERT OR REPLACE INTO prompt VALUES (?, ?, ?, ?, ?)", shown)
    stored = {**record, "event": {**event, "prompt": ""}, "prompt": {"digest": digest}}
    head = (id_, at, word(record, "base"), agent, word(event, "kind"), session)
    asked = "" if record.get("denied") else digest  # what was refused set nothing off
    words = map(tables.raw, (*head, word(event, "turn"), word(event, "model"), asked))
    row = (*words, same, texts, tables.packed(stored))
    insert = "INSERT INTO record VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
    seq = db.execute(insert, row).lastrowid or 0
    claimed = [(tables.raw(subject), seq) for subject in dict.fromkeys(subjects)]
    db.executemany("INSERT INTO claim VALUES (?, ?)", claimed)
    yield seq, stored


def identity(record: dict[str, Any], event: dict[str, Any], prompt: dict[str, Any]) -> bytes:
    """A digest that is the same for all reports of one thing."""
    said: list[object] = [word(record, "base")]
    if call := word(event, "tool_call"):
        names = ("path", "changes", "after", "deleted", "moved_from")
        edits = [[edit.get(name) for name in names] for edit in _edits(event)]
        said += [word(event, "session"), call, word(event, "kind"), edits]
    else:
        said += [event, word(prompt, "digest")]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()


def around(at: str, event: dict[str, Any]) -> tuple[str, str]:
    """From when until when a record of the same identity as one of the time `at` is the same event."""
    if word(event, "tool_call"):
        return "", "\U0010ffff"
    try:
        when = datetime.fromisoformat(at)
        return timestamp(when - _SAME), timestamp(when + _SAME)
    except (ValueError, OverflowError):  # no time that we know: only what says the same of it
        return at, at


def without_texts(record: dict[str, Any]) -> dict[str, Any]:
    """The record with what its edits did left out."""
    event = part(record, "event")
    bare: dict[str, Any] = {"changes": [], "before": None, "after": None, "proposed": None}
    return {**record, "event": {**event, "edits": [{**edit, **bare} for edit in _edits(event)]}}


def part(record: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of a record under a name; empty when there is none."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def word(record: dict[str, Any], name: str) -> str:
    """The word under a name; empty when there is none."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _edits(event: dict[str, Any]) -> list[dict[str, Any]]:
    edits = event.get("edits")
    return [edit for edit in edits if isinstance(edit, dict)] if isinstance(edits, list) else []
