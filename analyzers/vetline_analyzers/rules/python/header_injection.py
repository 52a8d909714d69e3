"""Response headers that a visitor writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called

_RESPONSES = ("HttpResponse", "StreamingHttpResponse", "FileResponse", "JsonResponse")
_ELSEWHERE = frozenset({"location"})  # a redirect is another rule's


def _is_headers(called: Called) -> bool:
    """Whether a mapping of headers is added to: `response.headers.add(name, value)`."""
    names = called.receiver.names
    return any(name.lower().removesuffix("()").endswith("headers") for name in names)


def _judge(arrival: Arrival) -> bool:
    if not arrival.traced:
        return False
    key = arrival.key
    return key is None or (key.text or "").lower() not in _ELSEWHERE


RULE = FlowRule(
    id="python/header-injection",
    title="Visitor's text in a response header",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    cwe=(113, 93),
    page="""
What a request brought becomes a header of the response. Where the server lets line ends pass, the visitor adds headers
and a body of their own, sets cookies for others or poisons a cache; even without them the header says what they choose.
""",
    advice="Take the value from a fixed list, or take line ends out of it; set file names with the framework's own "
    "`download_name=`.",
    attack="The value `x%0d%0aSet-Cookie: session=known` sets a cookie that the attacker knows.",
    tentative=True,
    bad=(
        """\
from flask import make_response, request

def show():
    response = make_response("ok")
    response.headers["X-Language"] = request.args["lang"]
    return response
""",
        """\
from django.http import HttpResponse

def show(request):
    response = HttpResponse("ok")
    response["X-Name"] = request.GET.get("name")
    response.headers["X-Other"] = request.GET.get("name")
    return response
""",
        """\
from http.server import BaseHTTPRequestHandler

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_header("X-Path", self.path)
""",
        """\
from flask import Response, request
from werkzeug.datastructures import Headers

def show():
    headers = Headers()
    headers.add("X-Name", request.args["name"])
    return Response("ok", headers=headers)
""",
        """\
from flask import Response, request

def show():
    return Response(read(), mimetype=request.args["type"])
""",
        """\
import django.http

def show(request):
    response = django.http.HttpResponse("ok")
    response["X-Name"] = request.GET.get("name")
    return response
""",
    ),
    good=(
        """\
from flask import make_response, request

def show():
    response = make_response("ok")
    lang = request.args["lang"]
    if lang not in ("de", "en"):
        lang = "en"
    response.headers["X-Language"] = lang
    return response
""",
        """\
from flask import make_response, request

def show():
    response = make_response("ok")
    response.headers["X-Count"] = str(int(request.args["n"]))
    return response
""",
        """\
from flask import Response, request

def show():
    kind = "text/csv" if request.args["type"] == "csv" else "text/plain"
    return Response(read(), mimetype=kind)
""",
    ),
    url="https://owasp.org/www-community/attacks/HTTP_Response_Splitting",
    kind="header",
    sinks=(
        Sink(items=("headers", *(f"{name.lower()}()" for name in _RESPONSES))),
        Sink(
            names=(
                *(f"django.http.{name}" for name in _RESPONSES),
                *("flask.Response", "flask.wrappers.Response", "werkzeug.wrappers.Response"),
                *("fastapi.Response", "fastapi.responses.Response", "starlette.responses.Response"),
                *("fastapi.responses.StreamingResponse", "starlette.responses.StreamingResponse"),
                *("aiohttp.web.Response", "quart.Response", "sanic.response.HTTPResponse"),
            ),
            arguments=("content_type", "mimetype", "media_type"),
        ),
        Sink(methods=("send_header", "set_header", "add_header"), arguments=(1,)),
        Sink(methods=("add", "set", "append", "setdefault"), arguments=(1,), when=_is_headers),
        Sink(methods=("set_cookie",), arguments=("path", "domain")),
    ),
    traced="{label} becomes a header of the response: a line end in it adds headers. Take it from a fixed list.",
    judge=_judge,
)
