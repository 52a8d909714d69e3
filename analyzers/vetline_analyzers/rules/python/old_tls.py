"""TLS and SSL versions that are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_BETTER = {
    **dict.fromkeys(
        ("PROTOCOL_SSLv2", "PROTOCOL_SSLv3", "PROTOCOL_TLSv1", "PROTOCOL_TLSv1_1"), "PROTOCOL_TLS"
    ),
    **dict.fromkeys(
        ("SSLv2_METHOD", "SSLv3_METHOD", "SSLv23_METHOD", "TLSv1_METHOD"), "TLS_METHOD"
    ),
    "TLSv1_1_METHOD": "TLS_METHOD",
}
_VERSIONS = ("SSLv3", "TLSv1", "TLSv1_1")
_TEXTS = {
    "sslv2",
    "sslv3",
    "ssl2",
    "ssl3",
    "tlsv1",
    "tlsv1.0",
    "tlsv1.1",
    "tlsv1_1",
    "tls1",
    "tlsv1_0",
}
# Tables, tests and lists of what is refused speak of a version without using it.
_SPOKEN_OF = frozenset(
    {"pair", "comparison_operator", "list", "tuple", "set", "case_pattern", "subscript"}
)
_QUOTED = '"' + '" "'.join(_BETTER) + '"'


def _check(hit: Hit) -> Report | None:
    name = hit.node.child_by_field_name("name")
    if hit.node.type == "keyword_argument" and name is not None:
        value = hit.node.child_by_field_name("value")
        text = (hit.string(value) or "").lower()
        return _report(hit, text, value) if text in _TEXTS else None
    parent = hit.node.parent
    if parent is not None and _in_a_table(parent):
        return None
    if parent is None or parent.type in _SPOKEN_OF or "import" in parent.type:
        return None
    if hit.node.type == "identifier":
        if parent.type in {"attribute", "dotted_name", "aliased_import"} or _left(parent, hit.node):
            return None
        last = hit.resolve(hit.node).rpartition(".")[2]
        return _report(hit, last, hit.node) if last in _BETTER else None
    member, base = hit.node.child_by_field_name("attribute"), hit.node.child_by_field_name("object")
    if member is None or base is None or _left(parent, hit.node):
        return None
    last = hit.text(member)
    if last in _VERSIONS and not hit.text(base).endswith("TLSVersion"):
        return None
    return _report(hit, last, hit.node, member)


def _in_a_table(parent: Node) -> bool:
    """Whether it is an entry: `names[PROTOCOL_TLSv1] = TLSv1_METHOD`."""
    left = parent.child_by_field_name("left") if parent.type == "assignment" else None
    return left is not None and left.type == "subscript"


def _left(parent: Node, node: Node) -> bool:
    return parent.type == "assignment" and parent.child_by_field_name("left") == node


def _report(hit: Hit, version: str, node: Node | None, member: Node | None = None) -> Report:
    better = _BETTER.get(version, "TLSv1_2")
    edits = (hit.edit(member, better),) if member is not None else ()
    either = version == "SSLv23_METHOD"
    return Report(
        f"{version} lets somebody on the way choose a protocol that is broken: ask for TLS 1.2 or later.",
        node=node,
        fix=Fix(f"Use {better}", edits, safe=False) if edits else None,
        tentative=True if either else None,
        severity=Severity.LOW if either else None,
    )


RULE = PatternRule(
    id="python/old-tls",
    title="Outdated TLS version",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(327, 326, 757),
    page="""
SSL 2 and 3 are broken outright, TLS 1.0 and 1.1 were retired in 2021: they rely on MD5 and SHA-1 and on
modes that leak. Who asks for them gets them, also from a server that could do better, and browsers, auditors
and payment rules refuse them.
""",
    attack="Sits in the middle, lets both sides agree on the old version and decrypts a cookie.",
    advice="`ssl.create_default_context()` chooses well; where a version must be named, set "
    "`context.minimum_version = ssl.TLSVersion.TLSv1_2`.",
    bad=(
        """\
import ssl

context = ssl.SSLContext(ssl.PROTOCOL_TLSv1)
""",
        """\
import ssl

context = ssl.create_default_context()
context.minimum_version = ssl.TLSVersion.TLSv1
""",
        """\
from ssl import PROTOCOL_SSLv3

def wrap(connection, version=PROTOCOL_SSLv3):
    return connection.start(version)
""",
        """\
from OpenSSL import SSL

context = SSL.Context(method=SSL.TLSv1_METHOD)
""",
        """\
client = connect("db.example.com", ssl_version="TLSv1")
""",
    ),
    good=(
        """\
import ssl

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
""",
        """\
import ssl

context = ssl.create_default_context()
context.minimum_version = ssl.TLSVersion.TLSv1_2
""",
        """\
import ssl

def refuse(context, version):
    context.options |= ssl.OP_NO_TLSv1
    return version == ssl.PROTOCOL_SSLv3
""",
        """\
client = connect("db.example.com", ssl_version="TLSv1.2")
""",
    ),
    same_as=("bandit/B502", "bandit/B503"),
    url="https://docs.python.org/3/library/ssl.html#ssl-security",
    query=f"""
        ((attribute attribute: (identifier) @_name) @hit (#any-of? @_name {_QUOTED} "SSLv3" "TLSv1" "TLSv1_1"))
        ((identifier) @hit (#any-of? @hit {_QUOTED}))
        ((keyword_argument name: (identifier) @_key value: (string)) @hit
          (#any-of? @_key "ssl_version" "tls_version" "ssl_minimum_version" "minimum_version" "min_tls_version"))
    """,
    check=_check,
)
