"""The old name for random bytes."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    found = hit.node.child_by_field_name("property")
    base = hit.node.child_by_field_name("object")
    if (
        found is None
        or base is None
        or hit.resolve(base).partition(".")[0] not in {"crypto", "this"}
    ):
        return None
    return Report(
        "pseudoRandomBytes does not promise bytes that nobody can guess: use randomBytes.",
        fix=Fix("Use randomBytes", (hit.edit(found, "randomBytes"),), safe=True),
    )


RULE = PatternRule(
    id="javascript/pseudo-random-bytes",
    title="Random bytes by their deprecated name",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(338, 477),
    page="""
`crypto.pseudoRandomBytes` is deprecated: in old releases of Node it fell back to bytes that could be
foretold when there was too little entropy, and a reader cannot tell which was meant. `randomBytes` takes
the same arguments and always gives bytes fit for keys.
""",
    attack="On an old runtime, waits for a machine that has just started, and guesses the token it makes.",
    advice="Write `crypto.randomBytes(size)`; arguments and result are the same.",
    bad=(
        """\
const crypto = require("crypto");

const key = crypto.pseudoRandomBytes(16);
""",
        """\
import * as nodeCrypto from "node:crypto";

export const id = nodeCrypto.pseudoRandomBytes(8).toString("hex");
""",
        "make(crypto.pseudoRandomBytes);\n",
    ),
    good=(
        """\
const crypto = require("crypto");

const key = crypto.randomBytes(16);
""",
        "const key = dice.pseudoRandomBytes(16);\n",
    ),
    url="https://nodejs.org/api/deprecations.html#DEP0115",
    language="javascript",
    languages=LANGUAGES,
    query="""
        ((member_expression property: (property_identifier) @_p) @hit (#eq? @_p "pseudoRandomBytes"))
    """,
    check=_check,
)
