"""Text that is run as JavaScript."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_TIMERS = frozenset({"setTimeout", "setInterval"})


def _check(hit: Hit) -> Report | None:
    arguments = hit.scope.dialect.argument_nodes(hit.node)
    if not arguments:
        return None
    code = arguments[-1] if hit.name == "Function" else arguments[0]
    if hit.constant(code):
        return None
    if hit.name in _TIMERS and not hit.built(code):
        return None  # a function, almost always
    return Report(
        f"{hit.name}() runs text as JavaScript: whoever controls it runs code here. "
        "Use JSON.parse or a table of functions.",
        confidence=Confidence.HIGH if hit.from_outside(code) else None,
    )


RULE = PatternRule(
    id="javascript/eval-of-input",
    title="Text run as JavaScript",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(95, 94),
    page="""
`eval`, `new Function`, `vm.runInThisContext` or a timer is given text that is not a constant. Whoever can
choose the text runs what they like: in a browser as the user, on a server as the server. Node's `vm` is
no sandbox.
""",
    advice="To read data use `JSON.parse`; to choose what to do, look a function up in an object.",
    bad=(
        """\
function calculate(req) {
  return eval(req.query.formula);
}
""",
        'const add = new Function("a", "return a + " + suffix);\n',
        "setTimeout(`show(${name})`, 100);\n",
        """\
const vm = require("vm");

vm.runInNewContext(code);
""",
    ),
    good=(
        """\
function calculate(text) {
  return JSON.parse(text);
}
""",
        'const two = eval("1 + 1");\n',
        "setTimeout(() => show(name), 100);\n",
        "setTimeout(show, 100, name);\n",
        "const f = new Function();\n",
    ),
    url="https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/eval",
    language="javascript",
    languages=("javascript", "typescript", "tsx"),
    names=(
        *("eval", "Function", "setTimeout", "setInterval"),
        *("vm.runInThisContext", "vm.runInNewContext", "vm.runInContext"),
    ),
    check=_check,
)
