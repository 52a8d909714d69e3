"""A request that may wait for ever."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Persona, Severity
from vetline_analyzers.syntax.around import extended, splatted
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
_NEVER = tuple(f"{m}.{v}" for m in ("httpx", "requests") for v in (*_VERBS, "stream"))


def _check(hit: Hit) -> Report | None:
    timeout = hit.keyword("timeout")
    if splatted(hit):
        return None
    if timeout is not None:
        if hit.text(timeout) != "None":
            return None
        fix = Fix("Wait ten seconds", (hit.edit(timeout, "10"),), safe=False)
        return Report(_MESSAGE, fix=fix)
    if not hit.name.startswith("requests."):
        return None
    add = extended(hit, "timeout=10")
    return Report(
        _MESSAGE, fix=Fix("Wait ten seconds", (add,), safe=False) if add is not None else None
    )


_MESSAGE = (
    "Without a timeout this waits for ever when the other side does not answer: pass timeout=10."
)

RULE = PatternRule(
    id="python/request-without-timeout",
    title="Request without a timeout",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    persona=Persona.PEDANTIC,
    cwe=(400, 1088),
    page="""
`requests` waits without end unless it is given a timeout, and so does `httpx` with `timeout=None`. A
server that accepts the connection and then says nothing takes one worker after the other, until none is
left for anybody.
""",
    attack="Names a server of their own that accepts connections and never answers.",
    advice="Pass `timeout=10`, or what the caller can wait.",
    bad=(
        """\
import requests

requests.get("https://example.com")
""",
        """\
from requests import post as send

send(url, json=data, timeout=None)
""",
        """\
import httpx

client = httpx.Client(timeout=None)
""",
    ),
    good=(
        """\
import requests

requests.get("https://example.com", timeout=10)
""",
        """\
import httpx

client = httpx.Client()
""",
        """\
import requests

requests.get(url, **options)
""",
    ),
    same_as=("bandit/B113",),
    url="https://requests.readthedocs.io/en/latest/user/advanced/#timeouts",
    names=(*_NEVER, "httpx.Client", "httpx.AsyncClient"),
    check=_check,
)
