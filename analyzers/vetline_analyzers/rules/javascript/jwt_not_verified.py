"""A token that is believed without its signature."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_NONE = re.compile(r"(['\"`])none\1", re.IGNORECASE)


def _check(hit: Hit) -> Report | None:
    allowed = hit.keyword("algorithms") or hit.keyword("algorithm")
    none = allowed is not None and bool(_NONE.search(hit.text(allowed)))
    key = hit.argument(1)
    empty = (
        hit.name in of("jsonwebtoken", "verify")
        and key is not None
        and (hit.text(key) in {"null", "undefined", "false", "''", '""'})
    )
    if not none and not empty:
        return None
    return Report(
        "This token's signature is not checked: anybody can write one. Name the key and the "
        "algorithms you sign with."
    )


RULE = PatternRule(
    id="javascript/jwt-not-verified",
    title="Token believed without its signature",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(347, 345, 327),
    page="""
A JSON Web Token is only as good as its signature. With the algorithm `none` allowed, or an empty key, an
attacker writes `{"sub": "admin"}` and is admin.
""",
    attack="Writes a token for the administrator with the algorithm none, and sends it without a signature.",
    advice='`jwt.verify(token, key, { algorithms: ["RS256"] })`.',
    bad=(
        """\
const jwt = require("jsonwebtoken");

const user = jwt.verify(token, key, { algorithms: ["HS256", "none"] });
""",
        """\
import jwt from "jsonwebtoken";

const t = jwt.sign(user, "", { algorithm: "none" });
""",
        """\
import { verify } from "jsonwebtoken";

const user = verify(token, null);
""",
    ),
    good=(
        """\
const jwt = require("jsonwebtoken");

const user = jwt.verify(token, key, { algorithms: ["RS256"] });
""",
        """\
import { verify } from "./letters";

const user = verify(token, null);
""",
    ),
    url="https://github.com/auth0/node-jsonwebtoken#readme",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *of("jsonwebtoken", "verify", "sign"),
        *of("express-jwt", "", "expressjwt", "jwt"),
        *("jose.jwtVerify", "koa-jwt", "JwtStrategy", "passport-jwt.Strategy"),
    ),
    check=_check,
)
