"""Hashes that are broken."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_BROKEN = frozenset({"md5", "sha1", "md4", "md2", "ripemd160"})


def _check(hit: Hit) -> Report | None:
    used = hit.keyword("usedforsecurity")
    if used is not None and hit.text(used) == "False":
        return None
    algorithm = hit.name.rpartition(".")[2].lower()
    if hit.name in {"hashlib.new", "hmac.new", "hmac.digest"}:
        number, key = (0, "name") if hit.name == "hashlib.new" else (2, "digestmod")
        chosen = hit.either(number, key)
        algorithm = (hit.string(chosen) or hit.resolve(chosen).rpartition(".")[2]).lower()
    elif algorithm == "new":
        algorithm = hit.name.split(".")[-2].lower()
    algorithm = algorithm.replace("-", "")
    if algorithm not in _BROKEN:
        return None
    if hit.name.startswith("hmac.") and algorithm == "sha1":
        return None  # no attack on HMAC-SHA1 is known, and protocols ask for it
    return Report(
        f"{algorithm.upper()} can be forged: use SHA-256 (for passwords argon2 or scrypt), "
        "or say usedforsecurity=False.",
        fix=_fix(hit),
    )


def _fix(hit: Hit) -> Fix | None:
    """Says that the hash guards nothing; a person must judge whether it is true."""
    arguments = hit.node.child_by_field_name("arguments")
    if not hit.name.startswith("hashlib.") or arguments is None:
        return None
    if arguments.type != "argument_list":
        return None
    inside = [node for node in arguments.named_children if node.type != "comment"]
    if inside:
        edit = hit.insert_after(inside[-1], ", usedforsecurity=False")
    else:
        edit = hit.edit(arguments, "(usedforsecurity=False)")
    return Fix("It guards nothing: say usedforsecurity=False", (edit,), safe=False)


RULE = PatternRule(
    id="python/weak-hash",
    title="Broken hash",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(327, 328),
    page="""
MD5 and SHA-1 no longer tell texts apart when somebody tries: two files with one digest are made in
seconds (MD5) or for the price of a car (SHA-1). As a check of a download, a signature or a token they
prove nothing; as a store of passwords they are guessed a hundred thousand million times a second.
""",
    advice="Use `hashlib.sha256`; for passwords `argon2`, `scrypt` or `bcrypt`. Where it is only a cache key, "
    "say so: `hashlib.md5(data, usedforsecurity=False)`.",
    bad=(
        """\
import hashlib

def token(user):
    return hashlib.md5(user.encode()).hexdigest()
""",
        """\
from hashlib import sha1 as h

def token(user):
    return h(user).hexdigest()
""",
        """\
import hashlib

def token(user):
    return hashlib.new("MD5", user).digest()
""",
        """\
from Crypto.Hash import MD5

def token(user):
    return MD5.new(user).digest()
""",
        """\
import hashlib

digest = hashlib.sha1()
""",
    ),
    good=(
        """\
import hashlib

def token(user):
    return hashlib.sha256(user.encode()).hexdigest()
""",
        """\
import hashlib

def key(x):
    return hashlib.md5(x, usedforsecurity=False).hexdigest()
""",
        """\
import hashlib

def key(x):
    return hashlib.new("sha3_256", x).digest()
""",
        """\
def md5(x):
    return x


def key(x):
    return md5(x)
""",
    ),
    same_as=("bandit/B324", "bandit/B303"),
    url="https://docs.python.org/3/library/hashlib.html",
    names=(
        *(f"hashlib.{name}" for name in ("md5", "sha1", "new")),
        *("hmac.new", "hmac.digest", "Crypto.Hash.MD5.new", "Crypto.Hash.SHA1.new"),
        *("Crypto.Hash.MD4.new", "Crypto.Hash.MD2.new", "Cryptodome.Hash.MD5.new"),
        "cryptography.hazmat.primitives.hashes.MD5",
        "cryptography.hazmat.primitives.hashes.SHA1",
    ),
    check=_check,
)
