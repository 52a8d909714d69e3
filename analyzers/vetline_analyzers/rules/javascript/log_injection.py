"""Log entries that a visitor forges."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of_browser

_LEVELS = ("debug", "info", "warn", "warning", "error", "fatal", "trace", "verbose", "http", "log")
_LOGGERS = (
    *("logger", "log", "this.logger", "winston", "winston.createLogger()", "log4js.getLogger()"),
    *(
        "bunyan.createLogger()",
        "req.log",
        "request.log",
        "fastify.log",
        "app.log",
        "pino()",
        "signale",
    ),
)


def _judge(arrival: Arrival) -> bool:
    value = arrival.value
    if value.pieces is None or (
        arrival.call and any("pino" in name for name in arrival.call.names)
    ):
        return False  # an object, or a text by itself, is written as JSON by most
    return any(not of_browser(taint.label) for taint in arrival.traced)


RULE = FlowRule(
    id="javascript/log-injection",
    title="Visitor's text in a log entry",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    cwe=(117, 93),
    page="""
What a request brought is put into the text of a log entry as it came. With a line end in it the visitor writes
entries of their own: they hide what they did, or put a harmless looking story in its place. Viewers that
render HTML run what is in it.
""",
    attack="The name `bob%0aINFO login of admin succeeded` writes a second entry.",
    advice="Hand the value over as a field, `logger.info({ name }, 'login')`, or take the line ends out of it.",
    tentative=True,
    bad=(
        """\
app.post("/login", (req, res) => {
  logger.info("login of " + req.body.name);
});
""",
        """\
const winston = require("winston");

app.post("/login", ({ body }, res) => {
  winston.warn(`no user ${body.name}`);
});
""",
        """\
const log = require("log4js").getLogger();

module.exports = async (ctx) => {
  const { id } = ctx.params;
  log.error("bad id " + id);
};
""",
    ),
    good=(
        """\
app.post("/login", (req, res) => {
  logger.info({ name: req.body.name }, "login");
});
""",
        """\
app.post("/login", (req, res) => {
  logger.info("login of " + req.body.name.replace(/[\\r\\n]/g, ""));
});
""",
        "const note = (name) => logger.info(`login of ${name}`);\n",
    ),
    url="https://owasp.org/www-community/attacks/Log_Injection",
    language="javascript",
    languages=LANGUAGES,
    kind="log",
    sinks=(Sink(names=tuple(f"{r}.{n}" for r in _LOGGERS for n in _LEVELS)),),
    traced="{label} is written into the log as it came: a line end in it forges an entry. Take line ends out.",
    judge=_judge,
)
