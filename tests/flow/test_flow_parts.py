"""What a test of one part of a value shows of the others, and what is seen of one text among many."""

from __future__ import annotations

import pytest
from flows import examined, outcome

TRACED, POSSIBLE, NOTHING = "traced", "possible", "nothing"
HEAD = """\
import os, shlex
from flask import request
ALLOWED = ['a', 'b']


def view(cursor, u):
    x = request.args['x']
"""
SINKS = {
    "sql-from-string": "cursor.execute('SELECT a FROM b WHERE c = ' + x)",
    "command-from-string": "os.system('ls ' + x)",
}

# A test of one part shows nothing of the others: what is done to one, and whether what is used is that one.
PARTS = [
    ("d = request.get_json()\nif d['a'] != 'list':\n    return\nx = d['b']", TRACED),
    ("d = request.get_json()\nif d.get('a') != 'list':\n    return\nx = d.get('b')", TRACED),
    ("d = request.form\nif not d['a'].isdigit():\n    return\nx = d['b']", TRACED),
    ("d = request.form\nint(d['a'])\nx = d['b']", TRACED),
    ("d = request.form\nif d['a']['c'] not in ALLOWED:\n    return\nx = d['a']['b']", TRACED),
    ("d = request.form\nif d[u] not in ALLOWED:\n    return\nx = d['b']", TRACED),
    ("d = request.form\nif d['b'] not in ALLOWED:\n    return\nx = d[u]", TRACED),
    ("for k, x in request.form.items():\n    if k not in ALLOWED:\n        return", TRACED),
    ("y, x = x.split(',')\nif y not in ALLOWED:\n    return", TRACED),
    ("if x.split(':')[0] not in ALLOWED:\n    return", TRACED),
    ("if x[0] != 'a':\n    return", TRACED),
    ("int(x[0])", TRACED),
    ("for y in x:\n    if y in ALLOWED:\n        break\nelse:\n    return", TRACED),
    ("match request.json:\n    case {'a': y, 'b': x}:\n        if y not in ALLOWED:\n            return", TRACED),
    ("d = request.get_json()\nif d['b'] != 'list':\n    return\nx = d['b']", NOTHING),
    ("d = request.get_json()\nif d.get('b') != 'list':\n    return\nx = d['b']", NOTHING),
    ("if request.args.get('b') not in ALLOWED:\n    return\nx = request.args.get('b')", NOTHING),
    ("d = request.form\nif not d['b'].isdigit():\n    return\nx = d['b']", NOTHING),
    ("d = request.form\nint(d['b'])\nx = d['b']", NOTHING),
    ("d = request.json\nif d['a'] not in ALLOWED:\n    return\nx = d['a']['b']", NOTHING),
    ("d = request.form\nif d[u] not in ALLOWED:\n    return\nx = d[u]", NOTHING),
    ("y, x = x.split(',')\nif x not in ALLOWED:\n    return", NOTHING),
    ("if x.split(':')[0] not in ALLOWED:\n    return\nx = x.split(':')[0]", NOTHING),
    ("if not x[1:-1].isalnum():\n    return", NOTHING),
]  # fmt: skip

# The same where properties of a body are meant.
PROPERTIES = [
    ("const {a, b} = req.body; if (a !== 'list') return;", TRACED),
    ("const d = req.body, b = d.b; if (d.a !== 'list') return;", TRACED),
    ("const d = req.body, b = d.b; if (typeof d.a !== 'number') return;", TRACED),
    ("let b; for (const [k, v] of Object.entries(req.body)) { b = v; if (k !== 'a') return; }", TRACED),
    ("const {a, b} = req.body; if (b !== 'list') return;", NOTHING),
    ("const d = req.body, b = d.b; if (d.b !== 'list') return;", NOTHING),
    ("const d = req.body, b = d.b; if (typeof d.b !== 'number') return;", NOTHING),
]  # fmt: skip


def after(code, rule="sql-from-string"):
    lines = f"{code}\n{SINKS[rule]}\n".splitlines()
    return outcome(HEAD + "".join(f"    {line}\n" for line in lines), rule)


@pytest.mark.parametrize(("code", "wanted"), PARTS)
def test_parts(code, wanted):
    assert after(code) == wanted


@pytest.mark.parametrize(("code", "wanted"), PROPERTIES)
def test_properties(code, wanted):
    text = f"""\
const cp = require('child_process'), app = require('express')();
app.post('/', (req, res) => {{ {code} cp.exec('ls ' + b); }});
"""
    found, why = examined(text, language="javascript")
    assert not why
    assert [f.tentative for f in found if "command" in f.rule] == [False] * (wanted is TRACED)


def test_a_model_is_a_container():
    head = "import os\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.post('/')\ndef f(m: M):\n"
    for tested, wanted in (("a", NOTHING), ("b", TRACED)):
        text = f"{head}    if m.{tested} == 'list':\n        os.system('ls ' + m.a)\n"
        assert outcome(text, "command-from-string") == wanted


@pytest.mark.parametrize("quoted", [3, 6, 7, 15, 16, 17, 40])
def test_a_raw_text_is_seen_among_many_quoted_ones(quoted):
    parts = [f"shlex.quote(request.args['{n}'])" for n in range(quoted)]
    assert after(f"x = {' + '.join(parts)}", "command-from-string") == NOTHING
    assert after(f"x = {' + '.join([*parts, 'x'])}", "command-from-string") == TRACED
    assert after(f"x = {' + '.join([*parts, 'u'])}", "command-from-string") == POSSIBLE


@pytest.mark.parametrize("count", [5, 7, 14, 15, 16, 17, 30])
def test_what_is_not_tested_is_seen_among_many_tested_ones(count):
    tests = "".join(
        f"x{n} = request.args['{n}']\nif x{n} not in ALLOWED:\n    return\n" for n in range(count)
    )
    made = " + ".join(f"x{n}" for n in range(count))
    assert after(f"{tests}x = {made} + x", "command-from-string") == TRACED
    if count < 16:  # more are not told apart
        assert after(f"{tests}x = {made}", "command-from-string") == NOTHING
    assert (
        after(f"x = {made} + x\n{tests}".replace("x = x0", "y = x0"), "command-from-string")
        == TRACED
    )
