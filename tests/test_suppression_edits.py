"""Where a suppression comment can be put, and where text only looks like one."""

from __future__ import annotations

import pytest

from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.finding import Confidence, Finding, Severity
from vetline_analyzers.core.text import Snapshot, Span, apply
from vetline_analyzers.engine import suppression
from vetline_analyzers.languages import of_path

RULE = "javascript/dynamic-code"


def at(text: str, path: str) -> tuple[Snapshot, Finding]:
    """A finding on the first "X" of a text."""
    start = text.index("X")
    return Snapshot("u", of_path(path).name, 0, text, path), Finding(
        rule=RULE,
        span=Span(start, start + 1),
        message="m",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        analyzer="patterns",
    )


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "f(X)\n", f'f(X)  # vetline: allow[{RULE}] reason=""\n'),
        ("a.py", "  f(X, \\\n y)\n", f'  # vetline: allow[{RULE}] reason=""\n  f(X, \\\n y)\n'),
        ("a.py", "f(X, '''\n''')\n", f"# vetline: allow[{RULE}] reason=\"\"\nf(X, '''\n''')\n"),
        ("a.py", "'''\nX\n'''\n", None),
        ("a.js", "f(X)\n", f'f(X)  // vetline: allow[{RULE}] reason=""\n'),
        ("a.js", "f(X, `\n`)\n", f'// vetline: allow[{RULE}] reason=""\nf(X, `\n`)\n'),
        ("a.jsx", "<p html={X}></p>\n", None),
        ("a.tsx", "  {X}\n", None),
        ("a.sql", "X\n", f'X  -- vetline: allow[{RULE}] reason=""\n'),
        ("a.sh", "X\n", f'X  # vetline: allow[{RULE}] reason=""\n'),
        ("Dockerfile", "ENV A=X\n", None),
        ("a.yaml", "a: |\n  X\n", None),
        ("a.ini", "k = X\n", None),
        ("a.md", "```py\nX\n```\n", None),
        ("a.json", '{"a": "X"}\n', None),
    ],
)
def test_a_suppression_is_put_only_where_it_is_a_comment(path, text, expected):
    edit = suppression.comment(*at(text, path))
    assert (apply(text, [edit]) if edit else None) == expected


@pytest.mark.parametrize(
    ("path", "line", "silenced"),
    [
        ("a.js", 'eval(d); // vetline: allow[{}] reason="x"', True),
        ("a.js", 'eval(d); /* vetline: allow[{}] reason="x" */', True),
        ("a.js", "const s = '// vetline: allow[{}] reason=\"x\"'; eval(d);", False),
        ("a.js", 'const s = `\n// vetline: allow[{}] reason="x"\n`; eval(d);', False),
        ("a.jsx", 'x = <p>{{/* vetline: allow[{}] reason="x" */ eval(d)}}</p>', True),
    ],
)
def test_in_javascript_a_suppression_stands_in_a_comment(path, line, silenced):
    text = line.format(RULE) + "\n"
    snapshot = Snapshot("u", of_path(path).name, 0, text, path)
    analysis = engine.examine(snapshot, Facts(), [engine.analyzers()["patterns"]])
    found = [f for f in engine.conclude(snapshot, analysis.findings) if f.rule == RULE]
    assert [bool(f.suppression) for f in found] == [silenced]
