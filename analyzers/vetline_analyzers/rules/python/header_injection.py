"""Response headers that a visitor writes."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink

_TYPES = frozenset({"location", "content-type"})


def _judge(arrival: Arrival) -> bool:
    if not arrival.traced:
        return False
    key = arrival.key
    return key is None or (key.text or "").lower() not in _TYPES


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
    ),
    url="https://owasp.org/www-community/attacks/HTTP_Response_Splitting",
    kind="header",
    sinks=(
        Sink(items=("headers",)),
        Sink(methods=("send_header", "set_header", "add_header"), arguments=(1,)),
        Sink(methods=("set_cookie",), arguments=("path", "domain")),
    ),
    traced="{label} becomes a header of the response: a line end in it adds headers. Take it from a fixed list.",
    judge=_judge,
)
