"""Keys that stand in the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    of,
    option,
    options,
    shaped,
    written,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_PLACES = {  # the argument that is the key
    "sign": 1,
    "verify": 1,
    "createHmac": 1,
    "createCipheriv": 1,
    "createDecipheriv": 1,
    "encrypt": 1,
    "decrypt": 1,
    "HmacSHA256": 1,
    "HmacSHA512": 1,
    "HmacSHA1": 1,
    "HmacMD5": 1,
}
_PROPERTIES = (
    "secret",
    "secretOrKey",
    "keys",
    "secretOrPrivateKey",
    "clientSecret",
    "consumerSecret",
)


def _check(hit: Hit) -> Report | None:
    for node in _keys(hit):
        inner = shaped(hit, node, "array")
        keys = inner.named_children if inner is not None else [node]
        if any(written(hit, key) for key in keys):
            return Report(
                "This key stands in the code: whoever reads the code can sign and read in your name. "
                "Take it from the environment.",
                node,
            )
    return None


def _keys(hit: Hit) -> Iterator[Node]:
    last = hit.name.rpartition(".")[2]
    place = _PLACES.get(last)
    if place is not None:
        if (key := hit.argument(place)) is not None:
            yield key
        return
    if hit.name in of("cookie-parser", ""):
        if (key := hit.argument(0)) is not None:
            yield key
        return
    found = options(hit)
    for name in _PROPERTIES:
        if (key := option(hit, found, name)) is not None:
            yield key


RULE = PatternRule(
    id="javascript/hardcoded-key",
    title="Key that stands in the code",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(321, 798, 547),
    page="""
A key that signs tokens or sessions, or encrypts, is written into the program. Everybody who can read the
repository, a container image or a stack trace can write tokens that your server believes, and the key
cannot be changed without a release.
""",
    attack="Finds the key in the repository, signs a token for the administrator, and logs in with it.",
    advice="Read the key from the environment or a secret store, `process.env.JWT_SECRET`, and fail at start when it is missing.",
    bad=(
        """\
const jwt = require("jsonwebtoken");

const token = jwt.sign({ id: user.id }, "keep" + "quiet", { expiresIn: "1h" });
""",
        """\
import session from "express-session";

app.use(session({ secret: "keyboard cat", resave: false }));
""",
        """\
const { createHmac } = require("node:crypto");

const key = "letmein";
const sign = (text) => createHmac("sha256", key).update(text);
""",
        """\
import { sign } from "jsonwebtoken";

function issue(user) {
  const key = "letmein";
  return sign(user, key);
}
""",
        'app.use(cookieSession({ keys: ["first", "second"] }));\n',
        'passport.use(new JwtStrategy({ jwtFromRequest, secretOrKey: "letmein" }, done));\n',
        'const sealed = CryptoJS.AES.encrypt(text, "letmein");\n',
        'passport.use(new ForumStrategy({ clientID, clientSecret: "letmein" }, done));\n',
    ),
    good=(
        """\
const jwt = require("jsonwebtoken");

const token = jwt.sign({ id: user.id }, process.env.JWT_SECRET, { expiresIn: "1h" });
""",
        """\
import session from "express-session";

app.use(session({ secret: settings.secret, resave: false }));
""",
        """\
const { createHmac } = require("node:crypto");

const sign = (text, key) => createHmac("sha256", key).update(text);
""",
        'const token = jwt.sign({ id: user.id }, fs.readFileSync("key.pem"), { algorithm: "RS256" });\n',
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *of("jsonwebtoken", "sign", "verify"),
        *of("crypto", "createHmac", "createCipheriv", "createDecipheriv"),
        *of(
            "crypto-js",
            "AES.encrypt",
            "AES.decrypt",
            "HmacSHA256",
            "HmacSHA512",
            "HmacSHA1",
            "HmacMD5",
        ),
        *of("express-session", ""),
        *of("cookie-session", ""),
        *of("cookie-parser", ""),
        *of("express-jwt", "", "expressjwt", "jwt"),
        *("koa-jwt", "@fastify/jwt", "fastify-jwt", "jwt", "JwtStrategy", "passport-jwt.Strategy"),
        *("passport-jwt.JwtStrategy", "JwtModule.register", "@nestjs/jwt.JwtModule.register"),
    ),
    query="""
        ((new_expression constructor: [(identifier) (member_expression)] @_c) @hit
          (#match? @_c "Strategy$"))
    """,
    check=_check,
)
