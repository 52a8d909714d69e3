"""Passwords in the source code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, known, passwords
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

# Where the password stands among the positional arguments.
_PLACES = {
    **dict.fromkeys(
        ("MySQLdb.connect", "pymysql.connect", "mysql.connector.connect", "mariadb.connect"), 2
    ),
    **dict.fromkeys(
        ("smtplib.SMTP().login", "smtplib.SMTP_SSL().login", "imaplib.IMAP4_SSL().login"), 1
    ),
    **dict.fromkeys(("imaplib.IMAP4().login", "ftplib.FTP().login", "ftplib.FTP_TLS().login"), 1),
    **dict.fromkeys(("poplib.POP3().pass_", "poplib.POP3_SSL().pass_"), 0),
    **dict.fromkeys(("requests.auth.HTTPBasicAuth", "requests.auth.HTTPDigestAuth"), 1),
    **dict.fromkeys(("httpx.BasicAuth", "httpx.DigestAuth", "aiohttp.BasicAuth"), 1),
    **dict.fromkeys(("HTTPBasicAuth", "HTTPDigestAuth", "pika.PlainCredentials"), 1),
    **dict.fromkeys(("cx_Oracle.connect",), 1),
    **dict.fromkeys(("ldap.initialize().simple_bind_s", "ldap.initialize().simple_bind"), 1),
    **dict.fromkeys(("ldap3.Connection", "pymssql.connect"), 2),
}
_WORDS = re.compile(
    r"(?i)(?:none|null|true|false|yes|no|prompt|ask|string|str|text|hidden|input|required|basic|plain|auto|default"
    r"|pass(?:word|wd)?s?|pwd|user|username|nopass|sha\d+|md5|bcrypt|argon2|crypt|unset|disabled|enabled|x+|\*+|\.+|-+|_+)"
)
_ENDS = ("_password_", "_passwd_", "_pwd_", "_passphrase_")
_REAL = re.compile(r"(?=.*\d)(?=.*[A-Za-z])|[!@#&*?$]|(?=.*[a-z])(?=.*[A-Z])")
_NAME = re.compile(
    r"[a-z]+(?:[_.-][a-z0-9]+)+|[a-z]+(?:[A-Z][a-z]+)+|.*(?:[Pp]ass|pwd|PASS|_key).*"
)


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "comparison_operator":
        return _compared(hit)
    if hit.node.type == "call":
        value = hit.argument(_PLACES[hit.name])
        return _report(value) if value is not None and _plausible(known.fixed(hit, value)) else None
    if hit.node.type == "tuple":
        login = hit.string(hit.node.named_children[1])
        return _report(hit.node.named_children[1]) if _plausible(login) else None
    found = passwords.named(hit)
    if found is None:
        return None
    name, value = found
    text = hit.string(value)
    if text is None or not around.is_password(name):
        return None
    plain = hit.node.type != "pair" and around.words(name).endswith(_ENDS)
    if passwords.is_common(text):  # beside an account it is another rule's
        return _report(value) if plain and hit.node.type != "keyword_argument" else None
    if not _plausible(text) or not (plain or _REAL.search(text)):
        return None
    return _report(value)


def _plausible(text: str | None) -> bool:
    """Whether a text can be a password rather than a word about one."""
    if not text or not passwords.SHORTEST <= len(text) <= passwords.LONGEST:
        return False
    if not any(c.isalnum() for c in text):
        return False
    if any(c.isspace() for c in text) or text[0] in "<{%$/[(" or "://" in text:
        return False
    return not _WORDS.fullmatch(text) and not _NAME.fullmatch(text)


def _report(value: Node | None) -> Report:
    return Report(
        "Everybody who can read this code has the password: read it from the environment or a store of secrets.",
        node=value,
    )


def _compared(hit: Hit) -> Report | None:
    """`if password == "..."`."""
    sides = hit.node.named_children if around.small(hit.node) else []
    if len(sides) != len(("left", "right")) or hit.node.children[1].type not in {"==", "!="}:
        return None
    for given, value in (sides, sides[::-1]):
        text = hit.string(value) if value.type == "string" else None
        if (
            not text
            or any(c.isspace() for c in text)
            or re.fullmatch(r"(?i)none|null|x+|\W+", text)
        ):
            continue
        if around.is_password(_last(hit, given)):
            return _report(value)
    return None


def _last(hit: Hit, node: Node) -> str:
    """The name that says what a compared expression is."""
    text = hit.text(node)[-60:]
    found = re.search(r"(\w+)['\"\])(]*$", text)
    return (
        found[1] if found and node.type in {"identifier", "attribute", "subscript", "call"} else ""
    )


RULE = PatternRule(
    id="python/hard-coded-password",
    title="Password in the source code",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    cwe=(259, 798, 522),
    page="""
A password in the code is known to everybody who has, had or will find the code, and is the same wherever the program
runs. It cannot be changed without a release, and people use it elsewhere too.
""",
    attack="Finds the password in a copy of the repository and logs in.",
    advice='Read it from the environment or a store of secrets: `os.environ["DB_PASSWORD"]`; keep hashes of what '
    "people type and compare with the library's `verify`.",
    bad=(
        """\
def may_enter(password):
    return password == "letmein"
""",
        """\
import MySQLdb

database = MySQLdb.connect("localhost", "app", "Tr0ub" + "adour", "shop")
""",
        """\
def start(host, user, passwd="letmein1"):
    return connect(host, user, passwd)
""",
        """\
db_password = "letmein"
""",
        """\
import requests

requests.get(url, auth=("app", "letmein"), timeout=3)
""",
        """\
def enter(request):
    if request.form["password"] != "letmein":
        raise PermissionError
""",
    ),
    good=(
        """\
import os

def start(host, user):
    return connect(host, user, passwd=os.environ["DB_PASSWORD"])
""",
        """\
import requests

def load(url, word):
    return requests.get(url, auth=("app", word), timeout=3)
""",
        """\
def may_enter(user, password):
    return verify(user.password_hash, password)
""",
        """\
field = {"type": "password", "name": "user_password"}
""",
        """\
def start(host, password=None):
    return connect(host, password=password, password_file="passwd.txt")
""",
    ),
    same_as=("bandit/B105", "bandit/B106", "bandit/B107"),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    tentative=True,
    names=tuple(_PLACES),
    query=passwords.QUERY
    + """
        (comparison_operator) @hit
        ((keyword_argument name: (identifier) @_name value: (tuple . (_) . (string) .) @hit)
          (#eq? @_name "auth"))
    """,
    check=_check,
)
