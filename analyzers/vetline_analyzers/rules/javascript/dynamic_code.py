"""Text that is put together and run as JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from tree_sitter import Node

_TIMERS = frozenset({"setTimeout", "setInterval", "setImmediate", "execScript"})
_PAGES = frozenset(
    {
        "evaluate",
        "addInitScript",
        "evaluateOnNewDocument",
        "evaluateJavaScript",
        "executeJavaScript",
    }
)


def _check(hit: Hit) -> Report | None:
    arguments = hit.scope.dialect.argument_nodes(hit.node)
    if not arguments:
        return None
    if hit.name == "Function":
        open_texts = [each for each in arguments if not hit.constant(each)]
        code = open_texts[-1] if open_texts else arguments[0]
    else:
        code = arguments[0]
    if hit.constant(code) or hit.string(code) is not None or _is_function(hit, code):
        return None
    if hit.from_outside(code):
        return None
    last = _last(hit)
    if last in _TIMERS | _PAGES and not hit.built(code):
        return None  # a function, almost always
    sure = hit.name in {"eval", "Function"} or last in _TIMERS
    return Report(
        f"{last} runs text as JavaScript: whoever can choose a part of it runs code here. "
        "Use JSON.parse or a table of functions.",
        tentative=None if sure and hit.built(code) else True,
    )


def _last(hit: Hit) -> str:
    function = callee(hit.node)
    return hit.text(function).rpartition(".")[2][:40] if function is not None else ""


def _is_function(hit: Hit, code: Node) -> bool:
    return hit.scope.bare(code).type in hit.scope.dialect.functions


RULE = PatternRule(
    id="javascript/dynamic-code",
    title="Text put together and run as JavaScript",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(95, 94),
    page="""
`eval`, `new Function`, a timer, Node's `vm` or a browser that is driven is given text that is not a
constant. Whoever can choose a part of the text runs what they like, as the user in a browser, as the server
on a server. Node's `vm` is no sandbox. Text of unknown origin that is run whole is reported tentatively.
""",
    attack="Puts `);require('child_process').exec('id');(` where a formula or a name is expected.",
    advice="To read data use `JSON.parse`; to choose what to do, look a function up in an object; hand values to a page as arguments.",
    bad=(
        'const add = new Function("a", "return a + " + suffix);\n',
        "setTimeout(`show(${name})`, 100);\n",
        'const vm = require("vm");\n\nvm.runInNewContext(code);\n',
        """\
function read(text) {
  return eval("(" + text + ")");
}
""",
        "await page.evaluate(`fetch('${address}')`);\n",
        'const { Script } = require("node:vm");\n\nconst script = new Script(source);\n',
    ),
    good=(
        'const add = new Function("a", "b", "return a + b");\n',
        "setTimeout(() => show(name), 100);\n",
        "setTimeout(show, 100, name);\n",
        'const vm = require("vm");\n\nvm.runInNewContext("1 + 1");\n',
        "await page.evaluate((address) => fetch(address), address);\n",
        "const f = new Function();\n",
    ),
    url="https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/eval",
    language="javascript",
    languages=LANGUAGES,
    names=(
        *("eval", "Function", "setTimeout", "setInterval", "setImmediate", "execScript"),
        *("vm.runInThisContext", "vm.runInNewContext", "vm.runInContext", "vm.Script"),
        *("vm.compileFunction", "jQuery.globalEval", "$.globalEval"),
    ),
    methods=tuple(sorted(_PAGES)),
    check=_check,
)
