"""Cookies that scripts can read or that travel in clear."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    add_argument,
    add_property,
    is_text,
    of,
    option,
    secretive,
    shaped,
    whole,
    words,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_FLAGS = ("httpOnly", "secure")
_RECEIVER = re.compile(r"(?i)(?:.*\.)?(?:res|response|reply|resp|cookies|cookie|c)\(?\)?")
_LOGIN = frozenset(
    {"session", "sid", "sess", "auth", "login", "user", "remember", "refresh", "connect"}
)
_SESSION_NAMES = frozenset({"session", "sid", "sess"})


def _check(hit: Hit) -> Report | None:
    if hit.name in _SESSIONS:
        return _session(hit)
    function = callee(hit.node)
    base = function.child_by_field_name("object") if function is not None else None
    name, given = hit.argument(0), hit.argument(2)
    if base is None or name is None or hit.argument(1) is None:
        return None
    if not _RECEIVER.fullmatch(hit.text(base)):
        return None
    found = shaped(hit, given, "object")
    if given is not None and found is None:
        return None
    login = _is_login(hit, name)
    off = [flag for flag in _FLAGS if is_text(hit, option(hit, found, flag), "false")]
    shown = login and (found is None or whole(found))
    missing = [flag for flag in _FLAGS if shown and option(hit, found, flag) is None]
    if not off and not missing:
        return None
    return _said(hit, found, off, missing, tentative=None if off and login else True)


def _is_login(hit: Hit, name: Node) -> bool:
    text = hit.string(name) or hit.text(name)
    return secretive(text) or not _LOGIN.isdisjoint(words(text))


def _is_session(hit: Hit) -> bool:
    """Whether it is the cookie of a session, which means nothing to scripts."""
    name = hit.argument(0)
    text = "" if name is None else hit.string(name) or hit.text(name)
    return not _SESSION_NAMES.isdisjoint(words(text))


def _session(hit: Hit) -> Report | None:
    """The cookie of a session: express-session keeps it from scripts unless it is told not to."""
    given = hit.argument(0)
    found = shaped(hit, given, "object")
    if "express" in hit.name or hit.name == "session":
        found = shaped(hit, option(hit, found, "cookie"), "object")
    off = [flag for flag in _FLAGS if is_text(hit, option(hit, found, flag), "false")]
    return _said(hit, found, off, [], tentative=None) if off else None


def _said(
    hit: Hit, found: Node | None, off: list[str], missing: list[str], *, tentative: bool | None
) -> Report:
    dangers = {
        "httpOnly": "scripts on the page can read it",
        "secure": "it travels over plain HTTP",
    }
    flags = [*off, *missing]
    told = " and ".join(dangers[flag] for flag in flags)
    text = ", ".join(f"{flag}: true" for flag in flags)
    added = ", ".join(f"{flag}: true" for flag in missing)
    there = [option(hit, found, flag) for flag in off]
    edits = [hit.edit(node, "true") for node in there if node is not None]
    if missing:
        edits += (
            add_argument(hit, f"{{ {added} }}")
            if found is None
            else add_property(hit, found, added)
        )
    return Report(
        f"This cookie is open: {told}. Set {text}.",
        fix=Fix(
            f"Set {text}", tuple(edits), safe=flags == missing == ["httpOnly"] and _is_session(hit)
        ),
        tentative=tentative,
    )


_SESSIONS = frozenset({*of("express-session", ""), *of("cookie-session", "")})

RULE = PatternRule(
    id="javascript/cookie-without-flags",
    title="Cookie that scripts or eavesdroppers can read",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(614, 1004, 1275, 522),
    page="""
A cookie that logs somebody in is set without `httpOnly`, so that any script injected into a page reads it,
or without `secure`, so that it is sent in clear to whoever listens. Flags that are switched off are
reported; flags that are only missing, tentatively, and for cookies whose name speaks of a login.
""",
    attack="Injects one line of script that sends document.cookie home, and uses the session.",
    advice='Set `{ httpOnly: true, secure: true, sameSite: "lax" }`.',
    bad=(
        'res.cookie("session", id, { httpOnly: false, secure: true });\n',
        """\
app.post("/login", (req, res) => {
  const flags = { maxAge: 1000, secure: false };
  res.cookie("authToken", sign(req.user), flags);
});
""",
        """\
const session = require("express-session");

app.use(session({ secret: key, cookie: { secure: false, maxAge: 1000 } }));
""",
        'response.cookie("refresh_token", token);\n',
        'reply.setCookie("sid", id, { path: "/", secure: true });\n',
    ),
    good=(
        'res.cookie("session", id, { httpOnly: true, secure: true });\n',
        'res.cookie("theme", "dark");\n',
        'res.cookie("session", id, { httpOnly: true, secure: production });\n',
        'res.cookie("session", id, { ...flags });\n',
        """\
const session = require("express-session");

app.use(session({ secret: key, cookie: { secure: true, maxAge: 1000 } }));
""",
    ),
    url="https://expressjs.com/en/advanced/best-practice-security.html#use-cookies-securely",
    language="javascript",
    languages=LANGUAGES,
    names=(*of("express-session", ""), *of("cookie-session", "")),
    methods=("cookie", "setCookie"),
    check=_check,
)
