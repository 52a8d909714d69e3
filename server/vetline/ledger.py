"""What happened and who did it: events in a chain that shows when somebody changed it.

Pure nouns: where a ledger lies and how it is written is the business of `stores`. An event names the
hash of the one before it, so an edit, a deletion or a reorder breaks the chain at a place that
`verify` can name. No event holds code, a prompt or a secret: digests, places and names only.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

GENESIS = "0" * 64
_GIT_SECONDS = 2.0


class LedgerError(Exception):
    """A ledger could not be read or written; the message is one line that says what to do."""


class LedgerBusyError(LedgerError):
    """Another process kept the ledger locked for longer than we wait."""


class LedgerUnwritableError(LedgerError):
    """Nothing can be written at this place; another place may do."""


class Kind(StrEnum):
    """What can happen. Closed: nothing else is ever written."""

    INSERTION = "insertion"
    PROMPT_SUBMITTED = "prompt.submitted"
    PROMPT_DENIED = "prompt.denied"
    EDIT_REPORTED = "edit.reported"
    EDIT_DENIED = "edit.denied"
    CLAIM_UNMATCHED = "claim.unmatched"
    FINDING_OPENED = "finding.opened"
    FINDING_CLOSED = "finding.closed"
    ESCALATION = "escalation"
    SUPPRESSION = "suppression"
    SUPPRESSION_ENDED = "suppression.ended"
    LINES_COUNTED = "lines.counted"
    REVIEW_REQUESTED = "review.requested"
    REVIEW_ASSIGNED = "review.assigned"
    REVIEW_COMMENTED = "review.commented"
    REVIEW_APPROVED = "review.approved"
    REVIEW_REJECTED = "review.rejected"
    REVIEW_WITHDRAWN = "review.withdrawn"
    GATE_JUDGED = "gate.judged"
    CONFIG_CHANGED = "config.changed"
    LEDGER_EXPORTED = "ledger.exported"
    LEDGER_IMPORTED = "ledger.imported"
    TEXT_ERASED = "text.erased"
    INCIDENT_OPENED = "incident.opened"


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that happened and has no place in the chain yet.

    Attributes:
        kind: what happened.
        subject: what it happened to: a POSIX path relative to the repository's root, or a package's URL.
        payload: the rest, as JSON without floats.
    """

    kind: Kind
    subject: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that happened, in its place in the chain.

    Attributes:
        seq: its number, from 1.
        at: when, as `timestamp` writes it.
        actor: who, "Name <address>" where git knows it.
        kind: a `Kind`, or the word of a newer version, which readers pass over.
        subject: what it happened to: a POSIX path relative to the repository's root, or a package's URL.
        payload: the rest.
        prev_hash: the hash of the event before, `GENESIS` for the first.
        hash: SHA-256 of the canonical JSON of everything above.
    """

    seq: int
    at: str
    actor: str
    kind: str
    subject: str
    payload: Mapping[str, Any]
    prev_hash: str
    hash: str = ""


class Wrong(StrEnum):
    """What can be wrong with a chain."""

    EDITED = "edited"
    MISSING = "missing"
    OUT_OF_ORDER = "out of order"
    INSERTED = "inserted"
    CUT_OFF = "cut off"


class Fault(NamedTuple):
    """The first place where a chain is not what was written.

    Attributes:
        wrong: what happened there, as far as the chain shows.
        seq: the number of the event it happened to.
        event: the event that gave it away; None when there is none any more.
        why: one sentence for a person.
    """

    wrong: Wrong
    seq: int
    event: AuditEvent | None
    why: str


def seal(draft: Draft, *, after: tuple[int, str], at: str, actor: str) -> AuditEvent:
    """The event that `draft` becomes behind the event with the number and hash `after`.

    Raises:
        TypeError: the payload is not JSON, or holds a float.
    """
    seq, prev_hash = after
    event = AuditEvent(
        seq=seq + 1,
        at=at,
        actor=_clean(actor),
        kind=str(draft.kind),
        subject=_clean(draft.subject),
        payload=_clean(draft.payload),
        prev_hash=prev_hash,
    )
    return replace(event, hash=digest(event))


def digest(event: AuditEvent) -> str:
    """The hash that `event` must carry."""
    body = {
        "actor": event.actor,
        "at": event.at,
        "kind": event.kind,
        "payload": event.payload,
        "prev_hash": event.prev_hash,
        "seq": event.seq,
        "subject": event.subject,
    }
    return hashlib.sha256(canonical(body).encode("utf-8", "surrogatepass")).hexdigest()


def canonical(value: object) -> str:
    """The one JSON text of `value`: keys sorted, no spaces, no escapes that are not needed."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def verify(
    events: Iterable[AuditEvent],
    anchors: Iterable[tuple[int, str]] = (),
    *,
    after: tuple[int, str] = (0, GENESIS),
) -> Fault | None:
    """The first event of a whole chain that is not what was written, and why; None when all are.

    Reads the events once and keeps none, so that a chain of any length may be streamed. What was cut off at
    the end, or written anew from some event on with hashes that fit, shows only against an anchor.

    Args:
        events: all of one chain, in its order.
        anchors: numbers and hashes that events of it had; all of them must hold, also several of one number.
        after: number and hash of the event before the first of them, where the start of the chain is left out.
    """
    fixed: dict[int, set[str]] = {}
    for number, anchored in anchors:
        fixed.setdefault(number, set()).add(anchored)
    coming = iter(events)
    before: AuditEvent | None = None
    last, prev_hash = after
    for seq, event in enumerate(coming, last + 1):
        if (event.seq, event.prev_hash, event.hash) != (seq, prev_hash, digest(event)):
            return _fault(seq, prev_hash, before, event, coming)
        if fixed.get(seq, {event.hash}) != {event.hash}:
            why = f"event {seq} is not the one that was anchored: it or one before it was written anew"
            return Fault(Wrong.EDITED, seq, event, why)
        before, last, prev_hash = event, seq, event.hash
    if (furthest := max(fixed, default=0)) > last:
        why = f"the chain ends at event {last}, but was anchored at {furthest}: its end was cut off"
        return Fault(Wrong.CUT_OFF, last + 1, None, why)
    return None


