"""Private keys in a text, from the header to the footer, and what is public in the same armour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d"
)
# Base64 to the footer: between such lines nothing else is to hide.
_PUBLIC = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}(?:CERTIFICATE|REQUEST|CRL|PUBLIC KEY|PARAMETERS)-----"
    r"[A-Za-z0-9+/=\s\\]{1,20000}+-----END "
)
_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-MAC: *[0-9a-f]*")
_BODY = re.compile(r"[A-Za-z0-9+/=]{40}")
_LINE_END = re.compile(r"(?=[\r\n])")
_LONGEST = 20_000


def find(text: str) -> Iterator[Span]:
    """The spans of the private keys; a header without a body is a word about keys, not a key.

    A key without its footer ends with the line of its header.
    """
    heads = list(_BEGIN.finditer(text))
    for index, head in enumerate(heads):
        after = heads[index + 1].start() if index + 1 < len(heads) else len(text)
        limit = min(after, head.end() + _LONGEST)
        if _BODY.search(text, head.end(), limit):
            foot = _END.search(text, head.end(), limit) or _LINE_END.search(text, head.end(), limit)
            yield Span(head.start(), foot.end() if foot else limit)


def find_public(text: str) -> Iterator[Span]:
    """The spans of certificates and public keys, in which a token's letters are chance."""
    return (Span(*match.span()) for match in _PUBLIC.finditer(text))
