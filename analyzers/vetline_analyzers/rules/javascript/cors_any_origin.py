"""Answers that every website may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, is_text, option, options, shaped
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_HEADER = "access-control-allow-origin"
_MESSAGE = (
    "Every website may read this answer in its visitors' name: list the origins that need it."
)


def _check(hit: Hit) -> Report | None:
    if not hit.name or hit.name.endswith("Header"):
        return _header(hit)
    arguments = hit.scope.dialect.argument_nodes(hit.node)
    found = options(hit)
    if hit.name.endswith("NestFactory.create"):
        cors = option(hit, found, "cors")
        if is_text(hit, cors, "true"):
            return Report(_MESSAGE, cors)
        found = shaped(hit, cors, "object")
        if found is None:
            return None
    if found is None:
        return Report(_MESSAGE) if not arguments else None
    origin = option(hit, found, "origin")
    if origin is None or not _anything(hit, origin):
        return None
    if is_text(hit, option(hit, found, "credentials"), "true"):
        return Report(
            "Every website may act here in its visitors' name, with their cookies: list the origins.",
            origin,
            severity=Severity.HIGH,
            tentative=False,
        )
    return Report(_MESSAGE, origin)


def _anything(hit: Hit, origin: Node) -> bool:
    inner = shaped(hit, origin, "array")
    each = inner.named_children if inner is not None else [origin]
    return any(hit.string(node) == "*" for node in each)


def _header(hit: Hit) -> Report | None:
    if hit.node.type == "pair":
        key, value = (hit.node.child_by_field_name(field) for field in ("key", "value"))
        if value is None and key is not None:
            return None
    else:
        key, value = hit.argument(0), hit.argument(1)
    if key is None or value is None or hit.string(value) != "*":
        return None
    return Report(_MESSAGE) if (hit.string(key) or "").lower() == _HEADER else None


RULE = PatternRule(
    id="javascript/cors-any-origin",
    title="Answer that every website may read",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(942, 346, 183),
    page="""
`Access-Control-Allow-Origin: *`, `cors()` without options and `origin: "*"` let a script on any website
read what this server answers. That is right for public data; for an intranet, or a server that knows its
visitors by address, it opens what the browser would have kept closed. With credentials it is no longer tentative.
""",
    attack="Has an employee open a page whose script reads the intranet's answers.",
    advice='Give `cors({ origin: ["https://app.example"] })`.',
    bad=(
        'const cors = require("cors");\n\napp.use(cors());\n',
        'import cors from "cors";\n\napp.use(cors({ origin: "*", credentials: true }));\n',
        'res.setHeader("Access-Control-Allow-Origin", "*");\n',
        'res.writeHead(200, { "Content-Type": "text/plain", "Access-Control-Allow-Origin": "*" });\n',
        'app.enableCors({ origin: "*" });\n',
    ),
    good=(
        'const cors = require("cors");\n\napp.use(cors({ origin: ["https://app.example"] }));\n',
        'res.setHeader("Access-Control-Allow-Origin", "https://app.example");\n',
        'res.setHeader("Accept", "*");\n',
        "app.use(cors(settings));\n",
    ),
    url="https://developer.mozilla.org/docs/Web/HTTP/CORS",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *("cors", "app.enableCors", "@fastify/cors", "@koa/cors", "hono/cors.cors"),
        *(
            "Header",
            "@nestjs/common.Header",
            "NestFactory.create",
            "@nestjs/core.NestFactory.create",
        ),
    ),
    methods=("setHeader", "header", "set", "append"),
    query="""
        ((pair key: (string) @_k value: (string) @_v) @hit
          (#match? @_k "(?i)access-control-allow-origin") (#match? @_v "[*]"))
    """,
    check=_check,
)
