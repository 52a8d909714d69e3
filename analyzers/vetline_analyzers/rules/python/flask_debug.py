"""A web application that runs with its debugger."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_APPS = frozenset({"app", "application", "server", "flask_app"})


def _check(hit: Hit) -> Report | None:
    function, debug = callee(hit.node), hit.keyword("debug")
    if function is None or debug is None or hit.text(debug) not in {"True", "1"}:
        return None
    base = function.child_by_field_name("object")
    if base is None or not (hit.uses("flask", "quart", "dash") or hit.text(base) in _APPS):
        return None
    fix = Fix("Turn the debugger off", (hit.edit(debug, "False"),), safe=True)
    return Report(
        "The debugger is on: whoever sees an error page can run Python here. "
        "Turn it on with `flask --debug run` on your own machine only.",
        fix=fix,
    )


RULE = PatternRule(
    id="python/flask-debug",
    title="Web application with its debugger on",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(489, 94),
    page="""
With `debug=True` Werkzeug shows a console on every error page. Its PIN is made of facts that a file
disclosure gives away; behind it the visitor runs Python as the server.
""",
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
    ),
    same_as=("bandit/B201",),
    url="https://flask.palletsprojects.com/en/stable/debugging/",
    methods=("run", "run_server"),
    check=_check,
)
