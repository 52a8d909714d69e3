"""Text that is run as Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.flow.rule import PEOPLE, Arrival, FlowRule, Opinion, Sink
from vetline_analyzers.flow.value import Source

if TYPE_CHECKING:
    from vetline_analyzers.flow.rule import Called


def _is_traced(called: Called) -> bool:
    return any(t.source is Source.REQUEST for value in called.arguments for t in value.every())


def _judge(arrival: Arrival) -> bool | Opinion | None:
    if arrival.traced:
        return True
    value, call = arrival.value, arrival.call
    if not arrival.is_open(value) and not arrival.is_composed:
        return None
    compiled = any(name.startswith("compile") for name in value.names)
    if arrival.is_built or (call is not None and "eval" in call.names and not compiled):
        return True
    return Opinion(RULE.possible, confidence=Confidence.LOW)  # how loaders and debuggers work


RULE = FlowRule(
    id="python/eval-of-input",
    title="Text run as Python",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(95, 94),
    page="""
`eval` or `exec` is given text that is not a constant. Whoever can choose the text runs what they like
with the rights of the program: `__import__("os").system("…")` is an expression. Taking builtins away
does not make a sandbox.
""",
    advice="To read a value use `ast.literal_eval` or `json.loads`; to choose what to do, look a function "
    "up in a dictionary.",
    bad=(
        """\
def calculate(request):
    return eval(request.args['formula'])
""",
        """\
def calculate(formula):
    return eval(formula)
""",
        """\
def run():
    code = input("code: ")
    exec(code)
""",
        """\
import builtins

def get(o, n):
    return builtins.eval(f"o.{n}")
""",
    ),
    good=(
        """\
import ast

def calculate(formula):
    return ast.literal_eval(formula)
""",
        """\
def two():
    return eval("1 + 1")
""",
        """\
def score(model):
    model.eval()
""",
        """\
def score(frame, formula):
    return frame.eval("a + b")
""",
    ),
    same_as=("bandit/B307", "bandit/B102"),
    url="https://docs.python.org/3/library/ast.html#ast.literal_eval",
    kind="code",
    sinks=(
        Sink(
            names=(
                "eval",
                "exec",
                "builtins.eval",
                "builtins.exec",
                "code.InteractiveInterpreter().runcode",
                "execfile",
            )
        ),
        Sink(
            names=(
                "pandas.eval",
                "numexpr.evaluate",
                "timeit.timeit",
                "cProfile.run",
                "code.compile_command",
            )
        ),
        Sink(names=("__import__", "importlib.import_module"), when=_is_traced),
    ),
    traced="{label} runs as Python here: whoever sends it runs code. Use ast.literal_eval, json or a table of functions.",
    possible="Text runs as Python here: whoever controls it runs code. "
    "Use ast.literal_eval, json or a table of functions.",
    sources=PEOPLE,
    judge=_judge,
    attack='The formula `__import__("os").system("…")` runs a command with the rights of the program.',
)
