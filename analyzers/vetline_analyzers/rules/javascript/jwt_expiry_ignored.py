"""Tokens that are believed after their end."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    value = hit.node.child_by_field_name("value")
    if value is None or not is_text(hit, value, "true"):
        return None
    return Report(
        "A token is believed here long after it has expired: leave ignoreExpiration off.",
        fix=Fix("Check the expiry", (hit.edit(value, "false"),), safe=False),
    )


RULE = PatternRule(
    id="javascript/jwt-expiry-ignored",
    title="Token believed after its end",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(613, 324, 287),
    page="""
With `ignoreExpiration: true` the end that a token carries is not looked at. A token that was copied from a
log, a backup or a lost telephone opens the account for ever, and logging out changes nothing.
""",
    attack="Takes a year-old token out of a log file, and sends it.",
    advice="Leave the option out; give short tokens and refresh them.",
    bad=(
        "const user = jwt.verify(token, key, { ignoreExpiration: true });\n",
        """\
configure({
  secretOrKey: settings.key,
  'ignoreExpiration': true,
});
""",
        "const checks = { ignoreExpiration: true, audience };\nconst user = verify(token, key, checks);\n",
    ),
    good=(
        "const user = jwt.verify(token, key, { ignoreExpiration: false });\n",
        "const user = jwt.verify(token, key, { ignoreExpiration });\n",
    ),
    url="https://github.com/auth0/node-jsonwebtoken#jwtverifytoken-secretorpublickey-options-callback",
    language="javascript",
    languages=LANGUAGES,
    query="""
        ((pair key: [(property_identifier) (string)] @_k) @hit (#match? @_k "^['\\"]?ignoreExpiration['\\"]?$"))
    """,
    check=_check,
)
