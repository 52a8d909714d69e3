"""The rules for JavaScript on excerpts that do not parse, on near misses, and on hostile texts."""

from __future__ import annotations

import time

import pytest

from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.patterns import rules
from vetline_analyzers.syntax.rule import PatternRule

JAVASCRIPT = [
    rule for rule in rules() if isinstance(rule, PatternRule) and rule.id.startswith("javascript/")
]
# What stands around code that somebody is in the middle of writing.
EXCERPTS = {
    "ends in the middle": "{}\nfunction next(a, {{\n  if (b",
    "begins in the middle": "  }});\n  return x;\n}},\n\n{}",
    "a member of an object": "  name: 'x',\n  run: function () {{\n{}  }},\n  other: function () {{\n",
}


def found(text, language="javascript"):
    """The ids of the rules that find something, and whether it is tentative."""
    snapshot = Snapshot("file:///example", language, 1, text)
    analysis = engine.examine(snapshot, Facts(), [engine.analyzers()["patterns"]])
    assert not [f for f in analysis.failures if " failed (" in f.reason], analysis.failures
    return {finding.rule: finding.tentative for finding in analysis.findings}


@pytest.mark.parametrize("excerpt", EXCERPTS.values(), ids=EXCERPTS)
@pytest.mark.parametrize("rule", JAVASCRIPT, ids=lambda rule: rule.id)
def test_a_fault_is_found_in_an_excerpt_that_does_not_parse(rule, excerpt):
    text = rule.bad[0]
    lines = text.splitlines(keepends=True)
    imports = [line for line in lines if line.startswith("import ") or "= require(" in line]
    rest = [line for line in lines if line not in imports]
    if "class " in text or len(rest) == 0:
        pytest.skip("there is nothing but the import")
    assert rule.id in found("".join(imports) + excerpt.format("".join(rest)))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("const h = createHash('md5').update(password);\n", "javascript/weak-hash"),
        ("const t = jwt.sign({ id }, 'letmein', { expiresIn: 1 });\n", "javascript/hardcoded-key"),
        ("const x = CryptoJS.DES.encrypt(text, key);\n", "javascript/weak-cipher"),
        (
            "app.use(session({ secret: 'abc', cookie: { secure: false } }));\n",
            "javascript/cookie-without-flags",
        ),
        (
            "const { createHmac } = crypto;\nf(createHmac('sha256', 'letmein'));\n",
            "javascript/hardcoded-key",
        ),
    ],
)
def test_a_name_that_cannot_be_mistaken_needs_no_import(text, rule):
    assert rule in found(text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        # The name says what the number is for.
        ("const delay = Math.floor(Math.random() * 100000);\n", "javascript/insecure-random"),
        # A literal that the function around holds.
        (
            "function f() {\n  const code = `a = 1`;\n  return () => eval(code);\n}\n",
            "javascript/dynamic-code",
        ),
        # A page that speaks to itself, and a worker.
        ("worker.postMessage(token, [buffer]);\n", "javascript/post-message-any-target"),
        # Files of a folder are no entries of an archive.
        (
            "for (const entry of await readdir(from)) await copy(path.join(to, entry.name));\n",
            "javascript/zip-slip",
        ),
        # A program's help is no page.
        ("const usage = `npm ${name} <command>`;\n", "javascript/html-in-string"),
        # Numbers lead nowhere near a prototype.
        (
            "function at(tree, path) {\n  for (const index of path) {\n    tree = tree[index];\n  }\n  tree[0] = 1;\n}\n",
            "javascript/prototype-pollution",
        ),
        # Older releases are served too.
        (
            "const make = (size) => Buffer.alloc ? Buffer.alloc(size) : new Buffer(size);\n",
            "javascript/deprecated-buffer",
        ),
        # The start of a jQuery page is a function, whatever it holds.
        ("$(function () { show(location.hash); });\n", "javascript/jquery-html"),
    ],
)
def test_a_near_miss_is_left_alone(text, rule):
    assert rule not in found(text)


def test_what_is_put_together_of_settings_is_only_tentative():
    mine = "$box.append('<b>' + options.title + '</b>');\n"
    theirs = "$box.append('<b>' + comment.title + '</b>');\n"
    assert found(mine)["javascript/jquery-html"]
    assert not found(theirs)["javascript/jquery-html"]


def test_a_name_is_looked_up_in_the_functions_around():
    inside = (
        "function f() {{\n  const key = {};\n  return () => crypto.createHmac('sha256', key);\n}}\n"
    )
    assert "javascript/hardcoded-key" in found(inside.format("'letmein'"))
    assert "javascript/hardcoded-key" not in found(inside.format("load()"))
    shadowed = "function f() {\n  const key = 'letmein';\n  return (key) => crypto.createHmac('sha256', key);\n}\n"
    assert "javascript/hardcoded-key" not in found(shadowed)


@pytest.mark.parametrize(
    "text",
    [
        "const x = " + " && ".join(f"token{n} === process.env.SECRET_{n}" for n in range(3000)),
        "const x = " + " + ".join(f"Math.random() * {n}" for n in range(3000)),
        "x" + '.replace("<", "")' * 2000,
        "const o = {" + '"Access-Control-Allow-Origin": req.headers.origin, ' * 2000 + "};",
        "function f() {" + "(() => {" * 400 + "jwt.sign({}, k);" * 200 + "})();" * 400 + "}",
    ],
    ids=["comparisons", "sums", "chain", "pairs", "closures"],
)
def test_a_hostile_text_ends_soon(text):
    start = time.process_time()
    found(text)
    assert time.process_time() - start < 4  # seconds; an hour when it grows with the square


@pytest.mark.parametrize(
    "binding",
    [
        "const fs = require('fs').promises;",
        "const { promises: fs } = require('fs');",
        "import { promises as fs } from 'fs';",
        "import fs from 'fs/promises';",
        "import * as fs from 'node:fs/promises';",
    ],
)
def test_a_part_of_a_module_may_have_the_modules_name(binding):
    text = (
        "\napp.get('/f', async (req, res) => res.send(await fs.readFile('/srv/' + req.query.n)));\n"
    )
    assert found(binding + text) == {"javascript/path-from-request": False}
