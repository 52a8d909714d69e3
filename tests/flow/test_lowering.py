"""What the lowerings of all languages promise alike."""

from __future__ import annotations

import pytest
from lowered import lower, nodes, parsed

from vetline_analyzers.flow import ir


@pytest.mark.parametrize(
    ("language", "before", "block"),
    [
        ("python", "x = 1\n", "if ü:\n    y = é(b, c.d)[1]"),
        ("javascript", "let x;\n", "if (ü) { y = é(b, c.d)[1]; }"),
    ],
)
def test_places_are_counted_in_bytes_from_the_start_of_the_block(language, before, block):
    tree, data = parsed(f"{before}{block}\n", language)
    node = tree.root_node.named_children[1]
    found = {
        type(one).__name__: data[node.start_byte :][one.start : one.end].decode()
        for one in nodes(lower(language)(node, data))
    }
    assert found["If"] == block
    assert found["Call"] == "é(b, c.d)"
    assert found["Attr"] == "c.d"
    assert found["Item"] == "é(b, c.d)[1]"
    assert found["Assign"] == "y = é(b, c.d)[1]"


@pytest.mark.parametrize(
    ("language", "text"),
    [("python", "class A:\n    def f(self): pass\n"), ("javascript", "class A { f() {} }")],
)
def test_a_member_knows_the_class_it_is_told(language, text):
    tree, data = parsed(text, language)
    method = tree.root_node.named_children[0].named_children[-1].named_children[0]
    (define,) = lower(language)(method, data, "A")
    assert isinstance(define, ir.Define)
    assert define.function.owner == "A"
