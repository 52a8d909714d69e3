"""Cookies that other sites' forms bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax import around, cookies
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_MESSAGE = "Without samesite a browser may send this cookie with requests that other sites start."


def _check(hit: Hit) -> Report | None:
    if hit.node.type != "call":
        found = around.setting(hit)
        if found is None or not _none(hit, found[1]):
            return None
        return Report(_MESSAGE, fix=cookies.replacing(hit, found[1], f'{found[0]}="Lax"'))
    if not cookies.sets(hit):
        return None
    given = hit.keyword("samesite")
    if given is None:
        if hit.name:
            return None  # Lax by default
        return Report(
            _MESSAGE,
            fix=cookies.adding(hit, 'samesite="Lax"'),
            persona=None if cookies.of_login(hit) else Persona.PEDANTIC,
            tentative=True,
        )
    if not _none(hit, given):
        return None
    secure = hit.keyword("secure")
    if secure is not None and hit.text(secure) == "True" and given.type == "string":
        return None  # meant for other sites, and said so in the way that browsers ask for
    return Report(_MESSAGE, fix=cookies.replacing(hit, given, 'samesite="Lax"'))


def _none(hit: Hit, value: Node) -> bool:
    return hit.text(value) in {"None", "False"} or (hit.string(value) or "").lower() == "none"


RULE = PatternRule(
    id="python/cookie-without-samesite",
    title="Cookie without samesite",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    cwe=(1275, 352),
    page="""
With `samesite` a browser leaves the cookie out when another site starts the request, which takes the ground from
under forged requests. Browsers differ in what they do without it, and `None` says that every site may use the
visitor's session.
""",
    attack="Lets a page of his own send a form to your site, in the name of the visitor who looks at it.",
    advice='Pass `samesite="Lax"`, or `"Strict"` where no link from elsewhere must work.',
    bad=(
        """\
def login(response, session):
    response.set_cookie("session", session.key, secure=True, httponly=True)
""",
        """\
def login(response, session):
    response.set_cookie("theme", "dark", secure=True, httponly=True, samesite=None)
""",
        """\
SESSION_COOKIE_SAMESITE = "None"
""",
    ),
    good=(
        """\
def login(response, session):
    response.set_cookie("session", session.key, secure=True, httponly=True, samesite="Lax")
""",
        """\
SESSION_COOKIE_SAMESITE = "Strict"
""",
    ),
    url="https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#samesitesamesite-value",
    methods=cookies.METHODS,
    query=around.settings_query(
        "SESSION_COOKIE_SAMESITE", "REMEMBER_COOKIE_SAMESITE", "JWT_COOKIE_SAMESITE"
    ),
    check=_check,
)
