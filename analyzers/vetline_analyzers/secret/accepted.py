"""Secrets that a `.secrets.baseline` of detect-secrets accepts, told by their digests."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Suppression
from vetline_analyzers.core.regex import late

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline_analyzers.core.analyzer import Facts

SUPPRESSION = Suppression("secrets-baseline", "accepted in .secrets.baseline", in_source=False)
_HEAD = late(r"-----(?P<words>BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
_JWT = late(r"eyJ[\w-]{1,4000}\.[\w-]{1,8000}\.?")
_STRIPE = late(r"[rs]k_live_[0-9A-Za-z]{24}")


def suppression(facts: Facts, path: str, value: str) -> Suppression | None:
    """What silences a secret that the project's baseline accepts in the file at `path`; else None.

    The finding is to be made all the same and to carry this: whoever shows its line must know what to mask.

    Args:
        facts: those of the project.
        path: POSIX, relative to the project's root.
        value: the secret, the characters under its finding's span.
    """
    digests = facts.accepted.get(path)
    if not digests:
        return None
    return SUPPRESSION if any(digest(form) in digests for form in _forms(value)) else None


def digest(value: str) -> str:
    """The digest by which detect-secrets knows a secret."""
    return hashlib.sha1(value.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _forms(value: str) -> Iterator[str]:
    """The secret, and the part of it or around it that detect-secrets takes for the secret.

    The part must tell one secret from another, which "ghp" of a GitHub token does not. The words in a private key's
    header do neither; but where they are accepted, the file was looked at and is known to hold such a key.
    """
    yield value
    if match := _HEAD.match(value):
        yield match["words"]
    elif match := _JWT.match(value) or _STRIPE.match(value):
        yield match[0]
    elif value.endswith("=="):
        yield f"AccountKey={value}"
