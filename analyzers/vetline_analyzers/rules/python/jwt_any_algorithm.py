"""A token that says itself how it is to be checked."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    if around.splatted(hit) or (hit.argument(1) is None and hit.keyword("key") is None):
        return None
    if hit.either(2, "algorithms") is not None or hit.keyword("verify") or hit.keyword("options"):
        return None
    return Report(
        "The token chooses the algorithm it is checked with: say which you sign with, "
        'such as algorithms=["RS256"].'
    )


RULE = PatternRule(
    id="python/jwt-any-algorithm",
    title="Token of any algorithm",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(347, 757),
    page="""
Without a list of algorithms the token's own header decides how it is checked. An attacker then signs with the
public key as if it were a shared secret, and the check succeeds. Newer versions of PyJWT refuse such a call; older
ones and others do not.
""",
    attack="Signs a token with HS256 and the server's public key, which everybody has.",
    advice='`jwt.decode(token, key, algorithms=["RS256"])`.',
    bad=(
        """\
import jwt

def who(token, key):
    return jwt.decode(token, key)
""",
        """\
from jose import jwt as tokens

def who(token, key):
    return tokens.decode(token, key=key, audience="us")
""",
        """\
from jose.jwt import decode

def who(token, key):
    return decode(token, key)["sub"]
""",
    ),
    good=(
        """\
import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["RS256"])
""",
        """\
from authlib.jose import jwt

def who(token, key):
    return jwt.decode(token, key)
""",
    ),
    url="https://pyjwt.readthedocs.io/en/stable/algorithms.html",
    tentative=True,
    names=("jwt.decode", "jose.jwt.decode", "jwt.decode_complete"),
    check=_check,
)
