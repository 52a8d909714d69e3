"""Cookies that any script on the page can read."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax import around, cookies
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_MESSAGE = "Without httponly every script on the page can read this cookie and send it away."


def _check(hit: Hit) -> Report | None:
    if hit.node.type != "call":
        found = around.setting(hit)
        if found is None or hit.text(found[1]) != "False":
            return None
        return Report(_MESSAGE, fix=cookies.replacing(hit, found[1], f"{found[0]}=True"))
    if not cookies.sets(hit):
        return None
    given, login = hit.keyword("httponly"), cookies.of_login(hit)
    if given is None:
        if hit.name.endswith("SignedCookieSessionFactory"):
            return None  # on by default
        fix = cookies.adding(hit, "httponly=True", safe=cookies.of_session(hit)) if login else None
        return Report(_MESSAGE, fix=fix, persona=None if login else Persona.PEDANTIC)
    if not around.off(hit, given):
        return None
    fix = cookies.replacing(hit, given, "httponly=True")
    return Report(_MESSAGE, fix=fix, tentative=not login)


RULE = PatternRule(
    id="python/cookie-without-httponly",
    title="Cookie without httponly",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1004,),
    page="""
A cookie that is not marked `httponly` is open to JavaScript. One script that somebody slips into a page, or one
compromised library, then reads the session of each visitor and sends it away. Few cookies need to be read by
scripts; a session's never does.
""",
    attack="Slips a script into a page, which sends each visitor's session cookie away.",
    advice="Pass `httponly=True`; in settings `SESSION_COOKIE_HTTPONLY = True`.",
    bad=(
        """\
def login(response, session):
    response.set_cookie("session", session.key, secure=True)
""",
        """\
def login(response, token):
    response.set_cookie(key="jwt", value=token, httponly=False, secure=True)
""",
        """\
app.config["SESSION_COOKIE_HTTPONLY"] = False
""",
        """\
from pyramid.authentication import AuthTktAuthenticationPolicy as Policy

policy = Policy(secret, secure=True)
""",
    ),
    good=(
        """\
def login(response, session):
    response.set_cookie("session", session.key, secure=True, httponly=True)
""",
        """\
app.config["SESSION_COOKIE_HTTPONLY"] = True
""",
        """\
def logout(response):
    response.set_cookie("session", "", max_age=0)
""",
    ),
    url="https://developer.mozilla.org/docs/Web/HTTP/Guides/Cookies#block_access_to_your_cookies",
    methods=cookies.METHODS,
    names=cookies.HELPERS,
    query=around.settings_query(
        "SESSION_COOKIE_HTTPONLY", "REMEMBER_COOKIE_HTTPONLY", "JWT_COOKIE_HTTPONLY"
    ),
    check=_check,
)
