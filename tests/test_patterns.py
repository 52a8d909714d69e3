"""The machinery under the rules: trees, names, strings, blocks, memory, hostile input."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline_analyzers.core.analyzer import Facts, NotChecked
from vetline_analyzers.core.finding import Persona
from vetline_analyzers.core.text import Edit, Snapshot, Span
from vetline_analyzers.patterns import ANALYZER, LIMIT
from vetline_analyzers.syntax import tree

FILE = '''"""A shop — with ünïcode."""
import os
import yaml as y
from hashlib import md5
QUERY = "SELECT * FROM t WHERE n = {}"


class Shop(Base):
    """Ü."""

    def find(self, cursor, name):
        q = f"SELECT * FROM users WHERE name = '{name}'"
        return cursor.execute(q)

    def read(self, text):
        return y.load(text)


def hash_(x):
    return md5(x).hexdigest()


@decorated
def ping(host):
    os.system("ping 😀 " + host)
'''
SCRIPT = """import { exec } from "child_process";
const crypto = require("crypto");

class Shop {
  find(db, name) { return db.query(`SELECT * FROM t WHERE n = '${name}'`); }
  ping(host) { exec("ping é " + host); }
}

function id(x) { return crypto.createHash("md5").update(x); }
"""


def look(text, memo=None, language="python"):
    """Findings and, where not all was checked, why."""
    found = []
    try:
        found.extend(
            ANALYZER.analyze(
                Snapshot("x", language, 1, text), Facts(), {} if memo is None else memo
            )
        )
    except NotChecked as why:
        return found, str(why)
    return found, ""


def rules(text, language="python"):
    return [f.rule.partition("/")[2] for f in look(text, language=language)[0]]


def places(text, language="python"):
    return [text[f.span.start : f.span.end] for f in look(text, language=language)[0]]


def test_places_are_code_points():
    assert places(FILE) == ["q", "y.load(text)", "md5(x)", '"ping 😀 " + host']
    assert places("x = '😀é\ud800'; " + "eval(é)") == ["é"]


def test_fixes_are_code_points_too():
    found = {f.rule: f for f in look(FILE)[0]}
    (edit,) = found["python/unsafe-yaml-load"].fix.edits
    assert FILE[edit.span.start : edit.span.end] == "load"


PIECES = [
    *("\n", "    ", "(", ")", '"', "'", "#", ":", "é", "😀", "\r\n", "def f(x):\n", "class A:\n"),
    *("import os\n", "import yaml as y\n", "import pickle as os\n", "x = f'{y}'\n", "eval(x)\n"),
    *("QUERY = f'SELECT * FROM t WHERE a = {b}'\n", "cursor.execute(QUERY)\n", '"""', "    pass\n"),
    *("{", "}", "`", "//", ";", "async ", "y = y.load\n", "@a\n", "\\", "\x00", "\x0c"),
]


@pytest.mark.parametrize(("language", "start"), [("python", FILE), ("javascript", SCRIPT)])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_memory_changes_nothing(language, start, data):
    memo = {}
    snapshot = Snapshot("x", language, 1, start)
    assert look(snapshot.text, memo, language) == look(start, language=language)
    for _ in range(data.draw(st.integers(1, 8))):
        size = len(snapshot.text)
        at = data.draw(st.integers(0, size))
        end = data.draw(st.integers(at, min(size, at + 40)))
        text = data.draw(st.sampled_from([*PIECES, ""]))
        snapshot = snapshot.edited(Edit(Span(at, end), text), 2)
        assert look(snapshot.text, memo, language) == look(snapshot.text, language=language)


def test_an_edit_looks_only_at_what_changed(monkeypatch):
    from vetline_analyzers.syntax.query import Merged

    looked = []
    plain = Merged.look
    monkeypatch.setattr(
        Merged, "look", lambda self, block: looked.append(block.text) or plain(self, block)
    )
    memo = {}
    first, _ = look(FILE, memo)
    looked.clear()
    text = FILE.replace("hexdigest", "digest").replace("A shop", "The shop")
    second, _ = look(text, memo)
    assert [b.split(b"(")[0] for b in looked] == [
        b'"""The shop \xe2\x80\x94 with \xc3\xbcn\xc3\xafcode."""',
        b"def hash_",
    ]
    assert [f.rule for f in first] == [f.rule for f in second]
    looked.clear()
    look(text.replace("import yaml as y", "import json as y"), memo)
    assert len(looked) > 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os as o\no.system(f'{x}')", ["command-from-string"]),
        ("from os import system as s\ns(f'{x}')", ["command-from-string"]),
        ("from . import os\nos.system(f'{x}')", []),
        ("from my import os\nos.system(f'{x}')", []),
        ("def f():\n    import os as z\n    z.system(f'{x}')", ["command-from-string"]),
        ("__import__('os').system(f'{x}')", ["command-from-string"]),
        (
            "try:\n    import cPickle as p\nexcept E:\n    import pickle as p\np.loads(x)",
            ["unsafe-deserialization"],
        ),
        ("import hashlib\nh = hashlib.md5\nh(x)", ["weak-hash"]),
        ("os.system('a' 'b')", ["needless-shell"]),
        ("os.system('a' + NAME)", []),
        ("os.system(f'{sys.executable} -V')", []),
        ("import os\nos.system(*x)", []),
    ],
)
def test_names_are_resolved(text, expected):
    assert rules(text) == expected


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("c.execute('select a from b where c=%s' % d)", True),
        ("c.execute('select a from b where c=%s', d)", False),
        ("c.execute('select a from b where c=' + str(d))", True),
        ("c.execute('select a from b where c=' + str(1))", False),
        ("c.execute('select a from b where c={}'.format(int(d)))", False),
        ("q = 'select a from b where c=' + d\n    q = 'select a from b'\n    c.execute(q)", False),
        ("q = 'select a from b'\n    if d: q += ' where c=' + d\n    c.execute(q)", True),
        (
            "if d: q = 'select a from b where c=' + d\n    else: q = 'select a from b'\n    c.execute(q)",
            True,
        ),
        ("c.execute(q)\n    q = 'select a from b where c=' + d", False),
        ("c.execute(''.join(['select a from b where c=', d]))", True),
        ("c.execute((f'select a from b '\n        f'where c={d}'))", True),
        ("c.execute('select a from b where c=' + (d if e else 'x'))", True),
        ("a = d\n    c.execute('select a from b where c=' + a)", True),
        ("a = 'x'\n    c.execute('select a from b where c=' + a)", False),
    ],
)
def test_strings_are_followed(body, found):
    flagged = [f for f in look(f"def f(c, d, e):\n    {body}\n")[0] if f.persona is Persona.REGULAR]
    assert bool(flagged) is found


