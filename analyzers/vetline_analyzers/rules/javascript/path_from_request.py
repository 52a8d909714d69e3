"""A path that a visitor chooses."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_KEPT_INSIDE = re.compile(r"\.(?:startsWith|relative|indexOf)\(")


def _check(hit: Hit) -> Report | None:
    path = hit.argument(0)
    if path is None or not hit.from_request(path) or _KEPT_INSIDE.search(hit.before()):
        return None
    if not hit.name and hit.keyword("root") is not None:
        return None
    return Report(
        "A visitor chooses this path: `../` leads out of the folder. Resolve it and check that it "
        "stays inside.",
        path,
    )


RULE = PatternRule(
    id="javascript/path-from-request",
    title="Path chosen by a visitor",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(22,),
    page="""
The name of a file that is read, sent or removed is visibly made of a request. `../../etc/passwd` reads
what the server can; `path.join` does not stop it.
""",
    advice="Use `res.sendFile(name, { root })`, or resolve the path and check that it starts with the folder.",
    bad=(
        """\
const fs = require("fs");

app.get("/f", (req, res) => {
  res.send(fs.readFileSync(`files/${req.query.name}`));
});
""",
        """\
import { readFile } from "fs/promises";
import path from "path";

app.get("/f", async (req, res) => {
  const file = path.join("files", req.params.name);
  res.send(await readFile(file));
});
""",
        'app.get("/f", (req, res) => res.sendFile(req.query.file));\n',
    ),
    good=(
        """\
const fs = require("fs");
const path = require("path");

app.get("/f", (req, res) => {
  res.send(fs.readFileSync(path.join("files", path.basename(req.query.name))));
});
""",
        'app.get("/f", (req, res) => res.sendFile(req.query.file, { root: "files" }));\n',
        """\
const fs = require("fs");

const load = (name) => fs.readFileSync(name);
""",
    ),
    url="https://owasp.org/www-community/attacks/Path_Traversal",
    language="javascript",
    languages=("javascript", "typescript", "tsx"),
    names=tuple(
        f"fs.{name}{sync}"
        for name in ("readFile", "writeFile", "unlink", "rm", "readdir", "createReadStream", "open")
        for sync in ("", "Sync")
    ),
    methods=("sendFile", "download"),
    check=_check,
)
