"""Values that are read as instructions for output."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_FORMATS = re.compile(r"console\.\w+|util\.format(?:WithOptions)?")


def _check(hit: Hit) -> Report | None:
    first = hit.argument(0)
    function = callee(hit.node)
    if (
        function is None
        or first is None
        or hit.argument(1) is None
        or hit.string(first) is not None
    ):
        return None
    if not _FORMATS.fullmatch(hit.text(function)) and not hit.name:
        return None
    if not hit.built(first):
        return None
    return Report(
        "Signs like %s in this value swallow the next argument: write a constant text first, and "
        "hand the value over as an argument.",
        first,
    )


RULE = PatternRule(
    id="javascript/format-string",
    title="Value read as an instruction for output",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(134, 117),
    page="""
`console.log` and `util.format` read `%s`, `%d` and `%c` in their first argument as instructions when there are
more. A value put into it may hold such signs: the line in the log then shows something else than what
happened, or hides who was there.
""",
    attack="Choose the name %c%s, so that the log shows the next field in the place of your address.",
    advice='Write `console.log("Login of %s from", name, address)`.',
    bad=(
        "console.log(`Login of ${name} from`, address);\n",
        'const util = require("util");\n\nconst line = util.format("Login of " + name + " at %s", time);\n',
        """\
function told(user, error) {
  const text = "Failed for " + user;
  console.error(text, error);
}
""",
    ),
    good=(
        'console.log("Login of %s from", name, address);\n',
        "console.log(`Login of ${name}`);\n",
        'console.log("Login", name, address);\n',
    ),
    url="https://nodejs.org/api/util.html#utilformatformat-args",
    language="javascript",
    languages=LANGUAGES,
    names=(
        "util.format",
        *(f"console.{n}" for n in ("log", "error", "warn", "info", "debug", "trace")),
    ),
    check=_check,
)
