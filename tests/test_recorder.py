"""What looks come to, as drafts: told once, whoever looks, and folded back from the events themselves."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vetline import ledger, recorder
from vetline.gate import GateResult, Policy, Scope, Sighting, Verdict
from vetline.ledger import GENESIS, Kind
from vetline.provenance import Attribution, Origin, State, Tier
from vetline.recorder import Judged, Look
from vetline.review import Standing, Status
from vetline_analyzers.core.finding import Confidence, Finding, Severity, Suppression
from vetline_analyzers.core.text import Position, Span

KEY = b"k" * 32
AI = Attribution(State.AI, Origin(Tier.REPORTED, agent="claude-code", model="sonnet", session="s1"))


def seen(mark="a", *, rule="python/x", origin=AI, symbol="", suppression=None, **more) -> Sighting:
    severity = Severity.INFO if rule.startswith("trigger/") else Severity.HIGH
    finding = Finding(
        rule=rule, span=Span(0, 1), message="m", severity=severity, confidence=Confidence.HIGH,
        analyzer="patterns", fingerprint=mark, symbol=symbol, suppression=suppression,
        of_ai=rule.startswith("trigger/"),
    )  # fmt: skip
    at = Position(4, 0)
    return Sighting(path="a.py", finding=finding, start=at, end=at, origin=origin, **more)


class Book:
    """A ledger in memory that is told what looks come to."""

    def __init__(self):
        self.events = []

    def tell(self, *sightings, path="a.py", whole=True, policy=None):
        """Look at a file; gives the kinds of what was new, and why where something ended."""
        look, policy = Look(path, sightings, whole), policy or Policy()
        before = recorder.known(self.events)
        return self.add(
            *recorder.suppressions(look, before, KEY, lambda owner: owner),
            *recorder.unsuppressed(look, before, KEY),
            *recorder.escalations(look, policy, before, lambda found: f"of {found.symbol}"),
            *recorder.findings(look, policy, before),
        )

    def add(self, *drafts):
        for draft in drafts:
            after = (len(self.events), self.events[-1].hash if self.events else GENESIS)
            at = f"2026-03-01T09:00:{len(self.events):02}.000Z"
            self.events.append(ledger.seal(draft, after=after, at=at, actor="Ada"))
        return [
            f"{draft.kind} {draft.payload.get('fingerprint', '')} {draft.payload.get('why', '')}".strip()
            for draft in drafts
        ]

    @property
    def open(self):
        found = recorder.open_findings(self.events)
        return {(path, mark) for path, marks in found.items() for mark in marks}


def test_a_finding_has_one_beginning_and_one_end():
    book = Book()
    assert book.tell(seen("a"), seen("b")) == ["finding.opened a", "finding.opened b"]
    assert book.tell(seen("b"), seen("a")) == []
    assert book.tell(seen("b")) == ["finding.closed a gone"]
    assert book.open == {("a.py", "b")}
    assert book.tell(seen("b"), seen("a")) == ["finding.opened a"]
    assert sorted(book.tell()) == ["finding.closed a gone", "finding.closed b gone"]
    assert book.open == set()


def test_an_end_names_its_beginning():
    book = Book()
    book.tell(seen("a"))
    book.tell()
    opened, closed = book.events
    assert closed.payload["opened"] == opened.hash
    assert closed.payload["rule"] == "python/x"


def test_what_was_not_looked_at_whole_has_lost_nothing():
    book = Book()
    book.tell(seen("a"))
    assert book.tell(seen("b"), whole=False) == ["finding.opened b"]
    assert book.open == {("a.py", "a"), ("a.py", "b")}


def test_files_do_not_mix_and_one_that_is_gone_takes_its_findings_along():
    book = Book()
    book.tell(seen("a"))
    assert book.tell(seen("a"), path="b.py") == ["finding.opened a"]
    before = recorder.known(book.events)
    assert list(recorder.vanished(before, lambda _: True)) == []
    assert book.add(*recorder.vanished(before, {"b.py"}.__contains__)) == ["finding.closed a gone"]
    assert book.open == {("b.py", "a")}


def test_readers_do_not_undo_each_other():
    """An editor shows the AI's lines, `check` all, `--diff-base` the new ones: none ends what another began."""
    book = Book()
    human = seen("h", origin=Attribution(State.HUMAN))
    strict = Policy(scope=Scope.AI)
    assert book.tell(human, policy=strict) == []
    assert book.tell(human) == ["finding.opened h"]
    assert book.tell(human, policy=strict) == []
    assert book.tell(replace(human, accepted=True)) == []
    assert book.tell(human, policy=Policy(ignore=("python/*",))) == []
    assert book.open == {("a.py", "h")}


