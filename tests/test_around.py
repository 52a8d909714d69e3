"""What rules ask of the surroundings of a place and of an expression's value."""

from __future__ import annotations

import pytest

from vetline_analyzers.core.text import Snapshot, apply
from vetline_analyzers.syntax import around, known, python, tree
from vetline_analyzers.syntax.rule import Hit
from vetline_analyzers.syntax.scope import Context, Scope


def hit(text, context=None):
    """The call of `here` in a text."""
    source = tree.parse(Snapshot("x", "python", 1, text), {})
    stack = [source.root]
    while stack:
        node = stack.pop()
        if node.type == "call" and source.read(node).startswith("here("):
            block = node
            while block.parent.parent is not None:
                block = block.parent
            return Hit(node, "here", Scope(source, python.DIALECT, context or Context(), block))
        stack += node.children
    raise AssertionError


@pytest.mark.parametrize(
    ("name", "secret", "password"),
    [
        ("resetToken", True, False),
        ("session['id']", True, False),
        ("NEW_PASSWORD", True, True),
        ("password_hash", True, False),
        ("monkey", False, False),
        ("compass", False, False),
        ("token_bucket", True, False),
    ],
)
def test_what_names_say(name, secret, password):
    assert around.is_secret(name) is secret
    assert around.is_password(name) is password


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('b"ab" * 8', "ab"),
        ("bytes(16)", "\0"),
        ("bytearray([1, 2])", "\0"),
        ('bytes.fromhex("00ff")', "00ff"),
        ('("a" + "b").encode()', "ab"),
        ("os.urandom(16)", None),
        ("[]", None),
        ("settings.KEY", None),
    ],
)
def test_constant_texts(expression, text):
    found = hit(f"def f():\n    x = {expression}\n    here(x)\n")
    assert known.fixed(found, found.argument(0)) == text


@pytest.mark.parametrize(
    ("expression", "number"),
    [("10_000", 10_000), ("2**14", 16_384), ("1 << 4", 16), ("n * 2", None), ("9 ** 9 ** 9", None)],
)
def test_constant_numbers(expression, number):
    found = hit(f"here({expression})\n")
    assert known.number(found, found.argument(0)) == number


def test_a_module_constant_is_known_by_its_text():
    found = hit("def f():\n    here(KEY)\n", Context({}, {"KEY": ("ab", "cd")}))
    assert known.fixed(found, found.argument(0)) == "abcd"


def test_purposes_come_nearest_first():
    found = hit("def make_token():\n    key = sign(salt=here(1))\n    return key\n")
    assert [tuple(part) for part in around.purposes(found)] == [
        ("salt", "keyword"),
        ("sign", "callee"),
        ("key", "target"),
        ("make_token", "function"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("here(a, verify=False)\n", "here(a)\n"),
        ("here(verify=False, b=1)\n", "here(b=1)\n"),
        ("here(\n    a,\n    verify=False,\n)\n", "here(\n    a,\n)\n"),
        ("here(verify=False)\n", "here()\n"),
    ],
)
def test_an_argument_goes_with_its_comma(before, after):
    found = hit(before)
    edit = around.without(found, found.keyword("verify").parent)
    assert apply(before, (edit,)) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("here()\n", "here(x=1)\n"),
        ("here(a,)\n", "here(a, x=1,)\n"),
        ("here(a)\n", "here(a, x=1)\n"),
    ],
)
def test_an_argument_is_added_at_the_end(before, after):
    assert apply(before, (around.extended(hit(before), "x=1"),)) == after


def test_an_import_is_put_before_the_statement_unless_it_is_there():
    text = "def f():\n    return here(1)\n"
    assert apply(text, around.importing(hit(text), "hmac")) == (
        "def f():\n    import hmac\n    return here(1)\n"
    )
    assert around.importing(hit(text, Context({"hmac": ("hmac",)})), "hmac") == ()
    assert around.importing(hit(text, Context({"hmac": ("mine",)})), "hmac") is None
