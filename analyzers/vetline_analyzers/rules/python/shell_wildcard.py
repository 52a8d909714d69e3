"""A command whose wildcard lets file names become options."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.python_web import TRUE
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_WILD = re.compile(r"\b(?:tar|chown|chmod|rsync|7z|zip|rm|cp|mv)\b[^|;&]*\s(?:\./)?\*")
_LONGEST = 2_000  # characters of a command
_SHELLED = frozenset(
    {"os.system", "os.popen", "os.popen2", "subprocess.getoutput", "subprocess.getstatusoutput"}
)


def _check(hit: Hit) -> Report | None:
    command, shell = hit.argument(0), hit.keyword("shell")
    if command is None or (
        hit.name not in _SHELLED and (shell is None or hit.text(shell) not in TRUE)
    ):
        return None
    if command.type == "list" and command.named_child_count:
        text = " ".join(hit.string(part) or "" for part in command.named_children)
    else:
        text = hit.string(command) or ""
    if _WILD.search(text[:_LONGEST]) and " -- " not in text and " ./*" not in text:
        return Report(
            "A file called --checkpoint-action=exec=… becomes an option here: write ./* or glob it in Python."
        )
    return None


RULE = PatternRule(
    id="python/shell-wildcard",
    title="Wildcard in a shell command",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(88, 78, 155),
    page="""
The shell puts the names of the files in place of `*` before the command sees them. A file that is called
`--checkpoint-action=exec=sh x.sh` is then an option of `tar`. Whoever may create files in the folder runs
commands as the user of the program.
""",
    attack="Creates a file named like an option in the upload folder and waits for the backup.",
    advice="Write `./*`, or list the files with `glob` and pass them after `--` to `subprocess.run` without a "
    "shell.",
    bad=(
        """\
import os

os.system("tar czf /backup/all.tgz *")
""",
        """\
import subprocess

subprocess.run("chown www-data *", shell=True, cwd=uploads)
""",
        """\
from os import popen

popen("rsync -a * host:/srv")
""",
    ),
    good=(
        """\
import os

os.system("tar czf /backup/all.tgz ./*")
""",
        """\
import subprocess

subprocess.run(["tar", "czf", "/backup/all.tgz", "--", *names])
""",
        """\
import subprocess

subprocess.run("ls *", shell=True)
""",
    ),
    same_as=("bandit/B609",),
    url="https://www.gnu.org/software/tar/manual/html_section/checkpoints.html",
    names=(
        *sorted(_SHELLED),
        *(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")),
    ),
    check=_check,
)
