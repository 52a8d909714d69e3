"""LDAP binds that prove nothing or give the password away."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, known
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_CLEAR = re.compile(r"['\"]ldap://(?!localhost|127\.)")
_INNER = re.compile(r"['\"](?:ldapi?://)?(?:localhost|127\.|%2F)|\(\s*\)|\*")
_IN_CLEAR = "The password goes to the directory in clear: use ldaps:// or start_tls_s() before."
_TLS = re.compile(r"(?i)start_tls|ldaps|use_ssl\s*=\s*True|auto_bind\s*=\s*\S*TLS")


def _check(hit: Hit) -> Report | None:
    if hit.name:
        user = hit.either(1, "user")
        if user is not None:
            return _sent_in_clear(hit)
        if around.splatted(hit):
            return None
        if hit.keyword("authentication") is not None and "ANONYMOUS" not in hit.text(hit.node):
            return None
        return _anonymous()
    function = hit.node.child_by_field_name("function")
    if function is None or not hit.text(function).rpartition(".")[2].startswith(
        ("simple_bind", "bind")
    ):
        return None
    word = hit.argument(1) or hit.keyword("cred")
    named = hit.text(function).rpartition(".")[2].startswith("simple_bind")
    if word is None or known.fixed(hit, word) == "":
        given = bool(hit.argument(0)) or around.splatted(hit)
        return _anonymous() if named and not (given and word is None) else None
    text = around.function_text(hit)
    if named and _CLEAR.search(text) and not _TLS.search(text):
        return Report(_IN_CLEAR)
    return None


def _sent_in_clear(hit: Hit) -> Report | None:
    """A bind of ldap3 with a password, to a server that is seen to be asked without TLS."""
    server, how = hit.either(0, "server"), hit.keyword("authentication")
    if hit.either(2, "password") is None or (how is not None and "SIMPLE" not in hit.text(how)):
        return None
    if server is None or known.maker(hit, server) not in {"ldap3.Server", "Server"}:
        return None
    made = [server, *(hit.scope.values(server) if server.type == "identifier" else ())]
    if any(_INNER.search(hit.text(node)) for node in made) or _TLS.search(
        around.function_text(hit)
    ):
        return None
    return Report(
        "The password goes to the directory in clear: make the server with use_ssl=True, or call start_tls() "
        "before the bind.",
        tentative=True,
    )


def _anonymous() -> Report:
    return Report("This bind proves nobody's identity: bind with an account and its password.")


RULE = PatternRule(
    id="python/ldap-bind",
    title="LDAP bind without protection",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(287, 521, 522, 319),
    page="""
An LDAP bind without a name and a password succeeds on most servers and proves nothing; code that takes success for a
login lets everybody in. A bind with a password over `ldap://` shows it to everybody on the way.
""",
    attack="Sends an empty password, for which the directory answers that all is well.",
    advice="Refuse empty passwords, bind with an account over `ldaps://` or after `start_tls_s()`.",
    bad=(
        """\
import ldap

def find(base):
    directory = ldap.initialize("ldaps://directory.example.com")
    directory.simple_bind_s()
    return directory.search_s(base, ldap.SCOPE_SUBTREE)
""",
        """\
import ldap

def enter(name, password):
    directory = ldap.initialize("ldap://directory.example.com:389")
    directory.simple_bind_s(name, password)
""",
        """\
import ldap3

def find(server):
    return ldap3.Connection(server, auto_bind=True)
""",
        """\
import ldap

def enter(directory, name):
    directory.simple_bind(name, "")
""",
        """\
from ldap3 import ALL, Connection, Server

def enter(name, word):
    server = Server("directory.example.com", get_info=ALL)
    return Connection(server, name, word, auto_bind=True)
""",
    ),
    good=(
        """\
import ldap

def enter(name, password):
    directory = ldap.initialize("ldaps://directory.example.com")
    directory.simple_bind_s(name, password)
""",
        """\
import ldap3

def find(server, user, password):
    return ldap3.Connection(server, user, password, auto_bind=True)
""",
        """\
from ldap3 import ALL, Connection, Server

def enter(name, word):
    server = Server("directory.example.com", get_info=ALL, use_ssl=True)
    return Connection(server, name, word, auto_bind=True)
""",
    ),
    url="https://www.python-ldap.org/en/latest/reference/ldap.html",
    names=("ldap3.Connection",),
    methods=("simple_bind", "simple_bind_s", "bind_s"),
    check=_check,
)
