"""What tokens prove by themselves: their checksums and structure, computed here, never asked of anyone.

Each function takes a token as its format found it, and gives True where its own checksum fits, False where
it does not, and None where a token of that kind has none.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode
from typing import Any
from zlib import crc32

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CLASSIC = 40  # ghp_ and 36 characters
_LONGEST = 20_000  # characters of a token that are decoded


def github(token: str) -> bool | None:
    """The last six characters are the CRC-32 of those between prefix and them, in base 62.

    Source: GitHub's article "Behind GitHub's new authentication token formats"; npm's tokens are made alike.
    """
    if len(token) != _CLASSIC:
        return None  # fine-grained ones have a checksum, too, of a make that is not told
    body = token.partition("_")[2]
    return _in_base(crc32(body[:-6].encode()), 62).rjust(6, "0") == body[-6:]


def gitlab(token: str) -> bool | None:
    """A routable token ends in the CRC-32 of all before, seven digits in base 36.

    Source: GitLab's `Authn::TokenField::Generator::RoutableToken`.
    """
    if "." not in token:
        return None
    return _in_base(crc32(token[:-7].encode()), 36).lower().rjust(7, "0") == token[-7:]


def grafana(token: str) -> bool | None:
    """A service account's token ends in the CRC-32 of what stands before the last `_`, lowest byte first.

    Source: Grafana's package `satokengen`.
    """
    if not token.startswith("glsa_"):
        return None
    body, _, checksum = token.rpartition("_")
    return crc32(body.encode()).to_bytes(4, "little").hex() == checksum.lower()


def atlassian(token: str) -> bool | None:
    """What follows the `=` is the CRC-32 of all before, the `=` included, in hexadecimal.

    Source: tokens that their owners published; Atlassian tells only that there is a checksum.
    """
    body, sign, checksum = token.rpartition("=")
    if not sign or len(checksum) != 8:  # noqa: PLR2004 - hexadecimal digits of 32 bits
        return None
    return f"{crc32((body + sign).encode()):08X}" == checksum.upper()


def json_web_token(token: str) -> bool:
    """The header is a JSON object that names an algorithm (RFC 7519, RFC 7515 §4.1.1)."""
    header = _json(token.split(".", 1)[0])
    return isinstance(header, dict) and isinstance(header.get("alg"), str)


def one_password(token: str) -> bool:
    """A service account's token is, behind `ops_`, a JSON object that names where to sign in."""
    found = _json(token.removeprefix("ops_"))
    return isinstance(found, dict) and "signInAddress" in found


def sentry(token: str) -> bool | None:
    """An organization's token holds a JSON object that names the organization.

    Source: Sentry's RFC 0091, "ci-upload-tokens".
    """
    if not token.startswith("sntrys_"):
        return None
    found = _json(token.removeprefix("sntrys_").split("_", 1)[0])
    return isinstance(found, dict) and "org" in found


def macaroon(token: str) -> bool:
    """Behind the prefix stands a binary macaroon, version 2, whole to its signature of 32 bytes.

    Source: PyPI's "How do API tokens work", libmacaroons' format.txt.
    """
    data = _bytes(token.partition("-")[2])
    if data[:1] != b"\x02":
        return False
    at = 1
    kind = -1
    while at < len(data):
        kind = data[at]
        at += 1
        if kind == 0:  # the end of a section
            continue
        size, at = _number(data, at)
        if at + size == len(data):
            return kind == 6 and size == 32  # noqa: PLR2004 - field 6 is the signature
        at += size
    return False


def discord(token: str) -> bool:
    """The first part is the account's number in base 64. Source: Discord's documentation, "Authentication"."""
    return _bytes(token.split(".", 1)[0]).isdigit()


def _in_base(number: int, base: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, base)
        digits = _DIGITS[digit] + digits
    return digits


def _bytes(text: str) -> bytes:
    """What base 64, of either alphabet and without its `=`, stands for; b"" for nothing."""
    text = text[:_LONGEST].rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _json(text: str) -> Any:
    try:
        return json.loads(_bytes(text))
    except (ValueError, RecursionError):
        return None


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends."""
    number = shift = 0
    while at < len(data):
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            break
    return number, at
