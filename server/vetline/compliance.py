"""Evidence for the controls of frameworks, counted from the ledger and from reviews, and the gaps in it.

Never a verdict on compliance: it says what was recorded and what was not. Pure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from vetline.chronicle import INVENTED
from vetline.ledger import Kind
from vetline.provenance import State as Author
from vetline.review import State
from vetline_analyzers import engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vetline.frameworks import Control, Framework
    from vetline.ledger import AuditEvent
    from vetline.review import Decision, ReviewRequest

SEVERE = frozenset({"critical", "high"})
_OF_AI = frozenset(state.value for state in Author if state.touched)
_MENDED = "gone"
# What is missing where nothing of a kind was recorded. That nothing was denied or erased is no gap.
_MISSING = {
    Kind.GATE_JUDGED: "No verdict of a gate was recorded.",
    Kind.EDIT_REPORTED: "No agent reported what it wrote, so nobody knows which lines an AI wrote.",
    Kind.PROMPT_SUBMITTED: "No agent reported a prompt.",
    Kind.CONFIG_CHANGED: "No policy was recorded, or it was recorded before the period.",
}
_DECIDED = frozenset({Kind.REVIEW_APPROVED, Kind.REVIEW_REJECTED})


class Period(NamedTuple):
    """From when to when, as `ledger.timestamp` writes it; the end is not in it."""

    since: str
    until: str

    def has(self, at: str) -> bool:
        """Whether an instant lies in it."""
        return self.since <= at < self.until


class Tally(NamedTuple):
    """How many events of a kind there are, and the first and the last, each as "number:hash"."""

    total: int
    first: str
    last: str


@dataclass(slots=True)
class Fault:
    """A finding as the ledger tells of it.

    Attributes:
        rule: its rule's id.
        is_severe: critical or high.
        of_ai: in lines that an AI touched.
        opened: when.
        closed: when; "" while it is open.
        why: why it was closed: "gone", "approved", "suppressed".
    """

    rule: str
    is_severe: bool
    of_ai: bool
    opened: str
    closed: str = ""
    why: str = ""


@dataclass(slots=True)
class Evidence:
    """What a ledger tells of a period.

    Attributes:
        period: it.
        events: how many it has.
        invented: how many of them `vetline demo` made.
        kinds: by kind.
        verdicts: of gates, by word.
        unsure: verdicts that rest on something that could not be checked.
        faults: findings that were open at some time in it.
    """

    period: Period
    events: int = 0
    invented: int = 0
    kinds: dict[str, Tally] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)
    unsure: int = 0
    faults: list[Fault] = field(default_factory=list)


class Decided(NamedTuple):
    """What people decided in a period.

    Attributes:
        requested: reviews asked for in it.
        signed: approvals that bear a good signature.
        unsigned: approvals that bear none and are in the ledger only.
        rejected: rejections that count.
        refused: decisions that do not count, for what is wrong with them.
        waiting: reviews asked for by its end that nobody had decided by then.
    """

    requested: int = 0
    signed: int = 0
    unsigned: int = 0
    rejected: int = 0
    refused: int = 0
    waiting: int = 0


class Proof(NamedTuple):
    """What bears the record out.

    Attributes:
        whole: no chain was changed.
        anchored: an anchor in git bears it out, and none speaks against it.
        sentences: the same and more, for people.
    """

    whole: bool
    anchored: bool = False
    sentences: tuple[str, ...] = ()


class Findings(NamedTuple):
    """The findings that say something of a control: in the period, and open at its end."""

    opened: int
    of_ai: int
    mended: int
    accepted: int
    open: int
    severe: int


_NOTHING = "Nothing was recorded in the period that bears on this."


class Assessed(NamedTuple):
    """A control and the evidence for it.

    Attributes:
        control: it.
        rules: how many rules look for what it is about.
        findings: of these rules; None where findings say nothing of it.
        events: by kind, those that were recorded.
        gaps: what is missing or open, a sentence each.
    """

    control: Control
    rules: int
    findings: Findings | None
    events: Mapping[str, Tally]
    gaps: tuple[str, ...]

    @property
    def evidence(self) -> str:
        """Whether there is any: "none", "with gaps" or "found"; whatever else it takes is in the control's `beyond`."""
        if not self.events and not (self.findings and self.findings.opened + self.findings.open):
            return "none"
        return "with gaps" if self.gaps else "found"


def gather(events: Iterable[AuditEvent], period: Period) -> Evidence:
    """What happened in a period, and which findings were open in it.

    Args:
        events: all of a ledger up to the period's end, in their order; later ones are passed over.
        period: it.
    """
    found = Evidence(period)
    faults: dict[tuple[str, str], Fault] = {}
    for event in events:
        if event.at >= period.until:
            continue
        _take_finding(faults, found, event)
        if event.at >= period.since:
            _take(found, event)
    found.faults += faults.values()
    return found


