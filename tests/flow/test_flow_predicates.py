"""What the outcome of a function shows of the values it was given."""

from __future__ import annotations

import pytest
from flows import examined, facts_with, outcome

HEAD = """\
import re
from flask import request
"""


def paths(text, facts=None):
    """What becomes of a path."""
    return outcome(text, "path-from-request", *((facts,) if facts is not None else ()))


PREDICATES = [
    ("return bool(re.fullmatch('[a-z]+', s))", "return bool(re.fullmatch('.+', s))"),
    ("return re.fullmatch('[a-z]+', s) is not None", "return re.fullmatch('[a-z]+', s) is None"),
    ("return s in ('a', 'b')", "return s not in ('a', 'b')"),
    (
        "if s in ('a', 'b'):\n        return True\n    return False",
        "if s in ('a', 'b'):\n        return True\n    return s",
    ),
    (
        "if s not in ('a', 'b'):\n        return None\n    return 1",
        "if s not in ('a', 'b'):\n        print(s)\n    return 1",
    ),
    ("return len(s) < 9 and s.isalnum()", "return len(s) < 9 or s.isalnum()"),
    (
        "found = re.fullmatch('[a-z]+', s)\n    return not not found",
        "found = len(s)\n    return not not found",
    ),
]


@pytest.mark.parametrize(("good", "bad"), PREDICATES)
def test_functions_that_tell(good, bad):
    """What a function of the program, or of another file, says of a value holds where it says so."""
    start, ask = (
        f"{HEAD}\ndef told(s):\n    {{}}\n",
        "    if not told(x):\n        return\n    open(x)\n",
    )
    view = f"\ndef view():\n    x = request.args['x']\n{ask}"
    for body, expected in ((good, "nothing"), (bad, "traced")):
        assert paths(start.format(body) + view) == expected
        other = f"from other import told\nfrom flask import request\n{view}"
        assert paths(other, facts_with({"other": start.format(body)})) == expected


def test_the_first_of_several_values_tells():
    """`return False, "why"` is as good as `return False`."""
    start = f"{HEAD}\ndef told(s):\n    if {{}}:\n        return False, 'no'\n    return True, ''\n"
    view = "\ndef view():\n    x = request.args['x']\n    good, why = told(x)\n    if not good:\n        return why\n    open(x)\n"
    assert paths(start.format("s not in ('a', 'b')") + view) == "nothing"
    assert paths(start.format("len(s) > 9") + view) == "traced"


def test_a_function_tells_of_what_it_was_given_only():
    """Another value is as it was, and so is the same one where the answer was no."""
    start = f"{HEAD}\ndef told(s):\n    return s in ('a', 'b')\n\ndef view():\n    x, y = request.args['x'], request.args['y']\n"
    assert paths(f"{start}    if not told(x):\n        return\n    open(y)\n") == "traced"
    assert paths(f"{start}    if told(x):\n        return\n    open(x)\n") == "traced"
    assert paths(f"{start}    if told('a'):\n        open(x)\n") == "traced"


def test_functions_of_other_scripts():
    """However a script exports it."""
    view = "const { told } = require('./other'); app.get('/x', (req, res) => { if (!told(req.query.a)) return; db.query('select a from t order by ' + req.query.a); });\n"
    for text in (
        "exports.told = {}",
        "module.exports.told = {}",
        "const told = {}; module.exports = {{told}}",
    ):
        for told, expected in (
            ("(x) => /^[a-z]+$/.test(x)", False),
            ("(x) => /^.+$/.test(x)", True),
        ):
            facts = facts_with({"./other": f"{text.format(told)};\n"})
            found, _ = examined(view, facts=facts, language="javascript")
            assert any(f.rule == "javascript/sql-from-string" for f in found) is expected, text
