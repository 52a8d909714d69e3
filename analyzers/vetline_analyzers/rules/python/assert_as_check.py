"""A check that is gone when Python runs optimised."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import alone
from vetline_analyzers.syntax.python_web import called, definition
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_RIGHTS = re.compile(
    r"(?i)\b\w*(?:is_admin|is_staff|is_superuser|is_authenticated|authenticated|authori[sz]ed|has_perm\w*|permission\w*"
    r"|logged_in|is_owner|is_allowed|csrf|signature_valid|can_(?:read|write|edit|delete|access))\b"
    r"|\brole\b\s*(?:==|in)|verify\w*\(|check_password|compare_digest"
)
_INPUT = re.compile(r"\binput\(|request\.(?:args|form|json|GET|POST|data|values)|sys\.argv")
_NAMES = 20  # of one assertion that are looked for
_TESTS = ("pytest", "unittest", "django.test", "nose", "hypothesis")


def _check(hit: Hit) -> Report | None:
    if hit.uses(*_TESTS) or called(hit, definition(hit)).startswith(("test", "assert", "_assert")):
        return None
    test = hit.node.named_children[0] if hit.node.named_child_count else None
    if test is None:
        return None
    if any(
        n.type == "try_statement" and "AssertionError" in hit.text(n)
        for n in hit.scope.up(hit.node)
    ):
        return None
    if _RIGHTS.search(hit.text(test)) or _asks_input(hit):
        return Report(
            "python -O leaves assertions out, and this check with them: use if and raise.",
            fix=_fix(hit, test),
        )
    return None


def _fix(hit: Hit, test: Node) -> Fix | None:
    """What an assertion is short for, which stays when Python runs optimised."""
    parts = [node for node in hit.node.named_children if node.type != "line_continuation"]
    remarked = any(node.type == "comment" for node in parts)
    if hit.node.has_error or remarked or not alone(hit, hit.node) or hit.node == hit.scope.block:
        return None  # of a block of its own the indent is not known
    source = hit.scope.source
    start = source.span(hit.node).start
    indent = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    simple = test.type in {
        "identifier",
        "attribute",
        "call",
        "subscript",
        "parenthesized_expression",
    }
    asked = f"not {hit.text(test)}" if simple else f"not ({hit.text(test)})"
    denied = test.child_by_field_name("argument") if test.type == "not_operator" else None
    if denied is not None:
        asked = hit.text(denied)
    said = f"({hit.text(parts[1])})" if parts[1:] else ""
    step = "\t" if "\t" in indent else "    "
    raised = f"if {asked}:\n{indent}{step}raise AssertionError{said}"
    return Fix("Use if and raise", (hit.edit(hit.node, raised),), safe=True)


def _asks_input(hit: Hit) -> bool:
    """Whether it is about a value that somebody typed or sent."""
    if _INPUT.search(hit.text(hit.node)):
        return True
    function = definition(hit)
    if function is None or not _INPUT.search(hit.before()):
        return False
    for name in sorted(set(re.findall(r"\b[A-Za-z_]\w*\b", hit.text(hit.node))))[:_NAMES]:
        if re.search(
            rf"^\s*{name}\s*=\s*[^\n]{{0,200}}(?:{_INPUT.pattern})", hit.before(), re.MULTILINE
        ):
            return True
    return False


RULE = PatternRule(
    id="python/assert-as-check",
    title="Assertion used as a check",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(617, 703, 285),
    page="""
Assertions are for what can never be false. `python -O` and `PYTHONOPTIMIZE` leave them out, and with them
every check of a right or of input that was written as one. With them in, wrong input ends the program
with an `AssertionError`.
""",
    attack="Calls the service of a company that runs it with `-O`, where nobody is asked who they are.",
    advice="Write `if not …: raise PermissionError(…)`, or `ValueError` for input.",
    bad=(
        """\
def remove(user, item):
    assert user.is_admin
    item.delete()
""",
        """\
def age():
    given = int(input("age: "))
    assert given > 0
    return given
""",
        """\
def read(user, page):
    assert page in user.permissions, "not allowed"
    return page.text
""",
    ),
    good=(
        """\
def remove(user, item):
    if not user.is_admin:
        raise PermissionError(user)
    item.delete()
""",
        """\
def area(width, height):
    assert width >= 0
    return width * height
""",
        """\
def test_admin():
    assert user.is_admin
""",
    ),
    same_as=("bandit/B101",),
    url="https://docs.python.org/3/reference/simple_stmts.html#the-assert-statement",
    query="(assert_statement) @hit",
    check=_check,
)
