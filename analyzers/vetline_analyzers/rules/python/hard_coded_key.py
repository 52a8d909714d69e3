"""Cryptographic keys in the source code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import known, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_CIPHERS = (
    "AES",
    "DES",
    "DES3",
    "Blowfish",
    "CAST",
    "ARC2",
    "ARC4",
    "Salsa20",
    "ChaCha20",
    "ChaCha20_Poly1305",
)
_SIGNERS = (
    "Signer",
    "TimestampSigner",
    "Serializer",
    "TimedSerializer",
    "URLSafeSerializer",
    "URLSafeTimedSerializer",
)
# Where the key stands among the positional arguments.
_PLACES = {
    **dict.fromkeys(
        spellings.pycryptodome(*(f"Cipher.{name}.new" for name in _CIPHERS), "Hash.HMAC.new"), 0
    ),
    **dict.fromkeys(
        spellings.hazmat(
            *(f"ciphers.algorithms.{name}" for name in ("AES", "TripleDES", "Camellia", "ChaCha20"))
        ),
        0,
    ),
    **dict.fromkeys(
        spellings.hazmat(
            *(f"ciphers.aead.{name}" for name in ("AESGCM", "AESCCM", "ChaCha20Poly1305"))
        ),
        0,
    ),
    **dict.fromkeys(spellings.hazmat("hmac.HMAC"), 0),
    **dict.fromkeys(("AESGCM", "ChaCha20Poly1305", "cryptography.fernet.Fernet", "Fernet"), 0),
    **dict.fromkeys(("hmac.new", "hmac.digest", "nacl.secret.SecretBox"), 0),
    **dict.fromkeys(("pyDes.des", "pyDes.triple_des", "pyaes.AESModeOfOperationCBC"), 0),
    **dict.fromkeys((f"itsdangerous.{name}" for name in _SIGNERS), 0),
    **dict.fromkeys(("URLSafeTimedSerializer", "URLSafeSerializer", "TimestampSigner"), 0),
    **dict.fromkeys(("django.core.signing.Signer", "django.core.signing.TimestampSigner"), 0),
    **dict.fromkeys(("jwt.encode", "jwt.decode", "jose.jwt.encode", "jose.jwt.decode"), 1),
    "pyramid.session.SignedCookieSessionFactory": 0,
    "SignedCookieSessionFactory": 0,
}
_KEYWORDS = ("key", "secret_key", "secret")
_PUBLIC = ("-----BEGIN PUBLIC", "-----BEGIN CERT", "-----BEGIN RSA PUBLIC", "ssh-")


def _check(hit: Hit) -> Report | None:
    key = _key(hit)
    text = known.fixed(hit, key)
    if not text or text.lstrip().startswith(_PUBLIC):
        return None
    # HMAC also serves as a hash with a name for a key.
    return Report(
        "Everybody who can read this code has the key: keep it out of the code and read it from the environment "
        "or a store of secrets.",
        node=key,
        tentative=True if hit.name.startswith("hmac.") else None,
    )


def _key(hit: Hit) -> Node | None:
    named = next((node for name in _KEYWORDS if (node := hit.keyword(name)) is not None), None)
    if not hit.name:  # app.add_middleware(SessionMiddleware, secret_key="...")
        kind = hit.argument(0)
        return (
            named if kind is not None and hit.resolve(kind).endswith("SessionMiddleware") else None
        )
    return named or hit.argument(_PLACES[hit.name])


RULE = PatternRule(
    id="python/hard-coded-key",
    title="Key in the source code",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(321, 798),
    page="""
A key in the code is known to everybody who has, had or will find the code: colleagues, the build, each copy of the
repository. It cannot be changed without a release, so after a leak it stays, and with it everything that was
encrypted or signed.
""",
    attack="Takes the key from a copy of the code, reads what is encrypted and signs tokens of his own.",
    advice='Read it from the environment or a store of secrets: `os.environ["TOKEN_KEY"]`; make it with '
    "`secrets.token_bytes(32)`.",
    bad=(
        """\
import jwt

def sign_in(user):
    return jwt.encode({"sub": user}, "my secret", algorithm="HS256")
""",
        """\
from Crypto.Cipher import AES as Cipher

KEY = b"0123456789" + b"abcdef"

def box(nonce):
    return Cipher.new(KEY, Cipher.MODE_GCM, nonce=nonce)
""",
        """\
from cryptography.fernet import Fernet
import base64

def box():
    key = base64.urlsafe_b64encode(b"a" * 32)
    return Fernet(key)
""",
        """\
from starlette.middleware.sessions import SessionMiddleware

app.add_middleware(SessionMiddleware, secret_key="a" + "b", https_only=True)
""",
        """\
import hashlib, hmac

def mark(text):
    return hmac.new(bytes.fromhex("00ff00ff"), text, hashlib.sha256).digest()
""",
    ),
    good=(
        """\
import jwt, os

def sign_in(user):
    return jwt.encode({"sub": user}, os.environ["TOKEN_KEY"], algorithm="HS256")
""",
        """\
from Crypto.Cipher import AES as Cipher

def box(key, nonce):
    return Cipher.new(key, Cipher.MODE_GCM, nonce=nonce)
""",
        """\
from cryptography.fernet import Fernet
import settings

KEY = settings.KEY

def box():
    return Fernet(KEY)
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    names=tuple(_PLACES),
    methods=("add_middleware",),
    check=_check,
)
