"""A function that is told who calls and does not look."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import called, code, parameters
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_CALLER = re.compile(
    r"(?:current|acting|requesting|calling|logged_in|authenticated)_(?:user|role|account)\w*"
    r"|requester\w*|caller_(?:id|role)|user_roles?|is_admin|actor(?:_id|_role)?|user_permissions"
)
_HEAD = re.compile(rf"def\s+\w+\s*\([^)]*\b(?:{_CALLER.pattern})\b")
_TOUCHES = re.compile(
    r"\]\s*(?:[-+*/]?=)|\[\w+\]|\.(?:update|delete|save|remove|get|pop|commit|execute|add)\("
)
_ASKS = re.compile(r"(?i)authoriz|permission|allowed|check_|can_|forbidden|role|session|request\.")


def _check(hit: Hit) -> Report | None:
    head = hit.text(hit.node)[:_LONGEST_HEAD]
    if not _HEAD.match(head.removeprefix("async").lstrip()):
        return None
    body = hit.node.child_by_field_name("body")
    around = hit.node.parent
    if (
        body is None
        or body.has_error
        or (around is not None and around.type == "decorated_definition")
    ):
        return None
    given = parameters(hit, hit.node)
    if (
        len(given) < _OTHERS
        or "self" in head.partition("(")[2][:5]
        or "cls" in head.partition("(")[2][:4]
    ):
        return None  # a method may have to take what it does not need
    text = code(hit, body)
    if not _TOUCHES.search(text) or _ASKS.search(text):
        return None
    unused = [
        name for name in given if _CALLER.fullmatch(name) and not re.search(rf"\b{name}\b", text)
    ]
    if not unused or any("Depends" in hit.text(given[name]) for name in unused):
        return None
    return Report(
        f"{unused[0]} says who calls {called(hit, hit.node)}, and nothing looks at it: check that they may.",
        given[unused[0]],
    )


_LONGEST_HEAD = 600  # characters
_OTHERS = 2  # parameters: the caller and what they want

RULE = PatternRule(
    id="python/caller-not-checked",
    title="Caller's identity taken and never looked at",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(862, 863, 285, 639),
    page="""
The function is given the current user or their role, beside the thing they want, and hands it out or
changes it without a look at either. Somebody planned a check that nobody wrote: every caller gets
everything.
""",
    attack="Asks for somebody else's record; the function knows who asks, and answers all the same.",
    advice="Compare the caller with the owner, or their role with those that may, before touching the data.",
    bad=(
        """\
def read_invoice(current_user_id, number):
    return INVOICES[number]
""",
        """\
def set_level(acting_user, target, level):
    users[target]["level"] = level
    users[target].save()
""",
        """\
def remove(user_role: str, store, number: int):
    try:
        store.delete(number)
    except KeyError:
        return False
    return True
""",
    ),
    good=(
        """\
def read_invoice(current_user_id, number):
    if INVOICES[number].owner != current_user_id:
        raise PermissionError(number)
    return INVOICES[number]
""",
        """\
def set_color(acting_user, color):
    return None
""",
        """\
class Backend:
    def get(self, current_user, number):
        return self.items[number]
""",
    ),
    url="https://cwe.mitre.org/data/definitions/862.html",
    query="(function_definition) @hit",
    check=_check,
)
