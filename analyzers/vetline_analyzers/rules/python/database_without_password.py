"""A database that lets everybody in."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_ADDRESS = re.compile(
    r"(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|amqp|mssql|oracle)(?:\+\w+)?://[\w.-]+:?@[\w.-]+.*"
)
_ENGINES = ("postgresql", "mysql", "oracle", "mssql")
_EMPTY = frozenset({"''", '""', "None"})


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "string":
        return Report(_MESSAGE) if _ADDRESS.fullmatch(hit.string(hit.node) or "") else None
    if hit.node.type == "pair":
        value, around = hit.node.child_by_field_name("value"), hit.node.parent
        engine = hit.text(around) if around is not None else ""
        named = "ENGINE" in engine and any(name in engine for name in _ENGINES)
        return (
            Report(_MESSAGE) if named and value is not None and hit.text(value) in _EMPTY else None
        )
    word = hit.keyword("password") or hit.keyword("passwd")
    return Report(_MESSAGE) if word is not None and hit.text(word) in _EMPTY - {"None"} else None


_MESSAGE = "The database lets this user in without a password: give it one, and read it from the environment."

RULE = PatternRule(
    id="python/database-without-password",
    title="Database without a password",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(521, 258, 306),
    page="""
The connection names a user and an empty password. Whoever reaches the database's port, another program on
the machine or a stranger on the network, is then that user, and reads and changes everything it may.
""",
    attack="Scans for the database's port and logs in as root with nothing.",
    advice="Give the user a password of their own and read it from the environment or a secret store.",
    bad=(
        """\
DATABASES = {
    "default": {"ENGINE": "django.db.backends.postgresql", "USER": "shop", "PASSWORD": "", "HOST": "db"}
}
""",
        """\
app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://user:@db.example.com/shop"
""",
        """\
import pymysql

connection = pymysql.connect(host="db", user="root", password="")
""",
    ),
    good=(
        """\
import os

DATABASES = {
    "default": {"ENGINE": "django.db.backends.postgresql", "PASSWORD": os.environ["DB_PASSWORD"]}
}
""",
        """\
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db", "PASSWORD": ""}}
""",
        """\
import pymysql

connection = pymysql.connect(host="db", user="root", password=password)
""",
    ),
    url="https://cwe.mitre.org/data/definitions/521.html",
    names=(
        *("pymysql.connect", "MySQLdb.connect", "mysql.connector.connect", "psycopg2.connect"),
        *("psycopg.connect", "asyncpg.connect", "aiomysql.connect", "pymssql.connect"),
    ),
    query="""
        ((pair key: (string (string_content) @_key)) @hit (#any-of? @_key "PASSWORD" "password"))
        ((string (string_content) @_text) @hit (#match? @_text "^[a-z+]+://[A-Za-z0-9_.-]+:?@"))
    """,
    check=_check,
)
