"""Files that everybody may write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, number, of, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_CHMODS = ("chmod", "chmodSync", "fchmod", "fchmodSync", "lchmod")
_MAKES = (
    "mkdir",
    "mkdirSync",
    "writeFile",
    "writeFileSync",
    "open",
    "openSync",
    "createWriteStream",
)
_EVERYBODY = 0o002
_MOST = 0o7777  # all the bits of a mode


def _check(hit: Hit) -> Report | None:
    if hit.name == "process.umask":
        mask = _bits(hit, hit.argument(0))
        if mask != 0:
            return None
        return Report(
            "Every new file may be written by everybody then: leave the umask, or use 0o077."
        )
    if hit.name.rpartition(".")[2] in _CHMODS:
        mode = hit.argument(1)
    else:
        mode = option(hit, options(hit), "mode")
        second = hit.argument(1)
        if mode is None and second is not None and "mkdir" in hit.name:
            mode = second
    bits = _bits(hit, mode)
    if mode is None or bits is None or not bits & _EVERYBODY:
        return None
    tight = f"0o{bits & 0o775:o}"
    fix = Fix("Take the right from everybody", (hit.edit(mode, tight),), safe=False)
    return Report(
        "Everybody on this machine may write this: give it to its owner alone.", mode, fix=fix
    )


def _bits(hit: Hit, node: Node | None) -> int | None:
    if node is None or node.type == "object":
        return None
    text = hit.string(node)
    if text is not None:
        return int(text, 8) if text and len(text) <= 6 and not set(text) - set("01234567") else None  # noqa: PLR2004 - digits of a mode
    found = number(hit, node)
    return None if found is None or not 0 <= found <= _MOST else int(found)


RULE = PatternRule(
    id="javascript/world-writable",
    title="File that everybody may write",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(732, 276, 277),
    page="""
The mode gives the right to write to everybody on the machine, `0o777` or `0o666`. Another account, or a
service that was broken into, then changes a script that is run later, or a file that is trusted.
""",
    attack="As another user of the machine, adds a line to the script, and waits until root runs it.",
    advice="Use `0o600` for files and `0o700` for folders and programs, `0o644` where others must read.",
    bad=(
        'const fs = require("fs");\n\nfs.chmodSync("run.sh", 0o777);\n',
        'import { chmod } from "node:fs/promises";\n\nawait chmod(file, "666");\n',
        "fs.mkdirSync(folder, { recursive: true, mode: 0o777 });\n",
        "process.umask(0);\n",
    ),
    good=(
        'const fs = require("fs");\n\nfs.chmodSync("run.sh", 0o755);\n',
        'import { chmod } from "node:fs/promises";\n\nawait chmod(file, mode);\n',
        "fs.mkdirSync(folder, { recursive: true, mode: 0o700 });\n",
        "process.umask(0o077);\n",
    ),
    url="https://nodejs.org/api/fs.html#fschmodpath-mode-callback",
    language="javascript",
    languages=LANGUAGES,
    names=(*of("fs", *_CHMODS, *_MAKES), "process.umask"),
    check=_check,
)
