"""Tokens whose writer chooses how they are checked."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of, option, options, whole
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    found = options(hit)
    if found is None or not whole(found) or option(hit, found, "algorithms") is not None:
        return None
    if option(hit, found, "secret") is None:
        return None
    return Report(
        "Without algorithms the token itself says how it is to be checked: name those you sign with."
    )


RULE = PatternRule(
    id="javascript/jwt-any-algorithm",
    title="Token whose writer chooses the algorithm",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(347, 757),
    page="""
`express-jwt` before version 6 takes any algorithm when none is named. Who knows the public key signs a
token with it as if it were a shared secret, and is believed; newer versions refuse to start without the list.
""",
    attack="Signs a token by HS256 with the server's public key as the secret.",
    advice='Give `algorithms: ["RS256"]`, the ones your tokens are signed with.',
    bad=(
        'const jwt = require("express-jwt");\n\napp.use(jwt({ secret: publicKey }));\n',
        'import { expressjwt } from "express-jwt";\n\napp.use(expressjwt({ secret: key, credentialsRequired: false }));\n',
        "app.use(expressJwt({ secret: process.env.SECRET }).unless({ path }));\n",
    ),
    good=(
        'const jwt = require("express-jwt");\n\napp.use(jwt({ secret: publicKey, algorithms: ["RS256"] }));\n',
        "app.use(expressJwt({ ...settings, secret }));\n",
    ),
    url="https://github.com/auth0/express-jwt#readme",
    language="javascript",
    languages=LANGUAGES,
    names=of("express-jwt", "", "expressjwt"),
    check=_check,
)
