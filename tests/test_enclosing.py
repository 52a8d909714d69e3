"""Regions: what a place of a text belongs to, by its tree, else by indentation."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vetline_analyzers.core.text import Snapshot, Span
from vetline_analyzers.syntax import enclosing
from vetline_analyzers.syntax.enclosing import named, region

PYTHON = '''\
import os
import sys

DEBUG = True
LEVEL = 2


@route(
    "/pay",
)
def pay(amount):
    def check():
        return amount > 0

    return check()


TABLE = {
    "a": 1,
}


class Cart:
    """Things."""

    size = 0

    @property
    def total(self):
        return 1
    # behind

    class Line:
        async def price(self):
            text = """
def fake():
    pass
"""
            return text


if DEBUG:
    def pay(amount):
        return 0
'''

JAVASCRIPT = """\
import express from "express";
const app = express();
const port = 1;

export const pay = async (amount) => {
  return amount;
};

export default class Cart {
  total() {
    return 1;
  }
  add = (line) => {
    return line;
  };
}

exports.refund = function () {
  return 0;
};

app.get("/a", (request, answer) => {
  answer.send(1);
});
app.get("/b", (request, answer) => {
  answer.send(2);
});
app.listen(port);
"""

TYPESCRIPT = """\
@Injectable()
export class Orders {
  @Get("/x")
  // who may
  list(): string[] {
    return [];
  }
}

