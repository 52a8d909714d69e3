"""Hashes that are broken."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around, known, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_BROKEN = re.compile(r"(?:md[245]|sha1?|ripemd160|md5[-_]sha1)(?:_|$)|(?:md5|sha1)_?crypt")
_BARE = ("md5", "sha1")
_CALLS = frozenset({"hashlib.new", "hmac.new", "hmac.digest", "hmac.HMAC"})
_TRUSTED = re.compile(r"_(?:signature|sign|signed|sig|mac|hmac|fingerprint|certificate|cert)_")


def _check(hit: Hit) -> Report | None:
    used = hit.keyword("usedforsecurity")
    if used is not None and hit.text(used) == "False":
        return None
    if hit.node.type != "call":
        return _passed_on(hit)
    if hit.name in _BARE and not _is_left_of_import(hit):
        return None
    algorithm = next((name for name in _algorithms(hit) if _BROKEN.match(name)), "")
    if not algorithm or around.mentions(hit, hit.argument(0), around.is_password):
        return None  # a password's hash has a rule of its own
    if hit.name.startswith("hmac.") and not algorithm.startswith("md"):
        return None  # no attack on HMAC-SHA1 is known, and protocols ask for it
    return _report(hit, algorithm, _fix(hit))


def _is_left_of_import(hit: Hit) -> bool:
    """Whether a bare `md5(data).hexdigest()` stands in an excerpt, which has lost the import."""
    member = hit.node.parent
    last = member.child_by_field_name("attribute") if member is not None else None
    return hit.is_excerpt() and last is not None and hit.text(last) in {"hexdigest", "digest"}


def _algorithms(hit: Hit) -> tuple[str, ...]:
    if hit.name not in _CALLS:
        parts = hit.name.lower().split(".")
        return (parts[-2] if parts[-1] == "new" else parts[-1],)
    number, key = (0, "name") if hit.name == "hashlib.new" else (2, "digestmod")
    chosen = hit.either(number, key)
    names = known.choices(hit, chosen) or (hit.resolve(chosen).rpartition(".")[2],)
    return tuple(name.lower().replace("-", "") for name in names)


def _passed_on(hit: Hit) -> Report | None:
    """The function itself, handed to something that will call it."""
    parent = hit.node.parent
    name = hit.resolve(hit.node)
    if name.startswith("crypt.METHOD_"):
        return _report(hit, name.removeprefix("crypt.METHOD_"), None)
    if parent is None or name not in {"hashlib.md5", "hashlib.sha1"}:
        return None
    if parent.type == "argument_list" and parent.parent is not None:
        function = parent.parent.child_by_field_name("function")
        if function is not None and hit.resolve(function) in _CALLS | {"isinstance", "getattr"}:
            return None
    elif parent.type not in {"keyword_argument", "default_parameter", "return_statement"}:
        return None
    return _report(hit, name.rpartition(".")[2], None)


def _report(hit: Hit, algorithm: str, fix: Fix | None) -> Report:
    guards = any(
        around.is_secret(part.name) or _TRUSTED.search(around.words(part.name))
        for part in around.purposes(hit)
        if part.how != "callee"
    )
    return Report(
        f"{algorithm.upper()} can be forged: use SHA-256 (for passwords argon2 or scrypt), "
        "or say usedforsecurity=False.",
        fix=fix,
        tentative=False if guards else None,
    )


def _fix(hit: Hit) -> Fix | None:
    """Says that the hash guards nothing; a person must judge whether it is true."""
    if not hit.name.startswith("hashlib."):
        return None
    edit = around.extended(hit, "usedforsecurity=False")
    return (
        Fix("It guards nothing: say usedforsecurity=False", (edit,), safe=False) if edit else None
    )


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
    attack="Makes a second file, certificate or message with the digest of one that is trusted.",
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

def token(user, fast):
    algorithm = "MD5" if fast else "SHA512"
    return hashlib.new(algorithm, user).digest()
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
        """\
import hashlib, hmac

def mac(key, text):
    return hmac.new(key, text, hashlib.md5).hexdigest()
""",
        """\
from cryptography.hazmat.primitives import hashes

digest = hashes.Hash(hashes.SHA1())
""",
        """\
import crypt

salt = crypt.mksalt(crypt.METHOD_MD5)
""",
        """\
import hashlib

signer = Signer(digest_method=hashlib.sha1)
""",
        """\
def token(user):
    return md5(user).hexdigest()
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
        """\
from checks import md5

def key(x):
    return md5(x).hexdigest()
""",
        """\
import hashlib, hmac

def mac(key, text):
    return hmac.new(key, text, hashlib.sha256).hexdigest()
""",
    ),
    same_as=("bandit/B324", "bandit/B303"),
    url="https://docs.python.org/3/library/hashlib.html",
    tentative=True,
    names=(
        *(f"hashlib.{name}" for name in ("md5", "sha1", "md4", "new")),
        *_BARE,
        *("hmac.new", "hmac.digest", "hmac.HMAC", "md5.new", "md5.md5", "sha.new", "sha.sha"),
        *spellings.pycryptodome(
            *(f"Hash.{n}.new" for n in ("MD2", "MD4", "MD5", "SHA", "SHA1", "RIPEMD"))
        ),
        *spellings.hazmat("hashes.MD5", "hashes.SHA1"),
        *(
            f"passlib.hash.{name}.{verb}"
            for name in ("md5_crypt", "sha1_crypt")
            for verb in ("hash", "encrypt")
        ),
    ),
    query="""
        ((attribute object: (identifier) @_module attribute: (identifier) @_name) @hit
          (#any-of? @_module "hashlib" "crypt")
          (#any-of? @_name "md5" "sha1" "METHOD_CRYPT" "METHOD_MD5" "METHOD_BLOWFISH"))
    """,
    check=_check,
)
