"""`ssl.wrap_socket`, which checks nothing and is gone."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_SAID_ELSEWHERE = re.compile(r"SSLv[23]\b|TLSv1\b|TLSv1_1\b|CERT_NONE")


def _check(hit: Hit) -> Report | None:
    if _SAID_ELSEWHERE.search(hit.text(hit.node)):
        return None
    return Report(
        "ssl.wrap_socket checks no name, allows any version, and is gone since Python 3.12: "
        "use ssl.create_default_context().wrap_socket(sock, server_hostname=host)."
    )


RULE = PatternRule(
    id="python/ssl-wrap-socket",
    title="Use of ssl.wrap_socket",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(327, 295, 326, 477),
    page="""
`ssl.wrap_socket` has no way to compare the certificate with the name that was asked for, checks no certificate
unless told to, and lets the peer choose a broken version. It was deprecated in Python 3.7 and removed in
3.12, so the code stops as well.
""",
    attack="Answers in the server's place with any certificate, or talks both sides down to an old version.",
    advice="`ssl.create_default_context().wrap_socket(sock, server_hostname=host)`.",
    bad=(
        """\
import socket, ssl

sock = ssl.wrap_socket(socket.create_connection(("example.com", 443)))
""",
        """\
from ssl import wrap_socket as secure

def start(sock):
    return secure(sock, ca_certs="ca.pem")
""",
        """\
import ssl as tls

def serve(sock):
    return tls.wrap_socket(sock, certfile="server.pem", server_side=True)
""",
    ),
    good=(
        """\
import socket, ssl

sock = socket.create_connection(("example.com", 443))
sock = ssl.create_default_context().wrap_socket(sock, server_hostname="example.com")
""",
        """\
def start(context, sock):
    return context.wrap_socket(sock, server_hostname="example.com")
""",
    ),
    same_as=("bandit/B504",),
    url="https://docs.python.org/3/library/ssl.html#ssl.SSLContext.wrap_socket",
    names=("ssl.wrap_socket",),
    check=_check,
)
