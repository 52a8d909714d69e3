"""Answers that every web site may read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around import setting, settings_query, splatted
from vetline_analyzers.syntax.known import choices
from vetline_analyzers.syntax.python_web import TRUE, call_around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

if TYPE_CHECKING:
    from tree_sitter import Node

_SWITCHES = ("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL")
_LISTS = (
    "allow_origins",
    "allow_origin_regex",
    "cors_allowed_origins",
    "CORS_ORIGINS",
    "cors_origins",
)
_WIDE = frozenset({"*", ".*", "^.*$", "https?://.*", "http.*", "https://.*", "^https?://.*$"})
_CREDENTIALS = re.compile(r"(?:allow_credentials|supports_credentials)\s*=\s*True")
_ORIGIN = re.compile(r"headers(?:\.get\(|\[)\s*['\"][Oo]rigin['\"]|HTTP_ORIGIN")


def _check(hit: Hit) -> Report | None:
    if hit.name:
        return _flask(hit)
    if hit.node.type == "string":
        return _header(hit)
    found = setting(hit)
    if found is None:
        return None
    name, value = found
    if name in _SWITCHES:
        return _wide(hit, credentials=False) if hit.text(value) in TRUE else None
    if not _any(hit, value):
        return None
    call = call_around(hit)
    credentials = call is not None and bool(_CREDENTIALS.search(hit.text(call)))
    return _wide(hit, credentials=credentials or name == "cors_allowed_origins")


def _any(hit: Hit, value: Node) -> bool:
    """Whether `*` is, or is in, an expression for origins."""
    nodes = [value, *(hit.scope.values(value) if value.type == "identifier" else ())]
    return any(
        text in _WIDE
        for node in nodes
        for item in (node.named_children if node.type in {"list", "tuple", "set"} else (node,))
        for text in choices(hit, item)
    )


def _flask(hit: Hit) -> Report | None:
    origins, resources = hit.keyword("origins"), hit.keyword("resources")
    if splatted(hit):
        return None
    if resources is not None and "origin" in hit.text(resources):
        wide = re.search(r"origins['\"]\s*:\s*\[?\s*['\"]\*['\"]", hit.text(resources)) is not None
    else:
        wide = origins is None or _any(hit, origins)
    if not wide:
        return None
    return _wide(hit, credentials=bool(_CREDENTIALS.search(hit.text(hit.node))))


def _header(hit: Hit) -> Report | None:
    around = hit.node.parent
    value: Node | None = None
    if around is None:
        return None
    if around.type == "subscript" and around.parent is not None:
        left = around.parent.child_by_field_name("left")
        value = around.parent.child_by_field_name("right") if left == around else None
    elif around.type == "pair":
        value = around.child_by_field_name("value")
    elif around.type in {"argument_list", "tuple"}:
        value = hit.node.next_named_sibling
    if value is None or value == hit.node:
        return None
    values = [value, *(hit.scope.values(value) if value.type == "identifier" else ())]
    if any(_ORIGIN.search(hit.text(node)) for node in values):
        if re.search(r"\b(?:not )?in \w|==|match\(", hit.before()):
            return None
        return _wide(hit, credentials=True)
    return _wide(hit, credentials=False) if _any(hit, value) else None


def _wide(hit: Hit, *, credentials: bool) -> Report:
    if not credentials:
        return Report(
            "Every web site may read these answers: list the origins that are meant to.", hit.node
        )
    return Report(
        "Every web site may send requests with the visitor's cookies and read the answers: list the origins.",
        hit.node,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        tentative=False,
    )


RULE = PatternRule(
    id="python/cors-any-origin",
    title="Answers that every web site may read",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(942, 346),
    page="""
CORS headers let pages of other sites read an answer. With every origin allowed, and worse with
credentials or with the sender's `Origin` sent back, any page a user visits can act and read as them. For
public data without cookies it is harmless.
""",
    attack="Puts a script on any page; in a visitor's browser it reads their account from the API.",
    advice='List the origins: `allow_origins=["https://app.example.com"]`, and allow credentials only for them.',
    bad=(
        """\
from starlette.middleware.cors import CORSMiddleware

app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
""",
        """\
from flask_cors import CORS

CORS(app, supports_credentials=True)
""",
        """\
CORS_ALLOW_ALL_ORIGINS = True
""",
        """\
def answer(request, response):
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin")
    return response
""",
        """\
class Handler:
    def get(self):
        self.set_header("Access-Control-Allow-Origin", "*")
""",
        """\
from flask_socketio import SocketIO

socketio = SocketIO(app, cors_allowed_origins="*")
""",
        """\
from flask_cors import CORS as cross

cross(app, resources={r"/api/*": {"origins": "*"}})
""",
    ),
    good=(
        """\
from starlette.middleware.cors import CORSMiddleware

app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"], allow_credentials=True)
""",
        """\
from flask_cors import CORS

CORS(app, origins=["https://app.example.com"], supports_credentials=True)
""",
        """\
def answer(request, response):
    origin = request.headers.get("Origin")
    if origin in ALLOWED:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response
""",
        """\
CORS_ALLOW_ALL_ORIGINS = False
""",
    ),
    url="https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS",
    names=("flask_cors.CORS", "flask_cors.cross_origin"),
    query=settings_query(*_SWITCHES, *_LISTS)
    + '((string (string_content) @_text) @hit (#match? @_text "(?i)^access-control-allow-origin$"))',
    check=_check,
)
