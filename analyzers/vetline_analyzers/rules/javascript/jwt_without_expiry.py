"""Tokens that never end."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of, option, shaped, whole
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    payload, key, given = (hit.argument(number) for number in range(3))
    claims = shaped(hit, payload, "object")
    if claims is None or key is None or not whole(claims) or option(hit, claims, "exp") is not None:
        return None
    if given is not None:
        found = shaped(hit, given, "object")
        if found is None or not whole(found) or option(hit, found, "expiresIn") is not None:
            return None
    return Report(
        "This token never expires: who copies it once is logged in for ever. Give it expiresIn."
    )


RULE = PatternRule(
    id="javascript/jwt-without-expiry",
    title="Token that never ends",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(613,),
    page="""
A JSON Web Token is signed with neither an `exp` claim nor `expiresIn`. Nothing takes it back: logging out,
a new password or a closed account do not change that its signature is right.
""",
    attack="Copies the token from a shared computer, and uses it next year.",
    advice='Give `expiresIn: "15m"` and refresh the token.',
    bad=(
        'const jwt = require("jsonwebtoken");\n\nconst token = jwt.sign({ id }, key);\n',
        'import { sign } from "jsonwebtoken";\n\nexport const token = sign({ id }, key, { algorithm: "RS256" });\n',
        """\
function issue(user) {
  const claims = { sub: user.id };
  return jwt.sign(claims, process.env.KEY);
}
""",
    ),
    good=(
        'const jwt = require("jsonwebtoken");\n\nconst token = jwt.sign({ id }, key, { expiresIn: "15m" });\n',
        "const token = jwt.sign({ id, exp: soon() }, key);\n",
        "const token = jwt.sign({ id }, key, settings.token);\n",
    ),
    url="https://github.com/auth0/node-jsonwebtoken#token-expiration-exp-claim",
    language="javascript",
    languages=LANGUAGES,
    names=of("jsonwebtoken", "sign"),
    check=_check,
)
