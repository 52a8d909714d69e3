"""Secrets in elements of XML: `<password>…</password>`, `<key>token</key><string>…</string>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.names import ANCHORS, names_in
from vetline_analyzers.secret.values import Strength, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

# From the name to its value: the rest of the tag, in a list of properties the tags between them.
_ELEMENT = late(
    r"(?:[\"']?(?:\s{1,9}[\w:-]{1,40}\s?=\s?[\"'][^\"'<>]{0,100}[\"']){0,4}\s?>|</(?:key|name)>\s{0,40}<(?:string|value)>)"
    r"\s{0,200}(?:<!\[CDATA\[)?(?:\{AQAAABAAA\w{0,4}\s{1,3})?(?P<value>[^<>\s]{4,1000})(?:\]\]>)?\s{0,200}</"
)


def _find(passage: Passage) -> Iterator[Hit]:
    """The contents of elements with a secret's name that start in the line."""
    if "<" not in passage.line:
        return
    for name in names_in(passage.line):
        start, end = name.start + passage.start, name.end + passage.start
        if not _opens(passage.text, start):
            continue
        match = _ELEMENT.match(passage.text, end)
        if match is None or (strength := judge(match["value"], name.sense)) is Strength.NONE:
            continue
        yield Hit("hard-coded-password", *match.span("value"), strength, name=name.text)


def _opens(text: str, start: int) -> bool:
    """Whether a name there stands in a tag that opens an element: as the tag, or as the value of an attribute."""
    before = text[max(0, start - 100) : start]
    tag = before.rfind("<")
    return (
        tag >= 0
        and ">" not in before[tag:].removeprefix("<key>")
        and before[tag + 1 : tag + 2] != "/"
    )


_ENDS = ("token>", "key>", "secret>", "password>", "passwd>", "pwd>", "pass>", "passphrase>")
DETECTORS = (Detector(ANCHORS, _find), Detector(_ENDS, _find, beyond=True))
