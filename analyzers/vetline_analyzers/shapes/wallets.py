"""Keys that people keep as they are: wallets' keys and seed phrases, age, WireGuard, minisign."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = "private-key"
_AGE = late(r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}", re.IGNORECASE)
_EXTENDED = late(
    r"(?<![A-Za-z0-9])(?:xprv|yprv|zprv|tprv)[1-9A-HJ-NP-Za-km-z]{107,108}(?![A-Za-z0-9])"
)
_MINISIGN = late(r"(?<![A-Za-z0-9+/])RWRTY0Iy[A-Za-z0-9+/]{190,210}={0,2}(?![A-Za-z0-9+/=])")
# A name that says whose key it is, and all that may stand before the value.
_NAMED = late(
    r"(?P<name>priv(?:ate)?[_-]?keys?|pre_?shared_?key|wif|mnemonic|seed|recovery|phantom|solana|keypair"
    r"|(?:signer|deployer|owner|wallet|validator|account|miner|operator|relayer)[_-]?(?:secret[_-]?)?(?:key|pk)|wallet)"
    r"[\w-]{0,20}(?:\s(?:phrase|words?))?\\?[\"']?\]?\s{0,4}(?:=>|:=|[:=(,])\s{0,9}(?:\w{1,20}\(\s{0,4})?\[?\\?[\"'`]?",
    re.IGNORECASE,
)
# WireGuard's is 32 bytes of base64; others are of hexadecimal, of which a digest looks the same but for its
# name. Base58: Bitcoin's WIF, Solana's pair of keys.
_VALUE = late(
    r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=(?![A-Za-z0-9+/=])|(?:0x)?[0-9a-fA-F]{64}(?![0-9a-zA-Z])"
    r"|[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}(?![A-Za-z0-9])|[1-9A-HJ-NP-Za-km-z]{87,88}(?![A-Za-z0-9])"
)
_NUMBERS = late(r"(?:\d{1,3}\s{0,3},\s{0,3}){63}\d{1,3}(?=\s{0,9}\])")
# Twelve to twenty-four words of a list (BIP 39), each of three to eight letters.
_PHRASE = late(r"[a-z]{3,8}(?:[ ,]{1,2}[a-z]{3,8}){11,23}(?![A-Za-z,]| [a-z])", re.IGNORECASE)
_PHRASES = ("mnemonic", "seed", "recovery", "wallet")
# What every test network uses, and what says nothing but itself.
_TEST_PHRASE = late(r"(?:test test|junk|abandon abandon|word ?one|candy maple cake)", re.IGNORECASE)
_BYTE = 255
_WORDS = 0.75  # part of the words of a phrase that are different
_FUNCTION = frozenset(
    (
        "the",
        "and",
        "for",
        "with",
        "that",
        "this",
        "from",
        "are",
        "was",
        "not",
        "but",
        "you",
        "your",
        "which",
    )
)


def _find(passage: Passage) -> Iterator[Hit]:
    text, start, end = passage.text, passage.start, passage.end
    for pattern in (_AGE, _EXTENDED, _MINISIGN):
        for match in pattern.finditer(text, start, end):
            yield _hit(*match.span(), match[0])
    for named in _NAMED.finditer(text, start, end):
        if hit := _named(text, named, end):
            yield hit


def _named(text: str, named: re.Match[str], end: int) -> Hit | None:
    """The key that stands behind a name."""
    name, at = named["name"].lower(), named.end()
    phrase = _PHRASE.match(text, at, end) if name.startswith(_PHRASES) else None
    if phrase is not None:
        strength = _phrase(phrase[0])
        if strength is Strength.NONE:
            return None
        return Hit(_KEY, *phrase.span(), strength, name="mnemonic")
    value = _VALUE.match(text, at, end) if name != "seed" else None
    if value is not None:
        return _hit(*value.span(), value[0])
    numbers = _NUMBERS.match(text, at, end)
    if numbers is None or any(int(number) > _BYTE for number in numbers[0].split(",")):
        return None
    return Hit(_KEY, *numbers.span(), name="secret_key")


def _hit(start: int, end: int, value: str) -> Hit:
    digits = value.lower().removeprefix("0x")
    weak = values.is_sample(value) or digits.lstrip("0") in {"", "1", "2"}
    return Hit(_KEY, start, end, Strength.WEAK if weak else Strength.REAL, name="private_key")


def _phrase(value: str) -> Strength:
    """What a row of words is worth: prose says "the" and "and", and a list of words has none of them."""
    words = value.lower().replace(",", " ").split()
    if len(words) % 3 or _FUNCTION.intersection(words):
        return Strength.NONE
    if _TEST_PHRASE.search(value) or len(set(words)) < len(words) * _WORDS:
        return Strength.WEAK
    return Strength.REAL


DETECTORS = (
    Detector(
        (
            *(
                "age-secret-key-",
                "private_key",
                "private-key",
                "privatekey",
                "priv_key",
                "privkey",
                "preshared",
                "wireguard",
            ),
            *(
                "rwrty0iy",
                "xprv",
                "yprv",
                "zprv",
                "tprv",
                "wif",
                "mnemonic",
                "seed",
                "recovery",
                "deployer",
                "signer",
                "wallet",
            ),
            *(
                "keypair",
                "solana",
                "phantom",
                "owner",
                "account",
                "validator",
                "miner",
                "operator",
                "relayer",
            ),
        ),
        _find,
    ),
)
