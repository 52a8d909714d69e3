"""What makes text harmless: escapes, converters, validators."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model

_NUMBERS = (
    *(
        "Number",
        "parseInt",
        "parseFloat",
        "Boolean",
        "BigInt",
        "Number.parseInt",
        "isNaN",
        "isFinite",
    ),
    *(
        "Number.parseFloat",
        "Number.isInteger",
        "Date",
        "Date.parse",
        "Symbol",
        "_.toNumber",
        "toFixed",
    ),
    *("_.toInteger", "toInt", "toFloat", "toBoolean", "validator.toInt", "validator.toFloat"),
    *(
        "getTime",
        "ObjectId",
        "mongoose.Types.ObjectId",
        "Types.ObjectId",
        "mongodb.ObjectId",
        "bson.ObjectId",
    ),
    *(
        "charCodeAt",
        "codePointAt",
        "localeCompare",
        "digest",
        "uuid.v4",
        "crypto.randomUUID",
        "getFullYear",
    ),
    *(
        "Array.isArray",
        "validator.isInt",
        "test",
        "isInt",
        "hasOwnProperty",
        "has",
        "slugify",
        "nanoid",
    ),
    *("parseIntSafe", "timingSafeEqual", "moment", "dayjs", "bcrypt.compare", "createHash"),
)
_URL_ENCODED = (
    *("html", "header", "log", "url", "sql", "xpath", "ldap", "path", "nosql"),
    *("redirect", "template", "code"),
)
_HTML = (
    *("DOMPurify.sanitize", "dompurify.sanitize", "isomorphic-dompurify.sanitize", "he.encode"),
    *("he.escape", "escape-html", "escapeHtml", "escapeHTML", "_.escape", "lodash.escape", "xss"),
    *(
        "validator.escape",
        "sanitize-html",
        "sanitizeHtml",
        "filterXSS",
        "xss.filterXSS",
        "htmlEscape",
    ),
    *("entities.encode", "entities.escape", "html-entities.encode", "ejs.escapeXML", "stripTags"),
    *("striptags", "string-strip-html", "Handlebars.escapeExpression", "encodeHTML", "escapeXml"),
    *(
        "html-escaper.escape",
        "he.encodeNonASCII",
        "mustache.escape",
        "ent.encode",
        "htmlspecialchars",
    ),
    *(
        "Handlebars.Utils.escapeExpression",
        "insane",
        "purify",
        "sanitizer.sanitize",
        "sanitizeHTML",
    ),
    *("domPurify.sanitize", "lodash.escape", "createDOMPurify().sanitize", "dompurify().sanitize"),
)
_SQL = (
    *("mysql.escape", "mysql2.escape", "mysql.escapeId", "mysql2.escapeId", "sqlstring.escape"),
    *(
        "sqlstring.escapeId",
        "SqlString.escape",
        "SqlString.escapeId",
        "mysql.format",
        "mysql2.format",
    ),
    *("sqlstring.format", "pg-format", "pg.escapeLiteral", "pg.escapeIdentifier", "escapeLiteral"),
    *("escapeIdentifier", "pgformat", "SqlString.format", "sequelize.escape", "connection.escape"),
    *(
        "pool.escape",
        "db.escape",
        "connection.escapeId",
        "quoteIdentifier",
        "quoteIdent",
        "conn.escape",
    ),
    *("client.escapeLiteral", "client.escapeIdentifier", "quote_ident", "knex.ref"),
)
_SCHEMA = ("nosql", "assignment", "prototype")
# The responses that are no pages, whatever is in them.
_DATA = (
    "res.json",
    "res.jsonp",
    "NextResponse.json",
    "Response.json",
    "next/server.NextResponse.json",
)

MODEL = Model(
    sanitizers={
        **dict.fromkeys(_NUMBERS, ("*",)),
        **dict.fromkeys(_HTML, ("html",)),
        **dict.fromkeys(_SQL, ("sql",)),
        "encodeURIComponent": _URL_ENCODED,
        "encodeURI": ("html", "header", "log"),
        **dict.fromkeys(
            ("shell-quote.quote", "shellescape", "shell-escape", "shellQuote"), ("command",)
        ),
        **dict.fromkeys(
            ("shq", "puka.sh", "shell-quote", "shlex.quote", "quoteForShell"), ("command",)
        ),
        **dict.fromkeys(("path.basename", "basename", "path.posix.basename"), ("path",)),
        **dict.fromkeys(
            ("sanitize-filename", "sanitizeFilename", "filenamify"), ("path", "command", "header")
        ),
        **dict.fromkeys(
            ("escape-string-regexp", "escapeStringRegexp", "_.escapeRegExp"), ("regex",)
        ),
        **dict.fromkeys(
            ("escapeRegExp", "escapeRegex", "lodash.escapeRegExp", "RegExp.escape"), ("regex",)
        ),
        **dict.fromkeys(("mongo-sanitize", "mongoSanitize.sanitize", "sanitizeFilter"), ("nosql",)),
        **dict.fromkeys(
            ("_.pick", "lodash.pick", "pick", "_.omit", "lodash.omit", "omit"), ("assignment",)
        ),
        **dict.fromkeys(
            ("JSON.parse", "qs.parse", "querystring.parse", "url.parse", "path.parse"), ()
        ),
        **dict.fromkeys(
            ("cookie.parse", "JSON5.parse", "yaml.parse", "YAML.parse", "Date.parse"), ()
        ),
        **dict.fromkeys(("query-string.parse", "queryString.parse", "secure-json-parse.parse"), ()),
        **dict.fromkeys(
            ("parse", "safeParse", "parseAsync", "validateSync", "validateAsync"), _SCHEMA
        ),
        **dict.fromkeys(("plainToClass", "plainToInstance"), _SCHEMA),
        **dict.fromkeys(_DATA, ("html",)),
    },
    cleaning={
        r"(?i)^(?:encode|escape)_?(?:html|xml|entities)|sanit\w*html|purify|^t$|i18n|striptags|to_?safe_?html": (
            "html",
        ),
        r"(?i)^(?:sql|db)_?(?:escape|quote)|^(?:escape|quote)_?(?:sql|id|ident|literal|table)": (
            "sql",
        ),
        r"(?i)^(?:escape|quote)_?(?:shell|arg|cmd|command)|shell_?(?:escape|quote)": ("command",),
        r"(?i)^(?:escape|quote)_?(?:reg_?exp?|regex)|reg_?exp?_?(?:escape|quote)": ("regex",),
        r"(?i)(?:safe|sanit\w*|clean|secure)_?(?:path|file|join|name)": ("path",),
        r"(?i)(?:safe|sanit\w*|valid\w*|check\w*|allowed|trusted)_?(?:ur[il]|link|redirect|host)": (
            "url",
            "redirect",
        ),
        r"(?i)^(?:sanit|clean|escape$)": (
            "html",
            "sql",
            "path",
            "command",
            "log",
            "header",
            "nosql",
        ),
    },
)
