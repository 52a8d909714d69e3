"""Signatures on anchors and exports: made with a person's SSH key, verified as those of reviews are."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from vetline import anchors, config, signatures, signing, ssh
from vetline.doors import options as words
from vetline.dossier import grounds
from vetline.git import GitError
from vetline.ssh import SigningError
from vetline.statement import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from vetline.anchors import Anchor
    from vetline.dossier.grounds import Grounds
    from vetline.stores import Location

_MOST = 20  # signed anchors, and principals of a key, that are tried


class Seal(NamedTuple):
    """What the signature on an anchor is worth.

    Attributes:
        anchor: the one it stands on; None when none is signed.
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
    """What the signature is worth on the last anchor that bears one that counts, else on the last that bears one.

    Args:
        location: where the ledger lies.
        found: anchors that bear it out, in the order of their numbers.
    """
    signed = [anchor for anchor in reversed(found) if anchor.signature][:_MOST]
    if not signed:
        return Seal()
    root, now, problem = location.base, datetime.now(UTC), ""
    settings = config.load(root).settings
    try:
        held = grounds.of(location, root, settings, base="", now=now, environ=None)
        for anchor in signed:
            principal, why = _verified(held, anchor)
            if principal:
                return Seal(anchor, principal, "")
            problem = problem or why
    except (GitError, SigningError) as error:
        problem = f"cannot be verified: {error}"
    last = signed[0]
    return Seal(last, "", f"the signature on the anchor of event {last.seq} {problem}")


def _verified(held: Grounds, anchor: Anchor) -> tuple[str, str]:
    """Who signed an anchor, or why that does not count.

    Its key must be valid today, as that of a review which is new: no commit that is trusted holds a note, so that
    nobody can tell when it was set, and an expired key would date it back.
    """
    made = ssh.parsed(anchor.signature)
    if made is None:
        return "", "is none that can be read"
    problem = ""
    for name in islice(_principals(held.allowed, made.blob), _MOST):
        seal = signatures.verify(
            anchors.payload(anchor),
            anchor.signature,
            allowed=held.allowed,
            principal=name.replace("*", "any").replace("?", "x"),  # somebody whom a pattern fits
            namespace=NAMESPACE,
            when=signatures.moment(held.now),
            root=held.root,
        )
        if seal.principal:
            return name, ""
        problem = problem or f"does not count: it {seal.problem}"
    return "", problem or f"is not by an allowed signer: its key is {ssh.fingerprint(made.blob)}"


def _principals(allowed: bytes, blob: bytes) -> list[str]:
    """Whom the lines of a key name: people, then patterns, and not those whom a line leaves out."""
    lines = [each for each in signatures.signers(allowed) if each.blob == blob]
    names = {name: None for each in lines for name in each.principals if not name.startswith("!")}
    return sorted(names, key=lambda name: not signatures.is_signer(name))


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
