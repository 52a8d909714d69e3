"""Signatures on anchors and exports: made with a person's SSH key, verified as those of reviews are."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from vetline import anchors, config, dossier, signatures, signing, ssh
from vetline.doors import options as words
from vetline.git import GitError
from vetline.ssh import SigningError
from vetline.statement import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from vetline.anchors import Anchor
    from vetline.stores import Location


class Seal(NamedTuple):
    """What the signature on an anchor is worth.

    Attributes:
        anchor: the last one that is signed; None when none is.
        principal: who signed it; "" when nobody whose signature counts did.
        why: then why it does not count, a sentence.
    """

    anchor: Anchor | None = None
    principal: str = ""
    why: str = "no signed anchor bears this ledger out: `vetline audit anchor --sign` sets one"

    @property
    def told(self) -> str:
        """One sentence for a person."""
        seq = self.anchor.seq if self.anchor else 0
        return (
            f"The anchor of event {seq} is signed by {self.principal}."
            if self.principal
            else self.why
        )


def seal_of(location: Location, found: Sequence[Anchor]) -> Seal:
    """What the signature on the last signed anchor is worth.

    Args:
        location: where the ledger lies.
        found: anchors that bear it out, in the order of their numbers.
    """
    last = next((anchor for anchor in reversed(found) if anchor.signature), None)
    if last is None:
        return Seal()
    try:
        principal, problem = _verified(location, last)
    except (GitError, SigningError) as error:
        principal, problem = "", f"cannot be verified: {error}"
    return Seal(
        last,
        principal,
        f"the signature on the anchor of event {last.seq} {problem}" if problem else "",
    )


def _verified(location: Location, anchor: Anchor) -> tuple[str, str]:
    """Who signed an anchor, or why that does not count."""
    made = ssh.parsed(anchor.signature)
    if made is None:
        return "", "is none that can be read"
    settings = config.load(location.base).settings
    allowed = dossier.load(location.base, settings, now=datetime.now(UTC)).trusted.allowed
    names = [
        name
        for each in signatures.signers(allowed)
        if each.blob == made.blob
        for name in each.principals
    ]
    if not names:
        return "", f"is not by an allowed signer: its key is {ssh.fingerprint(made.blob)}"
    seal = signatures.verify(
        anchors.payload(anchor),
        anchor.signature,
        allowed=allowed,
        principal=names[0],
        namespace=NAMESPACE,
        when=signatures.moment(datetime.fromisoformat(anchor.at)),
        root=location.base,
    )
    return seal.principal, f"does not count: it {seal.problem}" if seal.problem else ""


def signer(root: Path) -> Callable[[bytes], str]:
    """Gives a person's armored SSH signature over bytes.

    Raises:
        UsageError: they have no key that may be used.
    """
    settings = config.load(root).settings
    try:
        key = signing.key_of(root, settings.gate_signing_key)
    except SigningError as error:
        raise words.UsageError(str(error)) from None
    if key.guard is signing.Guard.NONE and not settings.gate_unprotected_keys:
        raise words.UsageError(
            f"{key.path} has no passphrase, so that any program that runs as you could sign with it: give it one with"
            " `ssh-keygen -p`, or set VETLINE_GATE_UNPROTECTED_KEYS"
        )

    def sign(raw: bytes) -> str:
        try:
            return signing.sign(key, raw, NAMESPACE, root=root, terminal=sys.stdin.isatty())
        except SigningError as error:
            raise words.UsageError(str(error)) from None

    return sign
