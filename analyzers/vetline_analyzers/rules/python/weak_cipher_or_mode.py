"""Ciphers and modes that hide nothing."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import known, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_WEAK = ("DES", "DES3", "ARC2", "ARC4", "Blowfish", "CAST", "XOR", "IDEA", "RC5")
_ALGORITHMS = ("ARC4", "TripleDES", "Blowfish", "IDEA", "CAST5", "SEED", "RC2")
_NAMED = re.compile(r"(?i)(?:des|des_ede\w*|rc2|rc4|bf|blowfish|idea|cast5?|seed)(?:[-_]|$)|.*ecb")
_ECB = "ECB shows which blocks are equal and can be cut and pasted: use AES-GCM."


def _check(hit: Hit) -> Report | None:
    if hit.name.endswith("modes.ECB"):
        return Report(_ECB)
    parts = hit.name.split(".")
    if parts[-1] == "Cipher":  # M2Crypto: EVP.Cipher("des_cbc", key, iv, 1)
        named = next((n for n in known.choices(hit, hit.either(0, "alg")) if _NAMED.match(n)), "")
        return Report(f"{named} is broken: use AES-GCM or ChaCha20-Poly1305.") if named else None
    if parts[-2:] == ["AES", "new"]:
        mode = hit.either(1, "mode")
        names = [hit.resolve(mode)]
        if mode is not None and mode.type == "identifier":
            names += [hit.resolve(value) for value in hit.scope.values(mode)]
        return Report(_ECB) if any(name.endswith("MODE_ECB") for name in names) else None
    cipher = parts[-2] if parts[-1] == "new" else parts[-1]
    return Report(f"{cipher} is broken or too small: use AES-GCM or ChaCha20-Poly1305.")


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
    attack="Reads equal blocks, swaps them between messages, or finds the key on rented machines.",
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
        """\
from Crypto.Cipher import *

def box(key):
    mode = AES.MODE_ECB
    return AES.new(key, mode)
""",
        """\
from M2Crypto import EVP

def box(key, iv):
    return EVP.Cipher("des_ede3_cbc", key, iv, 1)
""",
        """\
import pyDes

def box(key):
    return pyDes.triple_des(key)
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
        """\
from shapes import DES

def box(key):
    return DES.new(key)
""",
    ),
    same_as=("bandit/B304", "bandit/B305", "bandit/B413"),
    url="https://cryptography.io/en/latest/hazmat/primitives/aead/",
    names=(
        *spellings.pycryptodome(*(f"Cipher.{cipher}.new" for cipher in (*_WEAK, "AES"))),
        *spellings.hazmat(*(f"ciphers.algorithms.{name}" for name in _ALGORITHMS)),
        *(f"cryptography.hazmat.decrepit.ciphers.algorithms.{name}" for name in _ALGORITHMS),
        *spellings.hazmat("ciphers.modes.ECB"),
        *("M2Crypto.EVP.Cipher", "EVP.Cipher", "M2Crypto.RC4.RC4"),
        *("pyDes.des", "pyDes.triple_des", "arc4.ARC4", "des.DesKey"),
    ),
    check=_check,
)
