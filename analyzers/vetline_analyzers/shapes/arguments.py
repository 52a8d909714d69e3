"""Secrets that have a place in a call instead of a name: `auth=("user", "…")`, `jwt.sign(x, "…")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret import values
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength, judge

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_QUOTED = late(
    r"[rbuRBU]?(?P<quote>[\"'`])(?P<value>(?:\\.|(?!(?P=quote))[^\\]){1,200}?)(?P=quote)\s{0,9}(?P<next>[,)])"
)
_PAIR = late(
    r"(?:\b(?:basic_|http_)?auth\s{0,3}[=:]\s{0,3}[(\[]|(?:Basic|Digest)Auth(?:entication)?\(|\.login\(|\.auth\(|NetworkCredential\(|\b(?:Credentials?|[Cc]red(?:ential)?s\s{0,3}=\s{0,3})[(\[])\s{0,9}"
    r"(?P<user>[\"'][^\"']{1,100}[\"']|[\w.]{1,60})\s{0,9},\s{0,9}"
)
_JWT = late(
    r"(?i:\bjwt)\.(?:encode|decode|sign|verify)\(\s{0,9}(?:[^,{}\"'`]{1,100}|\{[^{}]{0,200}\})\s{0,9},\s{0,9}"
)


# Where nothing is signed: documentation shows how to call.
_SHOWN = late(r"\.(?:md|mdx|rst|adoc)$|(?:^|/)(?:PKG-INFO|METADATA)$")


def find(line: str, path: str = "") -> Iterator[Hit]:
    """The second argument of the calls whose second argument is a secret.

    Args:
        line: a line, or a piece of one of bounded length.
        path: as of a Passage.
    """
    for call in _PAIR.finditer(line):
        value = _QUOTED.match(line, call.end())
        if value is None or value["value"] == call["user"].strip("\"'"):
            continue
        if value["next"] == ")" or "redential" in call[0] or "[" in call[0]:
            yield from _hit(value, judge(value["value"]))
    for call in _JWT.finditer(line):
        if value := _QUOTED.match(line, call.end()):
            strength = judge(value["value"])
            if strength is Strength.WEAK and not (
                values.is_placeholder(value["value"]) or _SHOWN.search(path)
            ):
                strength = Strength.FAIR  # "secret", and it does sign the tokens
            yield from _hit(value, strength)


def _hit(value: re.Match[str], strength: Strength) -> Iterator[Hit]:
    if strength is not Strength.NONE:
        yield Hit("hard-coded-password", *value.span("value"), strength)


def _find(passage: Passage) -> Iterator[Hit]:
    for hit in find(passage.line, passage.path):
        yield hit._replace(start=hit.start + passage.start, end=hit.end + passage.start)


DETECTORS = (Detector(("auth", ".login(", "jwt.", "cred"), _find),)
