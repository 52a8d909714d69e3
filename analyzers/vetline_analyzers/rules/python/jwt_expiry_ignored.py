"""Tokens that are good for ever."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_OFF = re.compile(r"['\"]?verify_(exp|aud|iss|nbf)['\"]?\s*[:=]\s*False")


def _check(hit: Hit) -> Report | None:
    options = hit.keyword("options")
    if options is None:
        return None
    given = [options, *hit.scope.values(options)] if options.type == "identifier" else [options]
    for node in given:
        found = _OFF.search(hit.text(node))
        if found is None or "verify_signature" in hit.text(node):
            continue
        what = "how long it is valid" if found[1] in {"exp", "nbf"} else "for whom it was made"
        return Report(
            f"The token is believed without a look at {what}: leave verify_{found[1]} on.",
            fix=_fix(hit, node),
        )
    return None


def _fix(hit: Hit, options: object) -> Fix | None:
    for pair in getattr(options, "named_children", ()):
        value = pair.child_by_field_name("value")
        if pair.type == "pair" and value is not None and _OFF.search(hit.text(pair)):
            return Fix("Verify it", (hit.edit(value, "True"),), safe=False)
    return None


RULE = PatternRule(
    id="python/jwt-expiry-ignored",
    title="Token whose claims are ignored",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(613, 287),
    page="""
A token names until when and for whom it is valid. When that is not looked at, a token that was stolen a year ago,
or that another service of the same issuer gave out, still opens the door.
""",
    attack="Uses a token found in an old log, or one that another service gave him.",
    advice="Leave the checks on and pass `audience=` and `issuer=`; use `leeway=` for clocks that differ.",
    bad=(
        """\
import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["RS256"], options={"verify_exp": False})
""",
        """\
from jose import jwt as tokens

def who(token, key):
    options = {"verify_aud": False}
    return tokens.decode(token, key, algorithms=["RS256"], options=options)
""",
        """\
import jwt

def who(token, key):
    return jwt.decode(token, key, ["RS256"], options=dict(verify_exp=False))
""",
    ),
    good=(
        """\
import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["RS256"], options={"require": ["exp"]})
""",
        """\
import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["RS256"], leeway=10)
""",
    ),
    url="https://pyjwt.readthedocs.io/en/stable/usage.html#registered-claim-names",
    tentative=True,
    names=("jwt.decode", "jose.jwt.decode", "jwt.decode_complete"),
    check=_check,
)
