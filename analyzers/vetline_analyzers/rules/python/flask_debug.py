"""A web application that runs with its debugger."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import setting
from vetline_analyzers.syntax.python_web import TRUE, call_around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_APPS = re.compile(r"(?:self\.)?(?:\w*app|application|server|api|dash)")
_MAKERS = frozenset(
    {
        "FastAPI",
        "Starlette",
        "tornado.web.Application",
        "web.Application",
        "Quart",
        "Litestar",
        "Robyn",
    }
    | {"fastapi.FastAPI", "starlette.applications.Starlette", "litestar.Litestar", "bottle.run"}
    | {"aiohttp_debugtoolbar.setup", "sanic.Sanic", "run_simple", "werkzeug.serving.run_simple"}
    | {"werkzeug.debug.DebuggedApplication", "DebuggedApplication", "socketio.run"}
)
_KEYS = ("debug", "DEBUG", "use_debugger", "evalex", "use_evalex")


def _check(hit: Hit) -> Report | None:
    found = setting(hit)
    if found is None or hit.text(found[1]) not in TRUE or found[0] not in _KEYS:
        return None
    _, value = found
    if not (_passed(hit) if hit.node.type == "keyword_argument" else _set(hit)):
        return None
    fix = Fix("Turn the debugger off", (hit.edit(value, "False"),), safe=False)
    return Report(
        "The debugger is on: whoever sees an error page can run Python here, or reads the code. "
        "Turn it on with `flask --debug run` on your own machine only.",
        fix=fix,
    )


def _passed(hit: Hit) -> bool:
    call = call_around(hit)
    function = callee(call) if call is not None else None
    if function is None:
        return False
    name = hit.resolve(function)
    owner, _, last = hit.text(function).rpartition(".")
    if name in _MAKERS:
        return True
    if last in {"run", "run_server", "from_mapping", "update"}:
        if owner.endswith("config"):
            return last != "run"
        return last in {"run", "run_server"} and _is_app(hit, owner)
    return last == "run" and name == "bottle.run"


def _set(hit: Hit) -> bool:
    """Whether it is `app.debug = True` or `app.config["DEBUG"] = True`."""
    left = hit.node.child_by_field_name("left")
    if left is None or left.type == "identifier":
        return False
    owner = left.child_by_field_name("object") or left.child_by_field_name("value")
    text = hit.text(owner) if owner is not None else ""
    return text.endswith(".config") or (left.type == "attribute" and _is_app(hit, text))


def _is_app(hit: Hit, owner: str) -> bool:
    if _APPS.fullmatch(owner):
        return owner != "self.server"
    return hit.uses("flask", "quart", "dash", "sanic") and owner not in {
        "asyncio",
        "self",
        "subprocess",
    }


RULE = PatternRule(
    id="python/flask-debug",
    title="Web application with its debugger on",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(489, 94, 215),
    page="""
With `debug=True` Werkzeug shows a console on every error page. Its PIN is made of facts that a file
disclosure gives away; behind it the visitor runs Python as the server. Other frameworks show the code
and the variables around an error.
""",
    attack="Causes an error, opens the console on its page and runs Python as the server.",
    advice="Remove `debug=True` and use `flask --debug run` while developing.",
    bad=(
        """\
from flask import Flask

app = Flask(__name__)
app.run(debug=True)
""",
        """\
if __name__ == "__main__":
    app.run(host="127.0.0.1", debug=True)
""",
        """\
from flask import Flask

app = Flask(__name__)
app.config["DEBUG"] = True
""",
        """\
from fastapi import FastAPI

api = FastAPI(title="shop", debug=True)
""",
        """\
from werkzeug.serving import run_simple

run_simple("localhost", 5000, app, use_debugger=True)
""",
        """\
from flask import Flask as F

web = F(__name__)
web.debug = True
""",
    ),
    good=(
        """\
from flask import Flask

app = Flask(__name__)
app.run()
""",
        """\
from flask import Flask

app = Flask(__name__)
app.run(debug=False)
""",
        """\
import asyncio

asyncio.run(main(), debug=True)
""",
        """\
import os
from flask import Flask

app = Flask(__name__)
app.config["DEBUG"] = os.environ.get("FLASK_DEBUG") == "1"
app.run(debug=app.config["DEBUG"])
""",
        """\
class Options:
    def __init__(self):
        self.debug = True
""",
    ),
    same_as=("bandit/B201",),
    url="https://flask.palletsprojects.com/en/stable/debugging/",
    query="""
        ((keyword_argument name: (identifier) @_key) @hit
          (#any-of? @_key "debug" "DEBUG" "use_debugger" "evalex" "use_evalex"))
        ((assignment left: (attribute attribute: (identifier) @_key)) @hit (#eq? @_key "debug"))
        ((assignment left: (subscript subscript: (string (string_content) @_key))) @hit
          (#eq? @_key "DEBUG"))
    """,
    check=_check,
)
