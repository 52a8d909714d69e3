"""TLS with a certificate of anybody."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_NOTHING = re.compile(
    r"(?s)\(?[\w\s,:]*\)?\s*(?::\s*\w+\s*)?=>\s*(?:undefined|null|true|void 0|\{\s*(?:return(?:\s+(?:undefined|null|true))?;?)?\s*\})"
    r"|(?:function\s*\w*\s*)?\w*\([\w\s,:]*\)\s*(?::\s*\w+\s*)?\{\s*(?:return(?:\s+(?:undefined|null|true))?;?)?\s*\}"
)


def _check(hit: Hit) -> Report | None:
    given = (
        hit.node.child_by_field_name("value") or hit.node.child_by_field_name("right") or hit.node
    )
    if given.type not in {"arrow_function", "function_expression", "method_definition"}:
        return None
    if not _NOTHING.fullmatch(hit.text(given)[:200]):
        return None
    return Report(
        "Whose certificate it is, is not looked at: every certificate of every host will do. Leave "
        "checkServerIdentity as it is."
    )


RULE = PatternRule(
    id="javascript/tls-host-not-checked",
    title="Certificate that may be anybody's",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(297, 295),
    page="""
`checkServerIdentity` compares the name in a certificate with the host that was asked for. Replaced by a
function that does nothing, it accepts every certificate that some authority signed, so that whoever owns any
host can stand on the way and be taken for this one.
""",
    attack="Gets a certificate for any host, stands on the way, and answers as the bank.",
    advice="Remove the option; for a name that differs give `servername`.",
    bad=(
        "const agent = new https.Agent({ checkServerIdentity: () => undefined });\n",
        "tls.connect({ host, checkServerIdentity: function (host, cert) { return undefined; } });\n",
        "const options = { checkServerIdentity: (host, cert) => { return null; } };\n",
    ),
    good=(
        "const agent = new https.Agent({ checkServerIdentity: pin });\n",
        "tls.connect({ host, checkServerIdentity: (host, cert) => tls.checkServerIdentity(name, cert) });\n",
    ),
    url="https://nodejs.org/api/tls.html#tlscheckserveridentityhostname-cert",
    language="javascript",
    languages=LANGUAGES,
    query="""
        ((pair key: [(property_identifier) (string)] @_k) @hit (#match? @_k "checkServerIdentity"))
        ((method_definition name: (property_identifier) @_n) @hit (#eq? @_n "checkServerIdentity"))
        ((assignment_expression left: (member_expression property: (property_identifier) @_p)) @hit
          (#eq? @_p "checkServerIdentity"))
    """,
    check=_check,
)
