"""What a safe fix leaves behind: a text that parses, without the finding, and otherwise the same."""

from __future__ import annotations

import ast
import sysconfig
import tokenize
from collections import Counter
from difflib import SequenceMatcher
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
# A sample of what the interpreter comes with; its start of processes asserts what it was called with.
REAL = sorted({*sorted(LIBRARY.glob("*/*.py"))[::15], *(LIBRARY / "multiprocessing").glob("*.py")})


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
RULES = {rule.id: rule for analyzer in ASKED for rule in analyzer.rules()}
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
    assert len(own) == len(unsafe), "a finding is left, or one that was not mended is gone"
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
    steps = SequenceMatcher(None, statements(before), statements(after), autojunk=False)
    changes = [step for step in steps.get_opcodes() if step[0] != "equal"]
    assert not [step for step in changes if step[0] == "insert"]
    assert sum(max(a - b, c - d) for _, b, a, d, c in changes) <= most


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


def indented(*lines):
    return "def f(a, b, user, items):\n" + "".join(f"    {line}\n" for line in lines)


def step(run, runner="ubuntu-latest"):
    return f"""\
on: issues
jobs:
  a:
    runs-on: {runner}
    steps:
      - run: |
          {run}
"""


TITLE = "${{ github.event.issue.title }}"
CHANGING = [
    # Somebody else's meaning of a name would be taken for the module.
    ("python/outdated-api", "import pipes\ndef f(shlex):\n    return pipes.quote(shlex)\n"),
    ("python/outdated-api", "import pipes, shlex\ndef f(shlex):\n    return pipes.quote(shlex)\n"),
    ("python/outdated-api", "import pipes\nshlex = other\ny = pipes.quote(x)\n"),
    (
        "python/timing-comparison",
        "import hashlib as h\n"
        + indented("hmac = 1", "return h.sha256(a).digest() == h.sha256(b).digest()"),
    ),
    # What was chosen or stored would no longer be read.
    ("python/outdated-api", "import cgi\ndef f(x):\n    return json.loads(cgi.escape(x))\n"),
    ("python/torch-load", "import torch\nm = torch.load(p)\n"),
    ("python/torch-load", "import torch\nm.load_state_dict(torch.load(p, pickle_module=dill))\n"),
    ("python/torch-load", "import torch\nm.load_state_dict(torch.load(p, None, dill))\n"),
    ("python/unsafe-yaml-load", "import yaml\nx = yaml.load(t, Loader=yaml.Loader)\n"),
    (
        "python/unsafe-yaml-load",
        "import yaml\n" + indented("yaml.add_constructor('!env', a)", "return yaml.load(b)"),
    ),
    ("python/archive-extract-all", "import tarfile\ntarfile.open(p).extractall(to)\n"),
    ("javascript/gcm-tag-length", 'const d = crypto.createDecipheriv("aes-256-gcm", key, iv);\n'),
    # A series is repeated on purpose.
    ("python/weak-random", "import random\nvalue = random.random()\n"),
    (
        "python/weak-random",
        "import random\n"
        + indented("random.seed(42)", "token = random.getrandbits(64)", "return token"),
    ),
    # The last round does something before it fails, or does not fail.
    (
        "python/index-past-end",
        indented(
            "i = 0",
            "while i <= len(items):",
            "    if a(i): return 1",
            "    b(items[i])",
            "    i += 1",
        ),
    ),
    (
        "python/index-past-end",
        indented("# i = 0", "i = b", "while i <= len(items):", "    items[i] += 1", "    i += 1"),
    ),
    (
        "python/index-past-end",
        indented(
            "i = 0",
            "while i <= len(items):",
            "    items[i] = a",
            "    print(items[i])",
            "    i += 1",
        ),
    ),
    (
        "python/index-past-end",
        indented(
            "try:",
            "    i = 0",
            "    while i <= len(items):",
            "        items[i] += 1",
            "        i += 1",
            "except IndexError:",
            "    return i",
        ),
    ),
    (
        "python/index-past-end",
        indented("i = 0", "i -= 2", "while i <= len(items):", "    items[i] += 1", "    i += 1"),
    ),
    (
        "python/index-past-end",
        indented("with a:", "    i = 0", "    while i <= len(items):", "        items[i] += 1"),
    ),
    # It is no text, or no number.
    ("javascript/deprecated-buffer", 'x = new Buffer(a + "*" + b);\n'),
    ("javascript/deprecated-buffer", 'x = new Buffer(size, "utf8");\n'),
    ("javascript/buffer-no-assert", "x = packet.readUInt8(at, true);\n"),
    (
        "javascript/insecure-random",
        'import crypto from "crypto";\nfunction f(crypto) {\n  return { token: Math.random() };\n}\n',
    ),
    ("javascript/format-string", "console.log(`100 % of ${a}`, b);\n"),
    # A shell says that a program is missing; some words are built into it.
    ("python/needless-shell", 'import subprocess\nsubprocess.call("git status", shell=True)\n'),
    ("python/needless-shell", 'import subprocess\nsubprocess.call("echo hi", shell=True)\n'),
    (
        "python/cleartext-url",
        'import requests\nrequests.get("http://github.com.a.io/x", timeout=1)\n',
    ),
    # It may be another shell's, or be read again as code.
    ("github-actions/script-injection", step(f'echo "{TITLE}"', "windows-latest")),
    ("github-actions/script-injection", step(f"echo '{TITLE}'")),
    ("github-actions/script-injection", step(f'bash -c "echo {TITLE}"')),
    ("github-actions/script-injection", step(f'cat <<E\n          echo "{TITLE}"\n          E')),
    ("github-actions/script-injection", step(f'ISSUE_TITLE=x\n          echo "{TITLE}"')),
    # Other people use what is switched.
    ("python/flask-debug", "from flask import Flask\napp = Flask('x')\napp.run(debug=True)\n"),
    ("python/uuid-as-token", "import uuid\nuser.reset_token = str(uuid.uuid1())\n"),
    (
        "terraform/key-not-rotated",
        'resource "aws_kms_key" "a" {\n  enable_key_rotation = false\n}\n',
    ),
    ("terraform/logging-off", 'resource "aws_guardduty_detector" "a" {\n  enable = false\n}\n'),
    (
        "terraform/plain-http",
        'resource "x" "a" {\n  b {\n    viewer_protocol_policy = "allow-all"\n  }\n}\n',
    ),
]


