"""Archives that write where they like."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    text_around,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_ENTRY = re.compile(
    r"(?i)(?:entry|header|zipEntry|tarEntry|member)\w*\.(?:path|fileName|entryName|filename|props\.path)"
    r"|(?:entry|zipEntry)(?:Name|Path)"
)
_NAME = re.compile(r"(?i)\w*(?:entry|header|file)\.name")
_UNPACKS = ("adm-zip", "yauzl", "unzipper", "tar", "tar-stream", "jszip", "node-stream-zip", "yazl")
_CHECKED = re.compile(
    r"readdir|withFileTypes|\.(?:startsWith|includes|indexOf|relative|basename)\(|['\"]\.\.['\"/]|\.\.\\?/|sanit|isSafe|isInside"
)


def _check(hit: Hit) -> Report | None:
    arguments = hit.scope.dialect.argument_nodes(hit.node)
    known = [_ENTRY, _NAME] if hit.uses(*_UNPACKS) else [_ENTRY]
    texts = ((each, hit.text(each)) for each in arguments[1:])
    entry = next((each for each, text in texts if any(p.fullmatch(text) for p in known)), None)
    if entry is None or _CHECKED.search(text_around(hit, hit.scope.block)):
        return None
    return Report(
        "The name of an entry may hold ../ and lead out of the folder: resolve the path, and check "
        "that it starts with the folder.",
        entry,
    )


RULE = PatternRule(
    id="javascript/zip-slip",
    title="Archive that writes where it likes",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(22, 23),
    page="""
The names of an archive's entries are whatever its maker wrote, `../../.ssh/authorized_keys` for one.
`path.join(folder, entry.path)` follows them out of the folder, and unpacking overwrites files anywhere the
process may write.
""",
    attack="Uploads a theme as a zip whose entry is called ../../server.js.",
    advice="`const to = path.resolve(folder, entry.path)`, and refuse it unless `to.startsWith(folder + path.sep)`.",
    bad=(
        """\
const path = require("path");

zip.on("entry", (entry) => {
  entry.pipe(fs.createWriteStream(path.join(folder, entry.path)));
});
""",
        """\
import { join } from "node:path";

for (const zipEntry of archive.getEntries()) {
  writeFileSync(join(folder, zipEntry.entryName), zipEntry.getData());
}
""",
        """\
function unpack(entry, folder) {
  const to = path.resolve(folder, entry.fileName);
  return save(to, entry);
}
""",
    ),
    good=(
        """\
const path = require("path");

zip.on("entry", (entry) => {
  const to = path.resolve(folder, entry.path);
  if (!to.startsWith(folder + path.sep)) throw new Error("outside");
  entry.pipe(fs.createWriteStream(to));
});
""",
        """\
function unpack(entry, folder) {
  return save(path.join(folder, path.basename(entry.fileName)), entry);
}
""",
        "const page = path.join(folder, page.name);\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/File_Upload_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    names=("path.join", "path.resolve", "join", "resolve"),
    check=_check,
)
