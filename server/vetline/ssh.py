"""What OpenSSH writes down: keys, signatures, where its program is.

Formats: PROTOCOL.sshsig, PROTOCOL.key and PROTOCOL.u2f of https://github.com/openssh/openssh-portable; RFC 4251.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from typing import TYPE_CHECKING, NamedTuple

from vetline import git

if TYPE_CHECKING:
    from pathlib import Path

PRESENT = 1  # of the flags of hardware keys: somebody touches it
PUBLIC = re.compile(r"((?:ssh|ecdsa|sk)-[a-z0-9@.-]{2,60}) +(AAAA[A-Za-z0-9+/]{16,8000}={0,3})")
_ARMOR_BYTES = 20_000
_SIGNED = b"SSHSIG"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


class SigningError(Exception):
    """Nothing was signed, or nothing can be verified; the message is one line for a person."""


class Signature(NamedTuple):
    """What a signature says of itself; nothing of it is proven.

    Attributes:
        blob: the public half of the key that made it.
        namespace: what it was made for.
        touched: somebody touched the hardware key; None of a key in a file.
    """

    blob: bytes
    namespace: str
    touched: bool | None


def fingerprint(blob: bytes) -> str:
    """A key as people compare it: "SHA256:…", as `ssh-keygen -l` shows it."""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii")
    return "SHA256:" + digest.rstrip("=")


def parsed(armor: str) -> Signature | None:
    """What a signature says of itself; None when it is none."""
    raw = unarmored(armor, _BEGIN, _END) if len(armor) <= _ARMOR_BYTES else None
    if raw is None or not raw.startswith(_SIGNED):
        return None
    try:
        blob, rest = string(raw[len(_SIGNED) + 4 :])
        namespace, rest = string(rest)
        made = string(string(string(rest)[1])[1])[0]  # reserved, the digest's name
        kind, touched = string(blob)[0].decode("ascii"), None
        if kind.startswith("sk-"):
            touched = bool(string(string(made)[1])[1][0] & PRESENT)
    except (struct.error, ValueError, IndexError):
        return None
    return Signature(blob, namespace.decode("utf-8", "replace"), touched)


def program(root: Path) -> str:
    """Where ssh-keygen is; not in the project at `root`.

    Raises:
        SigningError: it is not installed.
    """
    try:
        return git.program(root, "ssh-keygen")
    except git.GitError as error:
        raise SigningError(f"{error} (it comes with OpenSSH)") from None


def unarmored(text: str, begin: str, end: str) -> bytes | None:
    """What an armor holds; None when it is none."""
    _, opened, rest = text.strip().partition(begin)
    body, closed, _ = rest.partition(end)
    if not opened or not closed:
        return None
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def string(raw: bytes) -> tuple[bytes, bytes]:
    """A string of the SSH protocol (RFC 4251, 5) and what follows it."""
    (length,) = struct.unpack_from(">I", raw)
    if len(raw) < 4 + length:
        raise ValueError("it is cut off")
    return raw[4 : 4 + length], raw[4 + length :]
