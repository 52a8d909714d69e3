"""A secret written where many can read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around import words
from vetline_analyzers.syntax.python_web import last_part
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_SECRET = re.compile(
    r"_(?:passwd|password|passphrase|pwd|secret|api_?key|apikey|secret_key|access_token|auth_token"
    r"|refresh_token|id_token|bearer|authorization|credit_card|card_number|cvv|ssn|session_token|reset_token"
    r"|client_secret|encryption_key|signing_key|credentials|otp|sensitive_data)s?_"
)
_HARMLESS = re.compile(
    r"_(?:hash|hashed|masked|redacted|len|length|count|name|field|file|path|url|id|type|policy|error|errors|valid|is"
    r"|has|no|missing|arn|version|form|prompt|strength|validator|expires|expiry|age|store|manager|ok|changed)_"
)
_HIDES = re.compile(
    r"(?i)mask|redact|hash|len\(|bool\(|type\(|\*{3}|obfusc|anonym|is not None|is None|sha\d|scrub"
)
_OWNERS = re.compile(
    r"(?i)(?:.*\.)?_?(?:log|logger|logging|app\.logger|_?logger|syslog|audit\w*)(?:\(\))?"
)
_KEEPING = frozenset({"str", "repr", "format", "decode", "encode", "join", "strip", "dumps"})
_PARTS = frozenset(
    {
        "string",
        "interpolation",
        "binary_operator",
        "tuple",
        "list",
        "dictionary",
        "pair",
        "concatenated_string",
    }
    | {"parenthesized_expression", "keyword_argument"}
)
_METHODS = ("debug", "info", "warning", "warn", "error", "critical", "exception", "log")


def _check(hit: Hit) -> Report | None:
    if not hit.name and not _logs(hit):
        return None
    if _HIDES.search(hit.text(hit.node)):
        return None
    if not any(_held(hit, node) for node in hit.scope.dialect.argument_nodes(hit.node)):
        return None
    where = "printed" if hit.name else "logged"
    return Report(
        f"A secret is {where}, where it stays and more people can read it: leave it out, or show its last "
        "four characters.",
    )


def _logs(hit: Hit) -> bool:
    function = callee(hit.node)
    owner = function.child_by_field_name("object") if function is not None else None
    return (
        owner is not None
        and bool(_OWNERS.fullmatch(hit.text(owner)))
        and last_part(hit) in _METHODS
    )


def _held(hit: Hit, node: Node) -> bool:
    """Whether a secret's value goes into the text that an expression makes."""
    stack = [node]
    while stack:
        hit.scope.spend()
        at = stack.pop()
        if at.type in {"identifier", "attribute"}:
            if _secret(hit.text(at).rpartition(".")[2]):
                return True
        elif at.type == "subscript":
            key = at.child_by_field_name("subscript")
            if key is not None and key.type == "string" and _secret(hit.text(key)):
                return True
        elif at.type == "call":
            parts = _made_of(hit, at)
            if parts is None:
                return True
            stack += parts
        elif at.type in _PARTS:
            stack += at.named_children
    return False


def _made_of(hit: Hit, node: Node) -> list[Node] | None:
    """What a call's text is made of, None when it looks a secret up by its name."""
    function, given = callee(node), hit.scope.dialect.argument_nodes(node)
    if function is None:
        return []
    last = hit.text(function).rpartition(".")[2]
    if last in {"get", "getenv", "pop"} and given and given[0].type == "string":
        return None if _secret(hit.text(given[0])) else []
    owner = function.child_by_field_name("object")
    return [*given, *([owner] if owner is not None else [])] if last in _KEEPING else []


def _secret(name: str) -> bool:
    spoken = words(name)
    return bool(_SECRET.search(spoken)) and not _HARMLESS.search(spoken) and not name.isupper()


RULE = PatternRule(
    id="python/secret-in-log",
    title="Secret written to a log",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(532, 312, 200),
    page="""
Logs are kept for long, copied to other machines, searched by many and shown in tickets. A password or
token in them is known to all who can read them, long after it was typed, and nobody changes it because
nobody knows.
""",
    attack="Searches the log server for `password=` and logs in as whoever is there.",
    advice="Log that it happened and for whom, not the secret; where one must be told from another, log a few "
    "characters of its hash.",
    bad=(
        """\
import logging

def enter(name, password):
    logging.info("login %s %s", name, password)
""",
        """\
def call(api_key):
    logger.debug(f"calling with {api_key}")
""",
        """\
print("token:", response["access_token"])
""",
    ),
    good=(
        """\
import logging

def enter(name, password):
    logging.info("login %s", name)
""",
        """\
def call(api_key):
    logger.debug("calling with a key of %d characters", len(api_key))
""",
        """\
print("the password is wrong")
""",
        """\
def show(password_hash_name):
    print(password_hash_name)
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude",
    names=("print", "pprint.pprint"),
    methods=_METHODS,
    check=_check,
)