abstract class Base {}
"""


def snap(text: str, language: str = "python") -> Snapshot:
    return Snapshot("", language, 0, text)


def at(text: str, word: str, language: str = "python") -> tuple[str, int, int]:
    """The region around a word: its symbol, and its first and last line."""
    snapshot = snap(text, language)
    start = text.index(word)
    found = region(snapshot, Span(start, start + len(word)))
    assert found.span.start in snapshot.line_starts
    first, last = (snapshot.position(offset).line + 1 for offset in found.span)
    return found.symbol, first, last


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("import sys", ("", 1, 2)),
        ("LEVEL", ("", 4, 5)),
        ("/pay", ("pay", 8, 15)),
        ("amount > 0", ("pay.check", 12, 13)),
        ("return check()", ("pay", 8, 15)),
        ('"a": 1', ("", 18, 20)),
        ("Things", ("Cart", 23, 39)),
        ("property", ("Cart.total", 28, 30)),
        ("def fake", ("Cart.Line.price", 34, 39)),
        ("if DEBUG", ("", 42, 44)),
        ("return 0", ("pay", 43, 44)),
    ],
)
def test_python(word, expected):
    assert at(PYTHON, word) == expected


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("import", ("", 1, 1)),
        ("express()", ("", 2, 3)),
        ("async", ("pay", 5, 7)),
        ("return 1", ("Cart.total", 10, 12)),
        ("return line", ("Cart.add", 13, 15)),
        ("default", ("Cart", 9, 16)),
        ("return 0", ("exports.refund", 18, 20)),
        ("send(1)", ("", 22, 24)),
        ("/b", ("", 25, 27)),
        ("app.listen", ("", 28, 28)),
    ],
)
def test_javascript_and_its_relatives(word, expected, language):
    assert at(JAVASCRIPT, word, language) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Injectable", ("Orders", 1, 8)),
        ("Get", ("Orders.list", 3, 7)),
        ("[]", ("Orders.list", 3, 7)),
        ("abstract", ("Base", 10, 10)),
    ],
)
def test_decorators_belong_to_what_they_decorate(word, expected):
    assert at(TYPESCRIPT, word, "typescript") == expected


def test_a_stretch_over_several_things_is_its_lines():
    snapshot = snap(PYTHON)
    over = Span(PYTHON.index("LEVEL"), PYTHON.index("def check"))
    found = region(snapshot, over)
    assert found.symbol == ""
    assert snapshot.slice(found.span).startswith("LEVEL")
    assert snapshot.slice(found.span).endswith("def check():")


def test_methods_together_are_their_class():
    over = Span(PYTHON.index("def total"), PYTHON.index("async def"))
    assert region(snap(PYTHON), over).symbol == "Cart"


def test_a_name_that_is_defined_twice_is_found_twice():
    snapshot = snap(PYTHON)
    found = named(snapshot, "pay")
    assert [snapshot.position(one.span.start).line + 1 for one in found] == [8, 43]
    assert [one.symbol for one in named(snapshot, "Cart.Line.price")] == ["Cart.Line.price"]
    assert named(snapshot, "fake") == []
    assert named(snapshot, "") == []


@pytest.mark.parametrize(
    ("language", "text", "word", "expected"),
    [
        ("yaml", "a:\n  b: 1\n  c:\n    d: 2\ne: 3\n", "d: 2", (3, 4)),
        ("yaml", "a:\n  b: 1\n  c:\n    d: 2\ne: 3\n", "b: 1", (1, 4)),
        ("yaml", "a:\n  b: 1\ne: 3\n", "e: 3", (3, 3)),
        ("json", '{\n  "a": {\n    "b": 1\n  },\n  "c": 2\n}\n', '"b"', (2, 4)),
        ("dockerfile", "FROM x\nRUN a \\\n    && b\nCMD c\n", "RUN", (2, 3)),
        ("dockerfile", "FROM x\nRUN a \\\n    && b\nCMD c\n", "&&", (2, 3)),
        ("text", "\n\n", "\n", (1, 1)),
        ("text", "", "", (1, 1)),
    ],
)
def test_without_functions_it_is_what_stands_under_one_head(language, text, word, expected):
    assert at(text, word, language) == ("", *expected)


def test_a_block_of_terraform_goes_by_its_name():
    text = 'resource "aws_s3" "logs" {\n  x = 1\n\n  y = 2\n}\nz = 3\n'
    assert at(text, "y = 2", "terraform") == ("logs", 1, 5)
    assert at(text, "z = 3", "terraform") == ("", 6, 6)


@pytest.mark.parametrize("broken", ["x = (\n", "def (:\n", "}\n"])
def test_where_the_text_does_not_parse_indentation_tells_the_same(broken):
    text = PYTHON + "\n\n" + broken
    assert snap(text).text.startswith(PYTHON)
    for word, expected in (
        ("/pay", ("pay", 8, 15)),
        ("amount > 0", ("pay.check", 12, 13)),
        ("property", ("Cart.total", 28, 30)),
        ("def fake", ("Cart.Line.price", 34, 39)),
    ):
        assert at(text, word) == expected


def test_deep_and_long_texts_come_to_an_end():
    deep = "(" * 50_000
    assert at(f"def f():\n    x = {deep}\n", "x =")[0] == "f"
    nested = "".join(f"{' ' * level}def f{level}():\n" for level in range(300))
    assert at(nested + " " * 300 + "x = 1\n", "x = 1")[0].endswith("f298.f299")


NAMES = st.sampled_from(["alpha", "beta", "gamma"])


def _block(body: str) -> str:
    return textwrap.indent(body, "    ")


STATEMENTS = st.one_of(
    st.sampled_from(
        [
            "x = 1\n",
            "call(\n    1,\n)\n",
            "if x:\n    y = 2\nelse:\n    y = 3\n",
            "\nz = 'def q():'\n",
        ]
    )
)
DEFINITIONS = st.recursive(
    st.lists(STATEMENTS, min_size=1, max_size=3).map("".join),
    lambda inner: st.lists(
        st.one_of(
            STATEMENTS,
            st.builds("def {}(a):\n{}".format, NAMES, inner.map(_block)),
            st.builds(
                "@deco\n@other(\n    1\n)\nasync def {}():\n{}".format, NAMES, inner.map(_block)
            ),
            st.builds("class {}(Base):\n{}".format, NAMES, inner.map(_block)),
        ),
        min_size=1,
        max_size=4,
    ).map("\n".join),
    max_leaves=8,
)


@given(DEFINITIONS)
@settings(max_examples=100, deadline=None)
def test_tree_and_indentation_agree_on_functions_and_classes(text):
    compile(text, "x", "exec")  # the test's own texts are Python
    tree = enclosing._outline("python", text)
    assert enclosing._by_indentation(snap(text)).definitions == tree.definitions


@given(st.text("a(){}:\n\r\t #\"'=>@\u2028", max_size=80), st.integers(0, 80), st.integers(0, 80))
@settings(max_examples=300, deadline=None)
def test_every_stretch_of_every_text_has_a_region_of_whole_lines_around_it(text, one, other):
    for language in ("python", "javascript", "yaml", "text"):
        snapshot = snap(text, language)
        start, end = sorted((min(one, len(text)), min(other, len(text))))
        found = region(snapshot, Span(start, end))
        assert found.span.start <= start
        assert end - 1 <= found.span.end or text[found.span.end : end].strip("\r\n") == ""
        assert found.span.start in snapshot.line_starts
        if found.symbol:
            assert found in named(snapshot, found.symbol)
