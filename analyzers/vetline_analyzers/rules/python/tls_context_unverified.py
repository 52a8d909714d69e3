"""TLS contexts that verify nothing unless told to."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_UNCHECKED = "This context checks neither certificate nor name: use ssl.create_default_context()."
_NEGOTIATED = ("PROTOCOL_TLS", "PROTOCOL_SSLv23", "PROTOCOL_TLSv1_2")
# Said somewhere in the function: it verifies after all, says that it does not, or is a server.
_SETTLED = re.compile(
    r"verify_mode|check_hostname|set_verify|load_cert_chain|server_side|use_certificate|use_privatekey"
    r"|CERT_NONE|\.options\b"
)


def _check(hit: Hit) -> Report | None:
    if _SETTLED.search(around.function_text(hit)):
        return None
    if hit.name == "ssl._create_stdlib_context":
        return Report(_UNCHECKED)
    if hit.name == "ssl.SSLContext":
        given = hit.either(0, "protocol")
        if given is not None and hit.resolve(given).rpartition(".")[2] not in _NEGOTIATED:
            return None
        function = hit.node.child_by_field_name("function")
        edits = (
            (hit.edit(hit.node, "ssl.create_default_context()"),)
            if function is not None and hit.text(function) == "ssl.SSLContext"
            else ()
        )
        fix = Fix("Use the default context", edits, safe=False) if edits else None
        return Report(_UNCHECKED, fix=fix)
    return Report(
        "pyOpenSSL checks no certificate unless told to: call set_verify with SSL.VERIFY_PEER and load your "
        "CAs, or use ssl.create_default_context()."
    )


RULE = PatternRule(
    id="python/tls-context-unverified",
    title="TLS context that verifies nothing",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    cwe=(295, 297),
    page="""
A bare `ssl.SSLContext(ssl.PROTOCOL_TLS)` and every new context of pyOpenSSL accept any certificate of anybody:
verification is a second step, and here nothing takes it. The connection is encrypted to whoever answers.
""",
    attack="Answers in the server's place with a certificate made a minute ago.",
    advice="`ssl.create_default_context()` for clients; for servers `ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)`.",
    bad=(
        """\
import ssl

def open_context():
    return ssl.SSLContext(ssl.PROTOCOL_TLS)
""",
        """\
from OpenSSL import SSL

def open_context():
    context = SSL.Context(SSL.TLSv1_2_METHOD)
    return context
""",
        """\
from ssl import SSLContext

context = SSLContext()
""",
        """\
import ssl

context = ssl._create_stdlib_context(certfile="client.pem")
""",
    ),
    good=(
        """\
import ssl

def open_context():
    return ssl.create_default_context()
""",
        """\
import ssl

def open_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS)
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    return context
""",
        """\
import ssl

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
""",
    ),
    url="https://docs.python.org/3/library/ssl.html#ssl.SSLContext",
    tentative=True,
    names=("ssl.SSLContext", "OpenSSL.SSL.Context", "SSL.Context", "ssl._create_stdlib_context"),
    check=_check,
)
