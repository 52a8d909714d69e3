"""Hashes that are broken."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    given_names,
    of,
    option,
    options,
    secretive,
    words,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_BROKEN = frozenset({"md5", "sha1", "md4", "ripemd160", "rsa-md5", "rsa-sha1"})
_PROVES = frozenset({"signature", "sign", "hmac", "mac", "auth", "sig"})
_UP = 8  # calls in a chain


def _check(hit: Hit) -> Report | None:
    algorithm = _algorithm(hit)
    plain = algorithm if algorithm.startswith("rsa-") else algorithm.replace("-", "")
    if plain not in _BROKEN:
        return None
    grave = hit.name.endswith("createSign") or _guards_something(hit)
    return Report(
        f"{algorithm.upper()} can be forged: use SHA-256 (for passwords argon2 or scrypt).",
        tentative=None if grave else True,
    )


def _algorithm(hit: Hit) -> str:
    if hit.name.startswith(("object-hash", "objectHash")):
        found = option(hit, options(hit), "algorithm")
        return (hit.string(found) or "").lower()
    last = hit.name.removesuffix(".create").rpartition(".")[2].lower().rpartition("/")[2]
    if last.startswith("create"):
        return (hit.string(hit.argument(0)) or "").lower()
    return last.removeprefix("hmac").removeprefix("blueimp-")


def _guards_something(hit: Hit) -> bool:
    """Whether a password, a token or a signature goes in or comes out."""
    names = list(given_names(hit, hit.node))
    for levels, above in enumerate(hit.scope.up(hit.node)):
        if levels > _UP or above.type.endswith("statement"):
            break
        if above.type in hit.scope.dialect.calls:
            arguments = hit.scope.dialect.argument_nodes(above)
            names += [hit.text(n)[-40:] for n in arguments if n.end_byte - n.start_byte <= 80]  # noqa: PLR2004 - names, not programs
    names += [hit.text(n)[-40:] for n in hit.scope.dialect.argument_nodes(hit.node)]
    return any(secretive(name) or not _PROVES.isdisjoint(words(name)) for name in names)


RULE = PatternRule(
    id="javascript/weak-hash",
    title="Broken hash",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(327, 328, 916),
    page="""
MD5 and SHA-1 no longer tell texts apart when somebody tries: two files with one digest are made in
seconds (MD5) or for the price of a car (SHA-1). As a check of a download, a signature, a token or a
password they prove nothing.

Where no name says that a password, a token or a signature is hashed, the finding is tentative.
""",
    attack="Makes a second file with the digest of the signed one, and has it accepted in its place.",
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
        'const signature = forge.md.sha1.create();\nconst s = crypto.createSign("RSA-SHA1");\n',
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
    languages=LANGUAGES,
    names=(
        *of("crypto", "createHash", "createSign", "createVerify"),
        *of("crypto-js", "MD5", "SHA1", "HmacMD5", "RIPEMD160"),
        *(
            "crypto-js/md5",
            "crypto-js/sha1",
            "object-hash",
            "object-hash.MD5",
            "md5",
            "sha1",
            "blueimp-md5",
        ),
        *of("node-forge", "md.md5.create", "md.sha1.create"),
    ),
    check=_check,
)