@pytest.mark.parametrize(("name", "text"), CHANGING)
def test_what_may_change_a_meaning_is_not_safe(name, text):
    rule = RULES[name]
    found = [f for f in findings(example(text, rule.language, rule.path)) if f.rule == name]
    assert found
    assert not any(f.fix and f.fix.safe for f in found)


HUSH = "urllib3.disable_warnings()"
KEEPING = [
    ("import urllib3\nif a: " + HUSH + "\n", "import urllib3\nif a: pass\n"),
    ("import urllib3\nx(); " + HUSH + "; y()\n", "import urllib3\nx(); pass; y()\n"),
    (indented("a(); " + HUSH + "; b()"), indented("a(); b()")),
    (indented("# it is", HUSH, "b()"), indented("# it is", "b()")),
    (indented(HUSH + "  # why", "b()"), indented("pass  # why", "b()")),
    (indented("assert user.is_admin; b()"), indented("assert user.is_admin; b()")),
    (indented("assert not user.is_admin"), indented("if user.is_admin:", "    raise AssertionError")),
    (
        indented("assert user.is_admin or a, \\", "    (1, 2)  # why"),
        indented("if not (user.is_admin or a):", "    raise AssertionError((1, 2))  # why"),
    ),
    (
        "def f(user):\n\tassert user.is_admin\n",
        "def f(user):\n\tif not user.is_admin:\n\t\traise AssertionError\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), KEEPING)
def test_a_statement_gives_way_to_what_fits(before, after):
    assert all_mended(example(before, "python")) == after


def test_two_values_of_one_line_are_both_handed_over():
    body = "${{ github.event.issue.body }}"
    before = step(f'echo "{TITLE} {body} {TITLE}"').replace("|\n          ", "")
    after = all_mended(example(before, "yaml", ".github/workflows/ci.yml"))
    assert 'run: echo "${ISSUE_TITLE} ${ISSUE_BODY} ${ISSUE_TITLE}"' in after
    assert after.count("env:") == after.count(TITLE) == after.count(body) == 1
