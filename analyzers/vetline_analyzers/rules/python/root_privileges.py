"""A program that makes itself root, or stays so."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import definition, inside
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_RAISES = re.compile(r"(?i)(?:raise|elevate|gain|acquire|escalate|enable)_?(?:priv\w*|root\w*)")
_DROPS = re.compile(r"(?i)(?:lower|drop|release|restore|revoke|disable)_?(?:priv\w*|root\w*)")
_RUNS = ("run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput")
_SUDO = re.compile(r"\s*(?:/usr/bin/)?(?:sudo|doas|pkexec|su)\s")


def _check(hit: Hit) -> Report | None:
    if not hit.name:
        return _kept(hit)
    if hit.name.startswith("os.set"):
        numbers = hit.scope.dialect.argument_nodes(hit.node)
        if not any(hit.text(n) == "0" for n in numbers):
            return None
        return Report(
            "The program makes itself root: let a small helper do the one thing that needs it."
        )
    command = hit.argument(0)
    if command is None:
        return None
    first = (
        command.named_children[0]
        if command.type == "list" and command.named_child_count
        else command
    )
    text = hit.string(first) or ""
    if not _SUDO.match(text + " " if command.type == "list" else text):
        return None
    return Report(
        "The command runs as root: give its user the one right it needs, or name the exact command in sudoers.",
        severity=Severity.LOW,
    )


def _kept(hit: Hit) -> Report | None:
    """Rights that are raised, and lowered only where nothing fails in between."""
    function = definition(hit)
    called = callee(hit.node)
    if (
        function is None
        or called is None
        or not _RAISES.fullmatch(hit.text(called).rpartition(".")[2])
    ):
        return None
    for node in inside(hit, function, "finally_clause", "except_clause"):
        if _DROPS.search(hit.text(node)):
            return None
    if any(n.type == "with_item" for n in hit.scope.up(hit.node)):
        return None
    return Report(
        "When something fails before the rights are given back, the program keeps them: use finally."
    )


RULE = PatternRule(
    id="python/root-privileges",
    title="More rights than needed",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(250, 269, 272),
    page="""
What runs as root can change everything on the machine, and so can whoever finds a fault in it. Rights
that are raised for one step have to be given back whatever happens in it; after an exception the program
otherwise goes on with them.
""",
    attack="Makes the step fail, and the rest of the program runs with root's rights.",
    advice="Run as an ordinary user with the one capability that is needed; give rights back in `finally`.",
    bad=(
        """\
import os

os.setuid(0)
""",
        """\
import subprocess

subprocess.run(["sudo", "systemctl", "restart", name])
""",
        """\
def make(name):
    raise_privileges()
    os.mkdir("/home/" + name)
    lower_privileges()
""",
        """\
import os

os.system("sudo reboot")
""",
    ),
    good=(
        """\
import os

os.setuid(1000)
""",
        """\
import subprocess

subprocess.run(["systemctl", "--user", "restart", name])
""",
        """\
def make(name):
    raise_privileges()
    try:
        os.mkdir("/home/" + name)
    finally:
        lower_privileges()
""",
    ),
    url="https://cwe.mitre.org/data/definitions/250.html",
    names=(
        *("os.setuid", "os.seteuid", "os.setreuid", "os.setresuid", "os.setgid", "os.setegid"),
        *(f"subprocess.{name}" for name in _RUNS),
        *("os.system", "os.popen"),
    ),
    query="""
        ((call function: (identifier) @_name) @hit
          (#match? @_name "(?i)^(raise|elevate|gain|acquire|escalate|enable)_?(priv|root)"))
        ((call function: (attribute attribute: (identifier) @_name)) @hit
          (#match? @_name "(?i)^(raise|elevate|gain|acquire|escalate|enable)_?(priv|root)"))
    """,
    check=_check,
)
