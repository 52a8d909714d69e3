"""TLS without checking who answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_CALLS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "send"}
    | {"Client", "AsyncClient", "Session", "client", "resource", "ws_connect", "TCPConnector"}
    | {"HTTPSConnectionPool", "PoolManager", "ClientSession", "connect", "create_connection"}
    | {"urlopen", "Elasticsearch", "OpenSearch", "wrap_socket", "websocket_connect", "fetch"}
    | {"AsyncElasticsearch", "Server", "Service", "InfluxDBClient", "VaultClient", "HTTPTransport"}
)
_CLIENTS = re.compile(r"(?i)\b(?:requests|httpx|session|sess|http|client|api|aiohttp)\b")
_OFF = {
    "verify",
    "verify_ssl",
    "ssl_verify",
    "verify_certs",
    "ssl",
    "validate_certs",
    "verify_peer",
}
_ON = {"tlsAllowInvalidCertificates", "tlsInsecure", "disable_ssl_certificate_validation"}
_SWITCHES = frozenset({"pycurl.SSL_VERIFYPEER", "pycurl.SSL_VERIFYHOST"})
_MESSAGE = (
    "TLS does not check who answers: anybody on the way can read and change the traffic. "
    "Leave verification on, or name your CA's file."
)


def _check(hit: Hit) -> Report | None:
    if hit.name:
        return _report() if hit.argument(0) is None or hit.name.startswith("ssl.") else None
    if hit.node.type == "call":
        return _called(hit)
    name, value = hit.node.child_by_field_name("name"), hit.node.child_by_field_name("value")
    if name is None or value is None:  # an assignment, or the attribute itself
        return _assigned(hit)
    key = hit.text(name)
    if key in {"cert_reqs", "ssl_cert_reqs"}:
        # With None urllib3 checks and redis does not.
        none = _none(hit, value) or (key == "ssl_cert_reqs" and hit.text(value) == "None")
        return _report() if none else None
    if key in _ON:
        return _report(_removal(hit)) if hit.text(value) == "True" else None
    return _report(_removal(hit)) if _switched_off(hit, key, value) else None


def _report(fix: Fix | None = None) -> Report:
    return Report(_MESSAGE, fix=fix)


def _none(hit: Hit, value: Node) -> bool:
    name = hit.string(value) or hit.resolve(value).rpartition(".")[2]
    return name.upper().removeprefix("CERT_") in {"NONE", "OPTIONAL"}


def _switched_off(hit: Hit, key: str, value: Node) -> bool:
    given = hit.scope.values(value) if value.type == "identifier" else [value]
    if not given or any(hit.text(node) != "False" for node in given):
        return False
    call = next((n for n in hit.scope.up(hit.node) if n.type == "call"), None)
    function = callee(call) if call is not None else None
    if function is None:
        return False
    base, _, last = hit.text(function).rpartition(".")
    if key == "ssl":  # elsewhere it says that there is no TLS at all
        return last in _CALLS and hit.uses("aiohttp")
    return last in _CALLS or (key in {"verify", "verify_ssl"} and bool(_CLIENTS.search(base)))


def _removal(hit: Hit) -> Fix | None:
    edit = around.without(hit, hit.node)
    return Fix("Verify certificates", (edit,), safe=False) if edit else None


def _called(hit: Hit) -> Report | None:
    """`connection.setopt(pycurl.SSL_VERIFYPEER, 0)` and pyOpenSSL's `context.set_verify(VERIFY_NONE)`."""
    option, value = hit.argument(0), hit.argument(1)
    if option is None:
        return None
    name = hit.resolve(option)
    if name in _SWITCHES and value is not None and hit.text(value) in {"0", "False"}:
        return _report()
    return _report() if name.endswith(".VERIFY_NONE") else None


