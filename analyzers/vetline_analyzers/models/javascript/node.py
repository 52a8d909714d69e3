"""Node: the command line, prompts, the environment and files; clients whose answers hold no text of the question."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model
from vetline_analyzers.flow.value import Source

_CLIENTS = (
    "axios",
    "got",
    "request",
    "needle",
    "superagent",
    "node-fetch",
    "undici",
    "ky",
    "http",
    "https",
)
_VERBS = ("get", "post", "put", "patch", "delete", "head", "request", "fetch", "stream")

MODEL = Model(
    sources={
        **dict.fromkeys(
            (
                *(
                    "process.argv",
                    "yargs.argv",
                    "minimist()",
                    "commander.program.opts()",
                    "readline",
                ),
                *(
                    "program.opts()",
                    "program.args",
                    "an answer",
                    "prompt-sync()()",
                    "process.stdin",
                ),
                *("inquirer.prompt()", "prompts()", "readline-sync.question()", "a line", "argv._"),
                *(
                    "readlineSync.question()",
                    "yargs().argv",
                    "yargs.parse()",
                    "a message of a window",
                ),
            ),
            Source.INPUT,
        ),
        "process.env": Source.ENVIRONMENT,
        "fs.readFileSync()": Source.FILE,
        "fs.readFile()": Source.FILE,
        "fs.promises.readFile()": Source.FILE,
    },
    handed={
        "readline.createInterface().question": ("an answer",),
        "rl.question": ("an answer",),
        "readline.createInterface().on:line": ("a line",),
        "rl.on:line": ("a line",),
        "process.stdin.on:data": ("a line",),
        **dict.fromkeys(
            ("electron.ipcMain.on", "electron.ipcMain.handle", "ipcMain.on", "ipcMain.handle"),
            ("event of a window", "a message of a window", "a message of a window"),
        ),
    },
    harmless=(
        *("fetch", "window.fetch", "length", "byteLength", "size", "axios", "got", "node-fetch"),
        *("__dirname", "__filename", "process.pid", "process.platform", "process.execPath"),
        *(
            "process.cwd",
            "os.tmpdir",
            "os.homedir",
            "os.hostname",
            "import.meta.url",
            "undici.fetch",
        ),
        *("path.sep", "os.EOL", "import.meta.dirname", "process.execPath", "require.resolve"),
        *(f"{client}.{verb}" for client in _CLIENTS for verb in _VERBS),
        *("fs.existsSync", "fs.statSync", "bcrypt.hashSync", "bcrypt.hash", "Buffer.byteLength"),
    ),
    passes=(
        *("decodeURIComponent", "decodeURI", "unescape", "escape", "atob", "btoa", "parse", "from"),
        *(
            "stringify",
            "fromJS",
            "toJS",
            "cloneDeep",
            "clone",
            "concat",
            "toString",
            "merge",
            "pick",
        ),
        *(
            "omit",
            "defaults",
            "extend",
            "format",
            "encodeURI",
            "join",
            "dirname",
            "trim",
            "toBuffer",
        ),
        *(
            "parseQuery",
            "get",
            "template",
            "dedent",
            "sprintf",
            "vsprintf",
            "normalize",
            "fromString",
        ),
        *(
            "URL",
            "URLSearchParams",
            "Buffer",
            "TextDecoder",
            "decode",
            "String",
            "extname",
            "resolve",
        ),
        *(
            "cleanText",
            "unquote",
            "relative",
            "lowerCase",
            "toLower",
            "toUpper",
            "capitalize",
            "render",
        ),
        *("assign", "entries", "fromEntries", "values", "compact", "flatten", "unescapeHTML"),
    ),
)
