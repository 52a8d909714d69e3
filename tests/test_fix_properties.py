"""What a safe fix leaves behind: a text that parses, without the finding, and otherwise the same."""

from __future__ import annotations

import ast
import sysconfig
import tokenize
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetline_analyzers import engine
from vetline_analyzers.core.analyzer import Facts
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.engine.mending import errors, mend

ASKED = [engine.analyzers()[name] for name in ("patterns", "configuration", "hidden_text")]
LEAST = 30  # rules with a safe fix
HOSTS = sorted(Path(__file__).parents[1].glob("server/vetline/*.py"))
LIBRARY = Path(sysconfig.get_path("stdlib"))
# A sample of what the interpreter comes with; its e-mails are where it draws weak numbers.
REAL = sorted({*sorted(LIBRARY.glob("*/*.py"))[::15], *(LIBRARY / "email").glob("*.py")})


def findings(snapshot):
    """What is found, also what stricter readers are shown."""
    return engine.conclude(snapshot, engine.examine(snapshot, Facts(), ASKED).findings)


def fixable(snapshot):
    """The findings with a safe fix that nobody suppressed."""
    return [f for f in findings(snapshot) if f.fix and f.fix.safe and f.suppression is None]


def example(text, language, path=""):
    return Snapshot("file:///example", language, 1, text, path)


def counted(snapshot):
    return Counter(finding.rule for finding in findings(snapshot))


SAFE = [
    (rule, text)
    for analyzer in ASKED
    for rule in analyzer.rules()
    for text in rule.bad
    if any(f.rule == rule.id for f in fixable(example(text, rule.language, rule.path)))
]
PYTHON = [(rule, text) for rule, text in SAFE if rule.id.startswith("python/")]
each = pytest.mark.parametrize(
    ("rule", "text"), SAFE, ids=[f"{rule.id}-{number}" for number, (rule, _) in enumerate(SAFE)]
)


def all_mended(snapshot):
    """The text with every safe fix in it, in as many rounds as it takes."""
    for _ in range(9):
        fixes = [finding.fix for finding in fixable(snapshot)]
        if not fixes:
            return snapshot.text
        mended = mend(snapshot, fixes)
        assert mended.done, "nothing is mended, and it is still to be"
        assert not mended.spoiling
        snapshot = example(mended.text, snapshot.language, snapshot.path)
    raise AssertionError("the fixes come to no end")


def test_thirty_rules_have_a_safe_fix():
    assert len({rule.id for rule, _ in SAFE}) >= LEAST


@each
def test_an_example_is_mended_in_one_go_and_for_good(rule, text):
    before = example(text, rule.language, rule.path)
    after = example(all_mended(before), rule.language, rule.path)
    assert errors(after, after.text) <= errors(before, text)
    own = [f for f in findings(after) if f.rule == rule.id]
    unsafe = [f for f in findings(before) if f.rule == rule.id and not (f.fix and f.fix.safe)]
    assert len(own) <= len(unsafe)
    assert counted(after) <= counted(before), "a fix brings a finding"


@each
def test_line_ends_stay_as_they_are(rule, text):
    windows = text.replace("\n", "\r\n")
    mended = all_mended(example(windows, rule.language, rule.path))
    assert "\r\n" in mended or "\n" not in mended
    assert mended.replace("\r\n", "\n") == all_mended(example(text, rule.language, rule.path))


def comments(text):
    """The comments of a Python text, in their order."""
    tokens = tokenize.generate_tokens(StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def statements(text):
    """The statements of a Python module, imports apart, each as a tree without places."""
    return [
        ast.dump(node)
        for node in ast.parse(text).body
        if not isinstance(node, (ast.Import, ast.ImportFrom))
    ]


def untouched(before, after, most):
    """Whether all but `most` statements and every comment are what they were."""
    assert comments(before) == comments(after)
    old, new = statements(before), statements(after)
    assert len(old) == len(new)
    changed = sum(1 for one, two in zip(old, new, strict=True) if one != two)
    assert changed <= most


@given(
    st.sampled_from(HOSTS),
    st.sampled_from(PYTHON),
    st.integers(0, 50),
    st.sampled_from(["", "    "]),
    st.booleans(),
)
def test_a_file_around_an_example_stays_as_it_is(host, case, at, indent, remark):
    _, text = case
    around = host.read_text("utf-8")
    nodes = [n for n in ast.parse(around).body[1:] if not isinstance(n, ast.ImportFrom)] or [None]
    node = nodes[at % len(nodes)]
    lines = around.splitlines(keepends=True)
    line = node.end_lineno if node else len(lines)
    body = [indent + part if part.strip() else part for part in text.splitlines(keepends=True)]
    if indent:
        if "import *" in text or '"""' in text or "__future__" in text:
            return
        body.insert(0, "def taken_from_elsewhere():\n")
    if remark:
        body.append(indent + "# as it was\n")
    whole = "".join([*lines[:line], "\n", *body, "\n", *lines[line:]])
    try:
        ast.parse(whole)
    except SyntaxError:
        return
    snapshot = example(whole, "python", host.name)
    found = fixable(snapshot)
    after = all_mended(snapshot)
    untouched(whole, after, len(found))
    assert counted(example(after, "python", host.name)) <= counted(snapshot)


def test_real_files_are_mended_where_they_are_at_fault_only():
    mended = 0
    for path in REAL:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        snapshot = example(text, "python", path.name)
        found = fixable(snapshot)
        if not found:
            continue
        after = all_mended(snapshot)
        assert counted(example(after, "python", path.name)) <= counted(snapshot), path
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            continue  # what the interpreter itself refuses proves nothing more
        untouched(text, after, len(found))
        mended += len(found)
    assert mended > 0
