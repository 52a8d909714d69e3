"""A web program that a request's Proxy header can lead astray."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    return Report(
        f"By {hit.name} a request's Proxy header becomes HTTP_PROXY, and calls of other services go where the "
        "sender says: serve it with WSGI."
    )


RULE = PatternRule(
    id="python/cgi-proxy-header",
    title="Program run by CGI",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(284, 20, 477),
    page="""
CGI hands the headers of a request to the program as environment variables: `Proxy` becomes `HTTP_PROXY`,
by which many libraries choose the proxy for their own requests. The sender of a request then reads and
changes what the program asks other services.
""",
    attack="Sends `Proxy: evil.example:8080` and is asked for what the program wanted from its API.",
    advice="Serve the application with WSGI or ASGI; where it must be CGI, unset `HTTP_PROXY` first.",
    bad=(
        """\
from wsgiref.handlers import CGIHandler

CGIHandler().run(application)
""",
        """\
import wsgiref.handlers as handlers

handlers.CGIHandler().run(application)
""",
        """\
from twisted.web import twcgi

root.putChild("run", twcgi.CGIScript("/srv/run.py"))
""",
    ),
    good=(
        """\
from wsgiref.handlers import SimpleHandler

SimpleHandler(stdin, stdout, stderr, environ).run(application)
""",
        """\
from wsgiref.simple_server import make_server

make_server("127.0.0.1", 8000, application).serve_forever()
""",
    ),
    same_as=("bandit/B412",),
    url="https://httpoxy.org/",
    names=(
        *("wsgiref.handlers.CGIHandler", "wsgiref.handlers.IISCGIHandler"),
        *("twisted.web.twcgi.CGIScript", "twisted.web.twcgi.CGIDirectory"),
    ),
    check=_check,
)
