"""JavaScript and its relatives, lowered: each kind of node, what is broken, what is hostile."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lowered import lost_calls, lowered, nodes, written

TARGETS = [
    (
        "const {a, b: c = f(), ...r} = x, [d,,e=2] = y;",
        "{'a': a, 'b': c, **: r} = x; c ??= f(); list[d, ?(), e] = y; e ??= 2",
    ),
    ("({a, b: c = 1} = x);", "{'a': a, 'b': c} = x; c ??= 1"),
    ("a = b = c; x ??= y; x ||= 1; x >>>= 1; i++;", "a = b = c; x ??= y; x or= 1; x >>= 1; i += 1"),
    ("f(a = b, i--)", "f((a := b), (i -:= 1))"),
    ("let x; var y = 1;", "x = ; y = 1"),
    ("`a${b}c\\n`; `q`", "text('a', b, 'c\\n'); 'q'"),
    ("tag`a${b}`", "tag(b)"),
    ("a?.b?.[c]?.(d)", "a.b[c](d)"),
    ("new X(a, ...b).y(); new X;", "new X(a, *b).y(); new X()"),
    (
        'x = {a, b() {}, get c() {return 1}, [k]: v, "q": 1, 2: 3, ...z}',
        "x = {'a': a, 'b': b() {}, 'c': c() {return 1}, k: v, 'q': 1, 2: 3, **: z}",
    ),
    ("f((a, b)); a, b = 1", "f(?(a, b)); a; b = 1"),
]

CONTROL = [
    ("switch (a) { case 1: case 2: b; break; default: c }", "switch a: 1 {}; 2 {b; break}; _ {c}"),
    (
        "for (const k in o) k; for await (const {v=1} of o) v",
        "for k in keys of o {k}; for {'v': v} in o {v ??= 1; v}",
    ),
    ("for (let i = 0; i < 1; i++) a; for(;;){}", "i = 0; while (i < 1) {a; i += 1}; while  {}"),
    ("do a; while (b)", "do while b {a}"),
    ("while (a) { b }", "while a {b}"),
    (
        "try { a } catch ({e}) { b } finally { c }",
        "try {a} except  as  {{'e': e} = ?(); b} finally {c}",
    ),
    ("try { a } catch (e) { b }", "try {a} except  as e {b}"),
    ("try { a } catch { b }", "try {a} except  as  {b}"),
    ("l: for (;;) { break l; continue }", "while  {break; continue}"),
    ("throw a; debugger; return", "raise a; return "),
    ("if (a) b; else if (c) d; else e;", "if a {b} else {if c {d} else {e}}"),
    ("with (a) b()", "with a as  {b()}"),
]

EXPRESSIONS = [
    (
        "typeof a; delete a.b; void 0; !a; -a; /x/g",
        "(typeof a); (delete a.b); (void 0); (not a); (- a); new RegExp('x', 'g')",
    ),
    ("a ? b : c ? d : e", "(b if a else (d if c else e))"),
    (
        "a instanceof b; a === b; a !== b; a in b; a && b && c || d ?? e; a >>> 1",
        "(a is b); (a == b); (a != b); (a in b); (((a and b and c) or d) ?? e); (a >> 1)",
    ),
    (
        "[a, ...b]; this.x; super.y; null; undefined; true",
        "list[a, *b]; this.x; super.y; None; None; True",
    ),
    (
        '"\\x41\\u{1F600}\\u00e9\\n\\q\\\n"; 0x1f; 1_000n; .5; 1e3; 017',
        "'A😀é\\nq'; 31; 1000; 0.5; 1000.0; 15",
    ),
    ('import("x"); new.target; import.meta.url', "import('x'); new.target; import.meta.url"),
    ("a.#p", "a.#p"),
    ('var a = require("x").y', "a = require('x').y"),
]

DEFINITIONS = [
    ("function f(a, {b=1}, ...c) { return a; }", "def f(a, {'b': b}, *c) {b ??= 1; return a}"),
    ("async function* g() { yield x; await z }", "def async g() {(yield x); z}"),
    ("const h = async x => x + 1;", "h = async (x) {return (x + 1)}"),
    (
        "f(function g() {}, ({a}) => { b }, (a = 1) => a)",
        "f(g() {}, ({'a': a}) {b}, (a = 1) {return a})",
    ),
    (
        "class A extends B { static x = 1; #p = 2; constructor(a) { super(a) } static { y } get z() {} async *[w]() {} }",
        "class A(B) {x = 1; #p = 2; def A.constructor(a) {super(a)}; [y]; def A.z() {}; def async A.() {}}",
    ),
    (
        "module.exports = class { m() {} }; const Q = class extends R {}",
        "class () {def m() {}}; module.exports = ?(); class Q(R) {}; Q = Q",
    ),
    (
        'import a, {b as c, default as d} from "node:m"; import * as n from "fs/promises"; import "z"',
        "import a=m, c=m.b, d=m.default; import n=fs; import ",
    ),
    (
        'export default function q() {} export const z = 1; export {a as b} from "x"; export default {a}',
        "def q() {}; z = 1; default = {'a': a}",
    ),
]

TYPED = [
    (
        "function f(this: X, a: string, b?: number = 1, ...c: T[]): Promise<void> {}",
        "def f(a: string, b: number = 1, *c: T[]) -> Promise<void> {}",
    ),
    (
        'class A<T> extends B<T> implements C { constructor(private readonly x: X, @Inject() y) {} @Get("x") m(@Body() b: D): void {} abstract q(): void; private z?: string = a; @In() w: X }',
        "class A(B) {def A.constructor(x: X, @Inject() y) {this.x = x}; def @Get('x') A.m(@Body() b: D) -> void {}; z = a; In(); w = }",
    ),
    ("@Dec() export class D {}", "@Dec() class D() {}"),
    ("abstract class E { abstract m(): void }", "class E() {}"),
    ('enum E { A, B = "x", }', "E = {'A': ?(), 'B': 'x'}"),
    ("namespace N { const a = 1 }", "[a = 1]"),
    (
        "declare function g(): void; type X = string; interface Y { a: b }; function over(a: string): void;",
        "",
    ),
    ("(a as B).x; a!.b; a satisfies C; x = y as any as Z", "a.x; a.b; a; x = y"),
    (
        'import x = require("y"); import q = N.y; import type {T} from "t"; export = a;',
        "import x=y; q = N.y; import T=t.T; module.exports = a",
    ),
    ("f<string>(a)", "f(a)"),
    ("const {a}: {a: string} = b; let v!: string", "{'a': a} = b; v = "),
]

ELEMENTS = [
    (
        'x = <div a="b" {...p} dangerouslySetInnerHTML={{__html: h}} c>{y} text <B.C d={e()}/>{/* c */}</div>',
        "x = div(y, ' text ', B.C(d=e()), a='b', **=p, dangerouslySetInnerHTML={'__html': h}, c=True)",
    ),
    ("x = <><a:b>{...z}</a:b></>", "x = ?(a:b(*z))"),
]

BROKEN = [
    ("foo(a, b", "[foo(a, b)]"),
    (
        'app.get("/x", (req, res) => {\n  const a = req.query.a;\n  db.query("x" + a, ',
        "[app.get('/x', (req, res) {a = req.query.a; db.query(('x' + a))})]",
    ),
    ("} else { foo(a) }", "[]; foo(a)"),
    ("const x = foo(req.body", "[x = foo(req.body)]"),
    ("class A { m() { x(", "[class A() {def A.m() {x()}}]"),
    ("catch (e) { f(e) }", "[e]; f(e)"),
    ("});\nfoo(1);", "[]; foo(1)"),
    (".then(x => y(x))", "[]; then((x) {return y(x)})"),
    ("function f(a) { const x = a.b; if (x) { y(x, ", "[def f(a) {x = a.b; x; y(x)}]"),
    ("const {a} = req.body; const q = `x ${a", "{'a': a} = req.body; [q = text('x ', a)]"),
    (
        "exports.f = async (req, res) => { try { const x = await db.query(`a ${req.q}`",
        "[exports.f = (req, res) {x = db.query(text('a ', req.q))}]",
    ),
    ("return f(x", "[return f(x)]"),
    ("x = [a(), {b: c(", "[x = ?(a(), ?(b, c()))]"),
]


@pytest.mark.parametrize("language", ["javascript", "tsx"])
@pytest.mark.parametrize(("text", "expected"), [*TARGETS, *CONTROL, *EXPRESSIONS, *DEFINITIONS])
def test_each_kind_of_node_has_its_meaning(text, expected, language):
    assert written(text, language) == expected


@pytest.mark.parametrize(("text", "expected"), TYPED)
def test_types_change_nothing(text, expected):
    assert written(text, "typescript") == expected


@pytest.mark.parametrize("language", ["javascript", "tsx"])
@pytest.mark.parametrize(("text", "expected"), ELEMENTS)
def test_an_element_is_a_call(text, expected, language):
    assert written(text, language) == expected


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_what_is_broken_is_understood_as_far_as_it_goes(text, expected):
    assert written(text, "javascript") == expected


def test_a_type_assertion_is_its_operand():
    assert written("x = <any>f(a);", "typescript") == "x = f(a)"


PROGRAM = """// A shop — with ünïcode.
import express, { Router as R } from "express";
const { readFile, writeFile: write = fallback() } = require("node:fs/promises");

