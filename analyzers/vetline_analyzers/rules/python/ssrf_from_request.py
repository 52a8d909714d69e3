"""An address that a visitor chooses and the server fetches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")


def _check(hit: Hit) -> Report | None:
    place = 1 if hit.name.endswith(".request") and not hit.name.startswith("urllib") else 0
    url = hit.either(place, "url")
    if url is None or not hit.from_request(url) or _host_is_fixed(hit, url):
        return None
    return Report(
        "A visitor chooses the address that the server fetches: it can be an internal one. "
        "Allow only hosts from a list.",
        url,
    )


def _host_is_fixed(hit: Hit, url: Node) -> bool:
    pieces = hit.built(url)
    head = pieces[0] if pieces else None
    head = "".join(p for p in (pieces or ())[:2] if isinstance(p, str)) if head == "" else head
    return isinstance(head, str) and head.count("/") > 2  # noqa: PLR2004 - https://host/


RULE = PatternRule(
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
    url="https://owasp.org/www-community/attacks/Server_Side_Request_Forgery",
    names=(
        *(f"{module}.{verb}" for module in ("requests", "httpx") for verb in (*_VERBS, "request")),
        *("urllib.request.urlopen", "urllib.request.urlretrieve", "urllib.request.Request"),
        "urllib2.urlopen",
    ),
    check=_check,
)
