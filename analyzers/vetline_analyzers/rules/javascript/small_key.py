"""Keys that are too short."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, number, of, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_LEAST = 2048
_SMALL_CURVES = frozenset(
    {"secp112r1", "secp112r2", "secp128r1", "secp160r1", "secp192k1", "prime192v1", "secp192r1"}
)


def _check(hit: Hit) -> Report | None:
    found = options(hit)
    curve = option(hit, found, "namedCurve")
    if hit.name.endswith("createECDH"):
        curve = hit.argument(0)
    if curve is not None and (hit.string(curve) or "") in _SMALL_CURVES:
        return Report("This curve is too small to be safe: use prime256v1 or x25519.", curve)
    size = option(hit, found, "modulusLength") or option(hit, found, "bits")
    if size is None and hit.name.endswith(("createDiffieHellman", "generateKeyPair", "NodeRSA")):
        first = hit.argument(0)
        size = None if first is None or hit.string(first) else first
        size = size or option(hit, first, "b")
    bits = number(hit, size)
    if size is None or bits is None or not 0 < bits < _LEAST:
        return None
    return Report(
        f"A key of {bits:.0f} bits can be broken: use 3072, at least {_LEAST}.",
        size,
        fix=Fix("Use 3072 bits", (hit.edit(size, "3072"),), safe=False),
    )


RULE = PatternRule(
    id="javascript/small-key",
    title="Key that is too short",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(326,),
    page="""
RSA, DSA or Diffie-Hellman with fewer than 2048 bits, or an elliptic curve under 224, is within reach of
somebody who rents machines: 768 bits were broken in 2009, and 1024 are believed to be within a state's reach.
""",
    attack="Factors the public key on rented machines, and signs and reads as its owner.",
    advice="Use `modulusLength: 3072` for RSA, or `ed25519` and `x25519`, which need no choice of size.",
    bad=(
        """\
const crypto = require("crypto");

const pair = crypto.generateKeyPairSync("rsa", { modulusLength: 1024 });
""",
        """\
import { generateKeyPair } from "node:crypto";

function make(done) {
  const settings = { modulusLength: 512 * 2, publicKeyEncoding };
  generateKeyPair("rsa", settings, done);
}
""",
        "forge.pki.rsa.generateKeyPair({ bits: 1024, e: 0x10001 });\n",
        """\
const { createDiffieHellman } = require("crypto");

const dh = createDiffieHellman(512);
""",
    ),
    good=(
        """\
const crypto = require("crypto");

const pair = crypto.generateKeyPairSync("rsa", { modulusLength: 4096 });
""",
        "forge.pki.rsa.generateKeyPair({ bits: 2048, e: 0x10001 });\n",
        """\
const crypto = require("crypto");

const pair = crypto.generateKeyPairSync("ec", { namedCurve: "prime256v1" });
""",
    ),
    url="https://nodejs.org/api/crypto.html#cryptogeneratekeypairtype-options-callback",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *of(
            "crypto", "generateKeyPair", "generateKeyPairSync", "createDiffieHellman", "createECDH"
        ),
        *of("crypto", "subtle.generateKey"),
        *of("node-forge", "pki.rsa.generateKeyPair"),
        *("node-rsa", "NodeRSA"),
    ),
    check=_check,
)
