"""Random numbers that can be foretold, where nobody may guess them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    given_names,
    number,
    secretive,
    unshadowed,
    words,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_IDENTITY = frozenset({"id", "uuid", "guid", "uid", "unique", "key", "code", "pin", "hash"})
_ALPHABET = re.compile(
    r"(?i)\b\w*(?:chars?|characters|alphabet|charset|possible|letters|digits|hex)\b"
)
_CRYPTO = frozenset({("crypto",), ("node:crypto",)})
_UP = 24  # expressions around the number that are looked at
_MANY = 100_000  # a number scaled to more than that is meant to be unlike any other
_DIGITS = frozenset({16, 32, 36, 62, 64, 256, 255, 0xFFFF, 0x10000})
_MEASURES = re.compile(
    r"(?i).*(?:length|size|fill|delay|offset|timeout|wait|ms|count|index|port|color|colour)"
)
_TEXT = frozenset({"toString", "charAt", "fromCharCode"})


def _check(hit: Hit) -> Report | None:
    names = [name for name in given_names(hit, hit.node) if name]
    if any(secretive(name) for name in names):
        return Report(
            "Math.random() can be foretold from a few of its numbers: make this with "
            "crypto.randomBytes or crypto.randomUUID.",
            fix=_fix(hit),
        )
    if not any(_MEASURES.fullmatch(name) for name in names) and (
        _is_identity(names) or _becomes_text(hit) or _is_wide(hit)
    ):
        return Report(
            "Math.random() can be foretold: if nobody may guess this value, use crypto.randomUUID() "
            "or crypto.randomInt().",
            severity=Severity.MEDIUM,
            confidence=Confidence.LOW,
            tentative=True,
            fix=_fix(hit),
        )
    return None


def _fix(hit: Hit) -> Fix | None:
    """A number of the same range, [0, 1), from the operating system, where Node's crypto is at hand."""
    if hit.name != "Math.random":
        return None
    for name, targets in hit.scope.context.aliases.items():
        if targets in _CRYPTO and unshadowed(hit, name):
            drawn = f"{name}.randomBytes(6).readUIntBE(0, 6) / 0x1000000000000"
            return Fix("Draw from crypto", (hit.edit(hit.node, f"({drawn})"),), safe=True)
    return None


def _is_identity(names: list[str]) -> bool:
    return any(not _IDENTITY.isdisjoint(words(name)) for name in names)


def _around(hit: Hit) -> list[Node]:
    """The expressions that the number is a part of, the innermost first."""
    found: list[Node] = []
    for node in islice(hit.scope.up(hit.node), _UP):
        if node.type.endswith(("statement", "declaration", "body", "block")) or node.type in {
            "arrow_function",
            "function_expression",
        }:
            break
        found.append(node)
    return found


def _becomes_text(hit: Hit) -> bool:
    for node in _around(hit):
        if node.type == "template_substitution":
            return True
        if node.type == "binary_expression" and any(
            child.type in {"string", "template_string"} for child in node.named_children
        ):
            operator = node.child_by_field_name("operator")
            return operator is not None and operator.type == "+"
        function = callee(node) if node.type == "call_expression" else None
        if function is not None and hit.text(function).rpartition(".")[2] in _TEXT:
            return True
        if node.type == "subscript_expression" and _ALPHABET.match(hit.text(node)):
            return True
    return False


def _is_wide(hit: Hit) -> bool:
    """Whether the number is scaled to hexadecimal digits, bytes, or so many that none comes twice."""
    for node in _around(hit):
        if node.type != "binary_expression":
            continue
        for side in ("left", "right"):
            factor = number(hit, node.child_by_field_name(side))
            if factor is not None and (factor >= _MANY or factor in _DIGITS):
                return True
    return False


RULE = PatternRule(
    id="javascript/insecure-random",
    title="Secret from a random number that can be foretold",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(338, 330, 340),
    page="""
`Math.random()` is made for games and jitter. Its state fits in two numbers, and who sees a handful of its
results computes all that follow. A token, a password, a reset code or a session id made of it can be guessed.

Where the name of the value does not say that it is a secret, the finding is tentative.
""",
    attack="Signs up a few times, reads the ids that are given, and computes the reset token of the "
    "next visitor.",
    advice="Use `crypto.randomUUID()`, `crypto.randomBytes(32).toString('hex')` or `crypto.randomInt(n)`; in a browser `crypto.getRandomValues`.",
    bad=(
        "const token = Math.random().toString(36).slice(2);\n",
        """\
function resetCode() {
  return Math.floor(100000 + Math.random() * 900000);
}
""",
        """\
function makePassword(length) {
  let text = "";
  for (let i = 0; i < length; i++) {
    text += alphabet[Math.floor(Math.random() * alphabet.length)];
  }
  return text;
}
""",
        'user.apiKey = "k" + Math.random();\n',
        """\
const crypto = require("crypto");

function token() {
  return Math.random().toString(36).slice(2) + crypto.randomUUID();
}
""",
        "const sessionId = _.random(1, 1e9);\n",
    ),
    good=(
        "const token = crypto.randomBytes(24).toString('hex');\n",
        "setTimeout(retry, 100 + Math.random() * 100);\n",
        """\
function shuffle(cards) {
  return cards.sort(() => Math.random() - 0.5);
}
""",
        "const greeting = greetings[Math.floor(Math.random() * greetings.length)];\n",
        "const angle = Math.random() * 2 * Math.PI;\n",
    ),
    url="https://nodejs.org/api/crypto.html#cryptorandombytessize-callback",
    language="javascript",
    languages=LANGUAGES,
    names=("Math.random", "lodash.random", "_.random"),
    check=_check,
)
