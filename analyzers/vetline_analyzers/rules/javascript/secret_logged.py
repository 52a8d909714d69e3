"""Secrets that are written into a log."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, last_name, words
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_SECRETS = frozenset({"password", "passwd", "pwd", "secret", "passphrase", "apikey", "credentials"})
_KEYS = frozenset(
    {("api", "key"), ("private", "key"), ("secret", "key"), ("access", "token"), ("auth", "token")}
)
_ABOUT = frozenset(
    {"length", "valid", "reset", "type", "name", "id", "count", "error", "field", "is", "has"}
)
_LOGS = re.compile(
    r"(?:console|logger|log|winston|pino|bunyan|this\.log(?:ger)?|req\.log|fastify\.log)\.\w+"
)


def _check(hit: Hit) -> Report | None:
    function = callee(hit.node)
    if function is None or not _LOGS.fullmatch(hit.text(function)):
        return None
    for argument in hit.scope.dialect.argument_nodes(hit.node):
        for part in _parts(hit, argument):
            if _is_secret(words(last_name(hit, part))):
                return Report(
                    "This secret goes into the log, where many read it and nobody deletes it: leave "
                    "it out.",
                    part,
                )
    return None


def _parts(hit: Hit, argument: Node) -> list[Node]:
    """The names whose values are written: the argument, or what is put into its text."""
    if argument.type == "object":
        pairs = (n.child_by_field_name("value") or n for n in argument.named_children)
        return [n for n in pairs if n.type != "object"]
    if argument.type == "template_string":
        holes = (n for n in argument.named_children if n.type == "template_substitution")
        return [n.named_children[0] for n in holes if n.named_children]
    if argument.type == "binary_expression":
        pieces = hit.scope.pieces(argument) or ()
        return [n for n in pieces if n is not None and not isinstance(n, str)]
    return [argument]


def _is_secret(name: tuple[str, ...]) -> bool:
    if not _ABOUT.isdisjoint(name):
        return False
    pairs = pairwise(name)
    return not _SECRETS.isdisjoint(name) or any(pair in _KEYS for pair in pairs)


RULE = PatternRule(
    id="javascript/secret-logged",
    title="Secret written into a log",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(532, 312, 200),
    page="""
A password, a key or a token is written into a log. Logs are kept long, copied to other services and read by
many; who gets one of them has the secret of everybody who logged in.
""",
    attack="Reads yesterday's log in the monitoring service, and logs in as each of its users.",
    advice="Leave the value out, or write that it is there: `Boolean(password)`.",
    bad=(
        "console.log(`Login of ${name} with ${password}`);\n",
        "logger.info({ user, password: req.body.password });\n",
        'console.debug("key", settings.apiKey);\n',
        'log.warn("Wrong password: " + req.body.password);\n',
    ),
    good=(
        "console.log(`Login of ${name}`);\n",
        'console.log("Wrong password");\n',
        "console.log(password.length, passwordValid);\n",
        "print(password);\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude",
    language="javascript",
    languages=LANGUAGES,
    methods=("log", "info", "debug", "warn", "error", "trace", "verbose", "fatal"),
    check=_check,
)
