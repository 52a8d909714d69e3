"""What becomes of a finding, whoever asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vetline import config, session
from vetline.doors import verdict
from vetline.gate import Fate, Policy, Scope, Sighting, fate
from vetline.provenance import UNKNOWN, Attribution, State
from vetline.settings import Settings
from vetline_analyzers.core.finding import Confidence, Finding, Persona, Severity, Suppression
from vetline_analyzers.core.text import Position, Span
from vetline_analyzers.engine import Analysis

FINDING = Finding(
    rule="python/x",
    span=Span(0, 1),
    message="m",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    analyzer="patterns",
    tentative=True,
)
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
