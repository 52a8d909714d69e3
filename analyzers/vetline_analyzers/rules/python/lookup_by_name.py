"""A function that somebody else's text chooses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_SPACES = re.compile(r"(?:globals|locals|vars)\(\)|.*\.__globals__|__builtins__(?:\.__dict__)?")


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "subscript":
        owner, key = (
            hit.node.child_by_field_name("value"),
            hit.node.child_by_field_name("subscript"),
        )
        around = hit.node.parent
        left = around.child_by_field_name("left") if around is not None else None
        if left == hit.node or (around is not None and around.type == "delete_statement"):
            return None
    elif hit.name == "getattr":
        return _attribute(hit)
    else:
        function, key = callee(hit.node), hit.argument(0)
        owner = function.child_by_field_name("object") if function is not None else None
    if owner is None or key is None or not _space(hit, owner) or hit.constant(key):
        return None
    sent = hit.from_request(key)
    if not sent and key.type != "identifier":
        return None
    return _report(sent=sent)


def _space(hit: Hit, owner: Node) -> bool:
    values = hit.scope.values(owner) if owner.type == "identifier" else []
    return any(_SPACES.fullmatch(hit.text(node)) for node in (owner, *values))


def _attribute(hit: Hit) -> Report | None:
    key = hit.argument(1)
    around = hit.node.parent
    run = around is not None and around.type == "call" and callee(around) == hit.node
    return _report(sent=True) if key is not None and run and hit.from_request(key) else None


def _report(*, sent: bool) -> Report:
    return Report(
        "The name decides what runs, also os.system if it is imported: keep the few that are meant in a "
        "dictionary.",
        severity=Severity.HIGH if sent else Severity.LOW,
        tentative=not sent,
    )


RULE = PatternRule(
    id="python/lookup-by-name",
    title="Function chosen by a name from elsewhere",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(470, 94, 95),
    page="""
`globals()[name]` holds every function and import of the module, not only those that were meant. A name
that comes from a request, a message or a file then calls anything that is there, and `__builtins__` is
there as well.
""",
    attack="Sends the name of the function that deletes an account instead of the one that shows it.",
    advice='Keep a dictionary of what may be chosen: `ACTIONS = {"show": show}`, and look there.',
    bad=(
        """\
def view(request):
    return globals()[request.GET["action"]]()
""",
        """\
def call(name):
    return globals().get(name)()
""",
        """\
def call(name):
    spaces = locals()
    action = spaces.get(name)
    return action()
""",
        """\
def view(request):
    return getattr(actions, request.POST["name"])()
""",
    ),
    good=(
        """\
ACTIONS = {"show": show}

def view(request):
    return ACTIONS[request.GET["action"]]()
""",
        """\
def call():
    return globals()["show"]()
""",
        """\
def define(name, value):
    globals()[name] = value
""",
    ),
    url="https://cwe.mitre.org/data/definitions/470.html",
    names=("getattr",),
    methods=("get",),
    query="""
        ((subscript value: (call function: (identifier) @_name)) @hit
          (#any-of? @_name "globals" "locals" "vars"))
        ((subscript value: (attribute attribute: (identifier) @_name)) @hit
          (#any-of? @_name "__globals__"))
    """,
    check=_check,
)
