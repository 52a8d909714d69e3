"""How the names of Python's cryptographic packages are written, with their imports and without."""

from __future__ import annotations


def pycryptodome(*names: str) -> tuple[str, ...]:
    """The names of things of pycryptodome, as written with each of its packages and with neither.

    "Cipher.AES.new" gives "Crypto.Cipher.AES.new", "Cryptodome.Cipher.AES.new" and "AES.new", which is
    how a fragment without its imports says it.
    """
    return tuple(
        spelt
        for name in names
        for spelt in (f"Crypto.{name}", f"Cryptodome.{name}", name.partition(".")[2])
    )


def hazmat(*names: str) -> tuple[str, ...]:
    """The names of things of `cryptography`'s primitives: full, and as a fragment says them.

    "ciphers.modes.CBC" gives "cryptography.hazmat.primitives.ciphers.modes.CBC" and "modes.CBC".
    """
    return tuple(
        spelt
        for name in names
        for spelt in (
            f"cryptography.hazmat.primitives.{name}",
            ".".join(name.split(".")[-2:]),
        )
    )
