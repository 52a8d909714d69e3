"""A visitor's text stored among what the server trusts."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink

_HARMLESS = frozenset(
    {"next", "next_url", "lang", "language", "locale", "theme", "timezone", "cart", "csrf_token"}
)


def _judge(arrival: Arrival) -> bool:
    key = "" if arrival.key is None else (arrival.key.text or "").lower()
    return bool(arrival.traced) and key not in _HARMLESS


RULE = FlowRule(
    id="python/trust-boundary",
    title="Visitor's text in the session",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(501, 20),
    page="""
A value of the request is put into the session as it came. What stands there is taken for the server's own word later:
a visitor who sends `role=admin`, or the number of another user, is believed by every page that reads it.
""",
    advice="Check the value first, or store what your own data base says of it: the user that logged in, not the name "
    "that was sent.",
    attack="A request with `user_id=1` makes the visitor the first user on the next page.",
    tentative=True,
    bad=(
        """\
from flask import request, session

def choose():
    session["user_id"] = request.args["user_id"]
""",
        """\
def choose(request):
    role = request.POST.get("role")
    request.session["role"] = role
""",
        """\
from flask import request, session

def choose():
    session[request.form["key"]] = "seen"
""",
    ),
    good=(
        """\
from flask import request, session

def choose(users):
    user = users.find(request.form["name"], request.form["password"])
    session["user_id"] = user.id
""",
        """\
from flask import request, session

def choose():
    role = request.args["role"]
    if role not in ("reader", "writer"):
        return
    session["role"] = role
""",
        """\
from flask import request, session

def choose():
    session["page"] = int(request.args["page"])
""",
    ),
    kind="trust",
    sinks=(Sink(items=("session",)),),
    traced="{label} is put into the session as it came: later code takes it for the server's own word. Check it first.",
    judge=_judge,
)