def test_what_is_accepted_before_it_was_seen_is_not_opened():
    assert Book().tell(replace(seen("a"), accepted=True)) == []


def test_a_decision_ends_a_finding():
    book = Book()
    book.tell(seen("a"), seen("b"))
    silent = seen("a", suppression=Suppression("vetline", "tested"), origin=None)
    approved = seen("b", review=Standing(Status.APPROVED, "0" * 12, "Bo", signed=True))
    told = book.tell(silent, approved)
    assert {"finding.closed a suppressed", "finding.closed b approved"} <= set(told)
    assert book.open == set()
    stale = seen("b", review=Standing(Status.STALE, "0" * 12, "Bo", "f was changed since"))
    assert "finding.opened b" in book.tell(silent, stale)


def test_a_trigger_is_told_of_once_a_function():
    book = Book()
    one, other = (seen(mark, rule="trigger/cryptography", symbol="pay") for mark in "ab")
    assert book.tell(one, replace(other, repeated=True)) == ["escalation a"]
    event = book.events[-1].payload
    assert (event["rule"], event["symbol"]) == ("trigger/cryptography", "pay")
    assert event["digest"] == "of pay"
    assert event["origin"]["agent"] == "claude-code"
    assert book.tell(other) == []  # the line changed, the function that is escalated did not
    assert book.tell(seen("c", rule="trigger/cryptography", symbol="refund")) == ["escalation c"]
    assert book.open == set(), "a trigger is no fault that somebody has to mend"


def test_a_suppression_is_told_of_once_and_without_its_words():
    book = Book()
    said = Suppression("vetline", "the table name is ours", owner="bo", expires="2026-12-31")
    one = seen("a", suppression=said, silencer=Attribution(State.HUMAN))
    assert book.tell(one) == ["suppression a"]
    assert book.tell(one) == []
    event = book.events[0]
    assert event.payload["origin"]["state"] == "human"
    assert (event.payload["owner"], event.payload["expires"]) == ("bo", "2026-12-31")
    assert "table name" not in json.dumps(event.payload)
    for other in (said._replace(expires="2027-12-31"), said._replace(reason="another")):
        assert book.tell(seen("a", suppression=other)) == ["suppression a", "suppression.ended"]


def test_a_suppression_by_an_agent_leaves_the_finding_open():
    book = Book()
    pending = seen("a", suppression=Suppression("vetline", "trust me"), silencer=AI)
    assert book.tell(pending) == ["suppression a", "finding.opened a"]
    assert book.events[0].payload["origin"]["agent"] == "claude-code"
    approved = replace(pending, review=Standing(Status.APPROVED, "0" * 12, "Bo", signed=True))
    assert book.tell(approved) == ["finding.closed a approved"]


def test_of_a_reason_only_its_owner_can_tell_that_it_is_the_same():
    look = Look("a.py", [seen("a", suppression=Suppression("noqa", "ok"))])
    nothing = recorder.known([])
    marks = {
        draft.payload[name]
        for key in (KEY, b"l" * 32)
        for draft in recorder.suppressions(look, nothing, key, str)
        for name in ("mark", "reason")
    }
    assert len(marks) == 4


def test_a_verdict_names_rules_and_counts_and_no_sentence():
    result = GateResult(Verdict.BLOCK, ())
    draft = recorder.judged(result, Judged(subject=".", policy="d" * 64, commit="c" * 40, files=3))
    assert draft.kind is Kind.GATE_JUDGED
    assert draft.payload == {
        "verdict": "block", "reasons": [], "policy": "d" * 64, "commit": "c" * 40, "base": "",
        "files": 3, "failures": 0, "change": "", "severities": {}, "escalated": 0,
    }  # fmt: skip


