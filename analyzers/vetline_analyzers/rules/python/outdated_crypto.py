"""Cryptographic modules that were given up."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_INSTEAD = {
    "crypt": "argon2-cffi, bcrypt or hashlib.scrypt (gone since Python 3.13)",
    "md5": "hashlib (gone since Python 3.0)",
    "sha": "hashlib (gone since Python 3.0)",
    "rotor": "the package cryptography (gone since Python 2.4)",
    "telnetlib": "SSH (gone since Python 3.13)",
    "M2Crypto": "the package cryptography",
    "pyDes": "AESGCM of the package cryptography",
    "pyaes": "AESGCM of the package cryptography",
    "Crypto.Util.randpool": "secrets",
    "Crypto.Hash.MD2": "hashlib.sha256",
    "OpenSSL.rand": "secrets",
    "ssl.RAND_pseudo_bytes": "secrets.token_bytes",
    "ssl.RAND_egd": "nothing: the system's generator is always ready",
    "ssl.match_hostname": "ssl.create_default_context(), which checks the name",
    "Crypto.Random.random.StrongRandom": "secrets",
    "Crypto.Util.number.getRandomNumber": "secrets.randbits",
    "MONGODB-CR": "SCRAM-SHA-256 (gone since MongoDB 4.0)",
    "passlib.utils.des": "argon2-cffi or bcrypt",
}
_MODULES = tuple(name for name in _INSTEAD if not name.startswith("ssl."))


def _check(hit: Hit) -> Report | None:
    if hit.node.type == "call":
        return _report(hit.name)
    if hit.node.type == "keyword_argument":
        value = hit.node.child_by_field_name("value")
        return _report("MONGODB-CR") if hit.string(value) == "MONGODB-CR" else None
    module = hit.node.child_by_field_name("module_name")
    for name in hit.node.children_by_field_name("name"):
        target = name.child_by_field_name("name") or name
        dotted = hit.text(target) if module is None else f"{hit.text(module)}.{hit.text(target)}"
        found = next((old for old in _MODULES if dotted == old or dotted.startswith(f"{old}.")), "")
        if found:
            return _report(found)
    return None


def _report(name: str) -> Report:
    return Report(f"{name} was given up: use {_INSTEAD[name]}.")


RULE = PatternRule(
    id="python/outdated-crypto",
    title="Outdated cryptographic module",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    cwe=(477, 327),
    page="""
Modules that nobody mends any more keep the faults they have, and some are gone from current Pythons, so that the
program stops at the import. What they offer, DES passwords or generators with a pool of their own, was replaced for
cause.
""",
    attack="Uses a fault that was published years ago and that nobody mends any more.",
    advice="Use `hashlib`, `secrets` and the package `cryptography`; for passwords `argon2-cffi` or `bcrypt`.",
    bad=(
        """\
import crypt

def keep(password):
    return crypt.crypt(password)
""",
        """\
from Crypto.Util import randpool

pool = randpool.RandomPool()
""",
        """\
import ssl

seed = ssl.RAND_pseudo_bytes(16)
""",
        """\
from M2Crypto import EVP as envelope
""",
        """\
from pymongo import MongoClient

client = MongoClient("db.example.com", authMechanism="MONGODB-CR")
""",
    ),
    good=(
        """\
import hashlib

def keep(password, salt):
    return hashlib.scrypt(password, salt=salt, n=2**15, r=8, p=1)
""",
        """\
from Crypto.Util import Counter
""",
    ),
    same_as=("bandit/B413", "bandit/B401"),
    url="https://cryptography.io/",
    tentative=True,
    names=tuple(name for name in _INSTEAD if name.startswith("ssl.")),
    query="""
        (import_statement) @hit
        (import_from_statement) @hit
        ((keyword_argument name: (identifier) @_key) @hit (#eq? @_key "authMechanism"))
    """,
    check=_check,
)
