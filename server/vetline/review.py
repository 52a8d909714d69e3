"""Reviews: who asked a person to look at what, and what they decided, folded from the ledger's events.

A request names its lines by keyed digests and its findings by fingerprints. So it follows the code when
lines move, and falls stale by itself when the code changes; nobody has to withdraw it. A request may also be about a
package, by its URL and wherever it is used; such a one a person approves or rejects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline import insertions
from vetline.ledger import Draft, Kind
from vetline_analyzers.core.universe import of_purl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vetline.ledger import AuditEvent
    from vetline_analyzers.core.finding import Finding
    from vetline_analyzers.core.text import Snapshot, Span
    from vetline_analyzers.core.universe import Package

_NOTE_LIMIT = 2000  # characters


class State(StrEnum):
    """How far a review has come."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"


_DECISIONS = {State.APPROVED: Kind.REVIEW_APPROVED, State.REJECTED: Kind.REVIEW_REJECTED}
_DECIDED = {kind: state for state, kind in _DECISIONS.items()}
KINDS = (Kind.REVIEW_REQUESTED, *_DECIDED)  # the events that `fold` wants


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be reviewed.

    Attributes:
        path: POSIX path relative to the repository's root; "" when it is a package.
        digest: SHA-256 of the whole text at the time.
        first, last: its lines at the time, from 1, inclusive.
        marks: keyed digests of its lines that are not blank.
        fingerprints: the findings it is about; none when a person chose the lines.
        rules: the ids of their rules.
        package: the package's URL, when it is one; then there are no lines.
    """

    path: str
    digest: str
    first: int
    last: int
    marks: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    package: str = ""


class Decision(NamedTuple):
    """Who decided a review, when, and what they wrote."""

    by: str
    at: str
    note: str


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
        decision: who decided so; None while nobody did.
    """

    id: str
    subject: Subject
    reasons: tuple[str, ...]
    requester: str
    at: str
    note: str
    state: State
    decision: Decision | None = None


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


def vetting(
    package: Package, *, rules: Sequence[str] = (), reasons: Sequence[str] = (), note: str = ""
) -> Draft:
    """What to append to the ledger when somebody asks for a review of a package; the rest as of `request`."""
    payload = {
        "package": package.purl,
        "rules": sorted(set(rules)),
        "reasons": list(reasons),
        "note": note.strip()[:_NOTE_LIMIT],
    }
    return Draft(Kind.REVIEW_REQUESTED, package.purl, payload)


def decided(package: Package, state: State, note: str = "") -> Draft:
    """What to append when somebody approves or rejects a package. It answers the request for it, where there is one."""
    payload = {"package": package.purl, "note": note.strip()[:_NOTE_LIMIT]}
    return Draft(_DECISIONS[state], package.purl, payload)


def fold(events: Iterable[AuditEvent]) -> list[ReviewRequest]:
    """The requests that the events tell of, oldest first.

    Who asks again for what was asked for gets no second request; once it was decided a new one. A package that
    was decided on without being asked for has a request of its own by who decided. An event that somebody
    damaged is passed over here; `ledger.verify` names it.
    """
    requests: list[ReviewRequest] = []
    known: dict[str, list[int]] = {}
    for event in events:
        found = _read(event) if event.kind in KINDS else None
        if found is None:
            continue
        same = known.setdefault(event.subject, [])
        asked = [
            number
            for number in same
            if requests[number].decision is None
            and _covers(requests[number].subject, found.subject)
        ]
        if not asked:
            same.append(len(requests))
            requests.append(found)
        elif found.decision is not None:
            for number in asked:
                answered = replace(requests[number], state=found.state, decision=found.decision)
                requests[number] = answered
    return requests


def requesters(requests: Iterable[ReviewRequest]) -> dict[str, dict[str, str]]:
    """Who asked first for a look at each finding: by path, then by fingerprint, their display name.

    A finding is known by its fingerprint, wherever its lines are by now. Under the path "" are the packages that
    wait for a decision, by their URLs: a finding on one stands in any file.
    """
    asked: dict[str, dict[str, str]] = {}
    for found in requests:
        subject = found.subject
        of_path = asked.setdefault(subject.path, {})
        waits = subject.package and found.decision is None
        for mark in (*subject.fingerprints, *([subject.package] if waits else ())):
            of_path.setdefault(mark, display_name(found.requester))
    return asked


def approved(requests: Iterable[ReviewRequest]) -> frozenset[str]:
    """The packages, by their URLs, on which the last decision was to approve."""
    last = {one.subject.package: one.state for one in requests if one.decision is not None}
    return frozenset(purl for purl, state in last.items() if state is State.APPROVED)


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
    if later.package or earlier.package:
        return later.package == earlier.package
    if later.fingerprints:
        return set(later.fingerprints) <= set(earlier.fingerprints)
    if not later.marks:
        return earlier == later
    return not earlier.fingerprints and earlier.marks == later.marks


def _read(event: AuditEvent) -> ReviewRequest | None:
    payload, note = event.payload, str(event.payload.get("note", ""))
    state = _DECIDED.get(Kind(event.kind), State.REQUESTED)
    subject = _subject(event)
    if subject is None or (state is not State.REQUESTED and not subject.package):
        return None
    is_decision = state is not State.REQUESTED
    return ReviewRequest(
        id=event.hash[:12],
        subject=subject,
        reasons=_words(payload, "reasons"),
        requester=event.actor,
        at=event.at,
        note="" if is_decision else note,
        state=state,
        decision=Decision(event.actor, event.at, note) if is_decision else None,
    )


def _subject(event: AuditEvent) -> Subject | None:
    payload = event.payload
    if "package" in payload:
        package = of_purl(event.subject)
        if package is None or not payload["package"] == event.subject == package.purl:
            return None
        return Subject("", "", 0, 0, rules=_words(payload, "rules"), package=package.purl)
    lines = payload.get("lines")
    if not (isinstance(lines, list) and [type(line) for line in lines] == [int, int]):
        return None
    return Subject(
        path=event.subject,
        digest=str(payload.get("digest", "")),
        first=lines[0],
        last=lines[1],
        marks=_words(payload, "marks"),
        fingerprints=_words(payload, "fingerprints"),
        rules=_words(payload, "rules"),
    )


def _words(payload: Mapping[str, Any], name: str) -> tuple[str, ...]:
    words = payload.get(name)
    return tuple(map(str, words)) if isinstance(words, list) else ()
