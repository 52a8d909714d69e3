"""A shell that is started for a fixed command."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_NEEDED = re.compile(r"[|&;<>$*?~`\n]|\b(?:cd|source|export|set|alias|ulimit)\b")
_ALWAYS = (
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "commands.getoutput",
)


def _check(hit: Hit) -> Report | None:
    if hit.name not in _ALWAYS:
        shell = hit.keyword("shell")
        if shell is None or hit.text(shell) not in {"True", "1"}:
            return None
    command = hit.either(0, "args")
    if command is None or not hit.constant(command):
        return None
    text = hit.string(command)
    if command.type == "conditional_expression":
        return None
    if not text or not text.strip() or _NEEDED.search(text):
        return None
    return Report(
        "A shell is started for a fixed command that needs none: pass a list to subprocess.run.",
        command,
    )


RULE = PatternRule(
    id="python/needless-shell",
    title="Shell started for a fixed command",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    cwe=(78,),
    page="""
The command is fixed and uses nothing of a shell, and still one is started. It is the next change that makes it a hole:
somebody puts a value into the text. A shell also looks the program up in what the environment says, and hides its exit
code behind its own.
""",
    attack="None yet; a value that is put into the text later becomes a command.",
    advice='Pass a list and no shell: `subprocess.run(["git", "status"], check=True)`.',
    tentative=True,
    bad=(
        """\
import os

os.system("systemctl restart nginx")
""",
        """\
import subprocess

def status():
    return subprocess.check_output("git status", shell=True)
""",
        """\
from subprocess import call as c

COMMAND = "make install"
c(COMMAND, shell=True)
""",
    ),
    good=(
        """\
import subprocess

def status():
    return subprocess.check_output(["git", "status"])
""",
        """\
import subprocess

def count():
    return subprocess.check_output("ps aux | wc -l", shell=True)
""",
        """\
import os

os.system("cls" if os.name == "nt" else "clear")
""",
    ),
    same_as=("bandit/B602", "bandit/B605", "bandit/B604"),
    url="https://docs.python.org/3/library/subprocess.html#security-considerations",
    names=(
        *_ALWAYS,
        *(f"subprocess.{n}" for n in ("run", "call", "check_call", "check_output", "Popen")),
    ),
    check=_check,
)
