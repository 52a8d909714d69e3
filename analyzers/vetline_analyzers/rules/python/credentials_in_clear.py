"""Logins that are sent over plain HTTP."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import clear_addresses
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    found = clear_addresses.address(hit)
    if found is None or clear_addresses.credentials(hit) is None:
        return None
    return Report(
        f"The login goes over {found.scheme}:// in clear: anybody on the way has it. Use https://.",
        node=found.node,
        fix=clear_addresses.fix(hit, found.node),
    )


RULE = PatternRule(
    id="python/credentials-in-clear",
    title="Login sent in clear",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(522, 319, 523),
    page="""
A password or token that goes over plain HTTP is read by everybody on the way: the wireless network, the provider, a
router that was taken over. Base64, as in basic authentication, hides nothing. Whoever has read it once uses it as
often as he likes.
""",
    attack="Listens on the network and logs in with what he has read.",
    advice="Use `https://`.",
    bad=(
        """\
import requests

requests.get("http://api.example.com/me", auth=("app", word), timeout=3)
""",
        """\
import httpx

def load(token):
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get("http://api.example.com/me", headers=headers)
""",
        """\
import requests as web

def enter(name, word):
    url = "http://shop.example.com/login"
    web.post(url, data={"user": name, "password": word}, timeout=3)
""",
    ),
    good=(
        """\
import requests

requests.get("https://api.example.com/me", auth=("app", word), timeout=3)
""",
        """\
import requests

requests.get("http://localhost:8000/me", auth=("app", word), timeout=3)
""",
    ),
    url="https://developer.mozilla.org/docs/Web/HTTP/Guides/Authentication#security_of_basic_authentication",
    names=clear_addresses.NAMES,
    methods=clear_addresses.METHODS,
    check=_check,
)
