"""Which regular expressions take exponential time, told from the pattern alone."""

from __future__ import annotations

import re
import time

import pytest

from vetline_analyzers.syntax.backtracking import exponential

SLOW = [
    r"^(a+)+$",
    r"(a*)*b",
    r"^(a|a)*$",
    r"^(a|ab|b)*c$",
    r"(\w+\s?)+$",
    r"(?:\d+|\w)+;",
    r"^(.*?,)*x$",
    r"^(\d{1,3})+$",
    r"(x+x+)+y",
    r"^(?:[a-z0-9]+[-_.]?)*@",
    r"^(?P<name>[^,]*,?)+$",
    r"(?i)^([\w.-]+)+@x",
    r"(?:\\.|.)*;",
    r"^((ab)?(ab)?)*c",
]
FAST = [
    r"^a+$",
    r"(a+)+",
    r"^(a|b)*$",
    r"^(\d+\.)+\d+$",
    r"^[\w.+-]+@[\w-]+\.[\w.-]+$",
    r"^(?:[a-z0-9]+[-_.])*[a-z]+$",
    r"^(\d{3})+$",
    r'"[^"\\]*(?:\\.[^"\\]*)*"',
    r'(?:[^"\\]|\\.)*"',
    r"^\d{1,3}(,\d{3})*$",
    r"^(\w+ )*\w+$",
    r"^(?:a(?=b+)b)*c",
    r"x(^#(| .*)$\s)+^y$",
]


@pytest.mark.parametrize("pattern", SLOW)
def test_two_readings_of_one_text_are_seen(pattern):
    assert exponential(pattern)


@pytest.mark.parametrize("pattern", FAST)
def test_what_has_one_reading_is_left_alone(pattern):
    assert not exponential(pattern)


@pytest.mark.parametrize(
    ("pattern", "pump", "end"),
    [
        (r"^(a+)+$", "a", "!"),
        (r"^(?:\d+|\w)+;", "1", "!"),
        (r"^(?:[a-z0-9]+[-_.]?)*@", "a", "!"),
        (r"^(\d+\.)+\d+$", "1", "!"),
        (r"^(\w+ )*\w+$", "a", "!"),
    ],
)
def test_the_engine_agrees(pattern, pump, end):
    """Eight more characters cost an exponential pattern over 100 times as much, another hardly anything."""

    def cost(length):
        started = time.process_time()
        assert re.match(pattern, pump * length + end) is None
        return time.process_time() - started

    short, long = min(cost(13) for _ in range(3)), cost(21)
    assert (long > 20 * short + 0.01) == exponential(pattern)


def test_a_whole_match_has_an_end_that_can_fail():
    assert not exponential(r"(\w|\d)+")
    assert exponential(r"(\w|\d)+", whole=True)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[",
        "a{",
        "\\",
        "(?",
        "(?<",
        "[a-",
        "(?P<x",
        "a**",
        "(?>a+)+",
        r"(a)\1*",
        "x{2,1}",
        "]",
        "a{9999}{9999}",
    ],
)
def test_what_is_broken_or_unknown_is_not_judged(pattern):
    assert not exponential(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:" * 50 + "(?:){90}" + "){90}" * 50,
        "(" * 300 + "a" + ")*" * 300 + "b",
        "(" * 59 + "a" + ")*" * 59 + "b",
        "x*" * 44 + "$",
        "(?:" + "|".join([r"\w?"] * 60) + ")*$",
        "((?=" * 200 + "))*" * 200,
        "a" * 100_000,
    ],
    ids=range(7),
)
def test_a_hostile_pattern_costs_little(pattern):
    started = time.process_time()
    exponential(pattern)
    assert time.process_time() - started < 1
