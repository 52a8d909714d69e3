"""RSA encryption with a padding that answers questions, or none."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, known, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_MESSAGE = (
    "This RSA padding lets an attacker decrypt by asking which messages are well formed: use OAEP."
)
_CIPHERS = spellings.pycryptodome("Cipher.PKCS1_v1_5.new")
_KEYS = (
    *spellings.pycryptodome("PublicKey.RSA.import_key", "PublicKey.RSA.importKey"),
    *spellings.pycryptodome("PublicKey.RSA.generate", "PublicKey.RSA.construct"),
)


def _check(hit: Hit) -> Report | None:
    if hit.name in _CIPHERS or hit.name in {"rsa.encrypt", "rsa.decrypt"}:
        return Report(_MESSAGE)
    padding = hit.either(1, "padding")
    if padding is not None and known.maker(hit, padding).endswith("padding.PKCS1v15"):
        return Report(_MESSAGE, node=padding)
    if known.maker(hit, around.owner(hit)) in _KEYS:
        return Report(
            "Without padding RSA gives equal texts equal ciphertexts and lets anybody change them: "
            "use PKCS1_OAEP."
        )
    return None


RULE = PatternRule(
    id="python/rsa-padding",
    title="RSA encryption with a weak padding",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(780, 327),
    page="""
PKCS #1 v1.5 encryption has been broken again and again since 1998: a server that in any way shows whether a
decrypted message was well formed decrypts recorded messages for whoever asks some thousand times. RSA without
any padding is worse, since ciphertexts can be computed with. (PKCS #1 v1.5 signatures are not meant.)
""",
    attack="Sends thousands of changed ciphertexts and learns from each refusal a bit of the text.",
    advice="Use OAEP: `padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)` or "
    "`PKCS1_OAEP.new(key)`.",
    bad=(
        """\
from Crypto.Cipher import PKCS1_v1_5

def seal(key, text):
    return PKCS1_v1_5.new(key).encrypt(text)
""",
        """\
from cryptography.hazmat.primitives.asymmetric import padding

def seal(key, text):
    return key.encrypt(text, padding.PKCS1v15())
""",
        """\
from Crypto.PublicKey import RSA

def seal(pem, text):
    key = RSA.importKey(pem)
    return key.encrypt(text, 32)
""",
    ),
    good=(
        """\
from Crypto.Cipher import PKCS1_OAEP

def seal(key, text):
    return PKCS1_OAEP.new(key).encrypt(text)
""",
        """\
from cryptography.hazmat.primitives.asymmetric import padding

def sign(key, text, algorithm):
    return key.sign(text, padding.PKCS1v15(), algorithm)
""",
        """\
from Crypto.Signature import PKCS1_v1_5

def signer(key):
    return PKCS1_v1_5.new(key)
""",
    ),
    url="https://cryptography.io/en/latest/hazmat/primitives/asymmetric/rsa/#encryption",
    names=(*_CIPHERS, "rsa.encrypt", "rsa.decrypt"),
    methods=("encrypt", "decrypt"),
    check=_check,
)
