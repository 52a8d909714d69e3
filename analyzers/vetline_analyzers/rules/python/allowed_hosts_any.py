"""An application that believes any Host header."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around import setting, settings_query
from vetline_analyzers.syntax.python_web import call_around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee


def _check(hit: Hit) -> Report | None:
    found = setting(hit)
    if found is None:
        return None
    name, value = found
    if value.type not in {"list", "tuple"}:
        return None
    if name == "allowed_hosts":
        call = call_around(hit)
        function = callee(call) if call is not None else None
        if call is None or "TrustedHost" not in hit.text(call) or function is None:
            return None
    if not any(hit.string(item) in {"*", ".*"} for item in value.named_children):
        return None
    return Report(
        "Any Host header is believed, and goes into links of password mails and into caches: name your hosts."
    )


RULE = PatternRule(
    id="python/allowed-hosts-any",
    title="Any Host header accepted",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    tentative=True,
    cwe=(183, 20, 644),
    page="""
The Host header is what the sender wrote. Frameworks build absolute links from it: the link in a password
mail, a redirect, a cached page. With `*` in the list of allowed hosts, a request that names the
attacker's host makes links to the attacker.
""",
    attack="Asks for a password reset with `Host: evil.example`; the mail's link carries the token there.",
    advice='List the names you serve: `ALLOWED_HOSTS = ["shop.example.com"]`.',
    bad=(
        """\
ALLOWED_HOSTS = ["*"]
""",
        """\
app.add_middleware(TrustedHostMiddleware, allowed_hosts=["*"])
""",
        """\
class Production:
    ALLOWED_HOSTS = ["shop.example.com", "*"]
""",
    ),
    good=(
        """\
ALLOWED_HOSTS = ["shop.example.com"]
""",
        """\
app.add_middleware(TrustedHostMiddleware, allowed_hosts=["shop.example.com", "*.example.com"])
""",
        """\
import os

ALLOWED_HOSTS = os.environ["HOSTS"].split(",")
""",
    ),
    url="https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts",
    query=settings_query("ALLOWED_HOSTS", "allowed_hosts"),
    check=_check,
)
