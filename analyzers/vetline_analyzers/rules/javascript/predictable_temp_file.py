"""Temporary files whose name can be foretold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    is_text,
    of,
    opening,
    option,
    options,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_SHARED = re.compile(r"/(?:var/tmp|tmp|dev/shm)/")
_UNFORESEEN = re.compile(r"(?i)randomBytes|randomUUID|uuid|mkdtemp|nanoid|tmp\.")


def _check(hit: Hit) -> Report | None:
    path = hit.argument(0)
    if path is None or not _is_shared(hit, path):
        return None
    flag = option(hit, options(hit), "flag")
    if (flag is not None and "x" in hit.text(flag)) or is_text(hit, flag, "'r'", '"r"'):
        return None
    return Report(
        "Everybody may write in this folder, and the name can be foretold: make the file in a folder "
        "from fs.mkdtemp.",
        path,
    )


def _is_shared(hit: Hit, path: Node) -> bool:
    node = hit.scope.bare(path)
    values = hit.scope.values(node) if node.type in hit.scope.dialect.identifiers else [node]
    for value in values:
        text = hit.text(value)
        if _UNFORESEEN.search(text):
            return False
        if "os.tmpdir()" in text or text.startswith(("path.join(tmpdir()", "join(tmpdir()")):
            return True
        if _SHARED.match((hit.string(value) or "") or opening(hit.scope.pieces(value))):
            return True
    return False


RULE = PatternRule(
    id="javascript/predictable-temp-file",
    title="Temporary file whose name can be foretold",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(377, 379),
    page="""
A file is written under a name of its own choosing in a folder where everybody may write. Another user puts a
link of that name there first, and the process writes through it to a file of the attacker's choice, or reads
what he has put there.
""",
    attack="Puts a link to somebody's .bashrc under the name that the program is about to write.",
    advice="Write into `await fs.mkdtemp(path.join(os.tmpdir(), 'app-'))`, or open with the flag `wx`.",
    bad=(
        'const fs = require("fs");\n\nfs.writeFileSync("/tmp/report.txt", text);\n',
        """\
import { writeFile } from "node:fs/promises";

export async function save(name, data) {
  const to = `/tmp/${name}`;
  await writeFile(to, data);
}
""",
        'fs.createWriteStream(path.join(os.tmpdir(), "upload.zip"));\n',
    ),
    good=(
        'const fs = require("fs");\n\nfs.writeFileSync("report.txt", text);\n',
        "fs.createWriteStream(path.join(os.tmpdir(), crypto.randomUUID()));\n",
        'fs.writeFileSync("/tmp/lock", text, { flag: "wx" });\n',
    ),
    url="https://nodejs.org/api/fs.html#fspromisesmkdtempprefix-options",
    language="javascript",
    languages=LANGUAGES,
    names=of(
        *("fs", "writeFile", "writeFileSync", "createWriteStream", "appendFile", "appendFileSync")
    ),
    check=_check,
)
