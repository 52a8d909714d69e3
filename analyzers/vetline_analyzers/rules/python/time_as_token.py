"""Secrets that are made of the time."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_PLAIN = re.compile(
    r"str|int|float|round|hex|repr|bytes|encode|hexdigest|digest|hash|md5|sha\d+|sha3_\d+|blake2[bs]|new"
    r"|b64encode|urlsafe_b64encode|decode|format|join|timestamp|strftime|isoformat|replace|update"
)
_OF_TIME = re.compile(
    r"_(?:time|timestamp|exp|expires?|expiry|expiration|expired|created|issued|at|age|ttl|start|started|end"
    r"|last|timeout|date|updated|valid|iat|nbf|refresh|refreshed|used|lifetime|elapsed|until|nonce)_"
)
_SAFE = re.compile(
    r"urandom|secrets\.|SystemRandom|uuid4|token_|hmac|(?i:secret|private|key)\w*\b(?!\s*=[^=])"
)


def _check(hit: Hit) -> Report | None:
    for part in around.purposes(hit):
        if part.how == "callee":
            if not _PLAIN.fullmatch(part.name):
                return None
            continue
        spoken = around.words(part.name)
        if _OF_TIME.search(spoken) or not around.is_secret(part.name):
            return None
        if part.how == "function" and not around.returned(hit):
            return None
        break
    else:
        return None
    if _part_of_a_sum(hit) or _SAFE.search(_statement(hit)):
        return None
    return Report(
        "This secret is made of the time, which everybody knows: use secrets.token_urlsafe()."
    )


def _part_of_a_sum(hit: Hit) -> bool:
    """Whether the time is reckoned with or compared, and so means a time."""
    for at in hit.scope.up(hit.node):
        if at.type.endswith("_statement") or at.type == "assignment":
            return False
        if at.type == "comparison_operator":
            return True
        if at.type == "binary_operator" and at.children[1].type == "-":
            return True
    return False


def _statement(hit: Hit) -> str:
    """The right side of the statement that the call stands in."""
    for at in hit.scope.up(hit.node):
        if at.type == "assignment":
            value = at.child_by_field_name("right")
            return around.wide_text(hit, value) if value is not None else ""
        if at.type.endswith("_statement"):
            return around.wide_text(hit, at)
    return ""


RULE = PatternRule(
    id="python/time-as-token",
    title="Secret made of the time",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(340, 330, 337),
    page="""
A token made of the clock, hashed or not, can be made again by anybody who knows roughly when it was made, and
the date of an answer is in its headers. A hash hides nothing here: the attacker hashes the few thousand
possible times as well.
""",
    attack="Hashes each moment around the request and tries the results as somebody's token.",
    advice="Use `secrets.token_urlsafe()` or `secrets.token_hex()`.",
    bad=(
        """\
import time

def start(user):
    user.session_id = str(time.time())
""",
        """\
import hashlib, time

def make_token():
    return hashlib.sha256(str(time.time()).encode()).hexdigest()
""",
        """\
from datetime import datetime as clock

api_key = clock.now().strftime("%Y%m%d%H%M%S")
""",
    ),
    good=(
        """\
import time

def start(user):
    user.session_started = str(time.time())
""",
        """\
import time

def start(user):
    user.token_expires = time.time() + 3600
""",
        """\
import secrets, time

def make_token():
    return secrets.token_hex(16) + str(time.time())
""",
        """\
import time

token = sign({"iat": time.time()})
""",
    ),
    url="https://docs.python.org/3/library/secrets.html",
    names=(
        *("time.time", "time.time_ns", "time.monotonic", "datetime.datetime.now", "datetime.now"),
        *("datetime.datetime.utcnow", "datetime.utcnow", "os.getpid"),
    ),
    check=_check,
)
