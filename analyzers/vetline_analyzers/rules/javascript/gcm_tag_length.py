"""Authentication tags of any length that are believed."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, add_argument, of
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    name = hit.string(hit.argument(0)) or ""
    if not name.lower().endswith(("-gcm", "-ocb")) or hit.argument(2) is None:
        return None
    if hit.argument(3) is not None:
        return None
    fix = Fix("Ask for 16 bytes", add_argument(hit, "{ authTagLength: 16 }"), safe=False)
    return Report(
        "An authentication tag of four bytes is accepted too, and can be guessed: give authTagLength.",
        fix=fix,
    )


RULE = PatternRule(
    id="javascript/gcm-tag-length",
    title="Authentication tag of any length",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(347, 354),
    page="""
GCM ends a message with an authentication tag, which proves that nobody changed it. Unless `authTagLength` is given, Node
accepts tags down to four bytes, cut off by an attacker, who guesses one after some billions of tries and
learns about the key with each hit. Node has deprecated short tags that are not asked for.
""",
    attack="Cuts the authentication tag to four bytes, and tries changed messages until one is accepted.",
    advice="Give `{ authTagLength: 16 }` as the last argument, or compare the tag's length first.",
    bad=(
        'const crypto = require("crypto");\n\nconst d = crypto.createDecipheriv("aes-256-gcm", key, iv);\n',
        'import { createDecipheriv } from "node:crypto";\n\nexport const open = (key, iv) => createDecipheriv("aes-128-gcm", key, iv);\n',
        "function read(box) {\n  const how = 'aes-192-gcm';\n  return crypto.createDecipheriv(how, key, box.iv);\n}\n",
    ),
    good=(
        'const crypto = require("crypto");\n\nconst d = crypto.createDecipheriv("aes-256-gcm", key, iv, { authTagLength: 16 });\n',
        'const crypto = require("crypto");\n\nconst d = crypto.createDecipheriv("chacha20-poly1305", key, iv);\n',
    ),
    url="https://nodejs.org/api/deprecations.html#DEP0182",
    language="javascript",
    languages=LANGUAGES,
    names=of("crypto", "createDecipheriv"),
    check=_check,
)
