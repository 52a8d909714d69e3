"""Ciphers and modes that hide nothing."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_WEAK = re.compile(r"(?i)(?:des|rc4|rc2|bf|blowfish|cast5?|idea|seed)(?:-.*|\d*.*)?|.*-ecb")


def _check(hit: Hit) -> Report | None:
    if hit.name in {"crypto.createCipher", "crypto.createDecipher"}:
        return Report(f"{hit.name} derives its key with MD5 and has no salt: use createCipheriv.")
    name = hit.string(hit.argument(0))
    if name is None or not _WEAK.fullmatch(name):
        return None
    return Report(f"{name} is broken or shows which blocks are equal: use aes-256-gcm.")


RULE = PatternRule(
    id="javascript/weak-cipher",
    title="Weak cipher or mode",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(327,),
    page="""
DES and RC4 can be broken with rented machines. In ECB mode equal blocks stay equal, and an attacker swaps
blocks between messages without knowing the key. `createCipher` makes its key from a password with one
round of MD5.
""",
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
    ),
    url="https://nodejs.org/api/crypto.html#cryptocreatecipherivalgorithm-key-iv-options",
    language="javascript",
    languages=("javascript", "typescript", "tsx"),
    names=tuple(
        f"crypto.{name}"
        for name in ("createCipher", "createDecipher", "createCipheriv", "createDecipheriv")
    ),
    check=_check,
)
