"""Log entries that a visitor forges."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.flow.value import Value

_LEVELS = ("debug", "info", "warning", "warn", "error", "critical", "exception", "fatal")


def _judge(arrival: Arrival) -> bool:
    if not arrival.traced:
        return False
    value = arrival.value
    # An object with more than text in it is written as JSON or with repr, which escape line ends.
    return value.items is None and not (value.pieces is None and isinstance(value.rest, Value))


RULE = FlowRule(
    id="python/log-injection",
    title="Visitor's text in a log entry",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    cwe=(117, 93),
    page="""
What a request brought is written into the log as it came. With a line end in it the visitor writes entries of their
own: they hide what they did, or put a harmless looking story in its place. Viewers that render HTML run what is in it.
""",
    advice='Take the line ends out, `text.replace("\\r", "").replace("\\n", "")`, log it with `%r`, or log JSON.',
    attack="The name `bob%0aINFO login of admin succeeded` writes a second entry.",
    tentative=True,
    bad=(
        """\
import logging
from flask import request

def login():
    logging.info("login of " + request.form["name"])
""",
        """\
import logging

logger = logging.getLogger(__name__)

def show(request):
    name = request.GET.get("name")
    logger.warning("no user %s", name)
""",
        """\
from flask import current_app, request

def show():
    current_app.logger.error(f"bad id {request.args['id']}")
""",
        """\
from flask import Flask, request

app = Flask(__name__)

@app.get("/")
def show():
    app.logger.critical("no page %s", request.args["id"])
    return ""
""",
    ),
    good=(
        """\
import logging
from flask import request

def login():
    name = request.form["name"].replace("\\n", "").replace("\\r", "")
    logging.info("login of " + name)
""",
        """\
import logging
from flask import request

def login():
    logging.info("login of %d", int(request.form["number"]))
""",
        """\
import logging

def login(name):
    logging.info("login of %s", name)
""",
    ),
    url="https://owasp.org/www-community/attacks/Log_Injection",
    kind="log",
    sinks=(
        Sink(
            names=tuple(
                f"{r}.{n}" for r in ("logging", "logger", "log", "LOG", "_logger") for n in _LEVELS
            ),
            arguments=("*",),
        ),
        Sink(
            names=tuple(
                f"{r}.{n}"
                for r in (
                    "logging.getLogger()",
                    "flask.current_app.logger",
                    "flask.Flask().logger",
                    "app.logger",
                    "current_app.logger",
                    "loguru.logger",
                    "structlog.get_logger()",
                    "self._logger",
                    "self.logger",
                    "self.log",
                )
                for n in _LEVELS
            ),
            arguments=("*",),
        ),
        Sink(names=("syslog.syslog",), arguments=(0, 1)),
    ),
    traced="{label} is written into the log as it came: a line end in it forges an entry. Take line ends out.",
    judge=_judge,
)
