"""Passwords that everybody tries first, and missing ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, known, passwords
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_URL = re.compile(r"^(?!https?:)[a-z][\w+]*://[^:/@\s]+:([^@/\s]*)@")
_ACCOUNT = re.compile(r"(?i)\b(?:user|username|host|engine|login|dbuser)\b['\"]?\s*[:=]")
_CONNECTS = re.compile(
    r"(?i)(?:.*\.)?(?:connect|create_pool|\w*connection|\w*pool|\w*engine|init_app)"
)


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "string":
        url = _URL.match(hit.string(hit.node) or "")
        weak = url is not None and "{" not in url[1] and _is_weak(url[1])
        return _report(url[1], hit.node) if url is not None and weak else None
    if hit.node.type == "call":
        user = around.owner(hit)
        if not hit.name and (user is None or user.type == "call"):
            return None  # Django does so, to spend as much time on users that do not exist
        value = hit.argument(0 if not hit.name else 2)
        text = known.fixed(hit, value)
        return _report(text, value) if text is not None and _is_weak(text) else None
    found = passwords.named(hit)
    if found is None or not around.is_password(found[0]):
        return None
    text = hit.string(found[1])
    if text is None or not _is_weak(text) or not _opens_something(hit):
        return None
    return _report(text, found[1])


def _is_weak(text: str) -> bool:
    return not text or passwords.is_common(text)


def _opens_something(hit: Hit) -> bool:
    """Whether the password stands beside an account or a host, or in a call that connects."""
    parent = hit.node.parent
    if hit.node.type == "pair":
        return parent is not None and bool(_ACCOUNT.search(around.wide_text(hit, parent)))
    if hit.node.type != "keyword_argument" or parent is None or parent.parent is None:
        return False
    function = parent.parent.child_by_field_name("function")
    return function is not None and bool(_CONNECTS.fullmatch(hit.text(function)))


def _report(text: str, node: Node | None) -> Report:
    what = (
        "This password is among the first that everybody tries"
        if text
        else "There is no password here"
    )
    return Report(f"{what}: set a random one and read it from the environment.", node=node)


RULE = PatternRule(
    id="python/guessable-password",
    title="Guessable password",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(521, 258, 798, 259, 1391),
    page="""
A database or account that opens without a password, or with one of the twenty that everybody tries, opens to whoever
reaches it. What was meant for a test machine is found in production later, and programs look for such
databases all day long.
""",
    attack="Tries the twenty commonest passwords on each database that a scan finds.",
    advice='Set a random password and read it from the environment: `os.environ["DB_PASSWORD"]`.',
    bad=(
        """\
import MySQLdb

database = MySQLdb.connect(host="localhost", user="root", passwd="", db="shop")
""",
        """\
DATABASES = {"default": {"USER": "shop", "PASSWORD": "test", "HOST": "db"}}
""",
        """\
app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://shop:@db.example.com/shop"
""",
        """\
def reset(user):
    password = ""
    user.set_password(password)
""",
        """\
import pymysql as driver

database = driver.connect("db.example.com", "root", "test")
""",
    ),
    good=(
        """\
import MySQLdb, os

database = MySQLdb.connect(host="localhost", user="shop", passwd=os.environ["DB_PASSWORD"], db="shop")
""",
        """\
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db"}}
""",
        """\
app.config["SQLALCHEMY_DATABASE_URI"] = f"postgresql://shop:{word}@db.example.com/shop"
""",
        """\
form = {"password": "", "remember": False}
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html",
    names=("MySQLdb.connect", "pymysql.connect", "mysql.connector.connect", "mariadb.connect"),
    methods=("set_password",),
    query=passwords.QUERY
    + """
    ((string (string_content) @_text) @hit (#match? @_text "^[a-z][a-z0-9+]*://[^:/@ ]+:[^@/ ]*@"))
    """,
    check=_check,
)
