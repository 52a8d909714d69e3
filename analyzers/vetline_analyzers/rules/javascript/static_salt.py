"""Salts that are the same for everybody."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of, written
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    salt = hit.argument(2 if ".hkdf" in hit.name else 1)
    if salt is None:
        return None
    text = hit.string(salt)
    if "bcrypt" in hit.name and not (text or "").startswith("$2"):
        return None  # a number of rounds, or a salt of its own
    if text != "" and not written(hit, salt):
        return None
    return Report(
        "This salt is the same for every password: make one with crypto.randomBytes(16) for each, "
        "and store it beside the hash.",
        salt,
    )


RULE = PatternRule(
    id="javascript/static-salt",
    title="Salt that is the same for everybody",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(760, 759, 916),
    page="""
A salt makes the hash of one password differ from user to user. Written into the code it is one for all:
a table made once opens every account, and equal passwords show as equal hashes.
""",
    attack="Reads the salt in the source, hashes a word list once, and looks all users' hashes up in it.",
    advice="Use `crypto.randomBytes(16)` for each password and store it beside the hash; bcrypt and argon2 do so by themselves.",
    bad=(
        """\
const crypto = require("crypto");

const hash = crypto.pbkdf2Sync(password, "salt", 600000, 64, "sha512");
""",
        """\
import { scryptSync } from "node:crypto";

function hash(password) {
  const salt = "my-app";
  return scryptSync(password, salt, 64);
}
""",
        'const key = CryptoJS.PBKDF2(password, "pepper", { keySize: 8, iterations: 600000 });\n',
        'crypto.scrypt(password, Buffer.from("salt"), 64, done);\n',
    ),
    good=(
        """\
const crypto = require("crypto");

const hash = crypto.pbkdf2Sync(password, user.salt, 600000, 64, "sha512");
""",
        """\
import { scryptSync, randomBytes } from "node:crypto";

function hash(password) {
  const salt = randomBytes(16);
  return scryptSync(password, salt, 64);
}
""",
        "const hash = bcrypt.hashSync(password, 12);\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#salting",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *of("crypto", "pbkdf2", "pbkdf2Sync", "scrypt", "scryptSync"),
        *of("crypto-js", "PBKDF2"),
        *of("bcrypt", "hash", "hashSync"),
        *of("node-forge", "pkcs5.pbkdf2"),
    ),
    check=_check,
)
