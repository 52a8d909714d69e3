"""Text from outside that is run as JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Sink
from vetline_analyzers.syntax.around_javascript import LANGUAGES

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called


def _is_text(called: Called) -> bool:
    """Whether a timer is given a text, as far as that is known."""
    first = called.argument(0)
    return first is not None and first.closure is None


def _judge(arrival: Arrival) -> bool:
    return bool(arrival.traced) and arrival.value.closure is None


RULE = FlowRule(
    id="javascript/eval-of-input",
    title="Text from outside run as JavaScript",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(95, 94),
    page="""
A request, an address or an argument of the program reaches `eval`, `new Function`, Node's `vm` or a timer as
text. Whoever chooses the text runs what they like: in a browser as the user, on a server as the server.
Node's `vm` is no sandbox.
""",
    attack="`/calc?formula=process.mainModule.require('child_process').execSync('id')` runs a program.",
    advice="To read data use `JSON.parse`; to choose what to do, look a function up in an object.",
    bad=(
        """\
function calculate(req) {
  return eval(req.query.formula);
}
""",
        'const add = new Function("a", "return a + " + location.hash);\n',
        "setTimeout(`show(${location.search})`, 100);\n",
        """\
const vm = require("vm");

vm.runInNewContext(process.argv[2]);
""",
        """\
app.post("/check", (req, res) => {
  const { document } = req.body;
  const parsed = eval("(" + document + ")");
  res.json({ parsed });
});
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
        """\
app.get("/double", (req, res) => {
  res.json(eval(`${Number(req.query.n)} * 2`));
});
""",
    ),
    url="https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/eval",
    language="javascript",
    languages=LANGUAGES,
    kind="code",
    sinks=(
        Sink(
            names=(
                "eval",
                "window.eval",
                "globalThis.eval",
                "execScript",
                "globalEval",
                "safe-eval",
            )
        ),
        Sink(names=("Function", "AsyncFunction", "GeneratorFunction"), arguments=("*",)),
        Sink(
            names=(
                *("setTimeout", "setInterval", "setImmediate"),
                *("window.setTimeout", "window.setInterval"),
            ),
            when=_is_text,
        ),
        Sink(
            names=(
                *(
                    f"vm.{n}"
                    for n in ("runInThisContext", "runInNewContext", "runInContext", "Script")
                ),
                *("vm.compileFunction", "vm2.VM().run", "vm2.NodeVM().run", "vm2.VMScript"),
                *("jQuery.globalEval", "$.globalEval", "isolated-vm.Isolate().compileScript"),
                *("vm.SourceTextModule", "static-eval", "mathjs.evaluate", "notevil"),
            ),
        ),
        Sink(
            methods=(
                "executeScript",
                "executeJavaScript",
                "runInNewContext",
                "evaluateOnNewDocument",
            )
        ),
        Sink(methods=("addInitScript", "evaluate", "evaluateHandle", "$eval", "$$eval")),
    ),
    traced="{label} is run as JavaScript here: whoever sends it runs code. Use JSON.parse or a table of functions.",
    sources=PEOPLE,
    judge=_judge,
)
