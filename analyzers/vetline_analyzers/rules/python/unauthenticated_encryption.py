"""Encryption that does not notice changes."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax import around, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_MODES = ("CBC", "CTR", "CFB", "OFB")
_CHECKED = re.compile(r"(?i)hmac|\bmac\b|verify|signature")


def _check(hit: Hit) -> Report | None:
    if hit.name.endswith(".new"):
        mode = hit.either(1, "mode")
        if not hit.resolve(mode).endswith(tuple(f"MODE_{name}" for name in _MODES)):
            return None
    text = around.function_text(hit)
    if _CHECKED.search(text):
        return None
    # In an excerpt the call that seals may stand in another statement.
    seals = "encrypt" in text or (hit.is_excerpt() and "decrypt" not in text)
    return Report(
        "Nothing shows that the ciphertext was changed: use AES-GCM, or add an HMAC over it and check it "
        "before decrypting.",
        persona=Persona.REGULAR if seals and not hit.uses("hmac") else None,
    )


RULE = PatternRule(
    id="python/unauthenticated-encryption",
    title="Encryption without authentication",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    persona=Persona.PEDANTIC,
    tentative=True,
    cwe=(353, 327),
    page="""
CBC, CTR and their relatives hide a text and do not protect it: bits that are flipped in the ciphertext flip
in the text. Where a server says whether the padding was right, an attacker decrypts whole messages by
changing them and asking.
""",
    attack="Flips bits of a ciphertext and watches how the server answers.",
    advice="Use `AESGCM`, `ChaCha20Poly1305` or `Fernet`, which refuse what was changed.",
    bad=(
        """\
from Crypto.Cipher import AES

def seal(key, iv, text):
    return AES.new(key, AES.MODE_CBC, iv).encrypt(text)
""",
        """\
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def sealer(key, iv):
    return Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor()
""",
        """\
from Cryptodome.Cipher import AES as C

def seal(key, iv, text):
    return C.new(key, mode=C.MODE_CFB, iv=iv).encrypt(text)
""",
    ),
    good=(
        """\
from Crypto.Cipher import AES

def seal(key, nonce, text):
    return AES.new(key, AES.MODE_GCM, nonce).encrypt_and_digest(text)
""",
        """\
import hmac
from Crypto.Cipher import AES

def seal(key, other, iv, text):
    sealed = AES.new(key, AES.MODE_CBC, iv).encrypt(text)
    return sealed + hmac.digest(other, iv + sealed, "sha256")
""",
    ),
    url="https://cryptography.io/en/latest/hazmat/primitives/aead/",
    names=(
        *spellings.pycryptodome("Cipher.AES.new"),
        *spellings.hazmat(*(f"ciphers.modes.{name}" for name in _MODES)),
    ),
    check=_check,
)
