"""Cookies that travel in clear."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, cookies
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_SETTINGS = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "REMEMBER_COOKIE_SECURE",
    "JWT_COOKIE_SECURE",
)
_MESSAGE = (
    "Without secure this cookie is also sent over plain HTTP, where anybody on the way reads it."
)


def _check(hit: Hit) -> Report | None:
    if hit.node.type != "call":
        found = around.setting(hit)
        if found is None or hit.text(found[1]) != "False":
            return None
        return Report(_MESSAGE, fix=cookies.replacing(hit, found[1], f"{found[0]}=True"))
    if not hit.name and hit.node.child_by_field_name("function") is None:
        return None
    if _is_middleware(hit):
        given = hit.keyword("https_only")
        if around.splatted(hit) or (given is not None and hit.text(given) != "False"):
            return None
        return Report(
            "Without https_only the session's cookie is also sent over plain HTTP.", tentative=True
        )
    if not cookies.sets(hit):
        return None
    given = hit.keyword("secure")
    if given is None:
        fix = cookies.adding(hit, "secure=True")
        return Report(_MESSAGE, fix=fix, tentative=not cookies.of_login(hit))
    if not around.off(hit, given):
        return None
    return Report(_MESSAGE, fix=cookies.replacing(hit, given, "secure=True"))


def _is_middleware(hit: Hit) -> bool:
    """Whether it adds Starlette's sessions, whose cookie is for HTTPS only when told so."""
    kind = hit.argument(0)
    function = hit.node.child_by_field_name("function")
    if function is None or not hit.text(function).endswith("add_middleware"):
        return False
    return kind is not None and hit.resolve(kind).endswith("SessionMiddleware")


RULE = PatternRule(
    id="python/cookie-without-secure",
    title="Cookie without secure",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(614, 311),
    page="""
A browser sends a cookie over plain HTTP too unless it is marked `secure`. One image with an `http:` address on
any page is enough for somebody on the same network to read the session and to be that user.
""",
    attack="Makes the browser ask for one http: address of the site and reads the session in the open request.",
    advice='`response.set_cookie(name, value, secure=True, httponly=True, samesite="Lax")`; in settings '
    "`SESSION_COOKIE_SECURE = True`.",
    bad=(
        """\
def login(response, session):
    response.set_cookie("session", session.key, httponly=True)
""",
        """\
def greet(response):
    response.set_cookie("theme", "dark", secure=False)
""",
        """\
SESSION_COOKIE_SECURE = False
""",
        """\
app.config.update(SESSION_COOKIE_SECURE=False, SESSION_COOKIE_HTTPONLY=True)
""",
        """\
from pyramid.authentication import AuthTktCookieHelper as Helper

helper = Helper(secret, httponly=True)
""",
        """\
from starlette.middleware.sessions import SessionMiddleware

app.add_middleware(SessionMiddleware, secret_key=key)
""",
    ),
    good=(
        """\
def login(response, session):
    response.set_cookie("session", session.key, httponly=True, secure=True)
""",
        """\
def login(response, session, settings):
    response.set_cookie("session", session.key, secure=settings.secure)
""",
        """\
def login(response, session, options):
    response.set_cookie("session", session.key, **options)
""",
        """\
SESSION_COOKIE_SECURE = not DEBUG
""",
        """\
jar.set_cookie(cookie)
""",
    ),
    url="https://developer.mozilla.org/docs/Web/HTTP/Guides/Cookies#block_access_to_your_cookies",
    methods=(*cookies.METHODS, "add_middleware"),
    names=cookies.HELPERS,
    query=around.settings_query(*_SETTINGS),
    check=_check,
)
