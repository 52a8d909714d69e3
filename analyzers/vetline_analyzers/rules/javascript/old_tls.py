"""Versions of TLS that are broken."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_OLD = re.compile(r"SSLv[23]|TLSv1(?:\.[01])?")
_METHOD = re.compile(r"(?:SSLv(?:2|3|23)|TLSv1(?:_1)?)(?:_client|_server)?_method")


def _check(hit: Hit) -> Report | None:
    left = hit.node.child_by_field_name("key") or hit.node.child_by_field_name("left")
    value = hit.node.child_by_field_name("value") or hit.node.child_by_field_name("right")
    text = hit.string(value) or ""
    if left is None or value is None:
        return None
    if "secureProtocol" in hit.text(left):
        old, better = _METHOD.fullmatch(text), "TLS_method"
        if text.startswith("SSLv23"):
            return None  # the old name for whatever both sides speak
    else:
        old, better = _OLD.fullmatch(text), "TLSv1.2"
    if not old:
        return None
    fix = Fix(f"Use {better}", (hit.edit(value, f'"{better}"'),), safe=False)
    return Report(f"{text} is broken: ask for TLS 1.2 at least.", value, fix=fix)


RULE = PatternRule(
    id="javascript/old-tls",
    title="Version of TLS that is broken",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(327, 326, 319, 757),
    page="""
SSL 3, TLS 1.0 and TLS 1.1 have been withdrawn: their ciphers and their handshake let somebody on the way read
cookies or talk both sides into weaker keys. Node speaks TLS 1.2 and 1.3 when nothing is said; here it is
told to accept less.
""",
    attack="Stands on the way, forces the old version, and decrypts the cookie byte by byte.",
    advice='Leave the option out, or give `minVersion: "TLSv1.2"`.',
    bad=(
        'const agent = new https.Agent({ minVersion: "TLSv1" });\n',
        'const server = tls.createServer({ key, cert, secureProtocol: "TLSv1_method" });\n',
        'tls.DEFAULT_MIN_VERSION = "TLSv1.1";\n',
        'const db = { dialectOptions: { ssl: { minVersion: "TLSv1.1" } } };\n',
    ),
    good=(
        'const agent = new https.Agent({ minVersion: "TLSv1.2" });\n',
        'const server = tls.createServer({ key, cert, secureProtocol: "TLS_method" });\n',
        'tls.DEFAULT_MIN_VERSION = "TLSv1.3";\n',
    ),
    url="https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions",
    language="javascript",
    languages=LANGUAGES,
    query="""
        ((pair key: [(property_identifier) (string)] @_k) @hit
          (#match? @_k "^['\\"]?(minVersion|maxVersion|secureProtocol)['\\"]?$"))
        ((assignment_expression left: (member_expression property: (property_identifier) @_p)) @hit
          (#any-of? @_p "DEFAULT_MIN_VERSION" "DEFAULT_MAX_VERSION" "minVersion" "secureProtocol"))
    """,
    check=_check,
)