def test_a_verdict_tells_how_bad_what_is_shown_is_and_what_needed_a_person():
    policy = Policy(escalates=True)
    trigger = seen("t", rule="trigger/cryptography", symbol="pay")
    approved = Standing(Status.APPROVED, "0" * 12, "Bo", signed=True)
    found = [
        seen("a"), seen("b", rule="python/y"), seen("c", review=approved), replace(seen("d"), accepted=True),
        trigger, replace(trigger, review=approved), replace(trigger, accepted=True), replace(trigger, repeated=True),
        replace(trigger, origin=Attribution(State.HUMAN)),
    ]  # fmt: skip
    assert recorder.shown(found, policy) == ({"high": 2}, 2)
    told = Judged(subject=".", policy="", change="!7", severities={"high": 2}, escalated=2)
    payload = recorder.judged(GateResult(Verdict.BLOCK, ()), told).payload
    assert (payload["change"], payload["severities"], payload["escalated"]) == (
        "!7",
        {"high": 2},
        2,
    )


def test_a_suppression_that_is_gone_is_told_of_once_and_may_come_back():
    book = Book()
    silent = seen("a", suppression=Suppression("vetline", "tested"), origin=None)
    assert book.tell(silent) == ["suppression a"]
    assert book.tell(seen("b"), whole=False) == ["finding.opened b"]
    ends = ["suppression.ended", "finding.opened a", "finding.closed b gone"]
    assert book.tell(seen("a")) == ends
    assert book.tell(seen("a")) == []
    assert book.tell(silent) == ["suppression a", "finding.closed a suppressed"]
    before = recorder.known(book.events)
    assert book.add(*recorder.vanished(before, lambda _: False)) == ["suppression.ended"]
    assert recorder.known(book.events).suppressed == frozenset()


def test_a_suppression_that_says_something_else_is_another_one():
    book = Book()
    said = Suppression("vetline", "tested", expires="2026-12-31")
    book.tell(seen("a", suppression=said))
    later = seen("a", suppression=said._replace(expires="2027-12-31"))
    assert book.tell(later) == ["suppression a", "suppression.ended"]
    assert len(recorder.known(book.events).suppressed) == 1


def test_a_count_tells_the_days_of_the_last_two_months_apart():
    written = {
        ("claude-code", "sonnet", "2026-03-30"): 3, ("claude-code", "sonnet", "2025-01-01"): 4,
        ("claude-code", "sonnet", ""): 5, ("codex", "", "2026-03-01"): 0,
    }  # fmt: skip
    draft = recorder.counted(".", {"ai": 12}, written, 9, today="2026-03-31")
    assert draft.payload["written"] == [
        ["claude-code", "sonnet", "", 9],
        ["claude-code", "sonnet", "2026-03-30", 3],
    ]
    assert (draft.payload["lines"], draft.payload["files"]) == ({"ai": 12}, 9)


def test_a_policy_is_told_of_when_it_is_another_one():
    book = Book()
    one, other = "1" * 64, "2" * 64
    for digest, news in ((one, 1), (one, 0), (other, 1), (one, 1)):
        drafts = list(recorder.configured(digest, recorder.known(book.events), "pyproject.toml"))
        assert len(drafts) == news
        book.add(*drafts)
    assert [event.payload["before"] for event in book.events] == ["", one, other]


def test_what_somebody_put_into_an_event_is_passed_over():
    book = Book()
    book.tell(seen("a"), seen("t", rule="trigger/cryptography"))
    hostile = ({}, {"fingerprint": 7, "rule": [], "mark": {}, "policy": None}, {"": "\x00"})
    kinds = (*recorder.KINDS, Kind.REVIEW_REQUESTED, "newer.kind")
    events = [
        replace(book.events[0], kind=str(kind), payload=payload)
        for kind, payload in itertools.product(kinds, hostile)
    ]
    assert recorder.open_findings([*book.events, *events]) == recorder.open_findings(book.events)
    assert recorder.known(events).policy == ""


MARKS = st.lists(st.sampled_from("abcde"), unique=True, max_size=5)


@given(st.lists(st.tuples(st.sampled_from(["a.py", "b.py"]), MARKS), max_size=12))
def test_the_fold_is_what_was_seen_last(looks):
    book, last = Book(), {}
    for path, marks in looks:
        book.tell(*map(seen, marks), path=path)
        last[path] = marks
    assert book.open == {(path, mark) for path, marks in last.items() for mark in marks}
