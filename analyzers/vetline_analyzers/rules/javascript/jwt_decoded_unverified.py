"""Tokens that are read and not checked."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    is_text,
    of,
    option,
    options,
    text_around,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    if is_text(hit, option(hit, options(hit), "complete"), "true"):
        return None  # the header is looked at to choose the key
    around = hit.scope.function(hit.node)
    if around is not None and "erify(" in text_around(hit, around):
        return None
    return Report(
        "decode() reads this token and does not check its signature, so anybody can have written it: "
        "use verify()."
    )


RULE = PatternRule(
    id="javascript/jwt-decoded-unverified",
    title="Token that is read and not checked",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(345, 347),
    page="""
`decode` gives what a JSON Web Token claims without looking at its signature. If the answer decides who
somebody is, every visitor may claim to be anybody. Reading the header to choose a key
(`{ complete: true }`) and decoding after a `verify` in the same function are left alone.
""",
    attack="Writes a token with the user's number changed, signs it with anything, and sends it.",
    advice='Use `jwt.verify(token, key, { algorithms: ["RS256"] })`, which gives the same claims when the signature is right.',
    bad=(
        """\
const jwt = require("jsonwebtoken");

const user = jwt.decode(req.cookies.token);
""",
        """\
import { decode } from "jsonwebtoken";

export function isAdmin(token) {
  return decode(token, { json: true }).admin === true;
}
""",
        """\
import * as jose from "jose";

const claims = jose.decodeJwt(header.slice(7));
""",
    ),
    good=(
        """\
const jwt = require("jsonwebtoken");

const user = jwt.verify(req.cookies.token, key, { algorithms: ["HS256"] });
""",
        """\
import { decode } from "jsonwebtoken";

export const keyOf = (token) => decode(token, { complete: true }).header.kid;
""",
        """\
const jwt = require("jsonwebtoken");

function user(token) {
  jwt.verify(token, key, { algorithms: ["HS256"] });
  return jwt.decode(token);
}
""",
        """\
import { decode } from "./morse";

const text = decode(token);
""",
    ),
    url="https://github.com/auth0/node-jsonwebtoken#jwtdecodetoken--options",
    language="javascript",
    languages=LANGUAGES,
    names=(*of("jsonwebtoken", "decode"), "jose.decodeJwt"),
    check=_check,
)
