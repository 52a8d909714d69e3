"""A pattern written plainly matches what it matched, group by group."""

from __future__ import annotations

import re
from itertools import product

import pytest

from vetline_analyzers.syntax.backtracking import exponential
from vetline_analyzers.syntax.regex_text import outside_sets, simplified

NESTED = ["(a+)+", "(?:a+)+", "(?:a+)*", "(?:a*)*", "(?:a*)+", "([ab]+)+", "(.+)+", r"(\w+)+"]
BEFORE = ["", "b?", "a*", "^", "(b|a)"]
AFTER = ["", "b", "a", "$", "a?b", "(a|b)c"]
TEXTS = ["".join(letters) for length in range(6) for letters in product("abc", repeat=length)]


def told(match):
    return match and (match.regs, match.lastindex)


@pytest.mark.parametrize("nested", NESTED)
def test_the_plain_form_matches_the_same(nested):
    for before, after in product(BEFORE, AFTER):
        pattern = before + nested + after
        plain = simplified(pattern)
        assert len(plain) < len(pattern)
        for match, text in product((re.search, re.fullmatch), TEXTS):
            assert told(match(pattern, text)) == told(match(plain, text)), (pattern, text)


@pytest.mark.parametrize("nested", NESTED)
def test_the_plain_form_is_quick(nested):
    assert exponential(f"^{nested}$")
    assert not exponential(simplified(f"^{nested}$"))


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)*",  # the group of no round is none
        "(a*)+",
        r"(a+)+\1",
        "(?P<x>a+)+(?P=x)",
        "(a+)+?",
        "(a+)++",
        "(a+){2,}",
        "(ab+)+",
        "(a+b?)+",
        "(?=(a+)+)b",
        "[(a+)+]",
        r"\(a+)+",
        "(?x)( a+)+",
        "(^+)+",
        "[](a+)+]",
    ],
)
def test_what_is_not_certain_stays(pattern):
    assert simplified(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "bare"),
    [
        ("a.com", "a.com"),
        ("[a.com]x", "]]]]]]]x"),
        (r"[a\].b]c", "]]]]]]]c"),
        (r"\[a.com]", r"\[a.com]"),
        ("[]a.]b", "[]a.]b"),  # empty in JavaScript
        ("[^]a.]b", "[^]a.]b"),
    ],
)
def test_a_set_is_blanked_out(pattern, bare):
    assert outside_sets(pattern) == bare


def test_a_pattern_of_no_size_people_write_is_left():
    assert not outside_sets("a" * 3_000)
    assert simplified("(a+)+" * 1_000) == "(a+)+" * 1_000
