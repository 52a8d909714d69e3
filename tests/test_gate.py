"""What becomes of a finding, whoever asks."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import SEVERITIES, notices, sightings

from vetline import config, session
from vetline.doors import verdict
from vetline.gate import Fate, Policy, Scope, Sighting, Silence, Verdict, fate, judge, silence
from vetline.notices import Notice
from vetline.provenance import UNKNOWN, Attribution, State
from vetline.review import Standing, Status
from vetline.settings import Settings
from vetline_analyzers import engine
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Severity, Suppression
from vetline_analyzers.core.text import Position, Span
from vetline_analyzers.engine import Analysis, Failure, gate_rules

FINDING = Finding(
    rule="python/x",
    span=Span(0, 1),
    message="m",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    analyzer="patterns",
    tentative=True,
)
OPEN = replace(FINDING, tentative=False)
NOWHERE = Position(0, 0)


def seen(origin: Attribution | None, finding: Finding = FINDING, **more) -> Sighting:
    return Sighting(path="a", finding=finding, start=NOWHERE, end=NOWHERE, origin=origin, **more)


@pytest.mark.parametrize("state", [None, *State])
@pytest.mark.parametrize("persona", Persona)
def test_what_is_tentative_is_for_lines_that_an_ai_touched_and_for_strict_readers(state, persona):
    origin = Attribution(state) if state else None
    touched = bool(state and state.touched)
    wanted = Fate.SHOWN if touched or persona > Persona.REGULAR else Fate.TENTATIVE
    assert fate(seen(origin), Policy(persona=persona)) is wanted


def test_why_it_is_hidden_is_told_in_one_order():
    hidden = {
        Fate.IGNORED: Policy(ignore=("python/*",)),
        Fate.TENTATIVE: Policy(),
        Fate.SCOPE: Policy(scope=Scope.AI, persona=Persona.PEDANTIC),
    }
    assert {kind: fate(seen(None), policy) for kind, policy in hidden.items()} == {
        kind: kind for kind in hidden
    }
    silenced = replace(FINDING, suppression=Suppression("noqa", ""))
    assert fate(seen(None, silenced), Policy()) is Fate.SUPPRESSED
    assert fate(seen(None, silenced), Policy(ignore=("python/*",))) is Fate.IGNORED
    assert fate(seen(None, accepted=True), Policy(persona=Persona.AUDITOR)) is Fate.ACCEPTED


@pytest.mark.parametrize("known", [None, UNKNOWN, *map(Attribution, State)])
@pytest.mark.parametrize("assumed", ["", "ai"])
def test_only_what_is_unknown_is_assumed(known, assumed):
    who = session.assuming(lambda _: known, Settings(assume_origin=assumed))
    unknown = known is None or known.state is State.UNKNOWN
    assert who(Span(0, 1)) == (Attribution(State.AI) if assumed and unknown else known)


@pytest.mark.parametrize("tentative", [True, False])
def test_what_an_agent_proposes_is_an_ais(tmp_path, tentative):
    found = replace(FINDING, tentative=tentative)
    proposal = verdict.Proposal(str(tmp_path / "a.py"), "x = 1\n", "")
    examined = verdict.examine(proposal, config.load(tmp_path), lambda _: Analysis((found,)))
    assert [objection.rule for objection in examined.objections] == ["python/x"]


# -- what a comment is worth


def silenced(severity=Severity.HIGH, state: State | None = None, review=None, **more) -> Sighting:
    comment = Suppression("vetline", "a reason", span=Span(0, 1), **more)
    found = replace(FINDING, severity=severity, suppression=comment, tentative=False)
    silencer = Attribution(state) if state else None
    return replace(seen(None, found), silencer=silencer, review=review)


TODAY = Policy(today="2026-11-23")
DATED = replace(TODAY, suppression_days=30)
APPROVED = Standing(Status.APPROVED, "r", "Ana")


@pytest.mark.parametrize(
    ("sighting", "policy", "worth"),
    [
        (silenced(), TODAY, Silence.ACCEPTED),
        (silenced(state=State.HUMAN), TODAY, Silence.ACCEPTED),
        (silenced(state=State.UNKNOWN), TODAY, Silence.ACCEPTED),
        (silenced(state=State.AI), TODAY, Silence.PENDING),
        (silenced(state=State.MIXED), TODAY, Silence.PENDING),
        (silenced(state=State.SUSPECT_AI), TODAY, Silence.PENDING),
        (silenced(state=State.AI, review=APPROVED), TODAY, Silence.APPROVED),
        (silenced(expires="2026-11-23"), TODAY, Silence.ACCEPTED),
        (silenced(expires="2026-11-22"), TODAY, Silence.EXPIRED),
        (silenced(expires="2026-11-22", review=APPROVED), TODAY, Silence.APPROVED),
        (silenced(), DATED, Silence.UNDATED),
        (silenced(expires="2026-12-23"), DATED, Silence.ACCEPTED),
        (silenced(expires="2026-12-24"), DATED, Silence.UNDATED),
        (silenced(expires="2026-12-01"), replace(DATED, today=""), Silence.UNDATED),
        (silenced(Severity.CRITICAL), TODAY, Silence.CRITICAL),
        (silenced(Severity.CRITICAL, review=APPROVED), TODAY, Silence.APPROVED),
        (silenced(Severity.CRITICAL, in_source=False), TODAY, Silence.ACCEPTED),
    ],
)
def test_what_a_comment_is_worth(sighting, policy, worth):
    assert silence(sighting, policy) is worth
    holds = worth in (Silence.ACCEPTED, Silence.APPROVED)
    assert fate(sighting, policy) is (Fate.SUPPRESSED if holds else Fate.SHOWN)


# -- what becomes of what a person reviewed


@pytest.mark.parametrize("status", Status)
def test_only_an_approval_lets_a_finding_pass(status):
    found = replace(seen(None, OPEN), review=Standing(status, "r"))
    wanted = Fate.APPROVED if status is Status.APPROVED else Fate.SHOWN
    assert fate(found, Policy()) is wanted


def test_what_says_something_of_an_ai_is_silent_elsewhere_and_once():
    of_ai = replace(OPEN, of_ai=True)
    assert fate(seen(Attribution(State.HUMAN), of_ai), Policy()) is Fate.UNSAID
    assert fate(seen(Attribution(State.AI), of_ai), Policy()) is Fate.SHOWN
    assert fate(seen(Attribution(State.AI), of_ai, repeated=True), Policy()) is Fate.UNSAID


def test_what_was_there_before_counts_again_when_its_review_went_stale():
    known = seen(None, OPEN, accepted=True, review=Standing(Status.STALE, "r"))
    assert fate(known, Policy()) is Fate.ACCEPTED
    assert fate(known, Policy(review=("python/*",))) is Fate.SHOWN


# -- the verdict


def judged(*found: Sighting, failures=(), notices=(), **policy):
    result = judge(found, failures, Policy(gated=True, **policy), notices)
    return result.verdict, [" ".join(reason.sentences) for reason in result.reasons]


def test_each_reason_has_its_way_out():
    low = replace(OPEN, severity=Severity.LOW)
    ai = Attribution(State.AI)
    assert judged(seen(ai, low)) == (Verdict.WARN, ["1 finding below medium."])
    assert judged(seen(ai, low), by_origin=((State.AI, Severity.LOW),)) == (
        Verdict.BLOCK,
        [
            (
                "1 finding of severity low or above in lines that an AI wrote. "
                "Mend it, or ask for a review: vetline review request a:1"
            )
        ],
    )
    assert judged(seen(ai, low), seen(ai, low), block=("python/*",)) == (
        Verdict.BLOCK,
        [
            (
                "2 findings of python/x, which always blocks. "
                "Mend them, or ask for a review: vetline review request a:1"
            )
        ],
    )
    assert judged(seen(ai, low), review=("python/x",)) == (
        Verdict.BLOCK,
        ["1 place needs a person's review (python/x). Ask for one: vetline review request a:1"],
    )
    assert judged() == (Verdict.PASS, [])


@pytest.mark.parametrize("status", set(Status) - {Status.APPROVED})
def test_a_review_that_does_not_count_says_so_and_what_next(status):
    found = seen(None, OPEN, review=Standing(status, "r7", why="it was changed since"))
    verdict, (said,) = judged(found, review=("python/*",))
    assert verdict is Verdict.BLOCK
    assert said.startswith("the review r7 of 1 place ")
    assert ("it was changed since" in said) is (status is not Status.PENDING)
    assert "vetline review " in said


def test_what_is_asked_for_already_is_not_to_be_asked_for_again():
    asked = seen(None, OPEN, review=Standing(Status.PENDING, "r7"))
    (said,) = judged(asked)[1]
    assert said.endswith("Mend it, or have the review decided: vetline review show r7")
    (said,) = judged(asked, replace(seen(None, OPEN), path="b"))[1]
    assert said.endswith("Mend them, or ask for a review: vetline review request b:1")


def test_what_a_command_names_is_safe_to_paste():
    found = replace(seen(None, OPEN), path="a b;$(rm -rf x).py")
    (said,) = judged(found)[1]
    assert said.endswith("vetline review request 'a b;$(rm -rf x).py':1")


def test_what_could_not_be_checked_blocks_unless_the_policy_names_it():
    gone = [Failure("old/a.py", "does not parse"), Failure("b.py", "is too large")]
    assert judged(failures=gone)[0] is Verdict.BLOCK
    assert judged(failures=gone, unchecked=("old/",))[0] is Verdict.BLOCK
    assert judged(failures=gone[:1], unchecked=("old/",)) == (Verdict.PASS, [])
    assert judged(failures=[Failure("", "no file")], unchecked=("*",))[0] is Verdict.BLOCK


def test_a_notice_blocks_or_warns():
    told = Notice("gate/x", "something was changed", "change it back", blocks=False)
    assert judged(notices=[told]) == (
        Verdict.WARN,
        ["something was changed. Change it back"],
    )
    assert judged(notices=[told._replace(blocks=True)])[0] is Verdict.BLOCK


POLICIES = st.builds(
    Policy,
    fail_on=SEVERITIES,
    persona=st.sampled_from(Persona),
    scope=st.sampled_from(Scope),
    ignore=st.lists(st.text(max_size=5), max_size=2).map(tuple),
    by_origin=st.dictionaries(st.sampled_from(State), SEVERITIES).map(lambda d: tuple(d.items())),
    block=st.lists(st.sampled_from(("python/*", "secret/y", "")), max_size=2).map(tuple),
    review=st.lists(st.sampled_from(("trigger/*", "python/a", "/")), max_size=2).map(tuple),
    suppression_days=st.integers(-5, 10**12),
    unchecked=st.lists(st.sampled_from(("*", "!", "a", "[", "\\")), max_size=2).map(tuple),
    today=st.sampled_from(("", "2026-11-23", "soon", "9999-99-99")),
    gated=st.booleans(),
)
FAILURES = st.lists(st.builds(Failure, st.text(max_size=3), st.text(max_size=3)), max_size=2)
LISTS = st.lists(sightings, max_size=4)
RANK = (Verdict.PASS, Verdict.WARN, Verdict.BLOCK)


@given(LISTS, FAILURES, POLICIES, st.lists(notices, max_size=2))
def test_there_is_always_a_verdict_and_the_same_one(found, failures, policy, told):
    result = judge(found, failures, policy, told)
    assert result == judge(found, failures, policy, told)
    assert bool(result.reasons) == (result.verdict is not Verdict.PASS)
    assert all(reason.text and reason.count for reason in result.reasons if reason.rule == "")


@given(LISTS, FAILURES, POLICIES, st.lists(notices, max_size=2), sightings)
def test_one_more_finding_never_makes_it_milder(found, failures, policy, told, more):
    before = judge(found, failures, policy, told).verdict
    after = judge([*found, more], failures, policy, told).verdict
    assert RANK.index(after) >= RANK.index(before)


# -- a comment in what an agent proposes


@pytest.mark.parametrize(
    ("before", "after", "objects"),
    [
        (None, "silenced", True),
        ("free", "silenced", False),
        ("silenced", "silenced", False),
        ("silenced", "free", True),
        ("free", "free", False),
    ],
)
def test_a_comment_that_an_agent_proposes_silences_nothing(tmp_path, before, after, objects):
    comment = Suppression("vetline", "a reason", span=Span(0, 1))
    kinds = {"free": OPEN, "silenced": replace(OPEN, suppression=comment)}

    def ask(snapshot):
        kind = before if snapshot.text == "old\n" else after
        return Analysis((replace(kinds[kind], exact="same"),))

    proposal = verdict.Proposal(str(tmp_path / "a.py"), "new\n", "old\n" if before else "")
    examined = verdict.examine(proposal, config.load(tmp_path), ask)
    assert bool(examined.objections) is objects


def test_what_the_gate_is_told_has_a_page():
    """But for what could not be checked, which says by itself why."""
    root = Path(config.__file__).parent
    told = {
        rule
        for file in root.rglob("*.py")
        for rule in re.findall(r'"(gate/[a-z-]+)"', file.read_text("utf-8"))
    }
    own = {rule.id for rule in gate_rules.RULES}
    assert told - {"gate/not-checked"} <= own <= engine.rules().keys()
