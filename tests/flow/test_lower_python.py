"""Python, lowered: each kind of node, what is broken, what is hostile, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lowered import lost_calls, lowered, nodes, written

SIMPLE = [
    ("x = 1", "x = 1"),
    ("a = b = c, *d = 1, 2", "a = b = tuple[c, *d] = tuple[1, 2]"),
    ("x: int = 1", "x = 1"),
    ("x: int", "x = "),
    ("x += 1", "x += 1"),
    ("a[0].b = c", "a[0].b = c"),
    ("(a, [b, c]) = d", "tuple[a, list[b, c]] = d"),
    ("del a, b[1]", "del a, b[1]"),
    ("assert a, b", "if a {} else {raise b}"),
    ("raise A(1) from B", "raise A(1)"),
    ("return", "return "),
    ("return a, b", "return tuple[a, b]"),
    ("pass", ""),
    ("global a", ""),
    ("type X = int", ""),
    ("import a.b.c, d as e", "import a=a, e=d"),
    ("from a.b import c, d as e", "import c=a.b.c, e=a.b.d"),
    ("from a import *", "import "),
    ("print >>f, x, y", "print(x, y, file=f)"),
    ('print "a" % x', "print(('a' % x))"),
    ('exec "code" in d', "exec('code', d)"),
]

EXPRESSIONS = [
    ("(x := f())", "(x := f())"),
    ("lambda *a, b=1: a", "(*a, |b = 1) {return a}"),
    ("a if b else c if d else e", "(a if b else (c if d else e))"),
    ("not a", "(not a)"),
    ("-1", "(- 1)"),
    ("a + b * c", "(a + (b * c))"),
    ("a or b or c and d", "(a or b or (c and d))"),
    ("a < b not in c is not d", "((a < b) and (b not in c) and (c is not d))"),
    ("a[1:2]", "a[1:2:]"),
    ("a[:, ::2]", "a[tuple[?(), ?(2)]]"),
    ("a[1, 2]", "a[tuple[1, 2]]"),
    ("a[1,]", "a[tuple[1]]"),
    ("a[*b]", "a[*b]"),
    ("f(*a, k=1, **kw)", "f(*a, k=1, **=kw)"),
    ("f(x for x in y)", "f(generator[x for x in y])"),
    ("a.b().c[0].d()", "a.b().c[0].d()"),
    ("await f()", "f()"),
    ("yield x", "(yield x)"),
    ("x = yield from y", "x = (yield y)"),
    ("...", "Ellipsis"),
    ("None, True, False", "tuple[None, True, False]"),
    ('{**a, "b": c}', "{**: a, 'b': c}"),
    ("{a, b}", "set[a, b]"),
    ("[*a, b]", "list[*a, b]"),
    ("{k: v for k, v in d}", "dict[k: v for tuple[k, v] in d]"),
    ("[x async for x in y if a if b for z in w]", "list[x for x in y if a if b for z in w]"),
    ("{x for x in y}", "set[x for x in y]"),
]

LITERALS = [
    ("0x1f, 1_000, 0o7, 0b11, 1.5e3, 0777, 10L", "tuple[31, 1000, 7, 3, 1500.0, 511, 10]"),
    ("1j", "?()"),
    ("'a\\n\\x41\\u00e9\\101\\N{DASH}\\q'", "'a\\nAéA?\\\\q'"),
    ("r'\\n'", "'\\\\n'"),
    ("b'\\xff\\n'", "b'\\xff\\n'"),
    ("'a' 'b'", "'ab'"),
    ("b'a' b'b'", "b'ab'"),
    ("'a' f'{b}' 'c'", "text('a', b, 'c')"),
    ("f'a{{{b}}}'", "text('a{', b, '}')"),
    ("f'{a!r:>{w}} {b=}'", "text(repr(a), w, ' b=', b)"),
    ("f\"{x[f'{y}']}\"", "text(x[text(y)])"),
    ("f'a'", "'a'"),
    ('"""a\nb"""', "'a\\nb'"),
]

COMPOUND = [
    ("if a:\n  b\nelif c:\n  d\nelse:\n  e", "if a {b} else {if c {d} else {e}}"),
    (
        "for i, (j, k) in a, b:\n  break\nelse:\n  c",
        "for tuple[i, tuple[j, k]] in tuple[a, b] {break} else {c}",
    ),
    ("async for x in y: continue", "for x in y {continue}"),
    ("while a: b\nelse: c", "while a {b} else {c}"),
    (
        "try:\n  a\nexcept* (A, B) as e:\n  b\nexcept C: c\nelse: d\nfinally: e",
        "try {a} except tuple[A, B] as e {b} except C as  {c} else {d} finally {e}",
    ),
    ("try: a\nexcept A, e: b", "try {a} except A as e {b}"),
    ("with (open(a) as f, b): pass", "with open(a) as f, b as  {}"),
    ("async with a as (b, c): d", "with a as tuple[b, c] {d}"),
    ("def f(): pass", "def f() {}"),
    (
        "@a.b(c)\n@d\nasync def f[T](a, /, b: int = 1, *args: x, c, d=2, **k: y) -> dict[str, T]:\n  return 1",
        "def @a.b(c) @d async f(a, b: int = 1, *args: x, |c, |d = 2, |**k: y) -> dict[str, T] {return 1}",
    ),
    ("def f(*, a): pass", "def f(|a) {}"),
    (
        "class C(B, metaclass=M):\n  y: int = 1\n  def m(self): return self\n  class D:\n    @x\n    def n(self):\n      def o(): pass",
        "class C(B, ?(M)) {y = 1; def C.m(self) {return self}; class D() {def @x D.n(self) {def o() {}}}}",
    ),
    ("@a\nclass C: pass", "@a class C() {}"),
    (
        'match a, b:\n  case 1 | -2: x\n  case "k" if z: x',
        "match tuple[a, b]: 1 | (- 2) {x}; 'k' if z {x}",
    ),
    (
        'match a:\n  case [b, *c]: x\n  case {"k": v, **r}: x\n  case P(x=0, y=[b]) as p: x\n  case A.B | None: x\n  case (1 | 2): x\n  case d, e: x\n  case f: x\n  case _: x',
        "match a: ?(b, ?(c)) {x}; ?(v, ?(r)) {x}; ?(?(?(0), ?(?(b))), p) {x}; A.B | None {x}; 1 | 2 {x}; ?(d, e) {x}; f {x}; _ {x}",
    ),
]

BROKEN = [
    ('x = foo(request.args["a"]\ny = 2\n', "[x = foo(request.args['a']); y = 2]"),
    ("def f(x):\n    return (a(b)\n", "def f(x) {return a(b)}"),
    ("    a = 1\n    b(a)\nelse:\n    c(a)\n", "[a = 1; b(a); c(a)]"),
    ("else:\n    c(a)\nd()\n", "[c(a)]; d()"),
    ("    def get(self, r):\n        return x(r)\n", "def get(self, r) {return x(r)}"),
    (
        "class A:\n    def f(self):\n        x = [a(), b()\n        return x\n",
        "class A() {def A.f(self) {x = ?(a(), b()); return x}}",
    ),
    ("except E as e:\n    p(e)\n", "[(e := E); p(e)]"),
    ('z = f"a{b(\n', "[z = ?('a', b())]"),
    ('c.execute("s" + \n', "[c.execute('s')]"),
    ('@app.route("/x")\ndef f(a,\n', "[def @app.route('/x') f(a) {}]"),
    ("def f(self, a:\n    x = 1\n    return a\n", "[def f(self, a: x = 1) {return a}]"),
    ("while True:\n    x = y(\n    z()\n", "while True {x = y(); z()}"),
    ("foo(a, b() c(), d)\n", "?(c); foo(a, b()(), d)"),
    ("        return x(1)\n    finally:\n        y()\n", "[return x(1); y()]"),
    ("for a in f(\n", "[for a in f() {}]"),
    (
        "class A(B):\n  def f(self, x:\n    g(x)\n    h(\ni(",
        "class A(B) {def A.f(self, x) {g(x); h()}; i()}",
    ),
    ('x = {"a": f(1), "b":\n', "[x = ?(?(?('a', f(1))), 'b')]"),
]


@pytest.mark.parametrize(("text", "expected"), [*SIMPLE, *EXPRESSIONS, *LITERALS, *COMPOUND])
def test_each_kind_of_node_has_its_meaning(text, expected):
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_what_is_broken_is_understood_as_far_as_it_goes(text, expected):
    assert written(text) == expected


PROGRAM = '''"""A shop — with ünïcode."""
import os
from flask import Flask, request, session as s

app = Flask(__name__)
QUERY = "SELECT * FROM t WHERE n = '%s' AND m IN (%s)"


class Shop(Base):
    """Ü."""

    limit: int = int(os.environ.get("LIMIT", "10"))

    @property
    def total(self) -> int:
        return sum(item.price for item in self.items if item.sold())

    async def find(self, cursor, *names, sort="name", **more):
        async with self.lock as lock:
            q = f"SELECT * FROM users WHERE name = '{names[0]!r:>{width(more)}}'"
            await cursor.execute(q, {"sort": sort, **more})
        return [row async for row in cursor.rows()]


@app.route("/ping/<host>", methods=["GET", "POST"])
def ping(host: str):
    if (port := request.args.get("port")) is None:
        return "no port", 400
    elif port.isdigit() and 0 < int(port) < limit():
        command = "ping " + host + " -p " + port
    else:
        raise ValueError("bad") from None
    try:
        with open(os.path.join("/tmp", host)) as log, lock(host):
            log.write(run(command, shell=True)[1:-1].decode())
    except (OSError, ValueError) as error:
        print("failed: %s" % error)
    finally:
        done(lambda *a, key=None: a[0] or key())
    for index, (name, value) in enumerate(request.form.items()):
        s[name], rest = value, {k: v for k, v in pairs(value)}
        while index:
            index -= step(rest)
            break
    match request.json():
        case {"kind": "a" | "b", **others} if check(others):
            return render(others)
        case [first, *_] | Point(x=first):
            return first
        case _:
            del s["user"]
    assert valid(s), message("x" if s else "y")
    return eval(request.args["code"]) if s else None
'''


def test_no_call_is_lost():
    assert lost_calls(PROGRAM) == []


def test_each_prefix_of_a_file_is_lowered():
    for end in range(0, len(PROGRAM), 3):
        tuple(nodes(lowered(PROGRAM[:end])))


def test_most_calls_are_found_in_prefixes_too():
    lines = PROGRAM.splitlines(keepends=True)
    for end in range(len(lines)):
        assert lost_calls("".join(lines[:end])) == []


PIECES = [
    "(",
    ")",
    "[",
    "{",
    "}",
    ":",
    '"',
    "f'",
    "\n",
    "\n    ",
    "=",
    ",",
    "def f(",
    "class A:",
    "lambda ",
]
PIECES += [
    "match x:\n case ",
    "@",
    "async ",
    "return ",
    "*",
    "except ",
    "\\",
    "\x00",
    "\udc80",
    "é",
]
change = st.tuples(st.integers(0, len(PROGRAM)), st.integers(0, 40), st.sampled_from(PIECES))


@settings(deadline=None, max_examples=150)
@given(st.lists(change, min_size=1, max_size=8))
def test_whatever_is_typed_is_lowered(changes):
    text = PROGRAM
    for at, gone, piece in changes:
        text = text[:at] + piece + text[at + gone :]
    assert len(list(nodes(lowered(text)))) < 4 * len(text) + 4
    assert len(lost_calls(text)) <= 1


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([*PIECES, "x", "if ", "a.b", "1"])).map("".join))
def test_any_row_of_tokens_is_lowered(text):
    tuple(nodes(lowered(text)))


LONG = {
    "a sum": "x = " + " + ".join(["a"] * 5_000),
    "a choice": " or ".join(["a"] * 5_000),
    "a comparison": " < ".join(["a"] * 5_000),
    "calls": "a" + ".b(1)" * 10_000,
    "assignments": " = ".join(["a"] * 5_000),
    "conditions": " if a else ".join(["b"] * 5_000),
    "branches": "if a:\n  b\n" + "elif c:\n  d()\n" * 3_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_chain_may_be_as_long_as_the_text(text):
    assert len(list(nodes(lowered(text)))) >= 5_000
    assert lost_calls(text) == []


DEEP = {
    "brackets": "(" * 3_000 + "a" + ")" * 3_000,
    "calls": "f(" * 3_000 + ")" * 3_000,
    "open calls": "f(" * 3_000,
    "open functions": "".join(" " * depth + "def f(:\n" for depth in range(400)),
    "lambdas": "lambda: " * 3_000 + "a",
    "negations": "not " * 3_000 + "a",
    "blocks": "".join(" " * depth + "if a:\n" for depth in range(400)) + " " * 400 + "b",
    "patterns": "match a:\n case " + "[" * 900 + "]" * 900 + ": b",
    "formats": 'f"{' * 60 + "a",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_is_nested_too_deep_is_cut_off(text):
    assert len(list(nodes(lowered(text)))) < 10_000
