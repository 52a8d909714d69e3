"""Reviews: who asked a person to look at what, and what they decided, folded from two carriers.

The ledger's events and the files under `.vetline/reviews/` tell of the same requests and decisions; what has one id is
one, in whichever order and however often it is told. A review is of a text or of a package.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from vetline import statement
from vetline.ledger import Draft, Kind
from vetline.standings import (
    Comment,
    Decision,
    ReviewRequest,
    Standing,
    State,
    Status,
    approved,
    display_name,
    standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vetline.ledger import AuditEvent
    from vetline.statement import Statement, Verified
    from vetline.subject import Subject

__all__ = [
    "KINDS",
    "Comment",
    "Decision",
    "ReviewRequest",
    "Standing",
    "State",
    "Status",
    "approved",
    "assigned",
    "commented",
    "cut",
    "display_name",
    "draft",
    "fold",
    "requesters",
    "standing",
    "waiting",
]

_ID = re.compile("[0-9a-f]{12}")
_MANY = 100  # people that one request is assigned to
_DECISIONS = {
    State.APPROVED: Kind.REVIEW_APPROVED,
    State.REJECTED: Kind.REVIEW_REJECTED,
    State.WITHDRAWN: Kind.REVIEW_WITHDRAWN,
}
_DECIDED = {kind: state for state, kind in _DECISIONS.items()}
# The events that `fold` wants.
KINDS = (Kind.REVIEW_REQUESTED, Kind.REVIEW_ASSIGNED, Kind.REVIEW_COMMENTED, *_DECIDED)


# -- what is written


def draft(said: Statement) -> Draft:
    """What to append to the ledger when somebody asks for a review, or decides on one."""
    kind = _DECISIONS[State(said.decision)] if said.decision else Kind.REVIEW_REQUESTED
    return Draft(kind, said.subject.name, statement.to_json(said))


def assigned(found: ReviewRequest, people: Sequence[str]) -> Draft:
    """What to append when a request is for these people now, and for nobody else."""
    payload = {"request": found.id, "assigned": list(people)[:_MANY]}
    return Draft(Kind.REVIEW_ASSIGNED, found.subject.name, payload)


def commented(found: ReviewRequest, note: str) -> Draft:
    """What to append when somebody comments; whoever calls has masked secrets in it."""
    payload = {"request": found.id, "note": cut(note)}
    return Draft(Kind.REVIEW_COMMENTED, found.subject.name, payload)


def cut(note: str) -> str:
    """A note as it is kept: no longer than a person reads."""
    return note.strip()[: statement.NOTE]


# -- what is read


@dataclass(slots=True)
class _Told:
    """What the carriers tell, by request; each `tell` gives the same whatever was told before.

    Attributes:
        requests: what was asked for, by id.
        decisions: by request, then by the digest of what was said.
        spoken: by request the earliest decision's statement: it knows the request, where that itself is not told.
        people: by request who is to look, and when that was said.
        comments: by request what people wrote.
    """

    requests: dict[str, ReviewRequest] = field(default_factory=dict)
    decisions: dict[str, dict[str, Decision]] = field(default_factory=lambda: defaultdict(dict))
    spoken: dict[str, tuple[str, str, Statement]] = field(default_factory=dict)
    people: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    comments: dict[str, set[Comment]] = field(default_factory=lambda: defaultdict(set))


def fold(events: Iterable[AuditEvent], verified: Iterable[Verified] = ()) -> list[ReviewRequest]:
    """The requests that the ledger and the files tell of, oldest first.

    Who asks again for what was asked for gets no second request; once it was decided a new one. An event
    that somebody damaged is passed over here; `ledger.verify` names it.
    """
    told = _Told()
    for event in events:
        _take_event(told, event)
    for one in verified:
        _take_statement(told, one.signed.statement, one)
    return _folded(told)


def _take_event(told: _Told, event: AuditEvent) -> None:
    if event.kind not in KINDS or not _is_sound(event):
        return
    if event.kind in {Kind.REVIEW_ASSIGNED, Kind.REVIEW_COMMENTED}:
        _take_word(told, event)
    else:
        try:
            said = statement.from_json(event.payload)
        except ValueError:
            return
        if said.decision == _DECIDED.get(Kind(event.kind), ""):
            _take_statement(told, said, None)


def _is_sound(event: AuditEvent) -> bool:
    """Whether it is of the types that it must be of; a ledger may be anybody's."""
    words = (event.at, event.actor, event.subject, event.hash)
    return isinstance(event.payload, dict) and all(isinstance(word, str) for word in words)


