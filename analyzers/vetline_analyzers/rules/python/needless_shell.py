"""A shell that is started for a fixed command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import splatted, without
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_NEEDED = re.compile(r"[|&;<>$*?~`\n]|\b(?:cd|source|export|set|alias|ulimit)\b")
_WORDS = re.compile(r"[a-z][\w.-]*(?: +[\w./:+,@-][\w./:+,@=-]*)*")
_PROGRAMS = frozenset(
    {
        "basename",
        "cat",
        "chmod",
        "chown",
        "cp",
        "cut",
        "df",
        "diff",
        "dirname",
        "du",
        "env",
        "grep",
        "head",
    }
    | {"id", "ls", "mv", "ps", "rm", "sleep", "tail", "touch", "uname", "uniq", "wc", "who"}
)
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
    if command is not None and command.type == "list" and hit.name not in _ALWAYS:
        return _listed(hit, command)
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
        fix=_fix(hit, command, text),
    )


def _fix(hit: Hit, command: Node, text: str) -> Fix | None:
    """The words of the command as a list.

    Safe for programs that every Unix has: of others the shell says that they are missing, and a list raises; and
    what is built into a shell, of Windows too, is no program.
    """
    shell = hit.keyword("shell")
    argument = shell.parent if shell is not None else None
    plain = hit.name not in _ALWAYS and hit.keyword("executable") is None and not splatted(hit)
    if argument is None or command.type != "string" or not plain or not _WORDS.fullmatch(text):
        return None
    drop = without(hit, argument)
    if drop is None:
        return None
    words = text.split()
    listed = ", ".join(f'"{word}"' for word in words)
    edits = (hit.edit(command, f"[{listed}]"), drop)
    return Fix("Pass a list and no shell", edits, safe=words[0] in _PROGRAMS)


def _listed(hit: Hit, command: Node) -> Report | None:
    """A list and a shell: the first item is the whole command, the others are the shell's own arguments."""
    if not any(hit.string(item) for item in command.named_children[:1]):
        return None  # a value in the command is another rule's
    return Report(
        "With shell=True the shell runs the first item only and takes the others for its own: leave the shell "
        "out.",
        command,
    )


RULE = PatternRule(
    id="python/needless-shell",
    title="Shell started without need",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    cwe=(78,),
    page="""
The command is fixed and uses nothing of a shell, or is a list that a shell reads only the first item of, and still one
is started. It is the next change that makes it a hole:
somebody puts a value into the text. A shell also looks the program up in what the environment says, and hides its exit
code behind its own.
""",
    attack="Waits for the day on which a value is put into the text, and sends a command in it.",
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
        """\
import subprocess

def processes():
    return subprocess.run("ps -e -o pid", shell=True, capture_output=True)
""",
        """\
import subprocess

def louder():
    return subprocess.check_output(["amixer", "set", "Master", "5%+"], shell=True)
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

def louder():
    return subprocess.check_output(["amixer", "set", "Master", "5%+"], shell=False)
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
