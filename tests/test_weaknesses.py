"""What is told of a rule: its weaknesses by name and category, and a page with all that a person asks."""

from __future__ import annotations

import json
import re

import pytest

from vetline.__main__ import main
from vetline_analyzers import engine
from vetline_analyzers.core import weaknesses
from vetline_analyzers.core.finding import Confidence, Rule, Severity
from vetline_analyzers.syntax.rule import PatternRule

RULE = Rule(
    id="javascript/thing",
    title="A thing",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    page="What it is.",
    advice="Do not.",
    attack="Sends a thing.",
    cwe=(79, 4242),
    bad=("thing()\n",),
    good=("other()\n",),
    language="javascript",
    tentative=True,
    url="https://example.org/thing",
)


def test_every_weakness_that_a_rule_names_has_a_name():
    unnamed = {
        number: rule.id
        for rule in engine.rules().values()
        for number in rule.cwe
        if not weaknesses.name(number)
    }
    assert not unnamed, "put their names into core/weaknesses.py"


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((89,), ["A03:2021 Injection", "A05:2025 Injection"]),
        (
            (760, 759, 916),
            ["A02:2021 Cryptographic Failures", "A04:2025 Cryptographic Failures"],
        ),
        # One edition may know a number that the other does not, or know it elsewhere.
        ((918,), ["A10:2021 Server-Side Request Forgery", "A01:2025 Broken Access Control"]),
        ((362,), ["A06:2025 Insecure Design"]),
        ((184,), ["A03:2021 Injection"]),
        ((259,), [
            "A02:2021 Cryptographic Failures",
            "A07:2021 Identification and Authentication Failures",
            "A07:2025 Authentication Failures",
        ]),
        ((1333, 4242), []),
    ],
)  # fmt: skip
def test_the_categories_are_those_that_owasp_maps(numbers, expected):
    assert [str(category) for category in weaknesses.categories(numbers)] == expected


def test_no_number_is_listed_without_need_and_names_are_short():
    for year in (2021, 2025):
        tags = {category.tag for category in weaknesses.categories(range(1, 2000))}
        assert {f"owasp-a{n:02}-{year}" for n in range(1, 11)} <= tags
    assert all(len(weaknesses.name(number)) < 60 for number in range(2000))


def test_a_page_says_what_why_how_and_how_to_suppress():
    page = engine.page(RULE)
    parts = [
        "# A thing\n",
        "severity **high** · confidence **low** · shown in lines that an AI touched",
        "What it is.",
        "**The attacker:** Sends a thing.",
        "**What to do.** Do not.",
        "## Bad\n\n```javascript\nthing()\n```",
        "## Good\n\n```javascript\nother()\n```",
        "[CWE-79](https://cwe.mitre.org/data/definitions/79.html) Cross-site scripting\n",
        "[CWE-4242](https://cwe.mitre.org/data/definitions/4242.html)\n",
        "OWASP Top 10: A03:2021 Injection · A05:2025 Injection",
        '// vetline: allow[javascript/thing] reason="why it is safe here"',
        "<https://example.org/thing>",
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_beside_the_code_there_are_no_headings_and_nothing_is_missing():
    brief = engine.brief(RULE)
    assert not re.search(r"^#", brief, re.MULTILINE)
    for part in (
        "A thing",
        "Sends a thing.",
        "Do not.",
        "thing()",
        "other()",
        "CWE-79",
        "A03:2021",
    ):
        assert part in brief
    assert 'To allow it here: `// vetline: allow[javascript/thing] reason="' in brief
    assert len(brief) < len(engine.page(RULE))


def test_a_suppression_copied_from_a_page_silences_the_rule():
    patterns = [rule for rule in engine.rules().values() if isinstance(rule, PatternRule)]
    assert patterns
    for rule in patterns:
        (line,) = re.findall(r"^.*vetline: allow\[.*$", engine.page(rule), re.MULTILINE)
        assert line.split(" vetline")[0] in {"#", "//"}, rule.id


def run(capsys, *words: str) -> tuple[int, str, str]:
    code = main(["rule", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("B608", "did you mean 'bandit/B608'?"),
        ("weak-hash", "'javascript/weak-hash' or 'python/weak-hash'?"),
        ("python/sql-from-strin", "did you mean 'python/sql-from-string'"),
        ("zzzzzzzzzzzz", "see `vetline rule --list`"),
        ("\x1b[31m", r"\x1b[31m"),
    ],
)
def test_a_name_that_is_no_rules_is_answered_with_near_ones(capsys, name, hint):
    code, out, err = run(capsys, name)
    assert (code, out) == (2, "")
    assert hint in err
    assert err.count("\n") == 1


def test_a_rule_as_data_has_its_categories(capsys):
    code, out, _ = run(capsys, "python/tls-verify-off", "--output-format", "json")
    (rule,) = json.loads(out)["rules"]
    assert code == 0
    assert rule["owasp"] == [
        "A07:2021 Identification and Authentication Failures", "A07:2025 Authentication Failures"]  # fmt: skip
    assert {"attack", "tentative"} <= rule.keys()
