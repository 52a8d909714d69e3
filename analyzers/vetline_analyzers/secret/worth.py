"""What a value is worth where its place proves that it is used as a secret: in a URL, after `mysql -p`."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values
from vetline_analyzers.secret.published import is_published
from vetline_analyzers.secret.values import Strength, judge

# A reference somewhere in a value, `pre-${X}`, `$(cat f)`, `%PW%`, `{0}`; or one that is cut off.
_REFERENCE = late(
    r"\$\{|\$\(|\{\{|#\{|<%|%[A-Za-z_]{2,40}%|%\(|\{\w{0,40}\}|^\$|^@[\w./-]{1,80}\.\w{1,5}$|^[<{%]|[>}]$|^[A-Z][A-Z0-9]*_[A-Z0-9_]+$"
)
# Words of documentation, each with digits perhaps.
_SHOWN = late(
    r"(?:my|some|the|new|old|db|your?|user|admin|root|test|super|strong|very|top|an?|default|initial"
    r"|temp|valid|invalid|wrong|bad|good|correct|different|another|other|same|long|plain(?:text)?|hidden|clear"
    r"|master|proxy|client|server|mysql|postgres|redis|mongo|rabbit|ldap|smtp|ftp|api|auth|access|app)?[-_.]?"
    r"(?:passw(?:or)?d|passwort|passphrase|passwd|pass|pwd?|psw|secret|token|key|tiger|foo|ba[rz]|qux|spam|eggs|hello|world"
    r"|word|value|string|text|stdin|prompt|file|hash|name|login|credentials?|user(?:name)?|me|none|null|empty"
    r"|hunter|changeit|contrase(?:ñ|n)a|swordfish|sekrit|secure|friend|sesame|something|anything|whatever|blah"
    r"|guest|postgres|minio(?:admin)?|elastic|rabbitmq|mysql|root|admin|test(?:ing)?|demo|example|sample)"
    r"[-_.]?\d{0,4}[!?]?",
    re.IGNORECASE,
)
_DEMO = late(
    r"qwert|insecure|123|abc|secret|passw|default|demo|test|sample|dummy|fake|local|mock|anon",
    re.IGNORECASE,
)
_RUN = late(r"(?:0?1234?5?6?7?8?9?0?|(?P<one>.)(?P=one){2,})")
_SIZE = 4_000  # characters of base64 that are decoded


@lru_cache(maxsize=1024)  # the same value is asked about again and again, where lists repeat it
def worth(value: str, user: str = "") -> Strength:
    """How much a value is worth that stands where only a secret can stand.

    A word that is nobody's usual password counts there: it does open what is named beside it.

    Args:
        value: the characters of the secret.
        user: whom it belongs to, if that is known.
    """
    strength = judge(value)
    if strength is Strength.NONE or _REFERENCE.search(value):
        return Strength.NONE
    if value.lower() == user.lower() or is_published(value):
        return Strength.WEAK
    if _SHOWN.fullmatch(value) or _RUN.fullmatch(value):
        return Strength.WEAK
    if strength is not Strength.WEAK:
        return strength
    if values.is_common(value) or values.is_placeholder(value) or _DEMO.search(value):
        return Strength.WEAK
    return Strength.FAIR


def decoded(value: str) -> str:
    """The text that a value is the base64 of, "" where it is none.

    Args:
        value: base64 with or without its padding; of what is longer than a few thousand characters the
            start is decoded.
    """
    text = re.sub(r"\s", "", value[:_SIZE]).rstrip("=").replace("-", "+").replace("_", "/")
    text = text[: len(text) - 1] if len(text) % 4 == 1 else text
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return plain if plain.rstrip("\r\n").replace("\n", "").replace("\r", "").isprintable() else ""


def pair(value: str) -> Strength:
    """What the base64 of `user:password` is worth; NONE where it is no such pair."""
    user, colon, password = decoded(value).strip().partition(":")
    if not colon or not (user or password):
        return Strength.NONE
    if not password:  # an API's key stands for the user, and there is no password
        return Strength.REAL if values.is_random(user) else Strength.WEAK
    return worth(password, user)
