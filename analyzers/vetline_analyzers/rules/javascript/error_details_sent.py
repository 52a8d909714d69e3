"""Errors that tell strangers how the server is built."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import (
    LANGUAGES,
    text_before,
)
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_LONGEST = 2_000  # characters: an answer, not a page
_STACK = re.compile(r"\b(?:err|error|e|ex|exception|reason)\w*\??\.stack\b")
_ANSWER = re.compile(r"(?:res|response|reply|ctx\.res|resp)\b")
_GUARDED = re.compile(r"NODE_ENV|(?i:develop|isDev|debug|production)")


def _check(hit: Hit) -> Report | None:
    function = callee(hit.node)
    if function is None or not _ANSWER.match(hit.text(function)):
        return None
    for argument in hit.scope.dialect.argument_nodes(hit.node):
        text = hit.text(argument)
        if (
            len(text) <= _LONGEST
            and _STACK.search(text)
            and not _GUARDED.search(text + text_before(hit, 400))
        ):
            return Report(
                "The stack tells strangers where your files are and what they use: log it, and send "
                "a number to find it by.",
                argument,
            )
    return None


RULE = PatternRule(
    id="javascript/error-details-sent",
    title="Error that tells how the server is built",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(209, 200, 497),
    page="""
The stack of an error goes to whoever asked. It names the folders of the server, the packages it uses and the
lines that failed; with a query in the message also the tables. An attacker provokes errors to read it.
""",
    attack="Sends a broken field, and reads in the answer which version of which package failed.",
    advice="Log the error with a number of its own, and send only the number.",
    bad=(
        "app.use((err, req, res, next) => res.status(500).send(err.stack));\n",
        """\
function fail(error, response) {
  response.json({ ok: false, where: error.stack });
}
""",
        "reply.code(500).send(`Failed: ${error.stack}`);\n",
    ),
    good=(
        "app.use((err, req, res, next) => res.status(500).send('Failed'));\n",
        """\
function fail(error, response) {
  log(error.stack);
  response.json({ ok: false });
}
""",
        "res.json({ where: process.env.NODE_ENV === 'test' ? err.stack : undefined });\n",
    ),
    url="https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html",
    language="javascript",
    languages=LANGUAGES,
    methods=("send", "json", "end", "write", "render"),
    check=_check,
)
