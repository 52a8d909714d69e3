"""A path that a visitor chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called

_CALLS = (
    *("readFile", "writeFile", "appendFile", "unlink", "rm", "rmdir", "readdir", "open", "opendir"),
    *("mkdir", "rename", "copyFile", "chmod", "truncate", "symlink", "readlink", "cp"),
    *("readJson", "readJSON", "writeJson", "outputFile", "outputJson", "remove", "copy", "move"),
    *("emptyDir", "ensureDir", "ensureFile"),
)
_NAMES = (
    *(
        f"{module}.{name}{sync}"
        for module in ("fs", "fs.promises", "fs-extra", "graceful-fs", "fsPromises", "fsp", "fse")
        for name in _CALLS
        for sync in ("", "Sync")
    ),
    *(
        "fs.createReadStream",
        "fs.createWriteStream",
        "fs-extra.createReadStream",
    ),
    *(
        "graceful-fs.createReadStream",
        "Deno.readTextFile",
        "Deno.readFile",
        "Bun.file",
        "fse.createReadStream",
    ),
    *("readFileSync", "writeFileSync", "createReadStream", "unlinkSync"),
)
_TWO_PATHS = tuple(
    f"{module}.{name}{sync}"
    for module in ("fs", "fs.promises", "fs-extra")
    for name in ("rename", "copyFile", "copy", "move", "cp")
    for sync in ("", "Sync")
)


def _has_no_root(called: Called) -> bool:
    return "root" not in called.keywords


def _is_upload(called: Called) -> bool:
    """`request.files.name.mv(path)`."""
    return bool(called.receiver.every())


def _judge(arrival: Arrival) -> bool:
    value = arrival.value
    if arrival.traced:
        return value.items is None and value.rest is None
    # A function that opens what it is told to is no fault; one that puts it into a path of its own may be.
    text = "".join(piece for piece in arrival.pieces if isinstance(piece, str))
    return (
        bool(arrival.parameters)
        and arrival.is_built
        and "/" in text
        and not text.startswith("file:")
    )


RULE = FlowRule(
    id="javascript/path-from-request",
    title="Path chosen by a visitor",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(22, 73, 23),
    page="""
The name of a file that is read, sent, loaded or removed comes from a request. `../../etc/passwd` reads what
the server can; `path.join` does not stop it, and neither does `path.resolve`.
""",
    attack="`/f?name=../../.env` gives away the keys of the server.",
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
        """\
const fs = require("fs");
const path = require("path");

const inFolder = (name) => path.resolve(__dirname, "files", name);

module.exports.remove = async (ctx) => {
  const { name } = ctx.request.body;
  await fs.promises.unlink(inFolder(name));
};
""",
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
        """\
const fs = require("fs");
const path = require("path");

const root = path.resolve("files");

app.get("/f", (req, res) => {
  const file = path.resolve(root, req.query.name);
  if (!file.startsWith(root + path.sep)) return res.sendStatus(403);
  fs.createReadStream(file).pipe(res);
});
""",
    ),
    url="https://owasp.org/www-community/attacks/Path_Traversal",
    language="javascript",
    languages=LANGUAGES,
    kind="path",
    sinks=(
        Sink(names=_NAMES),
        Sink(names=_TWO_PATHS, arguments=(1,)),
        Sink(methods=("sendFile", "sendfile", "download"), when=_has_no_root),
        Sink(methods=("mv",), when=_is_upload),
        Sink(names=("koa-send", "send"), arguments=(1,), when=_has_no_root),
    ),
    traced="{label} chooses this path: `../` leads out of the folder. Resolve it and check that it stays inside.",
    possible="A parameter is a part of this path: `../` in it leads out of the folder.",
    judge=_judge,
)
