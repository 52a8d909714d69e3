"""People with SSH keys, as tests need them to sign reviews; real keys, made by ssh-keygen and thrown away."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PASSPHRASE = "correct horse battery"


class Person(NamedTuple):
    """Somebody who can sign.

    Attributes:
        address: their principal.
        key: the file of their private key.
    """

    address: str
    key: Path

    @property
    def public(self) -> str:
        kind, blob, *_ = self.key.with_suffix(".pub").read_text().split()
        return f"{kind} {blob}"

    def line(self, options: str = 'namespaces="vetline"', principals: str = "") -> str:
        """Their line of an allowed-signers file."""
        return f"{principals or self.address} {options} {self.public}\n"

    def sign(self, payload: bytes, namespace: str = "vetline") -> str:
        """Their signature, as whoever has the key and its passphrase makes it with ssh-keygen alone."""
        environ = {name: value for name, value in os.environ.items() if name != "SSH_AUTH_SOCK"}
        done = subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-f", self.key, "-n", namespace],
            input=payload, capture_output=True, check=True, timeout=60, env=environ, start_new_session=True,
        )  # fmt: skip
        return done.stdout.decode()


def person(folder: Path, address: str, passphrase: str = "") -> Person:
    """Somebody with a new key in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / f"{address.partition('@')[0]}_ed25519"
    command = [
        "ssh-keygen",
        "-q",
        "-t",
        "ed25519",
        "-a",
        "1",
        "-N",
        passphrase,
        "-C",
        "",
        "-f",
        key,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return Person(address, key)


def answers(monkeypatch: pytest.MonkeyPatch, folder: Path, passphrase: str = PASSPHRASE) -> Path:
    """Let a program answer for a person who is asked for a passphrase; gives the file that says how often it was."""
    asked, askpass = folder / "asked", folder / "askpass"
    askpass.write_text(f"#!/bin/sh\necho x >> '{asked}'\necho '{passphrase}'\n")
    askpass.chmod(0o700)
    monkeypatch.setenv("SSH_ASKPASS", str(askpass))
    monkeypatch.setenv("DISPLAY", ":0")
    return asked


# -- a hardware key, as PROTOCOL.u2f of OpenSSH describes one: ed25519 of RFC 8032, in slow plain numbers

_P, _L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_B = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)


def _plus(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    t = _D * a[0] * b[0] * a[1] * b[1] % _P
    return (
        (a[0] * b[1] + a[1] * b[0]) * pow(1 + t, -1, _P) % _P,
        (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, _P) % _P,
    )


def _times(n: int) -> bytes:
    total, step = (0, 1), _B
    while n:
        total, step, n = _plus(total, step) if n & 1 else total, _plus(step, step), n >> 1
    return (total[1] | (total[0] & 1) << 255).to_bytes(32, "little")


def _digest(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def string(raw: bytes) -> bytes:
    return struct.pack(">I", len(raw)) + raw


class Token(NamedTuple):
    """A hardware key made of numbers: it signs as OpenSSH's `sk-ssh-ed25519@openssh.com` keys do."""

    seed: bytes = b"\x07" * 32

    @property
    def _scalar(self) -> int:
        head = bytearray(hashlib.sha512(self.seed).digest()[:32])
        head[0] &= 248
        head[31] = head[31] & 63 | 64
        return int.from_bytes(head, "little")

    @property
    def blob(self) -> bytes:
        return (
            string(b"sk-ssh-ed25519@openssh.com") + string(_times(self._scalar)) + string(b"ssh:")
        )

    @property
    def public(self) -> str:
        return f"sk-ssh-ed25519@openssh.com {base64.b64encode(self.blob).decode()}"

    def sign(self, payload: bytes, namespace: str = "vetline", *, touched: bool = True) -> str:
        """What ssh-keygen writes with such a key: somebody touched it, or the key was made not to ask for that."""
        head = string(namespace.encode()) + string(b"") + string(b"sha512")
        message = b"SSHSIG" + head + string(hashlib.sha512(payload).digest())
        tail = bytes([touched]) + struct.pack(">I", 3)
        signed = hashlib.sha256(b"ssh:").digest() + tail + hashlib.sha256(message).digest()
        public = _times(self._scalar)
        nonce = _digest(hashlib.sha512(self.seed).digest()[32:], signed) % _L
        point = _times(nonce)
        made = point + ((nonce + _digest(point, public, signed) * self._scalar) % _L).to_bytes(
            32, "little"
        )
        inner = string(b"sk-ssh-ed25519@openssh.com") + string(made) + tail
        whole = b"SSHSIG" + struct.pack(">I", 1) + string(self.blob) + head + string(inner)
        text = base64.b64encode(whole).decode()
        lines = [text[at : at + 70] for at in range(0, len(text), 70)]
        return "\n".join(
            ["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""]
        )

    def private(self, *, touch: bool = True) -> str:
        """The file that ssh-keygen keeps of such a key, without a passphrase: a handle and what the key asks for."""
        secret = (
            struct.pack(">II", 1, 1)
            + self.blob
            + bytes([touch])
            + string(b"handle")
            + string(b"")
            + string(b"")
        )
        body = (
            b"openssh-key-v1\0" + string(b"none") + string(b"none") + string(b"")
            + struct.pack(">I", 1) + string(self.blob) + string(secret)
        )  # fmt: skip
        text = base64.b64encode(body).decode()
        return f"-----BEGIN OPENSSH PRIVATE KEY-----\n{text}\n-----END OPENSSH PRIVATE KEY-----\n"
