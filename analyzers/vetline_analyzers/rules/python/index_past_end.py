"""A loop that goes one element too far."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_WHILE = re.compile(r"\s*(\w+)\s*<=\s*len\(\s*([\w.]+)\s*\)\s*")
_RANGE = re.compile(r"range\(\s*(?:\d+\s*,\s*)?len\(\s*([\w.]+)\s*\)\s*\+\s*1\s*\)")


def _check(hit: Hit) -> Report | None:
    body = hit.node.child_by_field_name("body")
    if body is None:
        return None
    if hit.node.type == "while_statement":
        condition = hit.node.child_by_field_name("condition")
        found = _WHILE.fullmatch(hit.text(condition)) if condition is not None else None
        if condition is None or found is None or not _indexed(hit.text(body), found[2], found[1]):
            return None
        edit = hit.edit(condition, hit.text(condition).replace("<=", "<"))
        fix = Fix("Stop before the end", (edit,), safe=_from_zero(hit, found[1]))
        return Report(_message(found[2], found[1]), condition, fix=fix)
    left, right = hit.node.child_by_field_name("left"), hit.node.child_by_field_name("right")
    found = _RANGE.fullmatch(hit.text(right)) if right is not None else None
    if left is None or found is None or not _indexed(hit.text(body), found[1], hit.text(left)):
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
    return re.search(rf"\b{re.escape(index)}\b[^=\n]*=\s*0\b", hit.before()) is not None


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
