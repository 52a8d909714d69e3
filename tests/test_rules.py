"""Every rule on every shelf, by its own examples."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts, Pace
from vetline_analyzers.core.finding import RULE_ID
from vetline_analyzers.core.text import Snapshot, apply
from vetline_analyzers.engine import suppression
from vetline_analyzers.syntax import tree
from vetline_analyzers.syntax.query import DIALECTS, compile_alone
from vetline_analyzers.syntax.rule import PatternRule

# What each analyzer's examples are supposed to know beyond their text, where it is not nothing.
FACTS = {
    "imports": Facts(
        stdlib=frozenset({"os", "sys", "json", "typing"}),
        installed={"flask": ("flask",), "werkzeug": ("werkzeug",)},
        declared=frozenset({"flask", "requests"}),
    )
}
OWNERS = [
    *((a, rule) for a in engine.analyzers().values() for rule in a.rules()),
    *((None, rule) for rule in suppression.RULES),
]
EXAMPLES = [
    pytest.param(analyzer, rule, kind, text, id=f"{rule.id}-{kind}{number}")
    for analyzer, rule in OWNERS
    for kind in ("bad", "good")
    for number, text in enumerate(getattr(rule, kind))
]


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
            mended = apply(text, finding.fix.edits)
            assert len(findings(analyzer, rule, mended)) < len(found)
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


@pytest.mark.parametrize("rule", PATTERNS, ids=lambda rule: rule.id)
class TestPattern:
    def test_has_what_a_pattern_needs(self, rule):
        assert rule.cwe
        assert len(rule.page.split()) > 25
        assert rule.advice.endswith((".", "`"))
        assert rule.bad
        assert rule.good
        assert rule.names or rule.methods or rule.query
        module = rule.check.__module__.rpartition("vetline_analyzers.rules.")[2]
        assert module.replace(".", "/").replace("_", "-") == rule.id

    def test_query_compiles_alone_and_captures_hits(self, rule):
        for language in rule.languages or (rule.language,):
            query = compile_alone(language, rule)
            names = {query.capture_name(n) for n in range(query.capture_count)}
            assert {n for n in names if not n.startswith("_")} == ({"hit"} if rule.query else set())

    def test_examples_parse(self, rule):
        for text in (*rule.bad, *rule.good):
            assert errors(rule.language, text) == 0

    def test_speaks_the_relatives_of_its_language(self, rule):
        owner = engine.analyzers()["patterns"]
        for language in rule.languages:
            for text in rule.bad:
                if language == "typescript" and re.search(r"<div|/>", text):
                    continue  # JSX is not TypeScript
                assert findings(owner, rule, text, language)

    def test_a_comment_with_a_reason_allows_it(self, rule):
        text = rule.bad[0]
        comment = "#" if rule.language == "python" else "//"
        owner = engine.analyzers()["patterns"]
        for finding in findings(owner, rule, text):
            at = text.find("\n", finding.span.start)
            allowed = f'{text[:at]}  {comment} vetline: allow[{rule.id}] reason="a test"{text[at:]}'
            assert len(findings(owner, rule, allowed)) < len(findings(owner, rule, text))


def test_no_two_rules_share_an_id():
    ids = [rule.id for _, rule in OWNERS]
    assert len(ids) == len(set(ids)) == len(engine.rules())


def test_a_rule_that_says_nothing_is_found_out():
    """The walk above can fail: a rule that never reports leaves its bad examples unfound."""
    analyzer = engine.analyzers()["patterns"]
    rule = replace(PATTERNS[0], id="python/never-reported")
    assert not findings(analyzer, rule, rule.bad[0])
