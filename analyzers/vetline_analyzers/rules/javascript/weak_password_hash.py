"""Password hashes that are quick to try out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, number, of, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_ITERATIONS = 100_000
_ROUNDS = 10
_COST = 2**14


def _check(hit: Hit) -> Report | None:
    if hit.name.startswith("argon2"):
        kind = option(hit, options(hit), "type")
        if kind is None or not hit.text(kind).endswith(("argon2d", "argon2i")):
            return None
        return Report(
            "Argon2id stands up to more attacks than the other two: leave the type out.", kind
        )
    node, least, what = _work(hit)
    done = number(hit, node)
    if node is None or done is None or not 0 < done < least:
        return None
    return Report(
        f"{done:.0f} {what} are quickly tried out: ask for at least {least:,}, better "
        "what OWASP recommends today.",
        node,
    )


def _work(hit: Hit) -> tuple[Node | None, int, str]:
    """Where the amount of work is said, the least that will do, and what it is counted in."""
    last = hit.name.rpartition(".")[2]
    if last.startswith("scrypt"):
        found = options(hit)
        return option(hit, found, "N") or option(hit, found, "cost"), _COST, "as scrypt's cost"
    if "bcrypt" in hit.name:
        return hit.argument(0 if "Salt" in last else 1), _ROUNDS, "rounds of bcrypt"
    if last == "PBKDF2":
        return option(hit, options(hit), "iterations"), _ITERATIONS, "iterations"
    return hit.argument(2), _ITERATIONS, "iterations"


RULE = PatternRule(
    id="javascript/weak-password-hash",
    title="Password hash that is quick to try out",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(916, 326),
    page="""
A password hash is meant to be slow. With a thousand iterations of PBKDF2, or eight rounds of bcrypt, one
graphics card tries millions of passwords a second, and a stolen table is read within hours.
""",
    attack="Steals the table of hashes, and tries a word list on one graphics card over night.",
    advice="Use argon2id, `bcrypt.hash(password, 12)`, scrypt with `N: 2 ** 17`, or PBKDF2-SHA256 with 600,000 iterations.",
    bad=(
        """\
const crypto = require("crypto");

const hash = crypto.pbkdf2Sync(password, salt, 1000, 64, "sha512");
""",
        """\
import bcrypt from "bcryptjs";

export const hash = (password) => bcrypt.hashSync(password, 8);
""",
        """\
function salted(password) {
  const rounds = 2 ** 3;
  return bcrypt.genSalt(rounds).then((salt) => bcrypt.hash(password, salt));
}
""",
        "const key = CryptoJS.PBKDF2(password, salt, { keySize: 8, iterations: 1_000 });\n",
        "crypto.scryptSync(password, salt, 64, { N: 1024 });\n",
        "const hash = await argon2.hash(password, { type: argon2.argon2i });\n",
    ),
    good=(
        """\
const crypto = require("crypto");

const hash = crypto.pbkdf2Sync(password, salt, 600000, 64, "sha512");
""",
        """\
import bcrypt from "bcryptjs";

export const hash = (password) => bcrypt.hash(password, 12);
""",
        "crypto.pbkdf2(password, salt, settings.iterations, 64, 'sha512', done);\n",
        "crypto.scryptSync(password, salt, 64, { N: 2 ** 17 });\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *of("crypto", "pbkdf2", "pbkdf2Sync", "scrypt", "scryptSync"),
        *of("crypto-js", "PBKDF2"),
        *of("node-forge", "pkcs5.pbkdf2"),
        "argon2.hash",
        *of("bcrypt", "hash", "hashSync", "genSalt", "genSaltSync"),
    ),
    check=_check,
)
