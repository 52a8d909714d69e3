"""A token that is believed without its signature."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_OFF = re.compile(r"['\"]verify_signature['\"]\s*:\s*False|\bverify_signature\s*=\s*False")
_NONE = re.compile(r"(['\"])none\1", re.IGNORECASE)


def _check(hit: Hit) -> Report | None:
    verify, options = hit.keyword("verify"), hit.keyword("options")
    off = verify is not None and hit.text(verify) == "False"
    if options is not None:
        given = [options, *hit.scope.values(options)] if options.type == "identifier" else [options]
        off = off or any(_OFF.search(hit.text(node)) for node in given)
    allowed = hit.either(2, "algorithms")
    none = allowed is not None and bool(_NONE.search(hit.text(allowed)))
    if not off and not none:
        return None
    return Report(
        "This token's signature is not checked: anybody can write one. Verify it, with the "
        "algorithms you sign with."
    )


RULE = PatternRule(
    id="python/jwt-not-verified",
    title="Token believed without its signature",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(347,),
    page="""
A JSON Web Token is only as good as its signature. With verification off, or with the algorithm `none`
allowed, an attacker writes `{"sub": "admin"}` and is admin.
""",
    advice='`jwt.decode(token, key, algorithms=["RS256"])`, without switching anything off.',
    bad=(
        """\
import jwt

def who(token):
    return jwt.decode(token, options={"verify_signature": False})
""",
        """\
import jwt

def who(token):
    return jwt.decode(token, verify=False)
""",
        """\
from jose import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["HS256", "none"])
""",
        """\
import jwt

def who(token):
    options = {"verify_signature": False}
    return jwt.decode(token, options=options)
""",
    ),
    good=(
        """\
import jwt

def who(token, key):
    return jwt.decode(token, key, algorithms=["RS256"])
""",
        """\
import jwt

def who(token, key):
    return jwt.decode(token, key, ["RS256"], options={"verify_exp": False})
""",
    ),
    url="https://pyjwt.readthedocs.io/en/stable/usage.html",
    names=("jwt.decode", "jose.jwt.decode", "jwt.decode_complete"),
    check=_check,
)
