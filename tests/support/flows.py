"""Small programs, and what the flow rules say of them."""

from __future__ import annotations

from textwrap import dedent, indent

from vetline_analyzers.core.analyzer import Facts, Neighbour, NotChecked
from vetline_analyzers.core.text import Snapshot
from vetline_analyzers.flow.rule import FlowRule
from vetline_analyzers.patterns import ANALYZER, rules

NONE = Facts()
FLOW = {rule.id for rule in rules() if isinstance(rule, FlowRule)}
HEAD = "import html, os, re, shlex, subprocess, sys\nfrom flask import abort, request\n"


def examined(text, memo=None, facts=NONE, language="python"):
    """All findings, and why not all was checked."""
    found = []
    snapshot = Snapshot("x", language, 1, text)
    try:
        found.extend(ANALYZER.analyze(snapshot, facts, {} if memo is None else memo))
    except NotChecked as why:
        return found, str(why)
    return found, ""


def flows(text, facts=NONE):
    """The findings of the flow rules; everything must have been checked."""
    found, why = examined(text, facts=facts)
    assert not why
    return [finding for finding in found if finding.rule in FLOW]


def outcome(text, rule, facts=NONE):
    """What a rule says of a program: "traced", "possible" or "nothing"."""
    found = [f for f in flows(text, facts) if f.rule == f"python/{rule}"]
    if not found:
        return "nothing"
    return "possible" if all(f.tentative for f in found) else "traced"


def of_value(code):
    """What becomes of `x` after some code in which `t` is a visitor's text: whether it makes SQL."""
    body = f"""\
t = request.args["t"]
{dedent(code).strip()}
"""
    if "cursor.execute" not in body:
        body += "cursor.execute('SELECT a FROM b WHERE c = ' + x)\n"
    return outcome(f"{HEAD}\ndef view(cursor, u):\n{indent(body, '    ')}", "sql-from-string")


def facts_with(modules, *names):
    """What is known of a project with these modules."""
    return Facts(
        modules=frozenset(names) | {name.partition(".")[0] for name in modules},
        neighbours={name: Neighbour(text) for name, text in modules.items()},
    )
