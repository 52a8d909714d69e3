"""A redirect to where a visitor says."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink

_OWN = re.compile(r"(?i)/(?![/\\])|\w+://[^/?#]+[/?#]|\?|#")


_OWN_PATHS = ("get_full_path", "full_path", "get_full_path()")


def _judge(arrival: Arrival) -> bool:
    if arrival.key is not None and (arrival.key.text or "").lower() != "location":
        return False
    if arrival.value.pieces is not None and _OWN.match(arrival.head):
        return False
    # A path as the server read it begins with a slash of its own.
    return any(not taint.label.endswith(_OWN_PATHS) for taint in arrival.traced)


RULE = FlowRule(
    id="python/redirect-from-request",
    title="Redirect to where a visitor says",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(601,),
    page="""
The target of a redirect is visibly taken from the request. A link to your own site then leads to an
attacker's copy of its login page, and OAuth tokens leak the same way.
""",
    advice="Check that the target is a path of your own (no scheme, no host, not `//`), as Django's "
    "`url_has_allowed_host_and_scheme` does.",
    bad=(
        """\
from flask import redirect, request

def go():
    return redirect(request.args.get('next'))
""",
        """\
from django.shortcuts import redirect

def go(request):
    target = request.GET['next']
    return redirect(target)
""",
    ),
    good=(
        """\
from flask import redirect, url_for

def go():
    return redirect(url_for('home'))
""",
        """\
from flask import redirect, request

def go():
    return redirect(f"/users/{request.args['id']}")
""",
    ),
    kind="redirect",
    sinks=(
        Sink(
            names=(
                *(
                    "flask.redirect",
                    "redirect",
                    "django.shortcuts.redirect",
                    "django.http.HttpResponseRedirect",
                ),
                *(
                    "HttpResponseRedirect",
                    "HttpResponsePermanentRedirect",
                    "RedirectResponse",
                    "self.redirect",
                ),
                *(
                    "django.http.HttpResponsePermanentRedirect",
                    "werkzeug.utils.redirect",
                    "bottle.redirect",
                ),
                *("starlette.responses.RedirectResponse", "fastapi.responses.RedirectResponse"),
                *(
                    "aiohttp.web.HTTPFound",
                    "web.HTTPFound",
                    "aiohttp.web.HTTPSeeOther",
                    "sanic.response.redirect",
                ),
                *("pyramid.httpexceptions.HTTPFound", "HTTPFound"),
            ),
            arguments=(0, "url", "location", "redirect_to"),
        ),
        Sink(items=("headers",), arguments=()),
    ),
    traced="{label} says where the visitor is sent: a link to your site leads to an attacker's. "
    "Allow paths of your own only.",
    judge=_judge,
    attack="`https://you.example/go?next=https://evil.example/login` shows a copy of your login page.",
)
