"""The unfinished line: what the rules still find in it, and that one place that is broken hides no other."""

from __future__ import annotations

import re
import time
from collections import Counter
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline_analyzers import patterns
from vetline_analyzers.core.analyzer import Facts, NotChecked
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.syntax import tree, unfinished

BROKEN = {
    "python": [
        "def first(a):\n    x = foo(a\n    return x\n\n\n",
        "def first(a):\n    x = foo(a, {'b': [a\n    y = 1\n\n\n",
        "def first(a):\n    x = 'abc\n    return x\n\n\n",
        "def first(a:\n    return bar(\n\n\n",
    ],
    "javascript": [
        "function first(a) {\n  const x = foo(a\n  return x;\n}\n\n",
        "function first(a) {\n  if (a) {\n    foo({ a: [a });\n  return 1;\n}\n\n",
        "function first(a) {\n  const x = 'abc\n  return x;\n}\n\n",
        "function first(a) {\n  bar(`x ${a\n}\n\n",
    ],
}
BRACKETS = re.compile(r"[\s)\]};]+\Z")


def look(text, language="python", memo=None):
    """Findings and, where not all was checked, why."""
    found = []
    memo = {} if memo is None else memo
    try:
        found.extend(patterns.ANALYZER.analyze(Snapshot("x", language, 1, text), Facts(), memo))
    except NotChecked as why:
        return found, str(why)
    return found, ""


def told(text, language="python"):
    """Lines and rules, the line counted from one."""
    return [
        (text.count("\n", 0, f.span.start) + 1, f.rule.partition("/")[2])
        for f in look(text, language)[0]
    ]


def of(rule, text, language):
    """What a rule finds in a text."""
    return [f for f in look(text, language)[0] if rule.id in {f.rule, *f.also}]


@cache
def examples(kind):
    return [
        (rule, rule.language, text) for rule in patterns.rules() for text in getattr(rule, kind)
    ]


def cut(text, end):
    """The text up to the end of the line there, without the brackets that close what is on it."""
    line = text.find("\n", end)
    return BRACKETS.sub("", text[: line if line >= 0 else len(text)])


def test_a_fault_is_found_at_the_end_that_is_cut_off():
    found = Counter()
    for rule, language, text in examples("bad"):
        faults = of(rule, text, language)
        if not faults:
            continue
        rest = cut(text, faults[0].span.end)
        if tree.parse(Snapshot("x", language, 1, rest), {}).root.has_error:
            found[language, bool(of(rule, rest, language))] += 1
    for language in ("python", "javascript"):
        assert found[language, True] / (found[language, True] + found[language, False]) > 0.97


def test_what_is_broken_hides_nothing_below():
    for number, (rule, language, text) in enumerate(examples("bad")):
        if of(rule, text, language):
            assert of(rule, BROKEN[language][number % 4] + text, language), rule.id


def test_what_is_good_is_good_unfinished():
    for number, (rule, language, text) in enumerate(examples("good")):
        for rest in (cut(text, len(text)), BROKEN[language][number % 4] + text):
            assert not of(rule, rest, language), rule.id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import requests\ndef f(u):\n    return requests.get(u, verify=False", "tls-verify-off"),
        ("def f(u):\n    requests.get(u, verify=False\n\ndef g():\n    pass\n", "tls-verify-off"),
        ("app.run(debug=True", "flask-debug"),
        ("def load(p):\n    return yaml.load(p", "unsafe-yaml-load"),
        ("def load(p):\n    return yaml.load(open(p", "unsafe-yaml-load"),
        ("def f(password):\n    hashlib.md5(password.encode()", "password-hash-too-fast"),
        ("def f(n):\n    cur.execute(f\"SELECT * FROM u WHERE n = '{n}", "sql-from-string"),
        ("def f(n):\n    cur.execute(f\"SELECT * FROM u WHERE n = '{n", "sql-from-string"),
        ('def f(n):\n    cur.execute("""SELECT * FROM u WHERE n = %s""" % n', "sql-from-string"),
        ("def f(n):\n    cur.execute('SELECT * FROM u WHERE n = ' + n +", "sql-from-string"),
        ("def f(u):\n    subprocess.run('git clone ' + u, shell=True, check=", "command-from-string"),
    ],
)  # fmt: skip
def test_python_that_is_being_typed(text, expected):
    assert expected in [rule for _, rule in told(text)]


