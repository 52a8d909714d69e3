"""Salts that are the same for everybody, or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import known, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

# Where the salt stands among the positional arguments; -1: it is passed by name only.
_PLACES = {
    "hashlib.pbkdf2_hmac": 2,
    "hashlib.scrypt": -1,
    "hashlib.blake2b": -1,
    "bcrypt.hashpw": 1,
    "bcrypt.kdf": 1,
    "crypt.crypt": 1,
    "argon2.low_level.hash_secret": 1,
    "argon2.low_level.hash_secret_raw": 1,
    "argon2.hash_password": 1,
    "django.contrib.auth.hashers.make_password": 1,
    "make_password": 1,
    "scrypt.hash": 1,
    "pyscrypt.hash": 1,
}
_PRIMITIVES = (
    *spellings.hazmat("kdf.pbkdf2.PBKDF2HMAC", "kdf.scrypt.Scrypt", "kdf.argon2.Argon2id"),
    *("PBKDF2HMAC", "Scrypt"),
)
_PROTOCOL = (
    *spellings.pycryptodome(
        *(f"Protocol.KDF.{name}" for name in ("PBKDF1", "PBKDF2", "scrypt", "bcrypt"))
    ),
    "PBKDF2",
)
_CRYPTS = ("sha256_crypt", "sha512_crypt", "md5_crypt", "pbkdf2_sha256", "pbkdf2_sha512", "bcrypt")


def _check(hit: Hit) -> Report | None:
    salt = _salt(hit)
    text = known.fixed(hit, salt)
    if salt is None or text is None:
        return None
    if (
        hit.name == "bcrypt.hashpw"
        and text.startswith("$2")
        and len(text) > len("$2b$12$" + "x" * 22)
    ):
        return None  # a whole hash: it is checked, not made
    if not text:
        return Report(
            "Without a salt equal passwords have equal hashes, and one table of guesses serves for all: "
            "use os.urandom(16).",
            node=salt,
        )
    return Report(
        "This salt is the same for everybody, so one table of guesses serves for all: "
        "use os.urandom(16) for each password and keep it next to the hash.",
        node=salt,
    )


def _salt(hit: Hit) -> Node | None:
    if named := hit.keyword("salt"):
        return named
    if hit.name in _PRIMITIVES:
        return hit.argument(2 if hit.name.endswith("PBKDF2HMAC") else 0)
    place = _PLACES.get(hit.name, 1 if hit.name in _PROTOCOL else -1)
    return hit.argument(place) if place >= 0 else None


RULE = PatternRule(
    id="python/static-salt",
    title="Static salt",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(760, 759, 916),
    page="""
A salt makes the same password look different for each user, so that every hash must be attacked alone.
One that is written in the code, or empty, takes that away: the attacker hashes a list of passwords once and
looks every user up in it, and equal passwords show at a glance.
""",
    attack="Hashes a list of common passwords once with the known salt and looks up every user.",
    advice="Make a salt with `os.urandom(16)` for each password and store it next to the hash, or use "
    "`argon2.PasswordHasher` or `bcrypt`, which do both.",
    bad=(
        """\
import hashlib

def key(password):
    return hashlib.pbkdf2_hmac("sha256", password, b"pepper and salt", 600_000)
""",
        """\
from hashlib import scrypt as stretch

SALT = "our salt".encode()

def key(password):
    return stretch(password, salt=SALT, n=2**15, r=8, p=1)
""",
        """\
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

def key(algorithm):
    salt = b""
    return PBKDF2HMAC(algorithm, 32, salt, 600_000)
""",
        """\
from Crypto.Protocol.KDF import PBKDF2

def key(password):
    return PBKDF2(password, b"salt1234", dkLen=32, count=600_000)
""",
        """\
import crypt

def key(password):
    return crypt.crypt(password, "ab")
""",
    ),
    good=(
        """\
import hashlib, os

def key(password):
    salt = os.urandom(16)
    return salt, hashlib.pbkdf2_hmac("sha256", password, salt, 600_000)
""",
        """\
import hashlib

def key(password, user):
    return hashlib.scrypt(password, salt=user.salt, n=2**15, r=8, p=1)
""",
        """\
import bcrypt

def check(password, stored):
    return bcrypt.hashpw(password, stored) == stored
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#salting",
    names=(
        *_PLACES,
        *_PRIMITIVES,
        *_PROTOCOL,
        *(
            f"passlib.hash.{name}.{verb}"
            for name in _CRYPTS
            for verb in ("hash", "encrypt", "using")
        ),
        *(f"{name}.{verb}" for name in _CRYPTS for verb in ("hash", "encrypt")),
    ),
    check=_check,
)
