"""Passwords in the options of a connection."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, option, options, written
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_PLACEHOLDER = re.compile(r"(?i)<.*>|\*+|x{3,}|your[-_ ].*|change.?me|\$\{.*")
_PATHS = (("password",), ("auth", "password"), ("auth", "pass"), ("connection", "password"))
_MORE = (("secretAccessKey",), ("credentials", "secretAccessKey"), ("authToken",), ("apiKey",))


def _check(hit: Hit) -> Report | None:
    found = options(hit)
    for path in (*_PATHS, *_MORE):
        value = option(hit, found, *path)
        if value is not None and written(hit, value):
            if _PLACEHOLDER.fullmatch(hit.string(value) or ""):
                return None
            return Report(
                "This password stands in the code, for everybody who can read it: take it from the "
                "environment.",
                value,
            )
    third = hit.argument(2)
    if hit.name.endswith("Sequelize") and written(hit, third):
        return Report("This password stands in the code: take it from the environment.", third)
    return None


RULE = PatternRule(
    id="javascript/hardcoded-credentials",
    title="Password in the options of a connection",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(798, 259, 521),
    page="""
The password of a database, a mail server or a service stands in the program. Everybody who can read the
repository or the image has it, it is the same in every environment, and changing it takes a release.
""",
    attack="Reads the repository, and logs in to the database with what it says.",
    advice="Use `process.env.DB_PASSWORD`, and fail at start when it is missing.",
    bad=(
        'const mysql = require("mysql2");\n\nconst db = mysql.createConnection({ host, user: "shop", password: "s" + "hop" });\n',
        'import { Pool } from "pg";\n\nexport const pool = new Pool({ user: "shop", password: "s" + "hop" });\n',
        'const mail = nodemailer.createTransport({ host, auth: { user: "shop", pass: "shop" } });\n',
    ),
    good=(
        'const mysql = require("mysql2");\n\nconst db = mysql.createConnection({ host, password: process.env.DB_PASSWORD });\n',
        'import { Pool } from "pg";\n\nexport const pool = new Pool({ user: "shop", password: settings.password });\n',
        'const mail = nodemailer.createTransport({ host, auth: { user: "shop", pass: "" } });\n',
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *(
            f"{module}.{name}"
            for module in (
                "mysql",
                "mysql2",
                "mysql2/promise",
                "mariadb",
                "mssql",
                "oracledb",
                "tedious",
            )
            for name in (
                "createConnection",
                "createPool",
                "connect",
                "ConnectionPool",
                "Connection",
            )
        ),
        *(
            "pg.Pool",
            "pg.Client",
            "Pool",
            "Client",
            "pg-promise",
            "knex",
            "ioredis",
            "redis.createClient",
        ),
        *(
            "sequelize.Sequelize",
            "sequelize",
            "Sequelize",
            "nodemailer.createTransport",
            "ssh2.Client",
        ),
        *(
            "aws-sdk.S3",
            "AWS.S3",
            "AWS.config.update",
            "aws-sdk.config.update",
            "typeorm.DataSource",
        ),
    ),
    check=_check,
)
