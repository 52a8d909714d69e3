"""What is remembered between two states of a text gives what looking afresh gives."""

from __future__ import annotations

import pytest
from flows import examined, facts_with
from hypothesis import given
from hypothesis import strategies as st

HEAD = "import os\nfrom flask import request, abort\nfrom helpers.db import quoted as q\n"
CHUNKS = [
    "TABLE = 'users'",
    "TABLE = make('x')",
    "LIMIT = 3",
    "name = request.args['n']",
    "os.system('ls ' + name)",
    "os.system('ls ' + make(name))",
    "def make(v):\n    return 'a' + v",
    "def make(v):\n    return 'a'",
    "def make(v):\n    return wrap(v)",
    "def wrap(v):\n    return v",
    "def wrap(v):\n    return str(int(v))",
    "def wrap(v):\n    if v not in ('a', 'b'):\n        raise ValueError\n    return v",
    "def run(c):\n    os.system('é ' + c)",
    "def run(c):\n    pass",
    "def view():\n    run(request.args['x'])",
    "def view():\n    run(make(request.args['x']))",
    "def view():\n    os.system('cat ' + TABLE)",
    "def view():\n    os.system('cat ' + q(request.args['x']))",
    "def find(cursor, n):\n    cursor.execute(f'SELECT a FROM {TABLE} WHERE b = {make(n)}')",
    "def find(cursor, n:\n    cursor.execute(f'SELECT a FROM t WHERE b = {n}')",
    "class Shop:\n    def get(self, n):\n        os.system('ls ' + self.made(n))\n\n    def made(self, n):\n        return n",
    "class Shop:\n    def get(self, n):\n        os.system('ls ' + self.made(n))\n\n    def made(self, n):\n        return 'x'",
    "class Shop:\n    def get(self, n):\n        os.system('ls ' + self.made(n))",
    "class Shop(View):\n    def get(self, n):\n        os.system('ls ' + self.made(n))",
    "class Other:\n    def get(self, n):\n        os.system('ls ' + self.made(n))\n\n    def made(self, n):\n        return 'x' + n",
    "class Third:\n    def get(self):\n        self.run(request.args['x'])\n\n    def run(self, c):\n        os.system('ls ' + c)",
    "class Fourth:\n    def run(self, c):\n        os.system('ls ' + c)\n\n    def get(self):\n        self.run(request.args['x'])",
    "def shops(n):\n    Shop().get(n)\n    os.system('ls ' + Shop().made(request.args['x']))",
    "if name:\n    def run(c):\n        os.system('in ' + c)",
]
INSERTED = ["x", " ", "\n", "'", "(", ")", "    ", "# é\n", "return ", "pass\n", "1", "_"]

texts = st.lists(st.sampled_from(CHUNKS), min_size=1, max_size=7).map(
    lambda chunks: HEAD + "\n\n".join(chunks) + "\n"
)


@given(st.lists(texts, min_size=2, max_size=4))
def test_other_chunks(states):
    memo = {}
    for text in states:
        assert examined(text, memo, FACTS) == examined(text, facts=FACTS)


@given(
    texts,
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(INSERTED)),
        min_size=1,
        max_size=4,
    ),
)
def test_edits(text, edits):
    memo = {}
    examined(text, memo, FACTS)
    for where, length, inserted in edits:
        at = int(where * len(text))
        text = text[:at] + inserted + text[at + length :]
        assert examined(text, memo, FACTS) == examined(text, facts=FACTS)


@given(st.lists(st.sampled_from(CHUNKS), min_size=2, max_size=7), st.randoms())
def test_reordered(chunks, chance):
    memo = {}
    for _ in range(3):
        chance.shuffle(chunks)
        text = HEAD + "\n\n".join(chunks) + "\n"
        assert examined(text, memo, FACTS) == examined(text, facts=FACTS)


FACTS = facts_with({"helpers.db": "def quoted(v):\n    return v\n"})

CHANGES = {
    "a method that another one calls": (
        "class A:\n    def get(self, n):\n        os.system('ls ' + self.made(n))\n\n    def made(self, n):\n        return {}\n",
        ("n", "'x'"),
    ),
    "a method that was not there": (
        "class A:\n    def get(self, n):\n        os.system('ls ' + self.made(n))\n{}",
        ("", "\n    def made(self, n):\n        return 'x'\n"),
    ),
    "the class above": (
        "from django.views import View\nclass A({}):\n    def get(self, r, n):\n        os.system('ls ' + n)\n",
        ("View", "Model"),
    ),
    "a function behind a variable of the module": (
        "def made():\n    return {}\nNAME = made()\ndef get():\n    os.system('ls ' + NAME)\n",
        ("'x'", "input()"),
    ),
    "a function two calls away": (
        "def one(n):\n    return two(n)\ndef two(n):\n    return {}\ndef get():\n    os.system('ls ' + one(input()))\n",
        ("n", "'x'"),
    ),
    "a method of the same text in another class": (
        "class A:\n    def get(self, n):\n        os.system('ls ' + n)\n{}",
        ("", "class B:\n    def get(self, n):\n        os.system('ls ' + n)\n"),
    ),
}


@pytest.mark.parametrize(("text", "changes"), CHANGES.values(), ids=CHANGES)
def test_a_change_elsewhere(text, changes):
    memo = {}
    for part in (*changes, changes[0]):
        state = HEAD + text.format(part)
        assert examined(state, memo) == examined(state)
    assert examined(HEAD + text.format(changes[0])) != examined(HEAD + text.format(changes[1]))


def test_the_project_around():
    text = "from own.names import made\nimport os\n\ndef get():\n    os.system('ls ' + made(input()))\n"
    memo = {}
    for facts in (
        facts_with({}),
        facts_with({"own.names": "def made(n):\n    return 'x'\n"}),
        facts_with({"own.names": "def made(n):\n    return n\n"}),
        facts_with({}, "own"),
    ):
        assert examined(text, memo, facts) == examined(text, facts=facts)


def test_nothing_is_kept_of_texts_that_are_gone():
    memo = {}
    for number in range(20):
        examined(HEAD + f"def view():\n    os.system('{number} ' + input())\n", memo)
    assert max(len(memo[name]) for name in ("flows", "lowered", "blocks")) < 10
