"""The machine on hostile and on shuffled programs: bounded in steps, its places right, the order without meaning."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from flows import examined
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline_analyzers.flow.machine import STEPS, Machine

HEAD = "import os\nfrom flask import request\n"


def nested(depth, line, last):
    lines = [*[line] * depth, last]
    return "".join("    " * (number + 1) + f"{each}\n" for number, each in enumerate(lines))


def doubled(start, times, indent="    "):
    lines = [f"{indent}a0 = {start}\n"]
    lines += [f"{indent}a{n + 1} = [a{n}, a{n}]\n" for n in range(times)]
    return "".join(lines)


# Each holds in a few lines what would take for ever if everything were gone through.
HOSTILE = {
    "known lists in lists": "def f(x):\n" + doubled("[1, 1]", 60) + "    os.system(a60)\n",
    "given lists in lists": "def f(x):\n" + doubled("[x, x]", 60) + "    os.system(a60)\n",
    "two of them joined": f"def f(x):\n    if x:\n{doubled('[1, 1]', 40, ' ' * 8)}    else:\n"
    f"{doubled('[2, 2]', 40, ' ' * 8)}    os.system(a40)\n",
    "wide lists in lists": "def f(x):\n    a0 = [x" + ", x" * 50 + "]\n"
    + "".join(f"    a{n + 1} = [a{n}{f', a{n}' * 50}]\n" for n in range(6)) + "    os.system(a6)\n",
    "a text that grows": f"def f(x):\n    c = '{'a' * 5000}'\n" + "    x += c\n" * 300 + "    os.system(x)\n",
    "a text that doubles": "def f(x):\n    x = 'a' + x\n" + "    x = x + x\n" * 100 + "    os.system(x)\n",
    "constants that grow": "def f(x):\n    c = 'ab'\n" + "    c = c.replace('a', c + c)\n" * 40 + "    os.system(c + x)\n",
    "a wide constant": "def f(x):\n    os.system('a'.zfill(10 ** 12) + 'a'.ljust(10 ** 15) + x)\n",
    "choices": "def f(x):\n    y = " + "(1 if " * 60 + "x" + " else 2)" * 60 + "\n    os.system(x)\n",
    "calls on calls": "def f(x):\n    os.system(x" + ".a()" * 500 + ")\n",
    "functions in functions": "def f(x):\n"
    + "".join("    " * (n + 1) + f"def g{n}(x):\n" for n in range(60)) + "    " * 61 + "os.system(x)\n",
    "lambdas": "def f(x):\n    y = " + "(lambda a: " * 60 + "x" + ")" * 60 + "\n    os.system(x)\n",
    "a long condition": "def f(x):\n    if " + " and ".join(["x in A"] * 500) + ":\n        os.system(x)\n",
    "tries": "def f(x):\n" + nested(15, "try:", "os.system(x)")
    + "".join("    " * (n + 1) + "finally:\n" + "    " * (n + 2) + "g(x)\n" for n in reversed(range(15))),
    "itself": "def f(x):\n" + "    f(f(f(x)))\n" * 20 + "    os.system(x)\n",
    "keys of keys": "def f(x):\n    d = {}\n" + "    d['a']" + ("[1]" * 60 + " = x\n") + "    os.listdir(d)\n" * 20 + "    os.system(d)\n",
}  # fmt: skip

# These are cut short.
DEAR = {
    "functions that call ten others": "".join(
        f"def f{n}(x):\n" + f"    f{n + 1}(x)\n" * 10 for n in range(8)
    )
    + "def f8(x):\n    os.system(x)\n",
    "loops in loops": "def f(x):\n" + nested(18, "for y in x:", "os.system('a' + x)"),
    "many functions that call each other": "".join(
        f"def f{n}(x):\n" + f"    f{(n + 1) % 200}(x)\n" * 10 + "    os.system(x)\n"
        for n in range(200)
    ),
    "many names and branches": "".join(f"v{n} = g({n})\n" for n in range(1500))
    + "".join(f"if v{n}:\n    w{n} = 1\n" for n in range(1500))
    + "os.system(v1)\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_programs_take_few_calls(text):
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    examined(HEAD + "os.system('')\n")  # what is made once
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        examined(HEAD + text)
    finally:
        sys.setprofile(before)
    assert calls < 600_000


@pytest.mark.parametrize("text", DEAR.values(), ids=DEAR)
def test_dear_programs_are_cut_short(text, monkeypatch):
    steps = 0
    evaluate = Machine.evaluate

    def counted(self, expr, state):
        nonlocal steps
        steps += 1
        return evaluate(self, expr, state)

    monkeypatch.setattr(Machine, "evaluate", counted)
    _, why = examined(HEAD + text)
    assert "too deep or too large" in why
    assert steps < 12 * STEPS


def test_what_is_cut_is_the_same_from_memory():
    text = HEAD + DEAR["many functions that call each other"]
    memo = {}
    examined(HEAD + DEAR["functions that call ten others"], memo)
    first = examined(text, memo)
    assert first == examined(text, memo) == examined(text)


FUNCTIONS = [
    "def a{n}(x):\n    os.system('é ' + x)\n",
    "def b{n}(x):\n    return 'ü' + x\n",
    "def c{n}(cursor):\n    cursor.execute('SELECT a FROM b WHERE c = ' + b{m}(request.args['x']))\n",
    "def d{n}():\n    a{m}(request.args['😀'])\n",
    "class E{n}:\n    def f(self):\n        a{m}(self.g(request.args['y']))\n\n    def g(self, v):\n        return '\u2028' + v\n",
    "def h{n}(x):\n    if x not in ('a', 'b'):\n        raise ValueError\n    return x\n",
    "def i{n}():\n    os.system(h{m}(request.args['x']))\n",
]
programs = st.lists(
    st.tuples(st.sampled_from(FUNCTIONS), st.integers(0, 3)), min_size=1, max_size=8
).map(lambda made: [text.format(n=n, m=m) for n, (text, m) in enumerate(made)])


def seen(text):
    """What was found, by rule and text, and that its places are right."""
    found, why = examined(text)
    assert not why
    for finding in found:
        places = [finding.span, *(step.span for step in finding.flow)]
        assert all(0 <= place.start < place.end <= len(text) for place in places)
        if finding.flow:
            assert finding.flow[-1].span == finding.span
    return Counter(
        (f.rule, f.message, text[slice(*f.span)], tuple(text[slice(*s.span)] for s in f.flow))
        for f in found
    )


@given(programs, st.randoms())
@settings(max_examples=50)
def test_the_order_of_functions_has_no_meaning(functions, chance):
    ordered = seen(HEAD + "".join(functions))
    chance.shuffle(functions)
    assert seen(HEAD + "".join(functions)) == ordered


@given(programs)
@settings(max_examples=50)
def test_the_ends_of_lines_have_no_meaning(functions):
    text = HEAD + "".join(functions)
    assert seen("# é\r\n" + text.replace("\n", "\r\n")) == seen(text)


def test_the_way_of_a_value():
    text = (
        HEAD + "\ndef f():\n    é = request.args['😀']\n    b = 'ü' + é\n    os.system('ls ' + b)\n"
    )
    for ends in ("\n", "\r\n"):
        shown = text.replace("\n", ends)
        (finding,) = examined(shown)[0]
        way = [shown[slice(*step.span)] for step in finding.flow]
        assert way[0] == "request.args"
        assert way[-1] == shown[slice(*finding.span)] == "'ls ' + b"
        assert {"é", "b"} <= set(way)


def test_a_default_and_a_nested_function_have_places_of_their_own():
    text = (
        HEAD
        + "def far(n, v=request.args['x']):\n    os.system(v)\n\n    def inner(w):\n        os.system('ls ' + w)\n\n    return inner\n\n"
        + "def f():\n    far(1)\n"
    )
    assert seen(text)
    assert seen("# " + "é" * 300 + "\n" + text) == seen(text)
