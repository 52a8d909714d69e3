"""Key derivation that costs an attacker too little."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax import around, known, spellings
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node


class _Cost(NamedTuple):
    """A cost that can be set.

    Attributes:
        keys: its names among the keyword arguments.
        place: its number among the positional ones, -1 for none.
        least: what may still be called slow today.
        good: what to set it to.
        unsaid: it is too low where it is left out.
        kept: the hash tells it, so that old hashes can still be checked after a change.
    """

    keys: tuple[str, ...]
    place: int
    least: int
    good: str
    unsaid: bool = False
    kept: bool = False


_PBKDF2 = 100_000
_COSTS = {
    "hashlib.pbkdf2_hmac": _Cost(("iterations",), 3, _PBKDF2, "600_000"),
    "hashlib.scrypt": _Cost(("n",), -1, 2**14, "2**15"),
    "bcrypt.gensalt": _Cost(("rounds", "log_rounds"), 0, 10, "12", kept=True),
    "bcrypt.kdf": _Cost(("rounds",), 3, 50, "100"),
    "argon2.PasswordHasher": _Cost(("memory_cost",), 1, 7_168, "19_456", kept=True),
    "scrypt.hash": _Cost(("N",), 2, 2**14, "2**15"),
    **dict.fromkeys(
        ("cryptography.hazmat.primitives.kdf.pbkdf2.PBKDF2HMAC", "PBKDF2HMAC"),
        _Cost(("iterations",), 3, _PBKDF2, "600_000"),
    ),
    **dict.fromkeys(
        ("cryptography.hazmat.primitives.kdf.scrypt.Scrypt", "Scrypt"),
        _Cost(("n",), 2, 2**14, "2**15"),
    ),
    **dict.fromkeys(
        spellings.pycryptodome("Protocol.KDF.PBKDF2"),
        _Cost(("count",), 3, _PBKDF2, "600_000", unsaid=True),
    ),
    **dict.fromkeys(
        spellings.pycryptodome("Protocol.KDF.scrypt"), _Cost(("N",), 3, 2**14, "2**15")
    ),
    **dict.fromkeys(
        (
            f"passlib.hash.{name}.{verb}"
            for name in ("pbkdf2_sha1", "pbkdf2_sha256", "pbkdf2_sha512", "sha512_crypt")
            for verb in ("using", "hash", "encrypt")
        ),
        _Cost(("rounds",), -1, 25_000, "600_000", kept=True),
    ),
    **dict.fromkeys(
        (f"passlib.hash.bcrypt.{verb}" for verb in ("using", "hash", "encrypt")),
        _Cost(("rounds",), -1, 10, "12", kept=True),
    ),
}


def _check(hit: Hit) -> Report | None:
    cost = _COSTS[hit.name]
    given = _given(hit, cost)
    if given is None:
        if not cost.unsaid or around.splatted(hit):
            return None
        return Report(
            f"The default of {cost.keys[0]} is far too low: say {cost.keys[0]}={cost.good}."
        )
    value = known.number(hit, given)
    if value is None or value >= cost.least:
        return None
    title = f"Use {cost.good}"
    fix = Fix(title, (hit.edit(given, cost.good),), safe=cost.kept)
    return Report(
        f"{cost.keys[0]}={value} is tried too fast by whoever has the hashes: use {cost.good} or more.",
        node=given,
        fix=fix if given.type == "integer" else None,
    )


def _given(hit: Hit, cost: _Cost) -> Node | None:
    for key in cost.keys:
        if (node := hit.keyword(key)) is not None:
            return node
    return hit.argument(cost.place) if cost.place >= 0 else None


RULE = PatternRule(
    id="python/cheap-key-derivation",
    title="Cheap key derivation",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(916, 326),
    page="""
PBKDF2, scrypt, bcrypt and Argon2 protect passwords by being slow, and how slow is a parameter. A count that
was right in 2000, or that made a test fast, lets an attacker with a graphics card try millions of
passwords a second against each stolen hash.
""",
    attack="Steals the hashes and tries millions of passwords a second on a graphics card.",
    advice="PBKDF2: `iterations=600_000`; scrypt: `n=2**15`; bcrypt: `rounds=12`; Argon2: the library's defaults.",
    bad=(
        """\
import bcrypt

def protect(password):
    return bcrypt.hashpw(password, bcrypt.gensalt(rounds=4))
""",
        """\
from hashlib import pbkdf2_hmac as stretch

def protect(password, salt):
    return stretch("sha256", password, salt, 1000)
""",
        """\
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

def protect(algorithm, salt):
    rounds = 10_000
    return PBKDF2HMAC(algorithm=algorithm, length=32, salt=salt, iterations=rounds)
""",
        """\
from Crypto.Protocol.KDF import PBKDF2

def protect(password, salt):
    return PBKDF2(password, salt, 32)
""",
        """\
import hashlib

def protect(password, salt):
    return hashlib.scrypt(password, salt=salt, n=2**10, r=8, p=1)
""",
    ),
    good=(
        """\
import bcrypt

def protect(password):
    return bcrypt.hashpw(password, bcrypt.gensalt(rounds=12))
""",
        """\
from hashlib import pbkdf2_hmac as stretch

def protect(password, salt):
    return stretch("sha256", password, salt, 600_000)
""",
        """\
from Crypto.Protocol.KDF import PBKDF2

def protect(password, salt, **settings):
    return PBKDF2(password, salt, 32, **settings)
""",
        """\
import hashlib

def protect(password, salt):
    return hashlib.scrypt(password, salt=salt, n=1 << 15, r=8, p=1)
""",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
    names=tuple(_COSTS),
    check=_check,
)