const app = express();
const QUERY = `SELECT * FROM t WHERE n = '${escape("x")}' AND m = `;

class Shop extends mixin(Base) {
  static limit = Number(process.env.LIMIT ?? "10");
  #items = [...load(), 1];

  get total() {
    return this.#items.reduce((sum, item) => sum + item.price(), 0);
  }

  async find(db, { name, sort = "name" }, ...more) {
    const rows = await db.query(`${QUERY}'${name}' ORDER BY ${sort}`, more);
    for await (const row of rows) {
      row.done?.();
    }
    return rows?.[0]?.map((row) => ({ ...row, id: hash(row) }));
  }
}

app.get("/ping/:host", async (req, res, next) => {
  const { host } = req.params;
  let port = req.query.port || (port = defaults());
  if (!host) {
    return res.status(400).send("no host");
  } else if (/^[a-z]+$/.test(host)) {
    exec("ping " + host + " -p " + port, (error, out) => {
      if (error) throw new Error(`failed: ${error.message}`);
      res.send(out ? render(out) : null);
    });
  } else {
    next();
  }
  try {
    switch (req.body.kind) {
      case "a":
      case "b":
        eval(req.body.code);
        break;
      default:
        document.write(decode(location.hash));
    }
  } catch ({ message }) {
    console.error(message);
  } finally {
    done();
  }
  for (const key in req.query) store[key] = clean(req.query[key]);
  for (let i = 0, n = count(); i < n; i++) {
    step(i);
  }
  do { port--; } while (check(port));
});

