"""Text that is run as Python."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Persona, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee


def _check(hit: Hit) -> Report | None:
    code = hit.argument(0)
    if code is None or hit.constant(code):
        return None
    function = callee(code) if code.type == "call" else None
    compiled = hit.resolve(function) == "compile" or hit.resolve(code).startswith("compile")
    if hit.from_outside(code):
        confidence, persona = Confidence.HIGH, Persona.REGULAR
    elif hit.name == "eval" and not compiled:
        confidence, persona = Confidence.MEDIUM, Persona.REGULAR
    else:  # exec of a file's code is how loaders and debuggers work
        confidence, persona = Confidence.LOW, Persona.PEDANTIC
    return Report(
        f"{hit.name}() runs text as Python: whoever controls it runs code here. "
        "Use ast.literal_eval, json or a table of functions.",
        confidence=confidence,
        persona=persona,
    )


RULE = PatternRule(
    id="python/eval-of-input",
    title="Text run as Python",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
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
    names=("eval", "exec"),
    check=_check,
)
