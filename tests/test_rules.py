"""Every rule on every shelf, by its own examples."""

from __future__ import annotations

import importlib
import re
from dataclasses import replace

import pytest
from advised import Known, below, everything

from vetline.index import members as member_index
from vetline_analyzers import engine, imports
from vetline_analyzers.core.analyzer import DependencyPolicy, Facts, Pace
from vetline_analyzers.core.finding import RULE_ID
from vetline_analyzers.core.text import Snapshot, apply
from vetline_analyzers.core.universe import Answer, Ecosystem, Registries, Sample, package
from vetline_analyzers.engine import gate_rules, suppression
from vetline_analyzers.flow.rule import FlowRule
from vetline_analyzers.languages import named
from vetline_analyzers.supply import rules
from vetline_analyzers.syntax import tree
from vetline_analyzers.syntax.document.rule import ConfigurationRule
from vetline_analyzers.syntax.query import DIALECTS, compile_alone
from vetline_analyzers.syntax.rule import PatternRule

# What each analyzer's examples are supposed to know beyond their text, where it is not nothing.
FACTS = {
    "members": Facts(members=member_index.load()),
    "imports": imports.EXAMPLE_FACTS,
    "dependencies": Facts(
        advisories=Known(
            {"pypi/vulnerable": [below("2.0")], "pypi/evil-package": [everything(malicious=True)]}
        ),
        universe=Sample(
            ["pypi/scikit-learn", "pypi/sklearn?", "pypi/internal-billing?"],
            {"sklearn": ("scikit-learn",)},
        ),
        registries=Registries(
            {package(Ecosystem.PYPI, "internal-billing"): "uv.lock"},
            {package(Ecosystem.PYPI, "internal-billing"): "pip.conf: extra-index-url"},
        ),
        answers={package(Ecosystem.PYPI, "yanked"): Answer(exists=True, yanked=frozenset({"1.0"}))},
        dependency_policy=DependencyPolicy(
            pinned=True, hashed=True, approval=True, approved=frozenset({"pkg:pypi/approved"})
        ),
    ),
}


def findings(analyzer, rule, text, language=None):
    """The rule's findings in a text that nothing silences."""
    snapshot = Snapshot("file:///example", language or rule.language, 1, text, rule.path)
    asked = (
        [analyzer]
        if analyzer
        else [a for a in engine.analyzers().values() if a.pace is Pace.KEYSTROKE]
    )
    facts = FACTS.get(analyzer.name, Facts()) if analyzer else Facts()
    analysis = engine.examine(snapshot, facts, asked)
    assert not [f for f in analysis.failures if " failed (" in f.reason], analysis.failures
    concluded = engine.conclude(snapshot, analysis.findings)
    return [f for f in concluded if rule.id in {f.rule, *f.also} and f.suppression is None]


def owners():
    """Each rule once, with an analyzer that it is of; of several that share it one that finds its example."""
    shared = {}
    for analyzer in engine.analyzers().values():
        for rule in analyzer.rules():
            shared.setdefault(rule.id, (rule, []))[1].append(analyzer)
    for rule, of in shared.values():
        found = (one for one in of if len(of) == 1 or findings(one, rule, rule.bad[0]))
        yield next(found, of[0]), rule
    yield from ((None, rule) for rule in suppression.RULES)


OWNERS = list(owners())
EXAMPLES = [
    pytest.param(analyzer, rule, kind, text, id=f"{rule.id}-{kind}{number}")
    for analyzer, rule in OWNERS
    for kind in ("bad", "good")
    for number, text in enumerate(getattr(rule, kind))
]


def errors(language, text):
    if language not in DIALECTS:
        return 0
    return len(list(tree.broken(tree.parse(Snapshot("x", language, 1, text), {}).root)))


@pytest.mark.parametrize(("analyzer", "rule", "kind", "text"), EXAMPLES)
def test_example(analyzer, rule, kind, text):
    found = findings(analyzer, rule, text)
    if kind == "good":
        assert not found
        return
    assert found
    for finding in found:
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert finding.message
        assert "\n" not in finding.message
        if finding.fix is not None:
            assert_mended(analyzer, rule, text, finding)


def assert_mended(analyzer, rule, text, finding):
    """The fix removes its own finding, leaves each other one, and the text parses no worse."""
    mended = apply(text, finding.fix.edits)
    others = findings(analyzer, rule, text)
    others.remove(finding)
    left = findings(analyzer, rule, mended)
    assert sorted(o.message for o in left) == sorted(o.message for o in others)
    assert errors(rule.language, mended) <= errors(rule.language, text)


@pytest.mark.parametrize(("analyzer", "rule"), OWNERS, ids=lambda x: getattr(x, "id", ""))
def test_rule_says_all_that_is_needed(analyzer, rule):
    assert RULE_ID.fullmatch(rule.id)
    assert rule.title
    assert not rule.title.endswith(".")
    assert len(rule.page.split()) > 3
    assert rule.advice.strip()
    assert rule.markdown().startswith(f"# {rule.title}")


