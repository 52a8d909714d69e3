"""Secrets that are known by the public identifier beside them: an access key's id, and lines away the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_AWAY = 400  # characters before and after an identifier in which its secret is looked for
_LINES = 5


class Identity(NamedTuple):
    """A provider's identifier, which may be known, and the secret that goes with it.

    Attributes:
        anchor: lower-case, in the identifier.
        id: the identifier's pattern.
        secret: the secret's pattern; it has no mark of its own.
        name: what the secret is called.
        hexadecimal: whether the secret is.
    """

    anchor: str
    id: re.Pattern[str]
    secret: re.Pattern[str]
    name: str
    hexadecimal: bool


def _of(anchor: str, identifier: str, secret: str, name: str) -> Identity:
    return Identity(
        anchor,
        late(rf"(?<![A-Za-z0-9]){identifier}(?![A-Za-z0-9])"),
        late(rf"(?<![A-Za-z0-9+/=_.-]){secret}(?![A-Za-z0-9+/=_-])"),
        name,
        hexadecimal=secret.startswith("[0-9a-f]"),
    )


_AWS = ("akia", "asia", "abia", "acca")
IDENTITIES = (
    *(
        _of(start, rf"{start.upper()}[A-Z2-7]{{16}}", "[A-Za-z0-9+/]{40}", "aws_secret_access_key")
        for start in _AWS
    ),
    _of("ac", "AC[0-9a-f]{32}", "[0-9a-f]{32}", "twilio_auth_token"),
    _of("ltai", "LTAI[A-Za-z0-9]{12,20}", "[A-Za-z0-9]{30}", "alibaba_access_key_secret"),
    _of("akid", "AKID[A-Za-z0-9]{32}", "[A-Za-z0-9]{32}", "tencent_secret_key"),
    _of(
        ".apps.googleusercontent.com",
        r"\d{6,14}-[a-z0-9]{32}\.apps\.googleusercontent\.com",
        "[A-Za-z0-9_-]{24}",
        "google_client_secret",
    ),
    _of("aklt", "AKLT[A-Za-z0-9]{40,44}", "[A-Za-z0-9+/]{40,60}={1,2}", "volcengine_secret_key"),
)


def _find(passage: Passage) -> Iterator[Hit]:
    lowered = passage.line.lower()
    for identity in IDENTITIES:
        if identity.anchor in lowered:
            for match in identity.id.finditer(passage.text, passage.start, passage.end):
                yield from _near(passage.text, match, identity)


def _near(text: str, found: re.Match[str], identity: Identity) -> Iterator[Hit]:
    """The secrets in the lines around an identifier."""
    start = max(0, found.start() - _AWAY)
    end = min(len(text), found.end() + _AWAY)
    for match in identity.secret.finditer(text, start, end):
        first, last = sorted((match.start(), found.start()))
        if (
            text.count("\n", first, last) <= _LINES
            and _is_key(match[0], identity)
            and match[0] not in found[0]
        ):
            yield Hit("hard-coded-password", *match.span(), Strength.REAL, name=identity.name)


def _is_key(value: str, identity: Identity) -> bool:
    """Whether it is random: a path, a digest where no key is hexadecimal, a word are none."""
    if not set(value) - set("0123456789abcdef"):
        return identity.hexadecimal and not values.is_sample(value)
    mixed = not (value.islower() or value.isupper())
    return mixed and values.is_random(value) and not values.is_sample(value)


DETECTORS = (
    Detector(
        (
            *_AWS,
            "ltai",
            "akid",
            "aklt",
            ".apps.googleusercontent.com",
            "twilio",
            "account_sid",
            "accountsid",
        ),
        _find,
        beyond=True,
    ),
)
