"""Ciphers and modes that hide nothing."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_WEAK = re.compile(
    r"(?i)(?:3?des|rc4|arcfour|rc2|bf|blowfish|cast5?|idea|seed)(?:-.*|\d*.*)?|.*-ecb"
)
_BROKEN = frozenset({"DES", "TripleDES", "RC4", "RC4Drop", "Blowfish"})


def _check(hit: Hit) -> Report | None:
    last = hit.name.rpartition(".")[2]
    if last in {"createCipher", "createDecipher"} and "cipher." not in hit.name:
        return Report(f"{last} derives its key with MD5 and has no salt: use createCipheriv.")
    if last in {"encrypt", "decrypt"}:
        return _crypto_js(hit)
    name = hit.string(hit.argument(0))
    if name is None or not _WEAK.fullmatch(name):
        return None
    return Report(f"{name} is broken or shows which blocks are equal: use aes-256-gcm.")


def _crypto_js(hit: Hit) -> Report | None:
    cipher = hit.name.split(".")[-2].rpartition("/")[2]
    if cipher.lower() in {each.lower() for each in _BROKEN}:
        return Report(f"{cipher} is broken: use AES-GCM of Web Crypto or of node:crypto.")
    mode = option(hit, options(hit), "mode")
    if mode is None or not hit.text(mode).endswith("mode.ECB"):
        return None
    return Report("In ECB mode equal blocks stay equal: use AES-GCM with a fresh iv.", mode)


RULE = PatternRule(
    id="javascript/weak-cipher",
    title="Weak cipher or mode",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(327, 326, 1204, 329),
    page="""
DES and RC4 can be broken with rented machines. In ECB mode equal blocks stay equal, and an attacker swaps
blocks between messages without knowing the key. `createCipher` makes its key from a password with one
round of MD5 and its initialisation vector from the same, so that equal messages look equal.
""",
    attack="Compares two encrypted messages block by block, and puts a block of one into the other.",
    advice='Use `crypto.createCipheriv("aes-256-gcm", key, iv)` with a fresh `iv` for each message.',
    bad=(
        """\
const crypto = require("crypto");

const c = crypto.createCipheriv("des-ede3-cbc", k, iv);
""",
        """\
import { createCipheriv } from "crypto";

const c = createCipheriv("aes-128-ecb", k, null);
""",
        """\
const crypto = require("crypto");

const c = crypto.createCipher("aes-256-cbc", password);
""",
        """\
import CryptoJS from "crypto-js";

const sealed = CryptoJS.AES.encrypt(text, key, { mode: CryptoJS.mode.ECB });
""",
        'const sealed = CryptoJS.TripleDES.encrypt(text, key);\nconst c = forge.cipher.createCipher("DES-ECB", k);\n',
    ),
    good=(
        """\
const crypto = require("crypto");

const c = crypto.createCipheriv("aes-256-gcm", k, iv);
""",
        """\
import { createCipheriv } from "crypto";

const c = createCipheriv(name, k, iv);
""",
        "const sealed = CryptoJS.AES.encrypt(text, key, { mode: CryptoJS.mode.CTR, iv });\n",
    ),
    url="https://nodejs.org/api/crypto.html#cryptocreatecipherivalgorithm-key-iv-options",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *of("crypto", "createCipher", "createDecipher", "createCipheriv", "createDecipheriv"),
        *of("node-forge", "cipher.createCipher", "cipher.createDecipher"),
        *(
            name
            for cipher in (*sorted(_BROKEN), "AES")
            for name in (
                *of("crypto-js", f"{cipher}.encrypt", f"{cipher}.decrypt"),
                *of(f"crypto-js/{cipher.lower()}", "encrypt", "decrypt"),
            )
        ),
    ),
    check=_check,
)
