"""A loop that goes one element too far."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import wide_text
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_WHILE = re.compile(r"\s*(\w+)\s*<=\s*len\(\s*([\w.]+)\s*\)\s*")
_NEAR = 20  # statements before a loop that are looked at
# Of what is in these not everything is done each time.
_PERHAPS = frozenset(
    {"boolean_operator", "conditional_expression", "lambda", "comparison_operator", "call"}
    | {
        "list_comprehension",
        "set_comprehension",
        "dictionary_comprehension",
        "generator_expression",
    }
)
_RANGE = re.compile(r"range\(\s*(?:\d+\s*,\s*)?len\(\s*([\w.]+)\s*\)\s*\+\s*1\s*\)")


def _check(hit: Hit) -> Report | None:
    body = hit.node.child_by_field_name("body")
    if body is None:
        return None
    if hit.node.type == "while_statement":
        condition = hit.node.child_by_field_name("condition")
        found = _WHILE.fullmatch(hit.text(condition)) if condition is not None else None
        if (
            condition is None
            or found is None
            or not _indexed(wide_text(hit, body), found[2], found[1])
        ):
            return None
        edit = hit.edit(condition, hit.text(condition).replace("<=", "<"))
        fails = _from_zero(hit, found[1]) and _at_once(hit, body, f"{found[2]}[{found[1]}]")
        fix = Fix("Stop before the end", (edit,), safe=fails)
        return Report(_message(found[2], found[1]), condition, fix=fix)
    left, right = hit.node.child_by_field_name("left"), hit.node.child_by_field_name("right")
    found = _RANGE.fullmatch(hit.text(right)) if right is not None else None
    if (
        left is None
        or found is None
        or not _indexed(wide_text(hit, body), found[1], hit.text(left))
    ):
        return None
    return Report(_message(found[1], hit.text(left)), right)


def _indexed(body: str, name: str, index: str) -> bool:
    used = re.search(rf"(?<![\w.]){re.escape(name)}\[\s*{re.escape(index)}\s*\]", body)
    checked = re.search(
        rf"\b{re.escape(index)}\b\s*(?:<|==|!=|>=)|IndexError|{re.escape(name)}\.append", body
    )
    return used is not None and checked is None


def _from_zero(hit: Hit, index: str) -> bool:
    """Whether the loop visibly starts at 0, so that nothing has the number it ends with."""
    before = hit.node.prev_named_sibling if hit.node != hit.scope.block else None
    for _ in range(_NEAR):
        if before is None or before.type not in {"expression_statement", "comment"}:
            break
        assigned = before.named_children[0] if before.named_child_count else None
        found = dict(_pairs(hit, assigned)) if assigned is not None else {}
        if index in found:
            return found[index] == "0"
        before = before.prev_named_sibling
    return False


def _pairs(hit: Hit, assigned: Node) -> Iterator[tuple[str, str]]:
    """What an assignment gives to which name; of one that adds the whole."""
    left, right = assigned.child_by_field_name("left"), assigned.child_by_field_name("right")
    if left is None or right is None:
        return
    if left.type == "pattern_list" and right.type == "expression_list":
        values = zip(left.named_children, right.named_children, strict=False)
        yield from ((hit.text(name), hit.text(value)) for name, value in values)
    else:
        yield hit.text(left), hit.text(right if assigned.type == "assignment" else assigned)


def _at_once(hit: Hit, body: Node, element: str) -> bool:
    """Whether the last round can but fail: its first statement takes the element, and nobody catches that."""
    if any(node.type in {"try_statement", "with_statement"} for node in hit.scope.up(hit.node)):
        return False
    first = body.named_children[0] if body.named_child_count else None
    if first is None or first.type != "expression_statement":
        return False
    stack = [first]
    while stack:
        hit.scope.spend()
        node = stack.pop()
        if node.type == "subscript" and hit.text(node).replace(" ", "") == element:
            return True
        if node.type == "assignment":  # what is written to need not be there
            stack += node.children_by_field_name("right")
        elif node.type not in _PERHAPS:
            stack += node.named_children
    return False


def _message(name: str, index: str) -> str:
    return f"{name}[{index}] is past the end in the last round: compare with <."


RULE = PatternRule(
    id="python/index-past-end",
    title="Loop one element too far",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    cwe=(193, 125),
    page="""
The last element of a list of length n has the number n - 1. A loop that goes on while the number is less
than or equal to the length takes one more, and ends with an `IndexError` after it has changed everything
before it.
""",
    attack="Sends any list; the request fails half-way and leaves the data half-changed.",
    advice="Compare with `<`, or loop over the list itself: `for number, item in enumerate(items)`.",
    bad=(
        """\
def grow(items):
    i = 0
    while i <= len(items):
        items[i] += 1
        i += 1
""",
        """\
def show(items):
    for i in range(len(items) + 1):
        print(items[i])
""",
        """\
def total(rows):
    n, s = 0, 0
    while n <= len(rows):
        s += rows[n].price
        n += 1
    return s
""",
    ),
    good=(
        """\
def grow(items):
    i = 0
    while i < len(items):
        items[i] += 1
        i += 1
""",
        """\
def prefixes(items):
    for i in range(len(items) + 1):
        yield items[:i]
""",
        """\
def show(items):
    for i in range(len(items) + 1):
        if i < len(items):
            print(items[i])
""",
    ),
    url="https://cwe.mitre.org/data/definitions/193.html",
    query="[(while_statement) (for_statement)] @hit",
    check=_check,
)
