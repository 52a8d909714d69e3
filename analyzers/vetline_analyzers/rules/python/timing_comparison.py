"""Comparisons whose duration tells how much was right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around, known
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_MAC = re.compile(
    r"_(?:hmac|sig|signature|api_key|apikey|secret|webhook_secret|csrf_token|csrf|auth_token|access_token"
    r"|session_token|reset_token|api_token|bearer_token|x_hub_signature|otp|digest)_"
)
_PAIRED = re.compile(
    r"_(?:expected|computed|calculated|actual|provided|received|given|header|stored|valid)_"
)
_MAKERS = re.compile(r"(?:.*\.)?hmac(?:\.new|\.digest|\.HMAC)?|HMAC\.new")
_CALLED = re.compile(r"(?i)(?:.*\.)?\w*(?:sign|hmac|signature|_mac)")


def _check(hit: Hit) -> Report | None:
    if around.function_name(hit) in {"__eq__", "__ne__"}:
        return None
    sides = hit.node.named_children if around.small(hit.node) else []
    operators = [child.type for child in hit.node.children if not child.is_named]
    if len(sides) != len(("left", "right")) or operators not in (["=="], ["!="]):
        return None
    left, right = sides
    if any(
        hit.constant(side) or (side.type == "call" and hit.text(side).startswith("len("))
        for side in sides
    ):
        return None
    certain = any(known.made_by(hit, side, _is_mac) for side in sides)
    if not certain and not _paired(hit, left, right):
        return None
    return Report(
        "How long this takes tells how many characters were right: compare with hmac.compare_digest.",
        fix=_fix(hit, left, right, operators[0]),
        tentative=None if certain else True,
    )


def _is_mac(name: str) -> bool:
    return bool(_MAKERS.fullmatch(name))


def _paired(hit: Hit, left: Node, right: Node) -> bool:
    """Whether both sides speak of a secret, one of them of what it ought to be or was given as."""
    spoken = [around.words(_spoken(hit, side)) for side in (left, right)]
    if not any(_MAC.search(text) for text in spoken):
        return False
    made = any(
        _CALLED.fullmatch(known.maker(hit, side)) for side in (left, right) if side.type == "call"
    )
    return made or all(_MAC.search(text) or _PAIRED.search(text) for text in spoken)


def _spoken(hit: Hit, node: Node) -> str:
    return (
        hit.text(node)[-80:]
        if node.type in {"identifier", "attribute", "subscript", "call"}
        else ""
    )


def _fix(hit: Hit, left: Node, right: Node, operator: str) -> Fix | None:
    edits = around.importing(hit, "hmac")
    if edits is None:
        return None
    call = f"hmac.compare_digest({hit.text(left)}, {hit.text(right)})"
    edits = (*edits, hit.edit(hit.node, call if operator == "==" else f"not {call}"))
    safe = _digest(hit, left) == _digest(hit, right) != "" and around.unshadowed(hit, "hmac")
    return Fix("Compare in constant time", edits, safe=safe)


def _digest(hit: Hit, node: Node) -> str:
    """Which form of a digest an expression surely has: two of one form can be compared either way."""
    values = hit.scope.values(node) if node.type == "identifier" else [node]
    forms = {around.last_name(hit, value) if value.type == "call" else "" for value in values}
    form = forms.pop() if len(forms) == 1 else ""
    made = all(known.made_by(hit, value, _is_hash) for value in values)
    return form if form in {"digest", "hexdigest"} and made else ""


def _is_hash(name: str) -> bool:
    return name.startswith(("hmac.new", "hmac.HMAC", "hashlib."))


RULE = PatternRule(
    id="python/timing-comparison",
    title="Secret compared in varying time",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(208, 203, 385),
    page="""
`==` stops at the first character that differs, so that a guess with more right characters takes longer. Who can ask
often enough measures it and finds a signature or token character by character, in thousands of tries
instead of more than there are atoms.
""",
    attack="Measures answers and finds the right signature byte by byte.",
    advice="`hmac.compare_digest(given, expected)`; both must be bytes or both ASCII text.",
    bad=(
        """\
import hashlib, hmac

def verify(key, body, signature):
    return hmac.new(key, body, hashlib.sha256).hexdigest() == signature
""",
        """\
import hashlib, hmac

def same(key, body, other):
    expected = hmac.new(key, body, hashlib.sha256).digest()
    return expected != hmac.new(key, other, hashlib.sha256).digest()
""",
        """\
import hmac as mac

def verify(key, body, header):
    expected = mac.digest(key, body, "sha256").hex()
    mark = mac.new(key, body, "sha256").hexdigest()
    if header != mark:
        raise ValueError
""",
        """\
def verify(request, expected_signature):
    return request.headers["X-Hub-Signature"] == expected_signature
""",
    ),
    good=(
        """\
import hashlib, hmac

def verify(key, body, signature):
    made = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(made, signature)
""",
        """\
import hashlib

def same(path, expected):
    return hashlib.sha256(path.read_bytes()).hexdigest() == expected
""",
        """\
def compare(signature, other):
    return signature == other.parameters
""",
    ),
    url="https://docs.python.org/3/library/hmac.html#hmac.compare_digest",
    query="(comparison_operator) @hit",
    check=_check,
)