def _take_word(told: _Told, event: AuditEvent) -> None:
    """An assignment or a comment."""
    request = event.payload.get("request")
    if not isinstance(request, str) or not _ID.fullmatch(request):
        return
    if event.kind == Kind.REVIEW_ASSIGNED:
        now = (event.at, _words(event.payload, "assigned")[:_MANY])
        told.people[request] = max(now, told.people.get(request, now))
    elif isinstance(note := event.payload.get("note"), str):
        told.comments[request].add(Comment(event.actor, event.at, note))


def _take_statement(told: _Told, said: Statement, verified: Verified | None) -> None:
    """What was said in a statement. Of a decision, what a file tells of its signature goes first."""
    if not said.decision:
        told.requests[said.request] = _asked(said)
        return
    digest, decisions = statement.digest(said), told.decisions[said.request]
    now = (said.at, digest, said)
    told.spoken[said.request] = min(now, told.spoken.get(said.request, now), key=lambda it: it[:2])
    found = Decision(
        State(said.decision), said.reviewer, said.at, said.note, said.expires, said.subject
    )
    if verified is not None:
        found = replace(found, signer=verified.signer, key=verified.key, problem=verified.problem)
    before = decisions.get(digest, found)
    decisions[digest] = max(found, before, key=_worth)


def _worth(decision: Decision) -> tuple[bool, str, str, bool, str]:
    """Of two carriers of one decision the one with the greater worth speaks, whichever is read first."""
    good = bool(decision.signer) and not decision.problem
    return good, decision.signer, decision.key, bool(decision.problem), decision.problem


def _asked(said: Statement) -> ReviewRequest:
    return ReviewRequest(
        id=said.request,
        subject=said.subject,
        reasons=said.reasons,
        requester=said.requester,
        at=said.requested,
        note="" if said.decision else said.note,
        authors=said.authors,
        origins=said.origins,
        repository=said.repository,
    )


def _folded(told: _Told) -> list[ReviewRequest]:
    """The requests with all that belongs to them, those that ask for nothing new taken together."""
    for id_, (_, _, said) in told.spoken.items():
        told.requests.setdefault(id_, _asked(said))
    kept: dict[str, ReviewRequest] = {}
    of_text: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    names: dict[str, list[str]] = defaultdict(list)  # those of a request, its own first
    for id_, one in sorted(told.requests.items(), key=lambda item: (item[1].at, item[0])):
        same = [kept[other] for other in of_text[_text(one.subject)]]
        decisions = told.decisions.get(id_, {})
        earlier = waiting(same, one.subject, one.at)
        if earlier is not None and not decisions:
            names[earlier.id].append(id_)
            continue
        kept[id_] = replace(one, decisions=_in_order(one for _, one in sorted(decisions.items())))
        names[id_].append(id_)
        of_text[_text(one.subject)].append(id_)
    return [_with_words(one, told, names[one.id]) for one in kept.values()]


def _in_order(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    return tuple(sorted(decisions, key=lambda one: one.at))


def _with_words(found: ReviewRequest, told: _Told, names: Iterable[str]) -> ReviewRequest:
    """The request with what was said of it, also under the ids of those who asked again."""
    names = list(names)
    comments = {comment for id_ in names for comment in told.comments.get(id_, ())}
    _, assigned = max((told.people[id_] for id_ in names if id_ in told.people), default=("", ()))
    in_order = tuple(sorted(comments, key=lambda one: (one.at, one.by, one.note)))
    return replace(found, assigned=assigned, comments=in_order)


def waiting(requests: Iterable[ReviewRequest], new: Subject, at: str) -> ReviewRequest | None:
    """The first request that asks for all of something, and nobody had decided on at a time."""
    return next(
        (one for one in requests if _asks_for(one.subject, new) and not _was_decided(one, at)), None
    )


def _asks_for(old: Subject, new: Subject) -> bool:
    return _text(old) == _text(new) and set(new.fingerprints) <= set(old.fingerprints)


def _text(of: Subject) -> tuple[str, str, str]:
    """What two requests for the same text, or package, have in common."""
    return of.name, of.symbol, of.digest


def _was_decided(found: ReviewRequest, at: str) -> bool:
    return any(one.at <= at for one in found.decisions if not one.problem)


def _words(payload: Mapping[str, Any], name: str) -> tuple[str, ...]:
    words = payload.get(name)
    return tuple(map(str, words)) if isinstance(words, list) else ()


def requesters(requests: Iterable[ReviewRequest]) -> dict[str, dict[str, str]]:
    """Who asked first for a look at each finding that waits: by path, then by fingerprint, their display name.

    A finding is known by its fingerprint, wherever its lines are by now. Under the path "" are the packages, by their
    URLs: a finding on one stands in any file.
    """
    asked: dict[str, dict[str, str]] = {}
    for found in requests:
        subject = found.subject
        of_path = asked.setdefault(subject.path, {})
        if found.decision is None:
            for mark in subject.fingerprints or filter(None, [subject.package]):
                of_path.setdefault(mark, display_name(found.requester))
    return asked
