"""Requests over plain HTTP or FTP."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import clear_addresses
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    found = clear_addresses.address(hit)
    if found is None or clear_addresses.credentials(hit) is not None:
        return None  # with credentials it is worse, and another rule's
    return Report(
        f"{found.scheme}:// is read and changed by anybody on the way: use {_better(found.scheme)}.",
        node=found.node,
        fix=clear_addresses.fix(hit, found.node),
    )


def _better(scheme: str) -> str:
    return {"ftp": "https:// or SFTP", "ws": "wss://", "ldap": "ldaps://"}.get(scheme, "https://")


RULE = PatternRule(
    id="python/cleartext-url",
    title="Request in clear",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    cwe=(319,),
    page="""
What goes over plain HTTP or FTP can be read and changed by anybody on the way: the provider, the wireless network, a
router that was taken over. An answer that is parsed, shown or run is then the attacker's.
""",
    attack="Changes the answer on its way, so that the program stores or runs what he likes.",
    advice="Use `https://`.",
    bad=(
        """\
import requests

requests.get("http://api.example.com/prices", timeout=3)
""",
        """\
from urllib.request import urlopen as fetch

def load(name):
    url = "http://files.example.com/" + name
    return fetch(url).read()
""",
        """\
import requests

requests.get("http://api.github.com/repos/python/cpython", timeout=3)
""",
        """\
import requests

def send(data, url="http://api.example.com"):
    with requests.Session() as session:
        session.post(url, data=data)
""",
        """\
import urllib.request

def load():
    opener = urllib.request.OpenerDirector()
    return opener.open("ftp://files.example.com/list")
""",
    ),
    good=(
        """\
import requests

requests.get("https://api.example.com/prices", timeout=3)
""",
        """\
import requests

requests.get("http://localhost:8000/health", timeout=3)
""",
        """\
import requests

def send(data, url):
    requests.post(f"http://{url}/", data=data, timeout=3)
""",
        """\
cache.get("http://api.example.com/prices")
""",
    ),
    url="https://developer.mozilla.org/docs/Web/Security/Insecure_passwords",
    tentative=True,
    names=clear_addresses.NAMES,
    methods=clear_addresses.METHODS,
    check=_check,
)