PATTERNS = [rule for _, rule in OWNERS if isinstance(rule, PatternRule)]
KINDS = PatternRule, FlowRule, ConfigurationRule


@pytest.mark.parametrize(
    ("analyzer", "rule"),
    [pytest.param(a, rule, id=rule.id) for a, rule in OWNERS if isinstance(rule, KINDS)],
)
class TestOurs:
    """What every rule on our shelves promises, whatever it looks at."""

    def test_has_what_a_page_needs(self, analyzer, rule):
        assert rule.cwe
        assert len(rule.page.split()) > 25
        assert rule.advice.endswith((".", "`"))
        assert len(rule.bad) >= 2
        assert rule.good

    def test_tells_the_attack_in_one_line(self, analyzer, rule):
        assert rule.attack.endswith(".")
        assert "\n" not in rule.attack
        assert rule.attack == rule.attack.strip()

    def test_is_asked_of_something(self, analyzer, rule):
        if isinstance(rule, ConfigurationRule):
            assert rule.kinds
        elif isinstance(rule, FlowRule):
            assert rule.kind
            assert rule.sources
            assert rule.sinks
            assert all(is_found(sink) for sink in rule.sinks)
            assert rule.traced.format(label="").endswith(".")
            assert not rule.possible or rule.possible.endswith(".")
        else:
            assert rule.names or rule.methods or rule.query

    def test_lies_in_the_file_of_its_name(self, analyzer, rule):
        folder, name = rule.id.replace("-", "_").split("/")
        module = importlib.import_module(f"vetline_analyzers.rules.{folder}.{name}")
        assert module.RULE is rule
        if isinstance(rule, PatternRule):
            assert rule.check.__module__ == module.__name__

    def test_examples_parse(self, analyzer, rule):
        for text in (*rule.bad, *rule.good):
            assert errors(rule.language, text) == 0

    def test_speaks_the_relatives_of_its_language(self, analyzer, rule):
        for language in getattr(rule, "languages", ()):
            for text in rule.bad:
                if language == "typescript" and re.search(r"<div|/>", text):
                    continue  # JSX is not TypeScript
                assert findings(analyzer, rule, text, language)

    def test_a_comment_with_a_reason_allows_it(self, analyzer, rule):
        text = rule.bad[0]
        found = findings(analyzer, rule, text)
        assert found
        comment = f'{named(rule.language).comment} vetline: allow[{rule.id}] reason="a test"'
        for finding in found:
            start = text.rfind("\n", 0, finding.span.start) + 1
            end = text.find("\n", finding.span.start)
            line = text[start:end]
            if isinstance(rule, ConfigurationRule):  # of those some have comments on own lines only
                line = f"{line[: len(line) - len(line.lstrip())]}{comment}\n{line}"
            else:
                line = f"{line}  {comment}"
            allowed = text[:start] + line + text[end:]
            assert len(findings(analyzer, rule, allowed)) < len(found)


def is_found(sink):
    """Whether there is anything that a sink is found by."""
    by_name = sink.names, sink.methods, sink.attributes, sink.items, sink.keys, sink.like
    return sink.returned or any(by_name)


@pytest.mark.parametrize("rule", PATTERNS, ids=lambda rule: rule.id)
def test_a_query_compiles_alone_and_captures_hits(rule):
    for language in rule.languages or (rule.language,):
        query = compile_alone(language, rule)
        names = {query.capture_name(n) for n in range(query.capture_count)}
        assert {n for n in names if not n.startswith("_")} == ({"hit"} if rule.query else set())


def test_no_two_rules_share_an_id():
    told = [rule for one in engine.analyzers().values() for rule in one.rules()]
    assert all(engine.rules()[rule.id] == rule for rule in told)
    for one in engine.analyzers().values():
        ids = [rule.id for rule in one.rules()]
        assert len(ids) == len(set(ids))
    # What only the gate finds depends on who wrote a line: no text alone is an example.
    assert len(OWNERS) + len(gate_rules.RULES) == len(engine.rules())


def test_analyzers_that_judge_names_say_what_they_may_come_to():
    """Whatever of them finds an example of the other's, it is among its rules."""
    for name in ("imports", "dependencies"):
        told = {rule.id for rule in engine.analyzers()[name].rules()}
        assert {rule.id for rule in rules.NAMES} <= told
        assert {rule.id for rule in rules.BY_KIND.values()} <= told


def test_a_rule_that_says_nothing_is_found_out():
    """The walk above can fail: a rule that never reports leaves its bad examples unfound."""
    analyzer = engine.analyzers()["patterns"]
    rule = replace(PATTERNS[0], id="python/never-reported")
    assert not findings(analyzer, rule, rule.bad[0])
