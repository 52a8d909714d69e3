"""What the names of functions that are not seen promise of what they are given; a promise, not a proof."""

from __future__ import annotations

import re
from functools import lru_cache

from vetline_analyzers.flow.model import NAMES
from vetline_analyzers.flow.signs import DOUBT

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_VALID = frozenset(
    {
        *("valid", "validate", "validated", "validates", "allow", "allowed", "allowlisted"),
        *("whitelist", "whitelisted", "safe", "permitted", "trusted", "verify", "verified"),
        *("sanitize", "sanitized", "legal", "acceptable", "supported", "wellformed", "ensure"),
    }
)
_INVALID = frozenset(
    {
        *("invalid", "unsafe", "malicious", "dangerous", "suspicious", "blocked", "blocklisted"),
        *("blacklisted", "forbidden", "denied", "disallowed", "illegal", "evil", "bad", "hostile"),
        *("untrusted", "traversal", "injection", "private", "internal", "loopback"),
    }
)
_RAISING = frozenset({"validate", "ensure", "require", "assert", "verify"})
# What they are about, and the kinds of sinks that is enough for.
_PLACE = frozenset({"redirect", "url"})
_ABOUT = {
    **dict.fromkeys(("path", "paths", "file", "filename", "name", "dir"), frozenset({"path"})),
    **dict.fromkeys(("url", "urls", "uri", "host", "hostname", "domain", "origin"), _PLACE),
    **dict.fromkeys(("table", "column", "sql", "query"), frozenset({"sql"})),
    **dict.fromkeys(("command", "cmd"), frozenset({"command"})),
}
_CHECKED = frozenset(
    {*_ABOUT, "input", "param", "params", "parameter", "arg", "args", "valid", "safe"}
)
# What such a test says of somebody it says of nothing they wrote.
_PEOPLE = frozenset(
    {
        *("user", "users", "password", "passwd", "token", "session", "signature", "credentials"),
        *("login", "permission", "permissions", "role", "csrf", "captcha", "auth", "otp", "hash"),
    }
)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


@lru_cache(maxsize=NAMES)
def promises(name: str) -> bool | None:
    """Whether by its name a test holds for what is harmless (True), or for what is not (False)."""
    words = frozenset(_words(name))
    if not words.isdisjoint(_PEOPLE):
        return None
    if not words.isdisjoint(_INVALID):
        return False
    if "check" in words and not words.isdisjoint(_CHECKED):
        return True
    return None if words.isdisjoint(_VALID) else True


@lru_cache(maxsize=NAMES)
def about(name: str) -> frozenset[str]:
    """What is shown of a text of which a function promises that it is harmless."""
    return frozenset({DOUBT + "*"}).union(*(_ABOUT.get(word, ()) for word in _words(name)))


@lru_cache(maxsize=NAMES)
def raises(name: str) -> bool:
    """Whether by its name a function raises when what it is given may do harm."""
    first, *others = _words(name) or [""]
    if not _PEOPLE.isdisjoint(others) or not _INVALID.isdisjoint(others):
        return False
    return first in _RAISING or (first == "check" and not _CHECKED.isdisjoint(others))
