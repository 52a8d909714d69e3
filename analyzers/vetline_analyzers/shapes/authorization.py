"""`Authorization: Basic …`, the base64 of a user and a password, and what Digest and NTLM send in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import worth
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_BASIC = late(
    r"(?<![A-Za-z0-9])basic(?:\s{1,4}|%20|\\u0020)\\?[\"']?(?P<value>[A-Za-z0-9+/_-]{6,400}={0,2})(?![A-Za-z0-9+/=_-])",
    re.IGNORECASE,
)

# The third message of NTLM: what the server's challenge makes of the password, to be guessed offline.
_NTLM = late(r"\b(?:NTLM|Negotiate)\s{1,4}(?P<value>TlRMTVNTUAAD[A-Za-z0-9+/]{60,4000}={0,2})")


_DIGEST_SHOWN = frozenset(
    {
        "6629fae49393a05397450978507c4ef1",
        "8ca523f5e9506fed4657c9700eebdbec",
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    }
)
# Of Digest (RFC 7616) the answer to the server's nonce, to be guessed offline, too.
_DIGEST = late(
    r"\bDigest\s{1,4}(?=[^\r\n]{0,600}?\bnonce=)[^\r\n]{0,600}?\bresponse=\\?[\"'](?P<value>[0-9a-f]{32}(?:[0-9a-f]{32})?)\\?[\"']"
)


def _find(passage: Passage) -> Iterator[Hit]:
    for match in _BASIC.finditer(passage.text, passage.start, passage.end):
        strength = worth.pair(match["value"])
        if strength is not Strength.NONE:
            yield Hit("hard-coded-password", *match.span("value"), strength, name="basic_auth")
    for match in _NTLM.finditer(passage.text, passage.start, passage.end):
        yield Hit("hard-coded-password", *match.span("value"), Strength.FAIR, name="ntlm_response")

    for match in _DIGEST.finditer(passage.text, passage.start, passage.end):
        # What RFC 2617 and RFC 7616 show.
        strength = Strength.WEAK if match["value"] in _DIGEST_SHOWN else Strength.FAIR
        yield Hit("hard-coded-password", *match.span("value"), strength, name="digest_response")


DETECTORS = (Detector(("digest ", "basic ", "basic%20", "basic\\u0020", "tlrmtvntuaad"), _find),)
