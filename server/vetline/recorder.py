"""What was seen, as drafts for the ledger: findings and suppressions that came and went, escalations, verdicts, policies, counts of lines.

A look says what is there now; the ledger's own events say what was there before, and only what differs is told. So
who looks twice tells once, and a finding has one beginning and one end, whoever saw them. Pure.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline.gate import Fate, fate
from vetline.ledger import Draft, Kind, canonical
from vetline.review import Status
from vetline_analyzers.core.finding import TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from vetline.gate import GateResult, Policy, Sighting
    from vetline.ledger import AuditEvent
    from vetline.provenance import Attribution
    from vetline_analyzers.core.finding import Finding, Suppression

# The events that `known` wants.
KINDS = (
    Kind.FINDING_OPENED,
    Kind.FINDING_CLOSED,
    Kind.ESCALATION,
    Kind.SUPPRESSION,
    Kind.SUPPRESSION_ENDED,
    Kind.CONFIG_CHANGED,
)
KEPT_DAYS = 60  # of which a count tells the lines apart
_NAME = 200  # characters


class Look(NamedTuple):
    """What a look at a file gave.

    Attributes:
        path: the file's, as events name it.
        sightings: all that was found, also what is not shown.
        whole: all analyzers looked at all of it, so what was not found is not there.
    """

    path: str
    sightings: Sequence[Sighting]
    whole: bool = True


class Judged(NamedTuple):
    """What a verdict is on.

    Attributes:
        subject: what was looked at, as events name it: the project's folder.
        policy: the digest of the policy.
        commit: the commit whose files were looked at as they are in it; "" when the work tree holds something else.
        base: the commit compared with; "" for none.
        files: how many files.
        failures: how many things could not be checked.
        change: the merge request, "!7" or "#7", where the CI says which; else "".
        severities: how many findings of each severity are shown, triggers apart.
        escalated: how many places need a person's eye, or had it.
    """

    subject: str
    policy: str
    commit: str = ""
    base: str = ""
    files: int = 0
    failures: int = 0
    change: str = ""
    severities: Mapping[str, int] = MappingProxyType({})
    escalated: int = 0


class Known(NamedTuple):
    """What a ledger holds already.

    Attributes:
        open: by path, then by fingerprint, the event that opened each finding that is open.
        escalated: the path, rule and symbol of each escalation.
        suppressed: the path and the mark of each suppression that is in force.
        policy: the digest of the policy last told of; "" when none was.
    """

    open: Mapping[str, Mapping[str, AuditEvent]]
    escalated: frozenset[tuple[str, str, str]] = frozenset()
    suppressed: frozenset[tuple[str, str]] = frozenset()
    policy: str = ""


def open_findings(events: Iterable[AuditEvent]) -> dict[str, dict[str, AuditEvent]]:
    """The findings that are open: by path, then by fingerprint, the event that opened each, the oldest first."""
    found: dict[str, dict[str, AuditEvent]] = {}
    for event in events:
        mark = _word(event, "fingerprint")
        if mark and event.kind == Kind.FINDING_OPENED:
            found.setdefault(event.subject, {}).setdefault(mark, event)
        elif mark and event.kind == Kind.FINDING_CLOSED:
            found.get(event.subject, {}).pop(mark, None)
    return {path: marks for path, marks in found.items() if marks}


def known(events: Iterable[AuditEvent]) -> Known:
    """What a ledger's events tell, in the order in which they came; one that somebody damaged tells nothing."""
    events = list(events)
    escalated, suppressed, policy = set(), set(), ""
    for event in events:
        if event.kind == Kind.ESCALATION:
            escalated.add((event.subject, _word(event, "rule"), _word(event, "symbol")))
        elif event.kind == Kind.SUPPRESSION:
            suppressed.add((event.subject, _word(event, "mark")))
        elif event.kind == Kind.SUPPRESSION_ENDED:
            suppressed.discard((event.subject, _word(event, "mark")))
        elif event.kind == Kind.CONFIG_CHANGED:
            policy = _word(event, "policy")
    return Known(open_findings(events), frozenset(escalated), frozenset(suppressed), policy)


