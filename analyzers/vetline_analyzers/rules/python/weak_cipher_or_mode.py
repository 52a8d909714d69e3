"""Ciphers and modes that hide nothing."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_MODULES = ("Crypto.Cipher", "Cryptodome.Cipher")
_WEAK = ("DES", "DES3", "ARC2", "ARC4", "Blowfish", "CAST", "XOR")
_ALGORITHMS = ("ARC4", "TripleDES", "Blowfish", "IDEA", "CAST5", "SEED")
_PRIMITIVES = "cryptography.hazmat.primitives.ciphers"


def _check(hit: Hit) -> Report | None:
    if hit.name.endswith(".modes.ECB"):
        return Report(_ECB)
    if hit.name.endswith(".AES.new"):
        mode = hit.either(1, "mode")
        return Report(_ECB) if hit.resolve(mode).endswith("MODE_ECB") else None
    parts = hit.name.split(".")
    cipher = parts[-2] if parts[-1] == "new" else parts[-1]
    return Report(f"{cipher} is broken or too small: use AES-GCM or ChaCha20-Poly1305.")


_ECB = "ECB shows which blocks are equal and can be cut and pasted: use AES-GCM."

RULE = PatternRule(
    id="python/weak-cipher-or-mode",
    title="Weak cipher or mode",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(327,),
    page="""
DES and RC4 can be broken with rented machines, and ciphers with 64-bit blocks (3DES, Blowfish) leak
after some gigabytes. In ECB mode equal blocks stay equal: a picture stays visible, and an attacker swaps
blocks between messages without knowing the key.
""",
    advice="Use an authenticated cipher: `AESGCM` or `ChaCha20Poly1305` from `cryptography`.",
    bad=(
        """\
from Crypto.Cipher import AES

def box(key):
    return AES.new(key, AES.MODE_ECB)
""",
        """\
from Crypto.Cipher import DES

def box(k):
    return DES.new(k, DES.MODE_CBC, iv=k)
""",
        """\
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def box(key):
    return Cipher(algorithms.AES(key), modes.ECB())
""",
        """\
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

def box(key):
    return Cipher(algorithms.ARC4(key), None)
""",
    ),
    good=(
        """\
from Crypto.Cipher import AES

def box(key):
    return AES.new(key, AES.MODE_GCM)
""",
        """\
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def box(key, iv):
    return Cipher(algorithms.AES(key), modes.GCM(iv))
""",
    ),
    same_as=("bandit/B304", "bandit/B305"),
    url="https://cryptography.io/en/latest/hazmat/primitives/aead/",
    names=(
        *(f"{module}.{cipher}.new" for module in _MODULES for cipher in (*_WEAK, "AES")),
        *(f"{_PRIMITIVES}.algorithms.{name}" for name in _ALGORITHMS),
        *(f"cryptography.hazmat.decrepit.ciphers.algorithms.{name}" for name in _ALGORITHMS),
        f"{_PRIMITIVES}.modes.ECB",
    ),
    check=_check,
)