def test_a_query_built_at_module_level_is_known():
    text = "q = f'SELECT * FROM t WHERE a = {x}'\ncursor.execute(q)\n"
    assert rules(text) == ["sql-from-string"]
    assert rules("q = 'SELECT * FROM t WHERE a = 1'\ncursor.execute(q)\n") == []
    assert rules(text.replace("cursor", "def f(q):\n    cursor")) == []


def test_what_parses_is_checked_and_the_rest_is_said():
    found, why = look("def f(:\n    pass\n\n\ndef g(x):\n    return eval(x)\n\n\nclass = 3\n")
    assert [f.rule for f in found] == ["python/eval-of-input"]
    assert why.endswith("could not be parsed; the rest was checked")
    assert why.startswith("line")


@pytest.mark.parametrize(
    "text",
    [
        "print 'a'\nexec code\n",
        "match x:\n    case 1: pass\n",
        "type A = int\n",
        'x = f"{a!r:>{w}}"\n',
        "def f[T](x: T): ...\n",
        "try: pass\nexcept* E: pass\n",
        "",
        "\n",
        "# nothing\n",
    ],
)
def test_every_python_parses(text):
    assert look(text)[1] == ""


def test_broken_places_are_listed_without_end_being_reached():
    root = tree.parse(Snapshot("x", "python", 1, "x = (\n" + ") )\n" * 500), {}).root
    assert 0 < len(list(tree.broken(root))) <= 50


HOSTILE = {
    "parens": "(" * 100_000 + ")" * 100_000,
    "open parens": "(" * 100_000,
    "evals": "eval(" * 100_000 + "x" + ")" * 100_000,
    "evals less deep": "eval(" * 1_500 + "x" + ")" * 1_500,
    "sum": "x = " + "+".join(["a"] * 50_000),
    "long string": "cursor.execute(f'select a from b where " + "{c}" * 50_000 + "')",
    "doubling": "def f(c):\n" + "    q = q + f'{q}'\n" * 200 + "    c.execute(q)\n",
    "one line": "x = 1;" * 50_000,
    "attributes": "a" + ".b" * 100_000 + ".execute(x)",
    "many calls": "def f(x):\n" + "    eval(x)\n" * 30_000,
    "nul": "\x00" * 10_000 + "eval(x)\n",
    "surrogates": "\ud800\udfff" * 10_000,
}


WIDE = {
    "dict": ("C = {\n", "    'k{n}': {n},\n", "    'last': yaml.load(f),\n}\n"),
    "list": ("C = [\n", "    'v{n}',\n", "    yaml.load(f),\n]\n"),
    "call": ("f(\n", "    k{n}={n},\n", "    last=yaml.load(f),\n)\n"),
    "class": (
        "class A:\n",
        "    def m{n}(self):\n        return self.m1()\n",
        "    x = yaml.load(f)\n",
    ),
}


@pytest.mark.parametrize("kind", WIDE)
@pytest.mark.parametrize("size", [100, 1_000, 5_000])
def test_what_is_only_wide_is_checked(kind, size):
    first, part, last = WIDE[kind]
    text = first + "".join(part.format(n=n) for n in range(size)) + last
    found, why = look(text)
    assert [finding.rule for finding in found] == ["python/unsafe-yaml-load"]
    assert not why


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", ["python", "javascript"])
def test_hostile_text_neither_hangs_nor_crashes(name, language):
    start = time.process_time()
    memo = {}
    first = look(HOSTILE[name], memo, language)
    assert look(HOSTILE[name] + " ", memo, language)[0] == first[0]
    assert time.process_time() - start < 20


def test_too_deep_is_said():
    assert "too deep" in look(HOSTILE["evals"])[1]
    assert look(HOSTILE["evals less deep"])[0]


def test_a_huge_text_is_said_to_be_unchecked():
    found, why = look("x" * (LIMIT + 1))
    assert found == []
    assert "larger than" in why


def test_a_document_may_change_its_language():
    memo = {}
    text = "eval(x)\n"
    for language in ("python", "tsx", "javascript", "python"):
        assert look(text, memo, language) == look(text, language=language)


def test_what_is_missing_is_said():
    assert look("def f(x:\n    pass\n")[1]
    assert look("const f = (a => { exec(`x`);\n", language="javascript")[1]


def test_typescript_speaks_types():
    text = 'import cp = require("child_process");\ncp.exec(`ls ${dir as string}`);\n'
    assert rules(text, "typescript") == ["command-from-string"]
    assert rules("(eval as any)(x!);\n", "typescript") == ["dynamic-code"]
