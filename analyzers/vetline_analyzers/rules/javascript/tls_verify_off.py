"""TLS without checking who answers."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_MESSAGE = (
    "TLS does not check who answers: anybody on the way can read and change the traffic. "
    "Leave verification on, or name your CA with `ca`."
)


def _check(hit: Hit) -> Report | None:
    left, right = hit.node.child_by_field_name("left"), hit.node.child_by_field_name("right")
    if left is not None and right is not None:
        if hit.text(left).endswith("rejectUnauthorized"):
            return Report(_MESSAGE) if hit.text(right) == "false" else None
        return Report(_MESSAGE) if hit.text(right).strip("'\"`") == "0" else None
    value = hit.node.child_by_field_name("value")
    if value is None or hit.text(value).strip("'\"") not in {"false", "0"}:
        return None
    on = "true" if hit.text(value) == "false" else '"1"'
    return Report(_MESSAGE, fix=Fix("Verify certificates", (hit.edit(value, on),), safe=False))


RULE = PatternRule(
    id="javascript/tls-verify-off",
    title="TLS without verification",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(295,),
    page="""
A connection is encrypted, but any certificate will do. Somebody on the way can then stand in the middle,
read passwords and change answers. `NODE_TLS_REJECT_UNAUTHORIZED=0` does it to the whole process.
""",
    attack="Stands on the way with a certificate made a minute ago, and reads the password.",
    advice="Remove the switch; for a private CA pass its certificate as `ca`.",
    bad=(
        "const agent = new https.Agent({ rejectUnauthorized: false });\n",
        'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";\n',
        'process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = 0;\n',
        "options.rejectUnauthorized = false;\n",
    ),
    good=(
        "const agent = new https.Agent({ rejectUnauthorized: true });\n",
        'const agent = new https.Agent({ ca: readFileSync("ca.pem") });\n',
        'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "1";\n',
    ),
    url="https://nodejs.org/api/tls.html#tlsconnectoptions-callback",
    language="javascript",
    languages=LANGUAGES,
    query="""
        ((pair key: [(property_identifier) (string)] @_k) @hit
          (#match? @_k "^['\\"]?(rejectUnauthorized|strictSSL|NODE_TLS_REJECT_UNAUTHORIZED)['\\"]?$"))
        ((assignment_expression left: [(member_expression) (subscript_expression)] @_l) @hit
          (#match? @_l "NODE_TLS_REJECT_UNAUTHORIZED|[.]rejectUnauthorized$"))
    """,
    check=_check,
)
