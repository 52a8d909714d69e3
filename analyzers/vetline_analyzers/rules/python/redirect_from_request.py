"""A redirect to where a visitor says."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    target = hit.argument(0)
    if target is None or not hit.from_request(target):
        return None
    pieces = hit.built(target)
    if (
        pieces
        and isinstance(pieces[0], str)
        and "".join(piece for piece in pieces[:2] if isinstance(piece, str)).strip("/")
    ):
        return None
    return Report(
        "A visitor chooses where this redirect leads: it lends your name to a phishing page. "
        "Allow only paths of your own.",
        target,
    )


RULE = PatternRule(
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
    names=(
        *("flask.redirect", "django.shortcuts.redirect", "django.http.HttpResponseRedirect"),
        *("starlette.responses.RedirectResponse", "fastapi.responses.RedirectResponse"),
    ),
    check=_check,
)
