"""Initialisation vectors and nonces that are always the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, known, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_BLOCK = ("AES", "DES", "DES3", "Blowfish", "CAST", "ARC2", "Salsa20", "ChaCha20")
_MODES = ("CBC", "CFB", "CFB8", "OFB", "CTR", "GCM")
_BOXES = frozenset({"AESGCM", "ChaCha20Poly1305", "AESCCM", "AESGCMSIV", "AESOCB3", "SecretBox"})
_KEYWORDS = ("iv", "IV", "nonce", "initialization_vector", "initial_value")


def _check(hit: Hit) -> Report | None:
    vector = _vector(hit)
    if vector is None:
        return None
    if known.fixed(hit, vector):
        return Report(
            "This initialisation vector never changes: equal texts give equal ciphertexts, and in GCM "
            "or CTR two messages show each other. Take a new one from os.urandom for each message.",
            node=vector,
        )
    key = hit.argument(0)
    if hit.name.endswith(".new") and key is not None and _same(hit, vector, key):
        return Report(
            "The key serves as initialisation vector, so both are shown at once: "
            "take a new vector from os.urandom for each message.",
            node=vector,
        )
    return None


def _vector(hit: Hit) -> Node | None:
    named = next((node for key in _KEYWORDS if (node := hit.keyword(key)) is not None), None)
    if not hit.name:  # box.encrypt(nonce, data, associated)
        box = known.maker(hit, around.owner(hit)).rpartition(".")[2]
        if box not in _BOXES:
            return None
        return named or hit.argument(1 if box == "SecretBox" else 0)
    last = hit.name.rpartition(".")[2]
    if last in _MODES:
        return named or hit.argument(0)
    if last == "ChaCha20":
        return named or hit.argument(1)
    return named or hit.argument(2)


def _same(hit: Hit, vector: Node, key: Node) -> bool:
    """Whether the vector is the key, or a slice of it."""
    if vector.type == "subscript":
        vector = vector.child_by_field_name("value") or vector
    return key.type in {"identifier", "attribute"} and hit.text(vector) == hit.text(key)


RULE = PatternRule(
    id="python/static-iv",
    title="Static initialisation vector",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(329, 1204, 323),
    page="""
A cipher needs a new initialisation vector (or nonce) for each message under one key. With a fixed one,
equal beginnings of messages are visible in CBC; in GCM, CTR and ChaCha20 the key stream repeats, so that
two ciphertexts give away both texts, and GCM's authentication key with them.
""",
    attack="Compares or combines two ciphertexts made with the same vector and reads both texts.",
    advice="Take `os.urandom(16)` (12 bytes for GCM) for each message and send it in front of the ciphertext, or "
    "use `Fernet`, which does so.",
    bad=(
        """\
from Crypto.Cipher import AES

def seal(key, text):
    return AES.new(key, AES.MODE_CBC, b"0123456789abcdef").encrypt(text)
""",
        """\
from Cryptodome.Cipher import AES as Cipher

IV = b"\\x00" * 16

def seal(key, text):
    return Cipher.new(key, Cipher.MODE_CFB, iv=IV).encrypt(text)
""",
        """\
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def seal(key):
    vector = bytes(16)
    return Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
""",
        """\
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

def seal(key, text):
    box = AESGCM(key)
    return box.encrypt(b"unique nonce", text, None)
""",
        """\
from Crypto.Cipher import AES

def seal(key, text):
    return AES.new(key, AES.MODE_CBC, key[:16]).encrypt(text)
""",
    ),
    good=(
        """\
import os
from Crypto.Cipher import AES

def seal(key, text):
    return AES.new(key, AES.MODE_CBC, os.urandom(16)).encrypt(text)
""",
        """\
import os
from Cryptodome.Cipher import AES as Cipher

IV = os.urandom(16)

def seal(key, text):
    return Cipher.new(key, Cipher.MODE_CFB, iv=IV).encrypt(text)
""",
        """\
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def open_box(key, sealed):
    vector = sealed[:16]
    return Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
""",
    ),
    url="https://cryptography.io/en/latest/hazmat/primitives/symmetric-encryption/",
    names=(
        *spellings.pycryptodome(*(f"Cipher.{name}.new" for name in _BLOCK)),
        *spellings.hazmat(*(f"ciphers.modes.{name}" for name in _MODES)),
        *spellings.hazmat("ciphers.algorithms.ChaCha20"),
        *("M2Crypto.EVP.Cipher", "EVP.Cipher", "pyDes.des", "pyDes.triple_des"),
        *(
            "pyaes.AESModeOfOperationCBC",
            "pyaes.AESModeOfOperationCFB",
            "pyaes.AESModeOfOperationOFB",
        ),
    ),
    methods=("encrypt", "encrypt_and_digest"),
    check=_check,
)
