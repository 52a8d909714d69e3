"""Which of two policies is the stricter, and that the stricter one never lets more pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import SEVERITIES, sightings

from vetline import policy
from vetline.gate import Verdict, judge
from vetline.settings import SETTINGS, Settings
from vetline_analyzers.core.finding import Persona
from vetline_analyzers.engine import Failure

RULES = ("python/a", "python/b", "python/*", "trigger/*", "trigger/x", "secret/*")
NAMES = ("codex", "claude-*", "*", "c*", "gpt-5")
some = st.lists(st.sampled_from(RULES), max_size=3, unique=True).map(tuple)
names = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple)
globs = st.lists(st.sampled_from(("a/", "*.py", "!b.py", "c")), max_size=3, unique=True).map(tuple)
days = st.sampled_from((0, 1, 30, 90))
maybe = st.none() | SEVERITIES
policies = st.builds(
    Settings,
    scope=st.sampled_from(("all", "ai", "changed")),
    assume_origin=st.sampled_from(("", "ai")),
    persona=st.sampled_from(Persona),
    fail_on=SEVERITIES,
    analyzers=names,
    ignore=some,
    exclude=globs,
    own_modules=names,
    baseline=st.sampled_from(("", "b")),
    dependencies_approval=st.booleans(),
    dependencies_sources=names,
    gate_fail_on_ai=maybe,
    gate_fail_on_mixed=maybe,
    gate_fail_on_unknown=maybe,
    gate_fail_on_human=maybe,
    gate_block=some,
    gate_review=some,
    gate_agents=names,
    gate_models=names,
    gate_suppression_days=days,
    gate_unchecked=globs,
    gate_review_days=days,
    gate_unsigned=st.booleans(),
)
failures = st.lists(
    st.builds(Failure, st.sampled_from(("a/x.py", "b.py", "c", "")), st.just("why")), max_size=3
)
ORDER = (Verdict.PASS, Verdict.WARN, Verdict.BLOCK)


def verdict(found, left, chosen, today="2026-11-23"):
    return judge(found, left, policy.policy_of(chosen, today)).verdict


@given(policies, policies, st.lists(sightings, max_size=4), failures)
def test_the_stricter_of_two_never_gives_a_milder_verdict(one, two, found, left):
    tight = policy.stricter(one, two)
    worst = max(verdict(found, left, one), verdict(found, left, two), key=ORDER.index)
    assert ORDER.index(verdict(found, left, tight)) >= ORDER.index(worst)


@given(policies, policies)
def test_the_stricter_of_two_is_looser_than_neither(one, two):
    tight = policy.stricter(one, two)
    assert policy.loosened(tight, two) == ()
    assert policy.stricter(tight, two) == policy.stricter(tight, tight) == tight
    assert policy.loosened(one, one) == ()


@given(policies, policies)
def test_what_the_stricter_allows_both_allow(one, two):
    tight = policy.stricter(one, two)
    for name in ("codex", "claude-code", "gpt-5", "", "other"):
        if policy.allows(tight.gate_agents, name):
            assert policy.allows(one.gate_agents, name)
            assert policy.allows(two.gate_agents, name)
    for rule in ("python/a", "python/b", "trigger/x"):
        if policy.names(rule, tight.ignore):
            assert policy.names(rule, one.ignore)
            assert policy.names(rule, two.ignore)


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        ({"fail_on": "critical"}, {}, ["fail-on"]),
        ({"ignore": ("python/*",)}, {"ignore": ("python/a",)}, ["ignore"]),
        ({"ignore": ("python/a",)}, {"ignore": ("python/*",)}, []),
        ({"exclude": ("a/", "b/")}, {"exclude": ("a/",)}, ["exclude"]),
        ({"exclude": ()}, {"exclude": ("a/",)}, []),
        ({"exclude": ("a/", "!a/b")}, {"exclude": ("a/",)}, ["exclude"]),
        ({"analyzers": ("patterns",)}, {}, ["analyzers"]),
        ({}, {"gate_agents": ("codex",)}, ["gate.agents"]),
        ({"gate_agents": ("codex", "aider")}, {"gate_agents": ("codex",)}, ["gate.agents"]),
        ({"gate_agents": ("claude-code",)}, {"gate_agents": ("claude-*",)}, []),
        ({}, {"gate_suppression_days": 30}, ["gate.suppression-days"]),
        ({"gate_suppression_days": 30}, {}, []),
        ({"gate_unsigned": True}, {}, ["gate.unsigned"]),
        ({"gate_allowed_signers": "mine"}, {}, ["gate.allowed-signers"]),
        ({}, {"gate_organisation": "o.toml"}, ["gate.organisation"]),
        ({"gate_fail_on_ai": "critical"}, {}, ["gate.fail-on-ai"]),
        ({"gate_fail_on_ai": "low"}, {}, []),
        ({}, {"gate_fail_on_ai": "low"}, ["gate.fail-on-ai"]),
        ({"timeout": 1.0, "python": "x"}, {}, []),
    ],
)
def test_what_is_looser_is_named(now, before, told):
    from vetline_analyzers.core.finding import Severity

    def made(values):
        return Settings(
            **{k: Severity.parse(v) if "fail_on" in k else v for k, v in values.items()}
        )

    assert list(policy.loosened(made(now), made(before))) == told


def test_an_organisation_that_says_one_thing_holds_for_it_only():
    own = Settings(gate_unsigned=True, ignore=("python/a",))
    tight = policy.stricter(own, Settings(), {"gate.unsigned"})
    assert (tight.gate_unsigned, tight.ignore) == (False, ("python/a",))


def test_a_bar_of_ones_own_does_not_undercut_the_organisations_for_all():
    from vetline_analyzers.core.finding import Severity

    own = Settings(gate_fail_on_ai=Severity.CRITICAL)
    tight = policy.stricter(own, Settings(fail_on=Severity.LOW), {"fail-on"})
    assert tight.gate_fail_on_ai is Severity.LOW


def test_of_two_lists_with_nothing_in_common_nobody_is_allowed():
    tight = policy.stricter(Settings(gate_agents=("a",)), Settings(gate_agents=("b",)))
    assert not any(policy.allows(tight.gate_agents, name) for name in ("a", "b", ""))


@given(policies)
@settings(max_examples=20)
def test_a_digest_tells_policies_apart_and_nothing_else(one):
    assert policy.digest(one) == policy.digest(replace(one, timeout=1.0, online=True))
    assert policy.digest(one) != policy.digest(
        replace(one, gate_review=(*one.gate_review, "fresh/rule"))
    )
    assert len(policy.digest(one)) == 64


def test_each_policy_of_a_gate_can_be_compared():
    assert set(policy.KEYS) <= policy.values(Settings()).keys()
    assert policy.KEYS
    assert policy.is_set({"gate.review": "vetline.toml"})
    assert not policy.is_set({setting.key: "default" for setting in SETTINGS})
