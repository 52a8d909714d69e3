"""Reviews: who asked a person to look at what, folded from the ledger's events.

A request names its lines by keyed digests and its findings by fingerprints. So it follows the code when
lines move, and falls stale by itself when the code changes; nobody has to withdraw it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from vetline import insertions
from vetline.ledger import Draft, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vetline.ledger import AuditEvent
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot, Span

_NOTE_LIMIT = 2000  # characters


class State(StrEnum):
    """How far a review has come."""

    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be reviewed.

    Attributes:
        path: POSIX path relative to the repository's root.
        digest: SHA-256 of the whole text at the time.
        first, last: its lines at the time, from 1, inclusive.
        marks: keyed digests of its lines that are not blank.
        fingerprints: the findings it is about; none when a person chose the lines.
        rules: the ids of their rules.
    """

    path: str
    digest: str
    first: int
    last: int
    marks: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """A person's wish that another person looks.

    Attributes:
        id: the head of the requesting event's hash.
        subject: what is to be reviewed.
        reasons: why, a sentence each: the findings' messages, later the triggers' reasons.
        requester: who asked.
        at: when.
        note: what the requester wrote.
        state: how far it has come.
    """

    id: str
    subject: Subject
    reasons: tuple[str, ...]
    requester: str
    at: str
    note: str
    state: State


def request(
    snapshot: Snapshot,
    span: Span,
    *,
    key: bytes,
    subject: str,
    findings: Sequence[Finding] = (),
    reasons: Sequence[str] = (),
    note: str = "",
) -> Draft:
    """What to append to the ledger when somebody asks for a review.

    Args:
        snapshot: the text.
        span: what is to be reviewed; the lines it touches.
        key: the repository's key.
        subject: the file's path relative to the repository's root.
        findings: the findings it is about.
        reasons: why, a sentence each; no code and no secret in them.
        note: what the requester wrote; whoever calls has masked secrets in it.
    """
    first = snapshot.position(span.start).line
    last = snapshot.position(max(span.start, span.end - 1)).line
    marks = insertions.lines_of(snapshot, key, range(first, last + 1))
    payload = {
        "digest": snapshot.digest,
        "lines": [first + 1, last + 1],
        "marks": [line.digest for line in marks],
        "fingerprints": sorted({finding.fingerprint for finding in findings} - {""}),
        "rules": sorted({finding.rule for finding in findings}),
        "reasons": list(reasons),
        "note": note.strip()[:_NOTE_LIMIT],
    }
    return Draft(Kind.REVIEW_REQUESTED, subject, payload)


def fold(events: Iterable[AuditEvent]) -> list[ReviewRequest]:
    """The requests that the events tell of, oldest first.

    Who asks again for what was asked for gets no second request. An event that somebody damaged is
    passed over here; `ledger.verify` names it.
    """
    requests: list[ReviewRequest] = []
    known: dict[str, list[ReviewRequest]] = {}
    for event in events:
        if event.kind != Kind.REVIEW_REQUESTED:
            continue
        found = _read(event)
        if found is None:
            continue
        same_path = known.setdefault(found.subject.path, [])
        if not any(_covers(earlier.subject, found.subject) for earlier in same_path):
            same_path.append(found)
            requests.append(found)
    return requests


def requesters(requests: Iterable[ReviewRequest]) -> dict[str, dict[str, str]]:
    """Who asked first for a look at each finding: by path, then by fingerprint, their display name.

    A finding is known by its fingerprint, wherever its lines are by now.
    """
    asked: dict[str, dict[str, str]] = {}
    for found in requests:
        of_path = asked.setdefault(found.subject.path, {})
        for fingerprint in found.subject.fingerprints:
            of_path.setdefault(fingerprint, display_name(found.requester))
    return asked


def display_name(actor: str) -> str:
    """How a person is shown: "Ada <a@b>" is Ada; an actor without a name as the ledger has them."""
    return actor.partition("<")[0].strip() or actor


def lines_now(found: ReviewRequest, snapshot: Snapshot, key: bytes) -> tuple[int, int] | None:
    """The lines (from 1, inclusive) on which what was to be reviewed stands now.

    Returns:
        None when it is stale: the lines are no longer there as they were, one behind the other.
    """
    subject = found.subject
    if subject.digest == snapshot.digest:
        return subject.first, subject.last
    marks = list(subject.marks)
    if not marks:
        return None
    have = list(insertions.lines_of(snapshot, key, range(len(snapshot.line_starts))))
    digests = [line.digest for line in have]
    places = [
        (have[at].number + 1, have[at + len(marks) - 1].number + 1)
        for at, digest in enumerate(digests)
        if digest == marks[0] and digests[at : at + len(marks)] == marks
    ]
    return min(places, key=lambda place: abs(place[0] - subject.first), default=None)


def _covers(earlier: Subject, later: Subject) -> bool:
    """Whether a request for `later` asks for nothing that `earlier` does not."""
    if later.fingerprints:
        return set(later.fingerprints) <= set(earlier.fingerprints)
    if not later.marks:
        return earlier == later
    return not earlier.fingerprints and earlier.marks == later.marks


def _read(event: AuditEvent) -> ReviewRequest | None:
    payload = event.payload
    lines = payload.get("lines")
    if not (isinstance(lines, list) and [type(line) for line in lines] == [int, int]):
        return None
    subject = Subject(
        path=event.subject,
        digest=str(payload.get("digest", "")),
        first=lines[0],
        last=lines[1],
        marks=_words(payload, "marks"),
        fingerprints=_words(payload, "fingerprints"),
        rules=_words(payload, "rules"),
    )
    return ReviewRequest(
        id=event.hash[:12],
        subject=subject,
        reasons=_words(payload, "reasons"),
        requester=event.actor,
        at=event.at,
        note=str(payload.get("note", "")),
        state=State.REQUESTED,
    )


def _words(payload: Mapping[str, Any], name: str) -> tuple[str, ...]:
    words = payload.get(name)
    return tuple(map(str, words)) if isinstance(words, list) else ()
