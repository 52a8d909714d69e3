"""Passwords hashed by functions that are made to be fast."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax import around, known, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_FAST = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "new")
_SHA3 = ("sha3_224", "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256")
_NAMES = (
    *(f"hashlib.{name}" for name in (*_FAST, *_SHA3)),
    *("md5.new", "sha.new"),
    *spellings.pycryptodome(*(f"Hash.{n}.new" for n in ("MD5", "SHA", "SHA1", "SHA256", "SHA512"))),
)
_HASH = re.compile(r"_(?:hash(?:ed|er|ing)?|digest|encrypt(?:ed)?|encode[dr]?)_")
# What stretches the password before or after, and the look-up in a list of leaked ones, is right.
_SLOW = re.compile(r"(?i)pbkdf2|bcrypt|scrypt|argon2|hashpw|pwned")
_ADVICE = (
    "a graphics card tries thousands of millions a second. Use argon2, scrypt or bcrypt, salted."
)


_SETTERS = ("set_password", "setPassword", "change_password")
_MESSAGE = f"A fast hash protects no password: {_ADVICE}"


def _check(hit: Hit) -> Report | None:
    if not hit.name:
        function = hit.node.child_by_field_name("function")
        if function is not None and hit.text(function).endswith(_SETTERS):
            return Report(_MESSAGE) if known.made_by(hit, hit.argument(0), _is_fast) else None
        if not _is_fast(known.maker(hit, around.owner(hit))):
            return None
    data = hit.argument(1) if hit.name == "hashlib.new" else hit.argument(0)
    data = data or hit.keyword("data") or hit.keyword("string")
    if not around.mentions(hit, data, around.is_password) and not (hit.name and _for_password(hit)):
        return None
    if _SLOW.search(around.function_text(hit)):
        return None
    return Report(_MESSAGE)


def _is_fast(name: str) -> bool:
    return name in _NAMES or name.endswith("hashes.Hash")


def _for_password(hit: Hit) -> bool:
    """Whether the digest becomes what is kept for a password."""
    if hit.argument(0) is None:
        return False
    for part in around.purposes(hit):
        spoken = around.words(part.name)
        if part.how in {"target", "keyword"}:
            return bool(re.search(r"_(?:password|passwd|pwd)s?_", spoken))
        if part.how == "function":
            return bool(_HASH.search(spoken)) and "_password" in spoken
    return False


RULE = PatternRule(
    id="python/password-hash-too-fast",
    title="Password under a fast hash",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(916, 759, 327, 328, 522),
    page="""
SHA-256 and its relatives are made to be fast, and what is fast to check is fast to guess: whoever gets
the table of hashes tries every word of every leaked list in an afternoon. A salt makes that no slower for one
account; only a function that is slow by design does.
""",
    attack="Copies the table of users and tries a thousand million passwords a second on each line.",
    advice="`argon2.PasswordHasher().hash(password)`, `bcrypt.hashpw(password, bcrypt.gensalt())` or "
    "`hashlib.scrypt` with a salt from `os.urandom(16)`.",
    bad=(
        """\
import hashlib

def register(name, password):
    save(name, hashlib.sha256(password.encode()).hexdigest())
""",
        """\
from hashlib import sha512 as digest

def check(user, passwd, salt):
    return user.digest == digest((salt + passwd).encode()).hexdigest()
""",
        """\
import hashlib

def register(form):
    h = hashlib.new("sha256")
    h.update(form["password"].encode())
    return h.hexdigest()
""",
        """\
import hashlib

hashed_password = hashlib.md5(text.encode("utf-8")).hexdigest()
""",
    ),
    good=(
        """\
import hashlib

def register(name, document):
    save(name, hashlib.sha256(document.encode()).hexdigest())
""",
        """\
import bcrypt, hashlib

def register(name, password):
    save(name, bcrypt.hashpw(hashlib.sha256(password).digest(), bcrypt.gensalt()))
""",
        """\
import hashlib

def name_of(password_file):
    return hashlib.sha256(password_file).hexdigest()
""",
    ),
    same_as=("bandit/B324", "bandit/B303"),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
    names=_NAMES,
    methods=("update", *_SETTERS),
    check=_check,
)
