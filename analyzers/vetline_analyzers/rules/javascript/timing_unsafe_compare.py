"""Comparisons that tell by their time how much of a secret was guessed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, last_name, words
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_PROOFS = frozenset({"hmac", "signature", "sig", "mac"})
_SECRETS = frozenset({"secret", "password", "passwd", "pwd", "apikey", "otp", "passphrase"})
_TOKENS = frozenset(
    {"csrf", "xsrf", "api", "access", "reset", "auth", "session", "bearer", "admin"}
)
_TWICE = frozenset(
    {"confirm", "confirmation", "confirmed", "repeat", "repeated", "again", "verify"}
)
_OTHER = frozenset(
    {"retype", "retyped", "old", "new", "2", "length", "type", "name", "prop", "types"}
)
_NOTHING = frozenset({"null", "undefined", "true", "false", "''", '""', "``", "this"})


def _check(hit: Hit) -> Report | None:
    operator = hit.node.child_by_field_name("operator")
    if operator is None or operator.type not in {"===", "==", "!==", "!="}:
        return None
    left, right = (hit.node.child_by_field_name(side) for side in ("left", "right"))
    if left is None or right is None or _trivial(hit, left) or _trivial(hit, right):
        return None
    names = [words(last_name(hit, side)) for side in (left, right)]
    if any(not (_TWICE | _OTHER).isdisjoint(name) for name in names):
        return None
    proven = any(_digests(hit, side) for side in (left, right))
    if proven or all(not _PROOFS.isdisjoint(name) for name in names):
        return Report(
            "=== stops at the first difference, and its time tells how much of the signature is "
            "right: use crypto.timingSafeEqual."
        )
    if not any(_secret(name) for name in names) or "?" in hit.text(hit.node):
        return None
    known = any(hit.text(side).startswith("process.env") for side in (left, right))
    asked = any(hit.from_request(side) for side in (left, right))
    if not known and not asked and not all(_secret(name) for name in names):
        return None
    return Report(
        "=== stops at the first difference, and its time tells how much of the secret was guessed: "
        "use crypto.timingSafeEqual.",
        severity=Severity.LOW,
        confidence=Confidence.MEDIUM,
        tentative=True,
    )


def _trivial(hit: Hit, node: Node) -> bool:
    node = hit.scope.bare(node)
    return (
        node.type in {"string", "number", "template_string", "unary_expression", "regex"}
        or hit.text(node) in _NOTHING
    )


def _secret(name: tuple[str, ...]) -> bool:
    if not _SECRETS.isdisjoint(name) or ("api", "key") in pairwise(name):
        return True
    return "token" in name and not _TOKENS.isdisjoint(name)


def _digests(hit: Hit, node: Node) -> bool:
    """Whether the value was made by a keyed hash: `createHmac(…).update(…).digest(…)`."""
    node = hit.scope.bare(node)
    values = hit.scope.values(node) if node.type in hit.scope.dialect.identifiers else [node]
    texts = [hit.text(value) for value in values]
    return any("createHmac(" in text and ".digest(" in text for text in texts)


RULE = PatternRule(
    id="javascript/timing-unsafe-compare",
    title="Secret compared in a time that tells of it",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(208, 203, 385),
    page="""
`===` ends at the first character that differs. Who may try often, and measures how long the answer takes,
learns a signature, an API key or a token character by character. Comparing two signatures takes the same
time whatever they hold with `crypto.timingSafeEqual`.

A comparison of secrets that are no signatures is reported tentatively.
""",
    attack="Sends signatures that differ in their first byte, keeps the one whose answer is slowest, "
    "goes on with the next byte.",
    advice="Use `crypto.timingSafeEqual(Buffer.from(a), Buffer.from(b))` after comparing the lengths.",
    bad=(
        """\
const crypto = require("crypto");

function check(body, header) {
  const expected = crypto.createHmac("sha256", key).update(body).digest("hex");
  return expected === header;
}
""",
        """\
if (req.headers["x-api-key"] !== process.env.API_KEY) {
  deny();
}
""",
        """\
export function verify(signature, request) {
  return request.signature == signature;
}
""",
    ),
    good=(
        """\
const crypto = require("crypto");

function check(body, header) {
  const expected = crypto.createHmac("sha256", key).update(body).digest();
  return crypto.timingSafeEqual(expected, Buffer.from(header, "hex"));
}
""",
        """\
if (password !== confirmPassword) {
  complain();
}
""",
        """\
if (token === tokens[at]) {
  next();
}
""",
        """\
if (signature === null || signature === "none") {
  deny();
}
""",
    ),
    url="https://nodejs.org/api/crypto.html#cryptotimingsafeequala-b",
    language="javascript",
    languages=LANGUAGES,
    query="(binary_expression) @hit",  # the operator in the query would cost quadratic time
    check=_check,
)