def findings(look: Look, policy: Policy, before: Known) -> Iterator[Draft]:
    """The findings that came since and the policy's reader sees, and those that went, whoever sees them.

    What is accepted, or lies outside of a reader's scope, is not opened; it is not closed either while it is in the
    text: another reader may look next.
    """
    was = before.open.get(look.path, {})
    here = {s.finding.fingerprint: s for s in look.sightings if not is_trigger(s.finding)}
    for mark, sighting in here.items():
        if mark and mark not in was and fate(sighting, policy) is Fate.SHOWN:
            yield Draft(Kind.FINDING_OPENED, look.path, _opened(sighting))
    for mark, opened in was.items():
        why = _settled(here[mark], policy) if mark in here else "gone" * look.whole
        if why:
            yield _closed(opened, why)


def vanished(before: Known, exists: Callable[[str], bool]) -> Iterator[Draft]:
    """What went with its file, findings and suppressions; `exists` tells whether there is a file at an event's path."""
    for path, marks in before.open.items():
        if not exists(path):
            yield from (_closed(opened, "gone") for opened in marks.values())
    for path, mark in sorted(before.suppressed):
        if not exists(path):
            yield Draft(Kind.SUPPRESSION_ENDED, path, {"mark": mark})


def escalations(
    look: Look, policy: Policy, before: Known, digest: Callable[[Finding], str]
) -> Iterator[Draft]:
    """The triggers that are seen for the first time in lines that an AI touched, once a function, class or run of lines.

    Args:
        look: what was seen.
        policy: whose reader sees them.
        before: what was told of already.
        digest: gives, for a trigger, the digest of what a review of it would cover; "" where it is not known.
    """
    told: set[str] = set()
    for sighting in look.sightings:
        finding = sighting.finding
        escalation = (look.path, finding.rule, finding.symbol)
        if not is_trigger(finding) or sighting.repeated or escalation in before.escalated:
            continue
        if fate(sighting, policy) is Fate.SHOWN and finding.fingerprint not in told:
            told.add(finding.fingerprint)
            payload = {
                "rule": finding.rule,
                "symbol": finding.symbol,
                "fingerprint": finding.fingerprint,
                "lines": [sighting.start.line + 1, sighting.end.line + 1],
                "digest": digest(finding),
                "origin": _origin(sighting.origin),
            }
            yield Draft(Kind.ESCALATION, look.path, payload)


def suppressions(
    look: Look, before: Known, key: bytes, clean: Callable[[str], str]
) -> Iterator[Draft]:
    """The suppressions that are seen for the first time.

    Args:
        look: what was seen.
        before: what was told of already.
        key: the repository's key: of a reason, a short text, only a keyed digest is told.
        clean: masks what looks like a secret in a name that somebody wrote.
    """
    told: set[str] = set()
    for sighting in look.sightings:
        finding, silenced = sighting.finding, sighting.finding.suppression
        if silenced is None or not finding.fingerprint:
            continue
        mark = _mark(finding, silenced, key)
        if mark in told or (look.path, mark) in before.suppressed:
            continue
        told.add(mark)
        payload = {
            "mark": mark,
            "rule": finding.rule,
            "fingerprint": finding.fingerprint,
            "kind": silenced.kind,
            "line": sighting.start.line + 1,
            "owner": clean(silenced.owner[:_NAME]),
            "expires": silenced.expires,
            "reason": _keyed(silenced.reason, key) if silenced.reason else "",
            "origin": _origin(sighting.silencer),
        }
        yield Draft(Kind.SUPPRESSION, look.path, payload)


def unsuppressed(look: Look, before: Known, key: bytes) -> Iterator[Draft]:
    """The suppressions that are no longer in a text that was looked at whole; `key` is the repository's."""
    was = {mark for path, mark in before.suppressed if path == look.path}
    if not look.whole or not was:
        return
    found = (sighting.finding for sighting in look.sightings)
    here = {_mark(one, one.suppression, key) for one in found if one.suppression is not None}
    for mark in sorted(was - here):
        yield Draft(Kind.SUPPRESSION_ENDED, look.path, {"mark": mark})


