"""A loop whose condition nothing changes."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import inside
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_OUT = ("break_statement", "return_statement", "raise_statement", "yield", "await")
_BINDS = (
    "assignment",
    "augmented_assignment",
    "named_expression",
    "for_statement",
    "global_statement",
)
_BINDS_MORE = ("with_item", "import_statement", "import_from_statement", "delete_statement")
_CALLS = ("call", "nonlocal_statement", "subscript", "attribute")


def _check(hit: Hit) -> Report | None:
    condition, body = (
        hit.node.child_by_field_name("condition"),
        hit.node.child_by_field_name("body"),
    )
    if condition is None or body is None or body.has_error or inside(hit, condition, *_CALLS):
        return None
    names = {hit.text(node) for node in inside(hit, condition, "identifier")}
    if not names or inside(hit, body, *_OUT, *_BINDS_MORE):
        return None
    function = hit.scope.function(hit.node)
    if function is None:  # other parts of a module may change its names
        return None
    text = hit.text(function)
    counted = re.fullmatch(r"[\w\s.+*-]*(?:[<>]=?|!=)[\w\s.+*-]*", hit.text(condition)) is not None
    if not counted and any(
        re.search(rf"\b{name}\.\w|\b(?:nonlocal|global)\b[^\n]{{0,200}}\b{name}\b", text)
        for name in names
    ):
        return None  # its own method may have another name: `pop = items.pop`
    bound: set[str] = set()
    for node in inside(hit, body, *_BINDS):
        target = node.child_by_field_name("left") or node.child_by_field_name("name") or node
        bound.update(hit.text(n) for n in inside(hit, target, "identifier"))
    if names & bound:
        return None
    if any(text in hit.text(body) for text in ("sys.exit", "exit(", "os._exit", "abort(", "execv")):
        return None
    counted = re.fullmatch(r"[\w\s.+*-]*(?:[<>]=?|!=)[\w\s.+*-]*", hit.text(condition)) is not None
    if not counted and any(
        hit.text(node) in names
        for call in inside(hit, body, "call")
        for node in inside(hit, call, "identifier")
    ):
        return None  # a list may be emptied by what is called
    listed = ", ".join(sorted(names))
    return Report(f"Nothing in the loop changes {listed}: it never ends.", condition)


RULE = PatternRule(
    id="python/infinite-loop",
    title="Loop that never ends",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(835, 400),
    page="""
The condition of this loop depends on plain names, and nothing in its body gives one of them another value
or leaves the loop. Once entered it never ends: a processor is busy for good, the worker answers nobody,
and a value from outside may be what lets it in.
""",
    attack="Sends a value for which the loop is entered; each request takes a worker away for good.",
    advice="Change what the condition looks at in the body, or loop over a range.",
    bad=(
        """\
def count(n):
    i, total = 0, 0
    while i < n:
        total += 1
    return total
""",
        """\
def wait(done):
    steps = 0
    while not done:
        steps += 1
""",
        """\
def fill(text, width):
    parts = []
    while len_of < width:
        parts.append(text)
    return parts
""",
    ),
    good=(
        """\
def count(n):
    i, total = 0, 0
    while i < n:
        total += 1
        i += 1
    return total
""",
        """\
def wait(queue):
    while queue:
        queue.pop()
""",
        """\
def wait(done):
    while not done:
        if ready():
            break
""",
    ),
    url="https://cwe.mitre.org/data/definitions/835.html",
    query="(while_statement) @hit",
    check=_check,
)
