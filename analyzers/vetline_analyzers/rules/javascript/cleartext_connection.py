"""Connections that anybody on the way can read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    of,
    opening,
    option,
    options,
    shaped,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_CLEAR = re.compile(r"(?i)(?:http|ws|ftp)://(?P<host>[^/:?#]*)")
_NEAR = re.compile(
    r"(?i)localhost|127\.|0\.0\.0\.0|\[?::1|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|[\w-]*\Z|.*\.(?:local|internal|test|svc|lan)\Z"
)
_MESSAGE = "What goes over this connection can be read and changed on the way: use {}."


def _check(hit: Hit) -> Report | None:
    if hit.name.endswith("createInsecure"):
        return Report(_MESSAGE.format("createSsl()"))
    address, found = hit.argument(0), options(hit)
    if found is not None and shaped(hit, address, "object") == found:
        address = None
    address = address or option(hit, found, "url")
    if address is None or not _is_clear(hit, address):
        return None
    return Report(_MESSAGE.format("wss://" if "WebSocket" in hit.name else "https://"), address)


def _is_clear(hit: Hit, address: Node) -> bool:
    text = hit.string(address) or opening(hit.scope.pieces(address))
    found = _CLEAR.match(text)
    return found is not None and not _NEAR.match(found["host"])


_VERBS = ("get", "post", "put", "patch", "delete", "request", "head")

RULE = PatternRule(
    id="javascript/cleartext-connection",
    title="Connection that can be read on the way",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(319, 311),
    page="""
A request or a socket is opened without TLS: `http://`, `ws://`, or gRPC's `createInsecure`. Everybody on the
way, in the same café or at the provider, reads the passwords and tokens that go over it, and can change
what comes back. Hosts of one's own machine and of private networks are left alone.
""",
    attack="Sits in the same network, reads the token off the wire, and uses it.",
    advice="Use `https://` or `wss://`, and `grpc.credentials.createSsl()`.",
    bad=(
        'fetch("http://api.shop.example/login", { method: "POST", body });\n',
        """\
import axios from "axios";

export const login = (form) => axios.post("http://api.shop.example/login", form);
""",
        "const socket = new WebSocket(`ws://chat.shop.example/${room}`);\n",
        'const grpc = require("@grpc/grpc-js");\n\nconst client = new Shop(host, grpc.credentials.createInsecure());\n',
    ),
    good=(
        'fetch("https://api.shop.example/login", { method: "POST", body });\n',
        'fetch("http://localhost:3000/login", { method: "POST", body });\n',
        'const socket = new WebSocket("wss://chat.shop.example");\n',
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *(
            "fetch",
            "WebSocket",
            "EventSource",
            "node-fetch",
            "got",
            "got.get",
            "got.post",
            "request",
        ),
        *of("axios", "", *_VERBS),
        *("grpc.credentials.createInsecure", "@grpc/grpc-js.credentials.createInsecure"),
        *(
            "grpc.ServerCredentials.createInsecure",
            "@grpc/grpc-js.ServerCredentials.createInsecure",
        ),
        *("$.ajax", "jQuery.ajax", "$.get", "$.post", "$.getJSON"),
    ),
    check=_check,
)
