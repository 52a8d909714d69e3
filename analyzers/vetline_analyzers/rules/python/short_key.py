"""Keys that are too short."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import known, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_LEAST = 2048  # bits of a modulus
_SMALLEST = 256  # below it, a number is bytes, a version or an exponent
# Where the number of bits stands among the positional arguments.
_PLACES = {
    **dict.fromkeys(spellings.hazmat("asymmetric.rsa.generate_private_key"), 1),
    **dict.fromkeys(spellings.hazmat("asymmetric.dsa.generate_private_key"), 0),
    **dict.fromkeys(spellings.hazmat("asymmetric.dsa.generate_parameters"), 0),
    **dict.fromkeys(spellings.hazmat("asymmetric.dh.generate_parameters"), 1),
    **dict.fromkeys(
        spellings.pycryptodome(
            *(f"PublicKey.{name}.generate" for name in ("RSA", "DSA", "ElGamal"))
        ),
        0,
    ),
    "rsa.newkeys": 0,
    "paramiko.RSAKey.generate": 0,
    "paramiko.DSSKey.generate": 0,
    "M2Crypto.RSA.gen_key": 0,
}
_GROUPS = ("SECP192R1", "SECT163K1", "SECT163R2", "SECT233K1", "SECT233R1")
_QUOTED = " ".join(f'"{name}"' for name in _GROUPS)
_CURVES = {"P-192", "p192", "NIST P-192", "prime192v1", "secp192r1", "NIST192p", "SECP160r1"}


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "attribute":
        return _named_curve(hit)
    if hit.name == "ecdsa.SigningKey.generate" or ".ECC." in f".{hit.name}":
        return _curve(hit)
    if not hit.name:  # pyOpenSSL: key.generate_key(crypto.TYPE_RSA, 1024)
        kind = hit.argument(0)
        if kind is None or not hit.text(kind).endswith(("TYPE_RSA", "TYPE_DSA")):
            return None
    place = _PLACES.get(hit.name, 1)
    given = hit.keyword("key_size") or hit.keyword("bits") or hit.argument(place)
    bits = known.number(hit, given)
    if given is None or bits is None or not _SMALLEST <= bits < _LEAST:
        return None
    fix = Fix("Use 3072 bits", (hit.edit(given, "3072"),), safe=False)
    return Report(
        f"A key of {bits} bits can be broken by those who care: use 3072, at least 2048.",
        node=given,
        fix=fix if given.type == "integer" else None,
    )


def _named_curve(hit: Hit) -> Report | None:
    """`ec.SECP192R1`, where it is used and not compared or listed."""
    parent, base = hit.node.parent, hit.node.child_by_field_name("object")
    if parent is None or parent.type in {"pair", "comparison_operator", "list", "tuple", "set"}:
        return None
    if base is None or hit.resolve(base).rpartition(".")[2] != "ec":
        return None
    return _too_small(hit.text(hit.node).rpartition(".")[2])


def _curve(hit: Hit) -> Report | None:
    given = hit.either(0, "curve")
    curve = hit.string(given) or hit.resolve(given).rpartition(".")[2]
    return _too_small(curve) if curve in _CURVES else None


def _too_small(curve: str) -> Report:
    return Report(f"The curve {curve} is too small: use P-256 or Ed25519.")


RULE = PatternRule(
    id="python/short-key",
    title="Short key",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(326,),
    page="""
RSA, DSA and Diffie-Hellman keys of 1024 bits and less can be broken by an organisation that wants to, and
those of 512 bits by anybody over a weekend. Whoever has the private key reads what was recorded years
ago and signs in your name.
""",
    attack="Computes the private key from the public one on rented machines.",
    advice="`rsa.generate_private_key(public_exponent=65537, key_size=3072)`, or better `ed25519`.",
    bad=(
        """\
from cryptography.hazmat.primitives.asymmetric import rsa

key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
""",
        """\
from Crypto.PublicKey import RSA as Keys

def make():
    bits = 512
    return Keys.generate(bits)
""",
        """\
from cryptography.hazmat.primitives.asymmetric import ec

key = ec.generate_private_key(ec.SECP192R1())
""",
        """\
from OpenSSL import crypto

key = crypto.PKey()
key.generate_key(crypto.TYPE_RSA, 1024)
""",
        """\
from Cryptodome.PublicKey import DSA

key = DSA.generate(bits=1024)
""",
    ),
    good=(
        """\
from cryptography.hazmat.primitives.asymmetric import rsa

key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
""",
        """\
from Crypto.PublicKey import RSA as Keys

def make(bits):
    return Keys.generate(bits)
""",
        """\
from cryptography.hazmat.primitives.asymmetric import ec

key = ec.generate_private_key(ec.SECP256R1())
""",
    ),
    same_as=("bandit/B505",),
    url="https://www.keylength.com/en/4/",
    names=(
        *_PLACES,
        *spellings.pycryptodome("PublicKey.ECC.generate"),
        "ecdsa.SigningKey.generate",
    ),
    methods=("generate_key",),
    query=f"""
        ((attribute attribute: (identifier) @_name) @hit (#any-of? @_name {_QUOTED}))
    """,
    check=_check,
)
