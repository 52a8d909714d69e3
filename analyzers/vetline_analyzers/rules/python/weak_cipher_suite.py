"""TLS cipher suites that are broken or authenticate nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_WEAK = re.compile(
    r"(?:.*[-_+])?(?:RC4|RC2|DES|3DES|DES-CBC3|MD5|NULL|eNULL|aNULL|ADH|AECDH|EXP\w*|EXPORT\d*|LOW|COMPLEMENTOFALL)"
    r"(?:[-_+].*)?|ALL|@SECLEVEL=0"
)


def _check(hit: Hit) -> Report | None:
    suites = _suites(hit)
    text = hit.string(suites)
    if suites is None or text is None:
        return None
    parts = [part.strip() for part in re.split(r"[:,; ]", text.replace(":@", " @"))]
    refused = {part.lstrip("!-").upper() for part in parts if part[:1] in {"!", "-"}}
    for part in parts:
        if not _WEAK.fullmatch(part) or part.upper() in refused:
            continue
        if part == "ALL" and {"ANULL", "ENULL"} & refused:
            continue
        return Report(
            f"{part} allows suites that are broken or authenticate nobody: leave the list to the library.",
            node=suites,
        )
    return None


def _suites(hit: Hit) -> Node | None:
    if hit.node.type == "call":
        return hit.either(0, "ciphers")
    return hit.node.child_by_field_name("value") or hit.node.child_by_field_name("right")


RULE = PatternRule(
    id="python/weak-cipher-suite",
    title="Weak cipher suite",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(327, 326),
    page="""
A list of cipher suites says what a connection may be reduced to. Suites with RC4, DES or EXPORT are read by
rented machines, NULL suites hide nothing, and anonymous ones (ADH, aNULL) do not check who answers.
""",
    attack="Sits in the middle, lets both sides agree on the weakest suite of the list and reads along.",
    advice='Leave the defaults. Where a list is needed: `"ECDHE+AESGCM:ECDHE+CHACHA20"`.',
    bad=(
        """\
import ssl

context = ssl.create_default_context()
context.set_ciphers("ALL")
""",
        """\
def narrow(context):
    suites = "ECDHE+AESGCM:RC4-SHA"
    context.set_ciphers(suites)
""",
        """\
import urllib3

pool = urllib3.PoolManager(ciphers="DEFAULT:@SECLEVEL=0")
""",
    ),
    good=(
        """\
import ssl

context = ssl.create_default_context()
context.set_ciphers("ECDHE+AESGCM")
""",
        """\
def narrow(context):
    suites = "HIGH:!aNULL:!RC4:!MD5"
    context.set_ciphers(suites)
""",
    ),
    url="https://docs.python.org/3/library/ssl.html#cipher-selection",
    methods=("set_ciphers", "set_cipher_list"),
    query="""
        ((keyword_argument name: (identifier) @_key value: (string)) @hit
          (#any-of? @_key "ciphers" "ssl_ciphers" "cipher_list"))
        ((assignment left: (_) @_key right: (string)) @hit (#match? @_key "(^|[.])DEFAULT_CIPHERS$"))
    """,
    check=_check,
)