def _assigned(hit: Hit) -> Report | None:
    left, right = hit.node.child_by_field_name("left"), hit.node.child_by_field_name("right")
    if left is None or right is None:
        return None
    owner, _, key = hit.text(left).rpartition(".")
    if owner == "self":  # a class of this name, not a context of ssl's
        return None
    client = hit.uses("requests", "httpx") or _CLIENTS.search(owner)
    if key == "verify" and client and hit.text(right) == "False":
        fix = Fix("Verify certificates", (hit.edit(right, "True"),), safe=False)
        return _report(fix)
    if key == "verify_mode" and hit.resolve(right).endswith("CERT_NONE"):
        fix = Fix("Verify certificates", (hit.edit(right, "ssl.CERT_REQUIRED"),), safe=False)
        report = _report(fix if hit.text(right) == "ssl.CERT_NONE" else None)
        return report._replace(tentative=around.chosen(hit))
    if key == "_create_default_https_context" and "unverified" in hit.text(right):
        return _report()
    return None


RULE = PatternRule(
    id="python/tls-verify-off",
    title="TLS without verification",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(295,),
    page="""
A connection is encrypted, but not checked: any certificate will do. Somebody in the same café, a
hijacked router or a wrong DNS answer can then stand in the middle, read passwords and change answers.
It is usually added to get past an error and then stays.
""",
    attack="Stands in the middle with a certificate of his own, reads the password and changes the answer.",
    advice='Remove the switch. For a private CA pass its file: `verify="ca.pem"`, or '
    '`ssl.create_default_context(cafile="ca.pem")`.',
    bad=(
        """\
import requests

requests.get("https://example.com", verify=False)
""",
        """\
import httpx

client = httpx.Client(verify=False)
""",
        """\
import requests

s = requests.Session()
s.verify = False
""",
        """\
import ssl

ssl._create_default_https_context = ssl._create_unverified_context
""",
        """\
import ssl

context = ssl._create_unverified_context()
""",
        """\
import requests

def get(url):
    check = False
    return requests.get(url, verify=check, timeout=3)
""",
        """\
import ssl

c = ssl.create_default_context()
c.verify_mode = ssl.CERT_NONE
""",
        """\
import aiohttp

async def get(session, url):
    await session.get(url, ssl=False)
""",
        """\
import urllib3

pool = urllib3.connection_from_url("https://example.com", cert_reqs="NONE")
""",
        """\
import pycurl

c = pycurl.Curl()
c.setopt(pycurl.SSL_VERIFYPEER, 0)
""",
        """\
from pymongo import MongoClient

client = MongoClient("mongodb://db.example.com", tls=True, tlsAllowInvalidCertificates=True)
""",
        """\
from OpenSSL import SSL

context = SSL.Context(SSL.TLS_METHOD)
context.set_verify(SSL.VERIFY_NONE, lambda *args: True)
""",
    ),
    good=(
        """\
import requests

requests.get("https://example.com")
""",
        """\
import requests

requests.get("https://example.com", verify="ca.pem")
""",
        """\
import requests

def get(url, check):
    return requests.get(url, verify=check, timeout=3)
""",
        """\
def save(form):
    form.save(verify=False)
""",
        """\
class Check:
    def __init__(self):
        self.verify = False
""",
        """\
import urllib3

pool = urllib3.connection_from_url("https://example.com", cert_reqs="CERT_REQUIRED")
""",
    ),
    same_as=("bandit/B501", "bandit/B323"),
    url="https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification",
    names=("ssl._create_unverified_context",),
    methods=("setopt", "set_verify"),
    query=f"""
        ((keyword_argument name: (identifier) @_key) @hit (#any-of? @_key {" ".join(f'"{key}"' for key in sorted(_OFF | _ON))}
          "cert_reqs" "ssl_cert_reqs"))
        ((assignment left: (attribute attribute: (identifier) @_key)) @hit
          (#any-of? @_key "verify" "verify_mode" "_create_default_https_context"))
    """,
    check=_check,
)
