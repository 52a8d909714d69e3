"""Calls that set a cookie in Python's web frameworks, and what they say of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Fix
from vetline_analyzers.syntax import around

if TYPE_CHECKING:
    from tree_sitter import Node

    from vetline_analyzers.syntax.rule import Hit

METHODS = ("set_cookie", "set_signed_cookie", "set_secure_cookie")
# Helpers of Pyramid that make the cookie of a login or a session.
HELPERS = (
    "pyramid.authentication.AuthTktCookieHelper",
    "pyramid.authentication.AuthTktAuthenticationPolicy",
    "pyramid.session.SignedCookieSessionFactory",
    "AuthTktCookieHelper",
    "AuthTktAuthenticationPolicy",
    "SignedCookieSessionFactory",
)
_FLAGS = ("secure", "httponly", "samesite", "max_age", "expires", "path", "domain", "value")
_LOGIN = re.compile(
    r"_(?:session|sess|sid|sessionid|jsessionid|phpsessid|token|auth|authorization|jwt|login|remember|remember_me"
    r"|credential|ticket|identity|uid|user|userid|username|password|role|access|refresh|id|admin)s?_"
)
_SESSION = re.compile(r"_(?:session|sess|sid|sessionid|jsessionid|phpsessid)_")
_READ_BY_SCRIPTS = re.compile(r"(?i)csrf|xsrf")


def sets(hit: Hit) -> bool:
    """Whether the call sets a cookie to a value of its own, and all its arguments can be seen."""
    if around.splatted(hit):
        return False
    if hit.name:
        return True
    second = hit.argument(1) or hit.keyword("value")
    named = any(hit.keyword(flag) is not None for flag in _FLAGS)
    first = hit.argument(0) or hit.keyword("key")
    return first is not None and (second is not None or named) and not _emptied(hit, second)


def _emptied(hit: Hit, value: Node | None) -> bool:
    """Whether the call takes the cookie back."""
    ends = hit.keyword("max_age") or hit.keyword("expires")
    if ends is not None and hit.text(ends) in {"0", "-1"}:
        return True
    return value is not None and hit.string(value) == ""


def of_login(hit: Hit) -> bool:
    """Whether the cookie's name or value says that it lets somebody in."""
    if hit.name:
        return True
    name, value = hit.argument(0) or hit.keyword("key"), hit.argument(1) or hit.keyword("value")
    spoken = "" if name is None else hit.string(name) or hit.text(name)
    if _READ_BY_SCRIPTS.search(spoken):
        return False
    if _LOGIN.search(around.words(spoken)):
        return True
    return around.mentions(hit, value, around.is_secret)


def of_session(hit: Hit) -> bool:
    """Whether it is the cookie of a session, which means nothing to scripts."""
    name = hit.argument(0) or hit.keyword("key")
    if hit.name or name is None:
        return bool(hit.name)
    return bool(_SESSION.search(around.words(hit.string(name) or hit.text(name))))


def adding(hit: Hit, argument: str, *, safe: bool = False) -> Fix | None:
    """A fix that gives the call an argument; not safe where a browser may then leave the cookie out."""
    edit = around.extended(hit, argument)
    return Fix(f"Add {argument}", (edit,), safe=safe) if edit else None


def replacing(hit: Hit, value: Node, argument: str) -> Fix:
    """A fix that gives an argument or a setting another value; not safe, for somebody chose the old one."""
    text = argument.partition("=")[2]
    return Fix(f"Set {argument}", (hit.edit(value, text),), safe=False)