ROUTE = "const { exec } = require('child_process');\napp.get('/x', async (req, res) => {\n  const { id } = req.params;\n  "


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("const rows = await pool.query(`SELECT * FROM u WHERE id = ${id}`", "sql-from-string"),
        ("const rows = await pool.query(`SELECT * FROM u WHERE id = ${id}", "sql-from-string"),
        ("const rows = await pool.query('SELECT * FROM u WHERE id = ' + id", "sql-from-string"),
        ("exec(`ping ${id", "command-from-string"),
        ("exec(req.query.cmd, (err, stdout) => {", "command-from-string"),
        ("document.body.innerHTML = location.hash +", "page-from-address"),
        ("eval(id", "eval-of-input"),
    ],
)
@pytest.mark.parametrize("after", ["", "\n});\n\nfunction g() {\n  return 1;\n}\n"])
def test_javascript_that_is_being_typed(line, expected, after):
    assert expected in [rule for _, rule in told(ROUTE + line + after, "javascript")]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("def f(u):\n    requests.get(u, timeout=1, verify=False", True),
        ("def f(u):\n    subprocess.run('git clone ' + u, shell=True", True),
        ("def f(p):\n    yaml.load(p", False),  # `Loader=yaml.SafeLoader` may follow
        ("def f(p):\n    pickle.loads(p)\n    foo(p", True),
    ],
)
def test_what_may_still_become_good_is_tentative(text, sure):
    plain = [f.tentative for f in look(text + ")")[0]]
    assert plain
    assert [f.tentative for f in look(text)[0]] == [tentative or not sure for tentative in plain]


def test_half_a_line_is_no_fault():
    for text in (
        "yaml.load(p, Loader=",
        "requests.get(u, timeout=3, verify=",
        "eval(",
        "os.system(",
    ):
        assert told("def f(p, u):\n    " + text) == []
    assert told("def f(c):\n    c.execute('SELECT * FROM u WHERE a = ' +") == []


def test_no_fix_is_offered_where_we_closed_something():
    text = "def f(p):\n    yaml.load(p\n\n\ndef g(p):\n    return yaml.load(p)\n"
    first, second = look(text)[0]
    assert first.fix is None
    assert second.fix is not None
    (edit,) = second.fix.edits
    assert text[edit.span.start :].startswith("load(p)\n")


def test_places_are_those_of_the_text():
    text = "# é😀\ndef a(x):\n    y = foo('ü😀', [x\n    eval('é' + x\n\n\ndef g(x):\n    'é'; eval(x)\n"
    assert [text[f.span.start : f.span.end] for f in look(text)[0]] == ["'é' + x", "x"]


def test_lines_that_break_off_are_named():
    text = "def a(x):\n    y = foo(x\n    z = 1\n\n\ndef g(x):\n    eval(x)\n"
    assert look(text)[1] == "line 2 could not be parsed; the rest was checked"


def test_a_stretch_that_nothing_mends_is_named_from_its_first_line_to_its_last():
    text = "x = 1\n$ ? $\n? ? $ a\n$ ?\n\n\ndef g(x):\n    eval(x)\n"
    found, why = look(text)
    assert [f.rule for f in found] == ["python/eval-of-input"]
    assert why == "lines 2-4 could not be parsed; the rest was checked"


def test_a_stretch_that_parses_is_left_alone():
    text = "x = (1,\n2)\ny = '''\ndef f(\n'''\n"
    snapshot = Snapshot("x", "python", 1, text)
    assert not isinstance(unfinished.parse(snapshot, {}), unfinished.Mended)


WHOLE = '''"""Ünïcode."""
import os


class Shop:
    def find(self, cursor, name):
        q = f"SELECT * FROM users WHERE name = '{name}'"
        return cursor.execute(q, {"a": [1, (2)]})


def ping(host):
    os.system("ping 😀 " + host)
'''


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_places_stay_inside_whatever_is_taken_away(data):
    marks = [at for at, mark in enumerate(WHOLE) if mark in "()[]{}\"':,=."]
    gone = set(data.draw(st.lists(st.sampled_from(marks), min_size=1, max_size=4)))
    text = "".join(mark for at, mark in enumerate(WHOLE) if at not in gone)
    text = text[: data.draw(st.integers(len(text) // 2, len(text)))]
    memo = {}
    for finding in look(text, memo=memo)[0]:
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
    assert look(text, memo=memo) == look(text)
    longer = text.replace("ping", "pin", 1)
    assert look(longer, memo=memo) == look(longer)


HOSTILE = {
    "quotes": "'\n" * 20_000,
    "long quotes": 'x = """\n' * 20_001,
    "templates": "x = `${\n" * 20_000,
    "blank lines": "f(\n" + "\n" * 100_000,
    "headers": "def f(\n" * 20_000,
    "closers": ")" * 100_000,
    "braces": "{\n" * 50_000,
    "commas": "f(\n" + "a,\n" * 50_000,
    "nested strings": "f'{" * 30_000,
    "in a string": 'x = """\n' + "  y = 1\n" * 20_000,
    "many lines in many brackets": "(" * 99 + "\nx" * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", ["python", "javascript"])
def test_hostile_text_is_read_in_time(name, language):
    start = time.process_time()
    unfinished.parse(Snapshot("x", language, 1, HOSTILE[name]), {})
    assert time.process_time() - start < 10
