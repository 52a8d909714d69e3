"""TLS without checking who answers."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_CALLS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "send"}
    | {"Client", "AsyncClient", "Session", "client", "resource", "ws_connect", "TCPConnector"}
    | {"HTTPSConnectionPool", "PoolManager", "ClientSession", "connect", "create_connection"}
    | {"urlopen", "Elasticsearch", "OpenSearch", "wrap_socket", "websocket_connect"}
)
_MESSAGE = (
    "TLS does not check who answers: anybody on the way can read and change the traffic. "
    "Leave verification on, or name your CA's file."
)


def _check(hit: Hit) -> Report | None:
    if hit.name:
        return Report(_MESSAGE)
    name, value = hit.node.child_by_field_name("name"), hit.node.child_by_field_name("value")
    if name is None or value is None:  # an assignment, or the attribute itself
        return _assigned(hit)
    key = hit.text(name)
    if key == "cert_reqs":
        return Report(_MESSAGE) if "CERT_NONE" in hit.text(value) else None
    call = next((n for n in hit.scope.up(hit.node) if n.type == "call"), None)
    function = callee(call) if call is not None else None
    last = hit.text(function).rpartition(".")[2] if function is not None else ""
    if last not in _CALLS or (key == "ssl" and not hit.uses("aiohttp")):
        return None
    fix = Fix("Verify certificates", (hit.edit(value, "True"),), safe=False)
    return Report(_MESSAGE, fix=fix if key != "ssl" else None)


def _assigned(hit: Hit) -> Report | None:
    left, right = hit.node.child_by_field_name("left"), hit.node.child_by_field_name("right")
    if left is None or right is None:
        return None
    owner, _, key = hit.text(left).rpartition(".")
    if owner == "self":  # a class of this name, not a context of ssl's
        return None
    if key == "verify" and hit.uses("requests", "httpx") and hit.text(right) == "False":
        return Report(_MESSAGE)
    if key == "verify_mode" and hit.resolve(right).endswith("CERT_NONE"):
        return Report(_MESSAGE)
    if key == "check_hostname" and hit.text(right) == "False":
        return Report(_MESSAGE)
    if key == "_create_default_https_context" and "unverified" in hit.text(right):
        return Report(_MESSAGE)
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
import ssl

c = ssl.create_default_context()
c.check_hostname = False
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
import ssl

c = ssl.create_default_context()
c.check_hostname = True
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
    ),
    same_as=("bandit/B501", "bandit/B323", "bandit/B502"),
    url="https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification",
    names=("ssl._create_unverified_context",),
    query="""
        ((keyword_argument name: (identifier) @_key value: (false)) @hit
          (#any-of? @_key "verify" "verify_ssl" "ssl_verify" "verify_certs" "ssl"))
        ((keyword_argument name: (identifier) @_key) @hit (#eq? @_key "cert_reqs"))
        ((assignment left: (attribute attribute: (identifier) @_key)) @hit
          (#any-of? @_key "verify" "verify_mode" "check_hostname" "_create_default_https_context"))
    """,
    check=_check,
)
