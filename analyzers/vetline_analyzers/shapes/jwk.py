"""Private members of JSON Web Keys, RFC 7517 and 7518: the numbers of which the key's holder alone knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values
from vetline_analyzers.secret.detector import AROUND, Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_KIND = late(r"\bkty\\?[\"']?\]?\s{0,9}(?:[:=]|=>)\s{0,9}\\?[\"']?(?P<kind>RSA|EC|OKP|oct)\b")
# RSA's exponent, primes and their parts, the private value of a curve, and a symmetric key.
_MEMBER = late(
    r"(?<![\w.])\\?[\"']?\b(?P<name>d|p|q|dp|dq|qi|k)\\?[\"']?\]?\s{0,9}(?:=>|[:=])\s{0,20}\(?\s{0,20}b?\\?[\"']?"
    r"(?P<value>[A-Za-z0-9_+/-]{16,1400}={0,2})(?=\\?[\"'\s,;})]|$)"
)
_MEMBERS = {"oct": {"k"}, "EC": {"d"}, "OKP": {"d"}, "RSA": {"d", "p", "q", "dp", "dq", "qi"}}
_SHORTEST = {"oct": 16, "EC": 32, "OKP": 40, "RSA": 40}
_LINES = 14  # without braces, as in YAML, the lines of a key stand together


def _find(passage: Passage) -> Iterator[Hit]:
    for kind in _KIND.finditer(passage.text, passage.start, passage.end):
        start, end = _object(passage.text, kind.start(), kind.end())
        for member in _MEMBER.finditer(passage.text, start, end):
            value = member["value"]
            if member["name"] not in _MEMBERS[kind["kind"]] or len(value) < _SHORTEST[kind["kind"]]:
                continue
            strength = Strength.WEAK if values.is_sample(value[:40]) else Strength.REAL
            yield Hit("private-key", *member.span("value"), strength, name=f"jwk_{member['name']}")


def _object(text: str, start: int, end: int) -> tuple[int, int]:
    """From where to where the key's members stand: between braces, or in the lines around."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    opened, closed = text.rfind("{", first, start), text.find("}", end, last)
    if opened >= 0 and closed >= 0 and text.find("}", opened, start) < 0:
        return opened, closed
    for _ in range(_LINES):
        start = max(first, text.rfind("\n", first, start))
        end = text.find("\n", end + 1, last) if text.find("\n", end + 1, last) >= 0 else last
    return start, end


DETECTORS = (Detector(("kty",), _find, beyond=True),)
