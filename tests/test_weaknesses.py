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


# MITRE's categories and views, which hold weaknesses and are none, and the deprecated entries, from its list
# `cwec_v4.14.xml` (cwe.mitre.org/data): nothing may be mapped to one.
NO_WEAKNESSES = """
1-4 10 16-19 21 60 63 68 70 71 92 100-101 132 133 136-137 139 169 171 189 199 216-218 225 227 247 249 251 254-255
264-265 275 292 310 320 355 361 365 371 373 376 380-381 387-389 398-399 411 417-418 423 429 438 442-443 445 452 458
461 465 485 490 503-505 513 516-519 533-534 542 545 557 559 569 592 596 604 629-635 658-661 677-679 699-702 709
711-731 734-748 750-753 769 800-803 808-819 840 844-861 864-907 919 928-938 944-1003 1005-1006 1008-1020 1026-1036
1040 1081 1128-1163 1165-1172 1175 1178-1187 1194-1203 1205-1208 1210-1219 1225-1228 1237-1238 1305-1309 1324 1337
1340 1343-1350 1352-1356 1358-1383 1387-1388 1396-1418 1424-1425 2000
"""


def test_no_rule_names_what_is_no_weakness():
    ends = [part.split("-") for part in NO_WEAKNESSES.split()]
    none = {n for end in ends for n in range(int(end[0]), int(end[-1]) + 1)}
    assert len(none) == 409 + 54 + 25  # categories, views, deprecated
    assert {16, 310, 320, 730, 1400} <= none
    named = {rule.id: none.intersection(rule.cwe) for rule in engine.rules().values()}
    assert not {rule: numbers for rule, numbers in named.items() if numbers}


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


def test_what_the_attacker_does_is_one_line_in_the_third_person():
    # It stands behind "The attacker:"; where it is an input, it says what that does.
    openings = re.compile(
        r"(?:[A-Z][a-z]+s|The \w+(?: \w+)?|A request|(?:From|On|As) .*?, \w+s)\b|`"
    )
    told = {rule.id: rule.attack for rule in engine.rules().values() if rule.attack}
    assert len(told) > 250
    assert not {name: words for name, words in told.items() if not openings.match(words)}
    assert not [name for name, words in told.items() if "\n" in words or words[-1] not in ".?"]


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
