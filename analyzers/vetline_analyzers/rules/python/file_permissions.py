"""A file or folder that others may change."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import function_text
from vetline_analyzers.syntax.known import number
from vetline_analyzers.syntax.python_web import last_part
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_PLACES = {
    **dict.fromkeys(("os.chmod", "os.fchmod", "os.lchmod", "os.mkfifo", "os.mknod", "os.mkdir"), 1),
    **dict.fromkeys(("os.makedirs",), 1),
    "os.open": 2,
    "os.umask": 0,
}
_METHODS = {"chmod": 0, "lchmod": 0, "touch": 0}
_MASKED = {"os.open", "os.mkdir", "os.makedirs", "os.mkfifo", "os.mknod", "touch"}  # by the umask
_OCTAL_LOOK = re.compile(r"[1-7]?[0-7][0-7][0-7]")
_COMMANDS = (
    *("os.system", "os.popen"),
    *(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")),
)
_CHMOD = re.compile(
    r"\s*(?:sudo\s+)?(?:/bin/)?chmod\s+(?:-R\s+)?(?:0?[0-7]?[0-7]{2}[2367]\b|[ao]\+\w*w|\+w\b)"
)
_PARTS = 12
_DIGITS = 8  # of an octal number as Python 2 wrote it
_RUN = stat.S_IXGRP | stat.S_IXOTH
_FRESH = re.compile(
    r"\bopen\(|\.write|st_mode"
)  # what is made executable was made or looked up here


def _check(hit: Hit) -> Report | None:
    if hit.name in _COMMANDS:
        return _command(hit)
    name = hit.name or last_part(hit)
    if not hit.name and hit.resolve(callee(hit.node)) in _PLACES:
        return None  # shown by its name as well
    mode = hit.either(_PLACES.get(hit.name, _METHODS.get(name, 1)), "mode")
    value = _bits(hit, mode) if mode is not None else None
    if mode is None or value is None:
        return None
    if name == "os.umask":
        return Report(_UMASK, mode) if not value & stat.S_IWOTH and not _looked_up(hit) else None
    if mode.type == "integer" and _OCTAL_LOOK.fullmatch(hit.text(mode)) and name not in _MASKED:
        return _decimal(hit, mode)
    return _judged(hit, mode, value, loud=name not in _MASKED)


def _judged(hit: Hit, mode: Node, value: int, *, loud: bool) -> Report | None:
    """What is wrong with a mode; `loud` when nothing masks it."""
    if value & stat.S_IWOTH and not value & stat.S_ISVTX:  # of a sticky folder everybody has a part
        fix = None
        if mode.type == "integer":
            edit = hit.edit(mode, f"0o{value & ~0o022:o}")
            fix = Fix("Let only the owner write", (edit,), safe=False)
        return Report(_MESSAGE, mode, fix=fix, tentative=not loud)
    if value & (stat.S_ISUID | stat.S_ISGID) and loud:
        return Report("Whoever runs this file gets its owner's rights: drop the setuid bit.", mode)
    if loud and (value & stat.S_IWGRP or (value & _RUN and _FRESH.search(hit.before()))):
        return Report(
            "More than the owner may change or run this file: 0o600 or 0o700 is enough for most.",
            mode,
            severity=Severity.LOW,
            confidence=Confidence.LOW,
            tentative=True,
        )
    return None


def _command(hit: Hit) -> Report | None:
    """`chmod 777 …` as a command."""
    command = hit.argument(0)
    if command is None:
        return None
    words = command.named_children if command.type == "list" else [command]
    text = " ".join(hit.string(word) or "…" for word in words[:3])
    built = hit.scope.pieces(command) if command.type != "list" else None
    first = built[0] if built else text
    return Report(_MESSAGE) if _CHMOD.match(first if isinstance(first, str) else text) else None


def _looked_up(hit: Hit) -> bool:
    """Whether the mask is set only to learn what it was, and set back: `old = os.umask(0)`."""
    around = hit.node.parent
    left = around.child_by_field_name("left") if around is not None else None
    return left is not None and f"umask({hit.text(left)})" in function_text(hit)


def _decimal(hit: Hit, mode: Node) -> Report:
    text = hit.text(mode)
    fix = Fix(f"Write 0o{text}", (hit.edit(mode, f"0o{text}"),), safe=False)
    real = int(text) & 0o7777
    return Report(
        f"{text} is decimal and means the mode 0o{real:o}: write 0o{text}.",
        mode,
        fix=fix,
        confidence=Confidence.HIGH,
    )


def _bits(hit: Hit, node: Node) -> int | None:
    """The bits an expression surely sets; parts that are not known count for nothing, None for no mode."""
    total, known, stack = 0, False, [node]
    for _ in range(_PARTS):
        if not stack:
            break
        part = hit.scope.bare(stack.pop())
        if part.type == "binary_operator" and (found := _operands(hit, part)):
            stack += found
            continue
        value = _number(hit, part)
        known = known or value is not None
        total |= value or 0
    return total if known else None


def _operands(hit: Hit, node: Node) -> list[Node]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None or hit.text(operator) not in {"|", "+"}:
        return []
    return [right, left]


def _number(hit: Hit, node: Node) -> int | None:
    if node.type == "integer" and hit.text(node).isdigit() and hit.text(node).startswith("0"):
        return int(hit.text(node)[:_DIGITS], 8) if not {"8", "9"} & set(hit.text(node)) else None
    if (value := number(hit, node)) is not None:
        return value
    name = hit.resolve(node).rpartition(".")[2]
    bits = getattr(stat, name, None) if name.startswith("S_I") else None
    return bits if isinstance(bits, int) else None


_MESSAGE = "Everybody on the machine may change this: give the right to write to its owner only."
_UMASK = "With this mask every new file may be changed by everybody: use 0o077, or 0o022."

RULE = PatternRule(
    id="python/file-permissions",
    title="File that others may change",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(732, 276),
    page="""
A mode such as `0o777` lets every user and every service of the machine change the file, and what one
hacked service writes there another reads, loads or runs. A mode without `0o` is decimal: `chmod(path,
644)` sets `0o1204`. `umask(0)` does it to every file that follows.
""",
    attack="From a shell as `www-data`, rewrites the script that root's cron runs.",
    advice="Give the owner alone what is secret (`0o600`, `0o700`) and others at most the right to read "
    "(`0o644`, `0o755`).",
    bad=(
        """\
import os

os.chmod("run.sh", 0o777)
""",
        """\
import os
import stat

os.chmod(path, stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)
""",
        """\
import os

os.chmod("secret.txt", 400)
""",
        """\
import os

os.umask(0)
""",
        """\
from pathlib import Path

Path("shared").chmod(mode=0o666)
""",
        """\
import subprocess

subprocess.run(["chmod", "-R", "777", folder])
""",
        """\
import os

def make(path):
    mode = 0o777
    os.makedirs(path, mode=mode, exist_ok=True)
""",
    ),
    good=(
        """\
import os

os.chmod("run.sh", 0o700)
""",
        """\
import os
import stat

os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
""",
        """\
import os

os.umask(0o077)
""",
        """\
from pathlib import Path

Path("shared").chmod(0o644)
""",
        """\
import os

os.makedirs("cache", exist_ok=True)
""",
    ),
    same_as=("bandit/B103",),
    url="https://docs.python.org/3/library/os.html#os.chmod",
    names=(*_PLACES, *_COMMANDS),
    methods=tuple(_METHODS),
    check=_check,
)