def decided(requests: Sequence[ReviewRequest], period: Period) -> Decided:
    """What people decided in a period, as far as signatures and files tell."""
    made = [one for request in requests for one in request.decisions if period.has(one.at)]
    good = [one for one in made if not one.problem]
    approvals = [one for one in good if one.state is State.APPROVED]
    return Decided(
        requested=sum(period.has(one.at) for one in requests),
        signed=sum(bool(one.signer) for one in approvals),
        unsigned=sum(not one.signer for one in approvals),
        rejected=sum(one.state is State.REJECTED for one in good),
        refused=len(made) - len(good),
        waiting=sum(
            one.at < period.until and not _was_decided(one.decisions, period) for one in requests
        ),
    )


def assess(
    framework: Framework, evidence: Evidence, reviews: Decided, proof: Proof
) -> Iterator[Assessed]:
    """The evidence for each control of a framework, and its gaps."""
    known = engine.rules().values()
    for control in framework.controls:
        rules = control.rules(known)
        findings = _findings(evidence, rules) if control.asks_for_rules else None
        events = {kind: evidence.kinds[kind] for kind in control.events if kind in evidence.kinds}
        gaps = (
            *_missing(control, evidence, reviews),
            *_open(control, findings, rules),
            *_unproved(control, reviews, proof),
        )
        told = Assessed(control, len(rules), findings, events, gaps)
        silent = told.evidence == "none" and not gaps
        yield told._replace(gaps=(_NOTHING,)) if silent else told


# -- what is counted


def _take_finding(faults: dict[tuple[str, str], Fault], found: Evidence, event: AuditEvent) -> None:
    mark = (event.subject, _word(event.payload, "fingerprint"))
    if event.kind == Kind.FINDING_OPENED and mark not in faults:
        origin = event.payload.get("origin")
        of_ai = isinstance(origin, dict) and origin.get("state") in _OF_AI
        rule, severity = (_word(event.payload, name) for name in ("rule", "severity"))
        faults[mark] = Fault(rule, severity in SEVERE, of_ai, event.at)
    elif event.kind == Kind.FINDING_CLOSED and mark in faults:
        fault = faults.pop(mark)
        if event.at >= found.period.since:
            fault.closed, fault.why = event.at, _word(event.payload, "why")
            found.faults.append(fault)


def _take(found: Evidence, event: AuditEvent) -> None:
    found.events += 1
    found.invented += INVENTED in event.actor
    name = f"{event.seq}:{event.hash}"
    before = found.kinds.get(event.kind)
    found.kinds[event.kind] = Tally(
        before.total + 1 if before else 1, before.first if before else name, name
    )
    if event.kind == Kind.GATE_JUDGED:
        found.verdicts[_word(event.payload, "verdict")] += 1
        failures = event.payload.get("failures")
        found.unsure += isinstance(failures, int) and failures > 0


def _was_decided(decisions: Iterable[Decision], period: Period) -> bool:
    return any(not one.problem and one.at < period.until for one in decisions)


def _findings(evidence: Evidence, rules: frozenset[str]) -> Findings:
    about = [one for one in evidence.faults if one.rule in rules]
    opened = [one for one in about if one.opened >= evidence.period.since]
    still = [one for one in about if not one.closed]
    mended = sum(one.why == _MENDED for one in about)
    return Findings(
        opened=len(opened),
        of_ai=sum(one.of_ai for one in opened),
        mended=mended,
        accepted=len(about) - len(still) - mended,
        open=len(still),
        severe=sum(one.is_severe for one in still),
    )


# -- what is missing


def _missing(control: Control, evidence: Evidence, reviews: Decided) -> Iterator[str]:
    for kind, sentence in _MISSING.items():
        if kind in control.events and kind not in evidence.kinds:
            yield sentence
    if _DECIDED & set(control.events) and not reviews.signed + reviews.unsigned + reviews.rejected:
        yield "No person's decision that counts on a review is of this period."
    if Kind.GATE_JUDGED in control.events and evidence.unsure:
        total = evidence.verdicts.total()
        yield f"{evidence.unsure} of {total} verdicts rest on something that could not be checked."


def _open(control: Control, findings: Findings | None, rules: frozenset[str]) -> Iterator[str]:
    if control.asks_for_rules and not rules:
        yield "No rule looks for this."
    if findings and findings.severe:
        were = "finding was" if findings.severe == 1 else "findings were"
        yield f"{findings.severe} critical or high {were} open at the end of the period."


def _unproved(control: Control, reviews: Decided, proof: Proof) -> Iterator[str]:
    if _DECIDED & set(control.events):
        if reviews.unsigned:
            yield f"{reviews.unsigned} of {reviews.unsigned + reviews.signed} approvals bear no signature."
        if reviews.refused:
            yield f"{reviews.refused} decisions on reviews do not count, as their signatures or signers tell."
        if reviews.waiting:
            yield f"{reviews.waiting} reviews were not decided at the end of the period."
    if control.chain and not proof.whole:
        yield "The ledger is not whole."
    elif control.chain and not proof.anchored:
        yield "No anchor in git bears the ledger out, so a cut-off end would not show."


def _word(payload: Mapping[str, Any], name: str) -> str:
    """A text of an event; "" where somebody put something else in its place."""
    value = payload.get(name)
    return value if isinstance(value, str) else ""