module.exports = { app, shop: new Shop(), close() { return app.close(); } };
"""


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
def test_no_call_is_lost(language):
    assert lost_calls(PROGRAM, language) == []


@pytest.mark.parametrize("language", ["javascript", "tsx"])
def test_each_prefix_of_a_file_is_lowered(language):
    for end in range(0, len(PROGRAM), 5):
        assert lost_calls(PROGRAM[:end], language) == []


PIECES = [
    "(",
    ")",
    "[",
    "{",
    "}",
    ":",
    '"',
    "`",
    "${",
    "\n",
    "=",
    ",",
    "=>",
    "function f(",
    "class A {",
]
PIECES += [
    "(a) => {",
    "async ",
    "return ",
    "...",
    "?.",
    "<a>",
    "</",
    "\\",
    "\x00",
    "\udc80",
    "é",
    "case ",
]
change = st.tuples(st.integers(0, len(PROGRAM)), st.integers(0, 40), st.sampled_from(PIECES))
languages = st.sampled_from(["javascript", "typescript", "tsx"])


@settings(deadline=None, max_examples=150)
@given(st.lists(change, min_size=1, max_size=8), languages)
def test_whatever_is_typed_is_lowered(changes, language):
    text = PROGRAM
    for at, gone, piece in changes:
        text = text[:at] + piece + text[at + gone :]
    assert len(list(nodes(lowered(text, language)))) < 4 * len(text) + 4
    assert len(lost_calls(text, language)) <= 3


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.sampled_from([*PIECES, "x", "if ", "a.b", "1", "const "])).map("".join), languages
)
def test_any_row_of_tokens_is_lowered(text, language):
    tuple(nodes(lowered(text, language)))


LONG = {
    "a sum": "x = " + " + ".join(["a"] * 5_000),
    "a choice": " || ".join(["a"] * 5_000),
    "calls": "a" + ".b(1)" * 10_000,
    "assignments": "x = " + "a = " * 5_000 + "b",
    "conditions": "a ? b : " * 5_000 + "c",
    "a sequence": "a, " * 5_000 + "b",
    "branches": "if (a) { b }" + " else if (c) { d() }" * 3_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_chain_may_be_as_long_as_the_text(text):
    assert len(list(nodes(lowered(text, "javascript")))) >= 5_000
    assert lost_calls(text, "javascript") == []


DEEP = {
    "brackets": "(" * 3_000 + "a" + ")" * 3_000,
    "calls": "f(" * 3_000 + ")" * 3_000,
    "open calls": "f(" * 3_000,
    "functions": "function f() {" * 1_000,
    "arrows": "x = " + "a => " * 3_000 + "b",
    "open arrows": "(a) => {" * 1_000,
    "objects": "x = " + "{a: " * 3_000 + "1" + "}" * 3_000,
    "classes": "class A { m() { " * 1_000,
    "patterns": "const " + "{a: " * 2_000 + "b" + "}" * 2_000 + " = c",
    "templates": "`${" * 500 + "a",
    "elements": "x = " + "<a>" * 1_000 + "</a>" * 1_000,
    "negations": "!" * 3_000 + "a",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_is_nested_too_deep_is_cut_off(text):
    assert len(list(nodes(lowered(text, "javascript")))) < 10_000
