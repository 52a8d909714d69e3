"""An address that a visitor chooses and the server fetches."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_HOST = re.compile(r"(?i)\w+://[^/?#]+[/?#]")


def _judge(arrival: Arrival) -> bool:
    if arrival.value.pieces is not None and _HOST.match(arrival.head):
        return False  # the host is fixed
    return bool(arrival.traced) or (bool(arrival.parameters) and arrival.is_built)


RULE = FlowRule(
    id="python/ssrf-from-request",
    title="Address chosen by a visitor",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(918,),
    page="""
The server fetches an address that is visibly made of a request. The visitor names
`http://169.254.169.254/` and gets the machine's cloud credentials, or reaches what stands behind the
firewall.
""",
    advice="Look the target up in a list by a key, or check scheme and host against a list before fetching "
    "and do not follow redirects.",
    bad=(
        """\
import requests
from flask import request

def show():
    return requests.get(request.args['url']).text
""",
        """\
from urllib.request import urlopen

def show(request):
    url = request.GET.get('url')
    return urlopen(url).read()
""",
        """\
import httpx
from flask import request

def show():
    return httpx.request('GET', f"https://{request.form['host']}/x").text
""",
    ),
    good=(
        """\
import requests
from flask import request

def show():
    return requests.get('https://example.com', params=request.args).text
""",
        """\
import requests
from flask import request

def show():
    return requests.get(f"https://example.com/{request.args['id']}").text
""",
        """\
import requests

def show(url):
    return requests.get(url).text
""",
    ),
    same_as=("bandit/B310",),
    url="https://owasp.org/www-community/attacks/Server_Side_Request_Forgery",
    kind="url",
    sinks=(
        Sink(
            names=(
                *(
                    f"{module}.{verb}"
                    for module in ("requests", "httpx")
                    for verb in (*_VERBS, "stream")
                ),
                *(
                    "urllib.request.urlopen",
                    "urllib.request.urlretrieve",
                    "urllib.request.Request",
                    "urlopen",
                ),
                *(
                    "urllib2.urlopen",
                    "urllib2.Request",
                    "urllib.urlopen",
                    "urlretrieve",
                    "wget.download",
                    "pycurl.Curl",
                ),
                *(
                    f"{s}.{v}"
                    for s in ("requests.Session()", "requests.session()", "httpx.Client()")
                    for v in _VERBS
                ),
                *(
                    f"{s}.{v}"
                    for s in ("httpx.AsyncClient()", "aiohttp.ClientSession()")
                    for v in _VERBS
                ),
            ),
            arguments=(0, "url", "fullurl"),
        ),
        Sink(
            names=(
                *(
                    "requests.request",
                    "httpx.request",
                    "requests.Session().request",
                    "httpx.Client().request",
                ),
                *(
                    "urllib3.PoolManager().request",
                    "aiohttp.ClientSession().request",
                    "aiohttp.request",
                    "requests.Request",
                ),
            ),
            arguments=(1, "url"),
        ),
        Sink(
            names=(
                "http.client.HTTPConnection",
                "http.client.HTTPSConnection",
                "socket.create_connection",
            )
        ),
    ),
    traced="{label} chooses the address that the server fetches: it may lead behind the firewall. "
    "Look it up in a list, or check its host.",
    possible="A parameter chooses the host that is fetched: it may lead behind the firewall. "
    "Look it up in a list, or check its host.",
    judge=_judge,
    attack="`http://169.254.169.254/latest/meta-data/` gives the machine's cloud credentials.",
)
