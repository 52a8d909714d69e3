"""The machine on hostile and on shuffled programs: bounded in steps, what it cuts is said, the order has no meaning."""

from __future__ import annotations

from collections import Counter

import pytest
from counting import calls_of
from flows import FLOW, examined
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline_analyzers.flow.machine import STEPS, Machine

HEAD = "import os\nfrom flask import request\n"
SCRIPT = 'const cp = require("child_process");\n'


def nested(depth, line, last):
    lines = [*[line] * depth, last]
    return "".join("    " * (number + 1) + f"{each}\n" for number, each in enumerate(lines))


def doubled(start, times, indent="    "):
    lines = [f"{indent}a0 = {start}\n"]
    lines += [f"{indent}a{n + 1} = [a{n}, a{n}]\n" for n in range(times)]
    return "".join(lines)


# Each holds in a few lines what would take for ever if everything were gone through, and ends in a fault.
HOSTILE = {
    "known lists in lists": "def f(x):\n" + doubled("[1, 1]", 60) + "    os.system(f'{a60} {x}')\n",
    "given lists in lists": "def f(x):\n" + doubled("[x, x]", 60) + "    os.system(a60)\n",
    "two of them joined": f"def f(x):\n    if x:\n{doubled('[1, 1]', 40, ' ' * 8)}    else:\n"
    f"{doubled('[2, 2]', 40, ' ' * 8)}    os.system('ls ' + x)\n",
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
    "a long condition": "def f(x):\n    if " + " and ".join(["A > 1"] * 500) + ":\n        os.system(x)\n",
    "tries": "def f(x):\n" + nested(15, "try:", "os.system(x)")
    + "".join("    " * (n + 1) + "finally:\n" + "    " * (n + 2) + "g(x)\n" for n in reversed(range(15))),
    "itself": "def f(x):\n" + "    f(f(f(x)))\n" * 20 + "    os.system(x)\n",
    "keys of keys": "def f(x):\n    d = {}\n" + "    d['a']" + ("[1]" * 60 + " = x\n") + "    os.listdir(d)\n" * 20 + "    os.system(f'{d}')\n",
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


def counted(text, language="python"):
    """The calls that an examination takes, of Python's functions and of native ones; what it found and why not all."""
    calls, (found, why) = calls_of(lambda: examined(text, language=language))
    return calls, found, why


def is_found_or_said(text, found, why):
    """Whether the last sink of a text is among the findings, or not all of it was checked."""
    last = max(text.rfind("os.system"), text.rfind("cp.exec"))
    return "too deep or too large" in why or any(
        f.rule in FLOW and f.span.start >= last for f in found
    )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_programs_take_few_calls_and_are_not_called_clean(text):
    examined(HEAD + "os.system('')\n")  # what is made once
    calls, found, why = counted(HEAD + text)
    assert calls < 1_000_000
    assert is_found_or_said(HEAD + text, found, why)


def test_what_is_neither_found_nor_said_is_told():
    """The test above can fail."""
    text = HEAD + "def f(x):\n    os.system('ls ' + x)\n    os.system('ls')\n"
    assert not is_found_or_said(text, *examined(text))


def wrapped(before, after=""):
    """Something to a depth, of a sink in one line."""
    return lambda sink, depth, ind: f"{' ' * ind}{before * depth}{sink}{after * depth}\n"


def indented(opens):
    """The same of a sink in as many blocks."""
    return lambda sink, depth, ind: "".join(
        f"{' ' * (ind + n)}{line}\n" for n, line in enumerate([*[opens] * depth, sink])
    )


# How the sink is wrapped, by language; the last is none that nests.
DEEP = {
    "python": {
        "ifs": indented("if c:"),
        "withs": indented("with c:"),
        "functions": indented("def g():"),
        "classes": indented("class G:"),
        "calls": wrapped("g(", ")"),
        "lists": wrapped("[", "]"),
        "sums": wrapped("(1 + ", ")"),
        "signs": wrapped("-"),
        "lambdas": wrapped("(lambda: ", ")"),
        "nothing": wrapped(""),
    },
    "javascript": {
        "ifs": wrapped("if (c) { ", "}"),
        "elses": wrapped("if (c) {} else "),
        "callbacks": wrapped("step(() => { ", "});"),
        "calls": wrapped("g(", ")"),
        "lists": wrapped("[", "]"),
        "objects": wrapped("g({a: ", "})"),
        "choices": wrapped("c ? 1 : "),
        "signs": wrapped("!"),
        "blocks": wrapped("{ ", "}"),
        "nothing": wrapped(""),
    },
}
SINKS = {"python": 'os.system("ls " + q)', "javascript": 'cp.exec("ls " + q)'}
AROUND = {
    ("python", "module"): (HEAD + 'q = request.args["q"]\n', "", 0),
    ("python", "function"): (HEAD + 'def f():\n q = request.args["q"]\n', "", 1),
    ("javascript", "module"): (SCRIPT + "const q = process.argv[2];\n", "", 0),
    ("javascript", "function"): (
        SCRIPT + 'app.get("/", (req, res) => {\nconst q = req.query.q;\n',
        "});\n",
        0,
    ),
}


@pytest.mark.parametrize("place", ["module", "function"])
@pytest.mark.parametrize(
    ("language", "shape"), [(language, shape) for language in DEEP for shape in DEEP[language]]
)
def test_what_lies_deep_is_found_or_said(language, shape, place):
    head, tail, ind = AROUND[language, place]
    for depth in (5, 20, 26, 60, 85, 150, 400):
        text = head + DEEP[language][shape](SINKS[language], depth, ind) + tail
        found, why = examined(text, language=language)
        assert is_found_or_said(text, found, why), depth
        assert depth > 20 or not why, depth


def repeated(line, head="", tail="", start=HEAD):
    """A program that grows with a number: a line for each, {n} in it the number and {m} the next."""
    return lambda size: (
        start + head + "".join(line.format(n=n, m=n + 1) for n in range(size)) + tail
    )


TAKES = 'def f(x):\n    q = request.args["q"]\n'
SINK = '    os.system("ls " + q)\n'
GROWING = {
    "functions": repeated("def f{n}(x):\n    f{m}(x)\n    os.system('ls ' + x)\n"),
    "methods of one class": repeated(
        "    def f{n}(self, x):\n        self.f{m}(x)\n        os.system('ls ' + x)\n", "class A:\n"
    ),
    "classes": repeated(
        "class A{n}:\n    def f(self, x):\n        self.f(x)\n        os.system('ls ' + x)\n"
    ),
    "statements of the module": repeated('v{n} = request.args["q"]\nos.system("ls " + v{n})\n'),
    "statements of a function": repeated('    v{n} = request.args["q"]\n' + SINK, TAKES),
    "branches": repeated('    if x:\n        q += "a"\n', TAKES, SINK),
    "guards": repeated('    if x == "{n}":\n        return\n', TAKES, SINK),
    "loops": repeated('    for y in x:\n        os.system("ls " + q)\n', TAKES),
    "errors": repeated("    except E{n}:\n    " + SINK, TAKES + "    try:\n        g()\n"),
    "entries of a table": repeated('"k{n}": {n}, ', TAKES + "    d = {", "}\n" + SINK),
    "imports": repeated("from m{n} import a{n}\n", tail=TAKES + SINK),
    "methods of a JavaScript class": repeated(
        '  f{n}(x) {{ this.f{m}(x); cp.exec("ls " + x); }}\n', "class A {\n", "}\n", SCRIPT
    ),
    "handlers in JavaScript": repeated(
        'app.get("/{n}", (req, res) => {{ cp.exec("ls " + req.query.a); }});\n', start=SCRIPT
    ),
    "properties in JavaScript": repeated(
        '  f{n}: (x) => cp.exec("ls " + x),\n', "const o = {\n", "};\n", SCRIPT
    ),
}


@pytest.mark.parametrize("make", GROWING.values(), ids=GROWING)
def test_cost_grows_with_the_size_and_not_with_its_square(make):
    language = "javascript" if make(0).startswith(SCRIPT) else "python"
    examined(make(3), language=language)  # what is made once
    small, large = make(80), make(320)
    few, found, why = counted(small, language)
    assert is_found_or_said(small, found, why)
    many, found, why = counted(large, language)
    assert is_found_or_said(large, found, why)
    assert many < 4.6 * few


@pytest.mark.parametrize("text", DEAR.values(), ids=DEAR)
def test_dear_programs_are_cut_short(text, monkeypatch):
    steps = 0
    evaluate = Machine.evaluate

    def counted(self, expr, state):
        nonlocal steps
        steps += 1
        return evaluate(self, expr, state)

    monkeypatch.setattr(Machine, "evaluate", counted)
    found, why = examined(HEAD + text)
    assert found or "too deep or too large" in why
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
