"""Answers that let whoever asks read them with credentials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    body_of,
    is_text,
    option,
    options,
    text_before,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_HEADER = "access-control-allow-origin"
_CHECKED = re.compile(
    r"\.(?:includes|has|indexOf|test|match|some|find|exec)\(|(?i:allow|white)\w*\["
)
_AGREES = re.compile(r"\w+\(\s*null\s*,\s*true\s*\)")
_MESSAGE = (
    "Whoever asks is named as allowed to read: every website can act in its visitors' name. "
    "Compare the origin with a list."
)


def _check(hit: Hit) -> Report | None:
    if hit.name:
        return _library(hit)
    if hit.node.type == "pair":
        key, value = (hit.node.child_by_field_name(field) for field in ("key", "value"))
    else:
        key, value = hit.argument(0), hit.argument(1)
    if key is None or value is None or (hit.string(key) or "").lower() != _HEADER:
        return None
    if not hit.from_request(value) or _CHECKED.search(text_before(hit)):
        return None
    return Report(_MESSAGE, value)


def _library(hit: Hit) -> Report | None:
    found = options(hit)
    origin = option(hit, found, "origin")
    if origin is None:
        return None
    if is_text(hit, origin, "true") or _always(hit, origin):
        with_cookies = is_text(hit, option(hit, found, "credentials"), "true")
        return Report(_MESSAGE, origin, tentative=None if with_cookies else True)
    return None


def _always(hit: Hit, origin: Node) -> bool:
    """Whether a function says yes to every origin."""
    body = body_of(hit, origin)
    text = hit.text(body) if body is not None else ""
    return bool(_AGREES.search(text)) and "if" not in text and "?" not in text


RULE = PatternRule(
    id="javascript/cors-reflected-origin",
    title="Permission for whichever website asks",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(942, 346),
    page="""
The answer names the origin of the question as the one that may read it. The browser then shows the answer,
got with the visitor's cookies, to a script of any website. It is the wildcard that browsers refuse together
with credentials, made by hand.
""",
    attack="Has a visitor open a page whose script calls the service with the visitor's cookies and "
    "reads the answer.",
    advice="Compare the origin with a list of your own, and send the header only when it is in there.",
    bad=(
        """\
app.use((req, res, next) => {
  res.setHeader("Access-Control-Allow-Origin", req.headers.origin);
  next();
});
""",
        """\
function answer(req, res) {
  const origin = req.get("origin");
  res.writeHead(200, { "Access-Control-Allow-Origin": origin });
}
""",
        'const cors = require("cors");\n\napp.use(cors({ origin: true, credentials: true }));\n',
        "app.use(cors({ credentials: true, origin: (origin, done) => done(null, true) }));\n",
    ),
    good=(
        """\
app.use((req, res, next) => {
  if (allowed.includes(req.headers.origin)) {
    res.setHeader("Access-Control-Allow-Origin", req.headers.origin);
  }
  next();
});
""",
        'const cors = require("cors");\n\napp.use(cors({ origin: "https://app.example", credentials: true }));\n',
        "app.use(cors({ credentials: true, origin: (origin, done) => done(null, list.has(origin)) }));\n",
    ),
    url="https://portswigger.net/web-security/cors",
    language="javascript",
    languages=LANGUAGES,
    names=("cors", "app.enableCors", "@fastify/cors", "@koa/cors", "hono/cors.cors"),
    methods=("setHeader", "header", "set", "append"),
    query="""
        ((pair key: (string) @_k) @hit (#match? @_k "(?i)access-control-allow-origin"))
    """,
    check=_check,
)
