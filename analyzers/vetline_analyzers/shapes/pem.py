"""Private keys in armour: PEM, PGP, PuTTY, SSH2; over lines, in one string, or as base64 once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.regex import late
from vetline_analyzers.core.text import Span
from vetline_analyzers.secret import worth
from vetline_analyzers.secret.detector import Detector, Hit, Passage
from vetline_analyzers.secret.values import Strength

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEGIN = late(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d"
    r"|---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----"
)
# Base64 to the footer: between such lines nothing else is to hide.
_PUBLIC = late(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}(?:CERTIFICATE|REQUEST|CRL|PUBLIC KEY|PARAMETERS)-----"
    r"[A-Za-z0-9+/=\s\\]{1,20000}+-----END "
)
_MARK = late(
    r"(?P<end>-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|---- END SSH2 [A-Z ]{0,20}PRIVATE KEY ----"
    r"|Private-MAC: {0,9}[0-9a-f]{0,64})|-----BEGIN |PuTTY-User-Key-File-"
)
_BODY = late(r"[A-Za-z0-9+/=]{24}")
# Lines of base64, with what a language puts around each: quotes, `\n`, `+`, a comment's sign.
_LINES = late(r"(?:(?:\\{1,4}[nr]|[\s\"'`,.;+#>*|()-]){0,40}[A-Za-z0-9+/=]{20,}){0,200}")
# OpenSSH's own format names the cipher behind its first word, in base64.
_ENCRYPTED = late(r"ENCRYPTED|Encryption: (?!none)|b3BlbnNzaC1rZXktdjEAAAAA(?!BG5vbmU)")
_LONGEST = 20_000
# Between the header and what looks like its body: an ellipsis, or the end of a string that another follows.
_CUT = late(r"\.\.\.|…|[\"'`]\s{0,9}[,;)\]}]")
_ONE_LINE = late(r"KEY-----[\s\\nr]{0,9}[A-Za-z0-9+/]{40,70}[\s\\nr.]{0,9}-----END")
_HEADERS = 400  # characters of headers between the first line and the body
# What base64 makes of `-----BEGIN ` and of the rest of the header, by the place where it falls.
_AGAIN = late(r"LS0tLS1CRUdJTi(?:[A-Za-z0-9+/]|\\{1,2}[nr]){60,16000}={0,2}")
_PRIVATE = "PRIVATE KEY"


def find(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The spans of the private keys; a header without a body is a word about keys, not a key.

    A key without its footer ends with its last line of base64.

    Args:
        text: where they are looked for.
        start: from where on their headers stand in it.
        end: to where, the end of the text when left out.
    """
    for head in _BEGIN.finditer(text, start, len(text) if end is None else end):
        body = _BODY.search(text, head.end(), head.end() + _HEADERS)
        mark = _MARK.search(text, head.end(), head.end() + _LONGEST) if body else None
        if body is None or (mark and mark.start() < body.start()):
            continue
        if _CUT.search(text, head.end(), body.start()):
            continue
        if mark and mark["end"]:
            yield Span(head.start(), mark.end())
            continue
        lines = _LINES.match(text, body.start(), mark.start() if mark else head.end() + _LONGEST)
        yield Span(head.start(), lines.end() if lines else body.end())


def _find(passage: Passage) -> Iterator[Hit]:
    """The keys whose header stands in the line."""
    for span in find(passage.text, passage.start, passage.end):
        # Its passphrase is still to be guessed, and can be, offline.
        locked = _ENCRYPTED.search(passage.text, span.start, min(span.end, span.start + _HEADERS))
        if _is_cut(passage.text[span.start : span.end]):
            yield Hit("private-key", *span, Strength.WEAK)
        else:
            yield Hit("private-key", *span, Strength.FAIR if locked else Strength.REAL)


def _is_cut(key: str) -> bool:
    """Whether a key is shown in part, as documentation does: with an ellipsis, or RSA's first line alone."""
    if len(key) > _HEADERS:
        return False
    return (
        "..." in key
        or "…" in key
        or ("RSA PRIVATE" in key and "-----END" in key and _ONE_LINE.search(key) is not None)
    )


def _find_again(passage: Passage) -> Iterator[Hit]:
    for match in _AGAIN.finditer(passage.text, passage.start, passage.end):
        if _PRIVATE in worth.decoded(match[0][:200]):
            yield Hit("private-key", *match.span())


DETECTORS = (
    Detector(("private key", "putty-user-key-file"), _find, beyond=True),
    Detector(("ls0tls1crudjti",), _find_again),
)


def find_public(text: str) -> Iterator[Span]:
    """The spans of certificates and public keys, in which a token's letters are chance."""
    return (Span(*match.span()) for match in _PUBLIC.finditer(text))