def _fault(
    seq: int,
    prev_hash: str,
    before: AuditEvent | None,
    event: AuditEvent,
    coming: Iterator[AuditEvent],
) -> Fault:
    """What is wrong where `event` stands behind `before` as number `seq`; looks on in what is coming."""
    if event.hash != digest(event):
        why = f"event {event.seq} was changed: its hash is of something else"
        return Fault(Wrong.EDITED, seq, event, why)
    if event.seq > seq:
        if any(later.seq == seq and later.prev_hash == prev_hash for later in coming):
            why = f"event {event.seq} stands where event {seq} belongs, which comes later"
            return Fault(Wrong.OUT_OF_ORDER, seq, event, why)
        to = "" if event.seq == seq + 1 else f" to {event.seq - 1}"
        return Fault(Wrong.MISSING, seq, event, f"event {seq}{to} is missing")
    if event.seq < seq:
        why = f"event {event.seq} was inserted behind event {seq - 1}, where a number like it was"
        return Fault(Wrong.INSERTED, seq, event, why)
    # Both are whole and do not fit each other. What follows tells which of the two is its own.
    follower = next(coming, None)
    if before is not None and follower is not None and follower.prev_hash == event.hash:
        why = f"event {before.seq} was written anew: event {seq} was written behind another"
        return Fault(Wrong.EDITED, before.seq, before, why)
    why = f"event {seq} was written anew or belongs to another chain: it names another event before it"
    return Fault(Wrong.EDITED, seq, event, why)


def timestamp(when: datetime) -> str:
    """An instant in UTC to the millisecond: "2026-03-01T09:05:00.123Z"; texts sort as times do.

    Raises:
        ValueError: it has no time zone.
    """
    if when.tzinfo is None:
        raise ValueError("a time without a zone is nobody's time")
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def actor(folder: Path) -> str:
    """Who works in `folder`: git's user there, else the operating system's.

    Runs git once and waits at most two seconds: not for an event loop's thread.
    """
    with contextlib.suppress(git.GitError):
        if known := git.user(folder, _GIT_SECONDS):
            return known
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def _clean(value: Any) -> Any:
    """`value` as JSON gives it back: lists for tuples, lone surrogates spelled out, no floats."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {_clean(key): _clean(item) for key, item in value.items()}
    raise TypeError(f"an event cannot hold a {type(value).__name__}")
