"""Initialisation vectors that are always the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of, option, options, written
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_ZEROS = ("Buffer.alloc", "Uint8Array", "Buffer.allocUnsafe")
_PARSERS = (".parse", "Buffer.from", ".encode")


def _check(hit: Hit) -> Report | None:
    vector = hit.argument(2) if hit.name.endswith("createCipheriv") else _given(hit)
    if vector is None or not _fixed(hit, vector):
        return None
    return Report(
        "This initialisation vector is the same each time, so equal texts look equal: make a fresh "
        "one with crypto.randomBytes and store it beside the text.",
        vector,
    )


def _given(hit: Hit) -> Node | None:
    return option(hit, options(hit), "iv")


def _fixed(hit: Hit, node: Node, depth: int = 3) -> bool:
    """Whether an expression gives the same bytes each time it is run."""
    if not depth:
        return False
    node = hit.scope.bare(node)
    if node.type in hit.scope.dialect.identifiers and (values := hit.scope.values(node)):
        return len(values) == 1 and _fixed(hit, values[0], depth - 1)
    function = callee(node) if node.type in hit.scope.dialect.calls else None
    if function is None:
        return written(hit, node)
    inner = hit.scope.dialect.argument_nodes(node)
    name = hit.text(function)
    if name in _ZEROS:
        return bool(inner) and hit.constant(inner[0])
    if not name.endswith(_PARSERS) or not inner:
        return False
    return _fixed(hit, inner[0], depth - 1) or (inner[0].type == "array" and hit.constant(inner[0]))


RULE = PatternRule(
    id="javascript/static-iv",
    title="Initialisation vector that never changes",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(329, 1204, 323, 330),
    page="""
A cipher's initialisation vector makes two encryptions of one text differ. When it is a constant or all
zeros, an attacker sees which messages are equal or begin alike; with GCM or CTR two messages give away
the key stream, and tags can be forged.
""",
    attack="Collects two messages made with one vector, combines them with XOR, and reads both.",
    advice="Make `const iv = crypto.randomBytes(12)` for each message (16 for CBC) and store it beside the text.",
    bad=(
        """\
const crypto = require("crypto");

const cipher = crypto.createCipheriv("aes-256-cbc", key, "0123456789abcdef");
""",
        """\
import { createCipheriv } from "crypto";

function seal(text) {
  const iv = Buffer.alloc(16, 0);
  return createCipheriv("aes-256-gcm", key, iv).update(text);
}
""",
        """\
const sealed = CryptoJS.AES.encrypt(text, key, { iv: CryptoJS.enc.Utf8.parse("1234567812345678") });
""",
    ),
    good=(
        """\
const crypto = require("crypto");

const iv = crypto.randomBytes(16);
const cipher = crypto.createCipheriv("aes-256-cbc", key, iv);
""",
        """\
import { createCipheriv } from "crypto";

function seal(text, iv) {
  return createCipheriv("aes-256-gcm", key, iv).update(text);
}
""",
        "const sealed = CryptoJS.AES.encrypt(text, key, { iv: CryptoJS.lib.WordArray.random(16) });\n",
        """\
const crypto = require("crypto");

const cipher = crypto.createCipheriv("aes-256-ecb", key, null);
""",
    ),
    url="https://nodejs.org/api/crypto.html#cryptocreatecipherivalgorithm-key-iv-options",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *of("crypto", "createCipheriv"),
        *of("crypto-js", "AES.encrypt", "DES.encrypt", "TripleDES.encrypt"),
    ),
    check=_check,
)
