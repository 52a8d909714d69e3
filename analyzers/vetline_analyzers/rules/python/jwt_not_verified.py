"""A token that is believed without its signature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_OFF = re.compile(r"['\"]verify_signature['\"]\s*:\s*(?:False|0)\b|\bverify_signature\s*=\s*False")
_NONE = re.compile(r"(['\"])none\1", re.IGNORECASE)
_UNVERIFIED = ("get_unverified_claims", "decode_unverified", "get_unverified_payload")


def _check(hit: Hit) -> Report | None:
    last = hit.name.rpartition(".")[2]
    if last in _UNVERIFIED:
        return Report(
            "What this reads from the token nobody has verified: decode it with its key.",
            tentative=True,
        )
    if last in {"encode", "sign"}:
        algorithm = hit.either(2, "algorithm")
        if not _written(hit, algorithm, _NONE):
            return None
        return Report(
            "A token that is not signed can be written by anybody: sign it.", node=algorithm
        )
    verify = hit.keyword("verify")
    off = verify is not None and hit.text(verify) == "False"
    options = hit.keyword("options") or (hit.argument(3) if last.startswith("decode") else None)
    if (
        not off
        and not _written(hit, options, _OFF)
        and not _written(hit, hit.either(2, "algorithms"), _NONE)
    ):
        return None
    return Report(
        "This token's signature is not checked: anybody can write one. Verify it, with the "
        "algorithms you sign with."
    )


def _written(hit: Hit, node: Node | None, pattern: re.Pattern[str]) -> bool:
    """Whether the expression, or what its name was given, says so."""
    if node is None:
        return False
    given = [node, *hit.scope.values(node)] if node.type == "identifier" else [node]
    return any(pattern.search(hit.text(each)) for each in given)


RULE = PatternRule(
    id="python/jwt-not-verified",
    title="Token believed without its signature",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(347, 327),
    page="""
A JSON Web Token is only as good as its signature. With verification off, or with the algorithm `none`
allowed, an attacker writes `{"sub": "admin"}` and is admin.
""",
    attack='Writes a token with "sub": "admin" and no signature, and is admin.',
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
        """\
import jwt as tokens

def invite(user):
    return tokens.encode({"sub": user}, None, algorithm="none")
""",
        """\
from jose import jwt

def who(token):
    return jwt.get_unverified_claims(token)["sub"]
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
        """\
import jwt as tokens

def invite(user, key):
    return tokens.encode({"sub": user}, key, algorithm="RS256")
""",
    ),
    url="https://pyjwt.readthedocs.io/en/stable/usage.html",
    names=(
        *(
            "jwt.decode",
            "jose.jwt.decode",
            "jwt.decode_complete",
            "jwt.api_jwt.decode",
            "jwt.PyJWT().decode",
        ),
        *("jose.jws.verify", "jws.verify", "jwt.encode", "jose.jwt.encode", "jose.jws.sign"),
        *(f"{module}.{name}" for module in ("jwt", "jose.jwt", "jose.jws") for name in _UNVERIFIED),
    ),
    check=_check,
)