def judged(result: GateResult, seen: Judged) -> Draft:
    """A verdict, the rules of its reasons and how often each, and what it was a verdict on."""
    payload = {
        "verdict": str(result.verdict),
        "reasons": [{"rule": reason.rule, "count": reason.count} for reason in result.reasons],
        "policy": seen.policy,
        "commit": seen.commit,
        "base": seen.base,
        "files": seen.files,
        "failures": seen.failures,
        "change": seen.change,
        "severities": dict(seen.severities),
        "escalated": seen.escalated,
    }
    return Draft(Kind.GATE_JUDGED, seen.subject, payload)


def shown(sightings: Iterable[Sighting], policy: Policy) -> tuple[dict[str, int], int]:
    """Of what was seen how many findings of each severity are shown, and how many triggers are or were decided on."""
    severities: Counter[str] = Counter()
    escalated = 0
    for sighting in sightings:
        became = fate(sighting, policy)
        if is_trigger(sighting.finding):
            escalated += became in {Fate.SHOWN, Fate.APPROVED} and not sighting.accepted
        elif became is Fate.SHOWN:
            severities[str(sighting.finding.severity)] += 1
    return dict(severities), escalated


def counted(
    subject: str,
    lines: Mapping[str, int],
    written: Mapping[tuple[str, str, str], int],
    files: int,
    *,
    today: str,
) -> Draft:
    """A count of all lines of a project.

    Args:
        subject: the project, as events name it.
        lines: how many there are by what they are, as `provenance.State` has it.
        written: those of AIs by agent, model and the day on which they were written, "" where that is not known.
        files: how many files were read.
        today: the day of the count; days over `KEPT_DAYS` before it are not told apart, so that a count stays short.
    """
    oldest = (date.fromisoformat(today) - timedelta(days=KEPT_DAYS)).isoformat()
    told: Counter[tuple[str, str, str]] = Counter()
    for (agent, model, day), number in written.items():
        told[agent, model, day if day >= oldest else ""] += number
    rows = [[*about, number] for about, number in sorted(told.items()) if number]
    payload = {"lines": dict(lines), "written": rows, "files": files}
    return Draft(Kind.LINES_COUNTED, subject, payload)


def configured(digest: str, before: Known, subject: str) -> Iterator[Draft]:
    """That the policy is another one than the one last told of.

    Args:
        digest: of the policy, as `policy.digest` gives it.
        before: what was told of already.
        subject: the file that the policy is in, as events name it, or the project.
    """
    if digest != before.policy:
        payload = {"policy": digest, "before": before.policy}
        yield Draft(Kind.CONFIG_CHANGED, subject, payload)


def is_trigger(finding: Finding) -> bool:
    """Whether it says that something is sensitive, rather than that something is wrong."""
    return finding.rule.startswith(TRIGGERS)


def _settled(sighting: Sighting, policy: Policy) -> str:
    """Why a finding is open no more though it is there; "" while it is."""
    if sighting.review is not None and sighting.review.status is Status.APPROVED:
        return "approved"
    return "suppressed" if fate(sighting, policy) is Fate.SUPPRESSED else ""


def _opened(sighting: Sighting) -> dict[str, Any]:
    finding = sighting.finding
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "symbol": finding.symbol,
        "line": sighting.start.line + 1,
        "origin": _origin(sighting.origin),
    }


def _closed(opened: AuditEvent, why: str) -> Draft:
    payload = {name: _word(opened, name) for name in ("fingerprint", "rule")}
    return Draft(
        Kind.FINDING_CLOSED, opened.subject, {**payload, "opened": opened.hash, "why": why}
    )


def _origin(said: Attribution | None) -> dict[str, str] | None:
    if said is None:
        return None
    session = said.origin.session if said.origin else ""
    return {
        "state": str(said.state), "agent": said.agent, "model": said.model, "session": session,
    }  # fmt: skip


def _word(event: AuditEvent, name: str) -> str:
    """A text of an event; "" where somebody put something else in its place."""
    value = event.payload.get(name)
    return value if isinstance(value, str) else ""


def _mark(finding: Finding, silenced: Suppression, key: bytes) -> str:
    """What a suppression is known by: all that it says and which finding it silences."""
    words = (finding.rule, finding.fingerprint, silenced.kind, silenced.owner)
    return _keyed(canonical([*words, silenced.expires, silenced.reason]), key)


def _keyed(text: str, key: bytes) -> str:
    return hashlib.blake2b(
        text.encode("utf-8", "surrogatepass"), key=key, digest_size=16
    ).hexdigest()
