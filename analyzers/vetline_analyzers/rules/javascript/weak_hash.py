"""Hashes that are broken."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_BROKEN = frozenset({"md5", "sha1", "md4", "ripemd160", "rsa-md5", "rsa-sha1"})


def _check(hit: Hit) -> Report | None:
    if hit.name.startswith("crypto."):
        algorithm = (hit.string(hit.argument(0)) or "").lower()
    else:
        algorithm = hit.name.rpartition(".")[2].lower()
    plain = algorithm if algorithm.startswith("rsa-") else algorithm.replace("-", "")
    if plain not in _BROKEN:
        return None
    return Report(
        f"{algorithm.upper()} can be forged: use SHA-256 (for passwords argon2 or scrypt)."
    )


RULE = PatternRule(
    id="javascript/weak-hash",
    title="Broken hash",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(327, 328),
    page="""
MD5 and SHA-1 no longer tell texts apart when somebody tries: two files with one digest are made in
seconds (MD5) or for the price of a car (SHA-1). As a check of a download, a signature, a token or a
password they prove nothing.
""",
    advice='Use `crypto.createHash("sha256")`; for passwords `crypto.scrypt` or argon2.',
    bad=(
        """\
const crypto = require("crypto");

const h = crypto.createHash("md5").update(x);
""",
        """\
import { createHash } from 'node:crypto';

const h = createHash('sha1');
""",
        """\
import CryptoJS from "crypto-js";

const h = CryptoJS.MD5(password);
""",
    ),
    good=(
        """\
const crypto = require("crypto");

const h = crypto.createHash("sha256").update(x);
""",
        """\
import { createHash } from './cache';

const h = createHash('sha1');
""",
    ),
    url="https://nodejs.org/api/crypto.html#cryptocreatehashalgorithm-options",
    language="javascript",
    languages=("javascript", "typescript", "tsx"),
    names=("crypto.createHash", "crypto.createSign", "crypto-js.MD5", "crypto-js.SHA1"),
    check=_check,
)
